-- Owners that are not who we are. What follows its table or type (an owned sequence, a row type, a multirange) has none
-- of its own; the schema public belongs to pg_database_owner in every new database. 16384 is FirstNormalObjectId.
WITH owned (catalog, oid, owner) AS (
  SELECT 'pg_catalog.pg_class'::regclass::oid, c.oid, c.relowner FROM pg_catalog.pg_class c
   WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
     AND NOT (c.relkind = 'S' AND EXISTS (
           SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
              AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')))
  UNION ALL
  SELECT 'pg_catalog.pg_type'::regclass, t.oid, t.typowner FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
   WHERE t.typtype IN ('e', 'd', 'r', 'c') AND (c.relkind IS NULL OR c.relkind = 'c') AND t.typnamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid, proowner FROM pg_catalog.pg_proc WHERE pronamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_namespace'::regclass, oid, nspowner FROM pg_catalog.pg_namespace
             WHERE oid = ANY ($namespaces) AND NOT (nspname = 'public' AND nspowner = 'pg_database_owner'::regrole)
  UNION ALL SELECT 'pg_catalog.pg_collation'::regclass, oid, collowner FROM pg_catalog.pg_collation WHERE collnamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::regclass, oid, stxowner FROM pg_catalog.pg_statistic_ext WHERE stxnamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_conversion'::regclass, oid, conowner FROM pg_catalog.pg_conversion WHERE connamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_operator'::regclass, oid, oprowner FROM pg_catalog.pg_operator WHERE oprnamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_opclass'::regclass, oid, opcowner FROM pg_catalog.pg_opclass WHERE opcnamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_opfamily'::regclass, oid, opfowner FROM pg_catalog.pg_opfamily WHERE opfnamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_ts_config'::regclass, oid, cfgowner FROM pg_catalog.pg_ts_config WHERE cfgnamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_ts_dict'::regclass, oid, dictowner FROM pg_catalog.pg_ts_dict WHERE dictnamespace = ANY ($namespaces)
  UNION ALL SELECT 'pg_catalog.pg_publication'::regclass, oid, pubowner FROM pg_catalog.pg_publication
  UNION ALL SELECT 'pg_catalog.pg_subscription'::regclass, s.oid, s.subowner FROM pg_catalog.pg_subscription s
  UNION ALL SELECT 'pg_catalog.pg_event_trigger'::regclass, oid, evtowner FROM pg_catalog.pg_event_trigger
  UNION ALL SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, oid, fdwowner FROM pg_catalog.pg_foreign_data_wrapper
  UNION ALL SELECT 'pg_catalog.pg_foreign_server'::regclass, oid, srvowner FROM pg_catalog.pg_foreign_server
  UNION ALL SELECT 'pg_catalog.pg_language'::regclass, oid, lanowner FROM pg_catalog.pg_language WHERE oid >= 16384
)
SELECT o.catalog, o.oid, pg_get_userbyid(o.owner)::text
  FROM owned o
 WHERE o.owner <> (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
