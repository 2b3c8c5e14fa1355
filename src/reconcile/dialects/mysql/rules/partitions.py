"""PARTITION BY and what changes single partitions of a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Action, Check, Hazard, Key, Kind, Level, Partition, Partitioning, child_key


@dataclass(frozen=True, slots=True)
class _Difference:
    """The partitions that go and those that come, between those that both have; ``after`` are the ones behind."""

    old: tuple[Partition, ...]
    new: tuple[Partition, ...]
    after: tuple[Partition, ...]


def partition_clause(item: Partitioning) -> str:
    """The whole clause, laid out as SHOW CREATE TABLE does."""
    lines = [f"PARTITION BY {item.by}"]
    if item.subpartition_by is not None:
        lines.append(f"SUBPARTITION BY {item.subpartition_by}")
    if item.subpartition_count is not None:
        lines.append(f"SUBPARTITIONS {item.subpartition_count}")
    if item.count is not None:
        lines.append(f"PARTITIONS {item.count}")
    if item.partitions:
        lines.append(_listed(item.partitions))
    return "\n".join(lines)


def is_local(action: Action) -> bool:
    """Whether single partitions change, and the way rows are dealt out does not: a statement that stands alone."""
    return action.old is not None and action.new is not None and _local(action.old, action.new) is not None


def change_partitions(table: Key, action: Action, scene: Scene) -> Draft:
    """ADD, DROP or REORGANIZE PARTITION. Rows are kept wherever another partition can take them."""
    assert isinstance(action.old, Partitioning)
    found = _local(action.old, action.new)
    assert found is not None
    hazards: tuple[Hazard, ...] = ()
    names = MYSQL.idents(item.name for item in found.old)
    if not found.old and not found.after:
        words, rewrites = f"ADD PARTITION {_listed(found.new)}", False
    elif not found.new and not _merges(action.old, found):
        words, rewrites = f"DROP PARTITION {names}", False
        hazards = tuple(_loss(table, action, found.old, scene))
    else:
        taken, made = found.old, found.new
        if not taken or not made:  # the next one gives up a part of its range, or takes over
            taken, made = (*taken, found.after[0]), (*made, found.after[0])
        words = f"REORGANIZE PARTITION {MYSQL.idents(item.name for item in taken)} INTO {_listed(made)}"
        rewrites = True
    return Draft(
        summary=f"alter {action.key}",
        sql=(f"ALTER TABLE {MYSQL.ident(table.name)} {words}",),
        transactional=False,
        lock=f"{'MDL_SHARED_NO_WRITE' if rewrites else 'MDL_EXCLUSIVE'} on {table.name}",
        rewrites=rewrites,
        hazards=hazards,
    )


def homeless(item: Partitioning, scene: Scene) -> Iterator[Check]:
    """Rows that no partition would take: the server would find them only while it copies the table."""
    table = item.key.root
    names = {MYSQL.unquote(token.text) for token in MYSQL.tokens(item.by) if token.kind == "ident"}
    condition = _homeless(item)
    if condition is None or not all(child_key(Kind.COLUMN, table, name) in scene.base for name in names):
        return
    yield Check(
        key=item.key,
        query=f"SELECT * FROM {MYSQL.ident(table.name)} WHERE {condition}",
        message=f"{table} has rows that belong to none of the partitions",
        advice="add a partition for them, or remove these rows, first",
    )


def _homeless(item: Partitioning) -> str | None:
    """The condition for rows of these; None where every row has a place, or the words do not tell."""
    values = [part.values or "" for part in item.partitions]
    said = item.by[item.by.find("(") :]
    if item.by.startswith("RANGE") and values and "MAXVALUE" not in values[-1]:
        return f"{said} >= {values[-1].removeprefix('LESS THAN ')}"
    if item.by.startswith("LIST") and "DEFAULT" not in values:
        listed = ", ".join(value.removeprefix("IN (")[:-1] for value in values)
        unknown = any(token.text.upper() == "NULL" for token in MYSQL.tokens(listed))
        if not unknown:
            return f"COALESCE({said} IN ({listed}), FALSE) = FALSE"
        # Beside a NULL nothing is known not to be in a list.
        return f"{said} IS NOT NULL AND COALESCE({said} IN ({listed}), FALSE) = FALSE" if "," not in said else None
    return None


def _listed(partitions: tuple[Partition, ...]) -> str:
    return "(" + ",\n ".join(_defined(item, "PARTITION") for item in partitions) + ")"


def _defined(item: Partition, word: str) -> str:
    words = [word, MYSQL.ident(item.name)]
    if item.values is not None:
        words.append(item.values if item.values in ("DEFAULT", "HISTORY", "CURRENT") else f"VALUES {item.values}")
    if item.comment is not None:
        words.append(f"COMMENT = {MYSQL.literal(item.comment)}")
    text = " ".join(words)
    if item.subpartitions:
        text += "\n (" + ",\n  ".join(_defined(part, "SUBPARTITION") for part in item.subpartitions) + ")"
    return text


def _local(old: object, new: object) -> _Difference | None:
    """The difference, if ADD, DROP or REORGANIZE PARTITION can make it good."""
    if not isinstance(old, Partitioning) or not isinstance(new, Partitioning):
        return None
    same_way = (old.by, old.subpartition_by, old.subpartition_count) == (
        new.by,
        new.subpartition_by,
        new.subpartition_count,
    )
    if not same_way or not old.by.startswith(("RANGE", "LIST")):
        return None
    if old.by.startswith("LIST") and any(item.values == "DEFAULT" for item in old.partitions):
        return None  # rows would have to move from it or to it
    start = _common(old.partitions, new.partitions)
    end = _common(old.partitions[start:][::-1], new.partitions[start:][::-1])
    found = _Difference(
        old.partitions[start : len(old.partitions) - end],
        new.partitions[start : len(new.partitions) - end],
        old.partitions[len(old.partitions) - end :],
    )
    return found if _possible(old, found) else None


def _possible(old: Partitioning, found: _Difference) -> bool:
    if not found.new:
        return True
    if not found.old:
        # In front of others, a range is cut off the next one. Values of a list were nobody's until now.
        return not found.after or old.by.startswith("RANGE")
    if old.by.startswith("RANGE"):
        return found.old[-1].values == found.new[-1].values
    return {item.values for item in found.old} == {item.values for item in found.new}  # only names and comments


def _merges(old: Partitioning, found: _Difference) -> bool:
    """Whether rows of what goes belong to the partition behind it."""
    return old.by.startswith("RANGE") and bool(found.after)


def _common(one: tuple[Partition, ...], other: tuple[Partition, ...]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _loss(table: Key, action: Action, gone: tuple[Partition, ...], scene: Scene) -> Iterator[Hazard]:
    filled = table in scene.filled
    names = ", ".join(item.name for item in gone)
    yield Hazard(
        code="drop-partition",
        level=Level.DANGER if filled else Level.INFO,
        key=action.key,
        message=f"partition {names} of {table} is dropped" + (" with its rows" if filled else ""),
        advice="move the rows to another partition first" if filled else "",
    )
