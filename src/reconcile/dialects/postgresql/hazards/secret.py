"""secret: A password of a role or a user mapping, or the connection of a subscription, is not known."""

from __future__ import annotations

from reconcile.hazards.base import Example, Group, Rule
from reconcile.state import Level

RULE = Rule(
    code="secret",
    group=Group.ACCESS,
    level=Level.WARNING,
    title="A password of a role or a user mapping, or the connection of a subscription, is not known",
    why="It is in no plan and no file: made anew it lacks it, dropped it cannot be brought back.",
    instead=(
        "set it by hand: ALTER ROLE … PASSWORD …, ALTER USER MAPPING … OPTIONS (ADD …), "
        "ALTER SUBSCRIPTION … CONNECTION …"
    ),
    examples=(
        Example(
            on=("postgresql",),
            before=(
                "CREATE FOREIGN DATA WRAPPER w; "
                "CREATE SERVER s FOREIGN DATA WRAPPER w; "
                "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'x')"
            ),
            bad="CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
            good=(
                "CREATE FOREIGN DATA WRAPPER w; "
                "CREATE SERVER s FOREIGN DATA WRAPPER w; "
                "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (password 'x')"
            ),
        ),
    ),
)
