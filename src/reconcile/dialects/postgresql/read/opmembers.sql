-- Operators and functions of operator classes, and of families where they are in no class: which of both is told by
-- what they depend on (pg_depend). Address of the member, of its class or family, and its clause.
WITH members (catalog, oid, family, rank, number, clause) AS (
  SELECT 'pg_catalog.pg_amop'::regclass::oid, o.oid, o.amopfamily, 1, o.amopstrategy,
         'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator
         || CASE o.amoppurpose WHEN 'o' THEN ' FOR ORDER BY ' || quote_ident(n.nspname) || '.' || quote_ident(s.opfname) ELSE '' END
    FROM pg_catalog.pg_amop o
    LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = o.amopsortfamily
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = s.opfnamespace
   WHERE o.oid >= 16384
  UNION ALL
  SELECT 'pg_catalog.pg_amproc'::regclass, p.oid, p.amprocfamily, 2, p.amprocnum,
         'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', ' || format_type(p.amprocrighttype, NULL)
         || ') ' || p.amproc::regprocedure
    FROM pg_catalog.pg_amproc p
   WHERE p.oid >= 16384
)
SELECT m.catalog, m.oid, coalesce(d.refclassid, 'pg_catalog.pg_opfamily'::regclass), coalesce(d.refobjid, m.family), m.clause
  FROM members m
  LEFT JOIN pg_catalog.pg_depend d
    ON d.classid = m.catalog AND d.objid = m.oid AND d.refclassid = 'pg_catalog.pg_opclass'::regclass
 ORDER BY m.rank, m.number, m.clause
