"""Many workbooks recalculated by one run of LibreOffice: every cached value is spoiled first, so that none can be kept."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.returns.recalculated import _ALWAYS

_CACHED = re.compile(r"(<c [^>]*>)(<f>.*?</f>)<v>[^<]*</v>", re.S)


def differences(paths: Sequence[Path], folder: Path) -> tuple[int, list[str]]:
    """How many formulas the workbooks hold, and each cell whose value LibreOffice does not agree with, to the digit."""
    folder.mkdir(parents=True, exist_ok=True)
    spoiled = folder / "spoiled"
    spoiled.mkdir()
    for path in paths:
        _spoil(path, spoiled / path.name)
    _convert(sorted(spoiled.iterdir()), folder)
    count, found = 0, []
    for path in paths:
        told, formulas = load_workbook(path, data_only=True), load_workbook(path)
        again = load_workbook(folder / "again" / path.name, data_only=True)
        for sheet in formulas:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type != "f":
                        continue
                    count += 1
                    was = told[sheet.title][cell.coordinate].value
                    now = again[sheet.title][cell.coordinate].value
                    if not _same(was, now):
                        found.append(
                            f"{path.name} {sheet.title}!{cell.coordinate} {cell.value}: {was!r} → {now!r}"
                        )
    return count, found


def _same(was: Any, now: Any) -> bool:
    # An empty text is kept as no value by one of the two.
    if was in (None, "") and now in (None, ""):
        return True
    if isinstance(was, int | float) and isinstance(now, int | float):
        return float(was) == float(now)
    return bool(was == now)


def _spoil(path: Path, out: Path) -> None:
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            data = before.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = _CACHED.sub(r"\1\2<v>-77777</v>", data.decode("utf-8")).encode("utf-8")
            after.writestr(name, data)


def _convert(paths: Sequence[Path], folder: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is missing: make test installs it"
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    subprocess.run(
        [
            program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
            "--outdir", str(folder / "again"), *map(str, paths),
        ],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
