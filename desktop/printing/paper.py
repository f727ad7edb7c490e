"""The measures of a printed page and the types on it. One unit is 1/300 inch, whatever draws the page later."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

from desktop.printing.blocks import CHOSEN, GAP, OPEN_BOX
from desktop.style.fonts import chinese_families, strong_weight, ui_font

DPI = 300
INK, PALE, LABEL, LINES = "#000000", "#555555", "#F0F2F5", "#222222"
THIN = 2.2  # the width of rules

_CLOSING = "、，。；：！？）”》"
BODY, SMALL, TINY, HEAD, TITLE = 10.0, 9.0, 8.0, 11.5, 18.0  # points


def mm(value: float) -> float:
    """Millimetres in units."""
    return value * DPI / 25.4


class Sheet:
    """A4, upright or across, with its margins; `left`, `right`, `top`, `bottom` bound what is printed."""

    def __init__(self, landscape: bool) -> None:
        self.landscape = landscape
        short, long = mm(210), mm(297)
        self.width, self.height = (long, short) if landscape else (short, long)
        side = mm(14 if landscape else 18)
        self.left, self.right = side, self.width - side
        self.top, self.bottom = mm(15), self.height - mm(16)
        self.head, self.foot = mm(10.5), self.height - mm(9)  # base lines of the running head and foot

    @property
    def room(self) -> float:
        return self.right - self.left


class Type:
    """A size of text: its font and measures."""

    def __init__(self, points: float, strong: bool = False) -> None:
        self.points, self.strong = points, strong
        self.font: QFont = ui_font(max(1, round(points * DPI / 72)))
        if strong:
            weight = QFont.Weight(strong_weight(chinese_families()))
            if weight == QFont.Weight.DemiBold:  # a bold that Qt would have to make up smears on paper
                self.font.setWeight(weight)
        self._metrics = QFontMetricsF(self.font)
        self.line = points * DPI / 72 * 1.4
        self._known: dict[tuple[str, float], list[str]] = {}

    @cached_property
    def rise(self) -> float:
        """From the top of a line to its base line."""
        ascent, descent = self._metrics.ascent(), self._metrics.descent()
        return (self.line - ascent - descent) / 2 + ascent

    def width(self, text: str) -> float:
        """How far a line of text reaches."""
        return self._metrics.horizontalAdvance(text)

    def lines(self, text: str, width: float) -> list[str]:
        """A text broken to a width; a word longer than that is broken anywhere. Always at least one line."""
        key = (text, round(width, 1))
        found = self._known.get(key)
        if found is None:
            found = [line for part in text.split("\n") for line in self._broken(part, width)] or [""]
            if len(self._known) < 5000:  # what repeats (units, states) repeats soon
                self._known[key] = found
        return found

    def even(self, text: str, width: float) -> list[str]:
        """A label broken into lines of about the same length: “经营状态 / 评价说明”, not one character alone."""
        if self.width(text) <= width:
            return [text]
        cut = text.find("（")
        if cut > 0 and self.width(text[:cut]) <= width and self.width(text[cut:]) <= width:
            return [text[:cut], text[cut:]]
        for count in range(2, len(text)):
            step = -(-len(text) // count)
            found = [text[start : start + step] for start in range(0, len(text), step)]
            for place in range(1, len(found)):
                if found[place][0] in _CLOSING:  # a comma closes the line before, it opens none
                    found[place - 1] += found[place][0]
                    found[place] = found[place][1:]
            if all(self.width(each) <= width for each in found):
                return [each for each in found if each]
        return self.lines(text, width)

    def _broken(self, text: str, width: float) -> list[str]:
        if self.width(text) <= width:
            return [text]
        if text.startswith((CHOSEN, OPEN_BOX)):
            return self._boxes(text.split(GAP), width)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout = QTextLayout(text, self.font)
        layout.setTextOption(option)
        layout.beginLayout()
        found = []
        # Qt counts in half characters of UTF-16: a rare character is two of them.
        units = text.encode("utf-16-le", "surrogatepass")
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            start, length = line.textStart(), line.textLength()
            part = units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace")
            found.append(part.rstrip())
        layout.endLayout()
        return found

    def _boxes(self, parts: list[str], width: float) -> list[str]:
        """A line of boxes to tick, broken between boxes only; a single one too long is broken as any text."""
        found: list[str] = []
        for part in parts:
            longer = f"{found[-1]}{GAP}{part}" if found else part
            if found and self.width(longer) <= width:
                found[-1] = longer
            elif self.width(part) <= width:
                found.append(part)
            else:
                found += self._broken(f"\u2060{part}", width)
        return found


class Types:
    """The types of one layout; made where they are used, on one thread."""

    def __init__(self) -> None:
        self._made: dict[tuple[float, bool], Type] = {}

    def of(self, points: float, strong: bool = False) -> Type:
        if (points, strong) not in self._made:
            self._made[(points, strong)] = Type(points, strong)
        return self._made[(points, strong)]
