"""LibreOffice as a second opinion: every formula of a workbook worked out anew, to be compared with what was written."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
           xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""


def recalculate(book: Path, folder: Path) -> Path:
    """The workbook with every formula worked out by LibreOffice, whatever values stood beside them."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    out = folder / "recalculated"
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(book)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return out / book.name


def differences(book: Path, folder: Path) -> tuple[int, list[str]]:
    """How many formulas there are, and those whose value is not what LibreOffice works out (or is an error)."""
    formulas = openpyxl.load_workbook(book)
    written, anew = (
        openpyxl.load_workbook(book, data_only=True),
        openpyxl.load_workbook(recalculate(book, folder), data_only=True),
    )
    count, wrong = 0, []
    for sheet in formulas.worksheets:
        for place, formula in _formulas(sheet):
            count += 1
            ours, theirs = written[sheet.title][place].value, anew[sheet.title][place].value
            if not same(ours, theirs):
                wrong.append(f"{sheet.title}!{place} {formula}: {ours!r} / {theirs!r}")
    return count, wrong


def errors(book: Path) -> list[str]:
    """Cells that hold an error."""
    return [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in openpyxl.load_workbook(book, data_only=True).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "e" or (isinstance(cell.value, str) and cell.value.startswith("#"))
    ]


def same(ours: Any, theirs: Any) -> bool:
    """Equal to thirteen digits; words to the letter. Nothing is no value."""
    if ours is None or isinstance(ours, str) or isinstance(theirs, str) or theirs is None:
        return ours is not None and ours == theirs
    one, other = Decimal(str(ours)), Decimal(str(theirs))
    return abs(one - other) <= max(abs(one), Decimal(1)) * Decimal("1e-12")


def _formulas(sheet: Any) -> Iterator[tuple[str, str]]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                yield cell.coordinate, str(cell.value)
