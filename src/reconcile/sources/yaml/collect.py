"""What is read of a YAML document, collected: objects with their places, comments, privileges, owners and hints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reconcile.errors import Place, SourceError
from reconcile.sources.base import Target
from reconcile.sources.yaml.document import Document, Path
from reconcile.sources.yaml.form import (
    Plain,
    path_of,
    read_fields,
    read_part,
    read_privileges,
    text_of,
)
from reconcile.state import (
    Comment,
    ForeignKey,
    Key,
    Kind,
    Owner,
    Privilege,
    child_key,
    table_key,
)
from reconcile.state.hints import RenameHint, ValueHint
from reconcile.state.objects import Object


@dataclass(slots=True)
class Collector:
    """Collects what a document says. Not a value."""

    document: Document
    target: Target
    objects: list[Object] = field(default_factory=list)
    renames: list[RenameHint] = field(default_factory=list)
    places: dict[Key, Place] = field(default_factory=dict)
    types: dict[Key, Place] = field(default_factory=dict)
    targets: dict[Key, Place] = field(default_factory=dict)
    dangling: set[Key] = field(default_factory=set)
    unpreserved: list[Key] = field(default_factory=list)
    backfills: list[ValueHint] = field(default_factory=list)
    conversions: list[ValueHint] = field(default_factory=list)

    def entries(self, path: Path, value: Any) -> Iterator[tuple[Path, str | None, Any]]:
        """(path, name, value) of a mapping's entries, or of a list's items; a list item may have a ``name``."""
        if isinstance(value, dict):
            for name, item in value.items():
                yield (*path, name), name, item
        elif path == ("schemas",):
            for number, name in enumerate(value or ()):
                yield (*path, number), text_of(name), None
        else:
            for number, item in enumerate(value or ()):
                yield (*path, number), item.get("name") if isinstance(item, dict) else None, item

    def fields(self, cls: type, path: Path, plain: Plain) -> dict[str, Any]:
        if isinstance(plain.get("columns"), list) and cls is not ForeignKey:
            for number, part in enumerate(plain["columns"]):
                self.part((*path, "columns", number), part)
        return read_fields(cls, plain)

    def part(self, path: Path, value: Any) -> Any:
        try:
            return read_part(value)
        except ValueError as error:
            raise self.error(path, str(error)) from None

    def add(self, path: Path, item: Object, value: Any) -> None:
        """An object with the comment and the old name that may be said beside it."""
        if item.key in self.places:
            raise SourceError(f"there is another {item.key}", place=self.document.key_place(path))
        self.objects.append(item)
        self.places[item.key] = self.document.key_place(path)
        if isinstance(value, dict):
            if value.get("comment") is not None:
                self.comment((*path, "comment"), item.key, value["comment"])
            if value.get("privileges"):
                self.privileges((*path, "privileges"), item.key, value["privileges"])
            if value.get("owner") is not None:
                owner = Owner(key=child_key(Kind.OWNER, item.key), role=text_of(value["owner"]))
                self.add((*path, "owner"), owner, None)
            if value.get("renamed_from") is not None:
                origin = str(self.document.place((*path, "renamed_from")))
                old = path_of(text_of(value["renamed_from"]))[-1] if item.key.parent is None else value["renamed_from"]
                self.renames.append(RenameHint(new=item.key, old_name=text_of(old), origin=origin))

    def comment(self, path: Path, key: Key, text: Any) -> None:
        if getattr(self.objects[-1], "named", True) is False:
            raise self.error(path, "a constraint with a comment needs a name", hint="add name: …")
        self.add(path, Comment(key=child_key(Kind.COMMENT, key), text=text_of(text)), None)

    def privileges(self, path: Path, key: Key, value: Plain) -> None:
        for grantee, said in value.items():
            item = Privilege(key=child_key(Kind.PRIVILEGE, key, grantee), **read_privileges(said))
            self.add((*path, grantee), item, None)

    def key(self, kind: Kind, path: Path, name: str) -> Key:
        return self.key_of(kind, path, self.names(path, name))

    def names(self, path: Path, text: str) -> tuple[str, ...]:
        try:
            return path_of(text_of(text))
        except ValueError as error:
            raise self.error(path, str(error)) from None

    def key_of(self, kind: Kind, path: Path, names: tuple[str, ...]) -> Key:
        dialect = self.target.dialect
        if len(names) > (2 if dialect.namespaces else 1):
            raise self.error(
                path,
                f"{'.'.join(names)} has too many parts",
                hint="a name that holds a dot stands in double quotes: '\"a.b\"'",
            )
        schema = names[0] if len(names) == 2 else dialect.default_schema if dialect.namespaces else None
        return table_key(schema, names[-1]) if kind is Kind.TABLE else Key(kind, schema, names[-1])

    def error(self, path: Path, message: str, *, hint: str = "") -> SourceError:
        return SourceError(message, place=self.document.key_place(path), hint=hint)
