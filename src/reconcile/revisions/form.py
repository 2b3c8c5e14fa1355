"""The form of a revision file: Revision ⇄ plain data. Must not know: files on disk, checksums."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from reconcile.dialects.base import Dialect
from reconcile.errors import RevisionError
from reconcile.revisions.yamltext import Block, Document, Lines
from reconcile.state import (
    NOT_REHEARSED,
    Batch,
    Check,
    Effect,
    Hazard,
    Kept,
    Key,
    Level,
    Object,
    Phase,
    Plan,
    Proof,
    Rehearsal,
    Step,
    parse_key,
)
from reconcile.state.digest import canonical, from_plain, read_key, to_plain
from reconcile.state.revision import Revision

_Pairs = dict[Key, tuple[str | None, str | None]]
_EXACT = "key "  # before a key's plain form, where its text would not parse back to it


def tidy(sql: str) -> str:
    """A statement without white space and semicolons around it."""
    return sql.strip().rstrip("; \t\r\n")


# -- writing


def to_data(revision: Revision) -> dict[str, Any]:
    """The file's content, in the order in which it is written, without the checksum."""
    plan, touches = revision.plan, revision.touches
    data: dict[str, Any] = {
        "id": revision.id,
        "parents": _parents(revision),
        "message": revision.message,
        "created": revision.created,
        "dialect": plan.dialect,
        "server": plan.server,
        "base": plan.base,
        "target": plan.target,
        "manual": revision.manual,
        "rehearsed": _rehearsed(plan.rehearsal),
        "touches": Lines({key_text(key): list(pair) for key, pair in touches.items()}),
        "apply": [_phase(phase, touches) for phase in plan.phases],
        "revert": [_phase(phase, {k: (new, old) for k, (old, new) in touches.items()}) for phase in plan.revert_phases],
        "before": _images(revision.before),
        "after": _images(revision.after),
    }
    needed = ("id", "parents", "message", "apply", "revert")
    return {name: value for name, value in data.items() if value or name in needed}


@lru_cache(maxsize=100_000)
def key_text(key: Key) -> str:
    """``str(key)`` where that can be read back, else its plain form."""
    try:
        exact = parse_key(str(key), namespaces=_has_schema(key)) == key
    except ValueError:
        exact = False
    return str(key) if exact else _EXACT + canonical(to_plain(key))


def _has_schema(key: Key) -> bool:
    return key.schema is not None


def _parents(revision: Revision) -> Any:
    """Their ids; with their checksums, where it names them."""
    if not revision.built_on:
        return list(revision.parents)
    return dict(zip(revision.parents, revision.built_on, strict=True))


def _rehearsed(rehearsal: Rehearsal) -> dict[str, Any]:
    if rehearsal == NOT_REHEARSED:
        return {}
    data = {
        "forward": rehearsal.forward.value,
        "backward": rehearsal.backward.value,
        "reason": rehearsal.reason,
        "rows": rehearsal.rows,
    }
    return {name: value for name, value in data.items() if value}


def _phase(phase: Phase, pairs: _Pairs) -> dict[str, Any]:
    steps = [_step(step, phase, pairs) for step in phase.steps]
    if not phase.transactional and len(steps) == 1 and not (phase.before or phase.after):
        head, *rest = steps[0].items()
        return dict([head, ("transactional", False), *(item for item in rest if item[0] != "transactional")])
    data: dict[str, Any] = {} if phase.transactional else {"transactional": False}
    if phase.before:
        data["before"] = _statements(phase.before)
    data["steps"] = steps
    if phase.after:
        data["after"] = _statements(phase.after)
    return data


def _step(step: Step, phase: Phase, pairs: _Pairs) -> dict[str, Any]:
    data: dict[str, Any] = {"summary": step.summary}
    if step.transactional is not phase.transactional:
        data["transactional"] = step.transactional
    if step.sql:
        data["sql"] = _statements(step.sql)
    if step.call is not None:
        data["python"] = step.call
    if step.effects:
        data["touches"] = [_effect(effect, pairs) for effect in step.effects]
    data |= {name: value for name in ("lock", "rewrites", "scans", "reason") if (value := getattr(step, name))}
    if step.hazards:
        data["hazards"] = [_said(hazard, code=hazard.code, level=hazard.level.value) for hazard in step.hazards]
    if step.checks:
        data["checks"] = [
            _said(check, query=Block(tidy(check.query)))
            | ({"at_step": True} if check.at_step else {})
            | ({"kept": check.kept} if check.kept else {})
            for check in step.checks
        ]
    data |= {name: _kept(kept) for name in ("keeps", "restores") if (kept := getattr(step, name))}
    if step.batch is not None:
        data["batch"] = {
            "table": step.batch.table,
            "set": step.batch.assigns,
            "where": step.batch.wanting,
            "keys": list(step.batch.keys),
            "literals": list(step.batch.literals),
        }
    return data


def _batch(data: Mapping[str, Any]) -> Batch:
    return Batch(
        table=data["table"],
        assigns=data["set"],
        wanting=data["where"],
        keys=tuple(data["keys"]),
        literals=tuple(data["literals"]),
    )


def _kept(kept: Kept) -> dict[str, Any]:
    data: dict[str, Any] = {"name": kept.name, "key": key_text(kept.key)}
    if kept.columns:
        data["columns"] = list(kept.columns)
    return data | {name: Block(tidy(text)) for name in ("lost", "left") if (text := getattr(kept, name))}


def _said(item: Hazard | Check, **first: str) -> dict[str, Any]:
    data = {**first, "key": key_text(item.key), "message": item.message}
    return data | ({"advice": item.advice} if item.advice else {})


def _statements(sql: tuple[str, ...]) -> Any:
    blocks = [Block(tidy(statement)) for statement in sql]
    return blocks[0] if len(blocks) == 1 else blocks


def _effect(effect: Effect, pairs: _Pairs) -> Any:
    pair = (effect.before, effect.after)
    return key_text(effect.key) if pairs.get(effect.key) == pair else {key_text(effect.key): list(pair)}


def _images(objects: Iterable[Object]) -> dict[str, Any]:
    images = Lines()
    for item in objects:
        plain = to_plain(item)
        del plain["key"]
        images[key_text(item.key)] = plain
    return images


# -- reading


@dataclass(frozen=True, slots=True)
class _Reading:
    """One file being read: says the place in every error."""

    document: Document
    namespaces: bool
    transactional: bool  # what steps are that do not say
    dialect: Dialect | None  # to cut scripts into statements; None: they are taken as they stand
    touches: _Pairs
    known: dict[str, Key] = field(default_factory=dict)  # every key is named several times

    def key(self, text: str, *path: str | int) -> Key:
        found = self.known.get(text)
        if found is not None:
            return found
        try:
            if text.startswith(_EXACT):
                found = read_key(json.loads(text.removeprefix(_EXACT)))
            else:
                found = parse_key(text, namespaces=self.namespaces)
        except (ValueError, TypeError) as error:
            raise RevisionError(f"not an object's name: {error}", place=self.document.place(path)) from error
        self.known[text] = found
        return found

    def phases(self, name: str) -> tuple[Phase, ...]:
        pairs = self.touches if name == "apply" else {k: (new, old) for k, (old, new) in self.touches.items()}
        found: list[Phase] = []
        number = 1
        loose: list[Step] = []  # steps outside a phase: those that can be in one transaction are

        def close() -> None:
            if loose:
                found.append(Phase(transactional=True, steps=tuple(loose)))
                loose.clear()

        for index, item in enumerate(self.document.data.get(name) or ()):
            path = (name, index)
            if isinstance(item, Mapping) and "steps" in item:
                close()
                transactional = item.get("transactional", True)
                steps = []
                for place, each in enumerate(item["steps"]):
                    steps.append(self.step(each, number, transactional, pairs, *path, "steps", place))
                    number += 1
                if not transactional and len(steps) != 1:
                    raise RevisionError(
                        "a phase that is not transactional holds exactly one step",
                        place=self.document.place((*path, "steps")),
                    )
                found.append(
                    Phase(
                        transactional=transactional,
                        steps=tuple(steps),
                        before=self.statements(item.get("before", ())),
                        after=self.statements(item.get("after", ())),
                    )
                )
                continue
            step = self.step(item, number, self.transactional, pairs, *path)
            number += 1
            if step.transactional:
                loose.append(step)
            else:
                close()
                found.append(Phase(transactional=False, steps=(step,)))
        close()
        return tuple(found)

    def step(self, item: Any, number: int, transactional: bool, pairs: _Pairs, *path: str | int) -> Step:
        data: Mapping[str, Any] = {"sql": item} if isinstance(item, str) else item
        sql = self.statements(data.get("sql", ()))
        call = data.get("python")
        if sql and call:
            raise RevisionError("a step has either sql or python", place=self.document.place(path))
        if not (sql or call or data.get("touches")):
            raise RevisionError("a step needs sql or python", place=self.document.place(path))
        return Step(
            number=number,
            summary=data.get("summary") or _summary(sql[0] if sql else f"call {call}"),
            sql=sql,
            call=call,
            transactional=data.get("transactional", transactional),
            effects=tuple(
                self.effect(each, pairs, *path, "touches", place) for place, each in enumerate(data.get("touches", ()))
            ),
            lock=data.get("lock"),
            rewrites=data.get("rewrites", False),
            scans=data.get("scans", False),
            reason=data.get("reason", ""),
            hazards=tuple(
                Hazard(
                    code=each["code"],
                    level=Level(each["level"]),
                    key=self.key(each["key"], *path, "hazards", place),
                    message=each["message"],
                    advice=each.get("advice", ""),
                )
                for place, each in enumerate(data.get("hazards", ()))
            ),
            checks=tuple(
                Check(
                    key=self.key(each["key"], *path, "checks", place),
                    query=tidy(each["query"]),
                    message=each["message"],
                    advice=each.get("advice", ""),
                    at_step=each.get("at_step", False),
                    kept=each.get("kept", ""),
                )
                for place, each in enumerate(data.get("checks", ()))
            ),
            keeps=self.kept(data.get("keeps"), *path, "keeps"),
            restores=self.kept(data.get("restores"), *path, "restores"),
            batch=_batch(data["batch"]) if "batch" in data else None,
        )

    def kept(self, data: Mapping[str, Any] | None, *path: str | int) -> Kept | None:
        if data is None:
            return None
        queries = {word: tidy(data.get(word, "")) for word in ("lost", "left")}
        columns = tuple(data.get("columns", ()))
        return Kept(name=data["name"], key=self.key(data["key"], *path), columns=columns, **queries)

    def statements(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, str):
            return tuple(text for each in value if (text := tidy(each)))
        if self.dialect is None:
            return (tidy(value),) if tidy(value) else ()
        return tuple(text for each in self.dialect.grammar.split(value) if (text := tidy(each.text)))

    def effect(self, item: Any, pairs: _Pairs, *path: str | int) -> Effect:
        if isinstance(item, str):
            key = self.key(item, *path)
            if key not in pairs:
                raise RevisionError(f"{key} is not among the objects under 'touches'", place=self.document.place(path))
            before, after = pairs[key]
        else:
            text, (before, after) = next(iter(item.items()))
            key = self.key(text, *path)
        return Effect(key=key, before=before, after=after)

    def pair(self, text: str, value: Any) -> tuple[str | None, str | None]:
        if isinstance(value, list) and len(value) == 2 and all(v is None or isinstance(v, str) for v in value):
            return value[0], value[1]
        raise RevisionError("expected [digest before, digest after]", place=self.document.place(("touches", text)))

    def images(self, name: str) -> tuple[Object, ...]:
        found: list[Object] = []
        for text, plain in _section(self.document.data, name):
            key = self.key(text, name, text)
            try:
                if not isinstance(plain, dict):
                    raise ValueError("expected a mapping of its fields")
                found.append(from_plain({**plain, "key": to_plain(key)}))
            except ValueError as error:
                raise RevisionError(f"{key}: {error}", place=self.document.place((name, text))) from error
        return tuple(found)


def from_data(document: Document, *, dialect: Dialect | None, split: bool) -> Revision:
    """The revision a validated document describes. ``split``: cut scripts into statements by the dialect's grammar."""
    data = document.data
    reading = _Reading(
        document=document,
        namespaces=dialect is not None and dialect.namespaces,
        transactional=dialect is None or dialect.transactional_ddl,
        dialect=dialect if split else None,
        touches={},
    )
    touches = {reading.key(text, "touches", text): reading.pair(text, pair) for text, pair in _section(data, "touches")}
    reading = replace(reading, touches=touches)
    rehearsed = data.get("rehearsed")
    rehearsal = NOT_REHEARSED
    if rehearsed:
        rehearsal = Rehearsal(
            forward=Proof(rehearsed["forward"]),
            backward=Proof(rehearsed["backward"]),
            reason=rehearsed.get("reason", ""),
            rows=rehearsed.get("rows", 0),
        )
    plan = Plan(
        dialect=data.get("dialect", ""),
        server=data.get("server", ""),
        base=data.get("base", ""),
        target=data.get("target", ""),
        phases=reading.phases("apply"),
        revert_phases=reading.phases("revert"),
        rehearsal=rehearsal,
    )
    return Revision(
        id=data["id"],
        parents=tuple(data.get("parents") or ()),
        built_on=tuple(data["parents"].values()) if isinstance(data.get("parents"), Mapping) else (),
        created=data.get("created", ""),
        message=data["message"],
        plan=plan,
        before=reading.images("before"),
        after=reading.images("after"),
        manual=data.get("manual", False),
        checksum=data.get("checksum", ""),
    )


def _section(data: Mapping[str, Any], name: str) -> Iterable[tuple[str, Any]]:
    return (data.get(name) or {}).items()


def _summary(text: str) -> str:
    """The beginning of a statement, as what it does."""
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:59]}…"
