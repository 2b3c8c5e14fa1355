SELECT table_name, view_definition, check_option, definer, security_type, 'UNDEFINED' AS algorithm
FROM information_schema.views
WHERE table_schema = :database
ORDER BY table_name
