SELECT c.oid, c.contypid, c.conname::text, pg_get_expr(c.conbin, 0), c.convalidated
  FROM pg_catalog.pg_constraint c
 WHERE c.contypid <> 0 AND c.contype = 'c' AND c.connamespace = ANY ($namespaces)
