WITH since AS (
    SELECT to_char(stats_reset, 'YYYY-MM-DD HH24:MI') AS since
    FROM pg_catalog.pg_stat_database WHERE datname = pg_catalog.current_database()
)
SELECT 'table' AS what, s.schemaname, s.relname, NULL::name,
       -- As the planner does: the density of the last ANALYZE, times the pages of now.
       CASE WHEN c.reltuples > 0 AND c.relpages > 0
            THEN (c.reltuples / c.relpages * pg_catalog.pg_relation_size(c.oid)
                  / pg_catalog.current_setting('block_size')::int)::bigint
            ELSE s.n_live_tup END,
       pg_catalog.pg_total_relation_size(c.oid), NULL
FROM pg_catalog.pg_stat_user_tables s JOIN pg_catalog.pg_class c ON c.oid = s.relid
UNION ALL
SELECT 'scans', schemaname, relname, NULL, coalesce(seq_scan, 0) + coalesce(idx_scan, 0), NULL, since
FROM pg_catalog.pg_stat_user_tables, since
UNION ALL
SELECT 'index', schemaname, relname, indexrelname, idx_scan, NULL, since
FROM pg_catalog.pg_stat_user_indexes, since
UNION ALL
SELECT 'number', n.nspname, t.relname, a.attname, q.last_value, NULL, NULL
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
JOIN pg_catalog.pg_sequences q ON q.schemaname = sn.nspname AND q.sequencename = s.relname
JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
  AND d.deptype IN ('a', 'i')
