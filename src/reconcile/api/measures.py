"""Statistics files: how big the tables of another database are, so that plans can be made for it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconcile.dialects.base import Dialect
from reconcile.errors import ConfigError, Place
from reconcile.hazards.evidence import Evidence, Size
from reconcile.schemafiles import departures
from reconcile.state import Key, Kind, child_key, parse_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What was measured of a database; it holds no value of any row."""

    dialect: str
    server: str
    evidence: Evidence

    def document(self) -> dict[str, Any]:
        """As plain data, in the form of a statistics file."""
        nulls: dict[Key, dict[str, float]] = {}
        for column, fraction in sorted(self.evidence.nulls.items()):
            if column.parent is not None:
                nulls.setdefault(column.parent, {})[column.name] = round(fraction, 4)
        tables: dict[str, dict[str, Any]] = {}
        for table, size in sorted(self.evidence.sizes.items()):
            entry: dict[str, Any] = {"rows": size.rows, "bytes": size.bytes}
            tables[table.dotted] = entry | ({"nulls": nulls[table]} if table in nulls else {})
        return {"dialect": self.dialect, "server": self.server, "tables": tables}


def to_yaml(measures: Measures) -> str:
    """The text of a statistics file."""
    import yaml

    text: str = yaml.safe_dump(measures.document(), sort_keys=False, allow_unicode=True, width=120)
    return text


def read_measures(file: Path, dialect: Dialect) -> Evidence:
    """What a statistics file says, for a database that speaks ``dialect``. Raises ConfigError that names the file."""
    document = _document(file)
    if document["dialect"] != dialect.name:
        raise ConfigError(
            f"these are statistics of {document['dialect']}, and the database is {dialect.name}", place=Place(str(file))
        )
    sizes: dict[Key, Size] = {}
    nulls: dict[Key, float] = {}
    for name, entry in document["tables"].items():
        try:
            table = parse_key(f"{Kind.TABLE} {name}", namespaces=dialect.namespaces)
        except ValueError as error:
            raise ConfigError(f"tables: {error}", place=Place(str(file))) from None
        sizes[table] = Size(rows=entry["rows"], bytes=entry["bytes"])
        for column, fraction in entry.get("nulls", {}).items():
            nulls[child_key(Kind.COLUMN, table, column)] = float(fraction)
    return Evidence(sizes=sizes, nulls=nulls)


def _document(file: Path) -> Mapping[str, Any]:
    import yaml

    hint = "write one with: reconcile stats export FILE"
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"the statistics cannot be read: {error.strerror}", place=Place(str(file)), hint=hint
        ) from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"these are no statistics: {error}", place=Place(str(file)), hint=hint) from None
    for wrong in departures("statistics", document):
        where = ".".join(str(part) for part in wrong.absolute_path)
        raise ConfigError(f"{where}: {wrong.message}" if where else wrong.message, place=Place(str(file)), hint=hint)
    found: Mapping[str, Any] = document
    return found
