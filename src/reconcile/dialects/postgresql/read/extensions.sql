-- Every extension, and what belongs to it: such objects are the extension's, never ours.
SELECT x.oid, x.extname::text, x.extversion, n.nspname::text, x.extrelocatable, d.classid, d.objid
  FROM pg_catalog.pg_extension x
  JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
  LEFT JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = x.oid AND d.deptype = 'e'
