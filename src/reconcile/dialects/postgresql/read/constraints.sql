-- Constraints of tables. PostgreSQL 18 has NOT NULL here too (contype 'n').
SELECT c.oid, c.conrelid, c.conname::text, c.contype::text, c.condeferrable, c.condeferred, c.convalidated, $enforced,
       c.connoinherit, $period, c.conindid, c.conkey, c.confrelid, c.confkey, c.confupdtype::text, c.confdeltype::text,
       c.confmatchtype::text, c.confdelsetcols,
       CASE c.contype WHEN 'c' THEN pg_get_expr(c.conbin, c.conrelid) END,
       CASE c.contype WHEN 'x'
            THEN (SELECT array_agg(CASE WHEN n.nspname = 'pg_catalog' THEN o.oprname::text
                                        ELSE 'OPERATOR(' || quote_ident(n.nspname) || '.' || o.oprname || ')' END
                                   ORDER BY x.ord)
                    FROM unnest(c.conexclop) WITH ORDINALITY x(op, ord)
                    JOIN pg_catalog.pg_operator o ON o.oid = x.op
                    JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace)
       END,
       c.conislocal, c.coninhcount, c.conparentid
  FROM pg_catalog.pg_constraint c
 WHERE c.conrelid <> 0 AND c.contype <> 't' AND c.connamespace = ANY ($namespaces)
   -- What a foreign key that points at a partitioned table has for each partition of it is the server's own.
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint p
                    WHERE p.oid = c.conparentid AND p.contype = 'f' AND p.conrelid = c.conrelid)
