-- Columns of plain tables, and of indexes where a statistics target or an operator class option was set.
-- pg_attver is the server's own mark in attoptions (seen in 15.20), nobody's setting; pg_dump leaves it out too.
SELECT a.attrelid, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attidentity::text, a.attgenerated::text, d.oid, pg_get_expr(d.adbin, d.adrelid),
       CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation ELSE 0 END,
       CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END,
       nullif(a.attcompression::text, ''), nullif(a.attstattarget, -1),
       CASE WHEN cardinality(a.attoptions) = 1 AND a.attoptions[1] LIKE 'pg\_attver=%' THEN NULL ELSE a.attoptions END,
       a.atttypid, a.attcollation, a.attislocal, a.attinhcount, a.attfdwoptions
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef
 WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
   AND (c.relkind IN ('r', 'p', 'f')
        OR c.relkind = 'i' AND (a.attoptions IS NOT NULL OR a.attstattarget >= 0))
 ORDER BY a.attrelid, a.attnum
