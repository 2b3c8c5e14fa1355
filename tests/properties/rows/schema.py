"""A random schema with rows, and a random other one that keeps the rows: as SQL, per database.

Everything comes from one ``random.Random``: the same seed gives the same pair on every machine. Must not know the
product.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What one database calls things. ``types``: our name → its words, in the order in which each may widen."""

    types: dict[str, tuple[str, ...]]
    values: dict[str, tuple[str, ...]]  # literals of each type, as the database takes them
    quote: str
    text_key: str  # a type of text that a key can be of
    serial: str  # the key column that numbers itself
    checks: bool = True
    options: tuple[str, ...] = ("",)
    deferrable: bool = False
    partial: bool = False  # partial indexes
    expressions: bool = False  # indexes on expressions
    generated: tuple[str, ...] = ("STORED",)
    text_indexes: tuple[str, ...] = ()  # on a column of text: index, table, column
    strict: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the types of a table that is STRICT
    collations: tuple[str, ...] = ()  # after the type of a column of text
    conflicts: tuple[str, ...] = ()  # after NOT NULL and after keys
    endings: tuple[str, ...] = ()  # of the last part of a key
    serials: tuple[str, ...] = ()  # other key columns that number themselves
    actions: tuple[str, ...] = ("", "ON DELETE CASCADE", "ON DELETE SET NULL", "ON UPDATE CASCADE")
    key_indexes: tuple[str, ...] = ()  # on the column "id": index, table
    triggers: tuple[str, ...] = ()  # forms: table, what it does
    changes: tuple[str, ...] = ()  # that only this database has
    undefaulted: tuple[str, ...] = ("blob",)  # types whose columns have no default here
    shown: dict[str, str] = field(default_factory=dict)  # a type's value where another word of it shows it otherwise

    def words(self, table: Table, type_: str) -> tuple[str, ...]:
        """What a type of ours is called in the table."""
        return self.strict[type_] if "STRICT" in table.option else self.types[type_]


_TEXTS = ("''", "'x'", "'it''s'", "'Ünï 表'", "'a%sb:c'", "'two\nlines'", "' spaces '", "'\"q\"'")

SQLITE = Vocabulary(
    types={
        "int": ("integer", "INTEGER", "bigint"),
        "text": ("varchar(20)", "varchar(40)", "text"),
        "real": ("real", "double precision"),
        "blob": ("blob", "BLOB"),
        "num": ("numeric(10,2)", "numeric(14,2)"),
    },
    values={
        "int": ("0", "1", "-7", "9223372036854775807", "-9223372036854775808", "42", "17"),
        "text": _TEXTS,
        "real": ("0.1", "-1.5e300", "3.0", "1e-300"),
        "blob": ("x''", "x'00ff'", "x'27'"),
        "num": ("1.25", "0", "-12345.67", "3"),
    },
    quote='"',
    text_key="text",
    serial="integer PRIMARY KEY AUTOINCREMENT",
    options=("", "", "WITHOUT ROWID", "STRICT", "STRICT, WITHOUT ROWID"),
    deferrable=True,
    partial=True,
    expressions=True,
    generated=("STORED", "VIRTUAL"),
    text_indexes=(
        "INDEX {0} ON {1} ({2} COLLATE NOCASE DESC)",
        "INDEX {0} ON {1} (lower({2}), length({2}) DESC) WHERE {2} IS NOT NULL",
        "INDEX {0} ON {1} ({2} || 'x' COLLATE RTRIM)",
    ),
    strict={
        "int": ("INTEGER", "INT", "INTEGER"),
        "text": ("TEXT", "TEXT", "TEXT"),
        "real": ("REAL", "REAL"),
        "blob": ("BLOB", "BLOB"),
        "num": ("ANY", "ANY"),
    },
    collations=("", "", " COLLATE NOCASE", " COLLATE RTRIM", " COLLATE BINARY"),
    conflicts=("", "", *(f" ON CONFLICT {word}" for word in ("IGNORE", "REPLACE", "FAIL", "ROLLBACK", "ABORT"))),
    endings=("", "", " DESC", " COLLATE NOCASE", " COLLATE RTRIM DESC"),
    serials=("integer PRIMARY KEY", "INTEGER CONSTRAINT pk PRIMARY KEY ASC", "integer NOT NULL PRIMARY KEY"),
    actions=(
        *("", "ON DELETE CASCADE", "ON DELETE CASCADE ON UPDATE CASCADE", "ON DELETE SET NULL", "ON UPDATE RESTRICT"),
        *("ON DELETE SET DEFAULT", "DEFERRABLE INITIALLY DEFERRED", "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"),
    ),
    key_indexes=(
        "UNIQUE INDEX {0} ON {1} (id DESC) WHERE id > 2",
        "UNIQUE INDEX {0} ON {1} (-id)",
        "INDEX {0} ON {1} (id % 7, id)",
    ),
    triggers=(
        "AFTER INSERT ON {0} BEGIN {1}; END",
        "BEFORE DELETE ON {0} WHEN (SELECT count(*) FROM {0}) > 100 BEGIN SELECT RAISE(ABORT, 'no'); END",
        "AFTER UPDATE ON {0} FOR EACH ROW BEGIN {1}; DELETE FROM log WHERE n < -1; END",
        "AFTER DELETE ON log WHEN old.n = 77 BEGIN DELETE FROM {0}; {1}; END",
        "AFTER DELETE ON {0} BEGIN {1}; END",
    ),
    changes=("collation", "conflict", "ending", "reference", "generated", "generated", "option", "key index"),
)

POSTGRESQL = Vocabulary(
    types={
        "int": ("integer", "bigint"),
        "text": ("varchar(20)", "varchar(40)", "text"),
        "real": ("double precision",),
        "blob": ("bytea",),
        "num": ("numeric(10,2)", "numeric(14,2)", "numeric"),
        "time": ("timestamp(6)", "timestamp"),
        "flag": ("boolean",),
        "json": ("jsonb",),
        "array": ("integer[]", "bigint[]"),
    },
    values={
        "int": ("0", "1", "-7", "2147483647", "-2147483648", "42"),
        "text": _TEXTS,
        "real": ("0.1", "-1.5e300", "3.0", "'NaN'", "'Infinity'"),
        "blob": ("'\\x'", "'\\x00ff'", "'\\x27'"),
        "num": ("1.25", "0", "-12345.67"),
        "time": ("'2024-02-29 23:59:59.123456'", "'0001-01-01'", "'infinity'"),
        "flag": ("true", "false"),
        "json": ('\'{"a": [1, null, "x"]}\'', "'null'"),
        "array": ("'{}'", "'{1,NULL,-3}'"),
    },
    quote='"',
    text_key="text",
    serial="integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
    options=("", "", "WITH (fillfactor=70)"),
    deferrable=True,
    partial=True,
    expressions=True,
)

MARIADB = Vocabulary(
    types={
        "int": ("int", "bigint"),
        "text": ("varchar(20)", "varchar(40)", "text"),
        "real": ("double",),
        "blob": ("varbinary(20)", "varbinary(50)", "longblob"),
        "num": ("decimal(10,2)", "decimal(14,2)"),
        "time": ("datetime(6)",),
        "flag": ("tinyint(1)", "smallint"),
        "stamp": ("timestamp(3) NULL", "timestamp(6) NULL"),
        "fixed": ("char(20)", "char(40)"),
        "zero": ("int(5) unsigned zerofill", "int(9) unsigned zerofill", "bigint unsigned"),
        "uid": ("uuid",),
        "shape": ("point", "geometry"),
        "enum": ("enum('a','b')", "enum('a','b','c')", "enum('c','b','a')", "enum('b','new','a') CHARACTER SET latin1"),
        "set": ("set('x','y')", "set('x','y','z')", "set('w','y','x')"),
        "uint": ("int unsigned", "bigint unsigned"),
        "code": (
            "varchar(10) CHARACTER SET latin1",
            "varchar(70) CHARACTER SET latin1",
            "varchar(70) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            "text CHARACTER SET utf8mb3",
        ),
        "json": ("json", "longtext"),
        "bits": ("bit(8)",),
    },
    values={
        "int": ("0", "1", "-7", "2147483647", "-2147483648", "42"),
        "text": _TEXTS,
        "real": ("0.1", "-1.5e300", "3.0"),
        "blob": ("''", "x'00ff'", "x'27'"),
        "num": ("1.25", "0", "-12345.67"),
        "time": ("'2024-02-29 23:59:59.123456'", "'1000-01-01'"),
        "flag": ("1", "0"),
        "stamp": ("'2024-02-29 23:59:59.123'", "'1999-01-01'"),
        "fixed": ("'x'", "''", "'Ünï 表'"),
        "zero": ("0", "42", "4294967295"),
        "uid": ("'123e4567-e89b-12d3-a456-426655440000'",),
        "shape": ("POINT(1, -2.5)", "POINT(0, 0)"),
        "enum": ("'a'", "'b'"),
        "set": ("''", "'x'", "'x,y'"),
        "uint": ("0", "4294967295"),
        "code": ("''", "'Ü'", "'x '"),
        "json": ('\'{"a": [1, null, "ü"]}\'', "'null'"),
        "bits": ("b'101'", "b'0'"),
    },
    quote="`",
    text_key="varchar(40)",
    serial="int NOT NULL AUTO_INCREMENT PRIMARY KEY",
    options=(
        "",
        "",
        "ROW_FORMAT=DYNAMIC",
        "COMMENT='a table'",
        "ROW_FORMAT=COMPRESSED",
        "STATS_PERSISTENT=1",
        "COLLATE=utf8mb4_bin",
        "CHARSET=utf8mb3",
        "PARTITION BY KEY () PARTITIONS 3",
        "PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (3), PARTITION b VALUES LESS THAN MAXVALUE)",
        "PARTITION BY RANGE (id) (PARTITION b VALUES LESS THAN MAXVALUE)",
        "PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (2), PARTITION c VALUES LESS THAN (9), "
        "PARTITION b VALUES LESS THAN MAXVALUE)",
    ),
    generated=("STORED", "VIRTUAL"),
    undefaulted=("blob", "shape"),
    shown={
        "code": "convert({0} using utf8mb4)",
        "enum": "convert({0} using utf8mb4)",
        "shape": "st_astext({0})",
        "stamp": "cast({0} as datetime(6))",
        "zero": "{0} + 0",
    },
    text_indexes=("INDEX {0} ON {1} ({2}(7))", "FULLTEXT INDEX {0} ON {1} ({2})"),
)

_CHANGES = (
    "add", "add", "widen", "required", "default", "check", "index", "rename", "move", "option", "unique", "view",
    "trigger", "table", "reference", "generated",
)  # fmt: skip

VOCABULARIES = {"sqlite": SQLITE, "postgresql": POSTGRESQL, "mysql": MARIADB}


@dataclass(slots=True)
class Column:
    name: str
    type: str  # ours
    word: int = 0  # which of its words
    full: bool = False  # no row holds NULL
    required: bool = False  # NOT NULL
    default: str | None = None
    generated: str | None = None
    kept: str = "STORED"  # how, if it is generated
    collation: str = ""
    conflict: str = ""  # what happens where it lacks what it requires
    was: str | None = None  # what it is called on the other side


@dataclass(slots=True)
class Table:
    name: str
    key: str  # "serial", "text", "pair", "none"
    columns: list[Column]
    option: str = ""
    uniques: list[str] = field(default_factory=list)  # columns with distinct values
    checks: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    references: dict[str, tuple[str, str]] = field(default_factory=dict)  # column → (table, action)
    serial: str = ""  # how it is numbered, where not as usual
    conflict: str = ""  # what happens where a key is there already
    ending: str = ""
    was: str | None = None

    @property
    def counts(self) -> bool:
        """Whether numbers that were given out are not given out again."""
        return self.key == "serial" and not self.serial

    @property
    def has_rowids(self) -> bool:
        """SQLite: whether rows have numbers beside their key."""
        return "WITHOUT ROWID" not in self.option


@dataclass(slots=True)
class Schema:
    tables: list[Table]
    views: dict[str, tuple[str, str]] = field(default_factory=dict)  # name → (table, what is selected)
    triggers: dict[str, str] = field(default_factory=dict)  # name → table; each writes to the table "log"


def old_and_new(dice: Random, words: Vocabulary) -> tuple[Schema, Schema]:
    """A schema, and what became of it after some changes that keep every value."""
    tables = [Table("log", "none", [Column("what", "text"), Column("n", "int")])]
    for number in range(dice.randint(1, 3)):
        tables.append(_table(dice, words, f"t{number}"))
    old = Schema(tables)
    for table in tables[1:]:
        for other in tables[1:]:
            if other.key == "serial" and dice.random() < 0.4:
                column = Column(f"{table.name}_{other.name}", "int")
                table.columns.append(column)
                action = dice.choice(words.actions)
                table.references[column.name] = (other.name, action)
        _decorate(dice, words, table)
    for table in tables[1:]:
        table.option = table.option if _suits(table.option, table, tables) else ""
    if words.changes:
        for table in tables[1:]:
            _adorn(dice, words, table)
    for number, table in enumerate(tables[1:]):
        if dice.random() < 0.4:
            old.views[f"v{number}"] = (
                table.name,
                dice.choice(["*", _key_columns(table)[0] if table.key != "none" else "*"]),
            )
        if dice.random() < 0.4:
            old.triggers[f"tr{number}"] = table.name
    _in_order(tables)  # the new schema must not keep a reference that the old one's rows never obeyed
    new = copy.deepcopy(old)
    for table in new.tables:
        table.was = table.name
        for column in table.columns:
            column.was = column.name
    for number in range(dice.randint(1, 5)):
        _change(dice, words, new, number)
    return old, new


def _table(dice: Random, words: Vocabulary, name: str) -> Table:
    columns = []
    for number in range(dice.randint(1, 5)):
        type_ = dice.choice(sorted(words.types))
        full = dice.random() < 0.5
        columns.append(
            Column(
                f"c{number}",
                type_,
                word=dice.randrange(len(words.types[type_])) if dice.random() < 0.3 else 0,
                full=full,
                required=full and dice.random() < 0.6,
                default=dice.choice(words.values[type_])
                if dice.random() < 0.3 and type_ not in words.undefaulted
                else None,
            )
        )
    key = dice.choice(["serial", "serial", "text", "pair", "none"])
    table = Table(name, key, columns)
    option = dice.choice(words.options)
    table.option = option if _suits(option, table, [table]) else ""
    return table


def _suits(option: str, table: Table, tables: list[Table]) -> bool:
    """Whether the table can have it: rows that its key tells apart, and for partitions nothing that ties it."""
    if "WITHOUT ROWID" in option:
        return table.key in ("text", "pair")
    if option.startswith("PARTITION"):
        tied = any(other == table.name for each in tables for other, _ in each.references.values())
        keyed = table.key == "serial" or (table.key != "none" and "(id)" not in option)
        words = any("FULLTEXT" in form for form in table.indexes.values())
        return keyed and not (tied or words or table.references or any(c.type == "shape" for c in table.columns))
    return True


def _adorn(dice: Random, words: Vocabulary, table: Table) -> None:
    """What only some databases know."""
    if table.key == "serial" and dice.random() < 0.3:
        table.serial = dice.choice(words.serials)
    for what in ("collation", "conflict", "ending", "generated", "key index", "text index", "check"):
        if dice.random() < 0.4:
            _alter(dice, words, table, what, f"{table.name}_{what[0]}")


def _alter(dice: Random, words: Vocabulary, table: Table, what: str, name: str) -> None:
    """A change that only some databases know."""
    plain = [c for c in table.columns if c.generated is None and c.name not in table.references]
    texts = [c for c in plain if c.type == "text"]
    match what:
        case "collation" if texts:
            dice.choice(texts).collation = dice.choice(words.collations)
        case "conflict" if plain and dice.random() < 0.5:
            dice.choice(plain).conflict = dice.choice(words.conflicts)
        case "conflict":
            table.conflict = dice.choice(words.conflicts)
        case "ending":
            table.ending = dice.choice(words.endings)
        case "generated" if ints := [c for c in plain if c.type == "int"]:
            kept, chosen = dice.choice(words.generated), dice.choice(ints).name
            last = len(words.types["num"]) - 1
            table.columns.append(Column(f"{name}g", "num", word=last, generated=f"{chosen} % 100", kept=kept))
            if dice.random() < 0.5:
                table.indexes[f"{name}_ix"] = f"({name}g DESC)"
        case "key index" if table.key == "serial":
            table.indexes[f"{name}_ki"] = dice.choice(words.key_indexes)
        case "text index" if texts:
            table.indexes[f"{name}_ti"] = dice.choice(words.text_indexes).replace("{2}", dice.choice(texts).name)
        case "check" if texts:
            column = dice.choice(texts).name
            table.checks[f"{name}_ck"] = f"{column} IS NULL OR {column} COLLATE NOCASE <> 'nö'"
        case "reference" if table.references:
            column, (other, _) = dice.choice(sorted(table.references.items()))
            table.references[column] = (other, dice.choice(words.actions))
        case _:
            pass


def _decorate(dice: Random, words: Vocabulary, table: Table) -> None:
    for column in table.columns:
        if column.type == "int" and column.name not in table.references and dice.random() < 0.3:
            table.checks[f"{table.name}_{column.name}_ck"] = f"{column.name} IS NULL OR {column.name} <> 123456"
        if column.type in ("int", "num") and dice.random() < 0.4:
            table.indexes[f"{table.name}_{column.name}_ix"] = _index(dice, words, column)


def _index(dice: Random, words: Vocabulary, column: Column) -> str:
    forms = ["({c})", "({c} DESC)"]
    if words.partial:
        forms.append("({c}) WHERE {c} > 3")
    if words.expressions:
        forms.append("(abs({c} % 1000))")
    return dice.choice(forms).format(c=column.name)


def _change(dice: Random, words: Vocabulary, schema: Schema, number: int) -> None:
    """One change that keeps all values."""
    table = dice.choice(schema.tables[1:])
    plain = [c for c in table.columns if c.generated is None and c.name not in table.references]
    column = dice.choice(plain) if plain else None
    match dice.choice(_CHANGES + words.changes):
        case what if what in words.changes and dice.random() < 0.7:
            _alter(dice, words, table, what, f"{what[0]}{number}")
        case "add":
            type_ = dice.choice(sorted(words.types))
            default = (
                dice.choice(words.values[type_]) if dice.random() < 0.6 and type_ not in words.undefaulted else None
            )
            required = default is not None and dice.random() < 0.5
            added = Column(f"a{number}", type_, default=default, full=required, required=required)
            table.columns.insert(dice.randint(0, len(table.columns)), added)
        case "widen" if column is not None:
            column.word = dice.randint(column.word, len(words.types[column.type]) - 1)
        case "required" if column is not None:
            column.required = column.full and not column.required
        case "default" if column is not None and column.type not in words.undefaulted and column.was is not None:
            column.default = None if column.default else dice.choice(words.values[column.type])
        case "check":
            name = f"{table.name}_k{number}"
            table.checks = {} if table.checks and dice.random() < 0.5 else {**table.checks, name: "1 < 2"}
        case "index" if column is not None and column.type in ("int", "num"):
            table.indexes[f"{table.name}_{column.name}_ix{number}"] = _index(dice, words, column)
        case "index" if column is not None and column.type == "text" and words.text_indexes:
            form = dice.choice(words.text_indexes)
            if "FULLTEXT" not in form or not table.option.startswith("PARTITION"):
                table.indexes[f"{table.name}_{column.name}_ix{number}"] = form.replace("{2}", column.name)
        case "index":
            table.indexes.clear()
        case "rename" if column is not None and column.was is not None and column.was == column.name:
            _rename_column(schema, table, column, f"r{number}_{column.name}")
        case "move" if table.was == table.name:
            _rename_table(schema, table, f"m{number}_{table.name}")
        case "option":
            table.option = dice.choice([o for o in words.options if _suits(o, table, schema.tables)])
        case "unique" if table.key == "serial":
            table.uniques = [] if table.uniques else ["id"]
        case "view":
            if schema.views and dice.random() < 0.5:
                schema.views.popitem()
            else:
                schema.views[f"w{number}"] = (table.name, "*")
        case "trigger":
            if schema.triggers and dice.random() < 0.5:
                schema.triggers.popitem()
            else:
                schema.triggers[f"x{number}"] = table.name
        case "table":
            schema.tables.append(_table(dice, words, f"n{number}"))
        case "reference":
            if table.references and dice.random() < 0.5:
                table.references.popitem()
            elif table.references:
                name, (other, _) = next(iter(table.references.items()))
                table.references[name] = (other, dice.choice(["", "ON DELETE CASCADE"]))
        case "generated" if ints := [c for c in plain if c.type == "int"]:
            table.columns.append(
                Column(
                    f"g{number}",
                    "num",
                    word=len(words.types["num"]) - 1,
                    generated=f"{ints[0].name} % 100",
                    kept=dice.choice(words.generated),
                )
            )
        case _:
            pass


def _rename_column(schema: Schema, table: Table, column: Column, name: str) -> None:
    old, column.name = column.name, name
    table.checks = {k: v.replace(old, name) for k, v in table.checks.items()}
    table.indexes = {k: v.replace(old, name) for k, v in table.indexes.items()}
    for other in table.columns:
        if other.generated is not None:
            other.generated = other.generated.replace(old, name)
    schema.views = {
        k: (t, what if t != table.name else what.replace(old, name)) for k, (t, what) in schema.views.items()
    }


def _rename_table(schema: Schema, table: Table, name: str) -> None:
    old, table.name = table.name, name
    for other in schema.tables:
        other.references = {c: (name if t == old else t, a) for c, (t, a) in other.references.items()}
    schema.views = {k: (name if t == old else t, what) for k, (t, what) in schema.views.items()}
    schema.triggers = {k: name if t == old else t for k, t in schema.triggers.items()}


def _key_columns(table: Table) -> list[str]:
    return {"serial": ["id"], "text": ["k"], "pair": ["k", "k2"], "none": []}[table.key]


# -- as SQL


def ddl(schema: Schema, words: Vocabulary) -> Iterator[str]:
    """The statements that make the schema in an empty database."""
    for table in _in_order(schema.tables):
        yield _create(table, words)
        for name, form in table.indexes.items():
            whole = form if "INDEX" in form else f"INDEX {{0}} ON {{1}} {form}"
            yield f"CREATE {whole}".replace("{0}", name).replace("{1}", table.name)
    for name, (table_name, what) in schema.views.items():
        yield f"CREATE VIEW {name} AS SELECT {what} FROM {table_name}"
    for name, table_name in schema.triggers.items():
        yield from _trigger(name, table_name, words)
    if words.triggers:
        for name in schema.views:
            yield f"CREATE VIEW {name}_up (n) AS WITH c AS (SELECT * FROM {name}) SELECT count(*) FROM c"
            yield f"CREATE TRIGGER {name}_io INSTEAD OF DELETE ON {name} BEGIN INSERT INTO log (n) VALUES (7); END"


def _in_order(tables: list[Table]) -> list[Table]:
    """Each after those it refers to; a table refers to earlier ones or to itself only where there is no cycle."""
    done: list[Table] = []
    left = list(tables)
    while left:
        ready = [t for t in left if all(o == t.name or o in {d.name for d in done} for o, _ in t.references.values())]
        if not ready:  # a cycle: the later reference is let go
            first = left[0]
            names = {d.name for d in done} | {first.name}
            first.references = {c: r for c, r in first.references.items() if r[0] in names}
            continue
        done.append(ready[0])
        left.remove(ready[0])
    return done


def _create(table: Table, words: Vocabulary) -> str:
    parts = []
    if table.key == "serial":
        parts.append(f"id {table.serial or words.serial}")
    if table.key in ("text", "pair"):
        parts.append(f"k {words.text_key} NOT NULL")
    if table.key == "pair":
        parts.append("k2 integer NOT NULL")
    for column in table.columns:
        text = f"{column.name} {words.words(table, column.type)[column.word]}{column.collation}"
        if column.generated is not None:
            text += f" GENERATED ALWAYS AS ({column.generated}) {column.kept}"
        if column.default is not None:
            text += f" DEFAULT {column.default}"
        if column.required:
            text += f" NOT NULL{column.conflict}"
        parts.append(text)
    if table.key in ("text", "pair"):
        parts.append(f"PRIMARY KEY ({', '.join(_key_columns(table))}{table.ending}){table.conflict}")
    parts += [f"CONSTRAINT {table.name}_{c}_uq UNIQUE ({c}{table.ending}){table.conflict}" for c in table.uniques]
    parts += [f"CONSTRAINT {name} CHECK ({check})" for name, check in table.checks.items()]
    parts += [
        f"CONSTRAINT {table.name}_{c}_fk FOREIGN KEY ({c}) REFERENCES {other} (id) {action}".rstrip()
        for c, (other, action) in table.references.items()
    ]
    return f"CREATE TABLE {table.name} ({', '.join(parts)}) {table.option}".rstrip()


def _trigger(name: str, table: str, words: Vocabulary) -> Iterator[str]:
    body = f"INSERT INTO log (what, n) VALUES ('{name}', 1)"
    if words is SQLITE:
        form = words.triggers[int(name[-1]) % len(words.triggers)]
        yield f"CREATE TRIGGER {name} {form.replace('{0}', table).replace('{1}', body)}"
    elif words is MARIADB:
        yield f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW {body}"
    else:
        quoted = body.replace("'", "''")
        yield (f"CREATE FUNCTION f_{name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {quoted}; RETURN NULL; END'")
        yield f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION f_{name}()"


def rows(dice: Random, schema: Schema, words: Vocabulary) -> Iterator[str]:
    """INSERT statements; references are to rows that are there."""
    counts: dict[str, int] = {}
    for table in _in_order(schema.tables):
        counts[table.name] = count = dice.randint(0, 6)
        for number in range(1, count + 1):
            values: dict[str, str] = {}
            if table.key in ("text", "pair"):
                values["k"] = f"'k{number}'" if table.key == "text" else f"'k{number // 3}'"
            if table.key == "pair":
                values["k2"] = str(number)
            for column in table.columns:
                if column.generated is None:
                    values[column.name] = _value(dice, table, column, counts, words, number)
            if table.key == "serial" and not values:
                values["id"] = str(number)
            names = ", ".join(values)
            yield f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(values.values())})"
        if words is SQLITE and table.counts and dice.random() < 0.5:  # as if the highest had been deleted
            yield f"UPDATE sqlite_sequence SET seq = seq + 5 WHERE name = '{table.name}'"


def _value(dice: Random, table: Table, column: Column, counts: dict[str, int], words: Vocabulary, number: int) -> str:
    if column.name in table.references:
        other = table.references[column.name][0]
        there = counts[other]
        if other == table.name:
            there = number - 1 if words.changes else 0
        return str(dice.randint(1, there)) if there and dice.random() < 0.7 else "NULL"
    if not column.full and dice.random() < 0.3:
        return "NULL"
    return dice.choice(words.values[column.type])


def renames(new: Schema) -> list[str]:
    """The hints that tell what has become of what: "table t=m" first, then "column m.c=r"."""
    found = [f"table {t.was}={t.name}" for t in new.tables if t.was is not None and t.was != t.name]
    for table in new.tables:
        for column in table.columns:
            if column.was is not None and column.was != column.name:
                found.append(f"column {table.name}.{column.was}={column.name}")
    return found
