"""As whom and under what a program is made: the server keeps that with it, and so does a plan that makes it anew."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.dialects.mysql.features import Features
from reconcile.dialects.sqltext import MYSQL
from reconcile.state import Check, Event, View
from reconcile.state.made import Made

Around = tuple[tuple[str, ...], tuple[str, ...]]  # what is set before a statement, and set back after it


def definer_clause(item: Made) -> str:
    """Who it runs as. Nothing is said of the user who carries out the plan."""
    if item.definer is None:
        return ""
    user, _, host = item.definer.rpartition("@")
    return f"DEFINER={MYSQL.ident(user)}@{MYSQL.ident(host)} " if user else f"DEFINER={MYSQL.ident(host)} "


def definer_checks(item: Made) -> tuple[Check, ...]:
    """That we may make what is another's: known before the first step ("CREATE VIEW": SET USER; SET_ANY_DEFINER)."""
    if item.definer is None:
        return ()
    ours = "CONCAT(0x27, REPLACE(CURRENT_USER(), '@', 0x274027), 0x27)"  # 'user'@'host', as the catalog has it
    roles = (
        "SELECT 1 FROM information_schema.enabled_roles r WHERE p.grantee LIKE CONCAT(0x27, r.role_name, 0x2740, '%')"
    )
    query = (
        f"SELECT CURRENT_USER() FROM DUAL WHERE CURRENT_USER() <> {MYSQL.literal(item.definer)} AND NOT EXISTS "
        "(SELECT 1 FROM information_schema.user_privileges p WHERE p.privilege_type IN "
        "('SUPER', 'SET USER', 'SET_USER_ID', 'SET_ANY_DEFINER') "
        f"AND (p.grantee = {ours} OR EXISTS ({roles})))"
    )
    return (
        Check(
            key=item.key,
            query=query,
            message=f"{item.key} runs as {item.definer}, and this user may not make what runs as another",
            advice=f"GRANT SET USER to this user, connect as {item.definer}, or drop {item.key} by hand first",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Settings:
    """The session's settings that the server keeps with a program."""

    sql_mode: str
    time_zone: str | None = None
    collation: str | None = None

    def statement(self) -> str:
        zone = "" if self.time_zone is None else f", SESSION time_zone = {self.time_zone}"
        collation = "" if self.collation is None else f", SESSION collation_connection = {self.collation}"
        return f"SET SESSION sql_mode = {MYSQL.literal(self.sql_mode)}{zone}{collation}"


def session_around(item: Made, features: Features) -> Around:
    """The session in which it is made."""
    zone = dict(item.options).get("time_zone") if isinstance(item, Event) else None
    settings = _Settings(_mode(item, features), zone and MYSQL.literal(zone), item.connection)
    usual = _Settings(features.sql_mode, zone and "DEFAULT")
    if settings == usual:
        return (), ()
    names = () if item.connection is None else ("SET NAMES utf8mb4",)  # as when the session was opened
    return (settings.statement(),), (usual.statement(), *names)


def _mode(item: Made, features: Features) -> str:
    if isinstance(item, View):
        return features.sql_mode  # the server keeps none with a view
    if item.made_under is not None:
        return item.made_under
    if item.grammar is None:
        return features.sql_mode
    # MariaDB's ORACLE says all of its own.
    alone = item.grammar == "ORACLE" and features.speaks_oracle
    return item.grammar if alone else f"{item.grammar},{features.sql_mode}"
