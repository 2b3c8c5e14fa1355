-- Whatever else somebody made: not modelled, but neither forgotten nor touched.
SELECT NULL::oid, NULL::oid, NULL::oid, 'security label', 'of ' || l.provider || ' on ' || l.objtype || ' ' || l.objname, l.classoid, l.objoid, l.objsubid
  FROM pg_catalog.pg_seclabels l
 WHERE l.classoid NOT IN ('pg_catalog.pg_database'::regclass, 'pg_catalog.pg_authid'::regclass, 'pg_catalog.pg_tablespace'::regclass)
   AND l.objname !~ '^pg_temp'
UNION ALL
-- What is set for sessions in this database (ALTER DATABASE … SET, ALTER ROLE … IN DATABASE … SET).
SELECT NULL, NULL, NULL, 'setting', 'of the database' || coalesce(' for ' || r.rolname, '') || ': ' || split_part(c.setting, '=', 1), NULL, NULL, NULL
  FROM pg_catalog.pg_db_role_setting s
  JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase AND d.datname = current_database()
  CROSS JOIN unnest(s.setconfig) c (setting)
  LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
UNION ALL
SELECT NULL, NULL, NULL, 'large objects', 'in the database: ' || count(*), NULL, NULL, NULL
  FROM pg_catalog.pg_largeobject_metadata HAVING count(*) > 0
UNION ALL
-- Privileges on what belongs to an extension, where they are no longer those that it came with.
SELECT NULL, NULL, NULL, 'privileges', 'on ' || m.what || ' of an extension', NULL, NULL, NULL
  FROM (
    SELECT 'pg_catalog.pg_class'::regclass AS catalog, c.oid, c.relacl AS acl, 'relation ' || c.oid::regclass AS what FROM pg_catalog.pg_class c
    UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, p.oid, p.proacl, 'function ' || p.oid::regprocedure FROM pg_catalog.pg_proc p
    UNION ALL SELECT 'pg_catalog.pg_type'::regclass, t.oid, t.typacl, 'type ' || t.oid::regtype FROM pg_catalog.pg_type t
    UNION ALL SELECT 'pg_catalog.pg_language'::regclass, l.oid, l.lanacl, 'language ' || l.lanname FROM pg_catalog.pg_language l
    UNION ALL SELECT 'pg_catalog.pg_namespace'::regclass, n.oid, n.nspacl, 'schema ' || n.nspname FROM pg_catalog.pg_namespace n
    UNION ALL SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, w.oid, w.fdwacl, 'foreign data wrapper ' || w.fdwname
                FROM pg_catalog.pg_foreign_data_wrapper w
  ) m
  LEFT JOIN pg_catalog.pg_init_privs i ON i.classoid = m.catalog AND i.objoid = m.oid AND i.objsubid = 0
 WHERE m.acl IS NOT NULL
   AND EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = m.catalog AND d.objid = m.oid AND d.refclassid = 'pg_catalog.pg_extension'::regclass
                  AND d.deptype = 'e')
   AND ARRAY(SELECT a::text FROM unnest(m.acl) a ORDER BY 1) <> ARRAY(SELECT a::text FROM unnest(i.initprivs) a ORDER BY 1)
