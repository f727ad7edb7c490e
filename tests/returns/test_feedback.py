"""反馈: what a unit is told of its month, case by case, and the workbook it is told in."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from db import restating, settings
from db.coverage import coverage, year_coverage
from db.errors import Refused, UsageError
from db.figures import figures_of
from db.registers import REGISTERS
from db.rollup import rollup
from db.store import Store
from desktop.actions.feedback import Written, write_feedback
from returns import receive
from returns.feedback import Feedback, gather
from tests.returns.offices import CLOUD, MAY, OTHER, STREET, SUPERVISOR, TODAY, VISIT, change, edit, save
from tests.returns.receiving import Offices, only, put


def told(store: Store, unit: str = STREET, today: date = TODAY) -> Feedback:
    with store.read() as session:
        month = rollup(session, MAY)
        (state,) = [each for each in coverage(session, MAY, today).all if each.code == unit]
        return gather(session, month, year_coverage(session, 2024, today), figures_of(month), state, today)


def text_of(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    )


def test_an_accepted_return(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    found = told(offices.district)
    assert [(each.revision, each.state, each.why) for each in found.files] == [(1, "已接收", "")]
    by_sheet = {
        each.sheet: (each.rows, each.new, each.changed, each.same, each.left) for each in found.sheets
    }
    assert by_sheet[REGISTERS["visit"].title] == (1, 1, 0, 0, 0)
    assert found.refused == found.later == found.corrections == ()
    figures = {each.name: (each.own, each.whole, each.published) for each in found.figures}
    assert figures["走访次数"] == (1, 1, None)
    assert [(each.firm, each.role) for each in found.issues] == [("江西云栈网络科技有限公司", "登记单位")]
    assert any(each.startswith("下一期：2024 年 6 月") for each in found.next)


def test_a_correction_is_told_cell_by_cell_with_its_explanation(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    change(offices.street, "visit", offices.month.visit, operation_trend="下滑")
    offices.receive(offices.send("b.xlsx", revision=2, correction_reason="走访情况写错"))
    found = told(offices.district)
    assert [(each.revision, each.state, each.why) for each in found.files] == [
        (1, "已接收", ""), (2, "已接收", "更正说明：走访情况写错"),
    ]  # fmt: skip
    (line,) = found.corrections
    assert (line.column, line.old, line.new, line.why) == ("经营状态评价", "向好", "下滑", "第 2 版回报")
    assert found.later == (), "the unit's own correction is none of the district's"
    visits = only([each for each in found.sheets if each.sheet == REGISTERS["visit"].title])
    assert (visits.rows, visits.changed) == (1, 1)


def test_what_the_district_changed_afterwards_is_told_with_who_and_when(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    change(offices.district, "issue", offices.month.issue, description="流动资金紧张，已协调财园信贷通。")
    found = told(offices.district)
    (line,) = [each for each in found.later if each.sheet == REGISTERS["issue"].title]
    assert (line.old, line.new) == (
        "流动资金紧张，希望协调财园信贷通贷款 320 万元。", "流动资金紧张，已协调财园信贷通。",
    )  # fmt: skip
    assert "刘科长修改" in line.why and "江西云栈" in line.label


def test_what_was_found_in_the_file_is_told_once(offices: Offices) -> None:
    path = offices.send("a.xlsx")
    edit(path, lambda book: put(book["走访记录"], "走访日期", "不记得"))
    staged = only(offices.stage(path))
    receive.apply(offices.district, staged.batch, SUPERVISOR, today=TODAY)
    found = told(offices.district)
    errors = [each for each in found.remarks if each.new == "错误"]
    assert [(each.sheet, each.row, each.column) for each in errors] == [("走访记录", 4, "走访日期")]
    assert "“不记得”" in errors[0].why and found.remarks[0] is errors[0]


def test_a_row_without_a_firm_is_not_taken_and_says_why(offices: Offices) -> None:
    path = offices.send("a.xlsx")

    def work(book: Any) -> None:
        for header in ("企业名称", "统一社会信用代码"):
            put(book["走访记录"], header, None)

    edit(path, work)
    staged = only(offices.stage(path))
    receive.apply(offices.district, staged.batch, SUPERVISOR, today=TODAY)
    found = told(offices.district)
    assert staged.counts.get("bad") == 1
    (line,) = [each for each in found.refused if each.sheet == REGISTERS["visit"].title]
    assert line.row == 4 and line.why
    assert any("没有采用" in each for each in found.next)


def test_a_refused_new_row_is_told(offices: Offices) -> None:
    staged = only(offices.stage(offices.send("a.xlsx")))
    rows = offices.staged(staged.batch)
    accepted = {row.seq for row in rows if row.register != "issue"}
    receive.apply(offices.district, staged.batch, SUPERVISOR, accept=accepted, today=TODAY)
    found = told(offices.district)
    (line,) = found.refused
    assert (line.sheet, line.why) == (REGISTERS["issue"].title, "审核时没有选用。") and line.row is not None
    assert any("有 1 处没有采用" in each for each in found.next)


@pytest.mark.parametrize("choice", ["incoming", "present"])
def test_a_conflict_is_told_to_the_side_that_lost(offices: Offices, choice: Any) -> None:
    offices.receive(offices.send("a.xlsx"))
    change(offices.district, "visit", offices.month.visit, operation_trend="平稳")
    change(offices.street, "visit", offices.month.visit, operation_trend="下滑")
    staged = only(offices.stage(offices.send("b.xlsx", revision=2, correction_reason="更正")))
    conflict = only([row for row in offices.staged(staged.batch) if row.action == "conflict"])
    receive.apply(offices.district, staged.batch, SUPERVISOR, choices={conflict.seq: choice}, today=TODAY)
    found = told(offices.district)
    lost = [each for each in found.refused if each.column == "经营状态评价"]
    won = [each for each in found.corrections if each.column == "经营状态评价"]
    if choice == "present":
        assert [(each.old, each.new) for each in lost] == [("下滑", "平稳")] and not won
        assert "冲突" in lost[0].why
    else:
        assert [(each.old, each.new) for each in won] == [("平稳", "下滑")] and not lost


def test_sent_back_says_the_reason_and_what_to_do(offices: Offices) -> None:
    staged = only(offices.stage(offices.send("a.xlsx")))
    receive.send_back(
        offices.district, staged.batch, "走访日期不实", offices.folder / "back.xlsx", SUPERVISOR
    )
    found = told(offices.district)
    assert [(each.state, each.why) for each in found.files] == [("已退回", "走访日期不实")]
    assert found.sheets == () and any("第 1 版已退回" in each and "第 2 版" in each for each in found.next)


def test_services_that_do_not_count_say_which_one_does(offices: Offices) -> None:
    save(
        offices.street, "cloud", **{**CLOUD, "verify_status": "已核实", "product": "云桌面", "cloud_on": date(2024, 5, 6)},
        enterprise_id=offices.month.firm,
    )  # fmt: skip
    change(offices.street, "cloud", offices.month.cloud, verify_status="已核实")
    offices.receive(offices.send("a.xlsx"))
    (line,) = [each for each in told(offices.district).uncounted if each.sheet == REGISTERS["cloud"].title]
    assert "重复服务" in line.why and "已按" in line.why and "2024-05-06" in line.why


def test_a_visit_that_is_not_assessed_is_told(offices: Offices) -> None:
    save(
        offices.street, "visit", **{**VISIT, "visit_mode": "电话", "visit_date": date(2024, 5, 10)},
        enterprise_id=offices.month.firm,
    )  # fmt: skip
    offices.receive(offices.send("a.xlsx"))
    (line,) = [each for each in told(offices.district).uncounted if each.sheet == REGISTERS["visit"].title]
    assert "走访方式为“电话”" in line.why


def test_a_restated_month_names_the_publication(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    with offices.district.write() as session:
        restating.close_month(session, MAY, SUPERVISOR)
    save(
        offices.street,
        "visit",
        **{**VISIT, "visit_date": date(2024, 5, 15)},
        enterprise_id=offices.month.firm,
    )
    staged = only(offices.stage(offices.send("b.xlsx", revision=2, correction_reason="漏报")))
    receive.apply(offices.district, staged.batch, SUPERVISOR, restate="经核实漏报一次", today=TODAY)
    found = told(offices.district)
    assert found.files[-1].why == "接收重述（公布第 2 号），理由：经核实漏报一次"
    figures = {each.name: (each.own, each.published) for each in found.figures}
    assert figures["走访次数"] == (2, "2")


def test_every_unit_gets_a_file_and_one_with_nothing_says_so(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    steps: list[tuple[int, int, str]] = []
    made = write_feedback(
        offices.district, MAY, offices.folder / "反馈", progress=lambda *step: steps.append(step)
    )
    with offices.district.read() as session:
        expected = {each.code for each in coverage(session, MAY, settings.today(session)).all}
    assert made.complete and {each.unit for each in made.files} == expected
    assert steps[-1][:2] == (len(expected), len(expected))
    by_unit = {each.unit: Path(each.out) for each in made.files}
    nothing = text_of(by_unit[OTHER])
    assert "没有收到回报" in nothing and "这个月没有收到你单位的文件" in nothing and "补报" in nothing
    own = text_of(by_unit[STREET])
    assert "走访次数" in own and "江西云栈网络科技有限公司" in own and "已接收" in own
    book = openpyxl.load_workbook(by_unit[STREET])
    assert all(sheet.page_setup.paperSize == 9 for sheet in book)
    assert [each for each in book.sheetnames if each != "明细"] == ["反馈", "汇总中的数", "问题"]
    assert openpyxl.load_workbook(by_unit[OTHER]).sheetnames == ["反馈"], "no sheet without a row"


def test_writing_can_be_cancelled_between_units(offices: Offices) -> None:
    seen: list[int] = []

    def cancelled() -> bool:
        seen.append(1)
        return len(seen) > 2

    made = write_feedback(offices.district, MAY, offices.folder / "反馈", cancelled=cancelled)
    assert not made.complete and len(made.files) == 2 and "其余的没有写" in made.words


def test_only_the_district_writes_feedback_and_only_to_known_units(offices: Offices) -> None:
    with pytest.raises(Refused) as refused:
        write_feedback(offices.street, MAY, offices.folder)
    assert refused.value.id == "not_supervisor"
    with pytest.raises(UsageError) as wrong:
        write_feedback(offices.district, MAY, offices.folder, units=["nobody"])
    assert wrong.value.id == "no_unit"
    made: Written = write_feedback(offices.district, MAY, offices.folder / "x", units=[OTHER])
    assert [each.unit for each in made.files] == [OTHER]
