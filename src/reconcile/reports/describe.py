"""Changes and objects in words: what a person would say of them, on any database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from reconcile.hazards.evidence import Size, span
from reconcile.state import (
    FACETS,
    Alter,
    Change,
    CheckConstraint,
    Column,
    Comment,
    Composite,
    Create,
    Default,
    DefaultPrivilege,
    Domain,
    Drop,
    Enum,
    Estimate,
    Extension,
    ForeignKey,
    Hazard,
    Index,
    IndexPart,
    Key,
    Kind,
    Level,
    Object,
    Opaque,
    Policy,
    PrimaryKey,
    Privilege,
    Range,
    Rename,
    Replace,
    Routine,
    RowSecurity,
    Unique,
)

# The words of a summary, in the order in which they are said.
VERBS = {Create: "create", Alter: "change", Replace: "rebuild", Rename: "rename", Drop: "drop"}
SYMBOLS = {Create: "+", Alter: "~", Replace: "±", Rename: "→", Drop: "-"}


def verb(change: Change) -> str:
    """ "create", "change", "rebuild", "rename" or "drop"."""
    return VERBS[type(change)]


def symbol(change: Change) -> str:
    """One character for the verb."""
    return SYMBOLS[type(change)]


def estimated(item: Estimate) -> str:
    """ "1 to 9 s for about 5,000,000 rows, 431 MB"."""
    return f"{span(item.least, item.most)} for {Size(rows=item.rows, bytes=item.bytes)}"


_ALIKE = 3  # findings of one code in one step that are told one by one


def spoken(hazards: Iterable[Hazard], *, verbose: bool = False) -> tuple[tuple[Hazard, ...], Mapping[str, int]]:
    """What of a step's hazards is told, and how many more there are by code: of many alike the first, of infos none."""
    told: list[Hazard] = []
    more: dict[str, int] = {}
    for hazard in hazards:
        alike = sum(other.code == hazard.code for other in told)
        if verbose or (hazard.level is not Level.INFO and alike < _ALIKE):
            told.append(hazard)
        else:
            more[hazard.code] = more.get(hazard.code, 0) + 1
    return tuple(told), more


def plural(count: int, noun: str) -> str:
    """ "1 step", "2 steps", "3 foreign keys", "2 indexes"."""
    if count == 1:
        return f"1 {noun}"
    if noun.endswith("cy"):
        return f"{count:,} {noun[:-1]}ies"
    return f"{count:,} {noun}" + ("es" if noun.endswith(("x", "s", "h")) else "s")


def listed(words: Iterable[str], *, most: int = 8) -> str:
    """ "a, b and c"; beyond ``most`` the rest is counted."""
    found = list(words)
    if len(found) > most:
        return f"{', '.join(found[:most])} and {len(found) - most:,} more"
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def count_changes(changes: Iterable[Change]) -> tuple[tuple[str, int], ...]:
    """("create", 2), ("drop", 1) …: only what there is. Parts of a created or dropped object do not count apart."""
    counted = Counter(verb(change) for change in outermost(changes))
    return tuple((word, counted[word]) for word in VERBS.values() if counted[word])


def outermost(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes without those that go without saying: parts of what is created, dropped or rebuilt as a whole."""
    found = tuple(changes)
    whole = {change.key for change in found if isinstance(change, Create | Drop | Replace)}
    return tuple(change for change in found if not _has_ancestor(change.key, whole))


def _has_ancestor(key: Key, among: set[Key]) -> bool:
    parent = key.parent
    while parent is not None:
        if parent in among:
            return True
        parent = parent.parent
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What happens to one table (view, enum …) and its parts. ``whole``: the change of the root itself."""

    root: Key
    whole: Change | None
    parts: tuple[Change, ...]  # of a whole that is created or dropped: all its parts; else what differs


def grouped(changes: Iterable[Change]) -> tuple[Group, ...]:
    """The changes by the table (view, enum …) they happen to, sorted by name."""
    roots: dict[Key, list[Change]] = {}
    for change in changes:
        roots.setdefault(change.key.root, []).append(change)
    return tuple(
        Group(
            root=root,
            whole=next((change for change in found if change.key == root), None),
            parts=tuple(change for change in found if change.key != root),
        )
        for root, found in sorted(roots.items())
    )


def contents(parts: Iterable[Change]) -> str:
    """ "7 columns, 1 primary key, 2 foreign keys"; defaults and comments are not counted."""
    counted = Counter(part.key.kind for part in parts if part.key.kind not in FACETS)
    return ", ".join(plural(number, kind.value) for kind, number in sorted(counted.items(), key=lambda kv: kv[0].rank))


def label(key: Key) -> str:
    """The key as said inside the account of its table: "column email", "default of email"."""
    if key.parent is None:
        return str(key)
    if key.kind is Kind.COMMENT:
        return "comment" if key.parent.parent is None else f"comment on {label(key.parent)}"
    if key.kind in FACETS:
        return f"{key.kind.value} of {key.parent.name}"
    if key.kind is Kind.PRIVILEGE:
        return f"privilege of {key.name}" + (f" on {label(key.parent)}" if key.parent.parent is not None else "")
    return f"{key.kind.value} {key.name}"


def opaque_name(item: Opaque) -> str:
    """What is there and its full name: "materialized view public.stats"."""
    name = item.key.name.removeprefix(f"{item.what} ")
    return f"{item.what} {f'{item.key.schema}.' if item.key.schema else ''}{name}"


def details(change: Change) -> tuple[str, ...]:
    """What is new, or what was and what comes: "type: varchar(40) → varchar(80)"."""
    match change:
        case Create(new=new):
            return tuple(filter(None, [brief(new)]))
        case Drop():
            return ()
        case Rename(old=old, new=new):
            if isinstance(old, Enum) and isinstance(new, Enum) and old.key == new.key:
                pairs = zip(old.labels, new.labels, strict=False)
                return tuple(f"label {a} → {b}" for a, b in pairs if a != b)
            return (f"was {old.key.name}",)
        case Alter(old=old, new=new):
            return differences(old, new)
        case Replace(old=old, new=new, because=because):
            found = differences(old, new)
            return (*found, f"makes way for {because}") if because is not None else found


def differences(old: Object, new: Object) -> tuple[str, ...]:
    """A line for each compared field in which the two differ."""
    if type(old) is not type(new):
        return ()
    found = []
    for item in fields(old):
        before, after = getattr(old, item.name), getattr(new, item.name)
        if not item.compare or item.name == "key" or before == after:
            continue
        name = item.name.replace("_", " ")
        if item.name == "options":
            a, b = dict(before), dict(after)
            found += [
                f"{option}: {a.get(option, 'default')} → {b.get(option, 'default')}"
                for option in sorted(a.keys() | b.keys())
                if a.get(option) != b.get(option)
            ]
        elif isinstance(before, bool) and item.name == "nullable":
            found.append("may be NULL → NOT NULL" if before else "NOT NULL → may be NULL")
        else:
            found.append(f"{name}: {value_text(before)} → {value_text(after)}")
    return tuple(found)


def brief(item: Object) -> str:
    """The object in a few words, without its name; empty where there is nothing to add."""
    match item:
        case Column():
            words = [item.type, *([] if item.nullable else ["not null"])]
            words += ["identity"] if item.identity else []
            words += ["auto increment"] if item.auto_increment else []
            words += [f"= {item.generated.expression}"] if item.generated else []
            return " ".join(words)
        case Default():
            return item.expression
        case PrimaryKey() | Unique():
            return f"({_parts(item.parts)})"
        case Index():
            unique = "unique " if item.unique else ""
            return f"{unique}({_parts(item.parts)})" + (f" where {item.where}" if item.where else "")
        case ForeignKey():
            target = item.target.dotted + (f" ({', '.join(item.target_columns)})" if item.target_columns else "")
            rule = "" if item.on_delete == "NO ACTION" else f", on delete {item.on_delete.lower()}"
            return f"({', '.join(item.columns)}) → {target}{rule}"
        case CheckConstraint():
            return item.expression
        case Privilege() | DefaultPrivilege():
            granting = f", {listed(item.grantable).lower()} with grant option" if item.grantable else ""
            return (listed(item.privileges, most=99).lower() or "none") + granting
        case Policy():
            words = ["" if item.permissive else "restrictive", item.command.lower(), f"to {listed(item.roles)}"]
            words += [f"using {item.using}"] if item.using is not None else []
            words += [f"check {item.check}"] if item.check is not None else []
            return " ".join(filter(None, words))
        case RowSecurity():
            return "enabled and forced" if item.enabled and item.forced else "enabled" if item.enabled else "forced"
        case Enum():
            return listed(item.labels)
        case Domain():
            return item.type + ("" if item.nullable else " not null")
        case Composite():
            return listed(f"{attribute.name} {attribute.type}" for attribute in item.attributes)
        case Range():
            return f"of {item.subtype}"
        case Extension():
            return item.version or ""
        case Routine():
            return f"→ {item.returns}" if item.returns else ""
        case Comment():
            return repr(item.text)
    return ""


def _parts(parts: Iterable[IndexPart]) -> str:
    return ", ".join(value_text(part) for part in parts)


def value_text(value: Any) -> str:
    """A field's value for people."""
    match value:
        case None | () | "":
            return "none"
        case bool():
            return "yes" if value else "no"
        case Key():
            return value.dotted
        case IndexPart():
            name = value.column if value.column is not None else f"({value.expression})"
            length = f"({value.length})" if value.length else ""
            words = [f"{name}{length}", *([f"collate {value.collation}"] if value.collation else [])]
            words += [value.opclass] if value.opclass else []
            words += ["desc"] if value.descending else []
            words += [f"nulls {value.nulls}"] if value.nulls else []
            return " ".join(words)
        case tuple():
            return ", ".join(value_text(item) for item in value)
    if is_dataclass(value):
        shown = [
            (item.name.replace("_", " "), getattr(value, item.name))
            for item in fields(value)
            if getattr(value, item.name) != item.default
        ]
        return ", ".join(f"{name} {value_text(item)}" for name, item in shown) or "plain"
    return str(value)
