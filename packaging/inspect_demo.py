"""Looks at what the practice month left behind: inspect_demo.py OUT. Run by smoke.sh, not shipped."""

from __future__ import annotations

import sys
from pathlib import Path

from openpyxl import load_workbook
from PySide6.QtGui import QImage

RETURNS_EXPECTED = 10  # one per street


def colours(picture: Path) -> int:
    """How many different colours a picture shows on a coarse grid; an unpainted window shows one or two."""
    image = QImage(str(picture))
    if image.isNull():
        return 0
    step = 7
    return len(
        {image.pixel(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)}
    )


def main(out: Path) -> None:
    faults = []
    if "rollup" not in (out / "help.txt").read_text(encoding="utf-8"):
        faults.append("--help does not list the commands")
    if not load_workbook(out / "template.xlsx").sheetnames or not (out / "copy.qqbak").stat().st_size:
        faults.append("the template or the backup is empty")
    returns = sorted((out / "demo" / "回报").glob("*.xlsx"))
    if len(returns) < RETURNS_EXPECTED:
        faults.append(f"{len(returns)} returns, expected at least {RETURNS_EXPECTED}")
    rows = sum(sheet.max_row for path in returns for sheet in load_workbook(path).worksheets)
    summaries = [load_workbook(path) for path in (out / "demo").glob("*.xlsx")]
    charts = sum(len(sheet._charts) for book in summaries for sheet in book.worksheets)
    if not charts:
        faults.append("no summary with charts")
    pictures = sorted((out / "demo" / "截图").glob("*.png"))
    if not pictures:
        faults.append("no pictures of the windows")
    faults += [f"{path.name} is blank" for path in pictures if colours(path) < 8]
    if faults:
        raise SystemExit("the frozen program did not play the month: " + "; ".join(faults))
    print(
        f"played   {len(returns)} returns of {rows} rows, {charts} charts in the summary, {len(pictures)} pictures"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
