"""Materialized views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconcile.dialects.base import Draft, Scene
from reconcile.dialects.postgresql.expressions import for_reading
from reconcile.dialects.postgresql.rules import tables
from reconcile.dialects.postgresql.rules.text import ident, name_of, parameters
from reconcile.state import Action, MaterializedView, Verb

# Settings of columns stand among the options as "storage.column".
_OF_COLUMNS = ("storage.", "compression.", "statistics.")
_CLAUSES = ("tablespace", "access_method")


def render(action: Action, scene: Scene) -> Iterable[Draft]:
    """CREATE, DROP or ALTER MATERIALIZED VIEW. One that held rows before a replacement holds rows after it."""
    name = name_of(action.key)
    lock = f"ACCESS EXCLUSIVE on {name}"
    if action.verb is Verb.DROP:
        yield Draft(summary=f"drop {action.key}", sql=(f"DROP MATERIALIZED VIEW {name}",), lock=lock)
        return
    new = action.new
    assert isinstance(new, MaterializedView)
    if action.verb is Verb.CREATE:
        was = scene.base.get(new.key)
        populated = was.populated if isinstance(was, MaterializedView) else new.populated
        yield Draft(summary=f"create {new.key}", sql=(_create(new, populated), *_alterations((), new)))
        return
    assert isinstance(action.old, MaterializedView)
    yield Draft(
        summary=f"change options of {new.key}", sql=tuple(_alterations(action.old.options, new, full=True)), lock=lock
    )


def _create(item: MaterializedView, populated: bool) -> str:
    options = dict(item.options)
    words = [f"CREATE MATERIALIZED VIEW {name_of(item.key)}"]
    if "access_method" in options:
        words.append(f"USING {ident(options['access_method'])}")
    if _storage(item.options):
        words.append(f"WITH ({parameters(_storage(item.options))})")
    if "tablespace" in options:
        words.append(f"TABLESPACE {ident(options['tablespace'])}")
    query = for_reading(item.written or item.definition)
    return f"{' '.join(words)} AS\n{query}\nWITH {'DATA' if populated else 'NO DATA'}"


def _storage(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(k, v) for k, v in options if k not in _CLAUSES and not k.startswith(_OF_COLUMNS)]


def _alterations(old: Iterable[tuple[str, str]], new: MaterializedView, *, full: bool = False) -> Iterator[str]:
    """From the old options to the new; ``full``: those too that CREATE says."""
    before, after = dict(old), dict(new.options)
    commands: list[str] = []
    if full:
        commands += tables.parameter_commands(_storage(old), _storage(new.options))
        if before.get("tablespace") != after.get("tablespace"):
            commands.append(f"SET TABLESPACE {ident(after.get('tablespace', 'pg_default'))}")
        if before.get("access_method") != after.get("access_method"):
            commands.append(f"SET ACCESS METHOD {ident(after.get('access_method', 'heap'))}")
    for name in sorted({*before, *after}):
        if name.startswith(_OF_COLUMNS) and before.get(name) != after.get(name):
            word, _, column = name.partition(".")
            value = after.get(name, "-1" if word == "statistics" else "DEFAULT").upper()
            commands.append(f"ALTER COLUMN {ident(column)} SET {word.upper()} {value}")
    for command in commands:
        yield f"ALTER MATERIALIZED VIEW {name_of(new.key)} {command}"
