-- Whatever else somebody made: not modelled, but neither forgotten nor touched.
SELECT 'pg_catalog.pg_conversion'::regclass::oid, c.oid, c.connamespace, 'conversion', c.conname::text,
       NULL::oid, NULL::oid, NULL::int
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
  FROM pg_catalog.pg_cast o
 WHERE o.oid >= 16384  -- a range to its multirange comes with the type
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_cast'::regclass AND d.objid = o.oid AND d.deptype = 'i')
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
-- Its connection is a secret that only superusers can read, and to make one means to connect.
SELECT 'pg_catalog.pg_subscription'::regclass, o.oid, NULL, 'subscription', o.subname::text, NULL, NULL, NULL
  FROM pg_catalog.pg_subscription o JOIN pg_catalog.pg_database d ON d.oid = o.subdbid
 WHERE d.datname = current_database()
