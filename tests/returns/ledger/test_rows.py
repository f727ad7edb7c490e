"""Single cells and lines: what is understood, what is refused in words, what is no row at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.store import Store
from returns.ledger import import_ledger
from returns.ledger.fillers import is_filler
from returns.results import FileReport
from tests.returns.ledger import samples

Office = Callable[..., Store]
Ask = Callable[..., list[tuple[Any, ...]]]
HEADER = ["企业名称", "统一社会信用代码", "走访日期", "本年累计营收（万元）", "走访方式"]
NAME, CODE = samples.firm(1)


def take(
    store: Store,
    tmp_path: Path,
    *rows: list[Any],
    header: list[Any] = HEADER,
    above: list[list[Any]] | None = None,
) -> FileReport:
    path = samples.any_ledger(tmp_path / "台账.xlsx", [*(above or []), header, *rows])
    return import_ledger(store, path, "visit")


@pytest.mark.parametrize(
    "first",
    [
        "合计", "小 计", "总计：", "合计（26家）", "共26家", "合计：共 26 家", "填表人：张敏", "审核人:李伟 联系电话：8651", "单位负责人（签字）：",
        "注：金额为万元", "说明：略", "本页小计", "填报日期：2024年5月25日",
    ],
)  # fmt: skip
def test_lines_that_are_no_rows(first: str) -> None:
    assert is_filler([first, None, 3])


@pytest.mark.parametrize(
    "name",
    [
        "共创科技有限公司",
        "合计信息技术有限公司",
        "总计云（南昌）有限公司",
        "注册通商务有限公司",
        "审核云科技有限公司",
        "单位之家有限公司",
    ],
)
def test_firms_whose_names_begin_like_such_lines(name: str) -> None:
    assert not is_filler([1, name, CODE])
    assert not is_filler([name, CODE])


def test_a_row_without_a_firm_or_a_date_is_kept_aside(office: Office, ask: Ask, tmp_path: Path) -> None:
    store = office()
    report = take(
        store, tmp_path,
        [NAME, CODE, "2024-05-08", 1, "上门"],
        [None, None, "2024-05-08", 2, "上门"],
        [samples.firm(2)[0], None, None, 3, "上门"],
        [samples.firm(3)[0], None, "07/05/2024", 4, "上门"],
    )  # fmt: skip
    assert (report.outcome, report.stored, report.bad) == ("partial", 1, 3)
    errors = [(finding.row, finding.column, finding.id) for finding in report.findings]
    assert (3, "A", "IMP-001") in errors and (4, "C", "IMP-002") in errors and (5, "C", "IMP-002") in errors
    assert any("看不出哪个是月" in finding.message for finding in report.findings)
    assert ask(store, "SELECT count(*) FROM enterprise") == [(1,)]
    kept = ask(
        store,
        "SELECT json_extract(\"values\", '$.cells.走访日期') FROM staged_row WHERE action = 'bad' ORDER BY row_no",
    )
    assert kept == [("2024-05-08",), (None,), ("07/05/2024",)]


def test_what_is_not_understood_stays_with_the_record(office: Office, ask: Ask, tmp_path: Path) -> None:
    store = office()
    report = take(store, tmp_path, [NAME, CODE, "2024-05-08", "约500", "飞鸽"])
    assert (report.outcome, report.stored) == ("partial", 1)
    assert ask(
        store,
        "SELECT json_extract(unparsed, '$.revenue_ytd'), json_extract(unparsed, '$.visit_mode') FROM visit",
    ) == [("约500", "飞鸽")]
    assert [(finding.id, finding.column) for finding in report.findings] == [
        ("GEN-002", "D"),
        ("GEN-005", "E"),
    ]


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        (913601030000001970.0, "IMP-006"),
        (CODE[:-1], "ENT-001"),
        (CODE[:-1] + ("1" if CODE[-1] != "1" else "2"), "ENT-002"),
    ],
)
def test_a_damaged_code_is_never_a_key(
    office: Office, ask: Ask, tmp_path: Path, code: Any, rule: str
) -> None:
    store = office()
    report = take(store, tmp_path, [NAME, code, "2024-05-08", 1, "上门"])
    assert [finding.id for finding in report.findings] == [rule]
    assert ask(store, "SELECT uscc, json_extract(unparsed, '$.uscc') IS NOT NULL FROM enterprise") == [
        (None, 1)
    ]


def test_codes_with_blanks_and_small_letters_are_the_same_code(
    office: Office, ask: Ask, tmp_path: Path
) -> None:
    store = office()
    full = CODE.translate({ord(char): ord(char) + 0xFEE0 for char in CODE})
    take(
        store,
        tmp_path,
        [NAME, f" {CODE[:8]} {CODE[8:].lower()}\u200b", "2024-05-08", 1, "上门"],
        [NAME, full, "2024-05-09", 1, "上门"],
    )
    assert ask(store, "SELECT uscc FROM enterprise") == [(CODE,)]


@pytest.mark.parametrize(
    ("header", "line", "typed", "hundredths"),
    [
        ("本年累计营收(亿元)", "", 0.4636, 463600),
        ("本年累计营收", "单位：元", 12345678, 123457),
        ("本年累计营收（元）", "单位：万元", 1200000, 12000),
        ("本年累计营收", "", "1,200.5万元", 120050),
        ("本年累计营收万元", "", "５００", 50000),
        ("本年累计营收（万元）", "", "0.35亿", 350000),
    ],
)
def test_the_unit_of_money_is_where_it_is_written(
    office: Office, ask: Ask, tmp_path: Path, header: str, line: str, typed: Any, hundredths: int
) -> None:
    store = office()
    above = [["走访台账"], [line]] if line else []
    report = take(
        store,
        tmp_path,
        [NAME, CODE, "2024-05-08", typed, "上门"],
        header=[*HEADER[:3], header, HEADER[4]],
        above=above,
    )
    assert ask(store, "SELECT revenue_ytd FROM visit") == [(hundredths,)]
    assert any("没有写明单位" in warning for warning in report.warnings) == (
        header == "本年累计营收" and not line
    )


def test_a_day_without_a_year_takes_that_of_the_sheets_month(
    office: Office, ask: Ask, tmp_path: Path
) -> None:
    store = office()
    rows = [[NAME, CODE, "5月8日", 1, "上门"], [*samples.firm(2), "4月30日", 1, "上门"]]
    report = take(store, tmp_path, *rows, above=[["2024年5月走访台账"]])
    assert ask(store, "SELECT visit_date FROM visit") == [("2024-05-08",)]
    assert report.bad == 1  # April of which year, the sheet does not say
    assert take(office(), tmp_path, rows[0]).bad == 1


def test_an_uncalculated_formula_and_an_error_are_told(office: Office, ask: Ask, tmp_path: Path) -> None:
    store = office()
    report = take(
        store,
        tmp_path,
        [NAME, CODE, "2024-05-08", "=A1*2", "上门"],
        [*samples.firm(2), "2024-05-09", "#DIV/0!", "上门"],
    )
    assert [(finding.row, finding.column, finding.id) for finding in report.findings] == [
        (2, "D", "IMP-004"),
        (3, "D", "IMP-004"),
    ]
    assert report.stored == 2
    assert ask(store, "SELECT count(*) FROM visit WHERE json_extract(unparsed, '$.revenue_ytd') <> ''") == [
        (2,)
    ]


def test_text_like_a_formula_stays_text(office: Office, ask: Ask, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.append(["企业名称", "走访日期", "走访内容"])
    sheet.append([NAME, "2024-05-08", None])
    sheet["C2"].value = "=cmd|' /C calc'!A0"
    sheet["C2"].data_type = "s"
    book.save(tmp_path / "f.xlsx")
    store = office()
    import_ledger(store, tmp_path / "f.xlsx", "visit")
    assert ask(store, "SELECT operation_text FROM visit") == [("=cmd|' /C calc'!A0",)]


def test_numbered_lines_without_anything_are_no_rows(office: Office, tmp_path: Path) -> None:
    path = samples.any_ledger(
        tmp_path / "v.xlsx",
        [
            ["序号", "企业名称", "走访日期"],
            [1, NAME, "2024-05-08"],
            [2, None, None],
            [3, None, None],
            [None, None, None],
        ],
    )
    report = import_ledger(office(), path, "visit")
    assert (report.rows_read, report.bad) == (1, 0)
