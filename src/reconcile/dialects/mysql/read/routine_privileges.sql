SELECT CONCAT("'", user, "'@'", host, "'"), routine_name, routine_type, proc_priv
FROM mysql.procs_priv
WHERE db = :database
ORDER BY routine_type, routine_name, user, host
