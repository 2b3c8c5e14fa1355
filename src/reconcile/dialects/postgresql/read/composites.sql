-- Free-standing composite types with their attributes; one without attributes has a row of nulls.
SELECT c.oid, c.relnamespace, c.relname::text, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation ELSE 0 END
  FROM pg_catalog.pg_class c
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 WHERE c.relkind = 'c' AND c.relnamespace = ANY ($namespaces)
 ORDER BY c.oid, a.attnum
