"""The use cases for those inside a running event loop: the functions of reconcile.api, to be awaited."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from reconcile import api

P = ParamSpec("P")
T = TypeVar("T")


def _twin(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    @wraps(function)
    async def awaited(*args: P.args, **kwargs: P.kwargs) -> T:
        return await api.run_async(lambda: function(*args, **kwargs))

    return awaited


adopt = _twin(api.adopt)
adoption = _twin(api.adoption)
apply = _twin(api.apply)
baseline = _twin(api.baseline)
check = _twin(api.check)
creation_plan = _twin(api.creation_plan)
diff = _twin(api.diff)
history = _twin(api.history)
inspect = _twin(api.inspect)
lint = _twin(api.lint)
measure = _twin(api.measure)
pending = _twin(api.pending)
plan = _twin(api.plan)
purge = _twin(api.purge)
repair = _twin(api.repair)
revert = _twin(api.revert)
save = _twin(api.save)
seal = _twin(api.seal)
settle = _twin(api.settle)
settle_doubt = _twin(api.settle_doubt)
show = _twin(api.show)
status = _twin(api.status)
to_purge = _twin(api.to_purge)
to_revert = _twin(api.to_revert)
undo = _twin(api.undo)
verify = _twin(api.verify)

__all__ = [
    "adopt",
    "adoption",
    "apply",
    "baseline",
    "check",
    "creation_plan",
    "diff",
    "history",
    "inspect",
    "lint",
    "measure",
    "pending",
    "plan",
    "purge",
    "repair",
    "revert",
    "save",
    "seal",
    "settle",
    "settle_doubt",
    "show",
    "status",
    "to_purge",
    "to_revert",
    "undo",
    "verify",
]
