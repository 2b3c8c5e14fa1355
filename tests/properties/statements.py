"""Statements as SQLite takes them, changed at random: what each makes, as far as SQLite itself tells.

Everything comes from one ``random.Random``. Must not know the product.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from random import Random
from typing import Any

# Scripts, each of statements that need only those before them. One statement of one is changed.
SCRIPTS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE t (id INTEGER CONSTRAINT pk PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT, a TEXT CONSTRAINT nn
        NOT NULL ON CONFLICT IGNORE DEFAULT 'it''s' COLLATE NOCASE UNIQUE ON CONFLICT FAIL, b "long type" (3, -4)
        DEFAULT -1.5e-3 CHECK (b <> 7) REFERENCES t (id) ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY
        DEFERRED, c AS (b + 1) STORED, d INT GENERATED ALWAYS AS (length(a)) VIRTUAL NOT NULL,
        CONSTRAINT ck CHECK (b BETWEEN 1 AND 2 OR NOT (a ->> '$.a' = .5)), UNIQUE (b, a COLLATE RTRIM DESC))""",
        "CREATE UNIQUE INDEX i ON t (b DESC, lower(a) COLLATE NOCASE, a COLLATE BINARY) WHERE b > 1 AND a = 'q'",
    ),
    (
        """CREATE TABLE t (a DOUBLE PRECISION DEFAULT (1 || 'a)'), b VARCHAR(10) NULL DEFAULT "Word", c BLOB DEFAULT
        x'00FF', d DECIMAL(10, 2) DEFAULT +5, e DEFAULT CURRENT_TIMESTAMP, f DATE DEFAULT abc, g INT DEFAULT true,
        PRIMARY KEY (b DESC, a COLLATE NOCASE) ON CONFLICT ABORT) WITHOUT ROWID""",
        "CREATE VIEW v (x, y) AS WITH c AS (SELECT a, b FROM t) SELECT * FROM c WHERE \"a\" IS NOT 'x'",
        """CREATE TRIGGER g INSTEAD OF UPDATE OF x ON v WHEN new.x > 1 BEGIN
        UPDATE t SET a = new.x WHERE b = old.y; DELETE FROM t WHERE a IS NULL; END""",
    ),
    (
        "CREATE TABLE p (x INT, y TEXT, PRIMARY KEY (x, y))",
        """CREATE TABLE t ("select" INTEGER PRIMARY KEY DESC, [group by] INT REFERENCES p, `or``der` REAL, 'key' TEXT,
        FOREIGN KEY ([group by], 'key') REFERENCES p (x, "y") ON DELETE CASCADE MATCH FULL NOT DEFERRABLE INITIALLY
        IMMEDIATE, CONSTRAINT "odd name" UNIQUE ("select", `or``der`) ON CONFLICT ROLLBACK
        CHECK (`or``der` IN (1, 2)))""",
        """CREATE TRIGGER "my trigger" AFTER INSERT ON t FOR EACH ROW BEGIN INSERT OR REPLACE INTO p (x, y)
        VALUES (new."select", CASE WHEN new.[group by] THEN 'a' ELSE "b" END); END""",
        """CREATE INDEX [i 2] ON t (([group by] + 1) DESC, 'key' ASC)""",
    ),
    (
        "CREATE TABLE t (a INT NOT NULL, b TEXT, c ANY, d REAL UNIQUE, e BLOB, CHECK (typeof(c) <> 'x')) STRICT",
        "CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, t INT CONSTRAINT f REFERENCES t (d) ON DELETE RESTRICT)",
        "CREATE VIEW v AS SELECT t.a, count(*) OVER (PARTITION BY u.id ORDER BY t.d) AS n FROM t JOIN u ON u.t = t.a",
        "CREATE TRIGGER g BEFORE DELETE ON t WHEN old.a < 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE INDEX i ON u (t) WHERE t IS NOT NULL",
    ),
)  # fmt: skip

_TOKEN = re.compile(
    r"""\s+|--[^\n]*\n?|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[xX]'[^']*'|\w+|[<>!=|-]{2,3}|.""",
    re.DOTALL,
)
_WORDS = re.findall(
    r"""(?:"[^"]*"|'[^']*'|\[[^\]]*\]|[^\s'"[])+""",
    """a b c t u v x id "a" [a] `b` 'b' "Word" abc größe Ä_ö "mein typ" [double precision] 'text type' int integer
INTEGER TEXT text VARCHAR NUMERIC ANY REAL BLOB PRIMARY KEY UNIQUE NOT NULL CHECK DEFAULT COLLATE NOCASE RTRIM BINARY
"nocase" 'rtrim' REFERENCES p ON CONFLICT REPLACE IGNORE ABORT FAIL ROLLBACK DELETE UPDATE CASCADE SET RESTRICT NO
ACTION DEFERRABLE INITIALLY DEFERRED IMMEDIATE MATCH SIMPLE GENERATED ALWAYS AS STORED VIRTUAL AUTOINCREMENT WITHOUT
ROWID STRICT CONSTRAINT FOREIGN INDEX TABLE TRIGGER VIEW IF EXISTS TEMP WHERE AND OR IN IS LIKE GLOB BETWEEN CASE WHEN
END CAST rowid oid new old NULLS FIRST ASC DESC ( ) , ; . + - * / % || -> ->> = == <> != < > ~ 0 1 -1 +2 .5 1e3 0x1F
1_000 x'00' X'ff' '' 'it''s' "" NULL true FALSE CURRENT_DATE current_time t.a main.t main WITH RECURSIVE OVER FILTER
WINDOW key first row do raise end release other query replace likely""",
)
_WAYS = (
    *("delete", "double", "swap", "replace", "replace", "insert", "insert", "phrase", "phrase", "quote", "case"),
    *("space", "letter"),
)
_PHRASES = (
    "COLLATE NOCASE", "COLLATE RTRIM COLLATE BINARY", "NOT NULL", "DEFAULT (1)", "DEFAULT 'x'", "DEFAULT -5", "UNIQUE",
    "PRIMARY KEY", "CHECK (a > 0)", "CHECK (\"a\" <> \"b\")", "REFERENCES p", "REFERENCES t (a)", "ON DELETE CASCADE",
    "ON UPDATE SET DEFAULT", "ON CONFLICT IGNORE", "DEFERRABLE INITIALLY DEFERRED", "NOT DEFERRABLE", "CONSTRAINT k",
    "CONSTRAINT \"k k\"", "AS (1)", "GENERATED ALWAYS AS (a) STORED", "(3)", "(10, 2)", "(-1)", "IF NOT EXISTS",
    "/* ( */", "-- )\n", "NULL", "z INT", ", z TEXT", ", UNIQUE (a)", ", CHECK (1)", ", PRIMARY KEY (a)", "STRICT",
    ", FOREIGN KEY (a) REFERENCES p (x)", "WITHOUT ROWID", ", STRICT", "a", "(a)", "((a))", "(a COLLATE NOCASE)",
    "\ufeff", "\x0c", "\r\n", "ASC", "DESC", "NULLS LAST", "main.", "t.", "MATCH FULL", "ON INSERT CASCADE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A script, and which of its statements was changed."""

    statements: tuple[str, ...]
    changed: int

    @property
    def text(self) -> str:
        return self.statements[self.changed]


def mutants(seed: int) -> Iterator[Mutant]:
    """Mutants that SQLite takes, without end. Statements after the changed one that it no longer takes are left out."""
    dice = Random(seed)
    while True:
        script = dice.choice(SCRIPTS)
        at = dice.randrange(len(script))
        text = script[at]
        for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 5))):
            text = mutated(dice, text)
        if text != script[at] and (taken := _taken((*script[:at], text, *script[at + 1 :]), at)) is not None:
            yield taken


def mutated(dice: Random, text: str) -> str:
    """The text with one change."""
    tokens = [found for found in _TOKEN.findall(text) if found.strip()]
    at = dice.randrange(len(tokens))
    token = tokens[at]
    match dice.choice(_WAYS):
        case "delete":
            del tokens[at]
        case "double":
            tokens.insert(at, token)
        case "swap":
            other = dice.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], token
        case "replace":
            tokens[at] = dice.choice((*_WORDS, dice.choice(tokens)))
        case "insert":
            tokens.insert(at, dice.choice((*_WORDS, dice.choice(tokens))))
        case "phrase":
            tokens.insert(at, dice.choice(_PHRASES))
        case "quote" if token.isidentifier():
            opening, closing_ = dice.choice(('""', "[]", "``", "''"))
            tokens[at] = opening + token + closing_
        case "case":
            tokens[at] = token.swapcase()
        case "space":
            tokens[at] = dice.choice(("/**/", "\n", "\t", "--x\n", "/*'*/", "\x0c")) + token
        case _:
            middle = dice.randrange(len(token) + 1)
            tokens[at] = (
                token[:middle] + dice.choice(("é", "\u00a0", "$", "_", "1", "'", '"', "]", "x")) + token[middle:]
            )
    return " ".join(tokens)


def _taken(statements: tuple[str, ...], changed: int) -> Mutant | None:
    kept: list[str] = []
    with closing(sqlite3.connect(":memory:")) as connection:
        for number, sql in enumerate(statements):
            try:
                connection.execute(sql)
            except (sqlite3.Error, sqlite3.Warning):
                if number == changed:
                    return None
            else:
                kept.append(sql)
        made = connection.execute("SELECT count(*) FROM sqlite_master").fetchall()[0][0]
    return Mutant(tuple(kept), kept.index(statements[changed])) if made else None


# -- what SQLite tells


def facts(connection: sqlite3.Connection) -> dict[str, object]:
    """All that SQLite tells of the main database, by what it is about; names and types as it compares them."""
    found: dict[str, object] = {}
    connection.execute("PRAGMA foreign_keys = ON")

    def ask(sql: str) -> list[tuple[Any, ...]]:
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.Error as error:  # of a view that makes no sense
            return [(_low(str(error)),) * 7]

    listed = [row for row in ask("PRAGMA main.table_list") if row[0] == "main" and not row[1].startswith("sqlite_")]
    for _, name, kind, _, without_rowid, strict in listed:
        quoted = '"' + _low(name).replace('"', '""') + '"'
        if kind not in ("table", "view"):
            found[f"{kind} {_low(name)}"] = None
            continue
        columns = ask(f"PRAGMA main.table_xinfo({quoted})")
        found[f"{kind} {_low(name)}"] = (
            (without_rowid, strict),
            [(_low(column), _type(type_), notnull, _bare(default), pk, hidden)
             for _, column, type_, notnull, default, pk, hidden in columns],
        )  # fmt: skip
        if kind == "table":
            indexes = [*_indexes(connection, quoted)]
            found[f"indexes of {_low(name)}"] = Counter(indexes)
            # Of two keys that are in the way the first one's conflict clause holds.
            found[f"keys of {_low(name)}"] = [index for index in indexes if index[2] != "c"]
            found[f"foreign keys of {_low(name)}"] = Counter(
                _references(ask(f"PRAGMA main.foreign_key_list({quoted})"))
            )
        for sql in _uses(quoted, kind, columns):
            found[sql] = _program(connection, sql)
    for kind, name, table in ask("SELECT type, name, tbl_name FROM main.sqlite_master WHERE type = 'trigger'"):
        found[f"{kind} {_low(name)}"] = _low(table)
    return found


def _uses(quoted: str, kind: str, columns: list[tuple[object, ...]]) -> Iterator[str]:
    """Statements whose programs show what checks, defaults, keys, collations, conflict clauses and triggers do."""
    names = ['"' + _low(str(row[1])).replace('"', '""') + '"' for row in columns if row[6] == 0]
    yield f"SELECT * FROM {quoted}"
    yield f"DELETE FROM {quoted}"
    if kind == "table":
        yield f"INSERT INTO {quoted} DEFAULT VALUES"
    for name in names:
        yield f"UPDATE {quoted} SET {name} = {name} || 'x'"
        yield f"SELECT 1 FROM {quoted} WHERE {name} = 'x' ORDER BY {name}"
        yield f"SELECT 1 FROM {quoted} WHERE {name} > 2 AND {name} IS NOT NULL"


def _program(connection: sqlite3.Connection, sql: str) -> object:
    """What SQLite would do, whatever the order: opcodes with their operands that are no places and no spelling."""
    try:
        rows = connection.execute(f"EXPLAIN {sql}").fetchall()
    except sqlite3.Error as error:  # which of two foreign keys is wrong depends on their order
        return re.sub(r"\W+", " ", str(error)).lower().partition("mismatch")[0]
    found: Counter[object] = Counter()
    for _, opcode, p1, p2, _, p4, p5, _ in rows:
        match opcode:
            case "Trace" | "Explain" | "Noop" | "SCopy" | "Copy" | "IntCopy" | "Goto" | "Null" | "Rowid" | "Move":
                pass  # where values are kept meanwhile depends on the order of the keys
            case "Column":
                if p4:  # what stands for values in rows that were written before the column came
                    found[opcode, _low(p4)] = 1
            case "IdxInsert":
                found[opcode, p5] += 1
            case "Halt":  # p1: the error, p2: what becomes of the statement; p4: the message
                found[opcode, p1, p2 if p1 else 0] += 1
            case "Integer":
                found[opcode, p1] += 1
            case "String8" | "Real" | "Int64" | "Blob" | "Affinity" | "MakeRecord" | "TypeCheck":
                found[opcode, _low(p4 or "")] += 1
            case "FkCounter":
                found[opcode, p1, p2] += 1
            case _ if sql.startswith("SELECT") and (opcode == "OpenRead" or not re.search("[a-z]", _low(p4 or ""))):
                pass  # which of two indexes that do as well depends on their order
            case _:
                shown = (p4 or "") if opcode not in ("OpenRead", "OpenWrite", "Program", "Param", "ParseSchema") else ""
                found[opcode, _low(shown), p5 if opcode in ("Insert", "Delete") else 0] += 1
    return found


def _indexes(connection: sqlite3.Connection, quoted: str) -> Iterator[tuple[object, ...]]:
    for _, index, unique, origin, partial in connection.execute(f"PRAGMA main.index_list({quoted})").fetchall():
        name = '"' + index.replace('"', '""') + '"'
        columns = [
            (cid if cid < 0 else _low(column), desc, _low(collation), key)
            for _, cid, column, desc, collation, key in connection.execute(
                f"PRAGMA main.index_xinfo({name})"
            ).fetchall()
        ]
        yield (_low(index) if origin == "c" else "", unique, origin, partial, tuple(columns))


def _references(rows: list[tuple[object, ...]]) -> Iterator[object]:
    for number in {row[0] for row in rows}:
        own = sorted((row for row in rows if row[0] == number), key=lambda row: str(row[1]).zfill(4))
        columns = tuple((_low(str(row[3])), None if row[4] is None else _low(str(row[4]))) for row in own)
        yield (_low(str(own[0][2])), columns, *own[0][5:7])


def _low(text: str) -> str:
    return re.sub("[A-Z]+", lambda found: found[0].lower(), text)


def _type(text: str) -> str:
    """A type as it is compared: quotes are part of it no more than white space beside a sign."""
    return _low(re.sub(r"\s*([(),+-])\s*", r"\1", " ".join(text.split())))


def _bare(default: str | None) -> str | None:
    """A default without white space, comments and parentheses around it: whether it does the same, programs tell."""
    return default if default is None else "a default"
