"""Rows that are as they were exported are read in a quick way: what comes out is what the slow way gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.lookup import Directory
from db.store import Store
from returns import compose
from returns.read import ReadReturn, read_return
from returns.read_intact import IntactRows
from returns.workbook import RETURN
from returns.write import write_return
from tests.returns import content
from tests.returns.offices import COVER, MAY, STREET, column_of, edit, export, open_office, small_month


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_office(tmp_path_factory.mktemp("street") / "register", STREET)
    small_month(opened)
    yield opened
    opened.close()


def both(store: Store, path: Path) -> tuple[ReadReturn, ReadReturn]:
    """The return as it is read, and as it is read cell by cell."""
    with store.read() as session:
        quick = read_return(path, Directory(session))
        with mock.patch.object(IntactRows, "read", return_value=None):
            return quick, read_return(path, Directory(session))


def quickly(store: Store, path: Path) -> int:
    """How many rows are read in the quick way."""
    found = []
    read = IntactRows.read

    def count(self: IntactRows, *arguments: object) -> object:
        row = read(self, *arguments)  # type: ignore[arg-type]
        found.append(row)
        return row

    with mock.patch.object(IntactRows, "read", count), store.read() as session:
        read_return(path, Directory(session))
    return sum(each is not None for each in found)


@settings(max_examples=20)
@given(st.data())
def test_any_month_is_read_the_same_both_ways(
    store: Store, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("return") / "a.xlsx"
    with store.read() as session:
        month = data.draw(content.months(Directory(session)))
        full = {key: [{"rev": 1, "deleted_at": None, **row} for row in rows] for key, rows in month.items()}
        write_return(
            compose.gather(session, STREET, MAY, kind=RETURN, revision=1, cover=COVER, rows=full), path
        )
    quick, slow = both(store, path)
    assert quick == slow


def test_every_row_of_an_untouched_file_is_read_quickly(store: Store, tmp_path: Path) -> None:
    export(store, tmp_path / "a.xlsx")
    quick, slow = both(store, tmp_path / "a.xlsx")
    assert quick == slow
    assert quickly(store, tmp_path / "a.xlsx") == quick.count == 5


def test_an_edited_row_is_looked_at_cell_by_cell(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export(store, path)

    def type_over(book: Any) -> None:
        sheet = book["走访记录"]
        sheet.cell(4, column_of(sheet, "填报人")).value = "李四"

    edit(path, type_over)
    quick, slow = both(store, path)
    assert quick == slow
    assert quickly(store, path) == 4
    assert [row.edited for row in quick.rows["visit"]] == [("填报人",)]
