"""Console: everything the command line says and asks. The only module that imports rich, and only on a terminal.

Results go to stdout; progress, notes and errors go to stderr. Into a pipe: plain text, unwrapped, no colours.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from reconcile.reports.lines import Line, Style, line

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.status import Status

    from reconcile.cli.progress import Progress
    from reconcile.errors import Failure, ReconcileError

# How a meaning looks. The terminal's own colours, so that light and dark both work.
_LOOKS = {
    Style.TITLE: "bold",
    Style.NAME: "bold",
    Style.SQL: "cyan",
    Style.FAINT: "bright_black",
    Style.CREATE: "green",
    Style.ALTER: "yellow",
    Style.DROP: "red",
    Style.GOOD: "green",
    Style.INFO: "blue",
    Style.WARNING: "yellow",
    Style.DANGER: "bold red",
    Style.COMMAND: "bold magenta",
}
INTERRUPTED = 130  # the exit code after Ctrl-C: 128 + SIGINT, as shells count
_NARROWEST = 40  # columns; a terminal that claims less is not obeyed


class Console:
    """Where a command speaks. ``quiet`` silences progress and notes, ``verbose`` adds detail and tracebacks."""

    def __init__(self, *, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.out, self.err = out or sys.stdout, err or sys.stderr
        self.quiet = False
        self.verbose = False
        self._status: Status | None = None  # what moves
        for stream in (self.out, self.err):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="replace")  # an old terminal shows "?" for what it cannot, and nothing breaks

    # -- saying

    def result(self, text: str) -> None:
        """Text for programs or files, as it is, on stdout."""
        self.out.write(text)
        self.out.flush()

    def show(self, lines: Iterable[Line]) -> None:
        """Lines for people, on stdout."""
        self._print(lines, self.out, self._rich_out)

    def note(self, *lines: Line) -> None:
        """Lines beside the result, on stderr; silent when quiet."""
        self.unspin()
        if not self.quiet:
            self._print(lines, self.err, self._rich_err)

    def complain(self, *lines: Line) -> None:
        """Lines on stderr that even quiet does not silence."""
        self.unspin()
        self._print(lines, self.err, self._rich_err)

    def next_step(self, said: str, command: str) -> None:
        """What to do now; only a person on a terminal wants to know."""
        if self.out_is_terminal and not self.quiet:
            self.show([line((f"{said} ", Style.FAINT), (command, Style.COMMAND), hang=2)])

    def _print(self, lines: Iterable[Line], stream: TextIO, rich: RichConsole | None) -> None:
        if rich is None:
            stream.writelines(f"{item}\n" for item in lines)
        else:
            for item in lines:
                _print_rich(rich, item)
        stream.flush()

    # -- terminals

    @property
    def out_is_terminal(self) -> bool:
        """Whether a person reads stdout."""
        return _is_terminal(self.out)

    @property
    def err_is_terminal(self) -> bool:
        """Whether a person reads stderr."""
        return _is_terminal(self.err)

    @property
    def can_ask(self) -> bool:
        """Whether there is somebody to answer."""
        return sys.stdin is not None and sys.stdin.isatty() and self.err_is_terminal

    @cached_property
    def _rich_out(self) -> RichConsole | None:
        return _rich(self.out) if self.out_is_terminal else None

    @cached_property
    def _rich_err(self) -> RichConsole | None:
        return _rich(self.err) if self.err_is_terminal else None

    # -- asking

    def confirm(self, question: str, *, flag: str = "--yes") -> bool:
        """Ask on the terminal; no is the default. Raises ReconcileError where nobody can answer."""
        if not self.can_ask:
            from reconcile.errors import ReconcileError

            raise ReconcileError(
                f"nobody can answer “{question}”: this is not a terminal",
                hint=f"look at it with --dry-run, then run it with {flag}",
            )
        self.err.write(f"\n{question} [y/N] ")
        self.err.flush()
        answer = sys.stdin.readline()
        if not answer:  # end of input, Ctrl-D
            self.err.write("\n")
        return answer.strip().lower() in ("y", "yes")

    # -- working

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """A listener for the library's events, for as long as the work lasts."""
        from reconcile.cli.progress import Progress

        progress = Progress(self)
        try:
            yield progress
        finally:
            self.unspin()

    def spin(self, text: str) -> None:
        """Show what is going on, until ``unspin``; only where something may move."""
        rich = self._rich_err
        if rich is None or self.quiet:
            return
        from rich.text import Text

        short = Text(text, no_wrap=True)
        short.truncate(max(rich.width - 4, _NARROWEST), overflow="ellipsis")
        if self._status is None:
            self._status = rich.status(short, spinner="dots")
            self._status.start()
        else:
            self._status.update(short)

    def unspin(self) -> None:
        """Take away what moves."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    # -- failing

    def error(self, error: ReconcileError) -> None:
        """An error on purpose: what is wrong, the evidence, what to do."""
        from reconcile.dialects.connect import redact

        said = _REFUSED if _is_refusal(error) else _nearby(redact(str(error)))
        first, *more = said.splitlines() or [""]
        rows = [line(("Error: ", Style.DANGER), first, hang=2), *(line(row.strip(), indent=2, hang=2) for row in more)]
        rows += [line(redact(row), indent=2, hang=2) for row in _evidence(error)]
        if error.hint:
            rows += [
                line(("→ " if index == 0 else "  ", Style.COMMAND), redact(row), indent=2, hang=2)
                for index, row in enumerate(error.hint.splitlines())
            ]
        self.complain(*rows)
        if self.verbose:
            self.complain(*(line((redact(row), Style.FAINT)) for row in _trace(error)))

    def crash(self, error: BaseException) -> None:
        """An error that was not foreseen: one line, the traceback only when asked for."""
        from reconcile.dialects.connect import redact

        text = " ".join(str(error).split())
        self.complain(
            line(("Internal error: ", Style.DANGER), redact(f"{type(error).__name__}: {text}".rstrip(": ")), hang=2)
        )
        if self.verbose:
            self.complain(*(line((redact(row), Style.FAINT)) for row in _trace(error)))
        else:
            self.complain(
                line(("→ ", Style.COMMAND), "this is a defect of reconcile; --verbose shows where", indent=2, hang=2)
            )


_REFUSED = "refused, and nothing has been changed, because of"


def _nearby(text: str) -> str:
    """The text with paths as a person in the current folder would write them."""
    here = Path.cwd()
    return text.replace(f"{here}{os.sep}", "") if here != Path(here.anchor) else text


def _is_refusal(error: ReconcileError) -> bool:
    from reconcile.errors import Refused

    return isinstance(error, Refused) and bool(error.hazards)


def _trace(error: BaseException) -> list[str]:
    return "".join(traceback.format_exception(error)).splitlines()


_MOST_EVIDENCE = 20  # lines; the rest is counted


def _evidence(error: ReconcileError) -> list[str]:
    """The data an error carries, as lines."""
    from reconcile.errors import CheckFailed, Mismatch, Refused, RehearsalFailed, ServerError, SourceError

    found: list[str] = []
    match error:
        case CheckFailed(failures=(failure,)):
            return list(_sample(failure))
        case CheckFailed(failures=failures):
            return [row for failure in failures for row in _failure(failure)]
        case Refused(hazards=hazards):
            found = [f"{item.level} {item.code}: {item.message}" for item in hazards]
        case Mismatch() | RehearsalFailed():
            found = list(error.differences)
        case ServerError(sql=sql) if sql:
            found = ["in the statement", *(f"  {row}" for row in sql.strip().splitlines())]
        case SourceError(frame=frame) if frame:
            found = frame.rstrip().splitlines()
    if len(found) > _MOST_EVIDENCE:
        found = [*found[:_MOST_EVIDENCE], f"… and {len(found) - _MOST_EVIDENCE} more"]
    return found


def _failure(failure: Failure) -> Iterator[str]:
    yield str(failure)
    yield from (f"  {row}" for row in _sample(failure))
    yield f"  → {failure.check.advice}"


def _sample(failure: Failure) -> Iterator[str]:
    """Rows that stand in the way, each value with the name of its column where that is known."""
    names = failure.columns or ("",)
    for row in failure.samples:
        cells = zip(names, ("NULL" if value is None else str(value) for value in row), strict=True)
        yield ", ".join(f"{name} = {value}" if name else value for name, value in cells)
    if failure.count is not None and failure.count > len(failure.samples):
        yield f"… and {failure.count - len(failure.samples):,} more rows"


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # closed
        return False


def _rich(stream: TextIO) -> RichConsole:
    from rich.console import Console as RichConsole

    return RichConsole(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)


def _print_rich(rich: RichConsole, item: Line) -> None:
    """Print a line in its colours, wrapped at words, the rows after the first beginning at its hang."""
    from rich.text import Text

    text = Text()
    for piece, style in item.pieces:
        text.append(piece, _LOOKS.get(style, ""))
    text.rstrip()
    width = max(rich.width, _NARROWEST)
    hang = item.hang if item.hang < width // 2 else min(item.hang, 4)
    if text.cell_len <= width:
        rich.print(text)
        return
    head, rest = text[:hang], text[hang:]
    for number, row in enumerate(rest.wrap(rich, width - hang)):
        row.rstrip()
        rich.print(Text.assemble(head if number == 0 else " " * hang, row))
