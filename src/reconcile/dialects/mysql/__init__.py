"""MySQL and MariaDB, put together."""

from __future__ import annotations

from reconcile.dialects.base import Dialect
from reconcile.dialects.mysql import hazards
from reconcile.dialects.mysql.facts import FACTS
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.read import read
from reconcile.dialects.mysql.rules import MySqlRules
from reconcile.dialects.mysql.scratch import scratch
from reconcile.dialects.mysql.session import DRIVERS, MySqlSession, open_session
from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import MYSQL
from reconcile.hazards.judge import House, rules_in


def _features(session: Session) -> Features:
    assert isinstance(session, MySqlSession)
    return session.features


DIALECT = Dialect(
    name="mysql",
    grammar=MYSQL,
    namespaces=False,
    default_schema=None,
    transactional_ddl=False,
    drivers=DRIVERS,
    open=open_session,
    features=_features,
    read=read,
    rules=MySqlRules,
    scratch=scratch,
    hazards=House(facts=FACTS, own=rules_in(hazards)),
)
