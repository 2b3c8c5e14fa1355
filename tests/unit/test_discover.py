"""What ``init`` finds out of a project's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconcile.sources.discover import Found, discover

INI = "[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = {url}\n"


def project(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("env", "models"),
    [
        ("from shop.models import Base\ntarget_metadata = Base.metadata", ("models:shop.models:Base",)),
        ("from shop.models import Base as B\ntarget_metadata: MetaData = B.metadata", ("models:shop.models:Base",)),
        ("from shop.db import metadata\ntarget_metadata = metadata", ("models:shop.db:metadata",)),
        ("import shop.models\ntarget_metadata = shop.models.Base.metadata", ("models:shop.models:Base",)),
        ("import shop.models as m\ntarget_metadata = m.Base.metadata", ("models:shop.models:Base",)),
        ("from shop import models\ntarget_metadata = models.Base.metadata", ("models:shop.models:Base",)),
        (
            "from a.x import One\nfrom b.y import Two\ntarget_metadata = [One.metadata, Two.metadata]",
            ("models:a.x:One", "models:b.y:Two"),
        ),
    ],
)
def test_alembics_own_word_counts(tmp_path: Path, env: str, models: tuple[str, ...]) -> None:
    project(tmp_path, {"alembic.ini": INI.format(url="postgresql://db/shop"), "migrations/env.py": env})
    assert discover(tmp_path) == Found(
        models=models, url="postgresql://db/shop", where=("migrations/env.py", "alembic.ini")
    )


@pytest.mark.parametrize("url", ["driver://user:pass@localhost/dbname", "postgresql://u:s3cr3t@db/shop", "%(DB)s", ""])
def test_no_secret_and_no_example_is_copied(tmp_path: Path, url: str) -> None:
    project(tmp_path, {"alembic.ini": INI.format(url=url), "migrations/env.py": "target_metadata = None"})
    assert discover(tmp_path) == Found()


def test_bases_are_found_where_they_are_made(tmp_path: Path) -> None:
    project(
        tmp_path,
        {
            "src/shop/db/__init__.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass",
            "shop2/models.py": "import sqlalchemy.orm as o\nBase = o.declarative_base()",
            "shop2/tables.py": "from sqlalchemy import MetaData\nmetadata = MetaData()",  # a base's, most likely
            "broken.py": "import sqlalchemy\nclass (",
            "latin.py": "",
            "tests/models.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass",
            "env/pyvenv.cfg": "",
            "env/lib/x.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): pass",
        },
    )
    (tmp_path / "latin.py").write_bytes(b"# sqlalchemy \xe4")
    found = discover(tmp_path)
    assert found.models == ("models:shop2.models:Base", "models:shop.db:Base")
    assert found.where == ("shop2/models.py", "src/shop/db/__init__.py")


def test_a_metadata_is_second_choice(tmp_path: Path) -> None:
    project(tmp_path, {"shop/tables.py": "import sqlalchemy as sa\nmetadata = sa.MetaData()"})
    assert discover(tmp_path).models == ("models:shop.tables:metadata",)
    assert discover(tmp_path / "shop").models == ("models:tables:metadata",)
