"""Views and triggers: their statements → objects and, by the names in their text, what each needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconcile.dialects.sqlite.read.parse import items
from reconcile.dialects.sqlite.read.tables import Found
from reconcile.dialects.sqlite.text import Lexeme, canonical, closing, fold, lex, name_of, plain_words
from reconcile.state import Key, Kind, Trigger, View, child_key
from reconcile.state.scope import is_bookkeeping

Row = tuple[str, str, str, str]  # type, name, tbl_name, sql


class Programs:
    """Knows what there is to be named, and reads what names it. Not a value: it fills ``found``."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.relations: dict[str, tuple[Key, Mapping[str, Key]]] = {}

    def table(self, name: str, key: Key, columns: Mapping[str, Key]) -> None:
        """A table, virtual table or view that can be named."""
        self.relations[fold(name)] = (key, columns)

    def read(self, rows: Sequence[Row]) -> None:
        """All views, then all triggers."""
        views = [row for row in rows if row[0] == "view" and not is_bookkeeping(Key(Kind.VIEW, None, fold(row[1])))]
        for _, name, _, _ in views:
            self.table(name, Key(Kind.VIEW, None, fold(name)), {})
        for _, name, _, sql in views:
            self._view(name, sql)
        for kind, name, table, sql in rows:
            if kind == "trigger" and (owner := self.relations.get(fold(table))) is not None:
                self._trigger(name, owner[0], sql)

    def _view(self, name: str, sql: str) -> None:
        tokens = lex(sql)
        at = 3  # SQLite keeps it as CREATE VIEW name …, whatever stood between
        columns: tuple[str, ...] = ()
        if tokens[at].text == "(":
            end = closing(tokens, at)
            columns = tuple(fold(name_of(item[0])) for item in items(tokens[at + 1 : end]))
            at = end + 1
        needs, names = self._mentioned(tokens)
        view = View(
            key=Key(Kind.VIEW, None, fold(name)),
            definition=canonical(tokens[at + 1 :], names),  # after AS
            columns=columns,
            written=sql,
        )
        self.found.add(view, needs)

    def _trigger(self, name: str, owner: Key, sql: str) -> None:
        tokens = lex(sql)
        needs, names = self._mentioned(tokens)
        trigger = Trigger(
            key=child_key(Kind.TRIGGER, owner, fold(name)),
            definition=canonical(tokens, names | {fold(name)}),
            written=sql,
        )
        self.found.add(trigger, [owner, *needs])

    def _mentioned(self, tokens: Sequence[Lexeme]) -> tuple[list[Key], set[str]]:
        """What a statement needs, and the names that mean something in it.

        Names are taken at their widest: a name that a mentioned table has a column of is that column. Both
        depend on nothing but the statement and what it needs: read beside other tables, it is the same.
        """
        said = {fold(name_of(token)) for token in tokens if token.kind in ("word", "ident")}
        needs: list[Key] = []
        names = plain_words(tokens)
        for name in sorted(said & self.relations.keys()):
            key, columns = self.relations[name]
            needs.append(key)
            needs.extend(columns[column] for column in sorted(said & columns.keys()))
            names.add(name)
            names.update(columns)
        return needs, names
