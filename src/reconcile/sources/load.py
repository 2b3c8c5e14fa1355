"""From what the user wrote (``models:shop.models:Base``, ``schema.yaml``, a URL …) to a Source."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from reconcile.dialects.connect import redact
from reconcile.errors import SourceError
from reconcile.sources.base import Source
from reconcile.sources.database import DatabaseSource
from reconcile.sources.models import ModelsSource
from reconcile.sources.sql import SqlSource
from reconcile.sources.yaml import YamlSource

_FORMS = "models:package.module:Base, a .yaml or .sql file, a directory of them, or a database URL"
_MODEL = re.compile(r"(?:(\w+):)?([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)")
_YAML = frozenset({".yaml", ".yml"})


def load_sources(spec: str, *, root: Path, skip_broken: bool = False) -> tuple[Source, ...]:
    """The sources of a spec: one, or those of a directory's files in sorted order.

    ``skip_broken``: models go without what cannot be made. Relative paths are meant from ``root``. Raises SourceError
    for a form that is not known or a file that is not there.
    """
    if spec.startswith("models:"):
        match = _MODEL.fullmatch(spec.removeprefix("models:"))
        if not match or match[1]:
            raise SourceError(f"{spec!r} names no models", hint="write models:package.module:Base")
        return (ModelsSource(module=match[2], attribute=match[3], root=root, skip_broken=skip_broken),)
    if "://" in spec:
        return (DatabaseSource(spec),)
    path = root / spec
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix in _YAML | {".sql"} and p.is_file())
        if not files:
            raise SourceError(f"the directory {spec} has no .yaml or .sql files")
        return tuple(_file(file, root) for file in files)
    if path.suffix not in _YAML | {".sql"}:
        raise SourceError(f"{redact(spec)!r} is no desired state", hint=_meant(spec, path) or f"it may be {_FORMS}")
    if not path.is_file():
        raise SourceError(f"there is no file {spec}", hint=_meant(spec, path) or f"looked in {root}")
    return (_file(path, root),)


def _file(path: Path, root: Path) -> Source:
    shown = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    return YamlSource(path, shown) if path.suffix in _YAML else SqlSource(path, shown)


def _meant(spec: str, path: Path) -> str:
    """A sentence about what was probably meant; empty if nothing is near."""
    if match := _MODEL.fullmatch(spec):
        if match[1] is not None:
            return f"did you mean models:{match[2]}:{match[3]}?"
        if "." in match[2] or not get_close_matches(match[2], ["models"]):
            return f"did you mean models:{spec}?"
        return "write models:package.module:Base"
    if path.parent.is_dir():
        names = {
            entry.name: entry for entry in path.parent.iterdir() if entry.is_dir() or entry.suffix in _YAML | {".sql"}
        }
        near = get_close_matches(path.name, names, n=1)
        if near:
            return f"did you mean {Path(spec).with_name(near[0])}?"
    return ""
