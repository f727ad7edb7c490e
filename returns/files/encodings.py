"""Which encoding a text is in: byte order mark, UTF-16 by its zero bytes, strict UTF-8, strict GB18030; never a guess."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Zero bytes are left out of texts; other control characters do not stand in them.
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
SHOWN = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "gb18030": "GB18030",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding it was in."""

    text: str
    encoding: str


class NoEncoding(ValueError):
    """No encoding fits; `line` (from 1) holds the first bytes that do not."""

    def __init__(self, line: int, encoding: str) -> None:
        super().__init__(f"line {line} is no {encoding}")
        self.line = line
        self.encoding = encoding


def decode(data: bytes) -> Decoded:
    """The whole text, without byte order mark and zero bytes. NoEncoding when none fits."""
    encoding, skip = _encoding(data)
    try:
        text = data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        raise NoEncoding(_line(data, skip + error.start, encoding), encoding) from error
    return Decoded(text.replace("\0", ""), encoding)


def start_of(data: bytes, size: int) -> str | None:
    """The beginning of a text, or None when this is none. Bytes that fit no encoding are left to `decode`."""
    piece = data[:size]
    try:
        encoding, skip = _encoding(piece, whole=len(data) <= size)
    except ValueError:
        return None
    text = piece[skip:].decode(encoding, "replace")
    bad = len(_CONTROL.findall(text)) + text.count("\ufffd") + text.count("\0")
    return None if bad > 8 + len(text) // 50 or (len(text) < 200 and bad * 8 > len(text)) else text


def _encoding(data: bytes, whole: bool = True) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    wide = _wide(data)
    if wide:
        return wide, 0
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, whole)
        return "utf-8", 0
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(data):
        return "utf-8", 0  # a damaged UTF-8 text: read as GB18030 it would be wrong characters without a word
    return "gb18030", 0


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: digits, commas and line ends have a zero byte, always on the same side."""
    sample = data[: 1 << 16]
    sample = sample[: len(sample) // 2 * 2]
    if len(data) % 2 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most * 50 < len(sample) // 2 or least * 20 > most:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = sample.decode(encoding, "strict") if len(data) == len(sample) else sample[:-2].decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if len(_CONTROL.findall(text)) * 50 > len(text) else encoding


def _mostly_utf8(data: bytes) -> bool:
    text = data[: 1 << 20].decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = len(re.findall(r"[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]", text))
    return right > 4 * wrong


def _line(data: bytes, at: int, encoding: str) -> int:
    if encoding.startswith("utf-16"):
        return data[:at].decode(encoding, "ignore").count("\n") + 1
    return data.count(b"\n", 0, at) + 1
