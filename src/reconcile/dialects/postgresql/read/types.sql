-- Every type, row types and array types included: columns and expressions depend on any of them.
SELECT t.oid, t.typnamespace, t.typname::text, t.typtype::text, t.typrelid, c.relkind::text,
       CASE WHEN t.typsubscript = 'pg_catalog.array_subscript_handler'::regproc THEN t.typelem ELSE 0 END,
       CASE t.typtype
            WHEN 'e' THEN (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
                             FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)
       END,
       CASE t.typtype WHEN 'm' THEN (SELECT r.rngtypid FROM pg_catalog.pg_range r WHERE r.rngmultitypid = t.oid) END
  FROM pg_catalog.pg_type t
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
 WHERE t.typnamespace = ANY ($namespaces)
