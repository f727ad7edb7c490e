"""Every paper as a PDF read back: all values are on it, nothing is cut off, pages are counted, headers repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from db import records, values
from db.errors import MachineError, Refused
from db.fields import Kind
from db.lists import ListQuery
from db.lookup import Directory
from db.models import OrgUnit
from db.registers import REGISTERS
from db.store import Store
from desktop.actions import printing
from desktop.printing import flow
from desktop.printing.blocks import CHOSEN, OPEN_BOX, Cell, Column, Document, Grid, Table, Text, Title
from desktop.printing.draw import picture, write_pdf
from desktop.printing.flow import lay_out
from tests.db import fixtures
from tests.db.fixtures import add
from tests.desktop.printing.conftest import ISSUE, VISIT, Written
from tests.desktop.printing.read_pdf import all_text, pages, squeezed

Names = Callable[[str, str], str]


def check_page_shape(pdf: Path, *, landscape: bool = False) -> int:
    """A4 this way round, every word inside the margins, “第 n 页 共 m 页” on each; returns how many pages."""
    found = pages(pdf)
    for number, page in enumerate(found, start=1):
        assert (round(page.width), round(page.height)) == ((842, 595) if landscape else (595, 842))
        for word in page.words:
            assert word.left >= 36 and word.right <= page.width - 36, word
            assert word.top >= 20 and word.bottom <= page.height - 15, word
        assert f"第{number}页共{len(found)}页" in page.text
    return len(found)


# ---------------------------------------------------------------- forms


def test_a_filled_form_holds_every_value(register: Store, visit: UUID, written: Written) -> None:
    pdf = written(printing.record_paper(register, "visit", visit))
    text = all_text(pdf)
    assert check_page_shape(pdf) <= 2
    with register.read() as session:
        lookup, record = Directory(session), records.get(session, REGISTERS["visit"], visit)
        assert record is not None
        for field in REGISTERS["visit"].fields:
            if field.computed or record[field.name] in (None, []):
                continue
            assert squeezed(field.label) in text, field.label
            for part in record[field.name] if field.kind is Kind.CHOICES else [record[field.name]]:
                shown = values.display(
                    replace(field, kind=Kind.CHOICE) if field.kind is Kind.CHOICES else field, part, lookup
                )
                assert squeezed(shown) in text, (field.name, shown)
    for told in (
        "编号：360103002-202405-001",
        "91360103MA0000015L",
        "13800001234",
        "企业走访记录表（练习）",
        "1,814.00万元",
    ):
        assert squeezed(told) in text
    for chosen in ("实地", "挂点领导走访", "向好", "ERP", "OA", "上云", "是", "已签字"):
        assert f"{CHOSEN}{chosen}" in text
    assert f"{OPEN_BOX}电话" in text and f"{OPEN_BOX}停产" in text


def test_a_blank_form_is_one_page_with_boxes_and_room(register: Store, visit: UUID, written: Written) -> None:
    pdf = written(printing.blank_paper(register, "visit"))
    text = all_text(pdf)
    assert check_page_shape(pdf) == 1
    assert CHOSEN not in text and f"{OPEN_BOX}实地" in text
    for field in REGISTERS["visit"].fields:
        if not field.computed and field.kind is not Kind.FILES:
            assert squeezed(field.label) in text
    assert "年月日" in text and "万元" in text and "签字" in text
    assert "江西云栈" not in text


def test_a_blank_form_for_a_known_firm_names_it(
    register: Store, visit: UUID, firms: dict[str, UUID], written: Written
) -> None:
    text = all_text(written(printing.blank_paper(register, "visit", firms["云栈"])))
    assert "江西云栈网络科技有限公司" in text and "91360103MA0000015L" in text and CHOSEN not in text


@pytest.mark.parametrize("register_key", sorted(REGISTERS))
def test_every_register_has_a_blank_form(register: Store, written: Written, register_key: str) -> None:
    pdf = written(printing.blank_paper(register, register_key))
    check_page_shape(pdf)
    text = all_text(pdf)
    for field in REGISTERS[register_key].fields:
        if not field.computed and field.kind is not Kind.FILES:
            assert squeezed(field.label) in text, field.label


def test_what_was_typed_but_not_understood_is_printed_as_typed(
    register: Store, visit: UUID, written: Written
) -> None:
    with register.write() as session:
        key = records.save(
            session, REGISTERS["visit"], {"visit_mode": "实地", "operation_text": "正常"}, fixtures.CLERK,
            unparsed={"visit_date": "五月初八"}, not_applicable=["revenue_ytd"],
        ).id  # fmt: skip
    text = all_text(written(printing.record_paper(register, "visit", key)))
    assert "五月初八" in text and "不适用" in text


def test_a_long_text_goes_on_over_pages_without_losing_a_character(
    register: Store, firms: dict[str, UUID], written: Written
) -> None:
    notes = {
        name: "".join(f"{place}号说明㛃，" for place in range(320))[:2000]
        for name in ("operation_text", "plan_text")
    }
    with register.write() as session:
        key = add(session, "visit", enterprise_id=firms["云栈"], **{**VISIT, **notes})
    document = printing.record_paper(register, "visit", key)
    assert check_page_shape(written(document)) >= 3
    laid = lay_out(document)
    values_column = laid.sheet.left + 250
    body = "".join(
        text
        for page in laid.pages
        for x, y, text, *_ in page.words
        if x > values_column and laid.sheet.top < y < laid.sheet.bottom
    )
    for note in notes.values():
        assert note in body, "not a character is lost or out of place"


def test_a_gone_record_is_refused(register: Store, visit: UUID) -> None:
    with register.write() as session:
        records.delete(session, REGISTERS["visit"], visit, fixtures.CLERK)
    with pytest.raises(Refused):
        printing.record_paper(register, "visit", visit)


# ---------------------------------------------------------------- problems


def test_a_slip_says_to_whom_what_until_when_and_leaves_the_answer_open(
    register: Store, issue: UUID, written: Written, names: Names
) -> None:
    pdf = written(printing.slip_paper(register, issue))
    text = all_text(pdf)
    assert check_page_shape(pdf) == 1
    for value in (*(v for k, v in ISSUE.items() if k in ("description", "owner", "owner_phone", "category")), "王磊",
                  "13800001234", "抚生路288号3栋", names("unit", fixtures.STREET), "2024年5月24日前", "2024-05-24",
                  f"{CHOSEN}紧急", f"{CHOSEN}部门协调", "360103002-W202405-001"):  # fmt: skip
        assert squeezed(value) in text, value
    for name in ("measure", "result", "result_text", "satisfaction", "closed_on"):
        assert squeezed(REGISTERS["issue"].field(name).label) in text
    assert f"{OPEN_BOX}已解决" in text and f"{OPEN_BOX}满意" in text and f"{CHOSEN}已解决" not in text
    assert "盖章" in text and "签收人签字" in text


def test_reminders_are_by_unit_and_say_how_late(
    register: Store, issue: UUID, written: Written, firms: dict[str, UUID]
) -> None:
    with register.write() as session:
        org = session.query(OrgUnit).filter(OrgUnit.kind == "bureau").first()
        assert org is not None
        late = {**ISSUE, "due_date": date(2024, 5, 12), "description": "融资需求 300 万元未对接。"}
        add(session, "issue", enterprise_id=firms["数澜"], org_code=org.code, **late)
        far = {**ISSUE, "due_date": date(2024, 8, 1), "description": "八月才到期的问题。"}
        add(session, "issue", enterprise_id=firms["数澜"], org_code=org.code, **far)
    pdf = written(printing.reminder_paper(register))
    text = all_text(pdf)
    check_page_shape(pdf, landscape=True)
    for value in ("已超期1件", "超期9天", "还剩3天", squeezed(org.name), "融资需求300万元未对接。", "南昌数澜软件有限公司",
                  "0791-86510023", "2024-05-10刘建国：已联系园区，核对空置房源。"):  # fmt: skip
        assert value in text, value
    assert "八月才到期" not in text
    handed = all_text(written(printing.reminder_paper(register, org=org.code)))
    assert "融资需求" in handed and squeezed(ISSUE["description"]) not in handed
    only_late = all_text(written(printing.reminder_paper(register, days=0)))
    assert "超期9天" in only_late and "还剩3天" not in only_late


def test_no_reminders_is_said(register: Store, visit: UUID, written: Written) -> None:
    assert "没有超期或临近到期的问题" in all_text(written(printing.reminder_paper(register)))


# ---------------------------------------------------------------- firms, lists, duties


def test_a_dossier_holds_facts_revenue_problems_and_dealings(
    register: Store, issue: UUID, firms: dict[str, UUID], written: Written
) -> None:
    pdf = written(printing.firm_paper(register, firms["云栈"], "2024-05"))
    text = all_text(pdf)
    check_page_shape(pdf)
    for value in ("江西云栈网络科技有限公司", "91360103MA0000015L", "信息处理和存储支持服务", "王磊", "138****1234",
                  "抚生路288号3栋", "1,814.00", "2024年5月", "未办结的问题（1件）", squeezed(ISSUE["description"]),
                  "2024-05-08", "往来记录"):  # fmt: skip
        assert value in text, value
    assert "13800001234" not in text, "a dossier is passed on: phones are masked"


def test_a_list_is_printed_as_shown(
    register: Store, visit: UUID, firms: dict[str, UUID], written: Written
) -> None:
    with register.write() as session:
        for day in range(1, 61):
            add(
                session,
                "visit",
                enterprise_id=firms["数澜"],
                **{**VISIT, "visit_date": date(2024, 3, 1) + timedelta(day % 28)},
            )
    columns = ("visit_date", "enterprise_id", "enterprise_uscc", "visitors", "revenue_ytd", "has_issue")
    query = ListQuery("visit", {"visit_mode": "实地"}, sort=("visit_date", False))
    pdf = written(printing.list_paper(register, query, columns, "走访清单", "2024 年，方式：实地"))
    count = check_page_shape(pdf, landscape=True)
    assert count == 3
    for page in pages(pdf):
        assert "走访日期" in page.text and "本年累计营业收入（万元）" in page.text, (
            "the header is on every page"
        )
    text = all_text(pdf)
    assert text.index("2024-03-01") < text.index("2024-05-08")
    assert "共61条" in text and f"{Decimal('1814.00') * 61:,}" in text, "the total line"
    assert text.count("南昌数澜软件有限公司") == 60 and "2024年，方式：实地" in text
    assert text.count(fixtures.CODES[1]) == 60


def test_a_list_without_rows_or_columns_says_so(register: Store, written: Written) -> None:
    assert "共0条" in all_text(written(printing.list_paper(register, ListQuery("visit"), ("visit_date",))))
    with pytest.raises(Refused):
        printing.list_paper(register, ListQuery("visit"), ())


def test_a_list_too_long_is_cut_and_says_so(
    register: Store, visit: UUID, firms: dict[str, UUID], written: Written
) -> None:
    with register.write() as session:
        for _ in range(5):
            add(session, "visit", enterprise_id=firms["数澜"], **VISIT)
    document = printing.list_paper(register, ListQuery("visit"), ("visit_date",), most=4)
    assert document.notes and "只排了前 4 条" in document.notes[0]
    assert "共6条，只印前4条" in all_text(written(document))


def test_the_duty_list_has_all_its_columns(register: Store, visit: UUID, written: Written) -> None:
    duty = {
        "year": "2024", "task": "推进企业上云", "content": "完成上云 120 家。", "org_code": fixtures.STREET, "leader": "陈某",
        "owner": "刘建国", "due_date": date(2024, 12, 31), "progress_pct": Decimal(35), "status": "正常推进",
        "progress_text": "已摸底 120 家。", "problem_text": "无", "next_text": "组织对接会。", "asof_ym": "2024-05",
    }  # fmt: skip
    with register.write() as session:
        add(session, "duty", **duty)
    pdf = written(printing.duty_paper(register))
    check_page_shape(pdf, landscape=True)
    text = all_text(pdf)
    for name in ("task", "content", "leader", "owner", "status", "progress_text", "next_text"):
        assert squeezed(str(duty[name])) in text and REGISTERS["duty"].field(name).label in text
    assert "2024-12-31" in text and "重点任务责任清单" in text


# ---------------------------------------------------------------- the engine


def paper(*blocks: object, **more: object) -> Document:
    return Document("试排", [Title("试排"), *blocks], **more)  # type: ignore[list-item, arg-type]


def test_rare_characters_and_long_words_stay_inside(written: Written) -> None:
    odd = "㛃𠮷😀" * 60 + "A" * 300
    rows = [[odd, "https://example.invalid/" + "x" * 200], ["𠮷", ""]]
    pdf = written(
        paper(
            Table([Column("一", 1), Column("二", 1)], rows),
            Text(odd),
            Grid((1, 1), [[Cell(odd), Cell("𠮷")]]),
        )
    )
    check_page_shape(pdf)
    assert all_text(pdf).count("㛃") == 180 and all_text(pdf).count("A") == 900


def test_lines_are_cut_by_characters_not_by_halves_of_them(context: object) -> None:
    kind = flow.Types().of(10.0)
    lines = kind.lines("𠮷㛃企业😀" * 40, kind.width("企" * 9))
    assert "".join(lines) == "𠮷㛃企业😀" * 40 and len(lines) > 10
    assert all(kind.width(line) <= kind.width("企" * 9) + 1 for line in lines)


def test_a_row_higher_than_a_page_is_cut_between_lines(written: Written) -> None:
    high = "\n".join(f"第{n}行" for n in range(300))
    pdf = written(paper(Grid((1, 4), [[Cell("标签", label=True), Cell(high)]])))
    assert check_page_shape(pdf) >= 4
    text = all_text(pdf)
    assert all(f"第{n}行" in text for n in range(300))
    assert sum("标签" in page.text for page in pages(pdf)) == len(pages(pdf)), (
        "the label stands on every page"
    )


def test_a_header_never_stands_alone(written: Written) -> None:
    filler = Text("\n".join(["字"] * 46))
    high = "\n".join(["行"] * 12)
    pdf = written(paper(filler, Table([Column("表头", 1)], [[high]])))
    for page in pages(pdf):
        assert ("表头" in page.text) == ("行" in page.text)


def test_ten_thousand_rows_take_seconds_and_can_be_stopped(written: Written) -> None:
    rows = [[f"企业{n}", "张敏（经发办）、李伟（社区）" * 2, "2024-05-08"] for n in range(10_000)]
    columns = [Column("企业", 20), Column("人员", 30), Column("日期", 15)]
    seen: list[tuple[int, int, str]] = []
    pages_ = lay_out(paper(Table(columns, rows), landscape=True), lambda *each: seen.append(each))
    assert pages_.count > 200 and seen[-1][0] == 9800 and seen[-1][1] == 10_000
    asked = iter([False, False, True, *[True] * 10])
    assert lay_out(paper(Table(columns, rows)), cancelled=lambda: next(asked)).count < 20


def test_a_picture_shows_what_the_page_says(visit: UUID, register: Store) -> None:
    laid = lay_out(printing.record_paper(register, "visit", visit))
    image = picture(laid, 0, 800)
    assert (image.width(), image.height()) == (800, 1131)
    dark = sum(
        image.pixelColor(x, y).lightness() < 100 for x in range(60, 740, 3) for y in range(60, 1070, 3)
    )
    assert dark > 1000
    edge = [image.pixelColor(x, y).lightness() for x in range(0, 60, 4) for y in range(0, 1131, 4)]
    assert min(edge) > 200, "nothing stands in the margin"


def test_a_pdf_is_written_whole_or_not_at_all(tmp_path: Path, visit: UUID, register: Store) -> None:
    laid = lay_out(printing.record_paper(register, "visit", visit))
    out = tmp_path / "表.pdf"
    assert write_pdf(laid, out, cancelled=lambda: True) is None
    assert list(tmp_path.glob("*pdf*")) == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(MachineError) as refused:
        write_pdf(laid, tmp_path / "file" / "表.pdf")
    assert refused.value.id == "pdf_failed"
