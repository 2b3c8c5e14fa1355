"""Reads triggers, in the order in which they fire."""

from __future__ import annotations

from collections.abc import Iterator, Set

from reconcile.dialects.mysql.read.catalog import Catalog
from reconcile.dialects.mysql.read.keys import Keys
from reconcile.dialects.mysql.read.modes import grammar_modes, made_under
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Key, Kind, Object, Opaque, Trigger, child_key


def read_triggers(catalog: Catalog, keys: Keys, tables: Set[str]) -> Iterator[tuple[Object, Key | None]]:
    """Each trigger with the one it follows (same table, time and event), if any."""
    previous: tuple[tuple[str, str, str], Key] | None = None
    rows = catalog.rows("triggers")
    bodies = catalog.bodies(("TRIGGER", row[0], row[5], row[6]) for row in rows)
    for name, table, timing, event, _, _, sql_mode, definer, connection in rows:
        exact = bodies["TRIGGER", name]
        if table not in tables or exact is None:
            reason = "its body cannot be read exactly" if exact is None else "its table is not modelled yet"
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
                options=grammar_modes(sql_mode),
                definer=definer,
                made_under=made_under(sql_mode),
                connection=connection,
            ),
            leader,
        )
        previous = place, key
