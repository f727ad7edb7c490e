"""Headers to fields, and where a header is found in a sheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.errors import UsageError
from db.lookup import Directory
from db.registers import REGISTERS
from db.store import Store
from returns.ledger import LedgerTable, import_ledger, read
from returns.ledger.headers import Span, take_apart
from returns.ledger.vocabulary import words
from tests.returns.ledger import samples

Office = Callable[..., Store]
NAME, CODE = samples.firm(1)


def table(store: Store, path: Path, register: str = "visit", **more: Any) -> LedgerTable:
    with store.read() as session:
        return read(path, register, lookup=Directory(session), **more)


def fields(found: LedgerTable) -> dict[str, str | None]:
    return {
        column.title: f"{column.target.register}.{column.target.field}" if column.target else None
        for column in found.columns
    }


@pytest.mark.parametrize(
    ("raw", "base", "unit", "span"),
    [
        ("上年营收\n(万元)", "上年营收", "万元", None),
        ("合同金额（元／年）", "合同金额", "元/年", None),
        ("营业收入（单位：亿元）", "营业收入", "亿元", None),
        ("营业收入，万元", "营业收入", "万元", None),
        ("* 企业名称（全称）：", "企业名称", "", None),
        ("2023年", "", "", Span(2023)),
        ("2024年1—5月营业收入（亿元）", "营业收入", "亿元", Span(2024, 5)),
        ("1-5月营收", "营收", "", Span(None, 5)),
        ("截至2024年5月底营收", "营收", "", Span(2024, 5)),
        ("从业人员（人）", "从业人员", "人", None),
    ],
)
def test_a_header_taken_apart(raw: str, base: str, unit: str, span: Span | None) -> None:
    found = take_apart(raw)
    assert (found.base, found.unit, found.span) == (base, unit, span)


@pytest.mark.parametrize("register", list(REGISTERS))
def test_every_label_and_alias_of_a_register_is_recognised_as_its_own(register: str) -> None:
    known = words(register)
    for field in REGISTERS[register].fields:
        if field.computed or field.source in ("enterprise", "visit"):
            continue
        assert known[take_apart(field.label).full].target.field == field.name, field.label
        for alias in field.aliases:
            assert take_apart(alias).full in known, alias


def test_a_table_that_starts_anywhere_with_a_repeated_header(office: Office, tmp_path: Path) -> None:
    pad: list[Any] = [None, None, None]
    header = [*pad, "走访日期", "企业名称", "走访方式"]
    lines = [
        [],
        [*pad, "二季度台账"],
        [],
        [],
        [],
        [],
        [],
        header,
        [*pad, "2024-05-08", NAME, "上门"],
        header,
        [*pad, "2024-05-09", NAME, "电话"],
    ]
    found = table(office(), samples.any_ledger(tmp_path / "d8.xlsx", lines))
    assert (found.header_rows, [column.letter for column in found.columns], len(found.rows)) == (
        (8, 8),
        ["D", "E", "F"],
        2,
    )


def test_the_sheet_with_the_table_is_found_and_the_others_are_told(office: Office, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    first: Any = book.active
    first.title = "说明"
    first.append(["请按企业名称、走访日期填写"])
    for name in ("5月", "4月"):
        sheet: Any = book.create_sheet(name)
        sheet.append(["企业名称", "走访日期", "走访方式"])
        sheet.append([NAME, "2024-05-08", "上门"])
    book["5月"].append([samples.firm(2)[0], "2024-05-09", "上门"])
    book.save(tmp_path / "s.xlsx")
    store = office()
    found = table(store, tmp_path / "s.xlsx")
    assert (found.sheet, len(found.rows)) == ("5月", 2)
    assert any("“4月”里也有类似的表" in warning for warning in found.warnings)
    assert any("说明" in warning for warning in found.warnings)
    assert len(table(store, tmp_path / "s.xlsx", sheet="4月").rows) == 1
    with pytest.raises(UsageError, match="没有工作表“6月”"):
        table(store, tmp_path / "s.xlsx", sheet="6月")


def test_groups_over_unmerged_cells_and_years_by_the_column_beside(office: Office, tmp_path: Path) -> None:
    lines = [
        ["企业名称", "营业收入（万元）", None, "税收（万元）"],
        [None, "2023年", "2024年1-4月", "2023年"],
        [NAME, 10, 20, 3],
    ]
    found = table(office("qtjj"), samples.any_ledger(tmp_path / "n.xlsx", lines), "nurture")
    assert fields(found) == {
        "企业名称": "enterprise.name",
        "营业收入(万元)·2023年"
        if "营业收入(万元)·2023年" in fields(found)
        else "营业收入（万元）·2023年": "enterprise.revenue_ly",
        "营业收入（万元）·2024年1-4月": "nurture.revenue_ytd",
        "税收（万元）·2023年": "enterprise.tax_ly",
    }
    assert found.rows[0].get("nurture", "asof_ym") == "2024-04"


def test_a_year_that_is_neither_this_nor_the_last_is_not_taken(office: Office, tmp_path: Path) -> None:
    lines = [["企业名称", "2021年营业收入", "2024年1-5月营业收入", "责任人"], [NAME, 1, 2, "李伟"]]
    found = table(office("qtjj"), samples.any_ledger(tmp_path / "n.xlsx", lines), "nurture")
    assert fields(found)["2021年营业收入"] is None
    assert found.rows[0].other == {"2021年营业收入": "1"}


def test_likeness_is_taken_with_a_warning_but_never_across_opposites(office: Office, tmp_path: Path) -> None:
    lines = [
        ["企业名称", "走访日期", "生产经营的情况", "上年同期营业收入", "到访日期"],
        [NAME, "2024-05-08", "订单增加", 7, "x"],
    ]
    found = table(office(), samples.any_ledger(tmp_path / "v.xlsx", lines))
    assert fields(found)["生产经营的情况"] == "visit.operation_text"
    assert any("生产经营的情况" in warning and "请核对" in warning for warning in found.warnings)
    assert fields(found)["上年同期营业收入"] is None
    assert any("上年同期营业收入" in warning and "没有认出" in warning for warning in found.warnings)


def test_two_columns_for_one_field_are_told(office: Office, tmp_path: Path) -> None:
    lines = [["企业名称", "时间", "走访日期"], [NAME, "2024-05-01", "2024-05-08"]]
    found = table(office(), samples.any_ledger(tmp_path / "v.xlsx", lines))
    assert str(found.rows[0].get("visit", "visit_date")) == "2024-05-08"
    assert any("重复" in warning and "时间" in warning for warning in found.warnings)


def test_a_map_goes_before_everything(office: Office, tmp_path: Path) -> None:
    lines = [
        ["甲", "乙", "企业名称", "走访日期", "备注"],
        ["2024-05-08", "订单增加", NAME, "2024-05-01", "张华"],
    ]
    path = samples.any_ledger(tmp_path / "v.xlsx", lines)
    store = office()
    found = table(
        store,
        path,
        mapping={"甲": "visit_date", "B": "生产经营情况", "走访日期": None, "备注": "issue.owner"},
    )
    row = found.rows[0]
    assert str(row.get("visit", "visit_date")) == "2024-05-08"
    assert row.get("visit", "operation_text") == "订单增加"
    assert row.other["走访日期"] == "2024-05-01"
    for wrong, words_ in (
        ({"丙": "visit_date"}, "没有“丙”这一列"),
        ({"甲": "nonsense"}, "不是走访的字段"),
        ({"甲": "visit_no"}, "不是走访的字段"),
    ):
        with pytest.raises(UsageError, match=words_):
            table(store, path, mapping=wrong)


def test_no_table_no_import(office: Office, tmp_path: Path) -> None:
    path = samples.any_ledger(tmp_path / "x.xlsx", [["姓名", "分数"], ["张三", 5]])
    report = import_ledger(office(), path, "visit")
    assert (report.outcome, [finding.id for finding in report.findings], report.batch) == (
        "rejected",
        ["no_header"],
        None,
    )


def test_merged_cells_reach_down(office: Office, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    for line in (
        ["企业名称", "走访日期", "存在问题"],
        [NAME, "2024-05-08", "招工难"],
        [None, None, "停车位不足"],
        [samples.firm(2)[0], "2024-05-09", None],
    ):
        sheet.append(line)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    book.save(tmp_path / "m.xlsx")
    store = office()
    report = import_ledger(store, tmp_path / "m.xlsx", "visit")
    with store.read() as session:
        visits, issues = (session.query(REGISTERS[key].model).count() for key in ("visit", "issue"))
    # One visit of a firm with two problems, as the merged cells say.
    assert (visits, issues, report.bad) == (2, 2, 0)


@pytest.mark.parametrize(
    ("register", "make", "id", "hint"),
    [
        ("visit", samples.customer_list, "no_date_column", "--register cloud"),
        ("nurture", samples.customer_list, "not_this_ledger", "--register cloud"),
        ("cloud", samples.visit_ledger, "no_date_column", "--register visit"),
        ("visit", samples.candidate_list, "no_date_column", ""),
    ],
)
def test_the_wrong_kind_of_ledger_is_not_forced_in(
    office: Office, tmp_path: Path, register: str, make: Callable[[Path], Any], id: str, hint: str
) -> None:
    make(tmp_path / "a.xlsx")
    report = import_ledger(office(), tmp_path / "a.xlsx", register)
    assert (report.outcome, [finding.id for finding in report.findings]) == ("rejected", [id])
    assert hint in report.findings[0].message


def test_a_doubtful_kind_is_taken_with_a_warning(office: Office, tmp_path: Path) -> None:
    samples.visit_ledger(tmp_path / "v.xlsx")
    report = import_ledger(office(), tmp_path / "v.xlsx", "nurture", dry_run=True)
    assert report.outcome == "accepted"
    assert any("更像走访台账" in warning for warning in report.warnings)
