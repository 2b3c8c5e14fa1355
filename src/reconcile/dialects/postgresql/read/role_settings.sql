SELECT s.setrole, s.setdatabase <> 0, c.setting
  FROM pg_catalog.pg_db_role_setting s CROSS JOIN unnest(s.setconfig) c (setting)
 WHERE s.setrole <> 0
   AND s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()))
