"""Whether a wheel holds all that the source tree has: every module, every query file, and the JSON Schemas."""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZipFile


def main(wheel: str) -> int:
    """Compare names; exit 1 and say what is missing."""
    checkout = Path(__file__).resolve().parents[1]
    source = checkout / "src"
    wanted = {str(path.relative_to(source)) for path in source.rglob("*") if _belongs(path)}
    wanted |= {f"reconcile/schemas/{path.name}" for path in (checkout / "schemas").glob("*.schema.json")}
    with ZipFile(wheel) as archive:
        missing = sorted(wanted - set(archive.namelist()))
    if missing:
        sys.stderr.write(f"{wheel} lacks:\n  " + "\n  ".join(missing) + "\n")
        return 1
    sys.stdout.write(f"{Path(wheel).name} holds all {len(wanted)} files\n")
    return 0


def _belongs(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
