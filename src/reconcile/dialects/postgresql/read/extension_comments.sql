-- Comments on extensions that somebody changed: every extension brings one along in its control file.
SELECT x.oid, d.description
  FROM pg_catalog.pg_extension x
  JOIN pg_catalog.pg_description d
    ON d.classoid = 'pg_catalog.pg_extension'::regclass AND d.objoid = x.oid AND d.objsubid = 0
  LEFT JOIN pg_catalog.pg_available_extensions a ON a.name = x.extname
 WHERE x.extname <> 'plpgsql' AND d.description IS DISTINCT FROM a.comment AND a.name IS NOT NULL
