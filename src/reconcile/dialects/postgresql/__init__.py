"""PostgreSQL 15 and later: the Dialect value."""

from __future__ import annotations

from reconcile.dialects.base import Dialect
from reconcile.dialects.postgresql.facts import FACTS
from reconcile.dialects.postgresql.features import detect
from reconcile.dialects.postgresql.read import read
from reconcile.dialects.postgresql.read.roles import read_with_roles
from reconcile.dialects.postgresql.read.usage import read_survey, read_usage
from reconcile.dialects.postgresql.rules import rules
from reconcile.dialects.postgresql.scratch import make_scratch
from reconcile.dialects.postgresql.session import DRIVERS, open_session
from reconcile.dialects.postgresql.shared import SHARED
from reconcile.dialects.postgresql.validate import validate
from reconcile.dialects.sqltext import POSTGRESQL
from reconcile.hazards.judge import House
from reconcile.state import Kind

DIALECT = Dialect(
    name="postgresql",
    grammar=POSTGRESQL,
    namespaces=True,
    default_schema="public",
    transactional_ddl=True,
    drivers=DRIVERS,
    open=open_session,
    features=detect,
    read=read,
    rules=rules,
    scratch=make_scratch,
    validate=validate,
    on_request=frozenset({Kind.OWNER, Kind.ROLE}),
    read_requested={Kind.ROLE: read_with_roles},
    shared=SHARED,
    usage=read_usage,
    survey=read_survey,
    hazards=House(facts=FACTS, package="reconcile.dialects.postgresql.hazards"),
)

__all__ = ["DIALECT"]
