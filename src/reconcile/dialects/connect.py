"""From a URL to an engine: which dialect, which driver is installed, and errors without passwords."""

from __future__ import annotations

import re
from importlib.util import find_spec

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from reconcile.errors import ConnectError

# Every driver SQLAlchemy knows that we can use: name → the module that must be importable.
_MODULES = {
    "psycopg": "psycopg", "psycopg2": "psycopg2", "pg8000": "pg8000", "asyncpg": "asyncpg",
    "pymysql": "pymysql", "mysqldb": "MySQLdb", "mysqlconnector": "mysql.connector",
    "mariadbconnector": "mariadb", "asyncmy": "asyncmy", "aiomysql": "aiomysql",
    "pysqlite": "sqlite3", "aiosqlite": "aiosqlite",
}  # fmt: skip
_ASYNC = frozenset({"asyncpg", "asyncmy", "aiomysql", "aiosqlite", "psycopg_async"})
_FAMILY = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
}
_DISTRIBUTION = {"MySQLdb": "mysqlclient", "mysql.connector": "mysql-connector-python"}  # where it is not the module's
_EXTRA = {"postgresql": "postgresql", "mysql": "mysql", "sqlite": ""}


def parse_url(text: str) -> URL:
    """The URL, or ConnectError that does not repeat it whole (it may hold a password)."""
    try:
        return make_url(text)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        hidden = redact(_WHOLE.sub(r"\1***\2", text))
        raise ConnectError(
            f"{hidden!r} is not a database URL",
            hint="write it as postgresql://user@host/database, mysql://user@host/database or sqlite:///file.db",
        ) from None


def dialect_name(url: URL) -> str:
    """ "postgresql", "mysql" or "sqlite". Raises ConnectError for another database."""
    backend = url.get_backend_name()
    if backend not in _FAMILY:
        raise ConnectError(f"{backend} is not supported", hint="supported are postgresql, mysql, mariadb and sqlite")
    return _FAMILY[backend]


def with_driver(url: URL, preferred: tuple[str, ...]) -> URL:
    """The URL with a driver that is installed: its own if it names one, else the best of ``preferred``."""
    family = dialect_name(url)
    scheme = "mysql" if family == "mysql" else family
    _, _, named = url.drivername.partition("+")
    if named:
        module = _MODULES.get(named, "")
        if module and find_spec(module.partition(".")[0]) is None:
            raise ConnectError(
                f"the driver {named} is not installed",
                hint=f"pip install {_DISTRIBUTION.get(module, module)}, or leave '+{named}' out of the URL",
            )
        return url.set(drivername=f"{scheme}+{named}")
    for name in preferred:
        if find_spec(_MODULES[name].partition(".")[0]) is not None:
            return url.set(drivername=f"{scheme}+{name}")
    raise ConnectError(
        f"no driver for {family} is installed",
        hint=f"pip install 'schema-reconcile[{_EXTRA[family]}]'",
    )


def is_async(url: URL) -> bool:
    """Whether the URL names an asynchronous driver."""
    return url.drivername.partition("+")[2] in _ASYNC


def make_engine(url: URL) -> Engine:
    """An engine at AUTOCOMMIT with no pool. With an asynchronous driver, use it inside a greenlet (api.run)."""
    try:
        if is_async(url):
            from sqlalchemy.ext.asyncio import create_async_engine  # half of SQLAlchemy, so only where needed

            return create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").sync_engine
        return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    except (NoSuchModuleError, ImportError) as error:
        raise ConnectError(f"no driver for {url.drivername}: {error}") from error


def connect_error(url: URL, error: DBAPIError | OSError) -> ConnectError:
    """What to say when the server cannot be reached or refuses."""
    reason = str(getattr(error, "orig", None) or error).strip()
    if url.password:
        reason = reason.replace(str(url.password), "***")
    return ConnectError(f"cannot connect to {shown(url)}: {reason}", hint="check host, port, user and password")


def shown(url: URL) -> str:
    """The URL for people: no password, no secrets in the query."""
    return redact(url.render_as_string(hide_password=True))


# Where all of the text is one URL, nothing ends the password but the last "@".
_WHOLE = re.compile(r"(\A[^:/]+://[^:/@]*:).*(@)", re.S)
# A password that was not percent-encoded may hold "@": what stands before the last one is secret.
_SECRET = re.compile(
    r"""(://[^:/@\s]*:)(?:[^\s"'<>]*|[^@\s]*)(@)|((?:password|passwd|pwd|secret|token|sslkey)[^=&\s]*=)[^&\s]+""", re.I
)


def redact(text: str) -> str:
    """The text with whatever looks like a credential of a URL taken out."""
    return _SECRET.sub(lambda m: f"{m[1]}***{m[2]}" if m[1] else f"{m[3]}***", text)
