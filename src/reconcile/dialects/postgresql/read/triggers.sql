-- Triggers that somebody made; what a partition has from its parent is the parent's.
SELECT t.oid, t.tgrelid, t.tgname::text, pg_get_triggerdef(t.oid), t.tgenabled::text, t.tgparentid,
       c.relnamespace, c.relname::text
  FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND c.relpersistence <> 't' AND c.relnamespace = ANY ($namespaces)
