"""The canonical printer: SQLite keeps SQL as it was typed, so two spellings of one meaning are evened out here.

Works on tokens alone. Comments and white space go, keywords are upper case, names are folded (SQLite does not
tell the case of ASCII letters in names apart) and unquoted where they can be, strings and numbers stay.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from reconcile.dialects.sqltext import SQLITE


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that can never be a bare name (those without a fallback in SQLite's parse.y).
RESERVED = _words(
    """ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT DEFERRABLE
    DELETE DISTINCT DROP ELSE ESCAPE EXCEPT EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS
    ISNULL JOIN LIMIT NOT NOTHING NOTNULL NULL ON OR ORDER PRIMARY REFERENCES RETURNING SELECT SET TABLE THEN TO
    TRANSACTION UNION UNIQUE UPDATE USING VALUES WHEN WHERE"""
)
# Words with a meaning that may also be names: keywords unless something here is called so.
_SOFT = _words(
    """ABORT AFTER ASC BEFORE BEGIN BY CASCADE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DEFERRED
    DESC DO EACH END EXCLUDE FAIL FALSE FILTER FIRST FOLLOWING FOR FULL GLOB IGNORE INNER INSTEAD LAST LEFT LIKE
    MATCH MATERIALIZED NATURAL NULLS OF OFFSET OTHERS OUTER OVER PARTITION PRECEDING RANGE RECURSIVE REGEXP
    RIGHT ROLLBACK ROW ROWS TIES TRIGGER TRUE UNBOUNDED VIEW WINDOW WITH WITHOUT"""
)
_KEYWORDS = RESERVED | _SOFT
# Soft words that go on with a phrase, and the words after which they do.
_PHRASES: dict[str, frozenset[str]] = defaultdict(frozenset) | {
    word: _words(before)
    for words, before in {
        "GLOB LIKE MATCH REGEXP": "NOT",
        "ABORT FAIL IGNORE ROLLBACK": "OR",
        "BY": "ORDER GROUP PARTITION",
        "MATERIALIZED": "AS NOT",
        "RECURSIVE": "WITH",
        "EACH": "FOR",
        "ROW": "EACH CURRENT",
        "BEGIN": "ROW",
        "OF": "INSTEAD UPDATE",
        "FIRST LAST": "NULLS",
        "OUTER": "LEFT RIGHT FULL",
        "CROSS FULL INNER LEFT RIGHT": "NATURAL",
        "UNBOUNDED": "BETWEEN AND ROWS RANGE groups",
        "CURRENT": "BETWEEN AND ROWS RANGE groups EXCLUDE",
        "FOLLOWING PRECEDING": "UNBOUNDED",
        "OTHERS TIES": "EXCLUDE no",
        "TRIGGER VIEW": "CREATE",
    }.items()
    for word in words.split()
}
_ASCII = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_NO_NAMES: frozenset[str] = frozenset()


class Lexeme(NamedTuple):
    """A token that means something. ``upper``: a word in upper case, so that it can be a keyword; else as it stands."""

    kind: str  # word, ident, string, number, op
    text: str
    upper: str


@lru_cache(maxsize=2048)
def fold(name: str) -> str:
    """The name as SQLite compares it: only ASCII letters lose their case."""
    return name.lower() if name.isascii() else name.translate(_ASCII)


# SQLite's tokens (tokenize.c): what is not ASCII is a letter there, be it a space to others. What lies between tokens
# is white space; an unfinished one runs to the end.
_TOKEN = re.compile(
    r"""[\ \t\n\f\r\ufeff]*(
      [xX]'[^']*'|[A-Za-z_\x80-\ufefe\uff00-\U0010ffff][\w$\x80-\U0010ffff]*  # blobs, words
    | [(),]
    | --[^\n]*|/\*.*?(?:\*/|\Z)                         # comments
    | '(?:[^']|'')*'                                      # strings
    | "(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]            # quoted names
    | 0[xX][\da-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?
    | <=|>=|<>|<<|>>|!=|==|\|\||->>?|[^\ \t\n\f\r\ufeff]
    )""",
    re.ASCII | re.DOTALL | re.VERBOSE,
)
_LETTER = r"\x80-\ufefe\uff00-\U0010ffff"
_NAME = re.compile(rf"[A-Za-z_{_LETTER}][\w${_LETTER}]*", re.ASCII)
_NUMBER = r"\ *[+-]?\ *\d[\w.]*\ *"
_TYPE = re.compile(rf"{_NAME.pattern}(?:\ +{_NAME.pattern})*\ *(?:\({_NUMBER}(?:,{_NUMBER})?\))?", re.ASCII)
# The same in larger pieces. Outside parentheses: up to the first; inside: what has no comma outside its own.
_QUOTED = r"""--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]"""
_OUTSIDE = re.compile(rf"""(?:[^('"`\[/-]+|{_QUOTED}|[^(])*\(""", re.DOTALL)
_INSIDE = re.compile(
    rf"""[^(),'"`\[/-]+(?:\([^()'"`\[/-]*\)[^(),'"`\[/-]*)*|{_QUOTED}|.""",
    re.DOTALL,
)


def lex(text: str) -> list[Lexeme]:
    """The tokens without white space and comments."""
    pieces = _TOKEN.findall(text)
    if "--" in text or "/*" in text:
        pieces = [piece for piece in pieces if not piece.startswith(("--", "/*"))]
    return [*map(_lexeme, pieces)]


def place(text: str, number: int) -> int:
    """Where the token of this number, as ``lex`` counts them, begins; the end of the text if there are fewer."""
    starts = [match.start(1) for match in _TOKEN.finditer(text) if not match[1].startswith(("--", "/*"))]
    return starts[number] if number < len(starts) else len(text)


def cut(text: str) -> tuple[int, list[str], int]:
    """The pieces between the commas in the first parentheses of the text: where they begin, they, where they end.

    No pieces where it has no parentheses that close.
    """
    pieces: list[str] = []
    opening = _OUTSIDE.match(text)
    if opening is None:
        return 0, [], len(text)
    depth, first = 1, opening.end()
    start = at = first
    for chunk in _INSIDE.findall(text, first):
        if chunk == ",":
            if depth == 1:
                pieces.append(text[start:at])
                start = at + 1
        elif chunk == "(":
            depth += 1
        elif chunk == ")":
            depth -= 1
            if depth == 0:
                pieces.append(text[start:at])
                return first, pieces, at
        at += len(chunk)
    return first, [], at


@lru_cache(maxsize=2048)
def _lexeme(piece: str) -> Lexeme:
    """The lexeme of a piece of text: schemas say the same words over and over."""
    first = piece[0]
    if first.isalpha() or first == "_" or first > "\x7f":
        if first in "xX" and piece[1:2] == "'":
            return Lexeme("string", piece, piece)
        return Lexeme("word", piece, piece.upper() if piece.isascii() else piece)  # "ſelect" is no keyword
    if first in '"`[' and len(piece) > 1:
        return Lexeme("ident", piece, piece)
    if first == "'":
        return Lexeme("string", piece, piece)
    if first in "0123456789" or (first == "." and len(piece) > 1):
        return Lexeme("number", piece, piece)
    return Lexeme("op", piece, piece)


def plain_words(tokens: Sequence[Lexeme]) -> set[str]:
    """The folded words that are no keywords."""
    return {fold(token.text) for token in tokens if token.kind == "word" and token.upper not in _KEYWORDS}


def name_of(lexeme: Lexeme) -> str:
    """The name a word, quoted identifier or (SQLite's leniency) string stands for, in its own spelling."""
    return lexeme.text if lexeme.kind == "word" else SQLITE.unquote(lexeme.text)


def stripped(tokens: Sequence[Lexeme]) -> Sequence[Lexeme]:
    """``((x))`` → ``x``."""
    while len(tokens) > 2 and tokens[0].text == "(" and closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def closing(tokens: Sequence[Lexeme], opening: int) -> int:
    """The index of the parenthesis that closes the one at ``opening``; the end if there is none."""
    depth = 0
    for index in range(opening, len(tokens)):
        token = tokens[index]
        if token.kind == "op":
            if token.text == "(":
                depth += 1
            elif token.text == ")":
                depth -= 1
                if depth == 0:
                    return index
    return len(tokens)


def canonical(tokens: Sequence[Lexeme], names: Set[str] = _NO_NAMES, *, own: str | None = None) -> str:
    """The one spelling of these tokens.

    ``names``: folded names that are known to mean something, for in SQLite a double-quoted word that names
    nothing is a string (then it is kept as it stands). ``own``: the folded name of the table that an
    expression belongs to; ``own.column`` means ``column``.
    """
    pieces: list[str] = []
    last = ""  # what decides the space: "", "(", ".", ",", "name", "key", "op", "unary", "value"
    index, count = 0, len(tokens)
    while index < count:
        token = tokens[index]
        following = tokens[index + 1].text if index + 1 < count else ""
        kind, text = token.kind, token.text
        if own is not None and following == "." and last != "." and kind in ("word", "ident"):
            is_own = fold(name_of(token)) == own
            if is_own:
                index += 2
                continue
        role = "value"
        if kind == "word":
            text, role = _word(token, names, pieces, last, qualified="." in (last, following))
        elif kind == "ident":
            text, role = _quoted(token, names, qualified="." in (last, following)), "name"
        elif kind == "op":
            if text in "(.,);":
                role = text
            else:
                role = "unary" if text in "+-~" and last in ("", "(", ",", "op", "key", "unary") else "op"
        elif kind == "number":
            text = text.lower()
        elif kind == "string" and text[0] == "x":
            text = "X" + text[1:]
        if pieces and _spaced(last, role, pieces[-1], text):
            pieces.append(" ")
        pieces.append(text)
        last = "value" if role == ")" else role
        index += 1
    return "".join(pieces)


def _spaced(last: str, role: str, before: str, text: str) -> bool:
    if role in ("),.;") or last in ("(", "."):
        return role == "." and last in ("op", "key", ",")
    if role == "(":
        return last != "name"
    if last == "unary":
        return text[0] in "+-" and before in "+-"
    return True


def _word(token: Lexeme, names: Set[str], before: Sequence[str], last: str, *, qualified: bool) -> tuple[str, str]:
    upper = token.upper
    if upper in _KEYWORDS and not qualified:
        if upper in RESERVED or fold(token.text) not in names:
            return upper, "key"
        # Something here is called so: it is a keyword where no name can stand, and where a phrase is not at its end.
        said = ["", "", *(piece for piece in before[-4:] if piece != " ")]
        goes_on = said[-1] in _PHRASES[upper] or said[-2:] == ["raise", "("]
        if goes_on or last in ("", "name", "value", ";"):
            return upper, "key"
    return bare(token.text) if upper in _KEYWORDS else fold(token.text), "name"


def _quoted(token: Lexeme, names: Set[str], *, qualified: bool) -> str:
    name = SQLITE.unquote(token.text)
    if not qualified and fold(name) not in names and (token.text[0] == '"' or not _is_bare(fold(name))):
        return token.text  # in double quotes it is a string, and in others it must not become one
    return bare(name)


@lru_cache(maxsize=4096)
def bare(name: str) -> str:
    """The folded name, in quotes only where it needs them."""
    folded = fold(name)
    return folded if _is_bare(folded) else SQLITE.ident(folded)


def _is_bare(folded: str) -> bool:
    """Whether a name needs no quotes: of CAST and RAISE, only in quotes can something be called so."""
    return _NAME.fullmatch(folded) is not None and folded.upper() not in _KEYWORDS | {"CAST", "RAISE"}


@lru_cache(maxsize=4096)
def canonical_type(text: str) -> str:
    """A declared type, as ``PRAGMA table_xinfo`` gives it: ``VARCHAR ( 80 )`` → ``varchar(80)``.

    SQLite keeps what stood there to the letter, with quotes and comments inside, and looks for INT, CHAR and their
    like in all of it (datatype3.html, 3.1): what is not plain stays as it is, but for the case of its letters.
    """
    if not is_type(text):
        return fold(text)
    pieces: list[str] = []
    for token in lex(text):
        joins = not pieces or token.text in "(),." or pieces[-1] in "(,.+-"
        pieces.append(fold(token.text) if joins else f" {fold(token.text)}")
    return "".join(pieces)


@lru_cache(maxsize=4096)
def canonical_default(text: str) -> str:
    """A DEFAULT as ``PRAGMA table_xinfo`` gives it. A lone bare word is a string to SQLite: it keeps its case."""
    tokens = stripped(lex(text))
    if len(tokens) == 1 and tokens[0].kind == "word" and tokens[0].upper not in CONSTANTS:
        return tokens[0].text
    return canonical(tokens)


@lru_cache(maxsize=4096)
def is_type(text: str) -> bool:
    """Whether a type can be written as it stands: words, and perhaps one or two numbers in parentheses after them."""
    return _TYPE.fullmatch(text) is not None and RESERVED.isdisjoint(text.upper().split())


# The words that stand for a value of their own after DEFAULT.
CONSTANTS = frozenset({"NULL", "TRUE", "FALSE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP"})


def is_plain_default(expression: str) -> bool:
    """Whether a canonical default can be written without parentheses."""
    tokens = lex(expression)
    if len(tokens) == 2 and tokens[0].text in "+-":
        return tokens[1].kind == "number"
    return len(tokens) == 1
