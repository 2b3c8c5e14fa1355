"""Policy: what a project says about rules: refuse, warn, or be silent; and what is muted, with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from reconcile.errors import ConfigError, Place
from reconcile.hazards.base import Rule
from reconcile.state import Hazard, Key, Level

EVERY = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A line comment "lint: off CODE, CODE -- reason": those rules are silent about ``key`` and what is in it.

    ``step``: of a revision file's apply steps, instead of a key.
    """

    codes: frozenset[str]
    reason: str
    place: Place
    key: Key | None = None
    step: int | None = None

    def covers(self, hazard: Hazard, step: int | None = None) -> bool:
        """Whether it silences this finding."""
        if hazard.code not in self.codes:
            return False
        if self.step is not None:
            return step == self.step
        return self.key is not None and hazard.key.within(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The configuration of rules; codes that are not named are as the rules say."""

    denied: frozenset[str] = frozenset()
    warned: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    rules: Mapping[str, Rule] = field(default_factory=dict)

    def denies(self, hazard: Hazard) -> bool:
        """Whether it is refused whatever --allow says. What comes as harmless (an empty table) is not."""
        if hazard.code not in self.denied:
            return False
        rule = self.rules.get(hazard.code)
        return hazard.level is not Level.INFO or rule is None or rule.level is Level.INFO

    def stops(self, hazard: Hazard, allow: Iterable[str] = ()) -> bool:
        """Whether a run is refused because of it."""
        if self.denies(hazard):
            return True
        allowed = frozenset(allow)
        return hazard.level is Level.DANGER and not allowed & {hazard.code, EVERY}

    def applied(self, hazards: Iterable[Hazard]) -> Iterator[Hazard]:
        """What is left to say, at the level it is to be said at. Danger is never silenced."""
        for hazard in hazards:
            if hazard.level is Level.DANGER:
                yield hazard
            elif hazard.code in self.warned:
                yield replace(hazard, level=Level.WARNING)
            elif hazard.code not in self.off:
                yield hazard


def check_codes(codes: Iterable[tuple[str, Place | None]], rules: Iterable[str], where: str) -> None:
    """Raises ConfigError for the first code that no rule has, with what was probably meant."""
    known = sorted(rules)
    for code, place in codes:
        if code not in known:
            near = get_close_matches(code, known, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]!r}?" if near else "reconcile lint --rules lists them"
            raise ConfigError(f"there is no rule {code!r} ({where})", place=place, hint=hint)


_COMMENT = re.compile(r"(?:^|\s)#\s*lint:\s*(?P<word>\w+)?\s*(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class Comment:
    """A "lint: off" comment in a text; ``alone``: nothing else is on its line, so it speaks of what comes next."""

    line: int
    alone: bool
    codes: tuple[str, ...]
    reason: str


def comments(text: str, shown: str) -> Iterator[Comment]:
    """The "# lint: off CODE, CODE -- reason" of a YAML text. Raises ConfigError for one that cannot be read."""
    if "lint:" not in text:
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = _COMMENT.search(line)
        if match is None:
            continue
        codes, dashes, reason = match["rest"].partition("--")
        names = tuple(name for name in re.split(r"[\s,]+", codes) if name)
        if match["word"] != "off" or not names or not dashes or not reason.strip():
            raise ConfigError(
                "this comment about rules cannot be read",
                place=Place(shown, number, match.start() + 1),
                hint="write it as: # lint: off CODE, CODE -- the reason",
            )
        yield Comment(number, not line[: match.start()].strip(), names, reason.strip())
