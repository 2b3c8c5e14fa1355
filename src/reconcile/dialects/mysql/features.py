"""Features: from the server's version text to named facts. The only place that compares versions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconcile.errors import ConnectError

# Decides how text is read (no ANSI_QUOTES, NO_BACKSLASH_ESCAPES, PIPES_AS_CONCAT) and that a value that does not
# fit is an error, never cut off in silence. Zero dates stay allowed: old schemas have them as defaults.
SQL_MODE = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What this server can do and how it says it. MariaDB and MySQL differ in values only."""

    is_mariadb: bool
    version: tuple[int, int, int]
    catalog: str  # which set of catalog queries it answers: "mariadb" or "mysql"
    quoted_defaults: bool  # COLUMN_DEFAULT is SQL text (MariaDB 10.2.7); otherwise it is the bare value
    escaped_expressions: bool  # the catalog prints \' for ' in expressions (MySQL 8)
    json_is_checked_text: bool  # JSON is LONGTEXT with CHECK (json_valid(…)) (MariaDB)
    check_auto_name: str  # how the server names a CHECK nobody named
    foreign_key_auto_name: str  # likewise a FOREIGN KEY
    foreign_key_default_action: str  # what SHOW CREATE TABLE leaves out
    renames_checked_columns: bool  # a column in a CHECK can be renamed; the CHECK follows (MariaDB)
    sequences: bool
    invisible_index_word: str  # IGNORED (MariaDB 10.6), INVISIBLE (MySQL 8)
    visible_index_word: str
    drop_check_word: str  # ALTER TABLE t DROP … name
    instant_add_column: bool
    instant_drop_column: bool
    renames_instantly: bool  # ALGORITHM=INSTANT may be asked for RENAME COLUMN and RENAME INDEX (MariaDB)
    notes_instantly: bool  # ALGORITHM=INSTANT may be asked for dropped constraints, options, hidden indexes (MariaDB)
    computes_defaults_once: bool  # a new column's DEFAULT (1 + 2) needs no copy (MariaDB)
    online_copy: bool  # ALGORITHM=COPY with LOCK=NONE (MariaDB 11.2)
    srid_word: str  # the column attribute for a spatial reference system
    replaces_programs: bool  # CREATE OR REPLACE for routines and events (MariaDB)
    view_columns_apart: bool  # a view's text does not tell what its columns are called (MySQL)
    grants_make_users: bool  # GRANT to nobody makes a user without a password, unless sql_mode says otherwise (MariaDB)
    statement_timeout: str  # session variable
    statement_timeout_unit_ms: int  # how many milliseconds one unit of it is

    @property
    def sql_mode(self) -> str:
        """What our sessions run under."""
        return f"{SQL_MODE},NO_AUTO_CREATE_USER" if self.grants_make_users else SQL_MODE

    @property
    def name(self) -> str:
        """The product's name."""
        return "MariaDB" if self.is_mariadb else "MySQL"

    @property
    def series(self) -> str:
        """``mariadb-10.11``: within one, the server prints the same thing the same way."""
        return f"{self.name.lower()}-{self.version[0]}.{self.version[1]}"


def features_of(text: str) -> Features:
    """The facts for a server that says ``SELECT VERSION()`` = ``text``.

    Raises ConnectError for a server older than MariaDB 10.6 or MySQL 8.0.19: they cannot tell what we must know.
    """
    is_mariadb = "mariadb" in text.lower()
    # Replication-friendly MariaDB builds say 5.5.5-10.11.2-MariaDB.
    found = _VERSION.search(text.removeprefix("5.5.5-"))
    if found is None:
        raise ConnectError(f"cannot make out the server's version from {text!r}")
    version = (int(found[1]), int(found[2]), int(found[3] or 0))
    if version < ((10, 6, 0) if is_mariadb else (8, 0, 19)):
        raise ConnectError(
            f"{text} is not supported", hint="supported are MariaDB from 10.6 and MySQL from 8.0.19 onwards"
        )
    return _mariadb(version) if is_mariadb else _mysql(version)


def _mariadb(version: tuple[int, int, int]) -> Features:
    return Features(
        is_mariadb=True,
        version=version,
        catalog="mariadb",
        quoted_defaults=True,
        escaped_expressions=False,
        json_is_checked_text=True,
        check_auto_name="CONSTRAINT_{number}",
        # MariaDB 12.1 made names of foreign keys local to their table and counts plainly.
        foreign_key_auto_name="{number}" if version >= (12, 1, 0) else "{table}_ibfk_{number}",
        foreign_key_default_action="RESTRICT",
        renames_checked_columns=True,
        sequences=True,
        invisible_index_word="IGNORED",
        visible_index_word="NOT IGNORED",
        drop_check_word="CONSTRAINT",
        instant_add_column=True,
        instant_drop_column=True,
        renames_instantly=True,
        notes_instantly=True,
        computes_defaults_once=True,
        online_copy=version >= (11, 2, 0),
        srid_word="REF_SYSTEM_ID",
        replaces_programs=True,
        view_columns_apart=False,
        grants_make_users=True,
        statement_timeout="max_statement_time",
        statement_timeout_unit_ms=1000,
    )


def _mysql(version: tuple[int, int, int]) -> Features:
    return Features(
        is_mariadb=False,
        version=version,
        catalog="mysql",
        quoted_defaults=False,
        escaped_expressions=True,
        json_is_checked_text=False,
        check_auto_name="{table}_chk_{number}",
        foreign_key_auto_name="{table}_ibfk_{number}",
        foreign_key_default_action="NO ACTION",
        renames_checked_columns=False,
        sequences=False,
        invisible_index_word="INVISIBLE",
        visible_index_word="VISIBLE",
        drop_check_word="CHECK",
        instant_add_column=version >= (8, 0, 12),
        instant_drop_column=version >= (8, 0, 29),
        renames_instantly=False,
        notes_instantly=False,
        computes_defaults_once=False,
        online_copy=False,
        srid_word="SRID",
        replaces_programs=False,
        view_columns_apart=True,
        grants_make_users=False,
        statement_timeout="max_execution_time",
        statement_timeout_unit_ms=1,
    )
