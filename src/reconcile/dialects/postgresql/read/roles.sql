-- Not those of the server itself, nor superusers (they are listed as unmanaged), nor who we are.
SELECT r.oid, r.rolname::text, r.rolsuper, r.rolcanlogin, r.rolinherit, r.rolcreatedb, r.rolcreaterole, r.rolreplication,
       r.rolbypassrls, r.rolconnlimit, nullif(r.rolvaliduntil, 'infinity')::text, d.description
  FROM pg_catalog.pg_roles r
  LEFT JOIN pg_catalog.pg_shdescription d ON d.classoid = 'pg_catalog.pg_authid'::regclass AND d.objoid = r.oid
 WHERE r.rolname !~ '^pg_' AND r.oid >= 16384 AND r.rolname NOT IN (current_user, session_user)
