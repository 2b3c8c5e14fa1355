-- Sequences with the column that owns them: deptype 'a' is OWNED BY, 'i' an identity column's own.
SELECT c.oid, c.relnamespace, c.relname::text, c.relpersistence::text,
       format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
       d.deptype::text, d.refobjid, d.refobjsubid
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
  LEFT JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
   AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
 WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
