"""Totals of visits by unit and month, kept true beside the rows: triggers note every change, settling adds the notes up.

A trigger sees whatever writes a visit (a form, an import, an undo, a merge of firms), so nobody has to remember. Noting
costs microseconds; working out what it does to “each firm once” is left to whoever reads, or to `settle`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from db import direct
from db.periods import Period

ALL = ""  # unit_code of everybody's cell: a firm counts once, however many units visited it
SOON, LATER = 200, 1000  # a write with so many open notes settles them; more are left to the next roll-up
MANY = 5000  # more open notes are not worked out for one reading

# One cell: visits, firms, firms by an assessed mode, firms visited for the first time in the year.
Cell = tuple[int, int, int, int]
Cells = dict[tuple[str, str], Cell]
_Visit = tuple[str, str, int]  # unit, month, assessed


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that does not say what the rows say."""

    period: str
    unit_code: str
    kept: Cell
    counted: Cell


_SOME = "SELECT count(*) FROM (SELECT 1 FROM visit_change LIMIT ?)"  # -1: all of them
_COUNTED = """
SELECT substr(visit_date, 1, 7) AS period, {unit} AS unit_code, count(*), count(DISTINCT enterprise_id),
  count(DISTINCT CASE WHEN visit_mode IN ('实地', '座谈会') THEN enterprise_id END)
FROM visit WHERE deleted_at IS NULL AND visit_date IS NOT NULL GROUP BY 1, 2
"""
_FIRSTS = """
SELECT first, unit_code, count(*) FROM (
  SELECT {unit} AS unit_code, min(substr(visit_date, 1, 7)) AS first FROM visit
  WHERE deleted_at IS NULL AND visit_date IS NOT NULL AND enterprise_id IS NOT NULL
  GROUP BY {unit}, enterprise_id, substr(visit_date, 1, 4)
) GROUP BY 1, 2
"""


def settle(session: Session) -> int:
    """Work every open note into the totals; how many there were. Needs a session that may write."""
    connection = session.connection()
    notes = open_notes(connection)
    if not notes:
        return 0
    if notes > MANY and notes * 3 > int(
        connection.exec_driver_sql("SELECT count(*) FROM visit").scalar() or 0
    ):
        rebuild(connection)
        return notes
    changed = _changes(connection)
    connection.exec_driver_sql(
        "INSERT INTO visit_tally (period, unit_code, rows, enterprises, assessed, firsts) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (period, unit_code) DO UPDATE SET rows = rows + excluded.rows, enterprises = enterprises + "
        "excluded.enterprises, assessed = assessed + excluded.assessed, firsts = firsts + excluded.firsts",
        [(*place, *cell) for place, cell in changed.items()] or [("", ALL, 0, 0, 0, 0)],
    )
    connection.exec_driver_sql("DELETE FROM visit_tally WHERE rows = 0")
    connection.exec_driver_sql("DELETE FROM visit_change")
    return notes


def settle_some(session: Session) -> None:
    """At the end of a write: settle when enough has come together, and not so much that saving would be felt."""
    found = direct.first(session, _SOME, (LATER + 1,))
    if found is not None and SOON <= found[0] <= LATER:
        settle(session)


def rebuild(connection: Connection) -> None:
    """Count everything anew from the rows."""
    connection.exec_driver_sql("DELETE FROM visit_tally")
    connection.exec_driver_sql(
        "INSERT INTO visit_tally (period, unit_code, rows, enterprises, assessed, firsts) VALUES (?, ?, ?, ?, ?, ?)",
        [(*place, *cell) for place, cell in from_scratch(connection).items()] or [("", ALL, 0, 0, 0, 0)],
    )
    connection.exec_driver_sql("DELETE FROM visit_tally WHERE rows = 0")
    connection.exec_driver_sql("DELETE FROM visit_change")


def open_notes(connection: Connection, upto: int | None = None) -> int:
    """How many changes are not in the totals yet; counted up to `upto`."""
    found = connection.exec_driver_sql(_SOME, (-1 if upto is None else upto,)).scalar()
    return int(found or 0)


def year_so_far(
    session: Session, month: Period, unit_code: str | None = None
) -> dict[str, tuple[int, ...]] | None:
    """By unit (“”: everybody's): visits, firms, assessed firms of the month; visits and firms of the year to its end.

    None where so much was written since the last settling that counting the rows is quicker.
    """
    connection = session.connection()
    notes = open_notes(connection, MANY + 1)
    if notes > MANY:
        return None
    first = str(Period.of(month.year, 1))
    only, values = ("", ()) if unit_code is None else (" AND unit_code = ?", (unit_code,))
    stored = connection.exec_driver_sql(
        "SELECT unit_code, sum(CASE WHEN period = ? THEN rows ELSE 0 END), "
        "sum(CASE WHEN period = ? THEN enterprises ELSE 0 END), sum(CASE WHEN period = ? THEN assessed ELSE 0 END), "
        f"sum(rows), sum(firsts) FROM visit_tally WHERE period BETWEEN ? AND ?{only} GROUP BY unit_code",
        (str(month), str(month), str(month), first, str(month), *values),
    )
    found = {row[0]: tuple(int(each) for each in row[1:]) for row in stored}
    if notes:
        for (period, unit), cell in _changes(connection).items():
            if first <= period <= month and unit_code in (None, unit):
                now = cell[:3] if period == month else (0, 0, 0)
                added = (*now, cell[0], cell[3])
                found[unit] = tuple(
                    one + two for one, two in zip(found.get(unit, (0,) * 5), added, strict=True)
                )
    return {unit: figures for unit, figures in found.items() if figures[3]}


def from_scratch(connection: Connection) -> Cells:
    """Every cell counted from the rows."""
    cells: dict[tuple[str, str], list[int]] = {}
    for unit in ("unit_code", f"'{ALL}'"):
        for row in connection.exec_driver_sql(_COUNTED.format(unit=unit)):
            cells[row[0], row[1]] = [row[2], row[3], row[4], 0]
        for row in connection.exec_driver_sql(_FIRSTS.format(unit=unit)):
            cells[row[0], row[1]][3] = row[2]
    return {place: (cell[0], cell[1], cell[2], cell[3]) for place, cell in cells.items()}


def wrong(connection: Connection) -> list[Wrong]:
    """Cells that, with the open notes, do not say what the rows say."""
    nothing: Cell = (0, 0, 0, 0)
    kept: Cells = {
        (row[0], row[1]): (row[2], row[3], row[4], row[5])
        for row in connection.exec_driver_sql(
            "SELECT period, unit_code, rows, enterprises, assessed, firsts FROM visit_tally"
        )
    }
    for place, cell in _changes(connection).items():
        before = kept.get(place, nothing)
        kept[place] = (
            before[0] + cell[0], before[1] + cell[1], before[2] + cell[2], before[3] + cell[3]
        )  # fmt: skip
    counted = from_scratch(connection)
    return [
        Wrong(*place, kept.get(place, nothing), counted.get(place, nothing))
        for place in sorted(kept.keys() | counted.keys())
        if kept.get(place, nothing) != counted.get(place, nothing)
    ]


def _changes(connection: Connection) -> Cells:
    """What the open notes do to the totals.

    A firm's visits of a year as they are, less what came and plus what went, are its visits as they were: the difference
    of what both contribute is right whatever happened in between, and in whatever order.
    """
    rows: Counter[tuple[str, str]] = Counter()
    moved: dict[tuple[bytes, str], Counter[_Visit]] = {}
    for sign, unit, firm, day, assessed in connection.exec_driver_sql(
        "SELECT sign, unit_code, enterprise_id, visit_date, assessed FROM visit_change"
    ):
        month = day[:7]
        rows[month, unit] += sign
        rows[month, ALL] += sign
        if firm is not None:
            moved.setdefault((firm, day[:4]), Counter())[unit, month, assessed] += sign
    present = _present(connection) if moved else {}
    whole: dict[tuple[str, str], list[int]] = {place: [number, 0, 0, 0] for place, number in rows.items()}
    for key, difference in moved.items():
        after = present.get(key, Counter())
        before = Counter(after)
        before.subtract(difference)
        _contribute(whole, (visit for visit, number in after.items() if number > 0), 1)
        _contribute(whole, (visit for visit, number in before.items() if number > 0), -1)
    return {place: (cell[0], cell[1], cell[2], cell[3]) for place, cell in whole.items() if any(cell)}


def _present(connection: Connection) -> Mapping[tuple[bytes, str], Counter[_Visit]]:
    """The visits there are now of every firm and year that a note names."""
    found: dict[tuple[bytes, str], Counter[_Visit]] = {}
    for firm, unit, day, assessed in connection.exec_driver_sql(
        "SELECT v.enterprise_id, v.unit_code, v.visit_date, coalesce(v.visit_mode IN ('实地', '座谈会'), 0) FROM "
        "(SELECT DISTINCT enterprise_id AS firm, substr(visit_date, 1, 4) AS year FROM visit_change "
        "WHERE enterprise_id IS NOT NULL) "
        "JOIN visit v ON v.enterprise_id = firm AND v.visit_date BETWEEN year || '-01-01' AND year || '-12-31' "
        "WHERE v.deleted_at IS NULL"
    ):
        found.setdefault((firm, day[:4]), Counter())[unit, day[:7], assessed] += 1
    return found


def _contribute(whole: dict[tuple[str, str], list[int]], visits: Iterable[_Visit], sign: int) -> None:
    """Add one firm's year to the cells: the firm once in each month, by an assessed mode once, and its first month."""
    months: dict[tuple[str, str], int] = {}
    firsts: dict[str, str] = {}
    for unit, month, assessed in visits:
        for whose in (unit, ALL):
            months[month, whose] = max(months.get((month, whose), 0), assessed)
            firsts[whose] = min(firsts.get(whose, month), month)
    for place, assessed in months.items():
        cell = whole.setdefault(place, [0, 0, 0, 0])
        cell[1] += sign
        cell[2] += sign * assessed
    for unit, month in firsts.items():
        whole[month, unit][3] += sign
