"""What a program was made under, its sql_mode: how much of that is a difference."""

from __future__ import annotations

from reconcile.dialects.mysql.features import SQL_MODE
from reconcile.state import Options

# Under these the text means something else than in our sessions. All other modes differ from one client to the
# next, and are kept as they are but never compared.
_GRAMMAR = frozenset(
    {"ANSI_QUOTES", "HIGH_NOT_PRECEDENCE", "IGNORE_SPACE", "NO_BACKSLASH_ESCAPES", "ORACLE", "PIPES_AS_CONCAT"}
)
_QUOTING = frozenset({"ANSI_QUOTES", "ORACLE"})
_IDLE = frozenset({"NO_AUTO_CREATE_USER"})  # is about GRANT only
# What MariaDB makes of sql_mode = ORACLE.
_ORACLE = frozenset(
    {
        "PIPES_AS_CONCAT",
        "ANSI_QUOTES",
        "IGNORE_SPACE",
        "ORACLE",
        "NO_KEY_OPTIONS",
        "NO_TABLE_OPTIONS",
        "NO_FIELD_OPTIONS",
        "SIMULTANEOUS_ASSIGNMENT",
    }
)


def grammar_modes(sql_mode: str) -> Options:
    """The option ``sql_mode``, where text is not read as in our sessions."""
    found = _GRAMMAR & set(sql_mode.split(","))
    if not found:
        return ()
    return (("sql_mode", "ORACLE" if "ORACLE" in found else ",".join(sorted(found))),)


def has_ansi_quotes(grammar: str | None) -> bool:
    """Whether "text" is a name under these modes ("Server SQL Modes"; ORACLE is ANSI_QUOTES and more)."""
    return grammar is not None and not _QUOTING.isdisjoint(grammar.split(","))


def made_under(sql_mode: str) -> str | None:
    """The whole sql_mode, where it is not what we would make such a program under anyway."""
    modes = set(sql_mode.split(",")) - _IDLE
    usual = _ORACLE if "ORACLE" in modes else set(SQL_MODE.split(","))
    return None if modes == usual else sql_mode
