"""What is remembered of a composition and mended must be what making all of it anew gives. Always."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
import yaml

from reconcile.dialects.registry import dialect_for
from reconcile.events import Reading
from reconcile.scratch.cache import Cache
from reconcile.sources.desired import Desired, desired_state
from reconcile.state import Kind, State, table_key


@dataclass
class Composer:
    """Composes against one database, with a memory or without, and counts what is made real."""

    url: str
    root: Path
    made: int = 0

    def desired(self, *specs: str, cache: str) -> Desired:
        dialect = dialect_for(self.url)

        def listen(event: object) -> None:
            if isinstance(event, Reading) and event.total:
                self.made = max(self.made, event.total)

        self.made = 0
        with dialect.open(self.url) as live:
            return desired_state(
                specs, live=live, dialect=dialect, root=self.root, scratch="auto", cache=Cache(self.root / cache),
                listen=listen,
            )  # fmt: skip

    def check(self, *specs: str) -> tuple[State, int]:
        """The state by memory, which must be that without; and how many units memory had made."""
        mended = self.desired(*specs, cache="memory").state
        made = self.made
        fresh = self.desired(*specs, cache=f"fresh{random.random()}").state
        assert dict(mended.objects) == dict(fresh.objects)
        assert {k: v for k, v in mended.needs.items() if v} == {k: v for k, v in fresh.needs.items() if v}
        return mended, made


@pytest.fixture
def composer(database: str, tmp_path: Path) -> Composer:
    return Composer(database, tmp_path)


@dataclass
class Schema:
    """A schema that is changed at random. Column 0 is the key."""

    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    uniques: dict[str, str] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def change(self, dice: random.Random) -> None:
        """One change, of a table or a view."""
        self.number += 1
        names = sorted(self.tables)
        match dice.choice(["table", "column", "column", "type", "drop", "reference", "unique", "view", "key"]):
            case "table":
                self.tables[f"t{self.number}"] = {"id": "integer", "n": "integer"}
            case "column" if names:
                self.tables[dice.choice(names)][f"c{self.number}"] = "varchar(20)"
            case "type" if names:
                self.tables[dice.choice(names)]["n"] = dice.choice(["integer", "bigint"])
            case "drop" if len(names) > 3:
                gone = dice.choice(names)
                del self.tables[gone]
                self.references = {k: v for k, v in self.references.items() if gone not in (k, v)}
                self.views = {k: v for k, v in self.views.items() if v != gone}
                self.uniques.pop(gone, None)
            case "reference" if names:
                self.references[dice.choice(names)] = dice.choice(names)
            case "unique" if names:
                self.uniques[dice.choice(names)] = "n"
            case "view" if names:
                self.views[f"v{self.number}"] = dice.choice(names)
            case _:
                self.uniques.clear()

    def yaml(self) -> str:
        tables = {}
        for name, columns in self.tables.items():
            table: dict[str, object] = {"columns": {**columns, "id": "integer not null"}, "primary_key": ["id"]}
            if name in self.uniques:
                table["unique"] = [["n"]]
            if name in self.references:
                table["foreign_keys"] = [{"columns": ["id"], "references": f"{self.references[name]}(id)"}]
            tables[name] = table
        views = {name: f"select * from {of}" for name, of in self.views.items()}
        return yaml.safe_dump({"tables": tables, **({"views": views} if views else {})}, sort_keys=False)

    def metadata(self) -> sa.MetaData:
        found = sa.MetaData()
        types = {"integer": sa.Integer(), "bigint": sa.BigInteger(), "varchar(20)": sa.String(20)}
        for name, columns in self.tables.items():
            table = sa.Table(name, found, *(sa.Column(c, types[t], primary_key=c == "id") for c, t in columns.items()))
            if name in self.uniques:
                table.append_constraint(sa.UniqueConstraint("n"))
            if name in self.references and self.references[name] != name:
                table.append_column(sa.Column("other", sa.ForeignKey(f"{self.references[name]}.id", use_alter=False)))
        return found


@pytest.fixture
def models() -> Iterator[Callable[[sa.MetaData], str]]:
    """A module whose BASE is the given MetaData; gives its spec."""
    module = ModuleType("piecewise_models")
    sys.modules[module.__name__] = module

    def put(metadata: sa.MetaData) -> str:
        module.BASE = metadata  # type: ignore[attr-defined]  # a module of this test's
        return "models:piecewise_models:BASE"

    yield put
    del sys.modules[module.__name__]


@pytest.mark.parametrize("seed", range(2))
def test_yaml_mended_is_yaml_made(composer: Composer, tmp_path: Path, seed: int) -> None:
    dice, schema, saved = random.Random(seed), Schema(), 0
    for _ in range(6):
        schema.tables[f"t{(number := schema.number)}"] = {"id": "integer", "n": "integer"}
        schema.number = number + 1
    for _ in range(10):
        schema.change(dice)
        (tmp_path / "s.yaml").write_text(schema.yaml())
        _, made = composer.check("s.yaml")
        saved += made < len(schema.tables)
    assert saved >= 3


def test_models_mended_are_models_made(composer: Composer, models: Callable[[sa.MetaData], str]) -> None:
    dice, schema, saved = random.Random(7), Schema(), 0
    for number in range(6):
        schema.tables[f"s{number}"] = {"id": "integer", "n": "integer"}
    for _ in range(10):
        before = dict(schema.references)
        schema.change(dice)
        if any(_leads_to(schema.references, k, k) for k in schema.references):
            schema.references = before
        _, made = composer.check(models(schema.metadata()))
        saved += made < len(schema.tables)
    assert saved >= 3


def _leads_to(references: dict[str, str], start: str, end: str) -> bool:
    seen: set[str] = set()
    while (start := references.get(start, "")) and start not in seen:
        if start == end:
            return True
        seen.add(start)
    return False


def test_a_view_of_all_columns_follows_its_table(composer: Composer, tmp_path: Path) -> None:
    """Its text is the same, and nothing it needed has changed; what it is has."""
    others = "".join(f"  o{n}: {{columns: {{id: integer}}}}\n" for n in range(8))
    text = "tables:\n  t: {{columns: {{a: integer{}}}}}\n" + others.replace("{", "{{").replace("}", "}}")
    text += "views: {{v: select * from t, w: select * from v}}\n"
    for more in ("", ", b: integer", ", b: integer, c: integer"):
        (tmp_path / "s.yaml").write_text(text.format(more))
        state, made = composer.check("s.yaml")
    assert made < 11
    assert len(state.of_kind(Kind.VIEW)) == 2


def test_what_an_event_makes_is_always_made(composer: Composer, models: Callable[[sa.MetaData], str]) -> None:
    """Nobody knows what the statement of an event does: here it reads a table that changes."""

    def metadata(columns: int) -> sa.MetaData:
        found = sa.MetaData()
        for n in range(12):
            sa.Table(f"t{n}", found, sa.Column("id", sa.Integer, primary_key=True))
        for n in range(columns):
            found.tables["t3"].append_column(sa.Column(f"c{n}", sa.Integer))
        view = sa.DDL("CREATE VIEW v AS SELECT * FROM t3")
        sa.event.listen(found, "after_create", view)
        return found

    for columns in (0, 1, 2):
        state, made = composer.check(models(metadata(columns)))
    assert state.of_kind(Kind.VIEW)
    assert made < 6


@pytest.mark.parametrize("server", ["postgresql15"], indirect=True)
def test_names_that_the_server_chose_beside_another(composer: Composer, models: Callable[[sa.MetaData], str]) -> None:
    """a_b(c) and a(b_c) both want a_b_c_key: alone, each would get it."""

    def metadata(unique: bool, more: bool) -> sa.MetaData:
        found = sa.MetaData()
        for n in range(8):
            sa.Table(f"t{n}", found, sa.Column("id", sa.Integer))
        sa.Table("a", found, sa.Column("b_c", sa.Integer, unique=unique))
        sa.Table("a_b", found, sa.Column("c", sa.Integer, unique=True))
        if more:
            found.tables["a_b"].append_column(sa.Column("d", sa.Integer))
        return found

    for unique, more in ((False, False), (True, False), (True, True), (False, True), (False, False)):
        state, _ = composer.check(models(metadata(unique, more)))
    assert [item.key.name for item in state.children(table_key("public", "a_b"), Kind.UNIQUE)] == ["a_b_c_key"]


def test_a_memory_that_is_damaged_is_none(composer: Composer, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("tables: {t: {columns: {a: integer}}}\n")
    composer.check("s.yaml")
    for file in (tmp_path / "memory").iterdir():
        file.write_text("not what was written")
    composer.check("s.yaml")
    assert composer.desired("s.yaml", cache="memory").state.of_kind(Kind.TABLE)
