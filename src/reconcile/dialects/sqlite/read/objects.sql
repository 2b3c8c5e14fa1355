-- Everything that has a statement of its own. Automatic indexes have none: they are shadows of constraints.
SELECT type, name, tbl_name, sql
  FROM main.sqlite_master
 WHERE sql IS NOT NULL
   AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
