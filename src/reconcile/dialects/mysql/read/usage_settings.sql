SHOW GLOBAL VARIABLES WHERE Variable_name IN ('userstat', 'performance_schema')
