"""detach-partition: A partition is taken out."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, PartitionOf


def look(view: View) -> Iterator[Hazard]:
    """A table stays and is a partition no longer."""
    for item in view.gone(PartitionOf):
        level = Level.WARNING if view.holds_rows(item.key) else Level.INFO
        yield RULE.hazard(
            item.key.root, f"{item.key.root} is taken out of {item.of.dotted}, with its rows", level=level
        )


RULE = Rule(
    code="detach-partition",
    group=Group.LOCKS,
    level=Level.WARNING,
    title="A partition is taken out",
    why="Its rows are no longer found in the whole, and the whole is shut for a moment.",
    instead="DETACH PARTITION … CONCURRENTLY, by hand, where the moment is too long",
    examples=(
        Example(
            on=("postgresql",),
            before=(
                "CREATE TABLE t (id int) PARTITION BY RANGE (id); "
                "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9); "
                "INSERT INTO t VALUES (1)"
            ),
            bad="CREATE TABLE t (id int) PARTITION BY RANGE (id); CREATE TABLE t1 (id int)",
            good=(
                "CREATE TABLE t (id int) PARTITION BY RANGE (id); "
                "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9); "
                "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (9) TO (19)"
            ),
        ),
    ),
    look=look,
)
