"""Writes one small table of visits as xlsx, csv, xls and ods: ledgers.py OUT. Run by smoke.sh, not shipped.

The makers of the files are those of the tests' corpus.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.corpus import layouts, legacy

WANTED = {"plain", "csv gb18030", "xls", "ods"}


def main(out: Path) -> None:
    out.mkdir(parents=True)
    for case in [*layouts.CASES, *legacy.CASES]:
        if case.key in WANTED:
            (out / case.file).write_bytes(case.make())
    if len(list(out.iterdir())) != len(WANTED):
        raise SystemExit(f"the corpus no longer has all of: {', '.join(sorted(WANTED))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
