-- Domains; the name of a NOT NULL constraint only where the server did not choose it (17: before, it had none).
SELECT t.oid, t.typnamespace, t.typname::text, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
       CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation ELSE 0 END,
       (SELECT c.conname::text FROM pg_catalog.pg_constraint c
         WHERE c.contypid = t.oid AND c.contype = 'n' AND c.conname <> t.typname || '_not_null')
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
 WHERE t.typtype = 'd' AND t.typnamespace = ANY ($namespaces)
