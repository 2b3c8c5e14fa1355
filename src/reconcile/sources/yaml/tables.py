"""Tables and their parts, read from a YAML document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from reconcile.sources.yaml.collect import Collector
from reconcile.sources.yaml.document import Path
from reconcile.sources.yaml.form import (
    Plain,
    read_fields,
    read_part,
    read_security,
    text_of,
    unnamed,
)
from reconcile.sources.yaml.programs import (
    read_partitioning,
)
from reconcile.sources.yaml.types import server_type, split_null
from reconcile.state import (
    CheckConstraint,
    Column,
    Default,
    Exclusion,
    ForeignKey,
    Index,
    Key,
    Kind,
    PartitionOf,
    Policy,
    PrimaryKey,
    RowSecurity,
    Rule,
    Table,
    Trigger,
    Unique,
    child_key,
    not_null_key,
)
from reconcile.state.hints import ValueHint


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads tables, and the parts that other relations have too."""

    to: Collector

    def table(self, path: Path, name: str, value: Any) -> None:
        key = self.to.key(Kind.TABLE, path, name)
        value = value or {}
        if value.get("preserve") is False:
            self.to.unpreserved.append(key)
        above = self._above(path, value)
        self.to.add(path, Table(key=key, **above, **read_fields(Table, value)), value)
        if value.get("partition_of") is not None:
            place = (*path, "partition_of")
            of = self.to.key_of(Kind.TABLE, place, self.to.names(place, value["partition_of"]))
            bound = text_of(value.get("bound") or "DEFAULT")
            self.to.add(place, PartitionOf(key=child_key(Kind.PARTITION, key), of=of, bound=bound), None)
        if value.get("partitioning") is not None:
            self.to.add((*path, "partitioning"), read_partitioning(value["partitioning"], key), None)
        in_key: list[str] = []
        for position, (inner, column, said) in enumerate(self.to.entries((*path, "columns"), value.get("columns")), 1):
            assert column is not None
            if self._column(inner, child_key(Kind.COLUMN, key, column), said, position):
                in_key.append(column)
        self._primary_key(path, key, value.get("primary_key"), in_key)
        for word, read in (
            ("unique", self._unique),
            ("checks", self.check),
            ("foreign_keys", self._foreign_key),
            ("exclusions", self._exclusion),
        ):
            for inner, called, said in self.to.entries((*path, word), value.get(word)):
                read(inner, key, called, said)
        self.indexes(path, key, value)
        self.triggers(path, key, value)
        self._security(path, key, value)

    def _above(self, path: Path, value: Plain) -> dict[str, Any]:
        """The tables it inherits from, and the type it is of."""
        found: dict[str, Any] = {}
        if value.get("inherits"):
            place = (*path, "inherits")
            found["inherits"] = tuple(
                self.to.key_of(Kind.TABLE, place, self.to.names(place, text_of(name))) for name in value["inherits"]
            )
        if value.get("of_type") is not None:
            found["of_type"] = self.to.key(Kind.COMPOSITE, (*path, "of_type"), value["of_type"])
        return found

    def _column(self, path: Path, key: Key, value: Any, position: int) -> bool:
        """Whether the column says of itself that it is the primary key."""
        plain: Plain = dict(value) if isinstance(value, dict) else {"type": value}
        type_path = (*path, "type") if isinstance(value, dict) else path
        said, not_null = split_null(text_of(plain["type"] or ""))
        if not_null:
            plain["nullable"] = False
        plain["type"] = server_type(said, self.to.target.sqlalchemy, self.to.document.place(type_path))
        self.to.add(path, Column(key=key, position=position, **read_fields(Column, plain)), value)
        self.to.types[key] = self.to.document.place(type_path)
        if plain.get("default") is not None:
            default = Default(key=child_key(Kind.DEFAULT, key), expression=text_of(plain["default"]))
            self.to.add((*path, "default"), default, None)
        if plain.get("not_null_comment") is not None:
            self.to.comment((*path, "not_null_comment"), not_null_key(key), plain["not_null_comment"])
        for word, hints in (("backfill", self.to.backfills), ("convert", self.to.conversions)):
            if plain.get(word) is not None:
                origin = str(self.to.document.place((*path, word)))
                hints.append(ValueHint(column=key, expression=text_of(plain[word]), origin=origin))
        return plain.get("primary_key") is True

    def _primary_key(self, path: Path, table: Key, value: Any, columns: list[str]) -> None:
        if value is not None and columns:
            raise self.to.error((*path, "primary_key"), f"column {columns[0]} already says that it is the primary key")
        if value is None:
            if not columns:
                return
            value = columns
        inner = (*path, "primary_key")
        plain = value if isinstance(value, dict) else {"columns": value}
        made = self.to.fields(PrimaryKey, inner, plain)
        key, named = self._constraint_key(Kind.PRIMARY_KEY, table, plain.get("name"), plain)
        self.to.add(inner, PrimaryKey(key=key, named=named, **made), value)

    def _unique(self, path: Path, table: Key, name: str | None, value: Any) -> None:
        plain = value if isinstance(value, dict) else {"columns": value}
        made = self.to.fields(Unique, path, plain)
        key, named = self._constraint_key(Kind.UNIQUE, table, name, plain)
        self.to.add(path, Unique(key=key, named=named, **made), value)

    def check(self, path: Path, table: Key, name: str | None, value: Any) -> None:
        plain = value if isinstance(value, dict) else {"expression": value}
        made = self.to.fields(CheckConstraint, path, plain)
        name = name if name is not None else plain.get("name")
        key = child_key(Kind.CHECK, table, name if name is not None else unnamed(made["expression"]))
        self.to.add(path, CheckConstraint(key=key, named=name is not None, **made), value)

    def _exclusion(self, path: Path, table: Key, name: str | None, value: Plain) -> None:
        parts = tuple(
            self.to.part((*path, "parts", number), {w: v for w, v in part.items() if w != "with"})
            for number, part in enumerate(value["parts"])
        )
        operators = tuple(text_of(part["with"]) for part in value["parts"])
        made = self.to.fields(Exclusion, path, value)
        name = name if name is not None else value.get("name")
        written = unnamed(tuple(str(part.column or part.expression) for part in parts))
        key = child_key(Kind.EXCLUSION, table, name if name is not None else written)
        self.to.add(path, Exclusion(key=key, named=name is not None, parts=parts, operators=operators, **made), value)

    def _foreign_key(self, path: Path, table: Key, name: str | None, value: Plain) -> None:
        made = {**self._unsaid_actions(), **self.to.fields(ForeignKey, path, value)}
        place = (*path, "references")
        reference = value["references"]
        if isinstance(reference, dict):
            target = self.to.key_of(Kind.TABLE, place, self.to.names((*place, "table"), text_of(reference["table"])))
            columns = tuple(map(text_of, reference.get("columns") or ()))
        else:
            head, bracket, tail = text_of(reference).partition("(")
            target = self.to.key_of(Kind.TABLE, place, self.to.names(place, head.strip()))
            columns = tuple(c.strip() for c in tail.rstrip().removesuffix(")").split(",")) if bracket else ()
        name = name if name is not None else value.get("name")
        content = f"{unnamed(made['columns'])} -> {target.dotted}{unnamed(columns)}"
        key = child_key(Kind.FOREIGN_KEY, table, name if name is not None else content)
        item = ForeignKey(key=key, named=name is not None, target=target, target_columns=columns, **made)
        self.to.add(path, item, value)
        self.to.targets[key] = self.to.document.place(place)
        if value.get("dangling"):
            self.to.dangling.add(key)

    def _unsaid_actions(self) -> Plain:
        """What becomes of a foreign key's rows where the document does not say it: what the server does then."""
        target = self.to.target
        if target.dialect.unsaid_action is None:
            return {}
        action = target.dialect.unsaid_action(target.features)
        return {"on_delete": action, "on_update": action}

    def _constraint_key(self, kind: Kind, table: Key, name: str | None, plain: Plain) -> tuple[Key, bool]:
        name = name if name is not None else plain.get("name")
        if name is not None:
            return child_key(kind, table, text_of(name)), True
        parts = [read_part(part) for part in plain["columns"]]
        return child_key(kind, table, unnamed(tuple(str(part.column or part.expression) for part in parts))), False

    def indexes(self, path: Path, key: Key, value: Plain) -> None:
        for inner, called, said in self.to.entries((*path, "indexes"), value.get("indexes")):
            assert called is not None
            plain = said if isinstance(said, dict) else {"columns": said}
            index = Index(key=child_key(Kind.INDEX, key, called), **self.to.fields(Index, inner, plain))
            self.to.add(inner, index, said)

    def triggers(self, path: Path, key: Key, value: Plain) -> None:
        for inner, name, said in self.to.entries((*path, "triggers"), value.get("triggers")):
            assert name is not None
            plain = said if isinstance(said, dict) else {"definition": said}
            plain = {**plain, "definition": text_of(plain["definition"]).strip()}
            self.to.add(inner, Trigger(key=child_key(Kind.TRIGGER, key, name), **read_fields(Trigger, plain)), said)
        for inner, name, said in self.to.entries((*path, "rules"), value.get("rules")):
            assert name is not None
            plain = said if isinstance(said, dict) else {"definition": said}
            plain = {**plain, "definition": text_of(plain["definition"]).strip().rstrip(";").rstrip()}
            self.to.add(inner, Rule(key=child_key(Kind.RULE, key, name), **read_fields(Rule, plain)), said)

    def _security(self, path: Path, table: Key, value: Plain) -> None:
        if value.get("row_security"):
            key = child_key(Kind.ROW_SECURITY, table)
            security = RowSecurity(key=key, **read_security(value["row_security"]))
            self.to.add((*path, "row_security"), security, None)
        for inner, name, said in self.to.entries((*path, "policies"), value.get("policies")):
            assert name is not None
            policy = Policy(key=child_key(Kind.POLICY, table, name), **read_fields(Policy, said or {}))
            self.to.add(inner, replace(policy, roles=tuple(sorted(policy.roles))), said)
