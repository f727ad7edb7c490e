"""What 本月 shows, in plain values, and the same as JSON for the next start. Needs no database: finding out is the model's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from db.ranges import Between
from desktop.tables.cells import Mark
from desktop.tables.model import Column, Row
from desktop.widgets.todo import TodoItem

FEW, MORE = 3, 5  # lines of the cards at the right, on a low and on a high window
ISSUE_COLUMNS = (
    Column("title", "问题", width=190, stretch=True, sort=False),
    Column("org", "责任单位", width=100, kind="muted", sort=False),
    Column("due", "时限", width=100, kind="chip", sort=False),
)
NEAR, TASKS = "nurture", "duty"  # registers the lines at the right are of
BEGIN = "begin"  # key of the place behind the button beside the title
DUE = "due"  # key of the place behind “到期的问题”; those of figures are "figure:" and the figure's key


@dataclass(frozen=True)
class Place:
    """Where a button leads: a page and what it should open; `period` is another month to work in."""

    page: str
    args: dict[str, Any] = field(default_factory=dict)
    period: str = ""


@dataclass(frozen=True)
class Line:
    """One candidate: name, what is missing, share of the way (1.0 has arrived)."""

    id: str
    name: str
    note: str
    share: float


@dataclass(frozen=True)
class Number:
    """One figure of the month, written out ("1,608")."""

    key: str
    figure: str
    unit: str
    note: str
    name: str = ""


@dataclass(frozen=True)
class View:
    """All of the page."""

    title: str
    chip: str
    chip_state: str
    items: tuple[TodoItem, ...]
    places: dict[str, Place]
    issues: tuple[Row, ...]
    issues_note: str
    candidates: tuple[Line, ...]
    candidates_note: str
    figures: tuple[Number, ...]
    begin: str = ""  # what the button beside the title says, "" for none
    lines: str = NEAR  # what the lines at the right are of: candidates close to the line, or the unit's tasks

    @classmethod
    def empty(cls, title: str) -> View:
        """Nothing known yet."""
        return cls(title, "", "neutral", (), {}, (), "", (), "", ())


def of_another_day(view: View, day: date) -> View:
    """A view made on `day`, shown later: what counts days says when it was true instead."""
    issues = tuple(replace(row, cells={**row.cells, "due": None}) for row in view.issues)
    return replace(
        view, chip=f"{day.month} 月 {day.day} 日的情况，正在更新", chip_state="neutral", issues=issues
    )


def to_plain(view: View) -> dict[str, Any]:
    """The view as JSON values."""
    return {
        "title": view.title,
        "chip": [view.chip, view.chip_state],
        "items": [asdict(item) for item in view.items],
        "places": {key: [place.page, _pack(place.args), place.period] for key, place in view.places.items()},
        "issues": [[row.id, {key: _pack(cell) for key, cell in row.cells.items()}] for row in view.issues],
        "issues_note": view.issues_note,
        "candidates": [asdict(line) for line in view.candidates],
        "candidates_note": view.candidates_note,
        "figures": [asdict(number) for number in view.figures],
        "begin": view.begin,
        "lines": view.lines,
    }


def from_plain(plain: Any) -> View | None:
    """The view again; None for anything `to_plain` of this version did not write."""
    try:
        chip, state = plain["chip"]
        return View(
            plain["title"],
            chip,
            state,
            tuple(TodoItem(**item) for item in plain["items"]),
            {
                key: Place(page, _unpack(args), period)
                for key, (page, args, period) in plain["places"].items()
            },
            tuple(Row(key, _unpack(cells)) for key, cells in plain["issues"]),
            plain["issues_note"],
            tuple(Line(**line) for line in plain["candidates"]),
            plain["candidates_note"],
            tuple(Number(**number) for number in plain["figures"]),
            str(plain["begin"]),
            str(plain["lines"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _pack(value: Any) -> Any:
    match value:
        case Mark(word, state):
            return {"": "mark", "word": word, "state": state}
        case Between(low, high):
            return {"": "between", "low": _pack(low), "high": _pack(high)}
        case date():
            return {"": "day", "day": value.isoformat()}
        case Mapping():
            return {key: _pack(each) for key, each in value.items()}
    return value


def _unpack(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    match value.get(""):
        case "mark":
            return Mark(value["word"], value["state"])
        case "between":
            return Between(_unpack(value["low"]), _unpack(value["high"]))
        case "day":
            return date.fromisoformat(value["day"])
    return {key: _unpack(each) for key, each in value.items()}
