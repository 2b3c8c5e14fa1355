-- Every collation by oid, as the server prints its name, and what it is made of.
SELECT c.oid, CASE WHEN n.nspname = 'pg_catalog' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.collname),
       c.collnamespace, c.collname::text, c.collprovider::text, c.collisdeterministic, c.collcollate, c.collctype,
       $collation_locale, $collation_rules
  FROM pg_catalog.pg_collation c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
