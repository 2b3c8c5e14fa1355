"""MySQL and MariaDB, put together."""

from __future__ import annotations

from collections.abc import Callable

from reconcile.dialects.base import Dialect
from reconcile.dialects.mysql.facts import FACTS
from reconcile.dialects.mysql.features import Features
from reconcile.dialects.mysql.read import read, read_with_privileges
from reconcile.dialects.mysql.read.usage import read_usage
from reconcile.dialects.mysql.rules import MySqlRules
from reconcile.dialects.mysql.scratch import scratch
from reconcile.dialects.mysql.session import DRIVERS, MySqlSession, open_session
from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import MYSQL
from reconcile.hazards.judge import House
from reconcile.state import Kind


def _features(session: Session) -> Features:
    assert isinstance(session, MySqlSession)
    return session.features


def _folding(features: Features, kind: Kind) -> Callable[[str], str]:
    """lower_case_table_names = 1: tables are called in lower case, whatever was written."""
    return str.lower if features.folds_tables and kind in (Kind.TABLE, Kind.VIEW, Kind.SEQUENCE) else str


def _unsaid_action(features: Features) -> str:
    return features.foreign_key_default_action


DIALECT = Dialect(
    name="mysql",
    grammar=MYSQL,
    namespaces=False,
    default_schema=None,
    transactional_ddl=False,
    drivers=DRIVERS,
    open=open_session,
    features=_features,
    folding=_folding,
    unsaid_action=_unsaid_action,
    read=read,
    rules=MySqlRules,
    scratch=scratch,
    usage=read_usage,
    survey=read_usage,
    on_request=frozenset({Kind.PRIVILEGE}),
    read_requested={Kind.PRIVILEGE: read_with_privileges},
    hazards=House(facts=FACTS, package="reconcile.dialects.mysql.hazards"),
)
