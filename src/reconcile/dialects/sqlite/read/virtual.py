"""Virtual tables: the statement is all there is to know; what the module makes of it is its own business."""

from __future__ import annotations

from reconcile.dialects.sqlite.text import fold, lex, name_of
from reconcile.state import Key, Kind, VirtualTable


def read_virtual(name: str, sql: str) -> VirtualTable:
    """From its CREATE VIRTUAL TABLE. Arguments are the module's: only white space between them is evened out."""
    tokens = lex(sql)
    using = next(at for at, token in enumerate(tokens) if token.kind == "word" and token.upper == "USING")
    module, *arguments = tokens[using + 1 :]
    definition = fold(name_of(module))
    for token in arguments:
        joins = token.text in ("(", ")", ",") or definition.endswith("(")
        definition += token.text if joins else f" {token.text}"
    return VirtualTable(key=Key(Kind.VIRTUAL_TABLE, None, fold(name)), definition=definition, written=sql)
