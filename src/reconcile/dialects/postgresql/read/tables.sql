-- Relations that have rows or columns; the last column names what we do not take apart.
SELECT c.oid, c.relnamespace, c.relname::text, c.relkind::text, c.relpersistence::text, c.reloptions,
       toast.reloptions, space.spcname::text, am.amname::text, c.relreplident::text,
       c.relrowsecurity OR c.relforcerowsecurity,
       CASE WHEN c.relkind = 'm' THEN 'materialized view'
            WHEN c.relkind = 'c' THEN 'composite type'
       END,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, c.reloftype, server.srvname::text, ft.ftoptions
  FROM pg_catalog.pg_class c
  LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
  LEFT JOIN pg_catalog.pg_tablespace space ON space.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_foreign_table ft ON ft.ftrelid = c.oid
  LEFT JOIN pg_catalog.pg_foreign_server server ON server.oid = ft.ftserver
 WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
