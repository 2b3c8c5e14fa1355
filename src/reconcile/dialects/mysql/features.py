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
    """What this server can do and how it says it. MariaDB and MySQL differ in values only.

    In quotes: the section of the MySQL 8.4 Reference Manual, or the page of the MariaDB documentation, that says so.
    """

    is_mariadb: bool
    version: tuple[int, int, int]
    catalog: str  # which set of catalog queries it answers: "mariadb" or "mysql"

    # -- what the catalog prints
    # COLUMN_DEFAULT is SQL text ("Information Schema COLUMNS Table", MariaDB 10.2.7); otherwise it is the bare value,
    # and EXTRA says DEFAULT_GENERATED of expressions ("The INFORMATION_SCHEMA COLUMNS Table")
    quoted_defaults: bool
    escaped_expressions: bool  # \' for ' in expressions (MySQL: seen in GENERATION_EXPRESSION and CHECK_CLAUSE)
    json_is_checked_text: bool  # JSON is LONGTEXT with CHECK (json_valid(…)) ("JSON Data Type", MariaDB)
    # how the server names a CHECK nobody named ("CHECK Constraints"; "CONSTRAINT", MariaDB)
    check_auto_name: str
    foreign_key_auto_name: str  # likewise a FOREIGN KEY ("FOREIGN KEY Constraints"; MariaDB 12.1 release notes)
    foreign_key_default_action: str  # what SHOW CREATE TABLE leaves out
    # a view's text does not tell what its columns are called (MySQL: "CREATE VIEW Statement", column_list)
    view_columns_apart: bool

    srid_apart: bool  # reference systems stand in GEOMETRY_COLUMNS, not in COLUMNS ("GEOMETRY_COLUMNS Table", MariaDB)
    parameters_written: bool  # mysql.proc has the parameters of routines as they were written (MariaDB)
    stats_expire: bool  # sizes are remembered for a day, unless information_schema_stats_expiry is 0 (MySQL)

    # -- words
    invisible_index_word: str  # IGNORED ("Ignored Indexes", MariaDB 10.6), INVISIBLE ("Invisible Indexes", MySQL)
    visible_index_word: str
    drop_check_word: str  # ALTER TABLE t DROP … name ("ALTER TABLE Statement", both)
    alters_checks: bool  # ALTER CHECK name [NOT] ENFORCED ("ALTER TABLE Statement", MySQL)
    srid_word: (
        str  # what stands before a column's spatial reference system ("Spatial Data Types"; REF_SYSTEM_ID, MariaDB)
    )
    replaces_programs: bool  # CREATE OR REPLACE for routines and events ("CREATE PROCEDURE", MariaDB)
    sequences: bool  # "CREATE SEQUENCE" (MariaDB)
    temporal: bool  # "System-Versioned Tables", "Application-Time Periods" (MariaDB)
    speaks_oracle: bool  # sql_mode = ORACLE, which says all of its own ("SQL_MODE=ORACLE", MariaDB)
    vector_index_options: bool  # VECTOR INDEX … M= DISTANCE= ("CREATE TABLE with Vectors", MariaDB 11.7)
    checks_named_apart: bool  # names of CHECKs belong to their table ("CONSTRAINT", MariaDB), not to the database
    compounds: bool  # BEGIN NOT ATOMIC … END outside programs ("Using Compound Statements Outside of Stored Programs")

    # -- ALTER TABLE: "Online DDL Operations" (MySQL), "InnoDB Online DDL Operations with the INSTANT Alter Algorithm"
    renames_checked_columns: bool  # a column in a CHECK can be renamed; the CHECK follows (MariaDB)
    instant_add_column: bool
    instant_drop_column: bool  # MySQL 8.0.29
    # how often a table may be changed instantly before it has to be written anew ("Online DDL Operations", MySQL:
    # TOTAL_ROW_VERSIONS, 64 and as of 9.1.0 255); None: as often as one likes
    instant_changes: int | None
    renames_instantly: bool  # ALGORITHM=INSTANT may be asked for RENAME COLUMN and RENAME INDEX (MariaDB)
    notes_instantly: bool  # ALGORITHM=INSTANT may be asked for dropped constraints, options, hidden indexes (MariaDB)
    computes_defaults_once: bool  # a new column's DEFAULT (1 + 2) needs no copy (MariaDB)
    grows_instantly: bool  # what stays the same byte for byte: longer varchars, other collations (MariaDB 10.4)
    checks_columns_unseen: (
        bool  # a CHECK beside its column is taken without a look at the rows (MariaDB, seen on 10.11)
    )
    hashes_long_keys: bool  # UNIQUE over whole texts is kept in a hidden column ("Unique Index", MariaDB)
    virtual_keys_block: bool  # beside an indexed virtual column none comes or goes instantly (MariaDB)
    online_copy: bool  # ALGORITHM=COPY with LOCK=NONE ("Online Schema Change", MariaDB 11.2)

    # -- settings of this server
    folds_tables: bool = False  # lower_case_table_names = 1 ("Identifier Case Sensitivity")

    # -- the session
    grants_make_users: bool  # GRANT to nobody makes a user, unless NO_AUTO_CREATE_USER is set ("SQL_MODE", MariaDB)
    statement_timeout: str  # session variable ("max_statement_time", MariaDB; "max_execution_time", MySQL)
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
        srid_apart=True,
        parameters_written=True,
        stats_expire=False,
        temporal=True,
        speaks_oracle=True,
        vector_index_options=version >= (11, 7, 0),
        checks_named_apart=True,
        grows_instantly=True,
        checks_columns_unseen=True,
        hashes_long_keys=True,
        virtual_keys_block=True,
        sequences=True,
        compounds=True,
        invisible_index_word="IGNORED",
        visible_index_word="NOT IGNORED",
        drop_check_word="CONSTRAINT",
        alters_checks=False,
        instant_add_column=True,
        instant_drop_column=True,
        instant_changes=None,
        renames_instantly=True,
        notes_instantly=True,
        computes_defaults_once=True,
        online_copy=version >= (11, 2, 0),
        srid_word="REF_SYSTEM_ID=",
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
        srid_apart=False,
        parameters_written=False,
        stats_expire=True,
        temporal=False,
        speaks_oracle=False,
        vector_index_options=False,
        checks_named_apart=False,
        grows_instantly=False,
        checks_columns_unseen=False,
        hashes_long_keys=False,
        virtual_keys_block=False,
        sequences=False,
        compounds=False,
        invisible_index_word="INVISIBLE",
        visible_index_word="VISIBLE",
        drop_check_word="CHECK",
        alters_checks=True,
        instant_add_column=version >= (8, 0, 12),
        instant_drop_column=version >= (8, 0, 29),
        instant_changes=255 if version >= (9, 1, 0) else 64 if version >= (8, 0, 29) else None,
        renames_instantly=False,
        notes_instantly=False,
        computes_defaults_once=False,
        online_copy=False,
        srid_word="SRID ",
        replaces_programs=False,
        view_columns_apart=True,
        grants_make_users=False,
        statement_timeout="max_execution_time",
        statement_timeout_unit_ms=1,
    )
