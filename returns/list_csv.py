"""A list as comma-separated text, for programs that read nothing else. What it shows is the caller's."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a text that begins with one of these is a formula to Excel
_MOST_DIGITS = 11  # a longer row of digits Excel shows rounded; a telephone number just fits


def write_csv(labels: Sequence[str], rows: Iterable[Sequence[Any]], out: Path) -> int:
    """Write the rows as Excel and WPS open them by a double click (UTF-8 with its mark); returns how many.

    A text that looks like a formula gets an apostrophe before it, so that no program calculates it; a text of many
    digits, or with a leading zero, gets a tab, so that none is lost.
    """
    count = 0
    with out.open("w", encoding="utf-8-sig", newline="", errors="replace") as stream:
        writer = csv.writer(stream)
        writer.writerow([_cell(label) for label in labels])
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            count += 1
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if not isinstance(value, str):
        return value
    if value.startswith(FORMULA):
        return f"'{value}"
    if value.isdecimal() and (len(value) > _MOST_DIGITS or (len(value) > 1 and value[0] == "0")):
        return f"\t{value}"
    return value.replace("\0", "") if "\0" in value else value
