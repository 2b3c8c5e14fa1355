"""The catalog queries: .sql files beside this module, with the namespaces to read filled in."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.session import Session

Row = tuple[Any, ...]

# Spellings of columns that older servers lack; each stands in the .sql files as $name.
_NOT_ENFORCED = ("c.conenforced", "true")
_GENERATED = ("p.pubgencols::text", "'n'")
_TEMPORAL = ("c.conperiod", "false")
_COLLATION_RULES = ("c.collicurules", "NULL::text")
_PASSWORD_REQUIRED = ("s.subpasswordrequired", "true")
_RUN_AS_OWNER = ("s.subrunasowner", "false")
_ORIGIN = ("s.suborigin", "'any'")
_FAILOVER = ("s.subfailover", "false")
_INHERIT_OPTION = ("bool_or(m.inherit_option)", "NULL::boolean")
_SET_OPTION = ("bool_or(m.set_option)", "NULL::boolean")


@cache
def text(name: str) -> str:
    """The text of ``name``.sql."""
    return (files(__package__) / f"{name}.sql").read_text(encoding="utf-8")


def run(session: Session, features: Features, name: str, namespaces: tuple[int, ...]) -> list[Row]:
    """The rows of ``name``.sql for these namespaces (oids of pg_namespace)."""
    sql = text(name).replace("$namespaces", "'{" + ",".join(map(str, namespaces)) + "}'::oid[]")
    sql = sql.replace("$enforced", _NOT_ENFORCED[not features.has_not_enforced])
    sql = sql.replace("$period", _TEMPORAL[not features.has_temporal_keys])
    sql = sql.replace("$collation_locale", features.collation_locale)
    sql = sql.replace("$collation_rules", _COLLATION_RULES[not features.has_collation_rules])
    sql = sql.replace("$gencols", _GENERATED[not features.has_published_generated_columns])
    sql = sql.replace("$password_required", _PASSWORD_REQUIRED[not features.has_subscription_origin])
    sql = sql.replace("$run_as_owner", _RUN_AS_OWNER[not features.has_subscription_origin])
    sql = sql.replace("$origin", _ORIGIN[not features.has_subscription_origin])
    sql = sql.replace("$failover", _FAILOVER[not features.has_failover])
    sql = sql.replace("$inherit_option", _INHERIT_OPTION[not features.has_membership_options])
    sql = sql.replace("$set_option", _SET_OPTION[not features.has_membership_options])
    return session.query(sql)
