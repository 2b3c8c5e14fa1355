"""Filling columns of rows that are there (``dialects.filling``): names and literals of MySQL and MariaDB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reconcile.dialects import filling
from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Column, Key

_NUMBER = re.compile(r"(?:tiny|small|medium|big)?int\b.*|decimal\b.*|year\b.*")
_QUOTED = re.compile(r"(?:var)?char\b.*|date|datetime\b.*|timestamp\b.*|time\b.*|uuid|inet[46]")
_BYTES = re.compile(r"(?:var)?binary\b.*")


def fill(table: Key, given: Mapping[Key, str], key: Sequence[Key], scene: Scene) -> Iterator[Draft]:
    """UPDATE, in parts where the table is changed online. Then once more: what was written meanwhile is done before the
    column becomes NOT NULL, in a statement that no transaction could hold together with this one."""
    literals = [_literal(part, scene) for part in key]
    known = [text for text in literals if text is not None]
    usable = len(known) == len(key)
    draft = filling.fill(
        table,
        given,
        there=frozenset(given) & scene.base.objects.keys(),
        table_name=MYSQL.ident(table.name),
        name=lambda column: MYSQL.ident(column.name),
        keys=[MYSQL.ident(part.name) for part in key] if usable else [],
        literals=known if usable else [],
        in_parts=table in scene.online,
        lock=f"MDL_SHARED_WRITE on {table.name}",
    )
    draft = replace(draft, transactional=False)
    yield draft
    if draft.batch is not None:
        yield replace(draft, checks=(), reason="once more, for rows that were written meanwhile")


def _literal(key: Key, scene: Scene) -> str | None:
    """An expression that gives the column's value as a literal; None: it would not compare as the column does."""
    column, name = scene.target[key], MYSQL.ident(key.name)
    assert isinstance(column, Column)
    if _NUMBER.fullmatch(column.type):
        return f"CAST({name} AS CHAR)"
    if _QUOTED.fullmatch(column.type):
        return f"QUOTE({name})"
    return f"CONCAT('x'', HEX({name}), ''')" if _BYTES.fullmatch(column.type) else None
