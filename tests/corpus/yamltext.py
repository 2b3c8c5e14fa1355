"""A state as YAML, by the same function that ``inspect --format yaml`` calls."""

from __future__ import annotations

from reconcile.state import State


def yaml_of(state: State) -> str:
    """The state's YAML text."""
    raise NotImplementedError(state)
