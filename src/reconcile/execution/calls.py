"""Python steps of hand-written revisions: from "package.module:function" to the function."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from reconcile.errors import SourceError


def resolve(call: str, root: Path) -> Callable[[Connection], object]:
    """The function a step names, imported with ``root`` on the path. Raises SourceError with the user's frame."""
    module_name, _, path = call.partition(":")
    if not module_name or not path:
        raise SourceError(f"{call!r} does not name a function", hint="write it as package.module:function")
    with _importable(root):
        try:
            found: object = importlib.import_module(module_name)
        except Exception as error:
            frame = "".join(traceback.format_tb(error.__traceback__)[-1:])
            raise SourceError(
                f"cannot import {module_name}: {error}", hint=f"looked in {root} too", frame=frame
            ) from error
    for name in path.split("."):
        if not hasattr(found, name):
            raise SourceError(f"{module_name} has no {path}", hint="the function is called with one connection")
        found = getattr(found, name)
    if not callable(found):
        raise SourceError(f"{call} is not a function", hint="the function is called with one connection")
    return found


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    entry = str(root)
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        if entry in sys.path:
            sys.path.remove(entry)
