"""专项: from the definition to the clerk's rows, the sheet in the return, and the district's list; and back again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest

from db.errors import Refused
from db.lookup import Directory
from db.special import answers, rows
from db.special.definition import OPEN, ColumnDef, Definition
from db.store import Store
from desktop.actions import returns
from returns.receive import receive, stage, undo
from tests.returns.offices import (
    DISTRICT,
    MAY,
    OTHER,
    STREET,
    SUPERVISOR,
    TODAY,
    column_of,
    edit,
    hash_of,
    small_month,
)

COLUMNS = (
    ColumnDef("", "企业", "firm", required=True),
    ColumnDef("", "算力需求", "number", "万元", required=True),
    ColumnDef("", "方向", "choice", choices=("训练", "推理")),
    ColumnDef("", "签约日期", "date"),
    ColumnDef("", "已上云", "yes_no"),
    ColumnDef("", "说明"),
)
SENTENCE = "已与企业财务当面逐项对过账"


def give(definition: Definition, *stores: Store, state: str = OPEN) -> None:
    for store in stores:
        with store.write() as session:
            answers.keep(session, definition, SUPERVISOR, state=state, sender=DISTRICT)


def asked(**more: object) -> Definition:
    return answers.new_table("算力需求摸底", MAY, COLUMNS, due_on=date(2024, 5, 20), **more)


def enter(store: Store, definition: Definition, *cells: object) -> UUID:
    names = [each.name for each in definition.register.fields]
    with store.write() as session:
        values, unread = rows.read_texts(
            definition, dict(zip(names, cells, strict=False)), Directory(session)
        )
        return rows.save(session, definition, values, store.actor, unparsed=unread).id


def at(store: Store, definition: Definition, unit: str = STREET) -> list[dict[str, object]]:
    names = [each.name for each in definition.register.fields][1:]
    with store.read() as session:
        return [{name: row[name] for name in names} for row in rows.rows_of(session, definition, unit)]


def hand_in(store: Store, folder: Path) -> Path:
    for finding in returns.check(store, MAY, today=TODAY).open:
        returns.explain(store, MAY, finding, SENTENCE)
    return Path(returns.submit_return(store, MAY, folder, today=TODAY).out)


def told(store: Store) -> list[str]:
    return [
        each.message for each in returns.check(store, MAY, today=TODAY).findings if "专项" in each.message
    ]


def test_the_check_blocks_until_the_table_is_answered(street: Store, tmp_path: Path) -> None:
    table = asked()
    give(table, street)
    month = small_month(street)
    assert told(street) == ["专项“算力需求摸底”还没有填；没有内容的请选“零报”。"]
    with pytest.raises(Refused):
        hand_in(street, tmp_path)
    key = enter(street, table, month.firm.hex, "很多", "训练", "2024.5.6", "√", "先租后建")
    assert told(street) == ["专项“算力需求摸底”第 1 行“企业”填的“" + month.firm.hex + "”看不懂，请改正。",
                            "专项“算力需求摸底”第 1 行“算力需求”填的“很多”看不懂，请改正。"]  # fmt: skip
    with street.write() as session:
        values, unread = rows.read_texts(
            table,
            {"enterprise_id": "江西云栈网络科技有限公司", table.columns[1].key: "1.5亿元"},
            Directory(session),
        )
        rows.save(session, table, values, street.actor, id=key, unparsed=unread)
    assert told(street) == []
    assert at(street, table) == [
        {"c1": Decimal("15000.0000"), "c2": "训练", "c3": date(2024, 5, 6), "c4": True, "c5": "先租后建"}
    ]


def test_a_table_that_may_be_left_open_only_warns(street: Store) -> None:
    give(asked(optional=True), street)
    small_month(street)
    assert [
        each.severity.value
        for each in returns.check(street, MAY, today=TODAY).findings
        if "专项" in each.message
    ] == ["warning"]


def test_from_the_clerks_rows_to_the_districts_list_and_back(
    street: Store, district: Store, tmp_path: Path
) -> None:
    table = asked()
    give(table, street, district)
    small_month(street)
    enter(street, table, "江西云栈网络科技有限公司", "320", "推理", "2024-05-06", "是", "=1+1")
    enter(street, table, "江西云栈网络科技有限公司", "12.5", "训练", "", "否", "")
    out = hand_in(street, tmp_path)
    assert openpyxl.load_workbook(out)["算力需求摸底"].max_row >= 5
    before = hash_of(district)
    (report,) = receive(district, [out], SUPERVISOR, today=TODAY)
    assert (report.outcome, report.bad) == ("accepted", 0)
    assert at(district, table) == at(street, table)
    with district.read() as session:
        standing = answers.standing(session, table.key)
        (mine,) = [each for each in standing.units if each.unit == STREET]
        assert (standing.answered, mine.word, mine.revision) == (1, "2 行", 1)
        assert [each["enterprise_id"] is not None for each in rows.rows_of(session, table)] == [True, True]
    assert report.batch is not None
    undo(district, UUID(report.batch), SUPERVISOR)
    assert hash_of(district) == before


def test_zero_is_an_answer(street: Store, district: Store, tmp_path: Path) -> None:
    table = asked()
    give(table, street, district)
    small_month(street)
    with street.write() as session:
        answers.set_zero(session, table, STREET, True, street.actor)
    (report,) = receive(district, [hand_in(street, tmp_path)], SUPERVISOR, today=TODAY)
    assert report.outcome == "accepted"
    with district.read() as session:
        assert [each.word for each in answers.standing(session, table.key).units if each.answered] == ["零报"]


def test_rows_and_zero_exclude_each_other(street: Store) -> None:
    table = asked()
    give(table, street)
    enter(street, table, "", "1")
    with street.write() as session, pytest.raises(Refused, match="不能零报"):
        answers.set_zero(session, table, STREET, True, street.actor)


def test_what_was_handed_in_is_locked_until_the_month_is_reopened_and_the_correction_names_the_cell(
    street: Store, district: Store, tmp_path: Path
) -> None:
    table = asked()
    give(table, street, district)
    small_month(street)
    key = enter(street, table, "江西云栈网络科技有限公司", "320", "推理")
    gone = enter(street, table, "江西云栈网络科技有限公司", "5", "推理")
    receive(district, [hand_in(street, tmp_path)], SUPERVISOR, today=TODAY)
    with street.write() as session, pytest.raises(Refused, match="已随2024 年 5 月回报上报"):
        rows.save(session, table, {"c1": Decimal(1)}, street.actor, id=key)
    returns.reopen_month(street, MAY, "算力需求填错")
    with street.write() as session:
        rows.save(session, table, {"c1": Decimal(330)}, street.actor, id=key)
        rows.delete(session, table, gone, street.actor)
    second = hand_in(street, tmp_path)
    (staged,) = stage(district, [second], SUPERVISOR, today=TODAY)
    assert staged.batch is not None
    changed = [each for each in returns.batch_rows(district, staged.batch) if each.register == table.name]
    assert [(each.action, [(c["label"], c["old"], c["new"]) for c in each.changes]) for each in changed] == [
        ("update", [("算力需求", "320", "330")]),
        ("gone", []),
    ]
    returns.apply_batch(district, staged.batch)
    assert [each["c1"] for each in at(district, table)] == [Decimal(330), Decimal(5)]  # gone always asks


def test_a_cell_edited_in_the_file_is_named(street: Store, district: Store, tmp_path: Path) -> None:
    table = asked()
    give(table, street, district)
    small_month(street)
    enter(street, table, "江西云栈网络科技有限公司", "320", "推理")
    out = hand_in(street, tmp_path)

    def work(book: openpyxl.Workbook) -> None:
        sheet = book["算力需求摸底"]
        sheet.cell(4, column_of(sheet, "算力需求（万元）")).value = "三百多"

    edit(out, work)
    (staged,) = stage(district, [out], SUPERVISOR, today=TODAY)
    messages = [each.message for each in staged.report.findings if each.sheet == "算力需求摸底"]
    assert any("“算力需求”：“三百多”" in each for each in messages)
    assert any("“算力需求”在导出后被改动" in each for each in messages)


def test_what_is_sent_back_has_the_cell_of_the_table_marked(
    street: Store, district: Store, tmp_path: Path
) -> None:
    table = asked()
    give(table, street, district)
    small_month(street)
    enter(street, table, "江西云栈网络科技有限公司", "320", "推理")
    out = hand_in(street, tmp_path)

    def work(book: openpyxl.Workbook) -> None:
        sheet = book["算力需求摸底"]
        sheet.cell(4, column_of(sheet, "算力需求（万元）")).value = "三百多"

    edit(out, work)
    (staged,) = stage(district, [out], SUPERVISOR, today=TODAY)
    assert staged.batch is not None
    back = returns.send_back(district, staged.batch, "算力需求要填确定的数", tmp_path / "退回.xlsx")
    sheet = openpyxl.load_workbook(back)["算力需求摸底"]
    comment = sheet.cell(4, column_of(sheet, "算力需求（万元）")).comment
    assert comment is not None and "三百多" in comment.text


def test_a_return_without_the_table_says_so(street: Store, district: Store, tmp_path: Path) -> None:
    give(asked(), district)
    small_month(street)
    (staged,) = stage(district, [hand_in(street, tmp_path)], SUPERVISOR, today=TODAY)
    assert any("没有专项“算力需求摸底”" in each for each in staged.report.warnings)


def test_a_table_nobody_here_sent_is_named_and_left(street: Store, district: Store, tmp_path: Path) -> None:
    table = asked()
    give(table, street)
    small_month(street)
    enter(street, table, "江西云栈网络科技有限公司", "320", "推理")
    (staged,) = stage(district, [hand_in(street, tmp_path)], SUPERVISOR, today=TODAY)
    assert "回报里的专项“算力需求摸底”不是本机下发的，没有读入。" in staged.report.warnings


def test_the_template_for_an_office_without_the_program_has_the_table(
    district: Store, tmp_path: Path
) -> None:
    table = asked()
    give(table, district)
    out = tmp_path / "模板.xlsx"
    returns.make_template(district, OTHER, MAY, out)

    def work(book: openpyxl.Workbook) -> None:
        sheet = book["算力需求摸底"]
        for header, value in (
            ("企业名称", "南昌数澜软件有限公司"),
            ("算力需求（万元）", 88),
            ("方向", "训练"),
        ):
            sheet.cell(4, column_of(sheet, header)).value = value

    edit(out, work)
    (staged,) = stage(district, [out], SUPERVISOR, today=TODAY)
    assert staged.batch is not None, staged.report.findings
    (row,) = [each for each in returns.batch_rows(district, staged.batch) if each.register == table.name]
    assert row.action == "new"
    returns.apply_batch(district, staged.batch)
    with district.read() as session:
        (stored,) = rows.rows_of(session, table, OTHER)
    assert (stored["c1"], stored["unparsed"]) == (Decimal(88), {"enterprise_id": "南昌数澜软件有限公司"})


def test_a_table_that_came_after_the_month_was_handed_in_goes_with_the_next_return(
    street: Store, tmp_path: Path
) -> None:
    small_month(street)
    hand_in(street, tmp_path)
    table = asked()
    give(table, street)
    with street.read() as session:
        june = [each.key for each in answers.tables_of_month(session, STREET, "2024-06")]
        april = answers.tables_of_month(session, STREET, "2024-04")
    assert (june, april) == ([table.key], [])
    enter(
        street, table, "江西云栈网络科技有限公司", "320"
    )  # its month is locked, the table is not: it was not in it
    returns.reopen_month(street, MAY, "补报专项")
    out = hand_in(street, tmp_path)
    assert "算力需求摸底" in openpyxl.load_workbook(out).sheetnames
    with street.read() as session:
        assert answers.tables_of_month(session, STREET, "2024-06") == []


def test_a_damaged_row_is_found(street: Store) -> None:
    from desktop.actions.backup import verify_register

    table = asked()
    give(table, street)
    enter(street, table, "", "320")
    assert verify_register(street).ok
    with street.engine.begin() as connection:
        connection.exec_driver_sql("""UPDATE special_row SET "values" = '{"c1":"321.0000"}'""")
    report = verify_register(street)
    assert [each.what for each in report.damaged] == ["内容与保存时不一致"]


@pytest.mark.parametrize(
    ("columns", "title", "said"),
    [
        ((), "表", "没有任何栏目"),
        ((ColumnDef("", "甲"), ColumnDef("", "甲")), "表", "两栏都叫"),
        ((ColumnDef("", "甲", "choice", choices=("一",)),), "表", "没有写出选项"),
        ((ColumnDef("", "甲", "firm"), ColumnDef("", "乙", "firm")), "表", "只能有一栏"),
        ((ColumnDef("", "甲"),), "走访记录", "已经是一张表"),
        ((ColumnDef("", "甲"),), "表[1]", "不能用作工作表名"),
        ((ColumnDef("", "甲"),), " ", "没有名称"),
    ],
)
def test_a_definition_that_does_not_hang_together_is_refused(
    columns: tuple[ColumnDef, ...], title: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        answers.new_table(title, MAY, columns)
