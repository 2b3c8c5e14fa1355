"""Making tens of thousands of objects without Python's cyclic collector walking over them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No cyclic garbage collection meanwhile: all that is made lives on, and to find that out each time takes up to
    half of the time. Not for work that leaves much garbage in cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():  # else that is somebody's own doing
            # What was made is old from now on; the next collection of young objects would look at all of it once more.
            gc.freeze()
            gc.unfreeze()
        if was_enabled:
            gc.enable()
