"""Prints the table of ratios and fails if a promise is not kept: `python -m tests.benchmarks [--quick]`."""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Sequence

from tests.benchmarks import (
    analysing,
    bulletin,
    cards,
    duplicates,
    export,
    exporting_lists,
    importing,
    lists,
    pasting,
    receiving,
    rolling_up,
    saving,
    session,
    starting,
    summarising,
)
from tests.benchmarks.figure import Figure

PARTS = {
    "start": starting.figures,
    "save": saving.figures,
    "paste": pasting.figures,
    "lists": lists.figures,
    "export": export.figures,
    "lists-out": exporting_lists.figures,
    "import": importing.figures,
    "receive": receiving.figures,
    "cards": cards.figures,
    "duplicates": duplicates.figures,
    "rollup": rolling_up.figures,
    "analysis": analysing.figures,
    "summary": summarising.figures,
    "bulletin": bulletin.figures,
    "session": session.figures,
}
HEAD = ("项目", "实测", "对照", "对照值", "比值", "承诺", "")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a tenth of the data and fewer rounds; the promises are for the full run",
    )
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="only these")
    options = parser.parse_args(arguments)
    found: list[Figure] = []
    failed = False
    for name in options.parts or PARTS:
        try:
            found += PARTS[name](options.quick)
        except RuntimeError as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr)
    if found:
        print(table([HEAD, *(figure.row() for figure in found)]))
    broken = [figure for figure in found if not figure.kept]
    return 1 if failed or (broken and not options.quick) else 0


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side; a Chinese character is two wide."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


if __name__ == "__main__":
    sys.exit(main())
