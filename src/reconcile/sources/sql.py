"""SQL files as a desired state: cut into statements that remember their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from reconcile.dialects.base import Dialect
from reconcile.dialects.sqltext import Grammar
from reconcile.errors import Place, SourceError
from reconcile.scratch.realise import Declared, NotRealised, Stated
from reconcile.sources.base import Declaration, Target
from reconcile.state import Key, State
from reconcile.state.digest import text_digest

# A desired state has no transactions of its own: dumps bracket themselves in these.
_BRACKETS = re.compile(r"(?:BEGIN|START|COMMIT|END)(?:\s+(?:TRANSACTION|WORK|DEFERRED|IMMEDIATE|EXCLUSIVE))*", re.I)
# On a server shared with the live database these would leave the scratch database.
_ELSEWHERE = re.compile(
    r"(?:USE|ATTACH|DETACH|(?:CREATE|DROP|ALTER)\s+(?:DATABASE|ROLE|GROUP|TABLESPACE|SYSTEM|USER(?!\s+MAPPING))"
    r"|REASSIGN\s+OWNED|DROP\s+OWNED|COMMENT\s+ON\s+(?:DATABASE|TABLESPACE|ROLE)"
    r"|(?:GRANT|REVOKE)\s+[^;()]*\sON\s+(?:DATABASE|TABLESPACE|PARAMETER))\b",
    re.I,
)
# It connects to another server, unless it is told not to.
_CONNECTS = re.compile(r"CREATE\s+SUBSCRIPTION\b(?!.*\bconnect\s*=\s*'?(?:false|off|0|no)\b)", re.I | re.S)
_CHANGING = frozenset({"CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "INSERT", "REPLACE", "UPDATE", "DELETE"})
_BODY = frozenset({"AS", "BEGIN", "FOR", "SELECT", "SET", "VALUES", "WHEN", "WHERE"})
_OWN = frozenset({"main", "temp"})  # SQLite's names for the database itself
_SHOWN = 70


@dataclass(frozen=True, slots=True)
class SqlSource:
    """One SQL script."""

    path: Path
    shown: str

    @property
    def spec(self) -> str:
        return self.shown

    def fingerprint(self, target: Target) -> str | None:
        del target
        return text_digest(read_text(self.path, self.shown))

    def declare(self, target: Target) -> Declaration:
        dialect = target.dialect
        text = read_text(self.path, self.shown)
        every = statements_of(text, self.shown, dialect)
        about = {stated: _subject(stated.sql, dialect) for stated in every}
        shared = tuple(
            Declared(name=str(key), statements=(stated,), origin=self.spec, movable=False, shared=True, makes=key)
            for stated, key in about.items()
            if key is not None
        )
        statements = tuple(stated for stated, key in about.items() if key is None)
        secrets = dialect.shared is not None and any(dialect.shared.secret(s.sql) for u in shared for s in u.statements)
        return Declaration(
            units=(*shared, Declared(name=self.shown, statements=statements, origin=self.spec, movable=False)),
            notes=(f"{self.spec}: passwords are left out: set them by hand",) if secrets else (),
        )

    def blame(self, failure: NotRealised) -> SourceError:
        beginning = " ".join(failure.statement.sql.split())
        if len(beginning) > _SHOWN:
            beginning = beginning[: _SHOWN - 1] + "…"
        return SourceError(
            f"{failure.error.message}\n  in: {beginning}",
            place=failure.statement.place,
            hint=failure.error.hint,
        )

    def check(self, state: State) -> None:
        del state


def read_text(path: Path, shown: str) -> str:
    """The file's text. Raises SourceError where it cannot be read or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourceError("the file is not UTF-8", place=Place(shown, line), hint="save it as UTF-8") from None
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", place=Place(shown)) from None


def _subject(statement: str, dialect: Dialect) -> Key | None:
    """Which of the things that databases share the statement is about, where that is managed."""
    return dialect.shared.subject(statement) if dialect.shared is not None and dialect.manages_shared else None


def _reach(statement: str, dialect: Dialect) -> tuple[str, str]:
    """How the statement would leave the scratch database, and what to do; two empty texts: it does not."""
    beginning = _ELSEWHERE.match(statement)
    about = dialect.shared.subject(statement) if dialect.shared is not None else None
    if about is None:
        hint = "a desired state describes one database; take this statement out"
        return (" ".join(beginning.group().upper().split()), hint) if beginning else ("", "")
    if dialect.manages_shared:
        return "", ""
    words = " ".join(beginning.group().upper().split()) if beginning else f"this about {about}"
    return words, f"take this statement out, or let it be managed: 'manage: [{about.kind}s]'"


def statements_of(text: str, shown: str, dialect: Dialect) -> tuple[Stated, ...]:
    """The statements of a script, each with its place. Raises SourceError for what is not the server's SQL."""
    grammar = dialect.grammar
    _refuse_client_commands(text, shown, grammar)
    found: list[Stated] = []
    for statement in grammar.split(text):
        place = Place(shown, statement.line, statement.column)
        bare = statement.text.strip()
        if _BRACKETS.fullmatch(bare):
            continue
        reach, hint = _reach(bare, dialect)
        if reach:
            raise SourceError(f"{reach} reaches outside of the database", place=place, hint=hint)
        if _CONNECTS.match(bare):
            raise SourceError(
                "CREATE SUBSCRIPTION would connect to the publisher",
                place=place,
                hint="write WITH (connect = false); the connection itself is neither compared nor kept",
            )
        # ``a.b`` is a table b in a schema a; else in a *database* a, which is not the scratch one.
        if not dialect.namespaces and (other := _other_database(bare, grammar)):
            raise SourceError(
                f"{other} names a database",
                place=place,
                hint="a desired state is made real in a database of another name; take the qualifier off",
            )
        found.append(Stated(sql=statement.text, place=place))
    return tuple(found)


def _other_database(statement: str, grammar: Grammar) -> str | None:
    """``database.table`` where the statement names what it changes; what it only reads does no harm."""
    words = grammar.words(statement)
    if not words or words[0].text.upper() not in _CHANGING:
        return None
    for first, dot, second in zip(words, words[1:], words[2:], strict=False):
        if first.text == "(" or first.text.upper() in _BODY:
            return None
        if dot.text == "." and first.kind in ("word", "ident") and grammar.unquote(first.text).lower() not in _OWN:
            return f"{first.text}.{second.text}"
    return None


def _refuse_client_commands(text: str, shown: str, grammar: Grammar) -> None:
    """``\\connect``, ``.read``: words to psql and sqlite3, not to the server. Only at the start of a line."""
    line_start = True
    for token in grammar.tokens(text):
        if line_start and token.kind == "other" and token.text in "\\.":
            end = text.find("\n", token.start)
            command = text[token.start : end if end >= 0 else len(text)].split()[0]
            if token.text == "\\" or command[1:2].isalpha():
                line = text.count("\n", 0, token.start) + 1
                raise SourceError(
                    f"{command} is a command of the client program, not SQL",
                    place=Place(shown, line, 1),
                    hint="a desired state is run without psql or sqlite3; write what the command does in SQL",
                )
        line_start = token.text.endswith("\n") or (token.kind == "space" and "\n" in token.text)
