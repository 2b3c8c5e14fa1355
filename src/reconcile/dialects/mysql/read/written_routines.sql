SELECT name, type, CONVERT(param_list USING utf8mb4)
FROM mysql.proc
WHERE db = :database
