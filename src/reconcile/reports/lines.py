"""Line: text in pieces, each with a meaning ("create", "danger" …). How a meaning looks is the console's affair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """What a piece of text means."""

    PLAIN = ""
    TITLE = "title"
    NAME = "name"
    SQL = "sql"
    FAINT = "faint"
    CREATE = "create"
    ALTER = "alter"
    DROP = "drop"
    GOOD = "good"
    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"
    COMMAND = "command"


Piece = tuple[str, Style]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Where it has to be wrapped, the lines after the first begin in column ``hang``."""

    pieces: tuple[Piece, ...] = ()
    hang: int = 0

    def __str__(self) -> str:
        return "".join(text for text, _ in self.pieces).rstrip()


BLANK = Line()


def line(*parts: str | Piece, indent: int = 0, hang: int = 0) -> Line:
    """A line of pieces after ``indent`` spaces; ``hang`` is counted from the indent."""
    pieces = [(part, Style.PLAIN) if isinstance(part, str) else part for part in parts]
    if indent:
        pieces.insert(0, (" " * indent, Style.PLAIN))
    return Line(tuple(pieces), indent + hang)


def as_text(lines: Iterable[Line]) -> str:
    """Plain text, for pipes and files."""
    return "".join(f"{item}\n" for item in lines)


def columns(rows: Iterable[tuple[Piece, ...]], *, indent: int = 0, gap: int = 2) -> tuple[Line, ...]:
    """Rows as aligned columns; the last column hangs where it has to be wrapped."""
    table = list(rows)
    if not table:
        return ()
    widths = [max(len(row[index][0]) for row in table) for index in range(len(table[0]) - 1)]
    lead = sum(widths) + gap * len(widths)
    return tuple(
        line(
            *((text.ljust(width + gap), style) for (text, style), width in zip(row, widths, strict=False)),
            row[-1],
            indent=indent,
            hang=lead,
        )
        for row in table
    )
