"""The kill matrix as data: scenario × database. A new one is a new entry of SCENARIOS, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers import MARIADB, POSTGRESQL15, SQLITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A schema with rows, and what it is to become.

    ``rows``: a query whose answer no run may change. ``kept``: one that only the start can answer; whoever comes back
    there finds its answer as it was. ``yaml``: the target as the project desires it, where SQL cannot say it.
    """

    name: str
    server: str
    start: str
    target: str
    rows: str
    kept: str = ""
    yaml: str = ""
    settings: str = ""  # more lines of reconcile.yaml
    setup: str = ""  # fills the start with rows
    flags: tuple[str, ...] = ()  # of `reconcile plan`


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
_FILL = f"""
{_NUMBERS} INSERT INTO customer (id, email, city) SELECT i, 'c' || i || '@example.org', 'Bern' FROM n;
{_NUMBERS} INSERT INTO orders (id, customer_id, amount) SELECT i, i, i * 10 FROM n;
"""
_FILL_MYSQL = """
INSERT INTO customer (id, email, city)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
  SELECT i, concat('c', i, '@example.org'), 'Bern' FROM n;
INSERT INTO orders (id, customer_id, amount)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) SELECT i, i, i * 10 FROM n;
"""
_ROWS = "SELECT c.id, c.email, c.city, o.id, o.amount FROM customer c JOIN orders o ON o.customer_id = c.id ORDER BY 1"

_START = """
CREATE TABLE customer (id integer PRIMARY KEY, email varchar(80) NOT NULL, city varchar(40));
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, amount integer NOT NULL,
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (id));
CREATE INDEX orders_customer_idx ON orders (customer_id);
"""
_TARGET = """
CREATE TABLE customer (id integer PRIMARY KEY, email varchar(80) NOT NULL, city varchar(60), phone varchar(20),
  CONSTRAINT customer_email_key UNIQUE (email));
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, amount bigint NOT NULL,
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (id));
CREATE INDEX orders_customer_idx ON orders (customer_id);
CREATE INDEX orders_amount_idx ON orders (amount);
CREATE TABLE invoice (id integer PRIMARY KEY, order_id integer NOT NULL, note varchar(200),
  CONSTRAINT invoice_order_fk FOREIGN KEY (order_id) REFERENCES orders (id));
CREATE INDEX invoice_order_idx ON invoice (order_id);
CREATE VIEW totals AS SELECT customer_id, sum(amount) AS total FROM orders GROUP BY customer_id;
"""

_MORE = (
    _START
    + """
CREATE TABLE legacy (id integer PRIMARY KEY, customer_id integer NOT NULL, word varchar(40),
  CONSTRAINT legacy_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (id));
CREATE INDEX legacy_customer_idx ON legacy (customer_id);
"""
)
# A table goes and so does a column: both into the attic.
_LESS = """
CREATE TABLE customer (id integer PRIMARY KEY, email varchar(80) NOT NULL);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, amount integer NOT NULL,
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (id));
CREATE INDEX orders_customer_idx ON orders (customer_id);
"""
_LASTING = "SELECT c.id, c.email, o.id, o.amount FROM customer c JOIN orders o ON o.customer_id = c.id ORDER BY 1"
_KEPT = "SELECT c.id, c.city, l.id, l.word FROM customer c JOIN legacy l ON l.customer_id = c.id ORDER BY 1"
_FILL_MORE = f"{_NUMBERS} INSERT INTO legacy (id, customer_id, word) SELECT i, i, 'word' || i FROM n;"
_FILL_MORE_MYSQL = """
INSERT INTO legacy (id, customer_id, word)
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) SELECT i, i, concat('word', i) FROM n;
"""

# Rows get values for a column that is to be NOT NULL; in parts, where tables are changed online.
_ORDERS = "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, amount integer NOT NULL);"
_UNFILLED = f"""
CREATE TABLE customer (id integer PRIMARY KEY, email varchar(80) NOT NULL, city varchar(40));
{_ORDERS}
"""
_FILLED = f"""
CREATE TABLE customer (id integer PRIMARY KEY, email varchar(80) NOT NULL, city varchar(40), place integer NOT NULL);
{_ORDERS}
"""
_FILLED_YAML = """
tables:
  customer:
    columns:
      id: integer
      email: varchar(80) not null
      city: varchar(40)
      place: {type: integer not null, backfill: id * 3}
    primary_key: [id]
  orders:
    columns:
      id: integer
      customer_id: integer not null
      amount: integer not null
    primary_key: [id]
"""


# A column is to take less, and what rows have is converted first: kept in the attic, as it was.
_WIDE = f"""
CREATE TABLE customer (id integer NOT NULL PRIMARY KEY, email varchar(80) NOT NULL, city varchar(40) NOT NULL,
  CONSTRAINT customer_city CHECK (city IN ('Bern', 'Basel')));
{_ORDERS}
"""
_NARROW = _WIDE.replace("'Bern', ", "")
_NARROW_YAML = """
tables:
  customer:
    columns:
      id: integer not null
      email: varchar(80) not null
      city: {type: varchar(40) not null, convert: "CASE city WHEN 'Bern' THEN 'Basel' ELSE city END"}
    primary_key: [id]
    checks: {customer_city: "city IN ('Basel')"}
  orders:
    columns:
      id: integer
      customer_id: integer not null
      amount: integer not null
    primary_key: [id]
"""


def _everywhere(
    name: str, start: str, target: str, fill: str, fill_mysql: str, *, flags: tuple[str, ...] = (), **more: str
) -> tuple[Scenario, ...]:
    return tuple(
        Scenario(name=name, server=server, start=start, target=target, setup=setup, flags=flags, **more)
        for server, setup in ((SQLITE, fill), (POSTGRESQL15, fill), (MARIADB, fill_mysql))
    )


SCENARIOS: tuple[Scenario, ...] = (
    # SQLite rebuilds tables, and PostgreSQL alters them, in one transaction; on MariaDB every statement commits.
    *_everywhere("shop", _START, _TARGET, _FILL, _FILL_MYSQL, rows=_ROWS),
    # Concurrent builds and checks validated later: many phases, some without a transaction.
    Scenario(
        name="shop-online",
        server=POSTGRESQL15,
        start=_START,
        target=_TARGET,
        rows=_ROWS,
        setup=_FILL,
        flags=("--online", "always"),
    ),
    *_everywhere("attic", _MORE, _LESS, _FILL + _FILL_MORE, _FILL_MYSQL + _FILL_MORE_MYSQL, rows=_LASTING, kept=_KEPT),
    *_everywhere(
        "backfill",
        _UNFILLED,
        _FILLED,
        _FILL,
        _FILL_MYSQL,
        rows=_ROWS,
        yaml=_FILLED_YAML,
        flags=("--online", "always"),
    ),
    # Where every statement commits, values are converted some time before the column takes less.
    Scenario(
        name="convert",
        server=MARIADB,
        start=_WIDE,
        target=_NARROW,
        setup=_FILL_MYSQL,
        rows=_LASTING,
        kept="SELECT id, city FROM customer ORDER BY 1",
        yaml=_NARROW_YAML,
    ),
)
