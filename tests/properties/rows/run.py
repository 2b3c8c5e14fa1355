"""The long run: ``python -m tests.properties.rows.run --server sqlite --pairs 2000 [--from SEED]``."""

from __future__ import annotations

import argparse
import sys
import time

from tests import servers
from tests.properties.rows.trial import problems


def main() -> int:
    """Run the pairs; print each that goes wrong, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", choices=servers.NAMES, default=servers.SQLITE)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no pair after so long")
    options = parser.parse_args()
    server = servers.find(options.server)
    wrong, done, started = 0, 0, time.monotonic()
    for seed in range(options.first, options.first + options.pairs):
        if time.monotonic() - started > options.seconds:
            break
        done += 1
        try:
            found = problems(server, seed)
        except Exception as error:  # whatever is raised is a result of the run
            found = [f"{type(error).__name__}: {error}"]
        if found:
            wrong += 1
            sys.stdout.write(f"--- seed {seed}\n" + "\n".join(found) + "\n")
            sys.stdout.flush()
    seconds = time.monotonic() - started
    sys.stdout.write(f"{server.version}: {done} pairs in {seconds:.0f} s, {wrong} went wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
