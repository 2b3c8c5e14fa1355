"""Mangled files are read, or refused with a word on where: a sample; ``tests.properties.mangled`` tries many."""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.properties.mangled import readers, trial

EXAMPLES = int(os.environ.get("RECONCILE_EXAMPLES", "150"))


def test_what_is_out_of_place_is_refused_with_its_place(tmp_path: Path) -> None:
    for name, (text, read) in readers(tmp_path).items():
        read(text)  # whole, it is taken
        ends = [trial(read, text, random.Random(f"sample-{name}-{number}")) for number in range(EXAMPLES)]
        assert [wrong for _, wrong in ends if wrong] == []
        assert 0 < sum(taken for taken, _ in ends) < EXAMPLES, "some are taken still, and some are not"
