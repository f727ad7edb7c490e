"""Official papers: the faces of GB/T 9704 on this machine, and text broken into lines as Word breaks it. Pages are in official.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QFont, QFontMetricsF

from desktop.printing.paper import DPI
from desktop.style.fonts import chinese_families
from returns.bulletin import layout
from returns.bulletin.compose import Run
from returns.bulletin.fonts import LATIN, SONG, families

CLOSER = layout.CLOSER * DPI / 1440  # how much closer characters stand than their size
_CLOSING, _OPENING = "、，。；：！？）”》〕％%", "（“《〔"


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of text on its base line."""

    x: float
    y: float
    text: str
    face: str
    size: int
    closer: float


@cache
def _families(face: str) -> list[str]:
    return [*families(face), *chinese_families()]


def _pixels(size: int) -> int:
    return max(1, round(size / 2 * DPI / 72))


class Types:
    """Fonts and their measures, made where they are used, on one thread."""

    def __init__(self) -> None:
        self._fonts: dict[tuple[str, int, float], QFont] = {}
        self._metrics: dict[tuple[str, int], QFontMetricsF] = {}

    def font(self, face: str, size: int, closer: float) -> QFont:
        """`size`: half points."""
        key = (face, size, round(closer, 2))
        if key not in self._fonts:
            font = QFont(_families(face))
            font.setPixelSize(_pixels(size))
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, closer)
            self._fonts[key] = font
        return self._fonts[key]

    def metrics(self, face: str, size: int) -> QFontMetricsF:
        key = (face, size)
        if key not in self._metrics:
            self._metrics[key] = QFontMetricsF(self.font(face, size, 0))
        return self._metrics[key]

    def closer(self, face: str, size: int) -> float:
        """What is added to the width of each character. Fonts have whole pixels: the rest is made up for here."""
        rest = size / 2 * DPI / 72 - _pixels(size)
        return CLOSER + (rest / 2 if face == LATIN else rest)

    def width(self, text: str, face: str, size: int) -> float:
        return self.metrics(face, size).horizontalAdvance(text) + self.closer(face, size) * len(text)


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    face: str


class Setter:
    """Breaks runs of text into lines and places their words."""

    def __init__(self) -> None:
        self.types = Types()

    def pieces(self, runs: Sequence[Run], face: str) -> list[Piece]:
        """Digits and letters in the Latin face, everything else in the Chinese one, as the document has them."""
        found: list[Piece] = []
        for run in runs:
            own = run.face or face
            for char in run.text:
                kind = (LATIN if own != SONG else SONG) if char.isascii() else own
                if found and found[-1].face == kind:
                    found[-1] = Piece(found[-1].text + char, kind)
                else:
                    found.append(Piece(char, kind))
        return found

    def lines(self, pieces: Sequence[Piece], size: int, room: float, first: float = 0) -> list[list[Piece]]:
        """Broken to a width; the first line is shorter by `first`. Numbers and words stay whole, a closing mark with
        what it closes. Always at least one line.
        """
        atoms = list(_atoms(pieces))
        found: list[list[Piece]] = [[]]
        left = room - first
        for atom in atoms:
            width = self.width(atom, size)
            # A closing mark may stand over the edge, as 标点溢出 of the document lets it.
            if width - self.over(atom, size) > left + 1 and found[-1]:
                found.append([])
                left = room
            if not found[-1] and width - self.over(atom, size) > left + 1:  # longer than a line
                *whole, atom = self._anywhere(atom, size, left)
                for each in whole:
                    found[-1] = each
                    found.append([])
                left, width = room, self.width(atom, size)
            found[-1] += atom
            left -= width
        return found

    def _anywhere(self, atom: Sequence[Piece], size: int, room: float) -> Iterator[list[Piece]]:
        line: list[Piece] = []
        left = room
        for piece in atom:
            for char in piece.text:
                width = self.types.width(char, piece.face, size)
                if width > left and line:
                    yield line
                    line, left = [], room
                line.append(Piece(char, piece.face))
                left -= width
        yield line

    def over(self, line: Sequence[Piece], size: int) -> float:
        """How much of a line's width is a closing mark at its end that may stand over the edge."""
        if not line or line[-1].text[-1] not in _CLOSING or line[-1].text[-1].isascii():
            return 0
        return self.types.width(line[-1].text[-1], line[-1].face, size)

    def width(self, line: Sequence[Piece], size: int) -> float:
        return sum(self.types.width(each.text, each.face, size) for each in line)

    def words(
        self, line: Sequence[Piece], size: int, x: float, height: float, *, stretch: float = 0
    ) -> list[Word]:
        """A line as words with their base line in a box so high. `stretch`: how much wider it is to become."""
        merged: list[Piece] = []
        for piece in line:
            if merged and merged[-1].face == piece.face:
                merged[-1] = Piece(merged[-1].text + piece.text, piece.face)
            else:
                merged.append(piece)
        gaps = sum(len(each.text) for each in merged) - 1
        more = stretch / gaps if gaps > 0 else 0
        base = (height - size / 2 * DPI / 72) / 2 + size / 2 * DPI / 72 * 0.86
        found = []
        for each in merged:
            closer = self.types.closer(each.face, size) + more
            found.append(Word(x, base, each.text, each.face, size, closer))
            x += self.types.width(each.text, each.face, size) + more * len(each.text)
        return found


def _atoms(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """What no line is broken within: a run of digits and letters, or a character with the marks that belong to it."""
    atom: list[Piece] = []
    opening = False
    for piece in pieces:
        for char in piece.text:
            ascii_ = char.isascii() and not char.isspace()
            joined = atom and (
                opening
                or char in _CLOSING
                or (ascii_ and atom[-1].text[-1:].isascii() and not atom[-1].text[-1:].isspace())
            )
            if atom and not joined:
                yield atom
                atom = []
            if atom and atom[-1].face == piece.face:
                atom[-1] = Piece(atom[-1].text + char, piece.face)
            else:
                atom.append(Piece(char, piece.face))
            opening = char in _OPENING
    if atom:
        yield atom
