-- Which relation a rewrite rule belongs to: what a view needs is recorded for its rule.
SELECT r.oid, r.ev_class, r.rulename::text
  FROM pg_catalog.pg_rewrite r
  JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
 WHERE c.relnamespace = ANY ($namespaces)
