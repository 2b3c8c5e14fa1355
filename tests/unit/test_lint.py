"""reconcile lint: what it looks at, how it is told, configured and muted."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft4Validator

from reconcile.cli.console import Console
from reconcile.cli.main import run
from tests.conftest import NewDatabase
from tests.servers import Server

Run = Callable[..., tuple[int, str, str]]
_SARIF = json.loads((Path(__file__).parents[1] / "data" / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))

_START = """
CREATE TABLE users (id bigint PRIMARY KEY, code char(4), at timestamp, name text);
INSERT INTO users SELECT n, 'x', now(), 'n' FROM generate_series(1, 50) n;
"""
_WANTED = """\
tables:
  users:
    columns:
      id: bigint not null
      code: char(4)
      at: timestamp
      # lint: off varchar-n, char-n -- the bank's own codes
      bank: char(8)
    primary_key: [id]
    indexes:
      users_code_idx: [code]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "revisions").mkdir()
    (tmp_path / "db.yaml").write_text(_WANTED)
    return tmp_path


@pytest.fixture
def cli(project: Path, postgresql15: Server, new_database: NewDatabase) -> Run:
    url = new_database(postgresql15)
    postgresql15.execute(urlsplit(url).path.strip("/"), _START)
    configure(project, url, "")
    (project / "url").write_text(url)

    def call(*arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        code = run(list(arguments), Console(out=out, err=err))
        return code, out.getvalue(), err.getvalue()

    return call


def configure(project: Path, url: str, more: str) -> None:
    # Without the attic, so that dropping a column is what it is elsewhere.
    settings = f"database: {url}\ndesired: [db.yaml]\nrevisions: revisions\n{more}preserve: false\n"
    (project / "reconcile.yaml").write_text(settings)


def again(project: Path, more: str) -> None:
    configure(project, (project / "url").read_text(), more)


def found(out: str) -> dict[tuple[str, str], Any]:
    return {(each["code"], each["object"]): each for each in json.loads(out)["findings"]}


def test_a_plan_is_judged_with_the_design_of_what_it_makes(cli: Run) -> None:
    code, out, _ = cli("lint", "--format", "json")
    findings = found(out)
    assert code == 3, "a filled column is dropped"
    assert findings["data-loss", "column public.users.name"]["level"] == "danger"
    assert findings["blocks-writes", "table public.users"]["step"] == 2
    assert "about 50 rows" in findings["blocks-writes", "table public.users"]["message"]
    muted = findings["char-n", "column public.users.bank"]
    assert muted["muted"] == {"reason": "the bank's own codes", "at": "db.yaml:7"}
    assert (muted["file"], muted["line"]) == ("db.yaml", 8)
    assert ("char-n", "column public.users.code") not in findings, "it was so before, and the plan leaves it alone"


def test_a_schema_is_judged_as_it_is(cli: Run, project: Path) -> None:
    url = (project / "url").read_text()
    code, out, _ = cli("lint", url, "--format", "json")
    assert code == 0
    assert set(found(out)) == {
        ("char-n", "column public.users.code"),
        ("timestamp-without-zone", "column public.users.at"),
    }
    code, out, _ = cli("lint", "db.yaml", "--format", "json")
    assert found(out)["char-n", "column public.users.code"]["line"] == 5


def test_a_revision_file_is_judged_and_muted_by_its_steps(cli: Run, project: Path) -> None:
    assert cli("plan", "--save", "-m", "New codes")[0] == 0
    (file,) = (project / "revisions").iterdir()
    code, out, _ = cli("lint", "head", "--format", "json")
    wanted = found(out)["blocks-writes", "table public.users"]
    assert (code, wanted["step"], wanted["file"]) == (3, 2, f"revisions/{file.name}")
    rows = file.read_text().splitlines()
    rows.insert(wanted["line"], "        # lint: off blocks-writes -- nobody writes at night")
    file.write_text("\n".join(rows) + "\n")
    findings = found(cli("lint", str(file), "--format", "json")[1])
    assert findings["blocks-writes", "table public.users"]["muted"]["reason"] == "nobody writes at night"
    assert cli("apply", "--dry-run")[0] == 0, "a comment breaks no seal"


def test_danger_is_not_silenced(cli: Run, project: Path) -> None:
    again(project, "lint: {rules: {data-loss: off, blocks-writes: off}}\n")
    text = (project / "db.yaml").read_text().replace("users:\n", "users:  # lint: off data-loss -- we know\n", 1)
    (project / "db.yaml").write_text(text)
    code, out, _ = cli("lint", "--format", "json")
    codes = {name for name, _ in found(out)}
    assert (code, "data-loss" in codes, "blocks-writes" in codes) == (3, True, False)


def test_what_is_denied_is_refused_by_lint_plan_and_apply(cli: Run, project: Path) -> None:
    (project / "db.yaml").write_text(_WANTED.replace("    primary_key", "      name: text\n    primary_key"))
    assert cli("lint")[0] == 0
    again(project, "lint: {rules: {blocks-writes: deny}}\n")
    assert cli("lint")[0] == 3
    code, _, err = cli("apply", "--yes", "--allow", "all")
    assert (code, "the configuration denies it" in err) == (3, True)
    again(project, "deny: [blocks-writes]\nlint: {rules: {blocks-writes: warn}}\n")
    assert cli("lint")[0] == 0, "what is said of one rule goes before the list"
    again(project, "lint: {rules: {char-n: deny}}\n")
    code, _, err = cli("apply", "--yes", "--allow", "all")
    assert (code, "char-n" in err) == (3, True), "rules of design too, where they are denied"


@pytest.mark.parametrize(
    ("more", "place"), [("lint: {rules: {char-m: deny}}\n", "reconcile.yaml:4:16"), ("deny: [char-m]\n", "deny")]
)
def test_an_unknown_code_is_an_error(cli: Run, project: Path, more: str, place: str) -> None:
    again(project, more)
    code, _, err = cli("lint")
    assert (code, place in err, "did you mean 'char-n'?" in err) == (1, True, True)


@pytest.mark.parametrize("command", ["apply", "revert"])
def test_a_code_to_be_allowed_is_one_there_is(cli: Run, project: Path, command: str) -> None:
    """Also where there is nothing to do, or to refuse."""
    del project
    code, _, err = cli(command, "--yes", "--allow", "drop-tabel")
    assert code == 1
    assert "did you mean 'drop-table'?" in err


@pytest.mark.parametrize("comment", ["off char-n", "off -- because", "on char-n -- x", "off char-m -- x"])
def test_a_comment_that_cannot_be_read_is_an_error(cli: Run, project: Path, comment: str) -> None:
    (project / "db.yaml").write_text(_WANTED.replace("id: bigint not null", f"id: bigint not null  # lint: {comment}"))
    code, _, err = cli("lint")
    assert (code, "db.yaml:4" in err) == (1, True)


def test_text_is_short_and_says_what_it_leaves_out(cli: Run) -> None:
    _, out, _ = cli("lint", "db.yaml")
    assert "! warning char-n\n  column public.users.code is character(4)" in out
    assert "muted by comments" in out
    assert "the bank's own codes" in cli("lint", "db.yaml", "--verbose")[1]


def test_sarif_is_what_the_standard_says(cli: Run) -> None:
    code, out, _ = cli("lint", "--format", "sarif")
    log = json.loads(out)
    Draft4Validator(_SARIF).validate(log)
    results = {result["ruleId"]: result for result in log["runs"][0]["results"]}
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert (code, results["data-loss"]["level"]) == (3, "error")
    assert all(rules[result["ruleIndex"]]["id"] == name for name, result in results.items())
    assert results["char-n"]["suppressions"] == [{"kind": "inSource", "justification": "the bank's own codes"}]
    place = results["char-n"]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("db.yaml", 8)


def test_rules_are_listed_and_explained(cli: Run) -> None:
    _, out, _ = cli("lint", "--rules", "--format", "json")
    listed = {each["code"]: each for each in json.loads(out)}
    assert len(listed) > 90
    assert listed["char-n"]["databases"] == ["postgresql"]
    code, out, _ = cli("lint", "--explain", "char-n")
    assert code == 0
    assert all(word in out for word in ("bad", "good", "char(2)", "# lint: off char-n -- the reason"))
    assert cli("lint", "--explain", "char-m")[0] == 1
