-- The tables in which virtual tables keep their rows: SQLite 3.37 and later tell.
SELECT name
  FROM pragma_table_list
 WHERE schema = 'main'
   AND type = 'shadow'
