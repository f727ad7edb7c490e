"""The roll-up of one month over a million visits of a hundred units, against the SQL that counts the same totals from the rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from statistics import median

from sqlalchemy import text
from sqlalchemy.orm import Session

from db import kept_totals, tallies, totals
from db.figures import figures_of
from db.periods import Period
from db.rollup import Rollup, rollup
from db.sources import source_of
from db.store import Store
from tests.benchmarks.big import big_store
from tests.benchmarks.figure import Figure, milliseconds

MONTH = Period("2024-12")  # the year so far is the whole year
UNITS = 100
# What a roll-up of visits asks, answered from every row of the register: by unit, and for everybody.
_TOTALS = """
SELECT {unit}, sum(visit_date >= '2024-12-01'), count(DISTINCT CASE WHEN visit_date >= '2024-12-01' THEN enterprise_id END),
  count(DISTINCT CASE WHEN visit_date >= '2024-12-01' AND visit_mode IN ('实地', '座谈会') THEN enterprise_id END),
  count(*), count(DISTINCT enterprise_id)
FROM visit {how} WHERE visit_date BETWEEN '2024-01-01' AND '2024-12-31' AND deleted_at IS NULL {end}
"""


def figures(quick: bool) -> list[Figure]:
    store = big_store(10_000, 100_000, UNITS) if quick else big_store(100_000, 1_000_000, UNITS)
    try:
        found = _roll_up(store, rounds=3 if quick else 7)
    finally:
        store.close()
    return found


def _roll_up(store: Store, rounds: int) -> list[Figure]:
    _same(store)
    first = median(_first(store) for _ in range(3))
    asked: list[float] = []
    kept: list[float] = []
    scanned: list[float] = []
    indexed: list[float] = []
    with closing(sqlite3.connect(store.folder.database)) as connection:
        for _ in range(rounds):
            asked.append(milliseconds(lambda: _whole(store)))
            kept.append(milliseconds(lambda: _visits(store)))
            scanned.append(milliseconds(lambda: _scan(connection, "NOT INDEXED")))
            indexed.append(milliseconds(lambda: _scan(connection, "")))
    whole, visits, scan, index = (median(each) for each in (asked, kept, scanned, indexed))
    return [
        Figure("月汇总，全部（百万走访，百个单位）", whole, "走访全表扫描计数", scan, 1 / 200),
        Figure("月汇总，仅走访", visits, "走访全表扫描计数", scan, 1 / 200),
        Figure("月汇总，全部", whole, "走访按索引计数", index, None),
        Figure("月汇总，全部，启动后第一次", first, "走访全表扫描计数", scan, None),
        *_afterwards(store, scan),
    ]


def _afterwards(store: Store, scan: float) -> list[Figure]:
    """The first roll-up after a thousand visits were changed: it works their notes out."""
    with store.write() as session:
        session.execute(
            text(
                "UPDATE visit SET visit_mode = '电话' WHERE id IN (SELECT id FROM visit LIMIT 1000 OFFSET 5000)"
            )
        )
        taken = milliseconds(lambda: tallies.year_so_far(session, MONTH))
        wrong = tallies.wrong(session.connection())
        session.rollback()
    if wrong:
        raise RuntimeError(f"after a change {len(wrong)} cells are wrong")
    return [Figure("改动一千条走访后的第一次走访汇总", taken, "走访全表扫描计数", scan, None)]


def _same(store: Store) -> None:
    """A quick answer is worth nothing unless it is the right one."""
    with store.read() as session:
        if tallies.year_so_far(session, MONTH) != totals.count_visits(session, MONTH):
            raise RuntimeError("the totals are not what the rows say")
        month = rollup(session, MONTH)
        if len(month.visits.units) != UNITS or not month.visits.rows:
            raise RuntimeError("the register does not have what is measured")
        figure = figures_of(month)["visit.rows"]
        if source_of(session, MONTH, "visit.rows").count != figure.value:
            raise RuntimeError("the rows behind a figure are not the figure")


def _first(store: Store) -> float:
    """With nothing kept of the other registers: as it is after the program has started."""
    kept_totals.forget(store.engine)
    return milliseconds(lambda: _whole(store))


def _whole(store: Store) -> Rollup:
    with store.read() as session:
        return rollup(session, MONTH)


def _visits(store: Store) -> totals.Visits:
    with store.read() as session:
        return _asked(session)


def _asked(session: Session) -> totals.Visits:
    return totals.visits(session, MONTH)


def _scan(connection: sqlite3.Connection, how: str) -> None:
    for unit, end in (("unit_code", "GROUP BY unit_code"), ("''", "")):
        connection.execute(_TOTALS.format(unit=unit, how=how, end=end)).fetchall()
