-- The columns of all tables, in order: an array for each table. A row for each column would take three times as long to
-- fetch. Virtual tables are left out: their module may be missing.
SELECT m.name,
       (SELECT json_group_array(json_array(x.name, x.type, x."notnull", x.dflt_value, x.hidden))
          FROM pragma_table_xinfo(m.name, 'main') AS x)
  FROM main.sqlite_master AS m
 WHERE m.type = 'table'
   AND m.rootpage <> 0
   AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
