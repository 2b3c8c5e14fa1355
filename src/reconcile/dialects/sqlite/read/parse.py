"""CREATE TABLE and CREATE INDEX as SQLite keeps them → what they say. Tokens in, tokens out; no objects, no keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reconcile.dialects.sqlite.text import Lexeme, closing, fold, lex, name_of, stripped

Tokens = Sequence[Lexeme]

_ITEM_WORDS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
_AFTER_COLUMN = frozenset({",", ")", ""})
_AFTER_TYPE = _AFTER_COLUMN | {
    *("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES", "AS", "GENERATED")
}


class Unreadable(ValueError):
    """The text is not what this parser knows; the table is then carried as unmanaged."""


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
    name: str | None
    column: str | None = None
    parts: list[Part] = field(default_factory=list)
    expression: Tokens = ()
    on_conflict: str | None = None
    autoincrement: bool = False
    target: str = ""
    target_columns: list[str] = field(default_factory=list)
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


@dataclass(slots=True, kw_only=True)
class Table:
    """A CREATE TABLE."""

    columns: list[Column] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    strict: bool = False
    without_rowid: bool = False


@dataclass(slots=True, kw_only=True)
class Index:
    """A CREATE INDEX."""

    name: str
    table: str
    unique: bool
    parts: list[Part]
    where: Tokens | None


_END = Lexeme("end", "", "")


class _Walker:
    """Walks over tokens once. Not a value: it holds the place it has reached."""

    __slots__ = ("at", "tokens")

    def __init__(self, tokens: Tokens, at: int = 0) -> None:
        self.tokens, self.at = [*tokens, _END, _END, _END], at

    @property
    def word(self) -> str:
        """The next token as a keyword or sign (a quoted name is never one); empty at the end."""
        return self.tokens[self.at].upper

    def take(self, *words: str) -> bool:
        """Step over these words if they are next."""
        tokens, at = self.tokens, self.at
        for word in words:
            if tokens[at].upper != word:
                return False
            at += 1
        self.at = at
        return True

    def next(self) -> Lexeme:
        """The next token, stepped over."""
        token = self.tokens[self.at]
        if token is _END:
            raise Unreadable("the statement ends too early")
        self.at += 1
        return token

    def name(self) -> str:
        """A name, stepped over."""
        token = self.next()
        if token.kind in ("op", "number"):
            raise Unreadable(f"a name was expected at {token.text!r}")
        return token.text if token.kind == "word" else name_of(token)

    def group(self) -> Tokens:
        """What the parentheses here hold."""
        if self.word != "(":
            raise Unreadable(f"an opening parenthesis was expected at {self.tokens[self.at].text!r}")
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
    tokens = lex(sql)
    opening = next((i for i, token in enumerate(tokens) if token.text == "("), None)
    if opening is None:
        raise Unreadable("the table has no list of columns")
    walker = _Walker(tokens, opening + 1)
    table = Table()
    name: str | None = None
    while True:
        if walker.word in _ITEM_WORDS:
            name = _table_constraint(walker, table, name)
        else:
            _column(walker, table)
        word = walker.word
        if word in (",", ")"):
            walker.at += 1
            if word == ")":
                break
        elif word not in _ITEM_WORDS:  # SQLite wants no comma between table constraints
            raise Unreadable(f"{walker.next().text!r} was not expected")
    options = {token.upper for token in walker.rest()}
    table.strict = "STRICT" in options
    table.without_rowid = "WITHOUT" in options
    return table


def _table_constraint(walker: _Walker, table: Table, name: str | None) -> str | None:
    if walker.take("CONSTRAINT"):
        return walker.name()
    if walker.take("PRIMARY", "KEY"):
        inside = walker.group()
        autoincrement = bool(inside) and inside[-1].upper == "AUTOINCREMENT"
        parts = _parts(inside[:-1] if autoincrement else inside)
        found = Constraint(kind="PRIMARY", name=name, parts=parts, autoincrement=autoincrement)
        found.on_conflict = _conflict(walker)
    elif walker.take("UNIQUE"):
        found = Constraint(kind="UNIQUE", name=name, parts=_parts(walker.group()))
        found.on_conflict = _conflict(walker)
    elif walker.take("CHECK"):
        found = Constraint(kind="CHECK", name=name, expression=stripped(walker.group()))
        found.on_conflict = _conflict(walker)
    elif walker.take("FOREIGN", "KEY"):
        found = Constraint(kind="FOREIGN", name=name, parts=_parts(walker.group()))
        if not walker.take("REFERENCES"):
            raise Unreadable("REFERENCES was expected")
        _references(walker, found)
    else:
        raise Unreadable(f"a constraint was expected at {walker.next().text!r}")
    table.constraints.append(found)
    return None


def _column(walker: _Walker, table: Table) -> None:
    column = Column(name=walker.name())
    table.columns.append(column)
    tokens, at = walker.tokens, walker.at
    while (word := tokens[at].upper) not in _AFTER_TYPE:  # the type: the pragma tells it
        at = closing(tokens, at) + 1 if word == "(" else at + 1
    walker.at = at
    name: str | None = None
    while walker.word not in _AFTER_COLUMN:
        if walker.take("CONSTRAINT"):
            name = walker.name()
            continue
        _column_constraint(walker, table, column, name)
        name = None


def _column_constraint(walker: _Walker, table: Table, column: Column, name: str | None) -> None:
    def beside(kind: str) -> Constraint:
        found = Constraint(kind=kind, name=name, column=column.name, parts=[Part(name=column.name)])
        table.constraints.append(found)
        return found

    if walker.take("NOT", "NULL"):
        column.not_null_name, column.not_null_conflict = name, _conflict(walker)
    elif walker.take("NULL"):
        _conflict(walker)
    elif walker.take("PRIMARY", "KEY"):
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
    elif walker.word in ("NOT", "DEFERRABLE", "INITIALLY"):  # a second clause of the REFERENCES before it
        _deferrable(walker, table.constraints[-1])
    else:
        raise Unreadable(f"{walker.next().text!r} was not expected in column {column.name}")


def _references(walker: _Walker, found: Constraint) -> None:
    found.target = walker.name()
    if walker.word == "(":
        found.target_columns = [name_of(item[0]) for item in items(walker.group())]
    while walker.word not in _AFTER_COLUMN:
        if walker.take("ON", "DELETE"):
            found.on_delete = _action(walker)
        elif walker.take("ON", "UPDATE"):
            found.on_update = _action(walker)
        elif walker.take("ON", "INSERT"):  # parsed and ignored by SQLite
            _action(walker)
        elif walker.take("MATCH"):  # parsed and forgotten: every foreign key is MATCH SIMPLE (foreignkeys.html, 6)
            walker.name()
        elif walker.word in ("DEFERRABLE", "INITIALLY") or _is_not_deferrable(walker):
            _deferrable(walker, found)
        else:
            return


def _is_not_deferrable(walker: _Walker) -> bool:
    return walker.word == "NOT" and walker.tokens[walker.at + 1].upper == "DEFERRABLE"


def _deferrable(walker: _Walker, found: Constraint) -> None:
    negated = walker.take("NOT")
    if not walker.take("DEFERRABLE"):
        raise Unreadable("DEFERRABLE was expected")
    if walker.take("INITIALLY"):
        found.initially_deferred = walker.name().upper() == "DEFERRED" and not negated


def _action(walker: _Walker) -> str:
    first = walker.name().upper()
    return f"{first} {walker.name().upper()}" if first in ("SET", "NO") else first


def _conflict(walker: _Walker) -> str | None:
    """ON CONFLICT action. ABORT is what holds without a word, but it was said, so it is told."""
    return walker.name().lower() if walker.word == "ON" and walker.take("ON", "CONFLICT") else None


def _parts(tokens: Tokens) -> list[Part]:
    return [_part(item) for item in items(tokens)]


def _part(item: Tokens) -> Part:
    descending, collation = False, None
    if len(item) > 1 and item[-1].kind == "word" and item[-1].upper in ("ASC", "DESC"):
        descending = item[-1].upper == "DESC"
        item = item[:-1]
    if len(item) > 2 and item[-2].kind == "word" and item[-2].upper == "COLLATE":
        collation = fold(name_of(item[-1]))
        item = item[:-2]
    inner = stripped(item)
    if len(inner) == 1 and inner[0].kind in ("word", "ident", "string"):
        return Part(name=name_of(inner[0]), expression=item, collation=collation, descending=descending)
    return Part(name=None, expression=item, collation=collation, descending=descending)


def parse_index(sql: str) -> Index:
    """What a CREATE INDEX says. Raises Unreadable."""
    walker = _Walker(lex(sql))
    if not walker.take("CREATE"):
        raise Unreadable("CREATE was expected")
    unique = walker.take("UNIQUE")
    if not walker.take("INDEX"):
        raise Unreadable("INDEX was expected")
    walker.take("IF", "NOT", "EXISTS")
    name = _last_name(walker)
    if not walker.take("ON"):
        raise Unreadable("ON was expected")
    table = walker.name()
    parts = _parts(walker.group())
    where = None
    if walker.take("WHERE"):
        where = stripped(walker.rest())
    return Index(name=name, table=table, unique=unique, parts=parts, where=where)


def _last_name(walker: _Walker) -> str:
    name = walker.name()
    return walker.name() if walker.take(".") else name
