SELECT e.oid, e.evtname::text, e.evtevent::text, e.evtfoid, e.evttags, e.evtenabled::text
  FROM pg_catalog.pg_event_trigger e
