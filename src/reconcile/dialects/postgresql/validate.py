"""Function bodies: made unseen (check_function_bodies off), looked at once everything they may speak of is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconcile.dialects.postgresql.rules.routines import routine_name
from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.errors import ServerError
from reconcile.state import Key, Kind

_DEFINITIONS = """
SELECT pg_get_functiondef(p.oid)
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 WHERE p.oid = {}::regprocedure AND p.prokind <> 'a' AND l.lanvalidator <> 0 AND l.lanname NOT IN ('c', 'internal')
"""


def validate(session: Session, keys: Sequence[Key]) -> Mapping[Key, str]:
    """Each routine is replaced by itself, so that its own settings (search_path) hold; then all is rolled back."""
    found: dict[Key, str] = {}
    for key in sorted(keys):
        if key.kind not in (Kind.FUNCTION, Kind.PROCEDURE):
            continue
        for (definition,) in session.query(_DEFINITIONS.format(POSTGRESQL.literal(routine_name(key)))):
            try:
                with session.transaction():
                    session.execute("SET LOCAL check_function_bodies = on")
                    session.execute(definition)
                    raise _Done
            except _Done:
                continue
            except ServerError as error:
                found[key] = error.message.partition("\n")[0]  # what follows is an excerpt of the body
    return found


class _Done(Exception):
    """Nothing was found; what was run for that is taken back."""
