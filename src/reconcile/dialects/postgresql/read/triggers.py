"""Triggers, rewrite rules and event triggers."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.state import EventTrigger, Key, Kind, Rule, Trigger, child_key

_ENABLED = {"O": "origin", "D": "disabled", "R": "replica", "A": "always"}


def read_triggers(reading: Reading) -> None:
    """Triggers of tables and views. A partition's copy has the address of its parent's trigger."""
    copies: list[tuple[int, int]] = []
    for oid, relation, name, definition, enabled, parent, namespace, relation_name in reading.rows("triggers"):
        address = (Catalog.TRIGGER, oid)
        if address in reading.of_extensions or (Catalog.CLASS, relation) in reading.of_extensions:
            continue
        if parent:
            copies.append((oid, parent))
            continue
        owner = reading.locate(Catalog.CLASS, relation)
        if owner is None or owner.kind is Kind.OPAQUE:
            key = reading.add_opaque(namespace, "trigger", f"{name} on {relation_name}")
        else:
            key = child_key(Kind.TRIGGER, owner, name)
            reading.add(Trigger(key=key, definition=definition, enabled=_ENABLED[enabled]))
        reading.addresses[address] = key
        if owner is not None:
            reading.needs.append((key, owner))
    for oid, parent in copies:
        original = reading.locate(Catalog.TRIGGER, parent)
        if original is not None:
            reading.addresses[Catalog.TRIGGER, oid] = original


def read_rules(reading: Reading) -> None:
    """Rewrite rules that somebody made."""
    for oid, relation, name, definition, enabled, namespace, relation_name in reading.rows("rules"):
        address = (Catalog.REWRITE, oid)
        if address in reading.of_extensions or (Catalog.CLASS, relation) in reading.of_extensions:
            continue
        owner = reading.locate(Catalog.CLASS, relation)
        if owner is None or owner.kind is Kind.OPAQUE:
            key = reading.add_opaque(namespace, "rule", f"{name} on {relation_name}")
        else:
            key = child_key(Kind.RULE, owner, name)
            text = definition.strip().removesuffix(";").rstrip()
            reading.add(Rule(key=key, definition=text, enabled=_ENABLED[enabled]))
        reading.addresses[address] = key
        if owner is not None:
            reading.needs.append((key, owner))


def read_event_triggers(reading: Reading) -> None:
    """Triggers on DDL; one whose function is not read (an extension's, another schema's) is opaque."""
    for oid, name, event, function, tags, enabled in reading.rows("event_triggers"):
        address = (Catalog.EVENT_TRIGGER, oid)
        if address in reading.of_extensions:
            continue
        called = reading.locate(Catalog.PROC, function)
        if called is None or called.kind is not Kind.FUNCTION:
            reading.addresses[address] = reading.add_opaque(None, "event trigger", name)
            continue
        key = Key(Kind.EVENT_TRIGGER, None, name)
        reading.addresses[address] = key
        item = EventTrigger(
            key=key, event=event, function=called, tags=tuple(sorted(tags or ())), enabled=_ENABLED[enabled]
        )
        reading.add(item, called)
