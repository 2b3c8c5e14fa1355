SELECT 'pg_catalog.pg_policy'::regclass::oid, p.oid, c.relnamespace, 'policy',
       p.polname || ' on ' || c.relname, 'pg_catalog.pg_class'::regclass::oid, c.oid, 0
  FROM pg_catalog.pg_policy p
  JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
 WHERE c.relnamespace = ANY ($namespaces)
