"""Roles in YAML: a role with what it is a member of and what is set for it."""

from __future__ import annotations

from collections.abc import Iterator

from reconcile.sources.yaml.form import Plain, read_fields, scalar_of, text_of, write_fields
from reconcile.state import Key, Kind, Membership, Role, RoleSetting, State, child_key, role_key
from reconcile.state.objects import Object

# word → field of RoleSetting
_SETTINGS = {"settings": "value", "settings_here": "here"}


def write_role(key: Key, state: State) -> Plain:
    """The role and its parts; memberships as a list of names where none has options."""
    role = state[key]
    assert isinstance(role, Role)
    plain = write_fields(role)
    groups = {item.key.name: _options(item, role) or None for item in state.children(key, Kind.MEMBERSHIP)}
    if groups:
        plain["member_of"] = groups if any(groups.values()) else list(groups)
    for word, field in _SETTINGS.items():
        found = {
            item.key.name: scalar_of(text)
            for item in state.children(key, Kind.ROLE_SETTING)
            if (text := getattr(item, field)) is not None
        }
        plain |= {word: found} if found else {}
    return plain


def _options(item: Object, member: Role) -> Plain:
    """Those that the server would not choose by itself."""
    usual = {"inherit": member.inherit, "set": True}
    return {word: value for word, value in write_fields(item).items() if usual.get(word) != value}


def read_role(name: str, plain: Plain) -> tuple[Role, list[tuple[Object, tuple[str, ...]]]]:
    """The role, and each of its parts with where it is said."""
    key = role_key(name)
    return Role(key=key, **read_fields(Role, plain)), [*_memberships(key, plain), *_settings(key, plain)]


def _memberships(key: Key, plain: Plain) -> Iterator[tuple[Object, tuple[str, ...]]]:
    said = plain.get("member_of") or {}
    for group in said:
        options = said[group] if isinstance(said, dict) else None
        fields = read_fields(Membership, options or {})
        yield Membership(key=child_key(Kind.MEMBERSHIP, key, text_of(group)), **fields), ("member_of",)


def _settings(key: Key, plain: Plain) -> Iterator[tuple[Object, tuple[str, ...]]]:
    found: dict[str, dict[str, str]] = {}
    for word, field in _SETTINGS.items():
        for name, value in (plain.get(word) or {}).items():
            found.setdefault(text_of(name), {})[field] = text_of(value)
    for name, values in found.items():
        word = next(word for word, field in _SETTINGS.items() if field in values)
        yield RoleSetting(key=child_key(Kind.ROLE_SETTING, key, name), **values), (word,)
