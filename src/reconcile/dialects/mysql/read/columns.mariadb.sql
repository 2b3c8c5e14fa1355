SELECT table_name, column_name, ordinal_position, column_type, is_nullable, column_default,
       character_set_name, collation_name, extra, generation_expression, column_comment, NULL AS srid
FROM information_schema.columns
WHERE table_schema = :database
ORDER BY table_name, ordinal_position
