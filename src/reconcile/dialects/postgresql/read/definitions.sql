-- What is defined by a list of properties: kind, address, schema, name, properties, members.
-- 16384 is FirstNormalObjectId: what has no schema and is older came with the server.
SELECT 'operator', 'pg_catalog.pg_operator'::regclass::oid, o.oid, o.oprnamespace,
       o.oprname || '(' || CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END || ', '
       || format_type(o.oprright, NULL) || ')',
       array_remove(ARRAY[
         'function=' || o.oprcode::regproc,
         'commutator=OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')',
         'negator=OPERATOR(' || quote_ident(nn.nspname) || '.' || n.oprname || ')',
         'restrict=' || nullif(o.oprrest, 0)::regproc,
         'join=' || nullif(o.oprjoin, 0)::regproc,
         CASE WHEN o.oprcanhash THEN 'hashes=true' END,
         CASE WHEN o.oprcanmerge THEN 'merges=true' END], NULL),
       NULL::text[]
  FROM pg_catalog.pg_operator o
  LEFT JOIN pg_catalog.pg_operator c ON c.oid = o.oprcom
  LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace
  LEFT JOIN pg_catalog.pg_operator n ON n.oid = o.oprnegate
  LEFT JOIN pg_catalog.pg_namespace nn ON nn.oid = n.oprnamespace
 WHERE o.oprnamespace = ANY ($namespaces) AND o.oprcode <> 0  -- 0: only promised, as somebody's commutator
UNION ALL
SELECT 'operator family', 'pg_catalog.pg_opfamily'::regclass, f.oid, f.opfnamespace, f.opfname || ' USING ' || quote_ident(am.amname),
       NULL, NULL
  FROM pg_catalog.pg_opfamily f JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod
 WHERE f.opfnamespace = ANY ($namespaces)
UNION ALL
SELECT 'operator class', 'pg_catalog.pg_opclass'::regclass, o.oid, o.opcnamespace, o.opcname || ' USING ' || quote_ident(am.amname),
       array_remove(ARRAY[
         CASE WHEN o.opcdefault THEN 'default=true' END,
         'type=' || format_type(o.opcintype, NULL),
         'family=' || quote_ident(n.nspname) || '.' || quote_ident(f.opfname),
         'storage=' || format_type(nullif(o.opckeytype, 0), NULL)], NULL),
       NULL
  FROM pg_catalog.pg_opclass o
  JOIN pg_catalog.pg_am am ON am.oid = o.opcmethod
  JOIN pg_catalog.pg_opfamily f ON f.oid = o.opcfamily
  JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
 WHERE o.opcnamespace = ANY ($namespaces)
UNION ALL
SELECT 'cast', 'pg_catalog.pg_cast'::regclass, c.oid, NULL,
       '(' || format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) || ')',
       array_remove(ARRAY[
         CASE c.castmethod WHEN 'f' THEN 'function=' || c.castfunc::regprocedure WHEN 'i' THEN 'inout=true' END,
         CASE c.castcontext WHEN 'a' THEN 'as=assignment' WHEN 'i' THEN 'as=implicit' END], NULL), NULL
  FROM pg_catalog.pg_cast c
 WHERE c.oid >= 16384  -- a range to its multirange comes with the type
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i')
UNION ALL
SELECT 'conversion', 'pg_catalog.pg_conversion'::regclass, c.oid, c.connamespace, c.conname,
       array_remove(ARRAY['for=' || pg_encoding_to_char(c.conforencoding), 'to=' || pg_encoding_to_char(c.contoencoding),
         'function=' || c.conproc, CASE WHEN c.condefault THEN 'default=true' END], NULL), NULL
  FROM pg_catalog.pg_conversion c WHERE c.connamespace = ANY ($namespaces)
UNION ALL
SELECT 'language', 'pg_catalog.pg_language'::regclass, l.oid, NULL, l.lanname,
       array_remove(ARRAY['handler=' || nullif(l.lanplcallfoid, 0)::regproc, 'inline=' || nullif(l.laninline, 0)::regproc,
         'validator=' || nullif(l.lanvalidator, 0)::regproc, CASE WHEN l.lanpltrusted THEN 'trusted=true' END], NULL), NULL
  FROM pg_catalog.pg_language l WHERE l.oid >= 16384
UNION ALL
SELECT 'transform', 'pg_catalog.pg_transform'::regclass, t.oid, NULL,
       'FOR ' || format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname),
       array_remove(ARRAY['from_sql=' || nullif(t.trffromsql, 0)::regprocedure, 'to_sql=' || nullif(t.trftosql, 0)::regprocedure], NULL),
       NULL
  FROM pg_catalog.pg_transform t JOIN pg_catalog.pg_language l ON l.oid = t.trflang
UNION ALL
SELECT 'access method', 'pg_catalog.pg_am'::regclass, a.oid, NULL, a.amname,
       ARRAY['type=' || CASE a.amtype WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, 'handler=' || a.amhandler], NULL
  FROM pg_catalog.pg_am a WHERE a.oid >= 16384
UNION ALL
SELECT 'text search parser', 'pg_catalog.pg_ts_parser'::regclass, p.oid, p.prsnamespace, p.prsname,
       array_remove(ARRAY['start=' || p.prsstart, 'gettoken=' || p.prstoken, 'end=' || p.prsend, 'lextypes=' || p.prslextype,
         'headline=' || nullif(p.prsheadline::oid, 0)::regproc], NULL), NULL
  FROM pg_catalog.pg_ts_parser p WHERE p.prsnamespace = ANY ($namespaces)
UNION ALL
SELECT 'text search template', 'pg_catalog.pg_ts_template'::regclass, t.oid, t.tmplnamespace, t.tmplname,
       array_remove(ARRAY['init=' || nullif(t.tmplinit::oid, 0)::regproc, 'lexize=' || t.tmpllexize], NULL), NULL
  FROM pg_catalog.pg_ts_template t WHERE t.tmplnamespace = ANY ($namespaces)
UNION ALL
SELECT 'text search dictionary', 'pg_catalog.pg_ts_dict'::regclass, d.oid, d.dictnamespace, d.dictname,
       array_remove(ARRAY['template=' || quote_ident(n.nspname) || '.' || quote_ident(t.tmplname), 'settings=' || d.dictinitoption], NULL),
       NULL
  FROM pg_catalog.pg_ts_dict d
  JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
  JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace
 WHERE d.dictnamespace = ANY ($namespaces)
UNION ALL
SELECT 'text search configuration', 'pg_catalog.pg_ts_config'::regclass, c.oid, c.cfgnamespace, c.cfgname,
       ARRAY['parser=' || quote_ident(n.nspname) || '.' || quote_ident(p.prsname)],
       ARRAY(SELECT 'FOR ' || quote_ident(k.alias) || ' WITH ' || string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno)
               FROM pg_catalog.pg_ts_config_map m JOIN ts_token_type(c.cfgparser) k ON k.tokid = m.maptokentype
              WHERE m.mapcfg = c.oid GROUP BY k.alias ORDER BY k.alias)
  FROM pg_catalog.pg_ts_config c
  JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
  JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
 WHERE c.cfgnamespace = ANY ($namespaces)
