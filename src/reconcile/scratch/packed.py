"""A state as one text that is quick to read back."""

from __future__ import annotations

import json

from reconcile.state import State
from reconcile.state.digest import from_plain, to_plain


def dump_state(state: State) -> str:
    keys = {key: number for number, key in enumerate(state.objects)}
    needs = [[keys[who], sorted(keys[what] for what in whats)] for who, whats in state.needs.items()]
    return json.dumps([state.dialect, state.server, [to_plain(item) for item in state], needs])


def load_state(text: str) -> State:
    try:
        dialect, server, plain, needs = json.loads(text)
        objects = [from_plain(item) for item in plain]
        pairs = [(objects[who].key, objects[what].key) for who, whats in needs for what in whats]
    except (ValueError, TypeError, IndexError) as error:
        raise ValueError(f"not a state: {error}") from error
    return State.build(objects, pairs, dialect=dialect, server=server, structural=False)
