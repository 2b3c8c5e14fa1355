-- Which relation is below which: tables, and indexes of partitions. relpartbound is the place among partitions.
SELECT i.inhrelid, i.inhparent, c.relkind::text, c.relispartition,
       CASE WHEN c.relispartition AND c.relkind IN ('r', 'p', 'f') THEN pg_get_expr(c.relpartbound, c.oid) END
  FROM pg_catalog.pg_inherits i
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
 WHERE c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
 ORDER BY i.inhrelid, i.inhseqno
