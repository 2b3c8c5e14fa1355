SELECT trigger_name, event_object_table, action_timing, event_manipulation, action_order, action_statement, sql_mode,
       NULLIF(definer, CURRENT_USER()), NULLIF(collation_connection, @@collation_connection)
FROM information_schema.triggers
WHERE trigger_schema = :database
ORDER BY event_object_table, action_timing, event_manipulation, action_order
