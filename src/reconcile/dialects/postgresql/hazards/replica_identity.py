"""replica-identity: what replication knows rows by changes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Level, Table


def look(view: View) -> Iterator[Hazard]:
    """REPLICA IDENTITY of a table changes."""
    for old, new in view.changed(Table):
        before, after = (dict(item.options).get("replica_identity", "default") for item in (old, new))
        if before != after:
            yield RULE.hazard(new.key, f"the replica identity of {new.key} is {after} instead of {before}")


RULE = Rule(
    code="replica-identity",
    group=Group.RUNNING,
    level=Level.WARNING,
    title="What replication knows rows by changes",
    why=("Subscribers and change data capture find rows by it: updates may fail or stop being understood."),
    instead="tell whoever reads the stream first",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t (id) VALUES (1)",
            bad="CREATE TABLE t (id int PRIMARY KEY, a int); ALTER TABLE t REPLICA IDENTITY FULL",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        ),
    ),
    look=look,
)
