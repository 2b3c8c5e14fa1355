-- Foreign data wrappers (what 'w'), servers ('s') and user mappings ('u'). Of a mapping only options that are known to
-- be no secret leave the server with their values; what another user's options are called even their names may not.
SELECT 'w', w.oid, w.fdwname::text, NULL::text, nullif(w.fdwhandler, 0)::regproc::text, nullif(w.fdwvalidator, 0)::regproc::text,
       w.fdwoptions, NULL::text[]
  FROM pg_catalog.pg_foreign_data_wrapper w
UNION ALL
SELECT 's', s.oid, s.srvname, w.fdwname, s.srvtype, s.srvversion, s.srvoptions, NULL
  FROM pg_catalog.pg_foreign_server s JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
UNION ALL
SELECT 'u', u.umid, CASE u.umuser WHEN 0 THEN 'public' ELSE u.usename END, u.srvname, NULL, NULL,
       (SELECT array_agg(o.option_name || '=' || o.option_value ORDER BY o.option_name)
          FROM pg_catalog.pg_options_to_table(u.umoptions) o WHERE o.option_name = ANY ('{user,username,password_required,use_remote_estimate,sslmode}'::text[])),
       (SELECT array_agg(o.option_name ORDER BY o.option_name)
          FROM pg_catalog.pg_options_to_table(u.umoptions) o WHERE o.option_name <> ALL ('{user,username,password_required,use_remote_estimate,sslmode}'::text[]))
  FROM pg_catalog.pg_user_mappings u
