"""Progress: the library's events as something to look at: a spinner on a terminal, plain lines in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.events import (
    Event,
    Filling,
    Notice,
    Reading,
    Recovered,
    Retrying,
    RevisionDone,
    RevisionStarted,
    StepDone,
    StepStarted,
    Waiting,
)
from reconcile.reports.lines import Line, Style, line
from reconcile.reports.text import duration

if TYPE_CHECKING:
    from reconcile.cli.console import Console
    from reconcile.state import Step


class Progress:
    """A listener. Remembers what was running, so that an interruption can say so."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.revision: str | None = None  # the one that runs
        self.running: Step | None = None
        self.done = 0  # steps of the revision that runs
        self.finished: list[str] = []  # revisions
        self._waited = False
        self._tenth = 0  # of the rows of the step that is carried out in parts

    def __call__(self, event: Event) -> None:
        match event:
            case Reading(what=what, done=done, total=total):
                self._console.spin(f"Reading {what}" + (f" · {done:,} of {total:,}" if total else ""))
            case Waiting(holder=holder, seconds=seconds):
                if not self._waited:
                    self._waited = True
                    self._console.note(
                        line(("… ", Style.WARNING), f"waiting: another run holds the lock ({holder})", hang=2)
                    )
                self._console.spin(f"Waiting for the lock, {duration(seconds)}")
            case Recovered(message=message):
                self._console.note(line(("↻ ", Style.WARNING), message, hang=2))
            case RevisionStarted(id=name, direction=direction, steps=steps):
                self.revision, self.done = name, 0
                word = "Reverting" if direction == "revert" else "Applying"
                self._console.note(
                    line(f"{word} ", (name, Style.NAME), (f" · {steps} steps" * (steps > 1), Style.FAINT), hang=2)
                )
            case StepStarted(step=step):
                self.running, self._tenth = step, 0
                self._console.spin(f"{step.number}. {step.summary}")
            case Filling(step=step, done=done, total=total, rate=rate, left=left):
                said = f"{done:,} of {total:,} rows · {rate:,.0f} rows/s · {duration(left)} left"
                self._console.spin(f"{step.number}. {said} · {step.summary}")
                if (tenth := 10 * done // max(total, 1)) > self._tenth and not self._console.err_is_terminal:
                    self._console.note(line(f"{step.number}. {said}", indent=4, hang=2))
                self._tenth = tenth
            case StepDone(step=step, seconds=seconds):
                self.running, self.done = None, self.done + 1
                took = (f" · {duration(seconds)}", Style.FAINT)
                self._console.note(line(("✔ ", Style.GOOD), f"{step.number}. {step.summary}", took, indent=2, hang=2))
            case Retrying(attempt=attempt, seconds=seconds, reason=reason):
                again = f"no lock in time, rolled back; attempt {attempt} in {duration(seconds)} ({reason})"
                self._console.note(line(("↻ ", Style.WARNING), again, indent=2, hang=2))
            case RevisionDone(id=name):
                self.finished.append(name)
                self.revision = None
            case Notice(message=message):
                self._console.note(line(("· ", Style.FAINT), message, hang=2))

    def interrupted(self) -> tuple[Line, ...]:
        """What an interruption left, in words."""
        if self.revision is None and not self.finished:
            return (line(("Interrupted. ", Style.WARNING), "Nothing has been changed."),)
        said = ["Interrupted."]
        if self.finished:
            said.append(f"Done: {', '.join(self.finished)}.")
        if self.revision is not None:
            where = f"in step {self.running.number} ({self.running.summary})" if self.running else "between two steps"
            said.append(f"{self.revision} stopped {where}; what was not committed is rolled back.")
            said.append("`reconcile status` shows where the database stands; the same command again continues.")
        return tuple(line((row, Style.WARNING) if not index else row, hang=2) for index, row in enumerate(said))
