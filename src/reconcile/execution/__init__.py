"""Carrying plans out: applier, journal, history, recovery, rehearsal. Prints nothing: emits events."""
