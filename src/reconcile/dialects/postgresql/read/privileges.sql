-- What each grantee may do with an object where that is not what it may by itself (acldefault).
-- "(owner)" is whoever owns the object; 16384 is FirstNormalObjectId.
WITH objects (catalog, oid, part, namespace, what, acl, usual, owner) AS (
  SELECT 'pg_catalog.pg_class'::regclass::oid, c.oid, 0, c.relnamespace,
         CASE c.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' ELSE 'table ' END || c.relname, c.relacl,
         acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner), c.relowner
    FROM pg_catalog.pg_class c
   WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
     AND c.relnamespace = ANY ($namespaces)
  UNION ALL
  SELECT 'pg_catalog.pg_class'::regclass, c.oid, a.attnum, c.relnamespace, 'column ' || c.relname || '.' || a.attname,
         a.attacl, NULL, c.relowner
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
   WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND a.attnum > 0 AND c.relpersistence <> 't'
     AND c.relnamespace = ANY ($namespaces)
  UNION ALL
  SELECT 'pg_catalog.pg_type'::regclass, t.oid, 0, t.typnamespace, 'type ' || t.typname, t.typacl,
         acldefault('T', t.typowner), t.typowner
    FROM pg_catalog.pg_type t
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
   WHERE t.typacl IS NOT NULL AND t.typnamespace = ANY ($namespaces)
     -- Multiranges go by their ranges (18 says so), rows by their tables.
     AND t.typtype <> 'm' AND (c.relkind IS NULL OR c.relkind = 'c')
  UNION ALL
  SELECT 'pg_catalog.pg_proc'::regclass, p.oid, 0, p.pronamespace,
         'function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.proacl,
         acldefault('f', p.proowner), p.proowner
    FROM pg_catalog.pg_proc p
   WHERE p.proacl IS NOT NULL AND p.pronamespace = ANY ($namespaces)
  UNION ALL
  -- In a new database the schema public lets everybody use it (15: but no longer create in it).
  SELECT 'pg_catalog.pg_namespace'::regclass, n.oid, 0, n.oid, 'schema ' || n.nspname,
         coalesce(n.nspacl, acldefault('n', n.nspowner)),
         acldefault('n', n.nspowner)
         || CASE n.nspname WHEN 'public' THEN ARRAY[makeaclitem(0, n.nspowner, 'USAGE', false)] END, n.nspowner
    FROM pg_catalog.pg_namespace n
   WHERE (n.nspacl IS NOT NULL OR n.nspname = 'public') AND n.oid = ANY ($namespaces)
  UNION ALL
  SELECT 'pg_catalog.pg_foreign_data_wrapper'::regclass, w.oid, 0, NULL, 'foreign data wrapper ' || w.fdwname, w.fdwacl,
         acldefault('F', w.fdwowner), w.fdwowner
    FROM pg_catalog.pg_foreign_data_wrapper w
   WHERE w.fdwacl IS NOT NULL AND w.oid >= 16384
  UNION ALL
  SELECT 'pg_catalog.pg_foreign_server'::regclass, s.oid, 0, NULL, 'foreign server ' || s.srvname, s.srvacl,
         acldefault('S', s.srvowner), s.srvowner
    FROM pg_catalog.pg_foreign_server s
   WHERE s.srvacl IS NOT NULL
  UNION ALL
  SELECT 'pg_catalog.pg_language'::regclass, l.oid, 0, NULL, 'language ' || l.lanname, l.lanacl,
         acldefault('l', l.lanowner), l.lanowner
    FROM pg_catalog.pg_language l
   WHERE l.lanacl IS NOT NULL AND l.oid >= 16384
), entries AS (
  SELECT o.*, x.grantee, x.privilege_type, x.is_grantable AND x.grantee <> o.owner AS grantable, true AS now
    FROM objects o, aclexplode(o.acl) x WHERE o.acl IS DISTINCT FROM o.usual
  UNION ALL
  SELECT o.*, x.grantee, x.privilege_type, false, false
    FROM objects o, aclexplode(o.usual) x WHERE o.acl IS DISTINCT FROM o.usual
), summed AS (
  SELECT e.catalog, e.oid, e.part, e.namespace, e.what,
         CASE e.grantee WHEN 0 THEN 'public' WHEN e.owner THEN '(owner)' ELSE coalesce(r.rolname::text, e.grantee::text) END AS grantee,
         array_agg(DISTINCT e.privilege_type ORDER BY e.privilege_type) FILTER (WHERE e.now) AS held,
         array_agg(DISTINCT e.privilege_type ORDER BY e.privilege_type) FILTER (WHERE e.now AND e.grantable) AS grantable,
         array_agg(DISTINCT e.privilege_type ORDER BY e.privilege_type) FILTER (WHERE NOT e.now) AS usual
    FROM entries e
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = e.grantee
   GROUP BY e.catalog, e.oid, e.part, e.namespace, e.what, e.grantee, e.owner, r.rolname
)
SELECT catalog, oid, part, namespace, what, grantee, held, grantable
  FROM summed
 WHERE held IS DISTINCT FROM usual OR grantable IS NOT NULL
