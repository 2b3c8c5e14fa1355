-- Indexes, those behind constraints too. Texts are asked for only where there is an expression.
SELECT i.indexrelid, i.indrelid, c.relname::text, am.amname::text, i.indisunique, i.indnullsnotdistinct, i.indisvalid,
       i.indisclustered, i.indisreplident, i.indnkeyatts, i.indkey::text, i.indclass::text, i.indcollation::text,
       i.indoption::text, pg_get_expr(i.indpred, i.indrelid), c.reloptions, space.spcname::text,
       CASE WHEN i.indexprs IS NOT NULL THEN pg_get_indexdef(i.indexrelid) END,
       CASE WHEN i.indexprs IS NOT NULL
            THEN (SELECT array_agg(pg_get_indexdef(i.indexrelid, n, false) ORDER BY n)
                    FROM generate_series(1, i.indnkeyatts) n)
       END,
       con.oid
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_tablespace space ON space.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_constraint con
    ON con.conrelid = i.indrelid AND con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x')
 WHERE c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
