"""The rules: how changes become SQL on SQLite. What it cannot alter becomes one rebuild of the table."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from reconcile.dialects.base import Draft, Scene, Unit
from reconcile.dialects.sqlite.features import Features
from reconcile.dialects.sqlite.names import quoted
from reconcile.dialects.sqlite.rules.attic import SqliteAttic
from reconcile.dialects.sqlite.rules.checks import duplicates
from reconcile.dialects.sqlite.rules.columns import add_column, drop_column, fill
from reconcile.dialects.sqlite.rules.grouping import Host, group, is_rebuilt
from reconcile.dialects.sqlite.rules.programs import create_index, create_trigger, create_view, create_virtual, drop
from reconcile.dialects.sqlite.rules.rebuild import FOREIGN_KEYS_OFF, rebuild
from reconcile.dialects.sqlite.rules.renames import rename
from reconcile.dialects.sqlite.rules.tables import create_table
from reconcile.dialects.sqlite.text import fold
from reconcile.errors import Unplannable
from reconcile.state import (
    Action,
    Alter,
    Change,
    Drop,
    Hazard,
    How,
    Index,
    Key,
    Kind,
    Level,
    Object,
    Opaque,
    Replace,
    State,
    Trigger,
    Verb,
    View,
    VirtualTable,
)

__all__ = ["SqliteRules"]

_LOCK = "RESERVED, then EXCLUSIVE on the database"


class SqliteRules:
    """See ``dialects.base.Rules``. Holds nothing but the facts of the version."""

    def __init__(self, features: Features) -> None:
        self.features = features

    @property
    def attic(self) -> SqliteAttic:
        """How rows are kept and brought back."""
        return SqliteAttic()

    def how(self, change: Alter) -> How:
        """Views, triggers and indexes are replaced; whatever lives inside CREATE TABLE means a rebuild."""
        if isinstance(change.new, View | Trigger | Index | VirtualTable):
            return How.REPLACE
        return How.REFUSE if isinstance(change.new, Opaque) else How.REBUILD

    def disrupts(self, change: Change, dependent: Object) -> bool:
        """Nothing has to make way: a rebuild renames as SQLite did before 3.26, when no other statement was
        looked at, and a rename rewrites the statements that mention it."""
        del dependent
        return isinstance(change, Drop | Replace)

    def brings(self, item: Object, state: State) -> Iterable[Object]:
        del item, state
        return ()

    @property
    def renamed_freely(self) -> frozenset[Kind]:
        """Kinds of which another name is all there is to do."""
        return frozenset()

    def follows(self, base: State, goal: State) -> Callable[[Object], Iterable[Key]]:
        """Nothing."""
        del base, goal
        return lambda _: ()

    def slots(self, item: Object) -> Iterable[Hashable]:
        """Tables, views and indexes share one set of names; triggers have their own."""
        if item.key.kind in (Kind.TABLE, Kind.VIRTUAL_TABLE, Kind.VIEW, Kind.INDEX):
            return (("relation", fold(item.key.name)),)
        if item.key.kind is Kind.TRIGGER:
            return (("trigger", fold(item.key.name)),)
        return ()

    def group(self, actions: Sequence[Action], scene: Scene) -> Mapping[Action, Hashable]:
        """Parts join the making, dropping, altering or rebuilding of their table."""
        return group(actions, scene, self.features)

    def separable(self, action: Action) -> bool:
        """Only triggers can be dropped apart from their table; everything else is inside CREATE TABLE."""
        return action.key.kind is Kind.TRIGGER

    def fill(self, table: Key, given: Mapping[Key, str], key: Sequence[Key], scene: Scene) -> Iterable[Draft]:
        """UPDATE, in parts where the table is large: by the key, or else by rowid."""
        return (fill(table, given, key, scene),)

    def render(self, unit: Unit, scene: Scene) -> Iterable[Draft]:
        """The SQL of a unit. Whatever writes shuts the whole database against other writers, and readers while it
        commits (lockingv3.html; in WAL mode only writers)."""
        return tuple(replace(draft, lock=draft.lock or _LOCK) for draft in self._render(unit, scene))

    def _render(self, unit: Unit, scene: Scene) -> Iterable[Draft]:
        host = unit.host
        if not isinstance(host, Host):
            return tuple(_single(action, scene) for action in unit.actions)
        match host.what:
            case "create":
                return (Draft(summary=f"create {host.key}", sql=(create_table(scene.target, host.key),)),)
            case "drop":
                return (_drop(scene.base[host.key]),)
            case "add":
                return (add_column(host.key, scene),)
            case "remove":
                return (drop_column(host.key, scene),)
            case _:
                return (rebuild(host.key, scene.base, scene.target, unit.actions, scene.fills),)


def _single(action: Action, scene: Scene) -> Draft:
    """An action that stands alone."""
    match action:
        case Action(verb=Verb.RENAME, old=Object() as old, new=Object() as new):
            return rename(old, new, scene)
        case Action(verb=Verb.DROP, old=Object() as old):
            return _drop(old)
        case Action(verb=Verb.CREATE, new=Index() as new):
            on = new.key.parent
            assert on is not None
            unique = "unique index" if new.unique else "index"
            table = quoted(scene.target, on)
            return Draft(
                summary=f"create {unique} {new.key.name} on {table.strip(chr(34))}",
                sql=(create_index(scene.target, new),),
                scans=on in scene.base,
                checks=tuple(duplicates(on, scene.base, scene.target, new)) if on in scene.base else (),
            )
        case Action(verb=Verb.CREATE, new=View() as new):
            return Draft(summary=f"create {new.key}", sql=(create_view(new),))
        case Action(verb=Verb.CREATE, new=VirtualTable() as new):
            return Draft(summary=f"create {new.key}", sql=(create_virtual(new),))
        case Action(verb=Verb.CREATE, new=Trigger() as new):
            # Torn from the rebuild of its table by a knot: the rebuild may have made it already.
            torn = new.key.parent is not None and is_rebuilt(new.key.parent, scene)
            return Draft(summary=f"create {new.key}", sql=(*([drop(new)] if torn else ()), create_trigger(new)))
    hint = "a table has at least one column there" if action.key.kind is Kind.TABLE else ""
    raise Unplannable(f"SQLite has no way to {action.verb} {action.key}", key=action.key, hint=hint)


def _drop(item: Object) -> Draft:
    # With foreign keys enforced, DROP TABLE deletes its rows first, and ON DELETE CASCADE those of others
    # (foreignkeys.html, 5).
    before = (FOREIGN_KEYS_OFF,) if item.key.kind is Kind.TABLE else ()
    hazards = (_virtual_loss(item),) if isinstance(item, VirtualTable) else ()
    return Draft(summary=f"drop {item.key}", sql=(drop(item),), before=before, hazards=hazards)


def _virtual_loss(item: Object) -> Hazard:
    # Asking whether it holds rows needs the module, and what it may do to answer is not known.
    return Hazard(
        code="drop-virtual-table",
        level=Level.DANGER,
        key=item.key,
        message=f"{item.key} is dropped with whatever it holds",
        advice="fill it again afterwards (FTS5: INSERT INTO t (t) VALUES ('rebuild')), or ignore it",
    )
