"""SQL as text: quoting (the only place that escapes), tokens, and cutting scripts into statements.

Must not know: databases, objects, meaning. What differs between the three grammars is the Grammar value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL. ``kind``: word, ident (quoted), string, number, comment, space, other."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a script, without its final semicolon; line and column (1-based) of its first word."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Grammar:
    """The lexical facts of one database's SQL, and quoting by them."""

    quote: str  # around identifiers
    backslash: bool  # backslash escapes in strings (MySQL)
    dollar: bool  # $tag$…$tag$ strings and E'' (PostgreSQL)
    hash_comments: bool  # # to the end of line (MySQL)
    nested_comments: bool  # /* /* */ */ (PostgreSQL)
    other_quotes: str = ""  # further identifier quotes understood when reading: SQLite's ` and [
    double_quoted_strings: bool = False  # "…" is a string (MySQL without ANSI_QUOTES)
    bodies: frozenset[str] = field(default=frozenset())  # words before BEGIN … END bodies: TRIGGER, PROCEDURE …

    # -- quoting

    def ident(self, name: str) -> str:
        """A quoted identifier. Always quoted: no list of reserved words is ever complete."""
        if "\0" in name:
            raise ValueError("an identifier cannot hold a NUL character")
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def idents(self, names: Iterable[str]) -> str:
        """Quoted identifiers with commas between."""
        return ", ".join(self.ident(name) for name in names)

    def qualified(self, schema: str | None, name: str) -> str:
        """``"schema"."name"``, or ``"name"`` where there are no schemas."""
        return self.ident(name) if schema is None else f"{self.ident(schema)}.{self.ident(name)}"

    def literal(self, text: str) -> str:
        """A string literal."""
        if "\0" in text:
            raise ValueError("a string literal cannot hold a NUL character")
        escaped = text.replace("'", "''")
        if self.backslash:
            escaped = escaped.replace("\\", "\\\\")
        return f"'{escaped}'"

    def unquote(self, text: str) -> str:
        """The name an identifier token (quoted or not) stands for."""
        if text[:1] == "[" and text[-1:] == "]":
            return text[1:-1]
        if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"`'":
            return text[1:-1].replace(text[0] * 2, text[0])
        return text

    # -- reading

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = []
        if self.dollar:
            parts += [r"(?P<dollar>\$(?:[^\W\d]\w*)?\$)", r"(?P<estring>\b[eE]'(?:[^'\\]|''|\\.)*')"]
        if self.backslash:
            parts.append(
                r"(?P<string>'(?:[^'\\]|''|\\.)*'" + (r'|"(?:[^"\\]|""|\\.)*")' if self.double_quoted_strings else ")")
            )
        else:
            parts.append(r"(?P<string>'(?:[^']|'')*')")
        quotes = ("" if self.double_quoted_strings else '"') + (self.quote + self.other_quotes).replace('"', "")
        idents = [rf"{q}(?:[^{q}]|{q}{q})*{q}" for q in quotes if q not in "[]"]
        if "[" in quotes:
            idents.append(r"\[[^\]]*\]")
        parts.append(f"(?P<ident>{'|'.join(idents)})")
        comment = r"--[^\n]*" if not self.backslash else r"--(?=\s|$)[^\n]*"
        if self.hash_comments:
            comment += r"|#[^\n]*"
        parts.append(f"(?P<comment>{comment})")
        parts.append(r"(?P<block>/\*)")
        parts += [r"(?P<word>[^\W\d][\w$]*)", r"(?P<number>\d[\w.]*)", r"(?P<space>\s+)", r"(?P<other>.)"]
        return re.compile("|".join(parts), re.DOTALL)

    def tokens(self, text: str) -> Iterator[Token]:
        """Every token, white space and comments included: joined they are the text again."""
        position = 0
        while position < len(text):
            match = self._pattern.match(text, position)
            assert match is not None, "the pattern ends in 'any character'"
            kind, end = match.lastgroup or "other", match.end()
            if kind == "dollar":
                close = text.find(match.group(), end)
                end = len(text) if close < 0 else close + len(match.group())
                kind = "string"
            elif kind == "estring":
                kind = "string"
            elif kind == "block":
                end = self._block_end(text, position)
                kind = "comment"
            yield Token(kind, text[position:end], position)
            position = end

    def _block_end(self, text: str, start: int) -> int:
        depth, position = 0, start
        while position < len(text):
            if text.startswith("/*", position) and (depth == 0 or self.nested_comments):
                depth, position = depth + 1, position + 2
            elif text.startswith("*/", position):
                depth, position = depth - 1, position + 2
                if depth == 0:
                    return position
            else:
                position += 1
        return len(text)

    def words(self, text: str) -> list[Token]:
        """Tokens without white space and comments."""
        return [token for token in self.tokens(text) if token.kind not in ("space", "comment")]

    def split(self, script: str) -> Iterator[Statement]:
        """The statements of a script, in order. Knows BEGIN … END bodies and MySQL's DELIMITER lines."""
        yield from _Splitter(self, script).statements()


class _Splitter:
    """Walks a script once. Not a value: it holds the place it has reached."""

    def __init__(self, grammar: Grammar, script: str) -> None:
        self.grammar, self.script = grammar, script

    def statements(self) -> Iterator[Statement]:
        delimiter = ";"
        tokens = list(self.grammar.tokens(self.script))
        index, start, depth, body = 0, None, 0, False
        head: list[str] = []
        parens = 0
        skip_to = 0
        while index < len(tokens):
            token = tokens[index]
            index += 1
            if token.start < skip_to:
                continue
            if token.kind == "word" and start is None and token.text.lower() == "delimiter" and self.grammar.backslash:
                line_end = self.script.find("\n", token.start)
                line_end = len(self.script) if line_end < 0 else line_end
                delimiter = self.script[token.end : line_end].strip() or ";"
                skip_to = line_end
                continue
            at_delimiter = self.script.startswith(delimiter, token.start) and token.kind not in (
                "string",
                "ident",
                "comment",
            )
            if at_delimiter and (delimiter != ";" or (depth == 0 and parens == 0)):
                if start is not None:
                    yield self._statement(start, token.start)
                start, depth, body, head, parens = None, 0, False, [], 0
                skip_to = token.start + len(delimiter)
                continue
            if token.kind in ("space", "comment"):
                continue
            if start is None:
                start = token.start
            if token.text in "()" and token.kind == "other":
                parens += 1 if token.text == "(" else -1
            if token.kind == "word":
                word = token.text.upper()
                if len(head) < 12:
                    head.append(word)
                    body = body or (head[0] == "CREATE" and word in self.grammar.bodies)
                if body:
                    depth += self._nesting(word, tokens, index, depth)
        if start is not None:
            yield self._statement(start, len(self.script))

    def _nesting(self, word: str, tokens: list[Token], after: int, depth: int) -> int:
        """How a word inside a body changes the depth of BEGIN … END, CASE … END, IF … END IF."""
        if word == "BEGIN":
            return 1
        if word == "CASE" and depth:
            return 1
        if word == "END" and depth:
            following = next((t for t in tokens[after:] if t.kind not in ("space", "comment")), None)
            closes_flow = following is not None and following.text.upper() in {"IF", "LOOP", "WHILE", "REPEAT", "FOR"}
            return 0 if closes_flow else -1
        return 0

    def _statement(self, start: int, end: int) -> Statement:
        line = self.script.count("\n", 0, start) + 1
        column = start - (self.script.rfind("\n", 0, start) + 1) + 1
        return Statement(self.script[start:end].rstrip(), line, column)


POSTGRESQL = Grammar(
    quote='"',
    backslash=False,
    dollar=True,
    hash_comments=False,
    nested_comments=True,
    bodies=frozenset({"FUNCTION", "PROCEDURE"}),
)
MYSQL = Grammar(
    quote="`",
    backslash=True,
    dollar=False,
    hash_comments=True,
    nested_comments=False,
    double_quoted_strings=True,
    bodies=frozenset({"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"}),
)
SQLITE = Grammar(
    quote='"',
    backslash=False,
    dollar=False,
    hash_comments=False,
    nested_comments=False,
    other_quotes="`[",
    bodies=frozenset({"TRIGGER"}),
)
