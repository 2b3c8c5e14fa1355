"""Many random pairs, all failures gathered: ``python -m tests.properties.campaign [--examples N] [--seed S]``."""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from typing import TextIO

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests import servers
from tests.oracle import ABSENT, shared_folder
from tests.properties.led import UNLOADABLE, led
from tests.properties.schemas import Schema, pairs, sql_of

Told = tuple[str, str, str, str]  # what is wrong, in short; all that was said of it; old; new


def main(out: TextIO = sys.stdout) -> int:
    """Lead the pairs, print what failed and how often; exit 1 where anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default=servers.POSTGRESQL15, choices=(servers.POSTGRESQL15, servers.POSTGRESQL18))
    parser.add_argument("--examples", type=int, default=400)
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if shared_folder() is None:
        parser.error(ABSENT)
    servers.find(options.server)
    first = random.randrange(10**6) if options.seed is None else options.seed
    shares = [(options.server, -(-options.examples // options.jobs), first + number) for number in range(options.jobs)]
    with ProcessPoolExecutor(options.jobs) as pool:
        told = [each for some in pool.map(_share, shares) for each in some]
    reasons = Counter(reason for reason, *_ in told)
    for reason, number in reasons.most_common():
        _, details, old, new = min(
            (each for each in told if each[0] == reason), key=lambda each: len(each[2] + each[3])
        )
        if reason:
            out.write(f"== {number} times: {reason}\n{details}\n-- old\n{old}-- new\n{new}\n")
    failed = len(told) - reasons[""] - reasons[UNLOADABLE]
    out.write(f"seed {first}: {len(told)} pairs, {reasons[UNLOADABLE]} do not load, {failed} failed\n")
    return 1 if failed else 0


def _share(share: tuple[str, int, int]) -> list[Told]:
    server, examples, start = share
    told: list[Told] = []

    @seed(start)
    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(pairs())
    def lead(pair: tuple[Schema, Schema]) -> None:
        old, new = map(sql_of, pair)
        reason, details = led(server, old, new)
        told.append((reason, details, old, new))

    lead()
    return told


if __name__ == "__main__":
    sys.exit(main())
