"""URLs: what is said of those that cannot be used, and what never is."""

from __future__ import annotations

import pytest
from sqlalchemy import make_url

from reconcile.dialects import connect
from reconcile.dialects.connect import parse_url, redact, with_driver
from reconcile.errors import ConnectError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://u:s3cr3t@h/x", "postgresql://u:***@h/x"),
        ("postgresql://u:s3c@r3t@h:5/x", "postgresql://u:***@h:5/x"),
        ("postgresql://u:s3c/r3t@h/x", "postgresql://u:***@h/x"),
        ("""mysql://u:s3c"r3t@h/x""", "mysql://u:***@h/x"),
        ('{"url": "mysql://u:s3cr3t@h/x", "who": "root@here"}', '{"url": "mysql://u:***@h/x", "who": "root@here"}'),
        ("from mysql://u:s3cr3t@a/x to mysql://u:s3cr3t@b/x", "from mysql://u:***@a/x to mysql://u:***@b/x"),
        ("postgresql://h/x?user=u&password=s3cr3t&sslmode=require", "postgresql://h/x?user=u&password=***&sslmode=require"),
        ("sqlite:///a.db", "sqlite:///a.db"),
    ],
)  # fmt: skip
def test_passwords_are_taken_out(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    ["postgresql://u:s3cr3t@h:port/x", "no url", "postgresql://u:s3cr@3t@h:port/x", "mysql://u:a@3t b\"3t'@h:port/x"],
)
def test_what_is_no_url_is_said_without_its_password(text: str) -> None:
    with pytest.raises(ConnectError, match="is not a database URL") as caught:
        parse_url(text)
    assert "3t" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize(
    ("driver", "install"),
    [
        ("mysql+mysqldb", "pip install mysqlclient"),
        ("mysql+mysqlconnector", "pip install mysql-connector-python"),
        ("mysql+pymysql", "pip install pymysql"),
    ],
)
def test_a_driver_that_is_missing_is_named_as_it_is_installed(
    driver: str, install: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "find_spec", lambda _: None)
    with pytest.raises(ConnectError) as caught:
        with_driver(make_url(f"{driver}://h/x"), ())
    assert caught.value.hint.startswith(install)
