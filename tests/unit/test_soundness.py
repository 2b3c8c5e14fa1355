"""History is sound or tells where it is not: seals that chain, records that are linked, copies, repair."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from reconcile.dialects.registry import dialect_for
from reconcile.errors import RevisionError
from reconcile.execution.history import History
from reconcile.revisions import file as revision_file
from tests.servers import MARIADB, POSTGRESQL15, SQLITE
from tests.shell import Shell

A = "CREATE TABLE a (id integer PRIMARY KEY);"
B = "CREATE TABLE b (id integer PRIMARY KEY, n integer);"
C = "CREATE TABLE c (id integer PRIMARY KEY);"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell.make(tmp_path, "sqlite:///live.db")


def three(shell: Shell, *, applied: int) -> list[str]:
    """Three revisions on top of each other, of which so many are applied."""
    found = []
    for number, text in enumerate((A, A + B, A + B + C)):
        shell.want(text)
        found.append(shell.save(f"r{number}"))
        if number < applied:
            shell.done("apply", "--yes", "-q")
    return found


def live(shell: Shell, sql: str) -> None:
    connection = sqlite3.connect(shell.folder / "live.db", isolation_level=None)
    connection.execute(sql)
    connection.close()


def flaws(shell: Shell) -> dict[str, str]:
    """kind → revision, of what `history --check` finds; its exit code says the same."""
    said = shell.call("history", "--check", "--format", "json")
    found = json.loads(said.out)
    assert said.code == (0 if found["sound"] else 1)
    return {flaw["kind"]: flaw["revision"] for flaw in found["flaws"]}


# -- seals chain


def test_a_revision_names_the_seals_of_what_it_builds_on(shell: Shell) -> None:
    first, second, _ = three(shell, applied=3)
    checksum = shell.file(first).read_text().rpartition("checksum: ")[2].strip()
    assert f"{first}: {checksum}" in shell.file(second).read_text()
    assert flaws(shell) == {}
    assert "History is sound" in shell.done("history", "--check").out


def test_an_earlier_file_that_was_edited_and_sealed_anew_breaks_the_chain_of_the_later(shell: Shell) -> None:
    first, second, _ = three(shell, applied=0)
    file = shell.file(first)
    file.write_text(file.read_text().replace("message: r0", "message: other"))
    shell.done("seal", first)
    said = shell.call("apply", "--yes")
    assert said.code == 1 and f"revision {second} was sealed on top of {first}" in said.err
    assert flaws(shell) == {"chain": second}
    told = shell.call("verify")
    assert told.code == 1 and second in told.all
    shell.done("seal", second)
    assert flaws(shell)["chain"] > second  # the one after it is next
    shell.done("seal", flaws(shell)["chain"])
    shell.done("apply", "--yes")


def test_what_ran_here_must_be_what_a_revision_builds_on(shell: Shell) -> None:
    first, second, third = three(shell, applied=1)
    other = "0" * 32
    live(shell, f"UPDATE reconcile_history SET checksum = '{other}' WHERE revision = '{first}'")
    said = shell.call("apply", "--yes")
    assert said.code == 1 and f"revision {second} builds on {first}" in said.err and "history --check" in said.err
    assert third not in said.err


# -- records are linked


def test_records_that_were_changed_by_hand_are_told(shell: Shell) -> None:
    _, second, third = three(shell, applied=3)
    live(shell, f"UPDATE reconcile_history SET who = 'nobody' WHERE revision = '{second}'")
    assert flaws(shell) == {"tampered": second}
    assert shell.call("repair", "--yes").code == 1  # nothing shows what is right
    live(shell, f"DELETE FROM reconcile_history WHERE revision = '{second}'")
    assert flaws(shell)["tampered"] == third


@pytest.mark.parametrize("server", [SQLITE, POSTGRESQL15, MARIADB], indirect=True)
def test_the_database_forbids_two_runs_after_the_same_one(database: str) -> None:
    dialect = dialect_for(database)
    with dialect.open(database) as one, dialect.open(database) as other:
        mine, theirs = (History(each, namespaces=dialect.namespaces) for each in (one, other))

        def begin(history: History, name: str, **more: object) -> None:
            values = {"direction": "apply", "message": "", "parents": (), "built_on": (), "checksum": "", "started": ""}
            history.start(revision=name, who="x@y", tool="1", steps=0, text=name, **values, **more)  # type: ignore[arg-type]

        begin(mine, "first", after=None)
        with pytest.raises(RevisionError, match="first was recorded by x@y"):
            begin(theirs, "second", after=None)
        run = mine.unfinished()
        assert run is not None
        mine.fail(run, finished="", seconds=0.0, note="")
        seen = theirs.last()
        begin(mine, "third", after=mine.last())
        run = mine.unfinished()
        assert run is not None
        mine.fail(run, finished="", seconds=0.0, note="")
        with pytest.raises(RevisionError, match="third was recorded by x@y"):  # though none is running
            begin(theirs, "fourth", after=seen)
        assert [run.revision for run in theirs.runs()] == ["first", "third"]


# -- files


def test_lost_and_edited_files_come_back_from_the_database(shell: Shell) -> None:
    first, second, third = three(shell, applied=3)
    texts = [shell.file(one).read_text() for one in (first, second, third)]
    shell.file(second).unlink()
    shell.file(first).write_text(texts[0].replace("CREATE TABLE", "CREATE  TABLE").replace("message: r0", "message: x"))
    shell.file(third).write_text("no: [revision")
    assert flaws(shell) == {"missing": second, "edited": first, "unreadable": third}
    told = shell.call("repair")  # nobody can be asked
    assert told.code == 1 and "Give --yes" in told.err and not shell.file(second).exists()
    assert "by its checksum" in told.out
    shell.done("repair", "--yes")
    assert [shell.file(one).read_text() for one in (first, second, third)] == texts
    assert flaws(shell) == {}
    kept = [path.name for path in (shell.folder / "revisions").glob("*.edited")]
    assert sorted(kept) == [f"{first}.yaml.edited", f"{third}.yaml.edited"]


def test_a_damaged_copy_is_written_from_the_file_that_ran(shell: Shell) -> None:
    first, _, _ = three(shell, applied=3)
    live(shell, "UPDATE reconcile_text SET packed = 'eJw='")
    found = shell.call("history", "--check")
    assert found.code == 1 and "own copy of" in found.out and "schema recorded after the last run" in found.out
    shell.call("repair", "--yes")
    assert set(flaws(shell)) == {"copy"} and flaws(shell)["copy"] == ""  # no evidence of what the schema was
    shell.file(first).unlink()
    shell.call("repair", "--yes")
    assert shell.file(first).exists()


def test_without_file_and_copy_nothing_is_guessed(shell: Shell) -> None:
    first, second, _ = three(shell, applied=2)
    shell.file(second).unlink()
    live(shell, "DELETE FROM reconcile_text")
    assert flaws(shell)["unknown"] == second
    said = shell.call("repair", "--yes")
    assert said.code == 1 and "take the file from version control" in said.out
    assert not shell.file(second).exists() and shell.file(first).exists()


def test_what_is_applied_without_what_it_builds_on_is_out_of_order(shell: Shell) -> None:
    first, second, third = three(shell, applied=2)
    live(shell, f"DELETE FROM reconcile_history WHERE revision = '{first}'")
    found = flaws(shell)
    assert found["out of order"] == second and third not in found.values()


# -- verify


def test_verify_runs_each_revision_there_back_and_there_again(shell: Shell) -> None:
    shell.want(A + B)
    shell.save("make")
    shell.done("apply", "--yes", "-q")
    shell.want(A + C)
    second = shell.save("drop")
    shell.done("verify")
    # A way back that makes another type, sealed by someone who computes checksums himself.
    text = shell.file(second).read_text()
    there, back = text.split("revert:")
    forged = there + "revert:" + back.replace('"n" INTEGER', '"n" TEXT')
    revision = revision_file.sealed(revision_file.parse(forged, name="forged", sealed=False))
    shell.file(second).write_text(revision_file.text(revision))
    said = shell.call("verify")
    assert said.code == 1 and f"{second}: backwards: column b.n" in said.all
