-- Triggers and rules that somebody made, with the relation they are on.
SELECT 'pg_catalog.pg_trigger'::regclass::oid, t.oid, c.relnamespace, 'trigger',
       t.tgname || ' on ' || c.relname, 'pg_catalog.pg_class'::regclass::oid, c.oid, 0
  FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_rewrite'::regclass::oid, r.oid, c.relnamespace, 'rule',
       r.rulename || ' on ' || c.relname, 'pg_catalog.pg_class'::regclass::oid, c.oid, 0
  FROM pg_catalog.pg_rewrite r
  JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
 WHERE r.rulename <> '_RETURN' AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
