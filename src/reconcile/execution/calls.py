"""Python steps of hand-written revisions: from "package.module:function" to the function."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from reconcile.errors import SourceError


def resolve(call: str, root: Path, allowed: Sequence[str]) -> Callable[[Connection], object]:
    """The function a step names, imported with ``root`` on the path. Raises SourceError with the user's frame.

    ``allowed``: the modules the configuration names; nothing of any other is imported. A revision file may come
    from a stranger, and ``os:system`` is a function too.
    """
    module_name, _, path = call.partition(":")
    if not module_name or not path:
        raise SourceError(f"{call!r} does not name a function", hint="write it as package.module:function")
    if module_name not in allowed:
        raise SourceError(
            f"the configuration does not allow revisions to call {module_name}",
            hint=f"if you trust it, write in reconcile.yaml: python: [{', '.join([*allowed, module_name])}]",
        )
    if "." in path:
        raise SourceError(f"{call!r} does not name a function", hint="write it as package.module:function")
    with _importable(root):
        try:
            found: object = importlib.import_module(module_name)
        except Exception as error:
            frame = "".join(traceback.format_tb(error.__traceback__)[-1:])
            raise SourceError(
                f"cannot import {module_name}: {error}", hint=f"looked in {root} too", frame=frame
            ) from error
    if not hasattr(found, path):
        raise SourceError(f"{module_name} has no {path}", hint="the function is called with one connection")
    found = getattr(found, path)
    if not callable(found):
        raise SourceError(f"{call} is not a function", hint="the function is called with one connection")
    home = getattr(found, "__module__", None)
    if home not in allowed:  # a name that the module itself imported (system of os) is not the module's own
        raise SourceError(
            f"{call} is not a function of that module: it comes from {home}",
            hint=f"where you trust {home}, allow it in reconcile.yaml under 'python:'",
        )
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
