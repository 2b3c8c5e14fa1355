SELECT specific_name, routine_type, parameter_mode, parameter_name, dtd_identifier, character_set_name,
       NULLIF(collation_name, @@collation_database)
FROM information_schema.parameters
WHERE specific_schema = :database AND ordinal_position > 0
ORDER BY routine_type, specific_name, ordinal_position
