"""What a desired state says of things that the server's databases share. It is tried, and never made.

Must not know: which kinds those are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from reconcile.dialects.base import Dialect
from reconcile.dialects.session import Session
from reconcile.errors import SourceError
from reconcile.scratch.realise import Declared, NotRealised, realise
from reconcile.state import Key, Object


def try_shared(
    units: Sequence[Declared], session: Session, dialect: Dialect, blame: Callable[[NotRealised], SourceError]
) -> tuple[Object, ...]:
    """What the units become on a server that has none of it. The server is left as it was. Raises SourceError."""
    assert dialect.shared is not None
    makers = {unit.makes: unit for unit in reversed(units) if unit.makes is not None}
    with session.trial():
        ours = {item.key for item in dialect.shared.read(session)}
        _refuse(dialect.shared.there(session, makers) - ours, makers)
        dialect.shared.aside(session, makers)
        try:
            realise(units, session, transactional=dialect.transactional_ddl)
        except NotRealised as failure:
            raise blame(failure) from failure
        made = tuple(item for item in dialect.shared.read(session) if item.key.root in makers)
        _refuse(makers.keys() - {item.key for item in made}, makers)
        return made


def _refuse(strangers: Iterable[Key], makers: Mapping[Key, Declared]) -> None:
    """Raises SourceError for the first of what is there, or would be, and is never read."""
    for key in sorted(strangers):
        raise SourceError(
            f"{key} is not managed: it is a superuser, or who we connect as, or the server's own",
            place=makers[key].statements[0].place,
            hint="take it out: it is left as it is",
        )


@contextmanager
def lent(shared: Sequence[Object], session: Session, dialect: Dialect) -> Iterator[None]:
    """The session sees all of these while the block lasts, which is a trial where the server lacks some."""
    roots: set[Key] = {item.key.root for item in shared}
    missing = roots - dialect.shared.there(session, roots) if dialect.shared is not None else set()
    if dialect.shared is None or not missing:
        yield
        return
    with session.trial():
        dialect.shared.lend(session, missing)
        yield
