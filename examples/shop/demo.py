"""The shop, start to finish: plan, apply, a change of the models, apply, history, revert. With rows in the tables.

Works in a temporary copy of this folder. On SQLite, or on the empty database that DATABASE_URL names:

    python examples/shop/demo.py
"""

from __future__ import annotations

import difflib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

HERE = Path(__file__).resolve().parent
COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ
TABLES = ("customers", "products", "orders", "order_lines")
ROWS = {
    "INSERT INTO customers (id, name, email) VALUES (:a, :b, :c)": [
        (1, "Ada Lovelace", "ada@example.org"),
        (2, "Grace Hopper", "grace@example.org"),
        (3, "Edgar Codd", "codd@example.org"),
    ],
    "INSERT INTO products (id, sku, title, price) VALUES (:a, :b, :c, :d)": [
        (1, "TEA-1", "Earl Grey", 4.5),
        (2, "CUP-7", "A cup without a handle", 12),
    ],
    "INSERT INTO orders (id, customer_id, note) VALUES (:a, :b, :c)": [
        (1, 1, "gift wrap, please"),
        (2, 2, None),
        (3, 1, "ring twice"),
    ],
    "INSERT INTO order_lines (order_id, product_id, quantity) VALUES (:a, :b, :c)": [
        (1, 1, 2),
        (1, 2, 1),
        (2, 1, 40),
        (3, 2, 6),
    ],
}


def main() -> None:
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="reconcile-shop-") as folder:
        shop = Path(folder) / "shop-project"
        shutil.copytree(HERE, shop, ignore=shutil.ignore_patterns("__pycache__", "*.db", "revisions"))
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{shop / 'shop.db'}")
        tell(shop)
    say(f"Done in {time.monotonic() - start:.0f} seconds. Nothing is left behind but this text.")


def tell(shop: Path) -> None:
    say("1. A new database, from the models. The plan is kept as a file that one can review.")
    reconcile(shop, "plan --save -m 'Initial tables'")
    reconcile(shop, "apply")

    say("2. The shop does business: some rows.")
    sell()
    before = contents("name")
    show_counts()

    say("3. The models change: a column gets a better name, another grows, checks, an index and a table are new.")
    show_difference(shop)
    shutil.copy(shop / "next" / "models.py", shop / "shop" / "models.py")
    reconcile(shop, "status --check", expect=2)
    reconcile(shop, "apply --yes")
    show_counts()
    check("every customer, product, order and line is there, names under full_name", contents("full_name") == before)
    with connect() as db:
        db.execute(text("INSERT INTO customers (id, full_name, email) VALUES (4, 'Barbara Liskov', 'b@example.org')"))

    say("4. A second plan has nothing to do, and history knows what was done.")
    reconcile(shop, "plan --check", expect=0)
    reconcile(shop, "history")

    say("5. Back to where we were. The orders' status is newer than that: its values go into the attic.")
    reconcile(shop, "revert --yes --quiet")
    show_counts()
    check("a row written in the meantime stayed, and every other is as it was", contents("name") == before)
    reconcile(shop, "status")
    reconcile(shop, "history")


# -- the shop's rows


def connect() -> AbstractContextManager[Connection]:
    return create_engine(os.environ["DATABASE_URL"]).begin()


def sell() -> None:
    with connect() as db:
        for sql, rows in ROWS.items():
            db.execute(text(sql), [dict(zip("abcd", row, strict=False)) for row in rows])


def contents(name: str) -> list[object]:
    """All rows, but for those that come later."""
    queries = [
        f"SELECT id, {name}, email FROM customers WHERE id < 4 ORDER BY id",
        "SELECT id, sku, title, price FROM products ORDER BY id",
        "SELECT id, customer_id, placed_at, note FROM orders ORDER BY id",
        "SELECT order_id, product_id, quantity FROM order_lines ORDER BY order_id, product_id",
    ]
    with connect() as db:
        return [[tuple(row) for row in db.execute(text(sql))] for sql in queries]


def show_counts() -> None:
    with connect() as db:
        counts = {table: db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}
    out("  rows: " + ", ".join(f"{table} {count}" for table, count in counts.items()))


def check(what: str, true: bool) -> None:
    if not true:
        sys.exit(f"  WRONG: not true that {what}")
    out(paint(f"  ✔ checked: {what}", "32"))


# -- telling


def say(words: str) -> None:
    out(f"\n{paint(words, '1')}\n")


def reconcile(shop: Path, arguments: str, *, expect: int = 0) -> None:
    """Run a command as a person would, and see that it ends as it should."""
    out(paint(f"$ reconcile {arguments}", "35"))
    command = [sys.executable, "-m", "reconcile", *shlex.split(arguments)]
    code = subprocess.run(command, cwd=shop, check=False).returncode
    if code != expect:
        sys.exit(f"  WRONG: that ended with exit code {code}, not {expect}")
    out("")


def show_difference(shop: Path) -> None:
    old, new = (file.read_text().splitlines() for file in (shop / "shop" / "models.py", shop / "next" / "models.py"))
    for row in difflib.unified_diff(old, new, lineterm="", n=0):
        if row[:2] in ("++", "--", "@@") or not row[1:].strip():
            continue
        out("  " + paint(row, "32" if row[0] == "+" else "31"))
    out("")


def out(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()  # what the commands write comes in between


def paint(words: str, colour: str) -> str:
    return f"\033[{colour}m{words}\033[0m" if COLOUR else words


if __name__ == "__main__":
    main()
