-- Relations that have rows or columns; the last column names what we do not take apart.
SELECT c.oid, c.relnamespace, c.relname::text, c.relkind::text, c.relpersistence::text, c.reloptions,
       toast.reloptions, space.spcname::text, am.amname::text, c.relreplident::text,
       c.relrowsecurity OR c.relforcerowsecurity,
       CASE WHEN c.relispartition THEN 'partition'
            WHEN c.relkind = 'p' THEN 'partitioned table'
            WHEN c.relkind = 'f' THEN 'foreign table'
            WHEN c.relkind = 'm' THEN 'materialized view'
            WHEN c.relkind = 'c' THEN 'composite type'
            WHEN c.reloftype <> 0 THEN 'typed table'
            WHEN EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid) THEN 'inheriting table'
       END
  FROM pg_catalog.pg_class c
  LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
  LEFT JOIN pg_catalog.pg_tablespace space ON space.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
 WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
