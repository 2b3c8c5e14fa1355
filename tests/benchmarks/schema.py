"""A synthetic schema of any size, as SQLAlchemy models. TARGET is the one the environment asks for.

RECONCILE_BENCH_TABLES: how many tables. RECONCILE_BENCH_CHANGED: in how many per cent of them a column is added.
"""

from __future__ import annotations

import os

import sqlalchemy as sa


def metadata(tables: int, *, changed_percent: int = 0) -> sa.MetaData:
    """``tables`` tables of 12 columns, a primary key, 2 indexes, a check, and 1 or 2 foreign keys each."""
    found = sa.MetaData()
    changed = -(-tables * changed_percent // 100)  # at least one
    step = -(-tables // changed) if changed else 0
    for number in range(tables):
        table = _table(found, number)
        if step and number % step == 0:
            table.append_column(sa.Column("added", sa.Integer))
    return found


def _table(found: sa.MetaData, number: int) -> sa.Table:
    name = _name(number)
    parent, other = _name(number // 2), _name(number // 3)
    keys = [sa.ForeignKeyConstraint(["parent_id"], [f"{parent}.id"], name=f"{name}_parent_fk")]
    if number % 2:
        keys.append(sa.ForeignKeyConstraint(["other_id"], [f"{other}.id"], name=f"{name}_other_fk"))
    return sa.Table(
        name,
        found,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer),
        sa.Column("other_id", sa.Integer),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120)),
        sa.Column("kind", sa.String(20), nullable=False, server_default="plain"),
        sa.Column("description", sa.Text),
        sa.Column("amount", sa.Numeric(12, 2)),
        sa.Column("quantity", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("ratio", sa.Float),
        sa.Column("day", sa.Date),
        sa.Column("made", sa.DateTime, nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("quantity >= 0", name=f"{name}_quantity_check"),
        sa.Index(f"{name}_code_idx", "code", unique=True),
        sa.Index(f"{name}_kind_idx", "kind", "made"),
        *keys,
    )


def dressing(number: int) -> str:
    """SQL for PostgreSQL that gives a table of the schema what else there is: a row of every family that is read."""
    name = _name(number)
    return f"""
    CREATE TYPE {name}_mood AS ENUM ('ok', 'so so', 'sad');
    CREATE DOMAIN {name}_code AS text DEFAULT 'x' CHECK (VALUE <> '');
    CREATE FUNCTION {name}_on_write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.made := now(); RETURN NEW; END';
    CREATE FUNCTION {name}_twice(x integer, y integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE
        AS 'SELECT x * y';
    CREATE TRIGGER {name}_write BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION {name}_on_write();
    ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, ALTER code SET STATISTICS 200;
    CREATE POLICY {name}_own ON {name} FOR SELECT USING (kind <> 'secret');
    CREATE VIEW {name}_plain WITH (security_barrier = true) AS SELECT id, code, kind FROM {name} WHERE kind = 'plain';
    CREATE RULE {name}_keep AS ON DELETE TO {name} DO INSTEAD NOTHING;
    CREATE SEQUENCE {name}_numbers INCREMENT 5;
    CREATE STATISTICS {name}_stats ON kind, code FROM {name};
    CREATE INDEX {name}_lower ON {name} (lower(name)) WHERE name IS NOT NULL;
    GRANT SELECT, INSERT ON {name} TO PUBLIC; GRANT SELECT ON {name}_plain TO PUBLIC;
    REVOKE ALL ON FUNCTION {name}_twice(integer, integer) FROM PUBLIC;
    COMMENT ON TABLE {name} IS 'a table'; COMMENT ON COLUMN {name}.code IS 'a column';
    COMMENT ON VIEW {name}_plain IS 'a view';
    """


def _name(number: int) -> str:
    return f"bench_{number:05d}"


TARGET = metadata(
    int(os.environ.get("RECONCILE_BENCH_TABLES", "0")),
    changed_percent=int(os.environ.get("RECONCILE_BENCH_CHANGED", "0")),
)
