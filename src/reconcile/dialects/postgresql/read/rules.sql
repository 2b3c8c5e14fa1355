-- Rewrite rules other than the one that makes a view a view.
SELECT r.oid, r.ev_class, r.rulename::text, pg_get_ruledef(r.oid), r.ev_enabled::text, c.relnamespace, c.relname::text
  FROM pg_catalog.pg_rewrite r
  JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
 WHERE r.rulename <> '_RETURN' AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
