-- Privileges other than those an object has by itself, with what they are on.
SELECT NULL::oid, NULL::oid, c.relnamespace, 'privileges',
       'on ' || CASE c.relkind WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' ELSE 'table ' END || c.relname,
       'pg_catalog.pg_class'::regclass::oid, c.oid, 0
  FROM pg_catalog.pg_class c
 WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
   AND c.relacl <> acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner)
   AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
UNION ALL
SELECT NULL, NULL, c.relnamespace, 'privileges', 'on column ' || c.relname || '.' || a.attname,
       'pg_catalog.pg_class'::regclass::oid, c.oid, a.attnum
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
 WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND a.attnum > 0
   AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
UNION ALL
SELECT NULL, NULL, t.typnamespace, 'privileges', 'on type ' || t.typname,
       'pg_catalog.pg_type'::regclass::oid, t.oid, 0
  FROM pg_catalog.pg_type t
 WHERE t.typacl IS NOT NULL AND t.typacl <> acldefault('T', t.typowner) AND t.typnamespace = ANY ($namespaces)
UNION ALL
SELECT NULL, NULL, p.pronamespace, 'privileges',
       'on function ' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
       'pg_catalog.pg_proc'::regclass::oid, p.oid, 0
  FROM pg_catalog.pg_proc p
 WHERE p.proacl IS NOT NULL AND p.proacl <> acldefault('f', p.proowner) AND p.pronamespace = ANY ($namespaces)
UNION ALL
-- In a new database the schema public lets everybody use it (15: but no longer create in it).
SELECT NULL, NULL, n.oid, 'privileges', 'on schema ' || n.nspname,
       'pg_catalog.pg_namespace'::regclass::oid, n.oid, 0
  FROM pg_catalog.pg_namespace n
 WHERE n.nspacl IS NOT NULL AND n.oid = ANY ($namespaces)
   AND n.nspacl <> acldefault('n', n.nspowner)
                   || CASE n.nspname WHEN 'public' THEN makeaclitem(0, n.nspowner, 'USAGE', false) END
UNION ALL
SELECT NULL, NULL, nullif(d.defaclnamespace, 0), 'default privileges',
       'for ' || CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                                      WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'objects' END
       || ' of ' || d.defaclrole::regrole,
       NULL, NULL, NULL
  FROM pg_catalog.pg_default_acl d
 WHERE d.defaclnamespace = 0 OR d.defaclnamespace = ANY ($namespaces)
