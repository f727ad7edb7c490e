"""Reads PDFs back as a stranger's program sees them: words, where they stand, pages. Needs poppler-utils."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.S)
_WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


@dataclass(frozen=True)
class Word:
    """A word and its box in points, from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """All of it without blanks: where lines are broken is no matter."""
        return "".join(word.text for word in self.words)


def pages(pdf: Path) -> list[Page]:
    """The pages with their words."""
    done = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True)
    return [
        Page(
            float(width),
            float(height),
            tuple(
                Word(unescape(text), *(float(each) for each in (left, top, right, bottom)))
                for left, top, right, bottom, text in _WORD.findall(inside)
            ),
        )
        for width, height, inside in _PAGE.findall(done.stdout)
    ]


def squeezed(text: str) -> str:
    """A text without blanks and breaks."""
    return re.sub(r"\s+", "", text)


def all_text(pdf: Path) -> str:
    """Everything, page after page, in the order it was put down, without blanks."""
    done = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True)
    return squeezed(done.stdout)
