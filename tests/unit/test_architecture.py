"""The house rules that a machine can check: import arrows, no dialect questions, docstrings, ``__all__``."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import reconcile

_CHECKOUT = Path(__file__).resolve().parents[2]
_SOURCE = _CHECKOUT / "src" / "reconcile"
_FILES = sorted(_SOURCE.rglob("*.py"))
_DATABASES = frozenset({"postgresql", "postgres", "mysql", "mariadb", "sqlite"})


def _name(path: Path) -> str:
    return str(path.relative_to(_SOURCE))


def _module(path: Path) -> str:
    parts = path.relative_to(_SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


each_file = pytest.mark.parametrize("path", _FILES, ids=_name)


def test_imports_only_point_down() -> None:
    from importlinter import cli

    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.chdir(_CHECKOUT):
        failed = cli.lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert not failed, told.getvalue()


def test_every_room_is_in_the_contract() -> None:
    """A new package must be given its place in the layers, or it would be free of them."""
    contracts = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = set(next(contract for contract in contracts if contract["type"] == "layers")["layers"])
    rooms = {path.stem for path in _SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    doors = {"__init__", "__main__"}
    assert {f"reconcile.{room}" for room in rooms - doors} == layers


@each_file
def test_a_module_says_what_lives_in_it(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring, "the module has no docstring"
    first = docstring.splitlines()[0]
    assert first[-1] in ".:!?", f"the first line is not a sentence: {first!r}"
    assert len(first) <= 120


def _questions(tree: ast.AST) -> Iterator[ast.AST]:
    """Comparisons and match cases in which a database is named."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides: list[ast.expr] = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            sides = [node.value]
        else:
            continue
        constants = (inner.value for side in sides for inner in ast.walk(side) if isinstance(inner, ast.Constant))
        if any(value in _DATABASES for value in constants if isinstance(value, str)):
            yield node


def test_generic_code_asks_for_no_dialect() -> None:
    found = [
        f"{_name(path)}:{node.lineno}"  # type: ignore[attr-defined]  # both kinds of node have a place
        for path in _FILES
        if "dialects" not in path.parts
        for node in _questions(ast.parse(path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize("code", ['x.dialect == "sqlite"', 'name in ("mysql", "b")', 'match d:\n case "postgresql": 1'])
def test_a_dialect_question_would_be_seen(code: str) -> None:
    assert list(_questions(ast.parse(code)))


def test_only_the_console_knows_rich() -> None:
    users = {_name(path) for path in _FILES for name in _imported(ast.parse(path.read_text())) if name == "rich"}
    assert users == {"cli/console.py"}


def _imported(tree: ast.AST) -> Iterator[str]:
    """The outermost packages a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


_LISTING = [path for path in _FILES if "\n__all__ " in path.read_text()]


@pytest.mark.parametrize("path", _LISTING, ids=_name)
def test_all_is_true(path: Path) -> None:
    module = importlib.import_module(_module(path))
    names: list[str] = list(module.__all__)
    assert [name for name in names if not hasattr(module, name)] == []
    assert len(names) == len(set(names))


def test_the_front_door_lists_what_it_offers() -> None:
    """What type checkers are told (under TYPE_CHECKING) is what there is."""
    tree = ast.parse((_SOURCE / "__init__.py").read_text())
    told = {
        alias.asname or alias.name
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == set(reconcile.__all__)
    assert {"apply", "plan", "revert"} <= told


def test_no_use_case_is_left_unwritten() -> None:
    unwritten = [
        f"{_name(path)}: {node.name}"
        for path in _FILES
        if path.parent.name == "api"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(inner, ast.Raise) and "NotImplementedError" in ast.dump(inner) for inner in node.body)
    ]
    assert unwritten == []
