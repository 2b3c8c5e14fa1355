SELECT table_name, constraint_name, check_clause, level = 'Column' AS beside_column, 'YES' AS enforced
FROM information_schema.check_constraints
WHERE constraint_schema = :database
ORDER BY table_name, constraint_name
