"""drop-role: a role goes."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, View
from reconcile.state import Hazard, Kind, Level


def look(view: View) -> Iterator[Hazard]:
    """DROP ROLE."""
    for item in view.dropped():
        if item.key.kind is Kind.ROLE:
            yield RULE.hazard(item.key, f"{item.key} is dropped, for all databases of the server, with its password")


RULE = Rule(
    code="drop-role",
    group=Group.ACCESS,
    level=Level.DANGER,
    title="A role goes",
    why=(
        "Roles belong to the whole server: other databases may use it. Nobody can log in as it any more; brought back, "
        "it has no password."
    ),
    instead="say which roles are ours: ignore the others ('role other_*'), or take their login away first",
    examples=(
        Example(
            on=("postgresql",),
            before="CREATE ROLE rc_example",
            bad="",
            good="CREATE ROLE rc_example",
        ),
    ),
    look=look,
)
