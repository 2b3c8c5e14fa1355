"""Subscriptions. None of these statements connects to the publisher, so all can be tried, and rolled back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.features import Features
from reconcile.dialects.postgresql.rules.text import ident, idents, literal
from reconcile.state import Action, Hazard, Key, Level, Options, Subscription, Verb

# The server wants a connection that can be parsed, of ordinary roles one with a password. Nobody can connect with it.
_NOWHERE = "dbname=set_the_connection password=unknown"
_WORDS = {Verb.CREATE: "create", Verb.DROP: "drop", Verb.ALTER: "change"}


def render(action: Action, scene: Scene) -> Iterable[Draft]:
    """CREATE, ALTER or DROP SUBSCRIPTION."""
    assert isinstance(scene.features, Features)
    old, new = action.old, action.new
    publications = isinstance(old, Subscription) and isinstance(new, Subscription) and _gained(old, new)
    yield Draft(
        summary=f"{_WORDS[action.verb]} {action.key}",
        sql=tuple(_statements(action, scene.features)),
        hazards=tuple(_hazards(action)),
        reason="ALTER SUBSCRIPTION … REFRESH PUBLICATION fetches what is new; it connects, so it is left to you"
        if publications
        else "",
    )


def in_place(old: Subscription, new: Subscription) -> bool:
    """Whether ALTER can do it without a connection: two_phase and failover are the publisher's business as well."""
    return not {"two_phase", "failover"} & {name for name, _ in {*old.options} ^ {*new.options}}


def _statements(action: Action, features: Features) -> Iterator[str]:
    name = f"SUBSCRIPTION {ident(action.key.name)}"
    old, new = action.old, action.new
    if new is None:
        # Without the slot: to drop that is to connect, and the publisher may be gone.
        yield f"ALTER {name} DISABLE"
        yield f"ALTER {name} SET (slot_name = NONE)"
        yield f"DROP {name}"
        return
    assert isinstance(new, Subscription)
    if old is None:
        said = ", ".join(["connect = false", *_settings(new.options)])
        yield f"CREATE {name} CONNECTION {literal(_NOWHERE)} PUBLICATION {idents(new.publications)} WITH ({said})"
        return
    assert isinstance(old, Subscription)
    if old.publications != new.publications:
        yield f"ALTER {name} SET PUBLICATION {idents(new.publications)} WITH (refresh = false)"
    if old.options != new.options:
        defaults = features.subscription_defaults | {"slot_name": action.key.name}
        gone = dict(old.options).keys() - dict(new.options)
        changed = {*new.options} - {*old.options} | {(option, defaults[option]) for option in gone}
        slot = [pair for pair in changed if pair[0] == "slot_name"]
        if slot and old.enabled:  # "cannot set slot_name for enabled subscription"
            yield f"ALTER {name} DISABLE"
        yield f"ALTER {name} SET ({', '.join(_settings(tuple(sorted(changed))))})"
        if slot and old.enabled and slot[0][1] != "NONE":
            yield f"ALTER {name} ENABLE"


def _settings(options: Options) -> Iterator[str]:
    for option, value in options:
        bare = value == "NONE" and option == "slot_name"
        yield f"{ident(option)} = {value if bare else literal(value)}"


def _gained(old: Subscription, new: Subscription) -> bool:
    return bool({*new.publications} - {*old.publications})


def _hazards(action: Action) -> Iterator[Hazard]:
    if action.verb is Verb.CREATE:
        yield _secret(
            action.key,
            f"{action.key} is made without its connection, and disabled",
            "then: ALTER SUBSCRIPTION … CONNECTION '…'; make its slot at the publisher; ALTER SUBSCRIPTION … ENABLE; "
            "ALTER SUBSCRIPTION … REFRESH PUBLICATION",
        )
    elif action.verb is Verb.DROP:
        yield _secret(
            action.key,
            f"{action.key} goes with its connection; its slot at the publisher stays and holds back WAL",
            "drop the slot there: SELECT pg_drop_replication_slot('…'); the connection cannot be brought back",
        )


def _secret(key: Key, message: str, advice: str) -> Hazard:
    return Hazard(code="secret", level=Level.WARNING, key=key, message=message, advice=advice)
