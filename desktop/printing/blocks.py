"""What a printed document consists of: titles, form grids, tables, signatures. Plain data; where it stands is in flow.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

CHOSEN, OPEN_BOX = "☑", "☐"
GAP = "　"  # between two boxes; a line of boxes is broken nowhere else


@dataclass(frozen=True, slots=True)
class Title:
    """The name of the document, centred; `note` stands below it."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of small facts: at the left, in the middle, at the right."""

    left: str = ""
    middle: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part; it never stands alone at the foot of a page."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `indent` sets it in by two characters, as official papers have it."""

    text: str
    indent: bool = False
    small: bool = False
    strong: bool = False
    side: str = "left"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a form grid. `room` is the least height in lines: space to write into by hand.

    `side`: left, center, right; unsaid, labels stand in the middle and values at the left.
    """

    text: str = ""
    label: bool = False
    span: int = 1
    room: int = 1
    strong: bool = False
    side: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A bordered form: rows of cells over columns of these relative widths."""

    widths: Sequence[float]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: header, relative width, side of its text (left, center, right)."""

    header: str
    width: float
    side: str = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header that is repeated on every page. `count` is for the progress where rows come one by one."""

    columns: Sequence[Column]
    rows: Iterable[Sequence[str]]
    total: Sequence[str] | None = None
    count: int = 0
    small: bool = False


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign: each label with a line after it, side by side."""

    labels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Space:
    """Empty paper, in millimetres."""

    height: float


Block = Title | Line | Heading | Text | Grid | Table | Signatures | Space


@dataclass(frozen=True, slots=True)
class Document:
    """A paper to print. `name` is what its PDF is called (without .pdf); `number` stands at the head of later pages.

    `foot` stands at the left of every foot, where 第 n 页 共 m 页 stands in the middle.
    """

    title: str
    blocks: Sequence[Block]
    landscape: bool = False
    name: str = ""
    number: str = ""
    foot: str = ""
    printed: str = ""
    notes: Sequence[str] = field(default_factory=tuple)  # what a person should know before printing it


def boxes(options: Iterable[str], chosen: Iterable[str] = ()) -> str:
    """Choices as boxes to tick: “☑实地　□电话”."""
    picked = list(chosen)
    known = list(options)
    known += [each for each in picked if each not in known]
    return GAP.join(f"{CHOSEN if each in picked else OPEN_BOX}{each}" for each in known)


def wide(text: str) -> int:
    """How much room a text takes, in half characters: a Chinese character counts two."""
    return sum(1 if ord(char) < 0x1100 else 2 for char in text)
