SELECT table_name, table_type, engine, table_collation, create_options, table_comment
FROM information_schema.tables
WHERE table_schema = :database
ORDER BY table_name
