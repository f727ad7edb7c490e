"""What becomes of pasted rows: understood, checked, and either fit to be stored or told what to mend."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from db.models import ReturnFile
from db.store import Store
from db.types import new_key, now
from returns.paste.columns import FIRM
from returns.paste.verdict import Checked, RowCheck, State
from tests.db.fixtures import CODES, STREET, add
from tests.returns.paste.conftest import Look

HEAD = "企业名称\t信用代码\t走访时间\t走访方式\t走访类型\t走访人员\t企业参加人\t生产经营情况\t经营评价\t数字化阶段\t今年累计营收（元）\t是否上云\t升规潜力\t是否有问题\n"
TEXT = "订单饱满，产能利用率八成，较上月略有增长，用工稳定"


def line(name: str = "江西云栈网络科技有限公司", day: str = "2024-05-08", code: str = "", **more: str) -> str:
    cells = {
        "mode": "实地", "type": "千名干部访千企", "who": "张敏", "met": "王磊 经理", "text": TEXT, "trend": "平稳",
        "stage": "部分环节", "revenue": "", "cloud": "拟上云", "potential": "无", "issue": "否",
    } | more  # fmt: skip
    return "\t".join([name, code, day, *cells.values()]) + "\n"


def told(row: RowCheck) -> str:
    return "".join(f"[{each.id} {each.field}] {each.message}" for each in row.findings)


def only(checked: Checked) -> RowCheck:
    assert len(checked.rows) == 1
    return checked.rows[0]


def test_a_good_row(look: Look) -> None:
    block, checked = look("visit", HEAD + line(revenue="12,345.6", text=f"{TEXT}𠮷㛃🎉"))
    row = only(checked)
    assert row.state is State.GOOD, told(row)
    assert row.values["revenue_ytd"] == Decimal("1.23") and row.values["has_issue"] is False
    assert row.values["operation_text"].endswith("𠮷㛃🎉") and row.values["visit_date"] == date(2024, 5, 8)
    assert [each.id for each in row.findings] == ["IMP-005"]  # that it was rounded to 0.01 万元 is said
    assert block.header and [column.slot for column in block.columns][:3] == [
        FIRM,
        "enterprise_id.code",
        "visit_date",
    ]


@pytest.mark.parametrize(
    "day", ["2024-05-08", "2024/5/8", "2024.5.8", "2024年5月8日", "20240508", "45420", "5月8日", "5.8"]
)
def test_dates_as_people_write_them(look: Look, day: str) -> None:
    from db.periods import Period

    row = only(look("visit", HEAD + line(day=day), working=Period("2024-05"))[1])
    assert row.state is State.GOOD and row.values["visit_date"] == date(2024, 5, 8), told(row)


@pytest.mark.parametrize(
    ("header", "cell", "value"),
    [
        ("万元", "1,200.5", "1200.5"),
        ("亿元", "0.35", "3500"),
        ("元", "12000", "1.2"),
        ("", "35万", "35"),
        ("元", "0.35亿元", "3500"),
    ],
)
def test_units_of_the_header_and_of_the_cell(look: Look, header: str, cell: str, value: str) -> None:
    head = HEAD.replace("（元）", f"（{header}）" if header else "")
    row = only(look("visit", head + line(revenue=cell))[1])
    assert row.values["revenue_ytd"] == Decimal(value), told(row)


@pytest.mark.parametrize(
    ("name", "code", "id"),
    [
        ("江西云栈网络科技有限公司", "", ""),
        ("", CODES[0], ""),
        (CODES[0], "", ""),
        ("云栈信息技术有限公司", "", "PST-002"),
        ("(南昌)元栖文化创意有限公司", "", ""),
        ("（南昌） 元栖文化创意有限公司", "", ""),
        ("云栈", CODES[0], "IMP-008"),
        ("同名商行", CODES[3], ""),
    ],
)
def test_a_firm_by_code_name_or_former_name(look: Look, name: str, code: str, id: str) -> None:
    row = only(look("visit", HEAD + line(name, code=code))[1])
    assert row.state is not State.BAD and row.values[FIRM] is not None, told(row)
    assert [each.id for each in row.findings] == ([id] if id else [])


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("", "", "“企业”为必填项"),
        ("江西云栈网络科技有限公司", CODES[1][:-1] + "0", "信用代码"),
        ("江西云栈网络科技有限公司", "9.13601E+17", "Excel"),
        ("江西云站网络科技有限公司", "", "是不是“江西云栈网络科技有限公司”"),
        ("同名商行", "", "有 2 家“同名商行”"),
        ("江西云栈网络科技有限公司", "91350100M000100Y43", "按代码登记"),
    ],
)
def test_a_firm_that_is_not_clear(look: Look, name: str, code: str, words: str) -> None:
    row = only(look("visit", HEAD + line(name, code=code))[1])
    assert words in told(row)
    assert row.state is (State.REMARKS if words == "按代码登记" else State.BAD)


def test_an_unknown_firm_may_be_put_on_a_card(look: Look) -> None:
    text = HEAD + line("南昌新办网络有限公司") + line("南昌新办网络有限公司", "2024-05-09")
    _, checked = look("visit", text, create_firms=True)
    assert [row.state for row in checked.rows] == [State.REMARKS] * 2
    assert len(checked.cards) == 1 and {row.card for row in checked.rows} == set(checked.cards)
    card = next(iter(checked.cards.values()))
    assert card["name"] == "南昌新办网络有限公司" and card["street_code"] == STREET
    row = only(look("visit", HEAD + line("南昌新办网络有限公司"))[1])
    assert row.state is State.BAD and not row.values.get(FIRM)


@pytest.mark.parametrize(
    ("cells", "slot", "words"),
    [
        ({"revenue": "约500"}, "revenue_ytd", "不是确切的数"),
        ({"revenue": "见附表"}, "revenue_ytd", "没有看懂“见附表”"),
        ({"mode": "飞过去"}, "visit_mode", "可填：实地、电话、线上、座谈会"),
        ({"issue": "？？"}, "has_issue", "没有看懂“？？”"),
        ({"text": "长" * 2001}, "operation_text", "超过 2000 字"),
    ],
)
def test_what_is_not_understood_must_be_mended(
    look: Look, cells: dict[str, str], slot: str, words: str
) -> None:
    row = only(look("visit", HEAD + line(**cells))[1])
    assert row.state is State.BAD and any(
        each.field == slot and words in each.message for each in row.findings
    ), told(row)


def test_a_long_note_is_kept_whole(look: Look) -> None:
    row = only(look("visit", HEAD + line(text=TEXT + "好" * (2000 - len(TEXT))))[1])
    assert row.state is State.GOOD and len(row.values["operation_text"]) == 2000, told(row)


def test_what_is_missing_waits_as_incomplete(look: Look) -> None:
    row = only(look("visit", HEAD + line(met="", text=""))[1])
    assert row.state is State.REMARKS and {each.field for each in row.findings} == {
        "firm_attendees",
        "operation_text",
    }
    assert only(look("visit", HEAD + line(day=""))[1]).state is State.BAD


def test_the_same_row_twice_and_again(look: Look, store: Store) -> None:
    text = HEAD + line() + line() + line("南昌数澜软件有限公司")
    _, checked = look("visit", text)
    assert [row.state for row in checked.rows] == [State.GOOD, State.BAD, State.GOOD]
    assert "与第 1 行是同一条" in told(checked.rows[1])
    with store.write() as session:
        row = checked.rows[2]
        add(session, "visit", **row.values)
    assert "台账里已有" in told(look("visit", text)[1].rows[2])


def test_a_month_that_was_handed_in(look: Look, store: Store) -> None:
    with store.write() as session:
        session.add(
            ReturnFile(
                id=new_key(), unit_code=STREET, period="2024-04", revision=1, state="sent", created_at=now(), created_by="张敏"
            )
        )  # fmt: skip
    row = only(look("visit", HEAD + line(day="2024-04-09"))[1])
    assert row.state is State.BAD and "已上报并锁定" in told(row)


def test_a_ledger_of_other_months_is_not_held_against_it(look: Look) -> None:
    text = HEAD + line(day="2024-03-12") + line("南昌数澜软件有限公司", "2024-04-09")
    assert [row.state for row in look("visit", text)[1].rows] == [State.GOOD] * 2
    mixed = look("visit", text + line("（南昌）元栖文化创意有限公司") + line("同名商行", code=CODES[3]))[1]
    assert [row.state for row in mixed.rows] == [State.REMARKS] * 2 + [State.GOOD] * 2


def test_lines_that_are_no_rows_and_columns_nobody_knows(look: Look) -> None:
    text = (
        "某街道走访台账（单位：万元）\t\t\t\n填报人：张敏\t\t\t\n序号\t企业名称\t走访日期\t天气\n"
        "1\t江西云栈网络科技有限公司\t2024-05-08\t晴\n\t\t\t\n合计\t1家\t\t\n"
    )
    block, checked = look("visit", text)
    assert [column.slot for column in block.columns] == [FIRM, "visit_date", ""] and block.money == "万元"
    assert only(checked).other == {"天气": "晴"} and len(block.left_out) == 3


def test_a_remembered_column_goes_before_the_words(look: Look) -> None:
    text = "企业名称\t走访日期\t天气\n江西云栈网络科技有限公司\t2024-05-08\t晴，订单饱满"
    block, checked = look("visit", text, remembered={"天气": "operation_text", "走访日期": "visit_date"})
    assert [column.slot for column in block.columns] == [FIRM, "visit_date", "operation_text"]
    assert only(checked).values["operation_text"] == "晴，订单饱满"


def test_without_a_header_the_cells_decide(look: Look) -> None:
    block, checked = look("visit", line() + line("南昌数澜软件有限公司", "2024-05-09"))
    assert not block.header and len(block.rows) == 2
    slots = [column.slot for column in block.columns]
    assert slots[:4] == [FIRM, "", "visit_date", "visit_mode"] or slots[:3] == [
        FIRM,
        "visit_date",
        "visit_mode",
    ]
    assert checked.rows[0].values["visit_type"] == "千名干部访千企"


def test_garbage_is_survived(look: Look) -> None:
    for text in ("\x00\x01\t\ufffd", "🎉" * 300, '"' * 99, "\t" * 500, "<html>", "a\n" * 400):
        _, checked = look("visit", text)
        assert all(row.state in (State.BAD, State.BLANK) for row in checked.rows)
