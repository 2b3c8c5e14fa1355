"""Source: what every form of desired state can do. Must not know any concrete form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.engine.interfaces import Dialect as SqlalchemyDialect

from reconcile.dialects.base import Dialect
from reconcile.errors import SourceError
from reconcile.scratch.realise import Declared, NotRealised, Spare
from reconcile.state import Key, Scope, State
from reconcile.state.hints import RenameHint, ValueHint

EVERYTHING = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The database a desired state is meant for."""

    dialect: Dialect
    features: Any
    sqlalchemy: SqlalchemyDialect  # the live connection's own: knows the server's version and flavour


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a desired state goes without because it cannot be made, and a sentence about it."""

    what: Spare
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a source says, in the target's SQL; ``scope`` is what it speaks for (DESIGN §7)."""

    units: Iterable[Declared]  # in order; may be made while they are asked for, and anew each time
    renames: tuple[RenameHint, ...] = ()
    unpreserved: tuple[Key, ...] = ()  # tables of which nothing goes into the attic
    backfills: tuple[ValueHint, ...] = ()
    conversions: tuple[ValueHint, ...] = ()
    scope: Scope = EVERYTHING
    left: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


class Source(Protocol):
    """A desired state, or a part of one."""

    @property
    def spec(self) -> str:
        """What the user called it; never with a password."""
        ...

    def fingerprint(self, target: Target) -> str | None:
        """A digest that changes whenever ``declare`` would say something else; None: cannot tell, ask ``declare``."""
        ...

    def declare(self, target: Target) -> Declaration:
        """The SQL that makes it. Raises SourceError."""
        ...

    def blame(self, failure: NotRealised) -> SourceError:
        """The server's complaint about one of this source's statements, in the user's terms."""
        ...

    def check(self, state: State) -> None:
        """Look at what has become of it; raise SourceError for what the server let pass and a person would not."""
        ...
