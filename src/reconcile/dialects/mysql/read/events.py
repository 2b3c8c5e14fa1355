"""Reads events, all by one query."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.dialects.mysql.read.catalog import Catalog, Row
from reconcile.dialects.mysql.read.modes import grammar_modes, made_under
from reconcile.state import Comment, Event, Key, Kind, Object, Opaque, child_key

# The catalog's words, as statements have them. MySQL 8.2.0 renamed the third.
_STATUS = {
    "ENABLED": "enable",
    "DISABLED": "disable",
    "SLAVESIDE_DISABLED": "disable on slave",
    "REPLICA_SIDE_DISABLED": "disable on replica",
}


def read_events(catalog: Catalog) -> Iterator[Object]:
    """All events with their comments."""
    rows = catalog.rows("events")
    bodies = catalog.bodies(("EVENT", row[0], row[9], row[11]) for row in rows)
    for row in rows:
        name, *_, status, completion, _, comment, sql_mode, zone, definer, _, our_zone, connection = row
        options = dict(grammar_modes(sql_mode))
        if zone != our_zone:
            options["time_zone"] = str(zone)
        exact = bodies["EVENT", name]
        if exact is None:
            reason = "its body cannot be read exactly"
            yield Opaque(key=Key(Kind.OPAQUE, None, f"event {name}"), what="event", reason=reason)
            continue
        key = Key(Kind.EVENT, None, name)
        yield Event(
            key=key,
            schedule=_schedule(row),
            status=_STATUS[status],
            preserve=completion == "PRESERVE",
            body=exact,
            options=tuple(sorted(options.items())),
            definer=definer,
            made_under=made_under(sql_mode),
            connection=connection,
        )
        if comment:
            yield Comment(key=child_key(Kind.COMMENT, key), text=str(comment))


def _schedule(row: Row) -> str:
    _, kind, at, interval, unit, starts, ends, *_, unasked, _, _ = row
    if kind == "ONE TIME":
        return f"AT '{at}'"
    words = [f"EVERY {interval} {unit}"]
    if starts is not None and not unasked:
        words.append(f"STARTS '{starts}'")
    if ends is not None:
        words.append(f"ENDS '{ends}'")
    return " ".join(words)
