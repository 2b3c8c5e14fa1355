-- Functions, procedures and aggregates; last, the range type that a constructor came with. Costs and rows only where they are not what the server takes by itself.
SELECT p.oid, p.pronamespace, p.proname::text, p.prokind::text, l.lanname::text,
       pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
       CASE WHEN a.aggkind <> 'n' THEN pg_get_function_identity_arguments(p.oid)
            ELSE (SELECT coalesce(string_agg(format_type(t, NULL), ', ' ORDER BY n), CASE p.prokind WHEN 'a' THEN '*' ELSE '' END)
                    FROM unnest(p.proargtypes) WITH ORDINALITY x(t, n))
       END,
       p.prosrc, p.probin, pg_get_function_sqlbody(p.oid),
       p.provolatile::text, p.proparallel::text, p.proisstrict, p.prosecdef, p.proleakproof,
       CASE WHEN p.procost <> CASE WHEN l.lanname IN ('c', 'internal') THEN 1 ELSE 100 END THEN p.procost::text END,
       CASE WHEN p.prorows <> CASE WHEN p.proretset THEN 1000 ELSE 0 END THEN p.prorows::text END,
       CASE WHEN p.prosupport <> 0 THEN p.prosupport::text END,
       (SELECT array_agg(format_type(t, NULL) ORDER BY n) FROM unnest(p.protrftypes) WITH ORDINALITY x(t, n)),
       p.proconfig,
       p.proargmodes::text[], p.proargnames,
       (SELECT array_agg(format_type(t, NULL) ORDER BY n)
          FROM unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY x(t, n)),
       p.pronargdefaults,
       (SELECT d.refobjid FROM pg_catalog.pg_depend d
         WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i'
           AND d.refclassid = 'pg_catalog.pg_type'::regclass)
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
  LEFT JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = p.oid
 WHERE p.pronamespace = ANY ($namespaces)
