"""A project in a folder on a real database, worked on through the command line, in this process."""

from __future__ import annotations

import io
import os
import sys
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from reconcile.cli.console import Console
from reconcile.cli.main import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """A project's folder."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, url: str, *, more: str = "", desired: str = "schema.sql") -> Shell:
        """A project with revision files on the database at ``url``; ``more``: lines of its configuration."""
        text = f"database: {url}\ndesired: {desired}\nrevisions: revisions\ncache: cache.db\n{more}"
        (folder / "reconcile.yaml").write_text(text)
        return cls(folder=folder)

    def want(self, schema: str, file: str = "schema.sql") -> None:
        """The desired state is this."""
        (self.folder / file).write_text(schema)

    def call(self, *arguments: str) -> Said:
        """One command."""
        out, err = io.StringIO(), io.StringIO()
        with (
            chdir(self.folder),
            mock.patch.object(sys, "stdout", out),
            mock.patch.object(sys, "stderr", err),
            mock.patch.dict(os.environ, {"COLUMNS": "200", "NO_COLOR": "1"}),
        ):
            code = run(list(arguments), Console(out=out, err=err))
        return Said(code=code, out=out.getvalue(), err=err.getvalue())

    def done(self, *arguments: str) -> Said:
        """One command, which must succeed."""
        said = self.call(*arguments)
        assert said.code == 0, f"{arguments}: exit {said.code}\n{said.all}"
        return said

    def save(self, message: str) -> str:
        """A revision file of what there is to do; its id."""
        before = {path.name for path in self.files}
        self.done("plan", "--save", "-m", message, "-q")
        (new,) = {path.name for path in self.files} - before
        return new.removesuffix(".yaml")

    @property
    def files(self) -> list[Path]:
        """The revision files."""
        return sorted((self.folder / "revisions").glob("*.yaml"))

    def file(self, revision: str) -> Path:
        """The file of a revision."""
        return self.folder / "revisions" / f"{revision}.yaml"
