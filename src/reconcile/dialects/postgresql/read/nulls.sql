SELECT schemaname, tablename, attname, null_frac::float8
FROM pg_catalog.pg_stats
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND null_frac > 0
ORDER BY 1, 2, 3
