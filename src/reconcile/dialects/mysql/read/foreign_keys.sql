SELECT table_name, constraint_name, referenced_table_name, update_rule, delete_rule, match_option,
       unique_constraint_name
FROM information_schema.referential_constraints
WHERE constraint_schema = :database
ORDER BY table_name, constraint_name
