"""breaks-readers: code that is running still says the old name. Asked by planning, which knows what is a rename."""

from __future__ import annotations

from reconcile.hazards.base import BREAKS_READERS, Example, Group, Rule
from reconcile.state import Hazard, Level, Rename


def of_rename(rename: Rename) -> tuple[Hazard, ...]:
    """The hazard of renaming: others read tables and columns by name; indexes and constraints few do."""
    message = f"{rename.old.key} comes to be called {rename.key.name}: "
    if rename.old.holds_data:
        return (RULE.hazard(rename.old.key, f"{message}running code still uses the old name"),)
    if rename.old.key == rename.key:
        return ()  # labels of an enum
    advice = "look for the name in ON CONFLICT ON CONSTRAINT, in hints, and where errors are told apart"
    return (RULE.hazard(rename.old.key, f"{message}few name it", level=Level.INFO, advice=advice),)


RULE = Rule(
    code=BREAKS_READERS,
    group=Group.RUNNING,
    level=Level.WARNING,
    title="A table or column comes to be called otherwise",
    why="Code that is running names the old one and fails the moment the plan is done.",
    instead="deploy code that can do with both names first",
    examples=(
        Example(
            on=("postgresql", "mysql", "sqlite"),
            before="CREATE TABLE t (id int PRIMARY KEY, a int)",
            bad="CREATE TABLE t (id int PRIMARY KEY, b int)",
            good="CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
            renames=("column t.a=b",),
        ),
    ),
)
