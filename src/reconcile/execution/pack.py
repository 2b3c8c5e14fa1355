"""States and texts as short ASCII, for keeping in any database whatever its encoding."""

from __future__ import annotations

import base64
import json
import zlib

from reconcile.state import Key, State
from reconcile.state.digest import canonical, from_plain, to_plain


def pack(text: str) -> str:
    """Compressed and in base64. The same text always gives the same result."""
    return base64.b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"), 6)).decode("ascii")


def unpack(packed: str) -> str:
    """What ``pack`` was given. Raises ValueError on anything else."""
    try:
        return zlib.decompress(base64.b64decode(packed, validate=True)).decode("utf-8", "surrogatepass")
    except zlib.error as error:
        raise ValueError(f"not packed text: {error}") from error


def state_text(state: State) -> str:
    """The whole state with its needs, as canonical JSON."""
    numbers: dict[Key, int] = {key: number for number, key in enumerate(state.objects)}
    needs = [[numbers[who], sorted(numbers[what] for what in found)] for who, found in state.needs.items()]
    return canonical(
        {
            "dialect": state.dialect,
            "server": state.server,
            "objects": [to_plain(item) for item in state.objects.values()],
            "needs": sorted(needs),
        }
    )


def state_from_text(text: str) -> State:
    """The state that ``state_text`` wrote. Raises ValueError on anything else."""
    try:
        plain = json.loads(text)
        objects = [from_plain(item) for item in plain["objects"]]
        needs = [(objects[who].key, objects[what].key) for who, found in plain["needs"] for what in found]
        return State.build(objects, needs, dialect=plain["dialect"], server=plain["server"], structural=False)
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError(f"not a state: {error}") from error
