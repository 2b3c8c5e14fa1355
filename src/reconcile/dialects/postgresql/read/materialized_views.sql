-- Materialized views; pg_get_viewdef ends in a semicolon. Settings of columns come as "name.column=value".
SELECT c.oid, c.relnamespace, c.relname::text, c.reloptions, toast.reloptions, space.spcname::text,
       nullif(am.amname::text, 'heap'), c.relispopulated, pg_get_viewdef(c.oid),
       attributes.names, attributes.types, attributes.collations, attributes.settings
  FROM pg_catalog.pg_class c
  LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
  LEFT JOIN pg_catalog.pg_tablespace space ON space.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN LATERAL (
       SELECT array_agg(a.attname::text ORDER BY a.attnum) AS names,
              array_agg(a.atttypid ORDER BY a.attnum)::int8[] AS types,
              array_agg(a.attcollation ORDER BY a.attnum)::int8[] AS collations,
              array_remove(
                  array_agg(CASE WHEN a.attstorage <> t.typstorage
                                 THEN 'storage.' || a.attname || '='
                                      || CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external'
                                                           WHEN 'm' THEN 'main' ELSE 'extended' END END)
                  || array_agg(CASE a.attcompression WHEN 'p' THEN 'compression.' || a.attname || '=pglz'
                                                     WHEN 'l' THEN 'compression.' || a.attname || '=lz4' END)
                  || array_agg(CASE WHEN a.attstattarget >= 0
                                    THEN 'statistics.' || a.attname || '=' || a.attstattarget END), NULL) AS settings
         FROM pg_catalog.pg_attribute a
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  ) attributes ON true
 WHERE c.relkind = 'm' AND c.relnamespace = ANY ($namespaces)
