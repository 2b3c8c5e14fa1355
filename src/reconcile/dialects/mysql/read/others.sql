SELECT LOWER(routine_type), routine_name
FROM information_schema.routines
WHERE routine_schema = :database
UNION ALL
SELECT 'event', event_name
FROM information_schema.events
WHERE event_schema = :database
ORDER BY 1, 2
