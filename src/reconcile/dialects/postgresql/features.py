"""Features: what a PostgreSQL version can do, as facts named by meaning. Nobody else compares version numbers."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.dialects.session import Session

OLDEST_MAJOR = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Facts of one server version (``server_version_num``, 180001 for 18.1)."""

    version: int
    role: str = ""  # who we are: whose default privileges new objects get
    has_nulls_not_distinct: bool  # 15: UNIQUE NULLS NOT DISTINCT
    has_set_null_columns: bool  # 15: ON DELETE SET NULL (columns)
    has_security_invoker: bool  # 15: views that run with the rights of who reads them
    has_unlogged_sequences: bool  # 15
    can_ask_for_valid_input: bool  # 16: pg_input_is_valid
    has_collation_rules: bool  # 16: CREATE COLLATION … (rules = …)
    has_subscription_origin: bool  # 16: subscriptions with origin, run_as_owner, password_required
    has_membership_options: bool  # 16: GRANT role … WITH INHERIT, SET; memberships by several grantors
    has_failover: bool  # 17: subscriptions whose slots survive a failover
    streams_in_parallel: bool  # 18: … that stream in parallel where nothing is said
    collation_locale: str  # the column of pg_collation that has it: its name is another one from 17 on
    has_set_expression: bool  # 17: ALTER COLUMN … SET EXPRESSION
    has_set_access_method_default: bool  # 17: SET ACCESS METHOD DEFAULT
    has_named_not_null: bool  # 18: NOT NULL is a constraint in pg_constraint
    has_virtual_generated_columns: bool  # 18
    has_not_enforced: bool  # 18: NOT ENFORCED checks and foreign keys
    has_published_generated_columns: bool  # 18: publications with publish_generated_columns
    has_temporal_keys: bool  # 18: WITHOUT OVERLAPS, PERIOD
    has_alter_inheritability: bool  # 18: ALTER CONSTRAINT … [NO] INHERIT

    @property
    def subscription_defaults(self) -> dict[str, str]:
        """The options of CREATE SUBSCRIPTION as they are where nothing is said."""
        return {
            "binary": "false",
            "streaming": "parallel" if self.streams_in_parallel else "off",
            "two_phase": "false",
            "disable_on_error": "false",
            "synchronous_commit": "off",
            "password_required": "true",
            "run_as_owner": "false",
            "origin": "any",
            "failover": "false",
        }

    @property
    def major(self) -> int:
        return self.version // 10000


def features_of(version: int, role: str = "") -> Features:
    """The facts of a version."""
    major = version // 10000
    return Features(
        version=version,
        role=role,
        has_nulls_not_distinct=major >= 15,
        has_set_null_columns=major >= 15,
        has_security_invoker=major >= 15,
        has_unlogged_sequences=major >= 15,
        can_ask_for_valid_input=major >= 16,
        has_collation_rules=major >= 16,
        has_subscription_origin=major >= 16,
        has_membership_options=major >= 16,
        has_failover=major >= 17,
        streams_in_parallel=major >= 18,
        collation_locale="c.colllocale" if major >= 17 else "c.colliculocale",
        has_set_expression=major >= 17,
        has_set_access_method_default=major >= 17,
        has_named_not_null=major >= 18,
        has_virtual_generated_columns=major >= 18,
        has_not_enforced=major >= 18,
        has_published_generated_columns=major >= 18,
        has_temporal_keys=major >= 18,
        has_alter_inheritability=major >= 18,
    )


def detect(session: Session) -> Features:
    """The facts of the server at the other end."""
    ((version, role),) = session.query("SELECT current_setting('server_version_num')::int4, current_user::text")
    return features_of(int(version), role)
