-- Subscriptions of this database. subconninfo holds a password, and only superusers may read it: nobody asks for it.
SELECT s.oid, s.subname::text, s.subenabled, s.subpublications, s.subslotname::text, s.subbinary, s.substream::text,
       s.subtwophasestate::text <> 'd', s.subdisableonerr, s.subsynccommit, $password_required, $run_as_owner, $origin,
       $failover
  FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
 WHERE d.datname = current_database()
