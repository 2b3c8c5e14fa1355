"""Dialect: a frozen bundle of the parts that know one database. Must not know any concrete dialect.

Everything outside ``dialects/`` speaks to a database through these protocols alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import Grammar
from reconcile.hazards.evidence import NOTHING, Evidence
from reconcile.hazards.judge import GENERIC, House
from reconcile.state import Action, Alter, Batch, Change, Check, Column, Hazard, How, Kept, Key, Kind, Object, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What rules may look at while they write SQL: both ends of the plan, in full."""

    base: State  # as it is when the actions begin (after renames)
    target: State  # as it shall be
    features: Any  # the dialect's own Features value
    filled: frozenset[Key] = frozenset()  # tables that hold rows, as far as known
    online: frozenset[Key] = frozenset()  # tables to change without keeping others out, where that can be
    fills: Mapping[Key, str] = field(default_factory=dict)  # columns whose rows have been given values for NOT NULL
    refused: frozenset[str] = frozenset()  # statements that the server would not take in this form, as tried on scratch


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Actions that are carried out together: one CREATE TABLE, one ALTER TABLE, one rebuild.

    ``host`` is what the rules' ``group`` named it by; a unit without one holds a single action.
    """

    host: Hashable | None
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A step as the rules write it: the planner adds its number, its effects and the general hazards.

    ``leaves`` ends the transaction: what finishes those objects is to find them committed. ``ends`` are those of them
    that are gone when this draft is done (at the last draft of the unit all are). ``covers`` are the actions
    that are done when this draft is done; None means all of the unit's that no other draft covers (so a unit with one
    draft need not say anything).
    """

    summary: str
    sql: tuple[str, ...]
    transactional: bool = True
    lock: str | None = None
    rewrites: bool = False
    scans: bool = False
    before: tuple[str, ...] = ()  # outside the transaction, see Phase
    after: tuple[str, ...] = ()
    commits: bool = False  # later steps can use its effect only after COMMIT (PostgreSQL: ADD VALUE)
    hazards: tuple[Hazard, ...] = ()
    checks: tuple[Check, ...] = ()
    covers: tuple[Action, ...] | None = None
    leaves: tuple[Object, ...] = ()  # objects that a later draft of the unit finishes, as they are meanwhile
    ends: tuple[Key, ...] = ()
    reason: str = ""  # why it is done in this way
    keeps: Kept | None = None
    restores: Kept | None = None
    batch: Batch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A side table: values of columns, beside what their rows are found again by.

    That is ``match``: the columns of a key that lasts (``is_key``), or else all that lasts of a row, where rows that
    are alike are numbered: they are interchangeable.
    """

    name: str  # in the attic
    table: Key
    columns: tuple[Key, ...]  # v1, v2 …
    altered: frozenset[Key] = frozenset()  # those that stay, with another type
    match: tuple[Key, ...]  # k1, k2 …
    is_key: bool


class AtticRules(Protocol):
    """SQL that keeps rows and values before they are destroyed, and brings them back.

    ``name`` is the table in the attic. Each draft but ``move``'s changes no object, and can be run again.
    """

    place: str | None  # the schema of the attic
    addresses_rows: bool  # whether rows have an order of their own, so that some without a key can be told apart
    prefix: str  # of the names of its tables, where it has no schema

    def size(self, name: str) -> str | None:
        """A query of the bytes a table of the attic takes; None where the server does not tell."""
        ...

    def relations(self, name: str) -> str | None:
        """A query of the names of all that a table of the attic consists of and that has a name of its own."""
        ...

    def rename(self, old: str, new: str) -> Sequence[str]:
        """One of these gets another name."""
        ...

    def takes_null(self, column: Key, state: State) -> bool:
        """Whether the column of a key can be NULL."""
        ...

    def lossy(self, old: Column, new: Column, start: State, goal: State) -> bool:
        """Whether a value may come back another from this change of the column or its table, there and back."""
        ...

    def postpones_foreign_keys(self) -> bool:
        """Whether foreign keys must not be there while rows come back."""
        ...

    def room(self) -> Sequence[str]:
        """The statements that make the place where tables are kept, if it is not there yet: before anything is kept."""
        ...

    def move(self, unit: Unit, scene: Scene, name: str) -> Iterable[Draft]:
        """The drop of a table: it goes into the attic, stripped of what could hold on to anything outside."""
        ...

    def copy(self, side: Side, scene: Scene) -> Draft:
        """The values go into the attic (of ``scene.base``)."""
        ...

    def convert(self, table: Key, given: Mapping[Key, str], scene: Scene) -> Draft:
        """Values of columns become what these expressions give (in ``scene.base``)."""
        ...

    def note(self, side: Side, scene: Scene) -> Draft:
        """What changes of type made of the values is noted (of ``scene.target``), to tell later what was written."""
        ...

    def settle(self, side: Side, scene: Scene) -> Draft:
        """Before the types are changed back: values written since (in ``scene.base``) win over those kept."""
        ...

    def missing(self, side: Side, column: Key, scene: Scene) -> Check:
        """Rows of ``scene.base`` for which the attic holds no value."""
        ...

    def rows(self, table: Key, scene: Scene, name: str) -> Draft:
        """The rows come back into the table, which is there anew and empty."""
        ...

    def values(self, side: Side, scene: Scene) -> Draft:
        """The values come back into the columns."""
        ...

    def left(self, side: Side, scene: Scene) -> str:
        """The query that counts kept rows (of more than NULLs) that are no longer there."""
        ...

    def counters(self, key: Key, scene: Scene, name: str) -> Iterable[Draft]:
        """At the end: the sequences of the table or column go on where they were."""
        ...


class Rules(Protocol):
    """How changes become SQL on one database."""

    @property
    def attic(self) -> AtticRules:
        """How rows are kept and brought back."""
        ...

    def how(self, change: Alter) -> How:
        """Whether this difference can be made good in place."""
        ...

    def disrupts(self, change: Change, dependent: Object) -> bool:
        """Whether ``dependent`` (which needs the changed object) cannot live through ``change``, and must be
        dropped before and made again after. Asked for Alter and Rename, and for Drop/Replace of what it needs."""
        ...

    def brings(self, item: Object, state: State) -> Iterable[Object]:
        """What the database itself adds to ``item`` when it is made in ``state`` (PostgreSQL: default privileges)."""
        ...

    def slots(self, item: Object) -> Iterable[Hashable]:
        """The names the object occupies; of two objects on one slot the old one must go first."""
        ...

    def follows(self, base: State, goal: State) -> Callable[[Object], Iterable[Key]]:
        """Tells of an object that is made on the way from one state to the other what has to be made, or gone, before
        it, though it does not need that."""
        ...

    @property
    def renamed_freely(self) -> frozenset[Kind]:
        """Kinds of objects that the database can call otherwise without other work, and that hold nothing: where one
        goes and the same comes under another name, it is renamed."""
        ...

    def group(self, actions: Sequence[Action], scene: Scene) -> Mapping[Action, Hashable]:
        """Which actions fold into one unit; an action that is not named stands alone.

        Parts dropped with their parent share its unit. The planner takes apart again what would be a cycle
        (only actions for which ``separable`` is true leave their unit).
        """
        ...

    def separable(self, action: Action) -> bool:
        """Whether the action can also be carried out on its own (a foreign key: yes; SQLite: no)."""
        ...

    def fill(self, table: Key, given: Mapping[Key, str], key: Sequence[Key], scene: Scene) -> Iterable[Draft]:
        """Rows of ``scene.target`` get values in these columns, each from its expression, where they have none.

        ``key``: columns by which rows can be gone through in order, if there are any."""
        ...

    def render(self, unit: Unit, scene: Scene) -> Iterable[Draft]:
        """The SQL of a unit, in order. No draft: nothing needs doing (a part dropped with its parent)."""
        ...


class Reader(Protocol):
    """Reads a whole database by a number of queries that does not grow with it."""

    def __call__(self, session: Session, *, schemas: frozenset[str] | None = None) -> State:
        """Everything that is there, in canonical text; what cannot be described comes as Opaque.

        ``schemas``: PostgreSQL: read only these (None: all that are not the system's).
        """
        ...


# Places for scratch databases: a server of our own out of a package, and the live database's server.
EMBEDDED = "embedded"
SAME_SERVER = "same-server"


class ScratchMaker(Protocol):
    """Makes a place in which a state can be made real."""

    def __call__(self, near: Session | None, spec: str) -> AbstractContextManager[Session]:
        """An empty database of the same kind and settings as ``near``, destroyed on leaving.

        ``spec``: "auto", "same-server", "embedded", or a URL of an empty database. Raises ConnectError
        that says what is missing and what to set.
        """
        ...


def _nothing_counted(session: Session, state: State) -> Evidence:
    """Of a server that counts nothing (SQLite)."""
    del session, state
    return NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One database: a value, not a base class."""

    name: str  # "postgresql", "mysql", "sqlite": also SQLAlchemy's name
    grammar: Grammar
    namespaces: bool  # whether keys carry a schema
    default_schema: str | None  # "public"
    transactional_ddl: bool
    drivers: tuple[str, ...]  # SQLAlchemy driver names to look for, best first
    open: Callable[[str], Session]  # connect to a URL; raises ConnectError
    features: Callable[[Session], Any]  # server version → named facts
    read: Reader
    rules: Callable[[Any], Rules]  # features → rules
    scratch: ScratchMaker
    usage: Callable[[Session, State], Evidence] = _nothing_counted  # what the server has counted of a state's objects
    survey: Callable[[Session, State], Evidence] = _nothing_counted  # sizes and nulls, though it take its time
    hazards: House = GENERIC  # what it tells the rules about hazards, and rules of its own
    # A name as it stands in keys: where the server does not tell the case of names apart, they are folded (SQLite).
    fold_name: Callable[[str], str] = field(default=str)
    # The same where the server's settings and the kind decide: features, kind → what is done to a name (MySQL).
    folding: Callable[[Any, Kind], Callable[[str], str]] | None = None
    # What a foreign key does on delete and update where it says nothing of it; None: NO ACTION. By features.
    unsaid_action: Callable[[Any], str] | None = None
    # Kinds that need nothing of others to be made, where making many takes long: see sources/portions.py.
    alone: frozenset[Kind] = frozenset()
    # None: the server looks at bodies when they are made, or never.
    validate: Validator | None = None
    # Kinds that are read, and kept round a rebuild, but managed only where the configuration names them (``manage:``).
    on_request: frozenset[Kind] = frozenset()
    # Those of them that ``read`` leaves out, and what reads them as well: they may need rights that not everybody has.
    read_requested: Mapping[Kind, Reader] = field(default_factory=dict, hash=False)
    shared: Shared | None = None  # what all databases of a server share; managed on request only
    manages_shared: bool = False

    def asked(self, kinds: frozenset[Kind]) -> Dialect:
        """The dialect that reads these too, as far as they are read on request only."""
        asked = self
        for kind in sorted(kinds & self.read_requested.keys()):
            of_server = self.shared is not None and kind in self.shared.kinds
            asked = replace(asked, read=self.read_requested[kind], manages_shared=of_server)
        return asked

    def folded(self, key: Key, features: Any) -> Key:
        """The key as this server has it, whatever the case it was written in."""
        fold = self.fold_name if self.folding is None else self.folding(features, key.kind)
        return Key(key.kind, key.schema, fold(key.name), key.parent and self.folded(key.parent, features))

    def is_shared(self, key: Key) -> bool:
        """Whether the object is, or is part of, what the server's databases share."""
        return self.shared is not None and key.root.kind in self.shared.kinds

    def read_scratch(self, session: Session) -> State:
        """What is in a scratch database, without what its server's other databases share with it."""
        state = self.read(session)
        return state.select(lambda key: not self.is_shared(key)) if self.manages_shared else state


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What belongs to a server and not to one of its databases (PostgreSQL: roles): it is never made on scratch.

    It can be tried, though, in a transaction that is rolled back: see ``Session.trial``.
    """

    kinds: frozenset[Kind]  # of whole objects
    read: Callable[[Session], list[Object]]  # all of it, in the transaction that is open
    there: Callable[[Session, Iterable[Key]], frozenset[Key]]  # which of these the server has
    aside: Callable[[Session, Iterable[Key]], None]  # in a trial: those that are there are out of the way
    lend: Callable[[Session, Iterable[Key]], None]  # in a trial: these are there, bare
    subject: Callable[[str], Key | None]  # which of them a statement is about; None: none
    secret: Callable[[str], bool]  # whether a statement says what is not read back: a password


class Validator(Protocol):
    """Has a server look at the bodies of programs that it was told not to look at when they were made."""

    def __call__(self, session: Session, keys: Sequence[Key]) -> Mapping[Key, str]:
        """The server's message for each of the programs that it finds fault with. Leaves everything as it is."""
        ...


class Progress(Protocol):
    """Told how far a long piece of work has come."""

    def __call__(self, done: int, total: int, what: str) -> None: ...
