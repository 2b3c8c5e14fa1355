"""SQL that fills columns of rows that are there: one statement, or parts in the order of a key.

The same on every database but for names and literals, which a dialect's rules supply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reconcile.dialects.base import Draft
from reconcile.state import Batch, Check, Key

Name = Callable[[Key], str]


def fill(
    table: Key,
    given: Mapping[Key, str],
    *,
    there: frozenset[Key],
    table_name: str,
    name: Name,
    keys: Sequence[str],
    literals: Sequence[str],
    in_parts: bool,
    lock: str | None,
) -> Draft:
    """``there``: those of the columns that may have values already.

    ``keys``: what rows are gone through by (quoted), and ``literals`` that give each value as a literal; none: it is
    one statement. ``in_parts``: in transactions of their own. The checks are of rows that the expressions give nothing.
    """
    assigns, wanting = assignment({name(key): expression for key, expression in given.items()})
    batch, reason = None, ""
    if in_parts and keys:
        batch = Batch(table=table_name, assigns=assigns, wanting=wanting, keys=tuple(keys), literals=tuple(literals))
        reason = f"in parts by {', '.join(keys)}, each in a transaction of its own, so that nobody waits long for a row"
    elif in_parts:
        reason = "in one statement: there is no key without NULLs by which to go through the rows in parts"
    words = ", ".join(key.name for key in given)
    return Draft(
        summary=f"fill {words} of {table}",
        sql=(f"UPDATE {table_name} SET {assigns} WHERE {wanting}",),
        transactional=batch is None,
        lock=lock,
        batch=batch,
        reason=reason,
        checks=tuple(
            Check(
                key=key,
                query=f"SELECT * FROM {table_name} WHERE "
                + (f"{name(key)} IS NULL AND " if key in there else "")
                + f"({expression}) IS NULL",
                message=f"the backfill of {key} gives NULL for these rows",
                advice="give those rows a value first, or say another expression (coalesce)",
            )
            for key, expression in given.items()
        ),
    )


def assignment(given: Mapping[str, str]) -> tuple[str, str]:
    """What stands after SET, and after WHERE, to give rows that lack a value in any of these columns (quoted) one."""
    wanting = " OR ".join(f"{column} IS NULL" for column in given)
    if len(given) == 1:
        return ", ".join(f"{column} = ({expression})" for column, expression in given.items()), wanting
    return ", ".join(f"{column} = COALESCE({column}, ({expression}))" for column, expression in given.items()), wanting


def missed(table_name: str, given: Mapping[str, str]) -> str:
    """The statement that does what was written since the rows were filled."""
    assigns, wanting = assignment(given)
    return f"UPDATE {table_name} SET {assigns} WHERE {wanting}"
