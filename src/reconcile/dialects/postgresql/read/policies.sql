-- Policies with the table they are on. The role 0 is PUBLIC.
SELECT p.oid, p.polrelid, p.polname::text, p.polpermissive,
       CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
       (SELECT array_agg(CASE given.oid WHEN 0 THEN 'public' ELSE r.rolname::text END)
          FROM unnest(p.polroles) given(oid) LEFT JOIN pg_catalog.pg_roles r ON r.oid = given.oid),
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
  FROM pg_catalog.pg_policy p
  JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
 WHERE c.relnamespace = ANY ($namespaces)
