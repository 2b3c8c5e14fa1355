"""definer-search-path: A SECURITY DEFINER function takes the caller's search_path."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.hazards.base import Example, Group, Rule, Schema
from reconcile.state import Hazard, Level, Routine


def inspect(schema: Schema) -> Iterator[Hazard]:
    """A function with its owner's rights whose settings do not name search_path."""
    for item in schema.each(Routine):
        if dict(item.options).get("security") == "definer" and "search_path" not in dict(item.settings):
            yield RULE.hazard(item.key, f"{item.key} runs with its owner's rights and the caller's search_path")


RULE = Rule(
    code="definer-search-path",
    group=Group.ACCESS,
    level=Level.WARNING,
    title="A SECURITY DEFINER function takes the caller's search_path",
    why=(
        "A caller can put a table or function of its own in front, and it runs with the rights of the function's owner."
    ),
    instead="SET search_path = pg_catalog, pg_temp (or the schemas that are meant) on the function",
    examples=(
        Example(
            on=("postgresql",),
            bad="CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            good=(
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, "
                "pg_temp AS 'SELECT 1'"
            ),
        ),
    ),
    inspect=inspect,
)
