SELECT OBJECT_NAME, INDEX_NAME, COUNT_STAR
FROM performance_schema.table_io_waits_summary_by_index_usage
WHERE OBJECT_SCHEMA = :database AND INDEX_NAME IS NOT NULL
UNION ALL
SELECT OBJECT_NAME, NULL, COUNT_STAR
FROM performance_schema.table_io_waits_summary_by_table
WHERE OBJECT_SCHEMA = :database
