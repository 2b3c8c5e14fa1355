-- Whatever else somebody made: not modelled, but neither forgotten nor touched.
SELECT 'pg_catalog.pg_collation'::regclass::oid, c.oid, c.collnamespace, 'collation', c.collname::text,
       NULL::oid, NULL::oid, NULL::int
  FROM pg_catalog.pg_collation c WHERE c.collnamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_conversion'::regclass, c.oid, c.connamespace, 'conversion', c.conname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_conversion c WHERE c.connamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_operator'::regclass, o.oid, o.oprnamespace, 'operator',
       o.oprname || '(' || CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END || ', '
       || format_type(o.oprright, NULL) || ')', NULL, NULL, NULL
  FROM pg_catalog.pg_operator o WHERE o.oprnamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_opclass'::regclass, o.oid, o.opcnamespace, 'operator class', o.opcname || ' for ' || am.amname,
       NULL, NULL, NULL
  FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am am ON am.oid = o.opcmethod WHERE o.opcnamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_opfamily'::regclass, o.oid, o.opfnamespace, 'operator family', o.opfname || ' for ' || am.amname,
       NULL, NULL, NULL
  FROM pg_catalog.pg_opfamily o JOIN pg_catalog.pg_am am ON am.oid = o.opfmethod WHERE o.opfnamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_ts_config'::regclass, o.oid, o.cfgnamespace, 'text search configuration', o.cfgname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_ts_config o WHERE o.cfgnamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_ts_dict'::regclass, o.oid, o.dictnamespace, 'text search dictionary', o.dictname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_ts_dict o WHERE o.dictnamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_ts_parser'::regclass, o.oid, o.prsnamespace, 'text search parser', o.prsname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_ts_parser o WHERE o.prsnamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_ts_template'::regclass, o.oid, o.tmplnamespace, 'text search template', o.tmplname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_ts_template o WHERE o.tmplnamespace = ANY ($namespaces)
UNION ALL
SELECT 'pg_catalog.pg_cast'::regclass, o.oid, NULL, 'cast',
       '(' || format_type(o.castsource, NULL) || ' as ' || format_type(o.casttarget, NULL) || ')', NULL, NULL, NULL
  FROM pg_catalog.pg_cast o WHERE o.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_language'::regclass, o.oid, NULL, 'language', o.lanname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_language o WHERE o.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_transform'::regclass, o.oid, NULL, 'transform',
       'for ' || format_type(o.trftype, NULL) || ' language ' || l.lanname, NULL, NULL, NULL
  FROM pg_catalog.pg_transform o JOIN pg_catalog.pg_language l ON l.oid = o.trflang
UNION ALL
SELECT 'pg_catalog.pg_am'::regclass, o.oid, NULL, 'access method', o.amname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_am o WHERE o.oid >= 16384
UNION ALL
SELECT 'pg_catalog.pg_event_trigger'::regclass, o.oid, NULL, 'event trigger', o.evtname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_event_trigger o
UNION ALL
SELECT 'pg_catalog.pg_publication'::regclass, o.oid, NULL, 'publication', o.pubname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_publication o
UNION ALL
SELECT 'pg_catalog.pg_publication_rel'::regclass, o.oid, NULL, 'publication', p.pubname || ' of ' || o.prrelid::regclass,
       'pg_catalog.pg_class'::regclass, o.prrelid, 0
  FROM pg_catalog.pg_publication_rel o JOIN pg_catalog.pg_publication p ON p.oid = o.prpubid
UNION ALL
SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, o.oid, NULL, 'foreign data wrapper', o.fdwname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_foreign_data_wrapper o
UNION ALL
SELECT 'pg_catalog.pg_foreign_server'::regclass, o.oid, NULL, 'server', o.srvname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_foreign_server o
