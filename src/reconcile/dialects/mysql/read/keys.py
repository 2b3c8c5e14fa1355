"""One Key object per table and column: thousands of parts name the same few, and making a key costs."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconcile.state import Key, Kind, child_key, table_key


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one reading. ``columns`` holds those that were asked for, by table and name."""

    _tables: dict[str, Key] = field(default_factory=dict)
    columns: dict[Key, dict[str, Key]] = field(default_factory=dict)

    def table(self, name: str) -> Key:
        """The key of a table of this database."""
        found = self._tables.get(name)
        if found is None:
            found = self._tables[name] = table_key(None, name)
            self.columns[found] = {}
        return found

    def column(self, table: str, name: str) -> Key:
        """The key of a column."""
        parent = self.table(table)
        columns = self.columns[parent]
        found = columns.get(name)
        if found is None:
            found = columns[name] = child_key(Kind.COLUMN, parent, name)
        return found
