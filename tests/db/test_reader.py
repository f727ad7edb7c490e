"""Reading columns: whatever the short cuts, the outcome is that of `values.parse`, and common cells are quick."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import setup, values
from db.lookup import Directory
from db.reader import REMEMBERED, reader
from db.registers import REGISTERS
from tests.db.fixtures import CODES, STREET, firm

VISIT, CARD, ISSUE = (REGISTERS[name] for name in ("visit", "enterprise", "issue"))

CELLS: list[Any] = [
    None, "", " ", "江西云栈", " 江西 云栈\u3000", "第一行\n第二行", "√", "是", "否", "2024.5.7", "2024年5月7日", "20240507", "07/05/2024",
    "500", "-500", "1,200.5", "1.2亿", "约500", "12.0", "007", "-0", "１２", "500万元", "12人", "(500)", "1.2E+05", "上门", "ERP、OA", "无", "—",
    "朝阳洲", "西湖区朝阳洲街道办事处", "区商务局", "某某办", "138 0000 0000", "0791-86510023", "0086138", "13800000000.0", "#N/A", "####",
    CODES[0], CODES[0].lower(), 'ma\u200b', "a" * 300, 0, 7, -3, 12.5, 500.0, 0.1 + 0.2, -0.0, 1e-9, 1e15, 1e300, float("nan"), float("inf"),
    13800000000.0, True, False, date(2024, 5, 7), datetime(2024, 5, 7, 9), Decimal("1.20"), 10**20, [], ["OA"], {"a": 1},
]  # fmt: skip


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    store = setup.initialise(tmp_path_factory.mktemp("reader"), STREET)
    with store.write() as session:
        firm(session)
    with store.read() as session:
        yield Directory(session)
    store.close()


@pytest.mark.parametrize("register", REGISTERS)
def test_a_reader_says_what_parse_says(register: str, directory: Directory) -> None:
    for field in REGISTERS[register].fields:
        for unit in ("", "元", "亿元", "家", "%") if field.unit else ("",):
            read = reader(field, directory, unit)
            for cell in (*CELLS, *CELLS):
                found, expected = read(cell), values.parse(field, cell, directory, unit=unit)
                assert found == expected, (field.name, unit, cell, found, expected)


@given(
    cell=st.one_of(
        st.text(max_size=20), st.floats(), st.integers(), st.decimals(), st.dates(), st.datetimes()
    )
)
def test_whatever_the_cell(cell: Any, directory: Directory) -> None:
    for register, name in (
        (VISIT, "visit_date"),
        (VISIT, "revenue_ytd"),
        (CARD, "phone"),
        (CARD, "employees"),
        (CARD, "name"),
    ):
        field = register.field(name)
        assert reader(field, directory)(cell) == values.parse(field, cell, directory), name


def test_lists_are_the_callers_own(directory: Directory) -> None:
    read = reader(VISIT.field("systems"), directory)
    read("OA、ERP").value.append("别的")
    assert read("OA、ERP").value == ["OA", "ERP"]


def test_what_is_remembered_is_bounded(directory: Directory) -> None:
    read = reader(ISSUE.field("category"), directory)
    for number in range(REMEMBERED * 2 + 5):
        assert not read(f"没有{number}").ok
    kept = next(cell.cell_contents for cell in read.__closure__ or () if isinstance(cell.cell_contents, dict))
    assert len(kept) <= REMEMBERED


def test_a_firm_that_comes_later_is_found_then(tmp_path: Any) -> None:
    store = setup.initialise(tmp_path / "d", STREET)
    with store.write() as session:
        read = reader(VISIT.field("enterprise_id"), Directory(session))
        assert not read(CODES[1]).ok
        key = firm(session, "后来有限公司", CODES[1])
        assert read(CODES[1]).value == key
    store.close()


def test_common_cells_take_about_a_microsecond(directory: Directory) -> None:
    cases = (
        (CARD.field("name"), "江西云栈网络科技有限公司"), (CARD.field("phone"), "13800000000"), (VISIT.field("visit_date"), "2024.5.7"),
        (VISIT.field("revenue_ytd"), 1234.58), (VISIT.field("visit_mode"), "上门"), (CARD.field("street_code"), "朝阳洲"),
    )  # fmt: skip
    for field, cell in cases:
        read = reader(field, directory)
        best = min(_took(read, cell) for _ in range(5))
        assert best < 10e-6, (field.name, best)  # ten times what it takes, for slow machines


def _took(read: Any, cell: Any) -> float:
    begun = time.perf_counter()
    for _ in range(2000):
        read(cell)
    return (time.perf_counter() - begun) / 2000
