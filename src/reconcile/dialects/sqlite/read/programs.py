"""Views and triggers: their statements → objects and, by the names in their text, what each needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconcile.dialects.sqlite.read.parse import items
from reconcile.dialects.sqlite.read.tables import Found
from reconcile.dialects.sqlite.text import Lexeme, canonical, closing, fold, lex, name_of
from reconcile.state import Key, Kind, Object, Trigger, View, child_key
from reconcile.state.scope import is_bookkeeping

Row = tuple[str, str, str, str]  # type, name, tbl_name, sql


class Programs:
    """Knows what there is to be named, and reads what names it. Not a value: it fills ``found``."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.relations: dict[str, tuple[Key, Mapping[str, Key]]] = {}
        self.names: set[str] = {"new", "old", "rowid", "oid", "_rowid_"}

    def table(self, name: str, key: Key, columns: Mapping[str, Key]) -> None:
        """A table, virtual table or view that can be named."""
        folded = fold(name)
        self.relations[folded] = (key, columns)
        self.names.add(folded)
        self.names.update(columns)

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
        view = View(
            key=Key(Kind.VIEW, None, fold(name)),
            definition=canonical(tokens[at + 1 :], self.names),  # after AS
            columns=columns,
            written=sql,
        )
        self._add(view, tokens, ())

    def _trigger(self, name: str, owner: Key, sql: str) -> None:
        tokens = lex(sql)
        trigger = Trigger(
            key=child_key(Kind.TRIGGER, owner, fold(name)),
            definition=canonical(tokens, self.names | {fold(name)}),
            written=sql,
        )
        self._add(trigger, tokens, (owner,))

    def _add(self, item: Object, tokens: Sequence[Lexeme], needs: Iterable[Key]) -> None:
        """Names are taken at their widest: a name that a mentioned table has a column of is that column."""
        mentioned = {fold(name_of(token)) for token in tokens if token.kind in ("word", "ident")}
        found = list(needs)
        for name in sorted(mentioned & self.relations.keys()):
            key, columns = self.relations[name]
            found.append(key)
            found.extend(columns[column] for column in sorted(mentioned & columns.keys()))
        self.found.add(item, found)
