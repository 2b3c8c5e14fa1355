"""Foreign data wrappers, servers and user mappings. Secrets of mappings are never read."""

from __future__ import annotations

from reconcile.dialects.postgresql.read.context import Catalog, Reading
from reconcile.dialects.postgresql.read.tables import storage_options
from reconcile.state import ForeignServer, ForeignWrapper, Key, Kind, UserMapping, child_key

_PLACES = {"w": Catalog.FOREIGN_WRAPPER, "s": Catalog.FOREIGN_SERVER, "u": Catalog.USER_MAPPING}


def read_foreign(reading: Reading) -> None:
    """What is no extension's own becomes objects."""
    for what, oid, name, above, first, second, options, secrets in reading.rows("foreign"):
        address = (_PLACES[what], oid)
        if address in reading.of_extensions:
            continue
        pairs = tuple(sorted(storage_options(options)))
        if what == "w":
            key = Key(Kind.FOREIGN_WRAPPER, None, name)
            reading.add(ForeignWrapper(key=key, handler=first, validator=second, options=pairs))
        elif what == "s":
            key = Key(Kind.FOREIGN_SERVER, None, name)
            reading.add(ForeignServer(key=key, wrapper=above, type=first, version=second, options=pairs))
        else:
            server = Key(Kind.FOREIGN_SERVER, None, above)
            key = child_key(Kind.USER_MAPPING, server, name)
            reading.add(UserMapping(key=key, options=pairs, secrets=tuple(secrets or ())), server)
        reading.addresses[address] = key
