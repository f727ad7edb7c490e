"""“数据来源” and “明细·…”: each row once, figures told on it, spans that hold; parts by unit without reading again; memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import insert

from db import setup
from db.figures import figures_of
from db.lists import ListQuery
from db.models import Visit
from db.rollup import rollup
from db.store import Actor, Store
from db.types import new_key
from returns.report_book import Book
from returns.report_looks import Col
from returns.source_sheets import Sources
from tests.db.fixtures import CODES, OTHER_STREET, STREET, add, firm

MAY = "2024-05"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = setup.initialise(tmp_path / "register", "qszjjb", "supervisor")
    yield made
    made.close()


def written(
    store: Store, out: Path, keys: list[str], *more: tuple[str, ListQuery, int]
) -> tuple[Any, dict[str, int]]:
    book = Book("源")
    with store.read() as session:
        found = Sources(book, session, MAY, figures_of(rollup(session, MAY)))
        cells = [[key, found.cell(key)] for key in keys]
        cells += [[name, found.queried(name, name, value, query, "口径")] for name, query, value in more]
        book.sheet("表", "标题", width=2).table([Col("键"), Col("数")], cells)
        made = found.finish()
    book.save(out)
    found.close()
    return openpyxl.load_workbook(out, data_only=True), made


def filled(store: Store) -> None:
    with store.write() as session:
        one, other = firm(session), firm(session, "南昌数澜软件有限公司", CODES[1])
        for number in range(6):
            add(
                session, "visit", Actor(STREET if number < 4 else OTHER_STREET, "张"), enterprise_id=one if number % 2 else other,
                visit_date=date(2024, 5 if number % 3 else 4, 2 + number), visit_mode="实地" if number < 3 else "电话",
            )  # fmt: skip


def test_every_row_stands_once_and_says_what_it_counts_for(store: Store, tmp_path: Path) -> None:
    filled(store)
    keys = [
        "visit.rows",
        f"visit.rows:{STREET}",
        "visit.year_rows",
        "visit.assessed",
        f"visit.year_rows:{OTHER_STREET}",
    ]
    read, made = written(store, tmp_path / "a.xlsx", keys)
    lines = list(read["数据来源"].iter_rows(min_row=4, values_only=True))
    assert [line[4] for line in lines] == [4, 2, 6, 2, 2] and [line[6] for line in lines] == [4, 2, 6, 2, 2]
    rows = list(read["明细·走访"].iter_rows(min_row=4, values_only=True))
    assert made == {"数据来源": 5, "明细·走访": 6} and len(rows) == 6
    told = [row[0].split("、") for row in rows]
    assert [sum(str(number) in each for each in told) for number in range(1, 6)] == [4, 2, 6, 2, 2]
    units = {row[3] for row in rows if "5" in row[0].split("、")}
    assert len(units) == 1


def test_a_part_is_led_to_although_its_whole_is_not_shown(store: Store, tmp_path: Path) -> None:
    filled(store)
    read, _ = written(store, tmp_path / "a.xlsx", [f"visit.rows:{STREET}"])
    [line] = read["数据来源"].iter_rows(min_row=4, values_only=True)
    assert (line[4], line[6]) == (2, 2) and line[8].startswith("明细·走访 第 ")
    told = [str(row[0] or "") for row in read["明细·走访"].iter_rows(min_row=4, values_only=True)]
    assert told.count("1") == 2 and all(each in ("1", "") for each in told)


def test_a_list_is_a_source_as_well(store: Store, tmp_path: Path) -> None:
    filled(store)
    query = ListQuery("visit", {"visit_mode": "电话"})
    read, _ = written(store, tmp_path / "a.xlsx", ["visit.rows"], ("电话走访", query, 3))
    line = list(read["数据来源"].iter_rows(min_row=4, values_only=True))[1]
    assert line[1:3] == ("电话走访", "口径") and (line[4], line[6]) == (3, 3)


def test_figures_without_rows_and_returns_are_told(store: Store, tmp_path: Path) -> None:
    read, made = written(store, tmp_path / "a.xlsx", ["visit.rows", "coverage.missing", "indicator.1"])
    lines = list(read["数据来源"].iter_rows(min_row=4, values_only=True))
    assert lines[0][8] == "没有明细行" and lines[1][4] == lines[1][6] == made["明细·报送"] > 10
    assert [row[3] for row in read["明细·报送"].iter_rows(min_row=4, values_only=True)].count(None) == 0
    assert "明细·走访" not in made


def test_memory_does_not_grow_with_the_rows(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        one = firm(session)
        add(session, "visit", enterprise_id=one, visit_date=date(2024, 5, 6), visit_mode="实地")

    def more(count: int) -> None:
        with store.write() as session:
            table = Visit.__table__
            sample = dict(session.execute(table.select().limit(1)).mappings().one())
            session.execute(
                insert(table), [{**sample, "id": new_key(), "visit_no": None} for _ in range(count)]
            )

    def only_written() -> int:
        tracemalloc.start()
        try:
            book = Book("源")
            with store.read() as session:
                found = Sources(book, session, MAY, {})
                found.cell("visit.rows", 1)
                found.finish()
            book.save(tmp_path / "b.xlsx")
            found.close()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    only_written()
    more(2_000)
    few = only_written()
    more(12_000)
    assert only_written() < few + 3_000_000
