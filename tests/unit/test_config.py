"""The configuration: found, read, checked with places, variables filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile.config import Project, anchored, find_file, load_project, read_project
from reconcile.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str, name: str = "reconcile.yaml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_a_full_file_becomes_a_project(folder: Path) -> None:
    write(
        folder,
        "database: sqlite:///shop.db\ndesired: [models:shop:Base, views.sql]\nrevisions: revisions/\n"
        "schemas: [public]\nignore: ['table public.x_*']\nonline: always\npreserve: false\n"
        "timeouts: {lock: 2s, statement: 1.5min, retries: 3}\ndeny: [data-loss]\n",
    )
    project = load_project()
    assert project.database == f"sqlite:///{folder}/shop.db"
    assert project.desired == ("models:shop:Base", "views.sql")
    assert project.revisions == folder / "revisions"
    assert (project.timeouts.lock_ms, project.timeouts.statement_ms, project.timeouts.retries) == (2000, 90_000, 3)
    assert (project.online, project.preserve, project.deny) == ("always", False, ("data-loss",))
    assert project.root == folder


def test_the_file_is_found_upward_and_pyproject_counts_only_with_its_table(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = write(folder, "[tool.reconcile]\ndatabase = 'sqlite:///a.db'\n", "pyproject.toml")
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    write(folder / "a", "[tool.other]\nx = 1\n", "pyproject.toml")
    monkeypatch.chdir(inner)
    assert find_file() == top
    assert load_project().database == f"sqlite:///{folder}/a.db"


def test_an_environment_replaces_settings_one_by_one(folder: Path) -> None:
    file = write(
        folder,
        "database: sqlite:///a.db\ntimeouts: {lock: 1s, retries: 4}\n"
        "environments:\n  production: {database: 'postgresql://h/p', timeouts: {lock: 5s}}\n",
    )
    project = read_project(file, env="production")
    assert project.database == "postgresql://h/p"
    assert (project.timeouts.lock_ms, project.timeouts.retries) == (5000, 4)
    assert project.environment == "production"


def test_variables_of_an_environment_that_is_not_chosen_are_not_needed(folder: Path) -> None:
    file = write(folder, "database: a\nenvironments:\n  p: {database: '${NOT_SET_ANYWHERE}'}\n")
    assert read_project(file).database == "a"
    with pytest.raises(ConfigError, match=r"reconcile.yaml:3:17: the environment variable NOT_SET_ANYWHERE"):
        read_project(file, env="p")


def test_variables_and_their_defaults(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RC_HOST", "db")
    monkeypatch.setenv("RC_EMPTY", "")
    file = write(folder, "database: postgresql://${RC_HOST}/${RC_EMPTY:-app}?x=$$1\n")
    assert read_project(file).database == "postgresql://db/app?x=$1"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("databse: x\n", "reconcile.yaml:1:1: unknown setting 'databse'", "did you mean 'database'?"),
        (
            "environments:\n  p:\n    onlin: auto\n",
            "reconcile.yaml:3:5: unknown setting 'onlin' under 'p'",
            "did you mean 'online'?",
        ),
        ("database: a\ndatabase: b\n", "reconcile.yaml:2:1: 'database' is given twice", "keep one"),
        ("online: alway\n", "reconcile.yaml:1:9: 'online' cannot be 'alway'", "did you mean 'always'?"),
        ("preserve: 3\n", "reconcile.yaml:1:11: 'preserve' must be true or false, not 3", ""),
        ("timeouts:\n  lock: 3 parsecs\n", "reconcile.yaml:2:9: 'lock' must be a time", "500ms"),
        ("timeouts:\n  retries: many\n", "reconcile.yaml:2:12: 'retries' must be a whole number", ""),
        ("desired: {a: b}\n", "reconcile.yaml:1:10: 'desired' must be text or a list", ""),
        ("ignore: [a, 5]\n", "reconcile.yaml:1:13: 'ignore' must be text, not 5", ""),
        ("a: [1, 2\n", "reconcile.yaml:2:1: not valid YAML", ""),
        ("just words\n", "reconcile.yaml:1:1: settings are expected", ""),
        ("database: ${A B}\n", "reconcile.yaml:1:11: cannot read the variable", "${NAME}"),
    ],
)
def test_every_mistake_has_a_place_and_a_hint(folder: Path, text: str, message: str, hint: str) -> None:
    write(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_project()
    assert str(caught.value).startswith(message)
    assert hint in caught.value.hint


def test_mistakes_in_pyproject_have_a_line_too(folder: Path) -> None:
    write(folder, "[project]\nname = 'x'\n\n[tool.reconcile]\nonlin = 'auto'\n", "pyproject.toml")
    with pytest.raises(ConfigError, match=r"pyproject.toml:5:1: unknown setting 'onlin'"):
        load_project()


def test_an_unknown_environment_names_the_near_one(folder: Path) -> None:
    write(folder, "environments:\n  production: {}\n")
    with pytest.raises(ConfigError, match=r"reconcile.yaml:1:1: there is no environment 'producton'") as caught:
        load_project(env="producton")
    assert caught.value.hint == "did you mean 'production'?"


def test_url_and_to_need_no_project_and_do_not_look_for_one(folder: Path) -> None:
    write(folder, "database: sqlite:///a.db\nrevisions: revisions\n")
    project = load_project(url="sqlite:///live.db", to=["new.yaml", "models:a:B", "sqlite:///b.db"])
    assert project == Project(
        root=folder,
        database=f"sqlite:///{folder}/live.db",
        desired=(f"{folder}/new.yaml", "models:a:B", f"sqlite:///{folder}/b.db"),
    )


def test_without_a_project_the_way_out_is_named(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_project(folder)
    assert "reconcile init" in caught.value.hint
    assert "--url" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///a.db?timeout=5", "sqlite:////r/a.db?timeout=5"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite:////r/a.db"),
        ("sqlite:////abs/a.db", "sqlite:////abs/a.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("postgresql://h/a.db", "postgresql://h/a.db"),
    ],
)
def test_relative_sqlite_paths_are_anchored(url: str, expected: str) -> None:
    assert anchored(url, Path("/r")) == expected
