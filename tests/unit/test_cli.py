"""The command line: exit codes, what goes to stdout and what to stderr, questions, errors. The api is faked."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconcile import api, errors
from reconcile.cli.console import Console
from reconcile.cli.main import run
from reconcile.events import Reading, RevisionStarted, StepDone, StepStarted
from reconcile.reports.lines import Style, line
from tests.unit import cli_samples as samples

Run = Callable[..., tuple[int, str, str]]
URLS = ("--url", "postgresql://ann:secret@db/shop", "--to", "new.sql")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "settle", lambda *_, **__: None)  # nothing was interrupted

    def call(*arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = run(list(arguments), Console(out=out, err=err))
        return code, out.getvalue(), err.getvalue()

    return call


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Replace a function of the api by one that gives (or raises) ``result``; the list fills with its calls."""

    def put(name: str, result: object) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = []

        def function(*positional: Any, **named: Any) -> object:
            calls.append({"positional": positional, **named})
            if isinstance(result, BaseException):
                raise result
            return result

        monkeypatch.setattr(api, name, function)
        return calls

    return put


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "reconcile.yaml").write_text("database: sqlite:///a.db\ndesired: new.sql\nrevisions: revisions\n")
    return tmp_path


# -- plan


def test_plan_check_tells_programs_by_its_exit_code(cli: Run, fake: Any) -> None:
    fake("plan", samples.NOTHING)
    assert cli("plan", *URLS, "--check")[0] == 0
    fake("plan", samples.PROPOSAL)
    assert cli("plan", *URLS, "--check")[0] == 2
    assert cli("plan", *URLS)[0] == 0
    fake("plan", replace(samples.NOTHING, pending=(samples.REVISION,)))
    assert cli("plan", *URLS, "--check")[0] == 2


def test_a_password_is_nowhere_in_the_output(cli: Run, fake: Any) -> None:
    fake("plan", samples.PROPOSAL)
    for form in ("text", "json", "sql", "html"):
        _, out, err = cli("plan", *URLS, "--format", form)
        assert "secret" not in out + err
        assert "db/shop" in out
    fake("plan", errors.ConnectError("cannot connect to postgresql://ann:secret@db/shop", hint="mysql://u:secret@h/d"))
    _, out, err = cli("plan", *URLS)
    assert "secret" not in out + err
    fake("plan", RuntimeError("postgresql://ann:secret@db/shop"))
    _, out, err = cli("plan", *URLS, "--verbose")
    assert "secret" not in out + err


def test_json_is_alone_on_stdout(cli: Run, fake: Any) -> None:
    fake("plan", samples.PROPOSAL)
    _, out, err = cli("plan", *URLS, "--format", "json")
    assert json.loads(out)["plan"]["server"] == "PostgreSQL 15.20"
    assert err == ""


def test_plan_hands_renames_and_rehearsal_on(cli: Run, fake: Any) -> None:
    calls = fake("plan", samples.NOTHING)
    cli("plan", *URLS, "--rename", "table a=b", "--rename", "column t.c=d", "--no-rehearse")
    assert calls[0]["renames"] == ("table a=b", "column t.c=d")
    assert calls[0]["rehearse"] is False


def test_save_needs_a_message_and_a_folder(cli: Run, fake: Any, project: Path) -> None:
    fake("plan", samples.PROPOSAL)
    saved = fake("save", (samples.REVISION, project / "revisions" / "x.yaml"))
    code, _, err = cli("plan", "--save")
    assert (code, saved) == (1, [])
    assert "needs a message" in err
    code, _, err = cli("plan", *URLS, "--save", "-m", "x")
    assert (code, saved) == (1, [])
    assert "revisions" in err
    code, _, err = cli("plan", "--save", "-m", "Add orders")
    assert code == 0
    assert saved[0]["positional"][2] == "Add orders"
    assert "Saved revisions/x.yaml" in err


# -- apply


def test_apply_runs_pending_files_without_a_question(cli: Run, fake: Any, project: Path) -> None:
    del project
    fake("pending", (samples.REVISION,))
    planned = fake("plan", samples.PROPOSAL)
    applied = fake("apply", samples.APPLIED)
    code, out, _ = cli("apply", samples.REVISION.id, "--lock-wait", "5")
    assert code == 0
    assert "Applied 20261122T101530_add_orders · 5 steps in 420 ms" in out
    assert (applied[0]["upto"], applied[0]["lock_wait"], planned) == (samples.REVISION.id, 5.0, [])


def test_apply_without_files_plans_shows_and_takes_yes(cli: Run, fake: Any) -> None:
    fake("plan", samples.SAFE)
    applied = fake("apply", samples.APPLIED)
    code, out, _ = cli("apply", *URLS, "--yes")
    assert code == 0
    assert "Plan for postgresql://ann:***@db/shop" in out
    assert applied[0]["proposal"] is samples.SAFE


def test_apply_does_not_ask_where_nobody_can_answer(cli: Run, fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    fake("plan", samples.SAFE)
    applied = fake("apply", samples.APPLIED)
    code, _, err = cli("apply", *URLS)
    assert (code, applied) == (1, [])
    assert "--yes" in err


def test_a_danger_that_was_shown_needs_its_code(cli: Run, fake: Any) -> None:
    fake("plan", samples.PROPOSAL)
    applied = fake("apply", samples.APPLIED)
    code, _, err = cli("apply", *URLS, "--yes")
    assert (code, applied) == (3, [])
    assert "--allow drop-table" in err
    assert cli("apply", *URLS, "--yes", "--allow", "drop-table")[0] == 0
    assert cli("apply", *URLS, "--yes", "--allow", "all")[0] == 0
    assert [call["allow"] for call in applied] == [("drop-table",), ("all",)]


def test_a_code_that_no_rule_has_allows_nothing_and_is_told(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text("tables: {a: {columns: {id: integer}}}\n")
    url = f"sqlite:///{tmp_path}/a.db"
    code, out, err = cli("apply", "--url", url, "--to", "new.yaml", "--yes", "--allow", "data-los")
    assert (code, out) == (1, "")
    assert "there is no rule 'data-los' (to be allowed)" in err
    assert "did you mean 'data-loss'?" in err
    code, out, _ = cli("plan", "--check", "--url", url, "--to", "new.yaml")
    assert code == 2, "nothing was made"
    assert cli("apply", "--url", url, "--to", "new.yaml", "--yes", "--allow", "data-loss")[0] == 0


def test_what_the_configuration_denies_cannot_be_allowed(cli: Run, fake: Any, project: Path) -> None:
    with (project / "reconcile.yaml").open("a") as file:
        file.write("deny: [table-rewrite]\n")
    fake("pending", ())
    fake("plan", samples.SAFE)
    code, _, err = cli("apply", "--yes", "--allow", "all")
    assert code == 3
    assert "denies" in err


def test_nothing_to_do_is_a_success_without_a_question(cli: Run, fake: Any) -> None:
    fake("plan", samples.NOTHING)
    code, out, _ = cli("apply", *URLS)
    assert (code, out.startswith("✔ Nothing to do")) == (0, True)
    code, out, _ = cli("apply", *URLS, "--format", "json")
    assert json.loads(out)["revisions"] == []


@pytest.mark.parametrize("form", ["text", "json", "sql"])
def test_a_dry_run_shows_and_stops(cli: Run, fake: Any, project: Path, form: str) -> None:
    del project
    applied = fake("apply", samples.APPLIED)
    fake("plan", samples.SAFE)
    fake("pending", ())
    assert "ALTER TABLE" in cli("apply", "--dry-run", "--format", form)[1]
    fake("pending", (samples.REVISION,))
    assert "ALTER TABLE" in cli("apply", "--dry-run", "--format", form)[1]
    assert applied == []


# -- revert


def test_revert_undoes_the_last_one_unless_told_otherwise(cli: Run, fake: Any, project: Path) -> None:
    del project
    found = fake("to_revert", (samples.REVISION,))
    fake("revert", samples.APPLIED)
    code, out, _ = cli("revert", "--yes")
    assert code == 0
    assert "Reverted 20261122T101530_add_orders · 1 step" in out
    cli("revert", "--last", "2", "--yes")
    cli("revert", "--to", "2026", "--yes")
    cli("revert", "2026", "--yes")
    asked = [{name: call[name] for name in ("revision", "last", "to")} for call in found]
    assert asked == [
        {"revision": None, "last": 1, "to": None},
        {"revision": None, "last": 2, "to": None},
        {"revision": None, "last": None, "to": "2026"},
        {"revision": "2026", "last": None, "to": None},
    ]
    code, _, err = cli("revert", "x", "--last", "1")
    assert code == 1
    assert "one of" in err


def test_nothing_to_revert_is_a_success(cli: Run, fake: Any, project: Path) -> None:
    del project
    fake("to_revert", ())
    assert cli("revert")[:2] == (0, "✔ Nothing to revert.\n")


# -- the others


def test_status_check_tells_programs_by_its_exit_code(cli: Run, fake: Any, project: Path) -> None:
    del project
    fake("status", samples.STATUS)
    assert cli("status")[0] == 0
    assert cli("status", "--check")[0] == 2
    calm = replace(samples.STATUS, pending=(), drift=(), unfinished=None, proposal=samples.NOTHING, unknown=())
    fake("status", calm)
    code, out, _ = cli("status", "--check")
    assert (code, "Up to date" in out) == (0, True)


def test_verify_fails_where_a_revision_does_not_do_what_it_says(cli: Run, fake: Any, project: Path) -> None:
    del project
    fake("verify", ())
    assert cli("verify")[0] == 0
    fake("verify", ("x: forwards: table t is missing",))
    code, out, _ = cli("verify")
    assert (code, "✘ x: forwards: table t is missing" in out) == (1, True)


def test_init_writes_a_configuration_that_can_be_read(cli: Run, tmp_path: Path) -> None:
    from reconcile.config import load_project

    code, _, err = cli("init")
    assert code == 0
    assert "reconcile plan" in err
    assert load_project().revisions == tmp_path / "revisions"
    assert str(load_project().database).startswith("sqlite:///")
    code, _, err = cli("init")
    assert (code, "is there already" in err) == (1, True)


def test_init_finds_the_models(cli: Run, tmp_path: Path) -> None:
    from reconcile.config import load_project

    (tmp_path / "shop.py").write_text("from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass")
    code, _, err = cli("init")
    assert (code, "Found models:shop:Base in shop.py" in err) == (0, True)
    assert "set database: in it, then reconcile plan" in err
    assert load_project().desired == ("models:shop:Base",)


@pytest.mark.parametrize("url", ["postgresql+asyncpg://u@h/d", 'sqlite:///with "quote".db'])
def test_init_takes_what_it_is_given(cli: Run, tmp_path: Path, url: str) -> None:
    from reconcile.config import anchored, load_project

    assert cli("init", "sub", "--async", "--url", url, "--to", "models:a.b:Base", "--to", "views.sql")[0] == 0
    found = load_project(tmp_path / "sub")
    assert found.database == anchored(url, tmp_path / "sub")
    assert found.desired == ("models:a.b:Base", "views.sql")


def test_a_slip_in_a_command_is_understood(cli: Run) -> None:
    code, _, err = cli("statuss")
    assert (code, "Did you mean 'status'?" in err) == (1, True)


# -- errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ReconcileError("x"), 1),
        (errors.Refused("x", hazards=()), 3),
        (errors.Mismatch("x", differences=["column a.b: type is int"]), 4),
        (errors.LockHeld("x", holder="ann@laptop"), 5),
        (errors.Interrupted("x", revision="y"), 130),
        (RuntimeError("x"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_has_its_exit_code_and_nothing_on_stdout(
    cli: Run, fake: Any, error: BaseException, code: int
) -> None:
    fake("plan", error)
    found, out, err = cli("plan", *URLS)
    assert (found, out) == (code, "")
    assert "Traceback" not in err
    assert err


def test_an_error_brings_its_evidence_and_its_hint(cli: Run, fake: Any) -> None:
    check = samples.STEPS[1].checks[0]
    failure = errors.Failure(check=check, count=7, columns=("id", "note"), samples=((1, None), (2, "a")))
    fake("plan", errors.CheckFailed([failure], consequence="; nothing was changed"))
    assert cli("plan", *URLS)[2].splitlines() == [
        f"Error: {check.message} (7 rows); nothing was changed",
        "  id = 1, note = NULL",
        "  id = 2, note = a",
        "  … and 5 more rows",
        "  → give them a value first",
    ]


def test_all_that_rows_stand_in_the_way_of_is_told_at_once(cli: Run, fake: Any) -> None:
    check = samples.STEPS[1].checks[0]
    first = errors.Failure(check=check, count=1, columns=("id", "note"), samples=((1, None),))
    second = errors.Failure(check=check, count=None, samples=(("invalid input",),))
    fake("plan", errors.CheckFailed([first, second], consequence="; nothing was changed"))
    assert cli("plan", *URLS)[2].splitlines() == [
        "Error: rows stand in the way of 2 changes; nothing was changed",
        f"  {check.message} (1 row)",
        "    id = 1, note = NULL",
        "    → give them a value first",
        f"  {check.message} (at least 1 row)",
        "    invalid input",
        "    → give them a value first",
    ]


def test_verbose_brings_the_traceback_of_what_was_not_foreseen(cli: Run, fake: Any) -> None:
    fake("plan", RuntimeError("boom"))
    assert "Traceback" not in cli("plan", *URLS)[2]
    assert "Traceback" in cli("plan", *URLS, "--verbose")[2]


def test_wrong_use_is_an_error_and_not_changes_pending(cli: Run) -> None:
    code, out, err = cli("plan", "--nonsense")
    assert (code, out) == (1, "")
    assert "reconcile plan --help" in err


def test_without_a_project_the_way_out_is_named(cli: Run) -> None:
    code, _, err = cli("status")
    assert code == 1
    assert "reconcile init" in err


def test_an_interruption_says_what_was_done(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def apply(*_: object, listen: Any, **__: object) -> None:
        listen(RevisionStarted(id="r1", message="m", direction="apply", steps=4))
        listen(StepStarted(step=samples.STEPS[0]))
        listen(StepDone(step=samples.STEPS[0], seconds=0.1))
        listen(StepStarted(step=samples.STEPS[1]))
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "plan", lambda *_, **__: samples.SAFE)
    monkeypatch.setattr(api, "apply", apply)
    code, _, err = cli("apply", *URLS, "--yes")
    assert code == 130
    assert "✔ 1. drop view public.active_users · 100 ms" in err
    assert "r1 stopped in step 2 (alter table public.users" in err
    assert "reconcile status" in err


def test_an_interruption_at_the_question_changes_nothing(cli: Run, fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(Console, "confirm", interrupted)
    fake("plan", samples.SAFE)
    applied = fake("apply", samples.APPLIED)
    code, _, err = cli("apply", *URLS)
    assert (code, err.strip(), applied) == (130, "Interrupted. Nothing has been changed.", [])


def test_quiet_leaves_only_the_result(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def apply(*_: object, listen: Any, **__: object) -> object:
        listen(Reading(what="live database"))
        listen(StepDone(step=samples.STEPS[0], seconds=0.1))
        return samples.APPLIED

    monkeypatch.setattr(api, "plan", lambda *_, **__: samples.SAFE)
    monkeypatch.setattr(api, "apply", apply)
    _, out, err = cli("apply", *URLS, "--yes", "--quiet")
    assert err == ""
    assert out.startswith("✔ Applied")


# -- terminals


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colours_and_wrapped_lines_that_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = Terminal()
    words = "word " * 14
    Console(out=out, err=io.StringIO()).show([line(("• ", Style.DANGER), words, indent=2, hang=2)])
    rows = out.getvalue().splitlines()
    assert "\x1b[1;31m" in rows[0]
    assert len(rows) == 2
    assert rows[1].startswith("    word")


def test_a_pipe_gets_plain_unwrapped_text() -> None:
    out = io.StringIO()
    Console(out=out, err=io.StringIO()).show([line(("• ", Style.DANGER), "word " * 100, indent=2, hang=2)])
    assert out.getvalue() == "  • " + ("word " * 100).rstrip() + "\n"


def test_version_loads_nothing_heavy() -> None:
    program = (
        "import sys; from reconcile.cli.main import run; code = run(['--version']);"
        "heavy = {'sqlalchemy', 'rich', 'yaml', 'jsonschema', 'reconcile.api'} & set(sys.modules);"
        "sys.exit(f'loaded: {heavy}' if heavy else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=dict(os.environ), timeout=30
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("reconcile ")
