"""Scope: what is ours to change (DESIGN §7). A value; both sides of a comparison pass through it."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from reconcile.state.key import APART, EACH_APART, Key, Kind

# Bookkeeping, the attic, and other tools' tables are never planned away.
BOOKKEEPING_SCHEMAS = frozenset({"reconcile_meta", "reconcile_attic"})
BOOKKEEPING_PREFIX = "reconcile_"
FOREIGN_TOOLS = frozenset({"alembic_version"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """None means all.

    ``kinds`` are those of whole objects, with their parts, and of parts that stand apart (triggers, policies: see
    APART), which are covered only where they are named too. ``ignore`` are patterns over ``str(key)``:
    ``table public.spatial_*``. ``unasked`` kinds are not covered anywhere: the dialect manages them on request only.
    ``spoken`` are the objects (roots) of which a desired state names parts of EACH_APART; None: it speaks for all.
    Of ``lenient`` kinds only those ``named`` are covered.
    ``left`` are those that a desired state has to go without.
    """

    kinds: frozenset[Kind] | None = None
    schemas: frozenset[str] | None = None
    ignore: tuple[str, ...] = ()
    unasked: frozenset[Kind] = frozenset()
    spoken: frozenset[Key] | None = None
    lenient: frozenset[Kind] = frozenset()
    named: frozenset[Key] = frozenset()
    left: frozenset[Key] = frozenset()

    def covers(self, key: Key) -> bool:
        """Whether the object is ours. A part of something that is not ours is not ours either."""
        root = key.root
        if is_bookkeeping(root):
            return False
        if self.unasked and any(part.kind in self.unasked for part in _lineage(key)):
            return False
        if self.lenient and any(p.kind in self.lenient and p not in self.named for p in _lineage(key)):
            return False
        if self.left and not self.left.isdisjoint(_lineage(key)):
            return False
        if self.kinds is None and self.schemas is None and not self.ignore:
            return True
        schema = root.name if root.kind is Kind.SCHEMA else root.schema
        if self.schemas is not None and schema is not None and schema not in self.schemas:
            return False
        if self.kinds is not None and not self._speaks_of(key, self.kinds):
            return False
        if self.spoken is not None and root not in self.spoken and any(p.kind in EACH_APART for p in _lineage(key)):
            return False
        return not any(fnmatchcase(str(part), pattern) for pattern in self.ignore for part in _lineage(key))

    @staticmethod
    def _speaks_of(key: Key, kinds: frozenset[Kind]) -> bool:
        return key.root.kind in kinds and not any(
            part.kind in APART and part.kind not in kinds for part in _lineage(key)
        )


def is_bookkeeping(root: Key) -> bool:
    """Whether an object at the top belongs to this or another migration tool."""
    return root.name.startswith(BOOKKEEPING_PREFIX) or root.schema in BOOKKEEPING_SCHEMAS or root.name in FOREIGN_TOOLS


def _lineage(key: Key) -> tuple[Key, ...]:
    return (key,) if key.parent is None else (key, *_lineage(key.parent))
