"""Another database as the desired state: read, not made."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.dialects.base import Dialect
from reconcile.dialects.connect import parse_url, shown
from reconcile.dialects.registry import dialect_for
from reconcile.errors import Place, SourceError
from reconcile.scratch.realise import NotRealised
from reconcile.sources.base import Declaration, Target
from reconcile.sources.creation import units_of
from reconcile.state import State
from reconcile.state.scope import is_bookkeeping


@dataclass(frozen=True, slots=True)
class DatabaseSource:
    """A database behind a SQLAlchemy URL. Its repr does not show the URL, which may hold a password."""

    url: str

    def __repr__(self) -> str:
        return f"DatabaseSource({self.spec!r})"

    @property
    def spec(self) -> str:
        return shown(parse_url(self.url))

    def read(self, dialect: Dialect) -> State:
        """The database as it is. Raises SourceError if it speaks another dialect, ConnectError."""
        theirs = dialect_for(self.url)
        if theirs.name != dialect.name:
            raise SourceError(
                f"{self.spec} is a {theirs.name} database, but the live one is {dialect.name}",
                hint="a database can only be the desired state of one of its own kind",
            )
        with dialect.open(self.url) as session, session.reading():
            return dialect.read(session)

    def fingerprint(self, target: Target) -> str | None:
        del target
        return None  # only reading it tells

    def declare(self, target: Target) -> Declaration:
        state = self.read(target.dialect)
        wanted = state.select(lambda key: not is_bookkeeping(key.root))
        notes = tuple(f"{self.spec}: {item.key} is left out: {item.reason}" for item in wanted.unmanaged)
        place = Place(self.spec)
        return Declaration(units=units_of(wanted, target, self.spec, lambda _: place), notes=notes)

    def blame(self, failure: NotRealised) -> SourceError:
        return SourceError(f"{self.spec}: {failure.unit.name} cannot be made on scratch: {failure.error.message}")

    def check(self, state: State) -> None:
        del state
