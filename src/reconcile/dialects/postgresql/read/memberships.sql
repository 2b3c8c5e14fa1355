-- The same may have been granted by several roles (16); it is there as long as one of them has not taken it back.
SELECT m.member, g.rolname::text, bool_or(m.admin_option), $inherit_option, $set_option,
       array_agg(DISTINCT o.rolname::text ORDER BY o.rolname::text) FILTER (WHERE o.rolname IS NOT NULL)
  FROM pg_catalog.pg_auth_members m
  JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
  LEFT JOIN pg_catalog.pg_roles o ON o.oid = m.grantor
 GROUP BY m.member, g.rolname
