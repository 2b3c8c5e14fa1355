"""CREATE TABLE and CREATE INDEX as SQLite keeps them → what they say. Tokens in, tokens out; no objects, no keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from reconcile.dialects.sqlite.text import RESERVED, Lexeme, closing, cut, fold, lex, name_of, place, stripped
from reconcile.dialects.sqltext import SQLITE

Tokens = Sequence[Lexeme]

_KEY_AFTER = {"PRIMARY": True, "FOREIGN": True, "UNIQUE": False, "CHECK": False}
_ITEM_WORDS = frozenset({"CONSTRAINT", *_KEY_AFTER})
_AFTER_TYPE = RESERVED | {""}  # no type is called so without quotes
_ACTIONS = frozenset({"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"})
_RESOLUTIONS = frozenset({"rollback", "abort", "fail", "ignore", "replace"})


class Unreadable(ValueError):
    """The text is not what this parser knows; what it makes is then carried as unmanaged.

    ``token``: the number of the token at which that was seen, in the text that was being read.
    """

    def __init__(self, reason: str, token: int = 0) -> None:
        super().__init__(reason)
        self.token = token

    def at(self, sql: str, offset: int) -> Unreadable:
        """The same with the line and column of the place, which is so far from the start of ``sql``."""
        line = sql.count("\n", 0, offset) + 1
        column = offset - sql.rfind("\n", 0, offset)
        return Unreadable(f"{self} (line {line}, column {column} of its statement)")


@dataclass(slots=True, kw_only=True)
class Part:
    """A column or expression of a key or index. ``name`` as it is spelled; None: an expression."""

    name: str | None
    expression: Tokens = ()
    collation: str | None = None
    descending: bool = False


@dataclass(slots=True, kw_only=True)
class Constraint:
    """A constraint of any kind. ``column``: the one it is written beside, None for a table's."""

    kind: str  # PRIMARY, UNIQUE, CHECK, FOREIGN
    column: str | None = None
    parts: Sequence[Part] = ()
    expression: Tokens = ()
    on_conflict: str | None = None
    autoincrement: bool = False
    target: str = ""
    target_columns: Sequence[str] = ()
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    initially_deferred: bool = False


@dataclass(slots=True, kw_only=True)
class Column:
    """What the pragmas do not tell of a column."""

    name: str
    collation: str | None = None
    not_null_name: str | None = None
    not_null_conflict: str | None = None
    generated: Tokens | None = None


Named = tuple[str | None, Constraint]  # with its name as it is spelled; many are the same but for that
Item = tuple[Column | None, tuple[Named, ...]]  # what stands between two commas of a CREATE TABLE


@dataclass(slots=True, kw_only=True)
class Table:
    """A CREATE TABLE."""

    columns: list[Column] = field(default_factory=list)
    constraints: list[Named] = field(default_factory=list)
    strict: bool = False
    without_rowid: bool = False


@dataclass(slots=True, kw_only=True)
class Index:
    """A CREATE INDEX."""

    unique: bool
    parts: list[Part]
    where: Tokens | None


_END = Lexeme("end", "", "")


# The name of a constraint of a table: without it, schemas say the same over and over.
_NAMED = re.compile(
    r"""\s*CONSTRAINT\s+(\w+|"(?:[^"]|"")*")\s+(?=(?:PRIMARY|UNIQUE|CHECK|FOREIGN)\b)""", re.ASCII | re.IGNORECASE
)


class _Walker:
    """Walks over tokens once. Not a value: it holds the place it has reached."""

    __slots__ = ("at", "tokens")

    def __init__(self, tokens: Tokens) -> None:
        self.tokens, self.at = [*tokens, _END, _END, _END], 0

    @property
    def word(self) -> str:
        """The next token as a keyword or sign (a quoted name is never one); empty at the end."""
        return self.tokens[self.at].upper

    def take(self, word: str, then: str | None = None, last: str | None = None) -> bool:
        """Step over these words if they are next."""
        tokens, at = self.tokens, self.at
        if tokens[at].upper != word:
            return False
        if then is not None:
            if tokens[at + 1].upper != then or (last is not None and tokens[at + 2].upper != last):
                return False
            at += 1 if last is None else 2
        self.at = at + 1
        return True

    def next(self) -> Lexeme:
        """The next token, stepped over."""
        token = self.tokens[self.at]
        if token is _END:
            raise self.unreadable("the statement ends too early")
        self.at += 1
        return token

    def unreadable(self, reason: str) -> Unreadable:
        """The error that says that something else was expected here."""
        return Unreadable(reason, self.at)

    def unexpected(self, expected: str) -> Unreadable:
        """The error that says what was expected here, and what stands here."""
        text = self.tokens[self.at].text
        return self.unreadable(f"{expected} was expected, not {text!r}" if text else f"{expected} was expected")

    def name(self) -> str:
        """A name, stepped over."""
        token = self.tokens[self.at]
        if token.kind in ("op", "number", "end"):
            raise self.unexpected("a name")
        self.at += 1
        return token.text if token.kind == "word" else name_of(token)

    def group(self) -> Tokens:
        """What the parentheses here hold."""
        if self.word != "(":
            raise self.unexpected("an opening parenthesis")
        end = closing(self.tokens, self.at)
        inside = self.tokens[self.at + 1 : end]
        self.at = end + 1
        return inside

    def rest(self) -> Tokens:
        """All that is left."""
        return self.tokens[self.at : -3]


def items(tokens: Tokens) -> Iterator[Tokens]:
    """The pieces between the commas that stand in no parentheses."""
    depth = start = 0
    for index, token in enumerate(tokens):
        if token.kind == "op":
            if token.text == "(":
                depth += 1
            elif token.text == ")":
                depth -= 1
            elif token.text == "," and depth == 0:
                yield tokens[start:index]
                start = index + 1
    if start < len(tokens):
        yield tokens[start:]


def parse_table(sql: str) -> Table:
    """What a CREATE TABLE says. Raises Unreadable."""
    start, pieces, end = cut(sql)
    if not pieces:
        raise Unreadable("the table has no list of columns")
    table = Table()
    columns, constraints = table.columns, table.constraints
    at = start
    tail = sql[end + 1 :]
    try:
        for piece in pieces:
            if (named := _NAMED.match(piece)) is not None:
                at += named.end()
                piece = piece[named.end() :]
                ((_, first), *others) = _item(piece)[1]
                constraints += (SQLITE.unquote(named[1]), first), *others
            else:
                column, beside = _item(piece)
                if column is not None:
                    columns.append(column)
                if beside:
                    constraints += beside
            at += len(piece) + 1
        if tail:
            piece = tail
            _options(_Walker(lex(tail)), table)
    except Unreadable as error:
        raise error.at(sql, at + place(piece, error.token)) from None
    return table


def _options(walker: _Walker, table: Table) -> None:
    while walker.word:
        if walker.take("STRICT"):
            table.strict = True
        elif walker.take("WITHOUT", "ROWID"):
            table.without_rowid = True
        elif not walker.take(","):
            raise walker.unexpected("STRICT or WITHOUT ROWID")


@lru_cache(maxsize=2048)
def _item(text: str) -> Item:
    """A column with the constraints beside it, or constraints of the table: SQLite wants no comma between those.

    Schemas say the same over and over. What is returned is shared: nobody may change it.
    """
    walker = _Walker(lex(text))
    constraints: list[Named] = []
    if walker.word not in _ITEM_WORDS:
        return _column(walker, constraints), tuple(constraints)
    while walker.word:
        _table_constraint(walker, constraints)
    return None, tuple(constraints)


def _table_constraint(walker: _Walker, constraints: list[Named]) -> None:
    name: str | None = None
    while (kind := walker.word) == "CONSTRAINT":
        walker.at += 1
        name = walker.name()
    if not kind:
        return  # CONSTRAINT and a name alone mean nothing to SQLite
    if kind not in _KEY_AFTER:
        raise walker.unexpected("a constraint")
    walker.at += 1
    if _KEY_AFTER[kind] and not walker.take("KEY"):
        raise walker.unexpected("KEY")
    found = Constraint(kind=kind)
    constraints.append((name, found))
    inside = walker.group()
    if kind == "CHECK":
        found.expression = stripped(inside)
    elif inside and inside[-1].upper == "AUTOINCREMENT":
        found.parts, found.autoincrement = _parts(inside[:-1]), True
    else:
        found.parts = _parts(inside)
    if kind == "FOREIGN":
        if not walker.take("REFERENCES"):
            raise walker.unexpected("REFERENCES")
        _references(walker, found)
    else:
        found.on_conflict = _conflict(walker)


def _column(walker: _Walker, constraints: list[Named]) -> Column:
    column = Column(name=walker.name())
    tokens, at = walker.tokens, walker.at
    if tokens[at].kind in ("ident", "string") and not name_of(tokens[at]):
        raise walker.unreadable("a type without a name is not the same as no type")  # the pragma tells them not apart
    while (word := tokens[at].upper) not in _AFTER_TYPE:  # the type: the pragma tells it
        if word == "GENERATED" and tokens[at + 1].upper == "ALWAYS":
            break
        at = closing(tokens, at) + 1 if word == "(" else at + 1
    walker.at = at
    name: str | None = None
    while walker.word:
        if walker.take("CONSTRAINT"):
            name = walker.name()
            continue
        _column_constraint(walker, constraints, column, name)
        name = None
    return column


def _column_constraint(walker: _Walker, constraints: list[Named], column: Column, name: str | None) -> None:
    def beside(kind: str) -> Constraint:
        found = Constraint(kind=kind, column=column.name, parts=[Part(name=column.name)])
        constraints.append((name, found))
        return found

    if walker.take("NOT", "NULL"):
        column.not_null_name, column.not_null_conflict = name, _conflict(walker)
    elif walker.take("NULL"):
        _conflict(walker)
    elif walker.take("PRIMARY", "KEY"):
        if walker.word == "DESC" and any(other.kind == "UNIQUE" for _, other in constraints):
            raise walker.unreadable("of UNIQUE and PRIMARY KEY DESC SQLite makes one index, and not the one it says")
        found = beside("PRIMARY")
        found.parts[0].descending = walker.take("DESC")
        walker.take("ASC")
        found.on_conflict = _conflict(walker)
        found.autoincrement = walker.take("AUTOINCREMENT")
    elif walker.take("UNIQUE"):
        beside("UNIQUE").on_conflict = _conflict(walker)
    elif walker.take("CHECK"):
        found = beside("CHECK")
        found.expression = stripped(walker.group())
        found.on_conflict = _conflict(walker)
    elif walker.take("DEFAULT"):  # the pragma tells what
        if walker.word == "(":
            walker.group()
        elif walker.next().text in "+-":
            walker.next()
    elif walker.take("COLLATE"):
        column.collation = fold(walker.name())
    elif walker.take("REFERENCES"):
        _references(walker, beside("FOREIGN"))
    elif walker.take("GENERATED", "ALWAYS", "AS") or walker.take("AS"):
        column.generated = stripped(walker.group())
        _ = walker.take("STORED") or walker.take("VIRTUAL")
    elif walker.word in ("NOT", "DEFERRABLE"):
        # It is of the last foreign key before it, even with another constraint between (sqlite3DeferForeignKey).
        last = next((found for _, found in reversed(constraints) if found.kind == "FOREIGN"), None)
        if last is None:
            raise walker.unexpected(f"a constraint of column {column.name}")
        _deferrable(walker, last)
    else:
        raise walker.unexpected(f"a constraint of column {column.name}")


def _references(walker: _Walker, found: Constraint) -> None:
    found.target = walker.name()
    if walker.word == "(":
        found.target_columns = [name_of(item[0]) for item in items(walker.group())]
    while word := walker.word:
        if word == "ON":
            if walker.take("ON", "DELETE"):
                found.on_delete = _action(walker)
            elif walker.take("ON", "UPDATE"):
                found.on_update = _action(walker)
            elif walker.take("ON", "INSERT"):  # parsed and ignored by SQLite
                _action(walker)
            else:
                raise walker.unexpected("ON DELETE or ON UPDATE")
        elif walker.take("MATCH"):  # parsed and forgotten: every foreign key is MATCH SIMPLE (foreignkeys.html, 6)
            walker.name()
        elif walker.word == "DEFERRABLE" or _is_not_deferrable(walker):
            _deferrable(walker, found)
        else:
            return


def _is_not_deferrable(walker: _Walker) -> bool:
    return walker.word == "NOT" and walker.tokens[walker.at + 1].upper == "DEFERRABLE"


def _deferrable(walker: _Walker, found: Constraint) -> None:
    negated = walker.take("NOT")
    if not walker.take("DEFERRABLE"):
        raise walker.unexpected("DEFERRABLE")
    found.initially_deferred = walker.take("INITIALLY", "DEFERRED") and not negated
    walker.take("INITIALLY", "IMMEDIATE")


def _action(walker: _Walker) -> str:
    at = walker.at
    first = walker.name().upper()
    action = f"{first} {walker.name().upper()}" if first in ("SET", "NO") else first
    if action not in _ACTIONS:
        walker.at = at
        raise walker.unexpected("what happens to the row")
    return action


def _conflict(walker: _Walker) -> str | None:
    """ON CONFLICT action. ABORT is what holds without a word, but it was said, so it is told."""
    if not walker.take("ON", "CONFLICT"):
        return None
    if (resolution := walker.word.lower()) not in _RESOLUTIONS:
        raise walker.unexpected("ROLLBACK, ABORT, FAIL, IGNORE or REPLACE")
    walker.at += 1
    return resolution


def _parts(tokens: Tokens) -> list[Part]:
    return [_part(tokens)] if len(tokens) == 1 else [_part(item) for item in items(tokens)]


def _part(item: Tokens) -> Part:
    if len(item) == 1 and item[0].kind == "word":
        return Part(name=item[0].text, expression=item)
    descending = False
    if len(item) > 1 and item[-1].kind == "word" and item[-1].upper in ("ASC", "DESC"):
        descending = item[-1].upper == "DESC"
        item = item[:-1]
    inner, collations = stripped(item), []
    while len(inner) > 2 and inner[-2].kind == "word" and inner[-2].upper == "COLLATE":
        collations.append(fold(name_of(inner[-1])))
        inner = stripped(inner[:-2])
    collation = collations[0] if collations else None  # the outermost holds
    # A string is taken for a name under one collation at most (sqlite3CreateIndex).
    if len(inner) == 1 and (inner[0].kind in ("word", "ident") or (inner[0].kind == "string" and len(collations) < 2)):
        return Part(name=name_of(inner[0]), expression=inner, collation=collation, descending=descending)
    if collations and item[-1].text != ")":
        return Part(name=None, expression=item[:-2], collation=collation, descending=descending)
    return Part(name=None, expression=item, descending=descending)


def parse_index(sql: str) -> Index:
    """What a CREATE INDEX says: of what, the catalog tells. Raises Unreadable."""
    _, pieces, end = cut(sql)
    if not pieces:
        raise Unreadable("the index has no list of columns")
    tail = sql[end + 1 :]
    where = None
    if tail:
        walker = _Walker(lex(tail))
        if walker.take("WHERE"):
            where = stripped(walker.rest())
        elif walker.word:
            raise walker.unexpected("WHERE").at(sql, end + 1 + place(tail, 0))
    return Index(
        unique=sql[:13].upper() == "CREATE UNIQUE",  # SQLite writes these words itself (sqlite3CreateIndex)
        parts=[*map(_index_part, pieces)],
        where=where,
    )


@lru_cache(maxsize=2048)
def _index_part(text: str) -> Part:
    return _part(lex(text))
