"""Looks at what the trial of the frozen program left behind: inspect_demo.py OUT. Run by smoke.sh, not shipped."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx import Document
from openpyxl import load_workbook
from PySide6.QtGui import QImage

RETURNS_EXPECTED = 10  # one per street
LEDGERS = ("csv", "ods", "xls", "xlsx")  # each of two visits


def colours(picture: Path) -> int:
    """How many different colours a picture shows on a coarse grid; an unpainted window shows one or two."""
    image = QImage(str(picture))
    if image.isNull():
        return 0
    step = 7
    return len(
        {image.pixel(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)}
    )


def told(path: Path) -> Any:
    """What a command said under --json."""
    return json.loads(path.read_text(encoding="utf-8"))


def faults_of_reading(out: Path) -> Iterator[str]:
    """Files that another process takes apart: ledgers in four formats, and the returns of the play."""
    for kind in LEDGERS:
        (report,) = told(out / f"{kind}.json")["files"]
        if (report["outcome"], report["rows_read"], report["stored"]) != ("accepted", 2, 2):
            yield f"the {kind} ledger was read as {report['outcome']}, {report['stored']} of 2 rows"
    received = told(out / "receive.json")["files"]
    unread = [report["file"] for report in received if not report["rows_read"]]
    if len(received) < RETURNS_EXPECTED or unread:
        yield f"{len(received)} returns were received, without a row: {unread}"


def faults_of_documents(out: Path) -> Iterator[str]:
    """What is written for others: summary, feedback, bulletin with its sources, assessment, hand-down."""
    said = told(out / "bulletin.json")
    document = Document(str(out / "bulletin.docx"))
    text = "".join(paragraph.text for paragraph in document.paragraphs)
    missing = [each["id"] for each in said["paragraphs"] if each["text"] not in text]
    if not said["paragraphs"] or missing:
        yield f"the bulletin lacks paragraphs: {missing}"
    if not said["pictures"] or len(document.inline_shapes) != len(said["pictures"]):
        yield f"the bulletin shows {len(document.inline_shapes)} pictures of {len(said['pictures'])}"
    books = [out / f"{name}.xlsx" for name in ("rollup", "assess", "handdown")]
    feedback = sorted((out / "feedback").glob("*.xlsx"))
    if len(feedback) < RETURNS_EXPECTED:
        yield f"{len(feedback)} files of feedback, expected at least {RETURNS_EXPECTED}"
    for path in [*books, Path(said["sources"]), *feedback]:
        if not any(sheet.max_row > 1 for sheet in load_workbook(path).worksheets):
            yield f"{path.name} is empty"
    formulas = sum(
        cell.data_type == "f"
        for sheet in load_workbook(out / "assess.xlsx").worksheets
        for row in sheet.iter_rows()
        for cell in row
    )
    if not formulas:
        yield "the assessment has no formulas"


def main(out: Path) -> None:
    faults = [*faults_of_reading(out), *faults_of_documents(out)]
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
    feedback = sorted((out / "demo" / "反馈").glob("*.xlsx"))
    if len(feedback) < RETURNS_EXPECTED:
        faults.append(f"{len(feedback)} files of feedback, expected at least {RETURNS_EXPECTED}")
    if not any(path.read_bytes().startswith(b"PK") for path in (out / "demo").glob("*.docx")):
        faults.append("no bulletin")
    pictures = sorted((out / "demo" / "截图").glob("*.png"))
    if not pictures:
        faults.append("no pictures of the windows")
    faults += [f"{path.name} is blank" for path in pictures if colours(path) < 8]
    if faults:
        raise SystemExit("the frozen program failed its trial: " + "; ".join(faults))
    print(
        f"played   {len(returns)} returns of {rows} rows, {charts} charts in the summary, {len(pictures)} pictures"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
