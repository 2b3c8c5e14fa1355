"""Desired states so large that SQLite makes them in portions: the same as if made at once, errors included."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile.dialects.registry import dialect_for
from reconcile.errors import SourceError
from reconcile.events import Reading
from reconcile.scratch.cache import NOWHERE
from reconcile.sources import portions
from reconcile.sources.desired import desired_state
from reconcile.state import Key, Kind, State

TABLE = """\
  t{n}:
    columns:
      id: integer not null
      next: integer
    checks: {{ck{n}: next > {n}}}
    primary_key: [id]
    foreign_keys: {{fk{n}: {{columns: [next], references: t{m}(id)}}}}
    indexes: {{{index}: {{columns: [next]}}}}
"""


def made(folder: Path, tables: str, *, scratch: str = "auto") -> tuple[State, list[Reading]]:
    """The state of a YAML file with these tables, and what was heard of its making."""
    (folder / "schema.yaml").write_text(f"tables:\n{tables}")
    heard: list[Reading] = []
    dialect = dialect_for("sqlite://")
    with dialect.open("sqlite://") as live:
        desired = desired_state(
            ["schema.yaml"],
            live=live,
            dialect=dialect,
            root=folder,
            scratch=scratch,
            cache=NOWHERE,
            listen=lambda event: heard.append(event) if isinstance(event, Reading) and event.total else None,
        )
    return desired.state, heard


def chain(count: int, *, clash: int | None = None) -> str:
    """Tables of which each refers to the next. ``clash``: this one's index is called as the first one's."""
    names = {n: "ix0" if n == clash else f"ix{n}" for n in range(count)}
    return "".join(TABLE.format(n=n, m=(n + 1) % count, index=names[n]) for n in range(count))


def test_made_in_portions_as_made_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = made(tmp_path, chain(40))
    monkeypatch.setattr(portions, "PORTION", 8)
    parts, heard = made(tmp_path, chain(40))
    assert dict(parts.objects) == dict(whole.objects)
    assert list(parts.objects) == list(whole.objects)
    assert dict(parts.needs) == dict(whole.needs)
    assert [item.position for item in parts if hasattr(item, "position")] == [
        item.position for item in whole if hasattr(item, "position")
    ]
    assert [event.done for event in heard] == list(range(8, 81, 8))  # a table and its index
    assert {event.total for event in heard} == {80}


def test_two_of_one_name_in_two_portions_are_refused_at_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "PORTION", 8)
    with pytest.raises(SourceError, match="index ix0 already exists") as caught:
        made(tmp_path, chain(40, clash=30))
    assert caught.value.place is not None
    assert caught.value.place.line in range(2 + 30 * 8, 2 + 31 * 8)


def test_a_view_is_made_where_its_tables_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "PORTION", 8)
    state, _ = made(tmp_path, chain(40) + "views:\n  v: SELECT id FROM t3\n")
    view = Key(Kind.VIEW, None, "v")
    assert view in state
    assert Key(Kind.TABLE, None, "t3") in {key.root for key in state.needs_of(view)}
    assert len(state.of_kind(Kind.TABLE)) == 40


def test_a_scratch_database_of_the_users_own_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "PORTION", 8)
    state, _ = made(tmp_path, chain(40), scratch=f"sqlite:///{tmp_path}/scratch.db")
    assert len(state.of_kind(Kind.TABLE)) == 40
