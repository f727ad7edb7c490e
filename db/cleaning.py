"""Cleaning of typed text: stray blanks, invisible characters, widths; words that mean a blank. No meaning is read here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

BLANK_WORDS = frozenset(
    {
        "", "无", "暂无", "没有", "空", "不详", "未知", "不明", "/", "\\", "-", "--", "—", "——", "－", "／",
        "N/A", "n/a", "NA", "NULL", "null", "None", "(空)", "（空）", "（无）", "(无)",
    }
)  # fmt: skip
STROKES = str.maketrans("—–−‐‑‒―", "-------")
FLOAT_DIGITS = ".15g"  # what Excel keeps of a number
# What people fill a cell with that is to stay empty: any run of strokes, slashes and dots.
_ONLY_STROKES = re.compile(r"[-—–−‐‑‒―－/／\\＼~～_＿·.。…\s]+")
# Zero-width and direction marks, soft hyphens, byte-order marks, control characters (white space aside).
INVISIBLE = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]+"
)
_SPACE_RUN = re.compile(r"\s+")
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """`value` when understood (None for a blank); otherwise `reason` says in Chinese why not."""

    value: T | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The cleaned text, and how many places were cleaned (GEN-006)."""

    text: str
    count: int


def clean(text: str, *, lines: bool = False) -> Cleaned:
    """Text without stray blanks: edges, invisible characters, full-width and odd spaces, line breaks.

    Characters stay as typed (a name keeps its full-width brackets). Single half-width blanks inside stay;
    `lines` keeps line breaks too (long texts).
    """
    if text.isprintable():  # then its only blanks are half-width ones
        stripped = text.strip(" ")
        return Cleaned(stripped, int(len(stripped) != len(text)))
    visible, count = INVISIBLE.subn("", text)
    if lines:
        parts = visible.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        cleaned = [_one_line(part) for part in parts]
        count += sum(each.count for each in cleaned)
        joined = "\n".join(each.text for each in cleaned)
        stripped = joined.strip("\n")
        return Cleaned(stripped, count + (stripped != joined))
    one = _one_line(visible)
    return Cleaned(one.text, count + one.count)


def _one_line(text: str) -> Cleaned:
    stripped = text.strip()
    count = int(stripped != text)

    def narrow(run: re.Match[str]) -> str:
        nonlocal count
        if not run[0].strip(" "):
            return run[0]
        count += 1
        around = stripped[run.start() - 1] + stripped[run.end()]
        return " " if around.isascii() else ""

    return Cleaned(_SPACE_RUN.sub(narrow, stripped), count)


def fold(text: str) -> str:
    """For codes and numbers: half-width, no blanks, no invisible characters."""
    if _PLAIN.fullmatch(text):
        return text  # most names and words: there is nothing to fold in them
    return _SPACE_RUN.sub("", INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


def is_blank(raw: object) -> bool:
    """Nothing there, or only a word or strokes that say so (无, ／, —, 暂无, ……)."""
    if raw is None:
        return True
    if not isinstance(raw, str):
        return False
    text = clean(raw, lines=True).text
    return text in BLANK_WORDS or _ONLY_STROKES.fullmatch(text) is not None


_DITTO = frozenset(
    {"同上", "同前", "上同", "同左", "〃", "″", "”", "“", "''", '""', '"', "′′", "同上行", "同上一行"}
)


def is_ditto(text: str) -> bool:
    """Whether a text only says that it is the same as above (同上, 〃)."""
    return len(text) < 9 and text.strip() in _DITTO


def unwrapped(text: str) -> str:
    """A text without the marks that keep spreadsheets from calculating with it: '9136…, ="9136…"."""
    found = re.fullmatch(r"""\s*=?\s*"([^"]*)"\s*|\s*['‘’`]+([^'‘’`]*?)['‘’`]*\s*""", text)
    return text if found is None else found[1] if found[1] is not None else found[2]
