"""Importing a user's module, and telling the user's own frames from everybody else's when it fails."""

from __future__ import annotations

import importlib
import linecache
import pkgutil
import sys
import traceback
from difflib import get_close_matches
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from reconcile.errors import Place, SourceError

_OURS = str(Path(__file__).parents[1])


def import_module(name: str, root: Path) -> ModuleType:
    """The module; ``root`` and the current folder are importable. Raises SourceError with the user's own frame."""
    for folder in (str(Path.cwd()), str(root.resolve())):
        if folder in sys.path:
            sys.path.remove(folder)
        sys.path.insert(0, folder)
    _forget_namesake(name.partition(".")[0])
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise import_error(f"cannot import {name}", error, root, hint=_missing(name, error, root)) from error


def attribute(module: ModuleType, dotted: str) -> Any:
    """The attribute of a module. Raises SourceError with what it may have been meant to be."""
    found: Any = module
    for part in dotted.split("."):
        if not hasattr(found, part):
            public = [name for name in dir(found) if not name.startswith("_")]
            near = get_close_matches(part, public, n=1)
            raise SourceError(
                f"{module.__name__} has no {dotted}",
                place=Place(str(module.__file__ or module.__name__)),
                hint=f"did you mean {near[0]}?" if near else "",
            )
        found = getattr(found, part)
    return found


def import_error(what: str, error: BaseException, root: Path, *, hint: str = "") -> SourceError:
    """The error for something that went wrong in the user's own code."""
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, SyntaxError) and error.filename:
        place = Place(_shown(error.filename, root), error.lineno or 0, error.offset or 0)
        return SourceError(
            f"{what}: {type(error).__name__}: {error.msg}", place=place, frame=f"{place}: {(error.text or '').strip()}"
        )
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _foreign(f.filename)]
    own = [f for f in frames if _is_under(f.filename, root) or _is_under(f.filename, Path.cwd())] or frames
    if not own:
        return SourceError(f"{what}: {reason}", hint=hint)
    place = Place(_shown(own[-1].filename, root), own[-1].lineno or 0)
    lines = "\n".join(
        f"{_shown(f.filename, root)}:{f.lineno}: {linecache.getline(f.filename, f.lineno or 0).strip()}"
        for f in own[-3:]
    )
    return SourceError(f"{what}: {reason}", place=place, hint=hint, frame=lines)


def _forget_namesake(package: str) -> None:
    """Another project's package of the same name may have been imported before (several projects, one process)."""
    loaded = sys.modules.get(package)
    if loaded is None or getattr(loaded, "__spec__", None) is None:
        return
    found = PathFinder.find_spec(package, sys.path)
    if found is None or found.origin is None or loaded.__spec__ is None or loaded.__spec__.origin == found.origin:
        return
    if not _is_under(found.origin, Path(sys.path[0])) and not _is_under(found.origin, Path(sys.path[1])):
        return
    for name in [n for n in sys.modules if n == package or n.startswith(package + ".")]:
        del sys.modules[name]
    importlib.invalidate_caches()


def _missing(name: str, error: BaseException, root: Path) -> str:
    if not isinstance(error, ModuleNotFoundError) or error.name is None:
        return ""
    if name != error.name and not name.startswith(error.name + "."):
        return f"install what provides {error.name}, or run in the environment of the application"
    head, _, last = error.name.rpartition(".")
    folder = [str(root.joinpath(*head.split(".")))] if head else [str(root), str(Path.cwd())]
    near = get_close_matches(last, [module.name for module in pkgutil.iter_modules(folder)], n=1)
    if near:
        return f"did you mean {head + '.' if head else ''}{near[0]}?"
    return f"modules are looked for in {root} and in the current folder"


def _foreign(filename: str) -> bool:
    """Neither this library's nor the import machinery's."""
    return not filename.startswith((_OURS, "<frozen importlib")) and filename != importlib.__file__


def _is_under(filename: str, folder: Path) -> bool:
    path = Path(filename)
    if "site-packages" in path.parts or not path.is_absolute():
        return False
    return path.is_relative_to(folder.resolve())


def _shown(filename: str, root: Path) -> str:
    path = Path(filename)
    return str(path.relative_to(root.resolve())) if path.is_relative_to(root.resolve()) else filename
