"""Subscriptions: what logical replication receives. The connection is a secret, and is not read."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import Key, Kind, Subscription

_STREAMING = {"f": "off", "false": "off", "t": "on", "true": "on", "p": "parallel"}


def read_subscriptions(reading: Reading) -> None:
    """One object for each, with the options that are not at their defaults."""
    defaults = reading.features.subscription_defaults
    for (
        oid, name, enabled, publications, slot, binary, streaming, two_phase, disable, commit, password, owner, origin,
        failover,
    ) in reading.rows("subscriptions"):  # fmt: skip
        key = Key(Kind.SUBSCRIPTION, None, name)
        said = {
            "binary": _word(binary),
            "streaming": _STREAMING[streaming],
            "two_phase": _word(two_phase),
            "disable_on_error": _word(disable),
            "synchronous_commit": commit,
            "password_required": _word(password),
            "run_as_owner": _word(owner),
            "origin": origin,
            "failover": _word(failover),
        }
        options = [(option, value) for option, value in said.items() if value != defaults.get(option, value)]
        if slot != name:
            options.append(("slot_name", "NONE" if slot is None else slot))
        reading.addresses[Catalog.SUBSCRIPTION, oid] = key
        reading.objects.append(
            Subscription(
                key=key, publications=tuple(sorted(publications)), options=tuple(sorted(options)), enabled=enabled
            )
        )


def _word(value: bool) -> str:
    return "true" if value else "false"
