SELECT table_name, index_name, non_unique, column_name, NULL AS expression, sub_part, collation,
       index_type, index_comment, ignored = 'YES' AS invisible
FROM information_schema.statistics
WHERE table_schema = :database
ORDER BY table_name, index_name, seq_in_index
