-- The columns of all tables, in order. Virtual tables are left out: their module may be missing.
SELECT m.name, x.name, x.type, x."notnull", x.dflt_value, x.hidden
  FROM main.sqlite_master AS m
  JOIN pragma_table_xinfo(m.name, 'main') AS x
 WHERE m.type = 'table'
   AND m.rootpage <> 0
   AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
