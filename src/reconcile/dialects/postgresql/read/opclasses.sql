SELECT o.oid, am.amname::text, o.opcintype, o.opcdefault,
       CASE WHEN n.nspname = 'pg_catalog' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(o.opcname)
  FROM pg_catalog.pg_opclass o
  JOIN pg_catalog.pg_am am ON am.oid = o.opcmethod
  JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
