SELECT 'pg_catalog.pg_proc'::regclass::oid, p.oid, p.pronamespace,
       CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
       p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
       NULL::oid, NULL::oid, NULL::int
  FROM pg_catalog.pg_proc p
 WHERE p.pronamespace = ANY ($namespaces)
