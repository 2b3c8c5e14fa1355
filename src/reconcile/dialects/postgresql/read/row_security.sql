SELECT c.oid, c.relrowsecurity, c.relforcerowsecurity
  FROM pg_catalog.pg_class c
 WHERE (c.relrowsecurity OR c.relforcerowsecurity) AND c.relnamespace = ANY ($namespaces)
