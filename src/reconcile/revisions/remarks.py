"""Where the steps of a revision file stand, and which rules a comment mutes there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconcile.errors import Place
from reconcile.hazards.policy import Mute, comments
from reconcile.revisions import yamltext


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRemarks:
    """By the number of a step of ``apply:``."""

    places: Mapping[int, Place]
    mutes: tuple[Mute, ...] = ()


def read_step_remarks(file: Path, shown: str) -> StepRemarks:
    """The remarks of a revision file. Raises RevisionError, and ConfigError for a comment that cannot be read."""
    text = file.read_text(encoding="utf-8-sig")
    places = dict(_steps(yamltext.parse(text, shown)))
    return StepRemarks(places=places, mutes=tuple(_mutes(text, shown, places)))


def _steps(document: yamltext.Document) -> Iterator[tuple[int, Place]]:
    number = 1
    for index, item in enumerate((document.data or {}).get("apply") or ()):
        inner = item.get("steps") if isinstance(item, Mapping) else None
        for place in range(len(inner)) if inner is not None else (None,):
            path: tuple[str | int, ...] = ("apply", index)
            yield number, document.place(path if place is None else (*path, "steps", place))
            number += 1


def _mutes(text: str, shown: str, places: Mapping[int, Place]) -> Iterator[Mute]:
    """A comment inside a step is about that step; one that stands right above a step, about the step below."""
    rows = text.splitlines()
    for comment in comments(text, shown):
        line = comment.line
        while comment.alone and line < len(rows) and rows[line].lstrip().startswith("#"):
            line += 1
        starts = {place.line: number for number, place in places.items()}
        below = starts.get(line + 1) if comment.alone else None
        around = max((start for start in starts if start <= comment.line), default=None)
        step = below if below is not None else starts[around] if around is not None else None
        if step is not None:
            codes = frozenset(comment.codes)
            yield Mute(codes=codes, reason=comment.reason, place=Place(shown, comment.line), step=step)
