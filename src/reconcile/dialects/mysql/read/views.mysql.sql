SELECT table_name, view_definition, check_option, NULLIF(definer, CURRENT_USER()), security_type, NULL AS algorithm,
       NULLIF(collation_connection, @@collation_connection)
FROM information_schema.views
WHERE table_schema = :database
ORDER BY table_name
