-- Extended statistics. Expressions are printed by position; the kind "e" says only that there are some.
SELECT s.oid, s.stxnamespace, s.stxname::text, s.stxrelid, nullif(s.stxstattarget, -1),
       s.stxkind::text[], s.stxkeys::int2[], pg_get_statisticsobjdef_expressions(s.oid)
  FROM pg_catalog.pg_statistic_ext s
 WHERE s.stxnamespace = ANY ($namespaces)
