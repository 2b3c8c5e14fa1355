SELECT event_name, event_type, execute_at, interval_value, interval_field, starts, ends, status, on_completion,
       event_definition, event_comment, sql_mode, time_zone, NULLIF(definer, CURRENT_USER()),
       starts IN (CONVERT_TZ(created, @@time_zone, time_zone), CONVERT_TZ(last_altered, @@time_zone, time_zone)),
       @@GLOBAL.time_zone, NULLIF(collation_connection, @@collation_connection)
FROM information_schema.events
WHERE event_schema = :database
ORDER BY event_name
