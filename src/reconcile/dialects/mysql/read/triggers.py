"""Reads triggers, in the order in which they fire."""

from __future__ import annotations

from collections.abc import Iterator, Set

from reconcile.dialects.mysql.read.catalog import Catalog
from reconcile.dialects.mysql.read.keys import Keys
from reconcile.dialects.mysql.read.modes import made_under
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Key, Kind, Object, Opaque, Trigger, child_key

# Under these the text means something else than in our sessions.
_OTHER_GRAMMAR = frozenset({"ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "PIPES_AS_CONCAT", "ORACLE"})


def read_triggers(catalog: Catalog, keys: Keys, tables: Set[str]) -> Iterator[tuple[Object, Key | None]]:
    """Each trigger with the one it follows (same table, time and event), if any."""
    previous: tuple[tuple[str, str, str], Key] | None = None
    for name, table, timing, event, _, body, sql_mode, definer, connection in catalog.rows("triggers"):
        strange = sorted(_OTHER_GRAMMAR & set(str(sql_mode).split(",")))
        exact = catalog.body("TRIGGER", name, body, sql_mode)
        if table not in tables or strange or exact is None:
            reason = f"made under sql_mode {', '.join(strange)}" if strange else "its table is not modelled yet"
            reason = reason if exact is not None else "its body cannot be read exactly"
            yield Opaque(key=Key(Kind.OPAQUE, None, f"trigger {name}"), what="trigger", reason=reason), None
            continue
        key = child_key(Kind.TRIGGER, keys.table(table), name)
        place = (table, timing, event)
        leader = previous[1] if previous is not None and previous[0] == place else None
        order = f" FOLLOWS {MYSQL.ident(leader.name)}" if leader else ""
        yield (
            Trigger(
                key=key,
                definition=f"CREATE TRIGGER {MYSQL.ident(name)} {timing} {event} ON {MYSQL.ident(table)} "
                f"FOR EACH ROW{order} {exact}",
                definer=definer,
                made_under=made_under(sql_mode),
                connection=connection,
            ),
            leader,
        )
        previous = place, key
