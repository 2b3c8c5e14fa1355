"""Any name and any text in every place that takes one: written out as YAML, made elsewhere, changed, and taken back.

``python -m tests.properties.names [--examples N] [--seed S] [--only DRIVER]`` tries many, on every driver.
Must not know how the product quotes: the statements here quote for themselves, and the oracle compares.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import oracle, servers
from tests.faults.matrix import fetch
from tests.servers import MARIADB, POSTGRESQL15, SQLITE, Server
from tests.shell import Said, Shell

DRIVERS = (
    (SQLITE, "pysqlite"),
    (SQLITE, "aiosqlite"),
    (POSTGRESQL15, "psycopg"),
    (POSTGRESQL15, "psycopg2"),
    (POSTGRESQL15, "asyncpg"),
    (MARIADB, "pymysql"),
    (MARIADB, "asyncmy"),
)
ODD = (
    "plain", "MixedCase", "UPPER", "with space", " leading", "select", "table", "order", "user", "key", "index", "null",
    "100%",
    "%s", "%(name)s", "%%", "% d", ":x", "a:b", "::int", ":", "?", "$1", "$$", "@x", "@@y", "#", "--", "/*", "*/",
    "a'b",
    "''", 'say "hi"', '""', "`tick`", "``", "[x]", "{y}", "{0}", "a.b", ".", "a,b", "(", ")", ";", "\\", "\\'", "a\\b",
    "'; DROP TABLE sentinel; --",
    '"; DROP TABLE sentinel; --', "`; DROP TABLE sentinel; -- ", "x\ty", "x\ny", "é", "Ünïcødé",
    "表", "имя", "İstanbul", "ſtraße", "a" * 63, "a" * 64, "ü" * 31, "yes", "no", "on", "~", "1", "007", "1e3", "0x1F",
    "- a", "? a", "& a", "* a", "! a", "a: b", "a #b", "2024-01-01", "true", "of", "comment on x", "on delete cascade",
    "\u200b", "\u202e", "🙂", "column a of b", "t=u", "old=new", "=", "|", ">", "'", '"',
)  # fmt: skip
_LETTERS = "abXY01 _-%:;'\"`$@#.,()[]{}\\/?!*&|~<>=+^\té表ß🙂"
_TABLES, _COLUMNS = 3, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a schema is made of: names that no server confuses, and texts."""

    tables: tuple[str, ...]  # two tables, a view
    columns: tuple[str, ...]
    others: tuple[str, ...]  # constraints and indexes
    labels: tuple[str, ...]
    texts: tuple[str, ...]


def words(chance: random.Random, dialect: str) -> Words:
    """Some at random."""
    return Words(
        tables=_distinct(chance, dialect, _TABLES),
        columns=_distinct(chance, dialect, _COLUMNS),
        others=_distinct(chance, dialect, 5),
        labels=_distinct(chance, dialect, 3, label=True),
        texts=tuple(_any(chance) for _ in range(4)),
    )


def _distinct(chance: random.Random, dialect: str, count: int, *, label: bool = False) -> tuple[str, ...]:
    found: dict[str, str] = {}
    while len(found) < count:
        name = _any(chance)
        if dialect == "postgresql":
            name = name.encode()[:63].decode(errors="ignore")
        elif dialect == "mysql":
            # The manual, "Schema Object Names": 64 characters of the basic plane, no space at the end.
            name = "".join(c for c in name if ord(c) < 0x10000)[:64].rstrip(" ")
        if label:
            name = name.replace(",", "")[:60]
        folded = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
        if name.strip() and not folded.startswith(("reconcile_", "sqlite_")):
            found.setdefault(folded.replace("\u200b", "").replace("\u202e", "") or name, name)
    return tuple(found.values())


def _any(chance: random.Random) -> str:
    if chance.random() < 0.7:
        return chance.choice(ODD)
    return "".join(chance.choice(_LETTERS) for _ in range(chance.randint(1, 20)))


# -- statements that quote for themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The schema in SQL."""

    dialect: str
    words: Words

    def name(self, text: str) -> str:
        mark = "`" if self.dialect == "mysql" else '"'
        return f"{mark}{text.replace(mark, mark * 2)}{mark}"

    def text(self, text: str) -> str:
        doubled = text.replace("'", "''")
        if self.dialect == "mysql":
            doubled = doubled.replace("\\", "\\\\")
        return f"'{doubled}'"

    def start(self) -> str:
        """Two tables, a view, comments."""
        return self._tables(changed=False)

    def target(self) -> str:
        """A column less, one more, another default, another view, other comments."""
        return self._tables(changed=True)

    def rows(self) -> str:
        w = self.words
        a, b = map(self.name, w.columns[:2])
        lines = [f"INSERT INTO {self.name(w.tables[0])} ({a}, {b}) VALUES (1, {self.text(w.texts[0])});"]
        lines.append(f"INSERT INTO {self.name(w.tables[1])} ({a}, {b}) VALUES (7, 1);")
        return "\n".join(lines)

    def content(self) -> str:
        a, b, *_, gone = map(self.name, self.words.columns)
        return f"SELECT {a}, {b}, {gone} FROM {self.name(self.words.tables[0])}"

    def _tables(self, *, changed: bool) -> str:
        w, mysql = self.words, self.dialect == "mysql"
        t, u, v = map(self.name, w.tables)
        a, b, c, d, e, gone = map(self.name, w.columns)
        pk, unique, check, foreign, index = map(self.name, w.others)
        labels = ", ".join(map(self.text, w.labels))
        kind = {"mysql": f"enum({labels})", "postgresql": e, "sqlite": "text"}[self.dialect]
        note = f" COMMENT {self.text(w.texts[3 if changed else 2])}" if mysql else ""
        never = self.text(w.texts[0] + w.texts[3 if changed else 2] + "x")
        default = self.text(w.texts[1 if changed else 0])
        primary = "PRIMARY KEY" if mysql else f"CONSTRAINT {pk} PRIMARY KEY"
        last = f"{d} varchar(200) DEFAULT {default}" if changed else f"{gone} varchar(200) DEFAULT {default}"
        lines = [f"CREATE TYPE {e} AS ENUM ({labels});"] if self.dialect == "postgresql" else []
        lines.append(
            f"CREATE TABLE {t} ({a} integer NOT NULL, {b} varchar(200){note}, {c} {kind} DEFAULT "
            f"{self.text(w.labels[0])}, {last}, {primary} ({a}), CONSTRAINT {unique} UNIQUE ({b}), "
            f"CONSTRAINT {check} CHECK ({b} <> {never})){note};"
        )
        lines.append(
            f"CREATE TABLE {u} ({a} integer NOT NULL, {b} integer NOT NULL, PRIMARY KEY ({a}), "
            f"CONSTRAINT {foreign} FOREIGN KEY ({b}) REFERENCES {t} ({a}));"
        )
        lines.append(f"CREATE INDEX {index} ON {u} ({b});")
        lines.append(f"CREATE VIEW {v} AS SELECT {a}, {d if changed else c} FROM {t} WHERE {b} <> {never};")
        if self.dialect == "postgresql":
            said = self.text(w.texts[3 if changed else 2])
            lines += [f"COMMENT ON TABLE {t} IS {said};", f"COMMENT ON COLUMN {t}.{b} IS {said};"]
        return "\n".join(lines)


_SENTINEL = "CREATE TABLE sentinel (id integer PRIMARY KEY);"


class Refused(Exception):
    """The server itself does not take these words."""


def trial(server: Server, driver: str, chance: random.Random, folder: Path, prefix: str) -> str:
    """What is wrong, or ''. Raises Refused."""
    script = Script(dialect=server.dialect, words=words(chance, server.dialect))
    live, old, new = (f"{prefix}_{each}" for each in ("live", "old", "new"))
    try:
        for database, text in ((live, ""), (old, script.start()), (new, script.target())):
            server.create(database)
            try:
                server.execute(database, _SENTINEL + text)
            except Exception as error:  # of whichever driver
                raise Refused(str(error)) from error
        url = server.url_of(live).replace("://", f"+{driver}://", 1)
        shell = Shell.make(folder, url, desired="want.yaml")
        return _story(server, script, shell, (live, old, new))
    finally:
        for database in (live, old, new):
            server.drop(database)


def _story(server: Server, script: Script, shell: Shell, databases: Sequence[str]) -> str:
    live, old, new = databases
    told: list[str] = []

    def well(said: Said) -> bool:
        if said.code:
            told.append(f"exit {said.code}: {said.all}")
        return not said.code

    def like(database: str, when: str) -> bool:
        found = oracle.difference(server, live, database)
        if found:
            told.append(f"{when}: {found}")
        return not found

    def want(database: str) -> bool:
        said = shell.call("inspect", "--format", "yaml", "--url", server.url_of(database))
        shell.want(said.out, "want.yaml")
        return well(said)

    apply = ("apply", "--yes", "-q", "--allow", "all")
    (
        want(old)
        and well(shell.call(*apply))
        and like(old, "made from YAML")
        and well(shell.call("plan", "--check", "-q"))
        and (server.execute(live, script.rows()) is None)
        and want(new)
        and well(shell.call(*apply))
        and like(new, "changed")
        and well(shell.call("plan", "--check", "-q"))
        and well(shell.call("revert", "--yes", "-q", "--allow", "all"))
        and like(old, "taken back")
        and _is_filled(server, live, script, told)
        and well(shell.call("history", "--check"))
        and well(shell.call("verify", "-q"))
    )
    return "\n".join(told)


def _is_filled(server: Server, live: str, script: Script, told: list[str]) -> bool:
    found = fetch(server, live, script.content())
    if found and found[0][:2] != (1, script.words.texts[0]):
        told.append(f"rows: {found}")
    return not told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=50, help="of each driver")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only drivers with this in their names")
    options = parser.parse_args()
    bad = 0
    for name, driver in DRIVERS:
        if options.only not in f"{name}+{driver}":
            continue
        server, refused, failed = servers.find(name), 0, 0
        for number in range(options.examples):
            seed = f"{options.seed}-{number}"
            with tempfile.TemporaryDirectory(prefix="rc-names-") as folder:
                try:
                    wrong = trial(server, driver, random.Random(seed), Path(folder), f"rc_names_{driver}")
                except Refused:
                    refused += 1
                    continue
                except Exception:
                    wrong = traceback.format_exc()
            if wrong:
                failed += 1
                sys.stdout.write(f"{name}+{driver} {seed}: {wrong}\n")
                sys.stdout.flush()
        sys.stdout.write(
            f"{name}+{driver}: {options.examples} tried, {refused} refused by the server, {failed} failed\n"
        )
        sys.stdout.flush()
        bad += failed
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
