SELECT c.oid, c.relnamespace, c.relname::text, c.reloptions, pg_get_viewdef(c.oid),
       (SELECT array_agg(a.attname::text ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
       (SELECT array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
       (SELECT array_agg(d.oid::text || ' ' || d.adnum || ' ' || pg_get_expr(d.adbin, d.adrelid) ORDER BY d.adnum)
          FROM pg_catalog.pg_attrdef d WHERE d.adrelid = c.oid)
  FROM pg_catalog.pg_class c
 WHERE c.relkind = 'v' AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
