"""Reads a 下发 workbook: is it one, is it whole, and what does it say. Writes nothing."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import Refused
from db.findings import Finding, Severity
from returns import files
from returns.cells import shown
from returns.digests import file_digest
from returns.handdown.contract import (
    SHEET,
    VERSION,
    Handdown,
    NotAHanddown,
    OtherVersion,
    read_manifest,
    sheet_digest,
)
from returns.handdown.write import text
from returns.read import load

_NAME = re.compile(rb"<(?:\w+:)?sheet\b[^>]*\bname=\"([^\"]*)\"")
_MOST = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadHanddown:
    """A 下发 as read; nothing of it is stored yet."""

    file: str
    sha256: str
    made: Handdown
    findings: tuple[Finding, ...]


def is_handdown(path: Path) -> bool:
    """Whether a file's content says that it is a 下发; looks only at the names of its sheets."""
    if not files.may_be_held(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as part:
            return SHEET.encode() in _NAME.findall(part.read(_MOST))
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError,
            RuntimeError, ValueError, OverflowError):  # fmt: skip
        return False


def read(path: Path, data: bytes | None = None) -> ReadHanddown:
    """Read a 下发. Refused: “not_a_handdown”, “newer_handdown”, or what `files` refuses."""
    name = Path(path).name
    content = load(path) if data is None else data
    grids, _troubles = files.grids(content, name)
    if SHEET not in grids:
        raise _not_ours(name, "里面没有下发清单")
    try:
        made = read_manifest(grids[SHEET])
    except OtherVersion as other:
        raise Refused(
            f"下发文件“{name}”是较新版本的程序写的（格式第 {other.version} 版，本程序认到第 {VERSION} 版）。",
            "请先升级本机的千企台账。",
            "newer_handdown",
        ) from None
    except NotAHanddown as reason:
        raise _not_ours(name, str(reason)) from None
    findings = []
    for sheet, digest in made.manifest.sheets.items():
        if sheet not in grids or sheet_digest(_texts(grids[sheet])) != digest:
            findings.append(
                Finding(
                    "RET-002", Severity.WARNING,
                    f"工作表“{sheet}”在下发后被改动；以隐藏的清单为准，表上的改动没有采用。", sheet=sheet,
                )
            )  # fmt: skip
    return ReadHanddown(name, file_digest(content), made, tuple(findings))


def _texts(rows: list[list[Any]]) -> list[list[str]]:
    return [[text(shown(cell)) for cell in row] for row in rows]


def _not_ours(name: str, why: str) -> Refused:
    return Refused(
        f"文件“{name}”不是有效的下发文件或已被改动（{why}）。", "请向下发单位要原来的文件。", "not_a_handdown"
    )
