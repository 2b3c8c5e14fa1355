-- 16384 is FirstNormalObjectId; the schema public is older than that.
SELECT d.classoid, d.objoid, d.objsubid, d.description
  FROM pg_catalog.pg_description d
 WHERE (d.objoid >= 16384 OR d.classoid = 'pg_catalog.pg_namespace'::regclass AND d.objoid = ANY ($namespaces))
   AND d.classoid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_constraint'::regclass,
                      'pg_catalog.pg_type'::regclass, 'pg_catalog.pg_namespace'::regclass,
                      'pg_catalog.pg_policy'::regclass, 'pg_catalog.pg_foreign_data_wrapper'::regclass,
                      'pg_catalog.pg_foreign_server'::regclass, 'pg_catalog.pg_publication'::regclass, 'pg_catalog.pg_statistic_ext'::regclass,
                      'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_trigger'::regclass,
                      'pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_collation'::regclass,
                      'pg_catalog.pg_event_trigger'::regclass, 'pg_catalog.pg_operator'::regclass,
                      'pg_catalog.pg_opclass'::regclass, 'pg_catalog.pg_opfamily'::regclass,
                      'pg_catalog.pg_cast'::regclass, 'pg_catalog.pg_conversion'::regclass,
                      'pg_catalog.pg_language'::regclass, 'pg_catalog.pg_transform'::regclass,
                      'pg_catalog.pg_am'::regclass, 'pg_catalog.pg_ts_config'::regclass,
                      'pg_catalog.pg_ts_dict'::regclass, 'pg_catalog.pg_ts_parser'::regclass,
                      'pg_catalog.pg_ts_template'::regclass)
