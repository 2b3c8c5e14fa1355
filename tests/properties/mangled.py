"""Mangled files: a configuration, a desired state and a revision in which something is out of place are read, or
refused with a word on where. ``python -m tests.properties.mangled [--examples N] [--seed S]`` tries many of each.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.dialects import registry

from reconcile.config import read_project
from reconcile.dialects.registry import get_dialect
from reconcile.errors import ReconcileError
from reconcile.revisions import file as revision_file
from reconcile.sources.base import Target
from reconcile.sources.load import load_sources
from tests.properties.names import ODD
from tests.shell import Shell

_CONFIGURATION = """
database: ${DATABASE_URL:-sqlite:///shop.db}
desired: [schema.yaml, db/views.sql]
revisions: revisions/
schemas: [public]
ignore: ["table public.spatial_*", "view x"]
scratch: auto
online: auto
preserve: true
manage: [owners, privileges]
timeouts: {lock: 3s, statement: 0, retries: 10}
environments:
  production: {database: "sqlite:///live.db", online: always, deny: [data-loss, blocks-writes]}
"""
_DESIRED = """
tables:
  customers:
    comment: Who buys
    columns:
      id: integer not null
      email: {type: varchar(80) not null, comment: "where to, and why"}
      city: {type: varchar(40), default: "'Bern'", renamed_from: town}
      total: {type: "numeric(10, 2)", generated: id * 2}
    primary_key: [id]
    unique: {customers_email: [email]}
    checks: {customers_id: id > 0, other: {expression: "city <> ''"}}
    indexes:
      customers_city: [city]
      customers_some: {columns: [city, id], unique: true, where: id > 10}
  orders:
    columns: {id: integer, customer_id: integer}
    primary_key: [id]
    foreign_keys:
      orders_customer: {columns: [customer_id], references: customers(id), on_delete: cascade}
views:
  some: SELECT id FROM customers
"""
_VALUES = (
    *ODD, "[]", "{}", "[[]]", "{a: b}", "[1, 2", "{a", "null", "''", "-1", "1e999", "0x", "2020-13-45",
    "!!python/object:os.system", "!!binary x", "&a [*a]", "*a", "<<: x", "? x", "|\n  text", "---", "...",
    "\ufeff", "\x85", "\u2028", "\x00", "\x1b[31m", "9" * 400, "[" * 80, "{a: " * 60, "${X}", "${", "${A:-${B}}",
    "sqlite://", "postgresql://u:p@h:x/y", "models:os:system", "models:", ":", "../..",
)  # fmt: skip

Reader = Callable[[str], object]


def mangled(text: str, chance: random.Random) -> str:
    """The text with one to three things out of place."""
    for _ in range(chance.randint(1, 3)):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        match chance.randrange(9):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 2:
                lines[at] = " " * chance.randint(0, 7) + lines[at].lstrip()
            case 3:
                lines[at] = lines[at].partition(":")[0] + ": " + chance.choice(_VALUES)
            case 4:
                lines[at] = chance.choice(_VALUES) + ":" + lines[at].partition(":")[2]
            case 5:
                lines = lines[:at]
            case 6 if lines[at]:
                place = chance.randrange(len(lines[at]))
                lines[at] = lines[at][:place] + chance.choice(_VALUES) + lines[at][place + 1 :]
            case 7:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case _:
                words = lines[at].split(" ")
                chance.shuffle(words)
                lines[at] = " ".join(words)
        text = "\n".join(lines)
    return text


def readers(folder: Path) -> dict[str, tuple[str, Reader]]:
    """Format → a whole text, and what reads one. A revision is made first."""
    shell = Shell.make(folder, f"sqlite:///{folder}/a.db")
    shell.want("CREATE TABLE t (id integer PRIMARY KEY, n integer); CREATE INDEX t_n ON t (n);")
    shell.save("first")
    dialect = get_dialect("sqlite")
    target = Target(dialect=dialect, features=None, sqlalchemy=registry.load("sqlite")())

    def configuration(text: str) -> object:
        file = folder / "mangled.yaml"
        file.write_text(text, encoding="utf-8", newline="")
        return read_project(file)

    def desired(text: str) -> object:
        file = folder / "desired.yaml"
        file.write_text(text, encoding="utf-8", newline="")
        return [source.declare(target) for source in load_sources("desired.yaml", root=folder)]

    return {
        "configuration": (_CONFIGURATION, configuration),
        "desired": (_DESIRED, desired),
        "revision": (
            shell.files[0].read_text(),
            lambda text: revision_file.parse(text, name="mangled.yaml", sealed=False, dialect=dialect),
        ),
    }


def trial(read: Reader, text: str, chance: random.Random) -> tuple[bool, str]:
    """Whether it was read; and what is wrong with how it was refused, or ''."""
    try:
        read(mangled(text, chance))
    except ReconcileError as error:
        told = str(error) + (error.hint or "")
        where = ".yaml" in told or "${" in told or "database" in told
        return False, "" if error.message and where else f"it does not say where: {told}"
    except Exception:
        return False, traceback.format_exc()
    return True, ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=2000, help="of each format")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="rc-mangled-") as folder:
        for name, (text, read) in readers(Path(folder)).items():
            taken = failed = 0
            for number in range(options.examples):
                was_read, wrong = trial(read, text, random.Random(f"{options.seed}-{name}-{number}"))
                taken += was_read
                if wrong:
                    failed += 1
                    sys.stdout.write(f"{name} {options.seed}-{name}-{number}: {wrong}\n")
            sys.stdout.write(
                f"{name}: {options.examples} tried, {taken} read, {failed} crashed or refused without a place\n"
            )
            bad += failed
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
