"""Lines read column by column give what they give one by one, whatever stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db import setup
from db.lookup import Directory
from db.store import Store
from returns.files import MemoryBook
from returns.ledger.rows import Line, RowReader
from returns.ledger.table import begin
from tests.db.fixtures import STREET
from tests.returns.ledger import samples

FIRMS = [samples.firm(number) for number in range(4)]
HEADER = [
    "序号", "企业名称", "统一社会信用代码", "走访日期", "走访方式", "走访类型", "本年累计营收（万元）", "联系电话", "经营情况",
    "存在问题", "问题类别", "是否办结", "包联干部", "备注一",
]  # fmt: skip
CELLS = [
    None, "", " ", "无", "/", "同上", 1, 1.0, True, 0, -0.5, 12.345, 3e11, "1", "１２．５", "约500", "3亿元", "是", "√", "已办结",
    "实地", "电话", "随便", "日常走访", date(2024, 5, 8), datetime(2024, 5, 8), datetime(2024, 5, 8, 9, 30), "2024.5.8", "5月8日",
    "07/05/2024", 20240508, "13800000000", 13800000000.0, "0791-86510023", "融资", "资金紧张\n想贷款", "#REF!", " 平稳 ", "张敏 13800000001",
    *(name for name, _ in FIRMS), *(code for _, code in FIRMS), "某公司", "91360103MA35",
]  # fmt: skip
ROW = st.lists(st.sampled_from(CELLS), max_size=len(HEADER) + 1)
TROUBLES = st.dictionaries(st.integers(0, len(HEADER)), st.just("单元格是错误值 #N/A"), max_size=1)


@pytest.fixture(scope="module")
def office_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = setup.initialise(tmp_path_factory.mktemp("office"), STREET, person="张敏")
    yield opened
    opened.close()


def _reader(store: Store) -> RowReader:
    rows: list[list[Any]] = [
        ["2024年5月走访台账"],
        HEADER,
        *([1, *FIRMS[0], "2024-05-08", "实地"] for _ in range(3)),
    ]
    with store.read() as session:
        table = begin(MemoryBook("台账.xlsx", {"走访": rows}), "visit", lookup=Directory(session))
    assert table._reader is not None
    return table._reader


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(ROW, TROUBLES), max_size=12))
def test_column_by_column_is_as_row_by_row(
    office_store: Store, drawn: list[tuple[list[Any], dict[int, str]]]
) -> None:
    lines: list[Line] = [(number, cells, troubles) for number, (cells, troubles) in enumerate(drawn, 3)]
    one_by_one, together = _reader(office_store), _reader(office_store)
    expected = [row for line in lines if (row := one_by_one.read(*line)) is not None]
    found = list(together.read_many(lines))
    assert found == expected
    assert [repr(row.values) for row in found] == [repr(row.values) for row in expected]
