"""Asking the catalog: queries by name, and text without the database's own name in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, pairwise
from typing import Any

from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.session import MySqlSession
from reconcile.dialects.sqltext import MYSQL, Token

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The connected database's catalog."""

    session: MySqlSession

    @property
    def features(self) -> Features:
        return self.session.features

    def rows(self, name: str) -> list[Row]:
        """The rows of the query in ``name.sql``, or ``name.mariadb.sql`` / ``name.mysql.sql`` where they differ."""
        # The database's name goes in as text: the server looks into one folder only for a literal.
        here = MYSQL.literal(self.session.database)
        return self.session.query(query_text(name, self.features.catalog).replace(":database", here))

    def expression(self, text: str) -> str:
        """An expression as the server would print it in SHOW CREATE TABLE, without the database's own name."""
        if self.features.escaped_expressions:
            text = text.replace("\\'", "'")
        return self.local(text)

    def whole(self, text: str, table: str) -> str:
        """An expression of a table with all its letters.

        The catalog's own columns are utf8mb3: for a letter beyond the basic plane it gives four question marks, and
        SHOW CREATE TABLE the letter (MariaDB).
        """
        if _LOST not in text:
            return text
        (shown,) = self.shown([("TABLE", table)]).values()
        letters = [_LOST if _BEYOND.match(letter) else letter for letter in shown]
        start = "".join(letters).find(text)
        if start < 0:
            return text
        ends = list(accumulate(map(len, letters), initial=0))
        return shown[ends.index(start) : ends.index(start + len(text))]

    def shown(self, named: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
        """What SHOW CREATE says of these (kind, name): of what the catalog does not tell all."""
        named = tuple(named)
        rows = self.session.query_each([f"SHOW CREATE {kind} {MYSQL.ident(name)}" for kind, name in named])
        return {key: str(row[_SHOWN_IN.get(key[0], 2)]) for key, row in zip(named, rows, strict=True)}

    def bodies(self, programs: Iterable[tuple[str, str, str | None, str]]) -> Mapping[tuple[str, str], str | None]:
        """The bodies of programs (kind, name, body in the catalog, sql_mode) as they were written; None: untold.

        The catalog undoes some of the escapes in literals and leaves their introducers out, and gives a question mark
        for a letter beyond the basic plane. So where there is a backslash or such a mark only SHOW CREATE is exact.
        """
        told: dict[tuple[str, str], str | None] = {}
        inexact: dict[tuple[str, str], tuple[str, bool]] = {}
        for kind, name, text, sql_mode in programs:
            body = None if text is None else text.strip()
            escapes = "NO_BACKSLASH_ESCAPES" not in sql_mode
            if body is not None and ("?" in body or ("\\" in body and escapes)):
                inexact[kind, name] = (body, escapes)
            else:
                told[kind, name] = body and self.local(body)
        for key, statement in self.shown(inexact).items():
            told[key] = self._written(statement.strip(), *inexact[key])
        return told

    def _written(self, statement: str, body: str, escapes: bool) -> str | None:
        """The end of the statement of which the catalog would make this body."""
        for token in MYSQL.words(statement):
            if token.text[:1].lower() == body[:1].lower():
                end = statement[token.start :]
                told = catalog_text(end) if escapes else end
                if _BEYOND.sub("?", told) == _BEYOND.sub("?", body):
                    return self.local(end)
        return None

    def local(self, text: str) -> str:
        """The text without qualifiers that name the connected database."""
        return "".join(without_qualifier(text, self.session.database))


_SHOWN_IN = {"TABLE": 1, "VIEW": 1, "EVENT": 3}  # which column; of the other programs it is the third
_LOST = "????"
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_KEPT_ESCAPES = frozenset("0bnrtZ%_")
_INTRODUCER = re.compile(r"_[a-z0-9]+\Z", re.IGNORECASE)


def catalog_text(text: str) -> str:
    """What information_schema makes of a program's body."""
    pieces: list[str] = []
    for token in MYSQL.tokens(text):
        if token.kind != "string" or len(token.text) < 2:
            pieces.append(token.text)
            continue
        if pieces and _INTRODUCER.match(pieces[-1]):
            pieces.pop()
        quote, inside = token.text[0], token.text[1:-1]
        parts = _ESCAPE.split(inside)
        parts[1::2] = [_undone(character, quote) for character in parts[1::2]]
        pieces.append(f"{quote}{''.join(parts)}{quote}")
    return "".join(pieces).strip()


_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def _undone(character: str, quote: str) -> str:
    if character in _KEPT_ESCAPES:
        return f"\\{character}"
    return character * 2 if character == quote else character


@cache
def query_text(name: str, flavour: str) -> str:
    """What is in ``name.sql``, or in ``name.flavour.sql``."""
    folder = files("reconcile.dialects.mysql.read")
    for candidate in (f"{name}.sql", f"{name}.{flavour}.sql"):
        file = folder.joinpath(candidate)
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise AssertionError(f"no query {name}")


def without_qualifier(text: str, database: str) -> Iterator[str]:
    """The pieces of ``text`` but for ``database.`` in front of another name."""
    if database not in text:
        yield text
        return
    tokens = list(MYSQL.tokens(text))
    index = 0
    while index < len(tokens):
        if qualifies(tokens, index, database):
            index += 2
            continue
        yield tokens[index].text
        index += 1


def qualifies(tokens: list[Token], index: int, database: str) -> bool:
    """Whether the token at ``index`` is the database's name and qualifies the name after it."""
    token = tokens[index]
    return (
        token.kind in ("ident", "word")
        and MYSQL.unquote(token.text) == database
        and index + 2 < len(tokens)
        and tokens[index + 1].text == "."
        and tokens[index + 2].kind in ("ident", "word")
        and (index == 0 or tokens[index - 1].text != ".")
    )


def names_in(text: str, *, ansi_quotes: bool = False) -> frozenset[str]:
    """Every identifier and word of the text: what it may mention."""
    return frozenset(
        token.text[1:-1].replace('""', '"') if token.kind == "string" else MYSQL.unquote(token.text)
        for token in MYSQL.tokens(text)
        if token.kind in ("ident", "word") or (ansi_quotes and token.kind == "string" and token.text[:1] == '"')
    )


def quoted_names_in(text: str) -> frozenset[str]:
    """Every quoted identifier of a text that the server printed: it quotes all names and nothing else."""
    return frozenset(MYSQL.unquote(t.text) for t in MYSQL.tokens(text) if t.kind == "ident")


def called_in(text: str) -> frozenset[str]:
    """Every quoted identifier with an opening parenthesis after it: the functions that are not the server's own."""
    words = MYSQL.words(text)
    return frozenset(
        MYSQL.unquote(word.text) for word, after in pairwise(words) if word.kind == "ident" and after.text == "("
    )


def grouped(rows: Iterable[Row], width: int) -> dict[Row, list[Row]]:
    """Rows by their first ``width`` values, in order."""
    found: dict[Row, list[Row]] = {}
    for row in rows:
        found.setdefault(row[:width], []).append(row[width:])
    return found
