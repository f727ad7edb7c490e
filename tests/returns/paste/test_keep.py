"""The good rows of a block are stored as one batch, and the batch is taken back to the letter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from db import records, search, values
from db.errors import Refused
from db.fields import RECORD_TARGETS, Field, Kind
from db.lookup import Directory
from db.models import Batch, ReturnFile
from db.registers import REGISTERS
from db.store import Store
from db.types import new_key, now
from returns.paste.block import to_tsv
from returns.paste.columns import FIRM, slots
from returns.paste.keep import keep, take_back
from returns.paste.verdict import State
from tests.db.fixtures import CLERK, CODES, STREET, add, change, cloud, read
from tests.returns.paste.conftest import Look
from tests.returns.paste.test_check import HEAD, line
from tests.state import state_hash

INDICATORS = "期间\t指标\t填报单位\t本年累计\n2024-04\t1\t区发展改革委\t40\n"


def _hash(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def _count(store: Store, register: str) -> int:
    with store.read() as session:
        table = records.table_of(REGISTERS[register])
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_good_rows_are_stored_and_bad_ones_stay(look: Look, store: Store) -> None:
    text = HEAD + line(revenue="9000") + line("没有这家有限公司") + line("南昌数澜软件有限公司", issue="是")
    before = _hash(store)
    block, checked = look("visit", text)
    with store.write() as session:
        kept = keep(session, block, checked, CLERK)
    assert kept.places == (0, 2) and kept.incomplete == 0 and kept.cards == 0
    with store.read() as session:
        for place in kept.places:
            key = checked.rows[place].id
            assert key is not None
            record = read(session, "visit", key)
            assert (
                record["visit_no"] == f"{STREET}-202405-00{(place // 2) + 1}"
                and record["origin"]["row"] == place + 1
            )
            assert records.history(session, key)[0].action == "paste"
        card = read(session, "enterprise", checked.rows[0].values["enterprise_id"])
        assert (card["revenue_ytd"], card["revenue_asof"], card["rev"]) == (Decimal("0.90"), "2024-05", 2)
    take_back(store, kept.batch, CLERK)
    assert _hash(store) == before and _count(store, "visit") == 0
    with pytest.raises(Refused) as refused:
        take_back(store, kept.batch, CLERK)
    assert refused.value.id == "not_applied"


def test_new_cards_come_and_go_with_the_block(look: Look, store: Store) -> None:
    before = _hash(store)
    text = (
        HEAD
        + line("南昌新办网络有限公司", revenue="5000")
        + line("南昌新办网络有限公司", "2024-05-09", revenue="6000")
    )
    block, checked = look("visit", text, create_firms=True)
    with store.write() as session:
        kept = keep(session, block, checked, CLERK)
    assert kept.cards == 1 and len(kept.places) == 2
    with store.read() as session:
        hit = search.find_enterprises(session, "新办")[0]
        card = read(session, "enterprise", hit.id)
        assert card["incomplete"] and card["source"] == "导入" and card["revenue_ytd"] == Decimal("0.60")
    take_back(store, kept.batch, CLERK)
    assert _hash(store) == before
    with store.read() as session:
        assert not search.find_enterprises(session, "新办网络")


SAMPLES = {
    Kind.TEXT: "某项内容", Kind.LONG: "第一行，𠮷㛃🎉。\n第二行“很好”。", Kind.INTEGER: 3, Kind.NUMBER: Decimal(12),
    Kind.DATE: date(2024, 5, 8), Kind.PERIOD: "2024-05", Kind.BOOL: True, Kind.CHECKLIST: ["营业执照"],
    Kind.LOG: [{"at": "2024-05-08", "by": "张敏", "text": "已联系"}],
}  # fmt: skip


def _sample(each: Field, lookup: Directory) -> Any:
    """A value of a field; None where only another record could be named."""
    if each.editor == "code" or each.source in RECORD_TARGETS:
        return None
    if each.editor == "phone":
        return "0791-86510023"
    options = [value for value, _ in lookup.options(each.source)] if each.source else list(each.choices)
    if each.kind in (Kind.CHOICE, Kind.REF):
        return options[0] if options else None
    if each.kind in (Kind.CHOICES, Kind.REFS):
        return options[:2] or None
    return SAMPLES[each.kind]


@pytest.mark.parametrize("register", list(REGISTERS))
def test_every_field_of_every_register_is_pasted_and_taken_back(
    register: str, look: Look, store: Store
) -> None:
    """Under its own label each field is known, read as it was meant, stored, and gone again."""
    with store.write() as session:
        firm = session.scalar(select(records.table_of(REGISTERS["enterprise"]).c.id).limit(1))
        assert firm is not None
        cloud(session, firm, cloud_on=date(2024, 5, 20))
        lookup = Directory(session)
        wanted = {slot.key: _sample(slot.field, lookup) for slot in slots(register)}
        texts = [
            values.to_text(slot.field, wanted[slot.key], lookup)
            if slot.key != FIRM
            else lookup.enterprise_name(firm)
            for slot in slots(register)
        ]
    before = _hash(store)
    block, checked = look(register, to_tsv([[slot.header for slot in slots(register)], texts]))
    assert [column.slot for column in block.columns] == [slot.key for slot in slots(register)]
    (row,) = checked.rows
    assert not row.unread, row.findings
    row.state = State.REMARKS  # whether the sample makes sense is for other tests
    with store.write() as session:
        kept = keep(session, block, checked, CLERK)
    assert row.id is not None and kept.places == (0,)
    with store.read() as session:
        record = read(session, register, row.id)
    for slot in slots(register):
        if "." in slot.key:
            continue  # of another record: the problem has a test of its own
        if wanted[slot.key] is not None:
            assert record[slot.key] == wanted[slot.key], slot.label
        elif slot.key == FIRM:
            assert record[FIRM] == firm
    take_back(store, kept.batch, CLERK)
    assert _hash(store) == before


def test_the_problem_of_a_visit_becomes_its_own_record(look: Look, store: Store) -> None:
    before = _hash(store)
    head = HEAD.rstrip("\n") + "\t存在问题\t问题类别\t责任单位\n"
    rows = (
        line(issue="").rstrip("\n") + "\t流动资金不足，银行贷款难\t融资\t区金融办\n"
        + line("南昌数澜软件有限公司", issue="是").rstrip("\n") + "\t招不到人\t\t\n"
        + line("（南昌）元栖文化创意有限公司", issue="").rstrip("\n") + "\t无\t\t\n"
        + line("同名商行", code=CODES[3], issue="否").rstrip("\n") + "\t房租太高\t\t\n"
    )  # fmt: skip
    block, checked = look("visit", head + rows)
    assert [column.slot for column in block.columns][-3:] == [
        "issue.description",
        "issue.category",
        "issue.org_code",
    ]
    assert [row.state for row in checked.rows] == [State.REMARKS, State.REMARKS, State.GOOD, State.BAD], [
        (row.state, [(each.field, each.message) for each in row.findings]) for row in checked.rows
    ]
    assert [row.values["has_issue"] for row in checked.rows[:3]] == [True, True, False]
    with store.write() as session:
        kept = keep(session, block, checked, CLERK)
    assert kept.problems == 2 and kept.places == (0, 1, 2)
    with store.read() as session:
        first = read(session, "issue", checked.rows[0].beside["id"])
    assert first["description"] == "流动资金不足，银行贷款难" and first["visit_id"] == checked.rows[0].id
    assert (
        first["issue_no"] == f"{STREET}-W202405-001" and first["due_date"] is not None and first["incomplete"]
    )
    assert first["enterprise_id"] == checked.rows[0].values["enterprise_id"] and first["source"] == "走访"
    take_back(store, kept.batch, CLERK)
    assert _hash(store) == before and _count(store, "issue") == 0


def test_a_value_carried_to_the_next_month_goes_back_too(store: Store, look: Look) -> None:
    with store.write() as session:
        later = add(
            session, "indicator", period="2024-05", indicator_no=1, org_code="qfgw", value=Decimal(50)
        )
    before = _hash(store)
    block, checked = look("indicator", INDICATORS)
    for row in checked.rows:
        assert not row.unread, row.findings
        row.state = State.GOOD
    with store.write() as session:
        kept = keep(session, block, checked, CLERK)
    with store.read() as session:
        assert read(session, "indicator", later)["prev_value"] == Decimal(40)
    take_back(store, kept.batch, CLERK)
    assert _hash(store) == before


def test_what_was_changed_since_is_not_taken_back(look: Look, store: Store) -> None:
    block, checked = look("visit", HEAD + line() + line("南昌数澜软件有限公司"))
    with store.write() as session:
        kept = keep(session, block, checked, CLERK)
    key = checked.rows[0].id
    assert key is not None
    with store.write() as session:
        change(session, "visit", key, firm_attendees="李伟 主任")
    with pytest.raises(Refused) as refused:
        take_back(store, kept.batch, CLERK)
    assert refused.value.id == "changed_since" and _count(store, "visit") == 2


def test_a_month_handed_in_since_stays_as_it_is(look: Look, store: Store) -> None:
    block, checked = look("visit", HEAD + line())
    with store.write() as session:
        kept = keep(session, block, checked, CLERK)
        session.add(
            ReturnFile(
                id=new_key(), unit_code=STREET, period="2024-05", revision=1, state="sent", created_at=now(), created_by="张敏"
            )
        )  # fmt: skip
    with pytest.raises(Refused) as refused:
        take_back(store, kept.batch, CLERK)
    assert refused.value.id == "month_locked" and _count(store, "visit") == 1


def test_cancelled_in_the_middle_leaves_nothing(look: Look, store: Store) -> None:
    names = ("江西云栈网络科技有限公司", "南昌数澜软件有限公司", "（南昌）元栖文化创意有限公司")
    text = HEAD + "".join(
        line(name, f"2024-{m:02d}-{d:02d}") for name in names for m in range(1, 5) for d in range(1, 28)
    )
    block, checked = look("visit", text)
    before = _hash(store)
    told: list[int] = []
    with pytest.raises(Refused) as refused, store.write() as session:
        keep(
            session, block, checked, CLERK,
            progress=lambda done, _total, _step: told.append(done), cancelled=lambda: len(told) > 1,
        )  # fmt: skip
    assert refused.value.id == "cancelled" and told == [0, 100]
    assert _hash(store) == before
    with store.read() as session:
        assert session.scalar(select(Batch.id)) is None


def test_a_code_that_came_in_between_leaves_nothing(look: Look, store: Store) -> None:
    code = "91360103MA0000031A"
    text = f"企业名称\t信用代码\n南昌甲有限公司\t\n南昌乙有限公司\t{code}\n"
    block, checked = look("enterprise", text)
    assert not checked.rows[1].unread
    with store.write() as session:
        add(session, "enterprise", name="南昌先到有限公司", uscc=code)
    before = _hash(store)
    with pytest.raises(Refused, match="已属于“南昌先到有限公司”"), store.write() as session:
        keep(session, block, checked, CLERK)
    assert _hash(store) == before


def test_nothing_good_is_refused(look: Look, store: Store) -> None:
    block, checked = look("visit", HEAD + line("没有这家有限公司"))
    with pytest.raises(Refused) as refused, store.write() as session:
        keep(session, block, checked, CLERK)
    assert refused.value.id == "nothing_to_save"
