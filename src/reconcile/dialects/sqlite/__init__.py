"""The SQLite dialect: one value made of its parts."""

from __future__ import annotations

from reconcile.dialects.base import Dialect
from reconcile.dialects.sqlite.facts import FACTS
from reconcile.dialects.sqlite.read import features_of, read_state
from reconcile.dialects.sqlite.read.survey import survey
from reconcile.dialects.sqlite.rules import SqliteRules
from reconcile.dialects.sqlite.scratch import make_scratch
from reconcile.dialects.sqlite.session import DRIVERS, open_session
from reconcile.dialects.sqlite.text import fold
from reconcile.dialects.sqltext import SQLITE
from reconcile.hazards.judge import House
from reconcile.state import Kind

__all__ = ["DIALECT"]

DIALECT = Dialect(
    name="sqlite",
    grammar=SQLITE,
    namespaces=False,
    default_schema=None,
    transactional_ddl=True,
    drivers=DRIVERS,
    open=open_session,
    features=features_of,
    read=read_state,
    rules=SqliteRules,
    scratch=make_scratch,
    survey=survey,
    fold_name=fold,
    alone=frozenset({Kind.TABLE}),  # a foreign key may refer to what is not there (foreignkeys.html, 3)
    hazards=House(facts=FACTS, package="reconcile.dialects.sqlite.hazards"),
)
