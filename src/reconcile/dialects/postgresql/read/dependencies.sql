-- Who needs what, between objects that are not the system's (16384 is FirstNormalObjectId).
-- Internal dependencies tie the parts of one thing together: to us they are one thing already.
SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid
  FROM pg_catalog.pg_depend d
 WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype IN ('n', 'a')
   AND d.refclassid <> 'pg_catalog.pg_namespace'::regclass
