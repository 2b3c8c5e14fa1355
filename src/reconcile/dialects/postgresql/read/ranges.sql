SELECT r.rngtypid, t.typnamespace, t.typname::text, format_type(r.rngsubtype, NULL),
       CASE WHEN NOT o.opcdefault OR o.opcintype <> r.rngsubtype THEN r.rngsubopc ELSE 0 END,
       CASE WHEN r.rngcollation <> s.typcollation THEN r.rngcollation ELSE 0 END,
       nullif(r.rngcanonical::oid, 0)::regproc::text, nullif(r.rngsubdiff::oid, 0)::regproc::text,
       m.typname::text, m.typnamespace
  FROM pg_catalog.pg_range r
  JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
  JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
  JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc
  LEFT JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid
 WHERE t.typnamespace = ANY ($namespaces)
