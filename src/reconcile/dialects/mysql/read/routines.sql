SELECT routine_name, routine_type, routine_definition, dtd_identifier, character_set_name,
       NULLIF(collation_name, @@collation_database), is_deterministic, sql_data_access, security_type, sql_mode, routine_comment,
       NULLIF(definer, CURRENT_USER()), NULLIF(collation_connection, @@collation_connection)
FROM information_schema.routines
WHERE routine_schema = :database
ORDER BY routine_type, routine_name
