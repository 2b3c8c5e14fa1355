"""Inside a running event loop: every use case has a twin to be awaited."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from pathlib import Path

import pytest

from reconcile import aio, api
from reconcile.api import Project
from reconcile.errors import ReconcileError

# These connect to nothing, or are the way into a loop themselves.
_PLAIN = {"new_revision", "rule", "rules", "run", "run_async"}


def test_every_use_case_has_its_twin() -> None:
    functions = {name for name in api.__all__ if inspect.isfunction(getattr(api, name))}
    assert set(aio.__all__) == functions - _PLAIN
    for name in aio.__all__:
        assert inspect.signature(getattr(aio, name)) == inspect.signature(getattr(api, name))
        assert inspect.iscoroutinefunction(getattr(aio, name))


def test_there_and_back_in_a_loop(tmp_path: Path) -> None:
    project = Project(
        root=tmp_path,
        database=f"sqlite+aiosqlite:///{tmp_path}/a.db",
        desired=("wanted.sql",),
        cache=tmp_path / "cache",
    )
    (tmp_path / "wanted.sql").write_text("CREATE TABLE t (id integer PRIMARY KEY, name text);")

    async def work() -> None:
        proposal = await aio.plan(project)
        assert [str(step.effects[0].key) for step in proposal.plan.steps] == ["table t"]
        await aio.apply(project, proposal=proposal)
        assert (await aio.plan(project)).plan.empty
        assert [str(key) for key in (await aio.inspect(project)).objects if key.parent is None] == ["table t"]
        await aio.revert(project, await aio.to_revert(project))
        assert not (await aio.inspect(project)).objects
        assert [entry.state for entry in await aio.history(project)] == ["reverted", "done"]
        with pytest.raises(ReconcileError, match="an event loop is running here") as caught:
            api.plan(project)
        assert "reconcile.aio" in caught.value.hint
        # what needs no loop may be called in one
        assert api.plan(replace(project, database=f"sqlite:///{tmp_path}/b.db")).plan.steps

    asyncio.run(work())
    assert not api.plan(project).plan.empty  # and from outside of a loop as well
