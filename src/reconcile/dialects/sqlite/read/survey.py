"""How big the tables are. SQLite keeps no count, so rows are counted: for an export, not for every plan."""

from __future__ import annotations

from reconcile.dialects.session import Session
from reconcile.dialects.sqltext import SQLITE
from reconcile.errors import ServerError
from reconcile.hazards.evidence import Evidence, Size
from reconcile.state import Kind, State, Table

_AT_ONCE = 100  # terms of a compound SELECT; the limit is 500 (limits.html)


def survey(session: Session, state: State) -> Evidence:
    """Rows by counting; bytes by dbstat, with those of the indexes, where this SQLite has it (dbstat.html)."""
    tables = [item for item in state.of_kind(Kind.TABLE) if isinstance(item, Table)]
    rows: list[int] = []
    for start in range(0, len(tables), _AT_ONCE):
        some = enumerate(tables[start : start + _AT_ONCE])
        counts = (f"SELECT {n}, count(*) FROM {SQLITE.ident(item.key.name)}" for n, item in some)
        rows += [count for _, count in sorted(session.query(" UNION ALL ".join(counts)))]
    pages = _bytes(session)
    return Evidence(
        sizes={
            item.key: Size(rows=count, bytes=pages.get(item.key.name.lower(), 0))
            for item, count in zip(tables, rows, strict=True)
        }
    )


def _bytes(session: Session) -> dict[str, int]:
    try:
        found = session.query(
            "SELECT lower(m.tbl_name), sum(d.pgsize) FROM dbstat d JOIN sqlite_schema m ON m.name = d.name GROUP BY 1"
        )
    except ServerError:
        return {}
    return {str(name): int(size) for name, size in found}
