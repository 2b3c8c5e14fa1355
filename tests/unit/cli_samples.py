"""A proposal, revisions, history and status to show: one of everything that has to be put in words."""

from __future__ import annotations

from dataclasses import replace

from reconcile.api.values import Applied, Entry, Proposal, Status, Suggestion
from reconcile.state import (
    Alter,
    Check,
    Column,
    Create,
    Default,
    Drop,
    Effect,
    ForeignKey,
    Hazard,
    Index,
    IndexPart,
    Key,
    Kind,
    Level,
    Opaque,
    Phase,
    Plan,
    PrimaryKey,
    Proof,
    Rehearsal,
    Rename,
    Replace,
    State,
    Step,
    Table,
    View,
    child_key,
    table_key,
)
from reconcile.state.revision import Revision

USERS, ORDERS, LEGACY = (table_key("public", name) for name in ("users", "orders", "legacy"))
EMAIL = child_key(Kind.COLUMN, USERS, "email")
ACTIVE = Key(Kind.VIEW, "public", "active_users")


def column(table: Key, name: str, type_: str, *, nullable: bool = True, position: int = 0) -> Column:
    return Column(key=child_key(Kind.COLUMN, table, name), type=type_, nullable=nullable, position=position)


def parts(*names: str) -> tuple[IndexPart, ...]:
    return tuple(IndexPart(column=name) for name in names)


ORDER_PARTS = (
    column(ORDERS, "id", "integer", nullable=False, position=1),
    column(ORDERS, "user_id", "integer", nullable=False, position=2),
    PrimaryKey(key=child_key(Kind.PRIMARY_KEY, ORDERS, "orders_pkey"), parts=parts("id")),
    ForeignKey(
        key=child_key(Kind.FOREIGN_KEY, ORDERS, "orders_user_id_fkey"),
        columns=("user_id",),
        target=USERS,
        target_columns=("id",),
        on_delete="CASCADE",
    ),
)
OLD_EMAIL, NEW_EMAIL = column(USERS, "email", "character varying(80)"), column(USERS, "email", "text", nullable=False)
OLD_VIEW = View(key=ACTIVE, definition="SELECT users.email FROM users")
CHANGES = (
    Create(new=Table(key=ORDERS)),
    *(Create(new=item) for item in ORDER_PARTS),
    Alter(old=OLD_EMAIL, new=NEW_EMAIL, fields=frozenset({"type", "nullable"})),
    Create(new=Default(key=child_key(Kind.DEFAULT, EMAIL), expression="''::text")),
    Create(
        new=Index(key=child_key(Kind.INDEX, USERS, "users_email_idx"), parts=parts("email"), unique=True),
    ),
    Rename(
        old=column(USERS, "surname", "text"),
        new=column(USERS, "last_name", "text"),
    ),
    Replace(old=OLD_VIEW, new=OLD_VIEW, because=EMAIL),
    Drop(old=Table(key=LEGACY)),
    Drop(old=column(LEGACY, "id", "integer")),
)
ROWS_LOST = Hazard(
    code="drop-table",
    level=Level.DANGER,
    key=LEGACY,
    message="table public.legacy holds rows",
    advice="its rows are kept in the attic until `reconcile purge`",
)
REWRITE = Hazard(
    code="table-rewrite",
    level=Level.WARNING,
    key=EMAIL,
    message="the whole of public.users is written anew while nobody can read or write it",
)
STEPS = (
    Step(
        number=1,
        summary="drop view public.active_users",
        sql=('DROP VIEW "public"."active_users"',),
        reason="view public.active_users needs column public.users.email",
    ),
    Step(
        number=2,
        summary="alter table public.users: email becomes text, not null",
        sql=('ALTER TABLE "public"."users"\n  ALTER COLUMN "email" TYPE text,\n  ALTER COLUMN "email" SET NOT NULL',),
        lock="ACCESS EXCLUSIVE on public.users",
        rewrites=True,
        hazards=(REWRITE,),
        checks=(
            Check(
                key=EMAIL,
                query='SELECT "id" FROM "public"."users" WHERE "email" IS NULL',
                message="column public.users.email has rows that are NULL",
                advice="give them a value first",
            ),
        ),
        effects=(Effect(key=EMAIL, before="a" * 32, after="b" * 32),),
    ),
    Step(
        number=3,
        summary="create table public.orders",
        sql=(
            'CREATE TABLE "public"."orders" (\n  "id" integer NOT NULL,\n  "user_id" integer NOT NULL,\n'
            '  CONSTRAINT "orders_pkey" PRIMARY KEY ("id")\n)',
        ),
    ),
    Step(number=4, summary="drop table public.legacy", sql=('DROP TABLE "public"."legacy"',), hazards=(ROWS_LOST,)),
)
CONCURRENT = Step(
    number=5,
    summary="create index public.users.users_email_idx",
    sql=('CREATE UNIQUE INDEX CONCURRENTLY "users_email_idx" ON "public"."users" ("email")',),
    transactional=False,
    lock="SHARE UPDATE EXCLUSIVE on public.users",
)
BACK = Step(number=1, summary="drop table public.orders", sql=('DROP TABLE "public"."orders"',))
PLAN = Plan(
    dialect="postgresql",
    server="PostgreSQL 15.20",
    base="0" * 32,
    target="1" * 32,
    phases=(Phase(transactional=True, steps=STEPS), Phase(transactional=False, steps=(CONCURRENT,))),
    revert_phases=(Phase(transactional=True, steps=(BACK,)),),
    rehearsal=Rehearsal(forward=Proof.PASSED, backward=Proof.PASSED, rows=12),
)
EMPTY_PLAN = Plan(dialect="postgresql", server="PostgreSQL 15.20", base="1" * 32, target="1" * 32, phases=())
EMPTY_STATE = State.empty("postgresql", "PostgreSQL 15.20")
STATS = Opaque(key=Key(Kind.OPAQUE, "public", "materialized view stats"), what="materialized view")
PROPOSAL = Proposal(
    plan=PLAN,
    base=EMPTY_STATE,
    target=EMPTY_STATE,
    changes=CHANGES,
    unmanaged=(STATS,),
    suggestions=(Suggestion(old=LEGACY, new=ORDERS, likeness=0.8, hint="--rename 'table public.legacy=orders'"),),
    notes=("table public.users: columns stand in another order (id, email, last_name)",),
)
NOTHING = Proposal(plan=EMPTY_PLAN, base=EMPTY_STATE, target=EMPTY_STATE, changes=())
SAFE = replace(
    PROPOSAL,
    plan=replace(PLAN, phases=(Phase(transactional=True, steps=STEPS[:3]),)),
    unmanaged=(),
    suggestions=(),
    notes=(),
)
REVISION = Revision(
    id="20261122T101530_add_orders",
    parents=("20261120T090000_initial_tables",),
    created="2026-11-22T10:15:30Z",
    message="Add orders",
    plan=PLAN,
    checksum="c" * 32,
)
APPLIED = Applied(revisions=(REVISION,), seconds=0.42)
ENTRIES = (
    Entry(
        id="20261120T090000_initial_tables",
        message="Initial tables",
        direction="apply",
        state="applied",
        started="2026-11-20T09:00:01Z",
        seconds=0.031,
        who="ann@laptop",
        tool="0.1.0",
        steps=2,
        checksum="d" * 32,
    ),
    Entry(
        id="20261122T101530_add_orders",
        message="Add orders",
        direction="apply",
        state="failed",
        started="2026-11-22T10:20:00Z",
        seconds=61.5,
        who="deploy@ci-runner-7",
        tool="0.1.0",
        steps=5,
        checksum="c" * 32,
    ),
)
STATUS = Status(
    database="postgresql://app@db/shop",
    server="PostgreSQL 15.20",
    heads=("20261120T090000_initial_tables",),
    pending=(REVISION,),
    unknown=("20261121T000000_hotfix",),
    drift=CHANGES[5:6],
    unfinished="the apply of 20261122T101530_add_orders, begun 10:20, was interrupted; the next one finishes it",
    unmanaged=(STATS,),
    proposal=PROPOSAL,
)
