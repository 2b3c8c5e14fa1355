"""The kill matrix as data: scenario × database. A new one is a new entry of SCENARIOS, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers import MARIADB, POSTGRESQL15, SQLITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A schema with rows, and what it is to become. ``rows``: a query whose answer no run may change."""

    name: str
    server: str
    start: str
    target: str
    rows: str
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

SCENARIOS: tuple[Scenario, ...] = (
    # Tables are rebuilt: all in one transaction.
    Scenario(name="shop", server=SQLITE, start=_START, target=_TARGET, rows=_ROWS, setup=_FILL),
    # One transaction.
    Scenario(name="shop", server=POSTGRESQL15, start=_START, target=_TARGET, rows=_ROWS, setup=_FILL),
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
    # Every statement commits.
    Scenario(name="shop", server=MARIADB, start=_START, target=_TARGET, rows=_ROWS, setup=_FILL_MYSQL),
)
