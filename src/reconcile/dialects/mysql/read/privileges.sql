SELECT grantee, table_name, NULL AS column_name, privilege_type, is_grantable
FROM information_schema.table_privileges
WHERE table_schema = :database
UNION ALL
SELECT grantee, table_name, column_name, privilege_type, 'NO'
FROM information_schema.column_privileges
WHERE table_schema = :database
ORDER BY 2, 3, 1, 4
