-- Without a schema a default ACL stands instead of the built-in one; in a schema it comes on top.
WITH defaults (role, namespace, objects, acl, usual) AS (
  SELECT d.defaclrole, d.defaclnamespace,
         CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                              WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'large objects' END,
         d.defaclacl,
         CASE WHEN d.defaclnamespace = 0
              THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole)
         END
    FROM pg_catalog.pg_default_acl d
   WHERE d.defaclnamespace = 0 OR d.defaclnamespace = ANY ($namespaces)
), entries AS (
  SELECT d.role, d.namespace, d.objects, x.grantee, x.privilege_type, x.is_grantable AS grantable, true AS now
    FROM defaults d, aclexplode(d.acl) x
  UNION ALL
  SELECT d.role, d.namespace, d.objects, x.grantee, x.privilege_type, false, false
    FROM defaults d, aclexplode(d.usual) x
), summed AS (
  SELECT e.role, e.namespace, e.objects, e.grantee,
         array_agg(DISTINCT e.privilege_type ORDER BY e.privilege_type) FILTER (WHERE e.now) AS held,
         array_agg(DISTINCT e.privilege_type ORDER BY e.privilege_type) FILTER (WHERE e.now AND e.grantable) AS grantable,
         array_agg(DISTINCT e.privilege_type ORDER BY e.privilege_type) FILTER (WHERE NOT e.now) AS usual
    FROM entries e
   GROUP BY e.role, e.namespace, e.objects, e.grantee
)
SELECT nullif(s.namespace, 0), owner.rolname::text, s.objects,
       CASE s.grantee WHEN 0 THEN 'public' ELSE coalesce(grantee.rolname::text, s.grantee::text) END, s.held, s.grantable
  FROM summed s
  JOIN pg_catalog.pg_roles owner ON owner.oid = s.role
  LEFT JOIN pg_catalog.pg_roles grantee ON grantee.oid = s.grantee
 WHERE s.held IS DISTINCT FROM s.usual OR s.grantable IS NOT NULL
