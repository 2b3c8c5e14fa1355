"""The shop of the examples: its demo runs from start to end and finds its rows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "examples" / "shop" / "demo.py"


@pytest.mark.timeout(110)
def test_the_demo_tells_its_story_and_loses_no_row(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["TMPDIR"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, str(DEMO)], capture_output=True, text=True, check=False, env=environment, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WRONG" not in done.stdout
    assert done.stdout.count("✔ checked: ") == 2
    assert "rows: customers 4, products 2, orders 3, order_lines 4" in done.stdout
    assert list(tmp_path.iterdir()) == [], "the demo leaves nothing behind"
