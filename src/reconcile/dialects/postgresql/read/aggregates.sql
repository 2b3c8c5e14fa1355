-- The clauses of CREATE AGGREGATE; null where the server's default stands. Names print qualified (search_path is empty).
SELECT a.aggfnoid::oid, a.aggkind::text,
       a.aggtransfn::text, format_type(a.aggtranstype, NULL), nullif(a.aggtransspace, 0)::text,
       nullif(a.aggfinalfn::oid, 0)::regproc::text, a.aggfinalextra,
       CASE WHEN a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r'::"char" ELSE 'w'::"char" END THEN a.aggfinalmodify::text END,
       nullif(a.aggcombinefn::oid, 0)::regproc::text, nullif(a.aggserialfn::oid, 0)::regproc::text,
       nullif(a.aggdeserialfn::oid, 0)::regproc::text, a.agginitval,
       nullif(a.aggmtransfn::oid, 0)::regproc::text, nullif(a.aggminvtransfn::oid, 0)::regproc::text,
       CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END, nullif(a.aggmtransspace, 0)::text,
       nullif(a.aggmfinalfn::oid, 0)::regproc::text, a.aggmfinalextra,
       CASE WHEN a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r'::"char" ELSE 'w'::"char" END THEN a.aggmfinalmodify::text END,
       a.aggminitval,
       CASE WHEN a.aggsortop <> 0
            THEN (SELECT 'OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')'
                    FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
                   WHERE o.oid = a.aggsortop) END,
       p.proparallel::text
  FROM pg_catalog.pg_aggregate a
  JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid
 WHERE p.pronamespace = ANY ($namespaces)
