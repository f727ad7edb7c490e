"""Where a header lies and what it says: every shape that offices give it, on small books at hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import setup
from db.errors import Refused
from db.lookup import Directory
from returns.files import MemoryBook
from returns.ledger.table import LedgerTable, begin
from tests.returns.ledger import samples

NAME, CODE = samples.firm(1)
OTHER, OTHER_CODE = samples.firm(2)
ROW = [NAME, CODE, "2024-05-08", "上门"]
Look = Callable[..., LedgerTable]


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Look]:
    """A table of rows (or of several sheets) read to its end."""
    store = setup.initialise(tmp_path_factory.mktemp("header"), "360103002")
    with store.read() as session:
        lookup = Directory(session)

        def run(
            rows: Any, register: str = "visit", *, spans: Any = None, name: str = "台账.xlsx", **more: Any
        ) -> LedgerTable:
            book = MemoryBook(name, rows if isinstance(rows, dict) else {"Sheet1": rows}, spans)
            table = begin(book, register, lookup=lookup, **more)
            table.rows = [row for chunk in table.chunks() for row in chunk]
            return table

        yield run
    store.close()


def fields(table: LedgerTable) -> dict[str, str | None]:
    return {
        column.letter: f"{column.target.register}.{column.target.field}"
        if column.target and column.target.register
        else None
        for column in table.columns
    }


WANTED = {"A": "enterprise.name", "B": "enterprise.uscc", "C": "visit.visit_date", "D": "visit.visit_mode"}


@pytest.mark.parametrize(
    "header",
    [
        ["企业名称", "统一社会信用代码", "走访日期", "走访方式"],
        ["企 业 名 称", "统一社会\n信用代码", "走访　日期", " 走访方式 "],
        ["*企业名称（必填）", "★统一社会信用代码（18位）", "走访日期*", "走访方式（下拉选择）"],
        ["企业名称①", "信用代码②", "走访日期③", "走访方式"],
        ["１．企业名称", "2、信用代码", "（3）走访日期", "四、走访方式"],
        ["【企业名称】", "统一社会信用代码：", "走访日期（格式：2024-05-08）", "走访方式；"],
        ["企业名称必填", "信用代码选填", "走访时间", "走访形式"],
        ["Company Name", "Credit Code", "Visit Date", "走访方式"],
        ["COMPANY", "USCC", "Date", "方式"],
        ["单位名称", "社会信用代码", "走访时间", "方式"],
        ["走访对象", "统一社会信用代码/组织机构代码", "上门时间", "走访途径"],
    ],
    ids=lambda header: header[0].strip(),
)
def test_a_header_in_many_dresses(look: Look, header: list[str]) -> None:
    table = look([header, ROW])
    assert fields(table) == WANTED
    assert [row.get("enterprise", "uscc") for row in table.rows] == [CODE]


HEADER = ["企业名称", "统一社会信用代码", "走访日期", "走访方式"]


@pytest.mark.parametrize(
    ("above", "rows"),
    [
        (
            [["“千名干部访千企”走访台账"], ["填报单位：朝阳洲街道办事处", None, "2024年5月", "单位：万元"]],
            (3, 3),
        ),
        ([[] for _ in range(50)], (51, 51)),
        (
            [["填表说明"], *[[f"{n}. 请按企业名称、走访日期逐行填写，不得空行。"] for n in range(60)]],
            (62, 62),
        ),
        ([["走访台账"] * 4], (2, 2)),
    ],
)
def test_lines_above_a_header(look: Look, above: list[list[Any]], rows: tuple[int, int]) -> None:
    table = look([*above, HEADER, ROW])
    assert (table.header_rows, len(table.rows)) == (rows, 1)


@pytest.mark.parametrize(
    "under",
    [
        [1, 2, 3, 4], ["1", "2", "3", "4"], ["(1)", "(2)", "(3)", "(4)"], ["甲", "乙", 1, 2], ["甲", "乙", "丙", "(1)"], ["A", "B", "C", "D"],
        ["①", "②", "③", "④"], [1.0, 2.0, 3.0, 4.0], ["一", "二", "三", "四"],
    ],
    ids=str,
)  # fmt: skip
def test_a_row_that_numbers_the_columns(look: Look, under: list[Any]) -> None:
    table = look([HEADER, under, ROW])
    assert (table.header_rows, len(table.rows), table.skipped) == ((1, 2), 1, [])
    assert fields(table) == WANTED


def test_a_row_of_units_under_the_header_gives_the_units(look: Look) -> None:
    rows = [
        ["企业名称", "走访日期", "本年累计营收", "从业人员"],
        [None, None, "亿元", "人"],
        [1, 2, 3, 4],
        [NAME, "2024-05-08", 1.5, 20],
    ]
    table = look(rows)
    assert table.header_rows == (1, 3)
    assert (table.rows[0].get("visit", "revenue_ytd"), table.rows[0].get("enterprise", "employees")) == (
        15000,
        20,
    )
    assert not any("没有写明单位" in warning for warning in table.warnings)


GROUPED = [
    ["序号", "企业信息：", None, None, "走访情况", None, "备注"],
    [None, "名称", "信用代码", "联系人", "日期", "方式", None],
]
GROUP_SPANS = [(0, 0, 1, 0), (0, 1, 0, 3), (0, 4, 0, 5), (0, 6, 1, 6)]


@pytest.mark.parametrize(
    "spans",
    [GROUP_SPANS, [], GROUP_SPANS[:1], [GROUP_SPANS[0], GROUP_SPANS[3]]],
    ids=["merged", "lost", "one", "ends"],
)
def test_groups_with_and_without_their_merges(look: Look, spans: list[Any]) -> None:
    table = look(
        [["走访台账"], *GROUPED, [1, NAME, CODE, "李伟", "2024-05-08", "上门", "好"]],
        spans=[(r + 1, c, s + 1, d) for r, c, s, d in spans],
    )
    assert table.header_rows == (2, 3)
    assert fields(table) == {
        "A": None, "B": "enterprise.name", "C": "enterprise.uscc", "D": "enterprise.contact", "E": "visit.visit_date", "F": "visit.visit_mode",
        "G": fields(table)["G"],
    }  # fmt: skip
    assert table.rows[0].get("enterprise", "contact") == "李伟"


def test_three_rows_of_header(look: Look) -> None:
    rows = [
        ["序号", "企业情况", None, None, None, "走访情况", None],
        [None, "基本信息", None, "营业收入（万元）", None, "走访日期", "走访方式"],
        [None, "企业名称", "信用代码", "2023年", "2024年1-5月", None, None],
        [1, NAME, CODE, 100, 50, "2024-05-08", "上门"],
    ]
    spans = [(0, 0, 2, 0), (0, 1, 0, 4), (0, 5, 0, 6), (1, 1, 1, 2), (1, 3, 1, 4), (1, 5, 2, 5), (1, 6, 2, 6)]
    for merged in (spans, []):
        table = look(rows, spans=merged)
        assert table.header_rows == (1, 3)
        assert fields(table) == {
            "A": None, "B": "enterprise.name", "C": "enterprise.uscc", "D": "enterprise.revenue_ly", "E": "visit.revenue_ytd", "F": "visit.visit_date",
            "G": "visit.visit_mode",
        }  # fmt: skip


def test_a_person_under_a_group_of_his_own(look: Look) -> None:
    rows = [
        ["企业名称", "走访日期", "联系人", None],
        [None, None, "姓名", "电话"],
        [NAME, "2024-05-08", "李伟", "13800000000"],
    ]
    table = look(rows, spans=[(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3)])
    assert (table.rows[0].get("enterprise", "contact"), table.rows[0].get("enterprise", "phone")) == (
        "李伟",
        "13800000000",
    )


def test_empty_columns_between_and_a_table_that_begins_at_d8(look: Look) -> None:
    rows = {
        7: [None, None, None, "企业名称", None, None, "走访日期", None, "走访方式"],
        8: [None, None, None, NAME, None, None, "2024-05-08", None, "上门"],
    }
    table = look({"Sheet1": rows})
    assert (table.header_rows, [column.letter for column in table.columns], len(table.rows)) == (
        (8, 8),
        ["D", "G", "I"],
        1,
    )


@pytest.mark.parametrize(
    "again",
    [
        [HEADER],
        [["企 业 名 称", "统一社会信用代码", "走访日期", "走访方式"]],
        [["走访台账（续表）"], HEADER],
        [["续表"], ["走访台账 "], ["填报单位：朝阳洲街道"], HEADER, [1, 2, 3, 4]],
        [["企业名称", "统一社会信用代码", "走访日期", None]],
        [["企业名称（续）", "统一社会信用代码", "走访日期", "走访方式"]],
    ],
)
def test_the_header_again_on_the_next_page(look: Look, again: list[list[Any]]) -> None:
    table = look([["走访台账"], HEADER, ROW, *again, [OTHER, OTHER_CODE, "2024-05-09", "电话"]])
    assert [row.get("enterprise", "name") for row in table.rows] == [NAME, OTHER]
    assert not any(row.bad for row in table.rows)


@pytest.mark.parametrize("between", [[], [["二、问题清单"]], [[], [], []]], ids=["none", "title", "gap"])
def test_another_table_below_is_told_and_not_read(look: Look, between: list[list[Any]]) -> None:
    second = [["问题描述", "责任单位", "办结时限", "紧急程度"], ["招工难", "区人社局", "2024-06-01", "一般"]]
    table = look([HEADER, ROW, *between, *second])
    assert len(table.rows) == 1
    at = 3 + len(between)
    assert any(f"第 {at} 行起是另一张表" in warning for warning in table.warnings)


def test_a_second_table_with_the_same_header_is_read_on(look: Look) -> None:
    table = look(
        [
            ["一、朝阳洲街道"],
            HEADER,
            ROW,
            [],
            [],
            [],
            ["二、南站街道"],
            HEADER,
            [OTHER, OTHER_CODE, "2024-05-09", "电话"],
        ]
    )
    assert [row.number for row in table.rows] == [3, 9]
    assert any("“二、南站街道”是分组标题" in warning and "所属街道" in warning for warning in table.warnings)


def test_sheets_with_the_same_header_are_named_with_the_way_to_read_them(look: Look) -> None:
    sheets = {month: [HEADER, ROW] for month in ("3月", "4月", "5月")}
    table = look({**sheets, "说明": [["请按月填写"]]})
    told = " ".join(table.warnings)
    assert table.sheet == "3月"
    assert "“4月”、“5月”里也有类似的表（表头相同），没有读取，可用 --sheet 指定（如 --sheet 4月）" in told
    assert "工作表“说明”没有读取" in told
    assert look(sheets, sheet="5月").sheet == "5月"


def test_a_form_of_one_firm_is_refused_with_what_to_do(look: Look) -> None:
    form = [
        ["企业走访登记表"],
        ["企业名称", NAME],
        ["统一社会信用代码", CODE],
        ["走访日期", "2024-05-08"],
        ["走访方式", "上门"],
        ["联系人", "李伟"],
    ]
    with pytest.raises(Refused) as refused:
        look(form)
    assert refused.value.id == "transposed_table" and "转置" in refused.value.hint


@pytest.mark.parametrize(
    "rows", [[ROW, ROW], [], [["姓名", "分数"], ["张三", 5]]], ids=["no header", "empty", "another"]
)
def test_no_header_no_table(look: Look, rows: list[list[Any]]) -> None:
    with pytest.raises(Refused) as refused:
        look(rows)
    assert refused.value.id == "no_header"
    assert ("第一行就是数据" in refused.value.hint) == (rows[:1] == [ROW])


def test_headers_that_are_only_alike_are_found_and_told(look: Look) -> None:
    table = look([["企业的名称", "走访的日期", "走访的方式"], [NAME, "2024-05-08", "上门"]])
    assert fields(table) == {"A": "enterprise.name", "B": "visit.visit_date", "C": "visit.visit_mode"}
    assert sum("请核对（相似度" in warning for warning in table.warnings) == 3


FIVE = [samples.firm(number) for number in range(5)]


def test_codes_firms_and_phones_are_known_by_themselves(look: Look) -> None:
    rows = [
        ["甲方", "走访日期", "证号", "号码"],
        *[[name, "2024-05-08", code, f"1380000000{n}"] for n, (name, code) in enumerate(FIVE)],
    ]
    table = look(rows)
    assert fields(table) == {
        "A": "enterprise.name",
        "B": "visit.visit_date",
        "C": "enterprise.uscc",
        "D": "enterprise.phone",
    }
    assert {(column.letter, column.how) for column in table.columns} == {
        ("A", "content"),
        ("B", "exact"),
        ("C", "content"),
        ("D", "content"),
    }
    assert all(column.confidence < 80 for column in table.columns if column.how == "content")
    told = " ".join(table.warnings)
    assert "C 列“证号”的内容像是统一社会信用代码" in told and "请核对" in told


def test_two_unknown_columns_of_one_kind_are_left_to_the_person(look: Look) -> None:
    rows = [["企业名称", "走访日期", "甲", "乙"], *[[name, "2024-05-08", code, code] for name, code in FIVE]]
    assert fields(look(rows)) == {"A": "enterprise.name", "B": "visit.visit_date", "C": None, "D": None}


def test_content_goes_against_a_header(look: Look) -> None:
    rows = [
        ["企业名称", "联系电话", "走访日期"],
        *[[f"1380000000{n}", name, "2024-05-08"] for n, (name, _) in enumerate(FIVE)],
    ]
    table = look(rows)
    assert fields(table) == {"A": "enterprise.phone", "B": "enterprise.name", "C": "visit.visit_date"}
    assert sum("内容像是" in warning for warning in table.warnings) == 2
    crossed = look(
        [
            ["企业名称", "联系人", "走访日期"],
            *[[name, f"1380000000{n}", "2024-05-08"] for n, (name, _) in enumerate(FIVE)],
        ]
    )
    assert fields(crossed)["B"] == "enterprise.phone"


def test_days_under_a_name_are_not_taken(look: Look) -> None:
    rows = [["企业名称", "信用代码", "走访日期"], *[["2024-05-08", code, "2024-05-08"] for _, code in FIVE]]
    table = look(rows)
    assert fields(table)["A"] is None
    assert any("A 列“企业名称”的内容与表头不符" in warning for warning in table.warnings)


@pytest.mark.parametrize(
    ("line", "sheet", "file", "office", "period", "money"),
    [
        ("填报单位（盖章）：朝阳洲街道办事处   2024年5月   单位：万元", "Sheet1", "a.xlsx", "360103002", "2024-05", "万元"),
        ("报送单位:西湖区朝阳洲街道  金额单位：人民币亿元", "2024年5月", "a.xlsx", "360103002", "2024-05", "亿元"),
        ("单位名称：朝阳洲街道", "5月", "2024年走访台账.xlsx", "360103002", "2024-05", ""),
        ("二〇二四年五月", "Sheet1", "a.xlsx", None, "2024-05", ""),
        ("计量单位：万元、家、人  填表人：张敏", "Sheet1", "2024-05 走访.xlsx", None, "2024-05", "万元"),
        ("2024年1-5月", "Sheet1", "a.xlsx", None, None, ""),
        ("3月、4月走访", "Sheet1", "2024年.xlsx", None, None, ""),
    ],
)  # fmt: skip
def test_what_the_lines_above_say(
    look: Look,
    line: str,
    sheet: str,
    file: str,
    office: str | None,
    period: str | None,
    money: str,
) -> None:
    table = look(
        {sheet: [["走访台账"], [line], HEADER, ROW, ["填表人：张敏", None, "审核人：李伟"]]}, name=file
    )
    found = table.context
    assert (found.unit_code, found.period, found.money, found.filler) == (office, period, money, "张敏")


def test_looking_for_a_header_takes_no_time(look: Look) -> None:
    wide = [f"栏目{n}" for n in range(40)]
    rows = [["台账"], [*HEADER, *wide], *[[*ROW, *[f"内容{n}{m}" for m in range(40)]] for n in range(119)]]
    begun = time.perf_counter()
    assert len(look(rows).rows) == 119
    assert time.perf_counter() - begun < 3


def test_a_person_and_a_number_in_one_column_come_apart(look: Look) -> None:
    cells = ["李伟 13800000000", "王强（经理）0791-86510023", "13800000001张华", "李伟、王强 13800000000"]
    rows = [
        ["企业名称", "走访日期", "联系人及电话"],
        *[[FIVE[n][0], "2024-05-08", cell] for n, cell in enumerate(cells)],
    ]
    table = look(rows)
    assert [(row.get("enterprise", "contact"), row.get("enterprise", "phone")) for row in table.rows] == [
        ("李伟", "13800000000"), ("王强", "0791-86510023"), ("张华", "13800000001"), (None, None),
    ]  # fmt: skip
    assert [row.other["联系人及电话"] for row in table.rows] == cells
    assert any("拆开读取" in warning for warning in table.warnings)
    assert not any("没有认出的列" in warning for warning in table.warnings)


@pytest.mark.parametrize(
    ("cells", "told"), [([0.85, 0.5, 1], True), ([85, 50, 100], False), ([0, 1], False), ([0.5], False)]
)
def test_shares_under_percent_are_told(look: Look, cells: list[float], told: bool) -> None:
    rows = [
        ["任务名称", "责任单位", "完成进度（%）"],
        *[[f"任务{n}", "区商务局", cell] for n, cell in enumerate(cells)],
    ]
    assert any("百分比格式" in warning for warning in look(rows, "duty").warnings) == told


def test_two_columns_of_one_name_keep_both_contents(look: Look) -> None:
    table = look([["企业名称", "走访日期", "甲", "甲"], [NAME, "2024-05-08", "一", "二"]])
    assert table.rows[0].other == {"甲": "一", "甲（D列）": "二"}
    mapped = look(
        [["企业名称", "走访日期", "甲", "甲"], [NAME, "2024-05-08", "一", "二"]],
        mapping={"D": "visit.operation_text"},
    )
    assert mapped.rows[0].get("visit", "operation_text") == "二"


dress = st.tuples(
    st.sampled_from(["", "*", "★", "1、", "（2）", "三、", " "]),
    st.sampled_from(["", "（必填）", "①", "：", "*", "必填", "\n", "（下拉选择）", "\u3000"]),
    st.sampled_from(["", " ", "\n", "\u3000", "\u200b"]),
)


@given(
    dresses=st.lists(dress, min_size=4, max_size=4),
    order=st.permutations(range(4)),
    above=st.integers(0, 5),
    left=st.integers(0, 3),
)
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
def test_any_dress_any_order_any_place(
    look: Look, dresses: list[Any], order: list[int], above: int, left: int
) -> None:
    worn = [
        f"{before}{between.join(word)}{after}"
        for word, (before, after, between) in zip(HEADER, dresses, strict=True)
    ]
    pad: list[Any] = [None] * left
    rows: list[list[Any]] = [["走访台账"]] * bool(above) + [[]] * above
    table = look([*rows, [*pad, *(worn[n] for n in order)], [*pad, *(ROW[n] for n in order)]])
    targets = [
        column.target and f"{column.target.register}.{column.target.field}" for column in table.columns
    ]
    assert targets == [list(WANTED.values())[n] for n in order]
    assert table.rows[0].get("enterprise", "uscc") == CODE


cell = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-5, 3000), st.floats(allow_nan=False), st.dates(), st.booleans(),
    st.sampled_from([*HEADER, "合计", "注：", "联系人", "电话", NAME, CODE, "2024-05-08", "万元", "甲", "1"]),
)  # fmt: skip


@given(
    rows=st.lists(st.lists(cell, max_size=6), max_size=12),
    spans=st.lists(st.tuples(*[st.integers(0, 6)] * 4), max_size=3),
)
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
def test_any_sheet_is_read_or_refused_in_words(
    look: Look, rows: list[list[Any]], spans: list[tuple[int, int, int, int]]
) -> None:
    ordered = [(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in spans]
    try:
        table = look(rows, spans=ordered)
    except Refused as refused:
        assert refused.id in ("no_header", "no_date_column", "not_this_ledger", "transposed_table") and str(
            refused
        )
    else:
        assert all(row.number > table.header_rows[1] for row in table.rows)
