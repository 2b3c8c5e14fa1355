"""How far steps came that are carried out in parts: a table beside the journal, made when it is first needed."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Column, Executable, Integer, MetaData, Table, delete, insert, select
from sqlalchemy.exc import DBAPIError

from reconcile.dialects.session import Session
from reconcile.execution.batches import Position
from reconcile.execution.history import Ascii, Run
from reconcile.state import Step


class ProgressTable:
    """The positions in one database. Not a value: it speaks through the session it was given."""

    def __init__(self, session: Session, *, place: str | None) -> None:
        self.session = session
        self.table = Table(
            "reconcile_progress",
            MetaData(schema=place),
            Column("run", Integer, primary_key=True, autoincrement=False),
            Column("step", Integer, primary_key=True, autoincrement=False),
            Column("position", Ascii, nullable=False),
        )

    def create(self) -> None:
        """Make the table where there is none. Outside a transaction."""
        try:
            self.table.create(self.session.connection, checkfirst=True)
        except DBAPIError as error:
            raise self.session.classify(error, "CREATE TABLE reconcile_progress") from error

    def of(self, run: Run, step: Step) -> Position | None:
        """How far the step came; None: not yet begun."""
        t = self.table.c
        row = self._do(select(t.position).where(t.run == run.number, t.step == step.number)).first()
        if row is None:
            return None
        found = json.loads(row[0])
        return Position(last=tuple(found["last"]), end=tuple(found["end"]), done=found["done"])

    def set(self, run: Run, step: Step, position: Position) -> None:
        """Remember; part of the transaction that is open."""
        t = self.table.c
        text = json.dumps({"last": position.last, "end": position.end, "done": position.done})
        self._do(delete(self.table).where(t.run == run.number, t.step == step.number))
        self._do(insert(self.table).values(run=run.number, step=step.number, position=text))

    def _do(self, statement: Executable) -> Any:
        try:
            return self.session.connection.execute(statement)
        except DBAPIError as error:
            raise self.session.classify(error, str(statement)) from error
