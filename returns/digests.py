"""Fingerprints of cells, rows, sheets and documents: they tell what was edited, and replace no seal.

What the text of a cell is stands in cells.py; where the fingerprints lie is for workbook.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

MARK = 4  # characters of one cell's fingerprint
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
BLANK_MARK = "." * MARK


def cell_mark(text: str) -> str:
    """Four characters that change when the cell's text does; dots for an empty cell.

    A checksum, not a hash: it only has to name the cell that someone edited. That a row was edited at
    all is told by `row_digest`.
    """
    if not text:
        return BLANK_MARK
    code = crc32(text.encode()) & 0xFFFFFF
    return _PAIRS[code >> 12] + _PAIRS[code & 0xFFF]


def row_digest(texts: Sequence[str]) -> str:
    """The fingerprint of one row, from the texts of its cells in the order of the columns."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:24]


def sheet_digest(rows: Iterable[tuple[str, str]]) -> str:
    """The fingerprint of a sheet from (record id, row digest); sorting the rows does not change it."""
    whole = hashlib.sha256()
    for record_id, digest in sorted(rows):
        whole.update(f"{record_id}:{digest}\n".encode())
    return whole.hexdigest()[:32]


def document_digest(content: Any) -> str:
    """The fingerprint of a JSON document, whatever the order of its keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
