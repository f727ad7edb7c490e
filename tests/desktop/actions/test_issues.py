"""The closed loop of a problem: every step, what it refuses and says, what it leaves in record, log and audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from db import records, settings, values, workflow
from db.deadlines import due_issues
from db.errors import Refused, StaleRecord
from db.lookup import Directory
from db.models.issue import STATUSES
from db.registers import REGISTERS
from db.store import Actor, Store
from db.workdays import add_workdays
from desktop.actions import issue_way, issues
from desktop.actions.issues import Step
from desktop.actions.moves import Moved, make_move
from desktop.actions.records import open_form, save_form
from tests.db.fixtures import OTHER_STREET, STREET, add

TODAY = date(2024, 5, 21)
ISSUE = REGISTERS["issue"]
CLERK = Actor(STREET, "张敏")
OTHER = Actor(STREET, "陈静")
WHO = {"org_code": OTHER_STREET, "owner": "刘芳", "owner_phone": "0791-86510023"}
RESULT = {"result": "已解决", "result_text": "财园信贷通已放款。"}


def registered(store: Store, firm: UUID) -> UUID:
    """A problem just registered."""
    with store.write() as session:
        return add(
            session, "issue", source="来电来访", enterprise_id=firm, registered_on=date(2024, 5, 8),
            category="融资", description="流动资金紧张，希望贷款 320 万元。", level="部门协调", **WHO,
        )  # fmt: skip


@pytest.fixture
def problem(register: Store, firms: dict[str, UUID]) -> UUID:
    return registered(register, firms["云栈"])


@pytest.fixture
def step(register: Store, problem: UUID) -> Step:
    return Step(register, problem, CLERK, TODAY)


def read(step: Step) -> dict[str, Any]:
    with step.store.read() as session:
        found = records.get(session, ISSUE, step.id)
    assert found is not None
    return found


def put(step: Step, **values: Any) -> None:
    """What a file or another office may have left there, past the tables."""
    with step.store.write() as session:
        records.save(session, ISSUE, values, CLERK, id=step.id)


def run_to(step: Step, state: str) -> None:
    """By the actions themselves."""
    way: list[tuple[str, Callable[[], Moved]]] = [
        ("已交办", lambda: issues.assign(step, **WHO)),
        ("办理中", lambda: issues.start(step, "已联系银行会商。")),
        ("已办结", lambda: issues.finish(step, **RESULT)),
        (
            "已销号",
            lambda: (issues.ask_firm(step, "满意"), issues.write_off(step, basis="回访记录", by="陈静"))[1],
        ),
        ("回头看合格", lambda: issues.review(step, "巩固")),
    ]
    if state in ("退回重办", "暂不能解决"):
        run_to(step, "已办结" if state == "退回重办" else "办理中")
        if state == "退回重办":
            issues.send_back(step, "企业说还没到账")
        else:
            issues.cannot_solve(step, "等上级政策出台")
        return
    for name, act in way:
        if read(step)["status"] == state:
            return
        act()
        assert read(step)["status"] == name
    assert read(step)["status"] == state


def refused(act: Callable[[], object], id: str = "") -> Refused:
    with pytest.raises(Refused) as caught:
        act()
    if id:
        assert caught.value.id == id, caught.value
    assert caught.value.message.endswith("。") and (not caught.value.hint or caught.value.hint.endswith("。"))
    return caught.value


# ---------------------------------------------------------------- the way


def test_the_whole_way_leaves_days_names_a_log_and_one_audit_entry_a_step(step: Step) -> None:
    told = issues.assign(step, **WHO, due_date=date(2024, 6, 14))
    assert told.words == "已交办南浦街道，6 月 14 日前办结。"
    issues.start(step, "已联系银行会商。")
    issues.add_progress(step, "银行已受理，\n等待审批。")
    told = issues.finish(step, **RESULT)
    assert told.words == "已办结，6 月 4 日前回访企业并销号。"
    issues.ask_firm(step, "基本满意", "放款快")
    told = issues.write_off(step, basis="回访记录", by="陈静")
    assert told.words == "已销号，6 月 20 日前回头看。"
    with step.store.read() as session:
        (due,) = due_issues(session, date(2024, 6, 15), STREET)
        assert due.review and due.due == date(2024, 6, 20)  # scheduled: 本月 shows it
    later = replace(step, today=date(2024, 6, 12))
    issues.review(later, "巩固", "资金周转正常")
    record = read(step)
    assert record["status"] == "回头看合格" and not record["incomplete"]
    assert (record["assigned_on"], record["closed_on"], record["written_off_on"]) == (TODAY, TODAY, TODAY)
    assert (record["written_off_by"], record["review_on"], record["review_result"]) == (
        "陈静",
        later.today,
        "巩固",
    )
    assert [entry["text"] for entry in record["progress_log"]] == [
        "〔交办〕南浦街道 刘芳，6 月 14 日前办结",
        "〔开始办理〕已联系银行会商。",
        "银行已受理， 等待审批。",
        "〔办结〕已解决：财园信贷通已放款。",
        "〔回访〕企业基本满意；放款快",
        "〔销号〕陈静核实；依据：回访记录",
        "〔回头看合格〕资金周转正常",
    ]
    with step.store.read() as session:
        actions = [entry.action for entry in records.history(session, step.id)]
    assert actions == ["move", "move", "progress", "move", "progress", "move", "move", "create"]


def test_the_way_is_told_newest_first_with_what_was_done_in_the_form(step: Step) -> None:
    run_to(step, "办理中")
    put(step, status="已办结", **RESULT, closed_on=TODAY)  # as the big form saves it
    told = issue_way.timeline(step.store, read(step))
    assert [(each.word, each.by) for each in told] == [
        ("改状态", "张敏"), ("开始办理", "张敏"), ("交办", "张敏"), ("登记", "张敏"),
    ]  # fmt: skip
    assert told[0].text == "办理中 → 已办结" and told[-1].at == "2024-05-08"


ACTS: dict[str, tuple[str, Callable[[Step], Moved]]] = {
    "assign": ("已交办", lambda step: issues.assign(step, **WHO, reason="该部门职责")),
    "withdraw": ("待交办", lambda step: issues.withdraw(step, "不属本部门")),
    "start": ("办理中", lambda step: issues.start(step, "已会商", "政策已出台")),
    "finish": ("已办结", lambda step: issues.finish(step, **RESULT)),
    "write_off": (
        "已销号",
        lambda step: issues.write_off(step, basis="回访记录", by="陈静", satisfaction="满意"),
    ),
    "send_back": ("退回重办", lambda step: issues.send_back(step, "企业说还没到账")),
    "hold": ("回头看合格", lambda step: issues.review(step, "巩固")),
    "rebound": ("退回重办", lambda step: issues.review(step, "反弹", "又断贷了")),
    "cannot_solve": ("暂不能解决", lambda step: issues.cannot_solve(step, "等上级政策")),
}


@pytest.mark.parametrize("state", STATUSES)
def test_every_action_in_every_state(step: Step, firms: dict[str, UUID], state: str) -> None:
    """Allowed exactly where the table allows it; otherwise nothing changes and the sentence says what is possible."""
    for act, role in product(ACTS, ("clerk", "supervisor")):
        step = replace(step, id=registered(step.store, firms["云栈"]), actor=CLERK)
        run_to(step, state)
        step = replace(step, actor=Actor(STREET, "王强", role))
        target, do = ACTS[act]
        before = read(step)
        if target in workflow.allowed("issue", state, role):
            do(step)
            after = read(step)
            assert after["status"] == target and after["rev"] == before["rev"] + 1
            assert after["progress_log"][:-1] == (before["progress_log"] or [])
            continue
        said = refused(lambda do=do, step=step: do(step), "ISS-003")  # type: ignore[misc]
        assert state in said.message
        for move in workflow.moves_for("issue", before, role):
            assert move.word in said.hint
        assert read(step) == before


@pytest.mark.parametrize("state", STATUSES)
def test_extending_and_noting_only_while_it_is_worked_on(step: Step, state: str) -> None:
    run_to(step, state)
    before = read(step)
    later = before["due_date"] + timedelta(days=7)
    if state in ("已交办", "办理中", "退回重办"):
        issues.extend(step, later, "银行审批未完")
        assert read(step)["due_date"] == later
    else:
        assert state in refused(lambda: issues.extend(step, later, "银行审批未完"), "ISS-003").message
    if state in issues.NOTED_IN:
        issues.add_progress(step, "已电话联系企业。")
    else:
        refused(lambda: issues.add_progress(step, "已电话联系企业。"), "no_progress_now")


# ---------------------------------------------------------------- what each step asks for


@pytest.mark.parametrize(
    ("state", "act", "label"),
    [
        ("待交办", lambda s: issues.assign(s, org_code="", owner="刘芳", owner_phone="1"), "责任单位"),
        (
            "待交办",
            lambda s: issues.assign(s, org_code=STREET, owner=" ", owner_phone=""),
            "责任人、责任人电话",
        ),
        ("已交办", lambda s: issues.start(s, "  \n"), "解决措施"),
        ("办理中", lambda s: issues.finish(s, result="", result_text=""), "办理结果、办理结果说明"),
    ],
)
def test_a_step_that_lacks_something_names_it(
    step: Step, state: str, act: Callable[[Step], Moved], label: str
) -> None:
    run_to(step, state)
    assert label in refused(lambda: act(step), "step_incomplete").message
    assert read(step)["status"] == state


@pytest.mark.parametrize("reason", ["", " ", "。"])
def test_steps_back_and_pauses_want_a_reason(step: Step, reason: str) -> None:
    run_to(step, "办理中")
    said = refused(lambda: issues.cannot_solve(step, reason), "reason_missing")
    assert "暂不能解决的原因" in said.message
    refused(lambda: issues.assign(step, **WHO, reason=reason), "reason_missing")  # to another unit
    refused(lambda: issues.extend(step, TODAY + timedelta(days=30), reason), "reason_missing")


def test_a_note_of_two_thousand_characters_and_rare_ones_is_kept_whole(step: Step) -> None:
    run_to(step, "办理中")
    text = ("𠮷㛃😀" + "银行已受理。" * 400)[:2000]
    issues.add_progress(step, text)
    assert read(step)["progress_log"][-1]["text"] == text


def test_the_log_is_the_same_after_it_went_through_a_sheet(step: Step) -> None:
    run_to(step, "办理中")
    issues.add_progress(step, "银行说：先补材料，\n再看：下周答复。")
    log = read(step)["progress_log"]
    field = ISSUE.field("progress_log")
    with step.store.read() as session:
        lookup = Directory(session)
        assert values.parse(field, values.to_text(field, log, lookup), lookup).value == log


@pytest.mark.parametrize("due", [None, date(2024, 5, 28), date(2024, 5, 20), date(2024, 1, 1)])
def test_an_extension_goes_forward(step: Step, due: date | None) -> None:
    run_to(step, "办理中")
    assert read(step)["due_date"] == date(2024, 5, 28)
    said = refused(lambda: issues.extend(step, due, "银行审批未完"), "bad_extension")
    assert "晚于原时限 5 月 28 日" in said.hint


def test_extensions_are_counted_and_too_many_are_told(step: Step) -> None:
    run_to(step, "办理中")
    for count in (1, 2, 3):
        told = issues.extend(step, date(2024, 6, 1) + timedelta(days=count), f"第{count}次未批")
        assert f"第 {count} 次" in told.words and bool(told.hint) == (count > 2)
    record = read(step)
    assert (record["extend_count"], record["extend_reason"]) == (3, "第3次未批")
    assert [entry["text"] for entry in record["progress_log"]][-3:] == [
        "〔延期〕第 1 次，由 5 月 28 日延到 6 月 2 日；第1次未批",
        "〔延期〕第 2 次，由 6 月 2 日延到 6 月 3 日；第2次未批",
        "〔延期〕第 3 次，由 6 月 3 日延到 6 月 4 日；第3次未批",
    ]


# ---------------------------------------------------------------- 销号


@pytest.mark.parametrize(
    ("owner", "by"),
    [
        ("刘芳", "刘芳"),
        ("刘芳", " 刘 芳 "),
        ("刘芳", "刘　芳"),
        ("Liu Fang", "ＬＩＵ　Ｆａｎｇ"),
        ("刘芳（科长）、王强", "王强"),
        ("刘芳", "陈静、刘芳"),
    ],
)
def test_an_owner_does_not_write_off_his_own_problem(step: Step, owner: str, by: str) -> None:
    run_to(step, "已办结")
    put(step, owner=owner)
    issues.ask_firm(step, "满意")
    said = refused(lambda: issues.write_off(step, basis="回访记录", by=by), "same_person")
    assert "责任人" in said.message and read(step)["status"] == "已办结"


def test_who_settled_it_does_not_write_it_off_either(step: Step) -> None:
    run_to(step, "已办结")  # by 张敏
    issues.ask_firm(step, "满意")
    assert "办结人" in refused(lambda: issues.write_off(step, basis="回访记录"), "same_person").message
    assert (
        "办结人"
        in refused(lambda: issues.write_off(step, basis="回访记录", by="张 敏"), "same_person").message
    )
    issues.write_off(replace(step, actor=OTHER), basis="回访记录")
    assert read(step)["written_off_by"] == "陈静"


def test_settled_in_the_form_is_known_too(step: Step) -> None:
    run_to(step, "办理中")
    put(step, status="已办结", **RESULT, closed_on=TODAY, satisfaction="满意")
    refused(lambda: issues.write_off(step, basis="回访记录", by="张敏"), "same_person")


@pytest.mark.parametrize(
    ("answer", "id"), [("不满意", "unhappy"), ("未回访", "not_asked"), (None, "not_asked")]
)
def test_without_a_satisfied_firm_nothing_is_written_off(step: Step, answer: str | None, id: str) -> None:
    run_to(step, "已办结")
    if answer is not None:
        issues.ask_firm(step, answer)
    refused(lambda: issues.write_off(step, basis="回访记录", by="陈静"), id)
    refused(lambda: issues.write_off(step, basis="回访记录", by="陈静", satisfaction=answer), id)
    assert read(step)["status"] == "已办结"


def test_unhappy_leaves_one_way_and_the_next_round_asks_anew(step: Step) -> None:
    run_to(step, "已办结")
    told = issues.ask_firm(step, "不满意", "款没到账")
    assert "退回重办" in told.hint
    issues.send_back(step, "款没到账", date(2024, 6, 3))
    record = read(step)
    assert record["due_date"] == date(2024, 6, 3) and record["closed_on"] is None and record["result"] is None
    assert record["satisfaction"] == "不满意"  # why it was sent back
    issues.start(step, "再次协调")
    issues.finish(step, **RESULT)
    assert read(step)["satisfaction"] is None
    refused(lambda: issues.write_off(step, basis="回访记录", by="陈静"), "not_asked")


def test_evidence_is_a_basis_or_an_attachment(step: Step) -> None:
    run_to(step, "已办结")
    issues.ask_firm(step, "满意")
    refused(lambda: issues.write_off(step, by="陈静"), "no_evidence")
    refused(lambda: issues.write_off(step, basis=" \n ", by="陈静"), "no_evidence")
    slip = {"name": "放款回单.pdf", "sha256": "a" * 64, "size": 1024}
    issues.write_off(step, by="陈静", attachments=[slip])
    record = read(step)
    assert record["attachments"] == [slip] and record["basis"] == "见附件：放款回单.pdf"
    assert not record["incomplete"]


def test_the_whole_form_is_held_to_the_same(step: Step) -> None:
    run_to(step, "已办结")
    state = open_form(step.store, "issue", step.id)
    state.values |= {"status": "已销号", "satisfaction": "满意", "written_off_on": TODAY, "basis": "回访"}
    for name, id in (("刘　芳", "same_person"), ("张敏", "same_person")):
        state.values["written_off_by"] = name
        refused(lambda: save_form(step.store, state, CLERK), id)
    state.values |= {"written_off_by": "陈静", "satisfaction": "不满意"}
    refused(lambda: save_form(step.store, state, CLERK), "unhappy")
    state.values["satisfaction"] = "满意"
    state.values["status"] = "回头看合格"
    assert "现在可以：销号" in refused(lambda: save_form(step.store, state, CLERK), "ISS-003").hint
    state.values["status"] = "已销号"
    save_form(step.store, state, CLERK)
    assert read(step)["written_off_by"] == "陈静"


def test_nobody_writes_off(step: Step) -> None:
    run_to(step, "已办结")
    issues.ask_firm(step, "满意")
    nameless = replace(step, actor=Actor(STREET, "未登记"))
    assert (
        "销号人" in refused(lambda: issues.write_off(nameless, basis="回访记录"), "step_incomplete").message
    )


# ---------------------------------------------------------------- 回头看 and reopening


@pytest.mark.parametrize("result", ["反弹", "需再办"])
def test_a_rebound_reopens_by_itself_with_a_deadline_and_a_note(step: Step, result: str) -> None:
    run_to(step, "已销号")
    later = replace(step, today=date(2024, 6, 12))
    told = issues.review(later, result, "银行又抽贷")
    record = read(step)
    due = add_workdays(later.today, 15)
    assert told.words == f"已退回重办，{issue_way.day_words(due)}前办结。"
    assert (record["status"], record["due_date"]) == ("退回重办", due)
    assert (record["review_on"], record["review_result"]) == (later.today, result)
    assert record["written_off_on"] is None and record["closed_on"] is None
    assert record["progress_log"][-1]["text"] == (
        f"〔反弹重办〕回头看{result}：银行又抽贷；{issue_way.day_words(due)}前办结（上次 5 月 21 日办结，已解决）"
    )
    issues.start(later, "重新协调")
    issues.finish(later, **RESULT)
    issues.ask_firm(later, "满意")
    issues.write_off(later, basis="再次回访", by="陈静")
    again = read(step)
    assert again["review_on"] is None and again["written_off_on"] == later.today  # 回头看 is due anew


def test_a_rebound_without_a_word_is_asked_for_one(step: Step) -> None:
    run_to(step, "已销号")
    assert "反弹情况" in refused(lambda: issues.review(step, "反弹"), "reason_missing").message
    refused(lambda: issues.review(step, "还行"), "step_incomplete")


def test_a_pause_stops_the_clock_and_gives_its_days_back(step: Step) -> None:
    run_to(step, "办理中")
    issues.cannot_solve(step, "等上级政策出台")
    (clock,) = [each for each in issue_way.clocks(step.store, read(step), TODAY) if each.kind == "办理"]
    assert clock.words == "已暂停"
    with step.store.read() as session:
        assert due_issues(session, date(2024, 7, 1), STREET) == []
    later = replace(step, today=date(2024, 6, 4))  # ten working days on
    told = issues.start(later, "政策已出台，按新办法办理", "政策已出台")
    assert told.words == "已恢复办理，办结时限顺延到 6 月 12 日。"
    assert read(step)["due_date"] == date(2024, 6, 12)  # 28 May and ten working days (10 June is a holiday)
    assert "顺延 10 个工作日" in read(step)["progress_log"][-1]["text"]


# ---------------------------------------------------------------- bad input


def test_settling_before_registering_is_refused(step: Step) -> None:
    run_to(step, "办理中")
    said = refused(lambda: issues.finish(step, **RESULT, closed_on=date(2024, 5, 1)), "days_out_of_order")
    assert "办结日期 2024-05-01 早于" in said.message
    refused(lambda: issues.finish(step, **RESULT, closed_on=date(2024, 5, 22)), "day_ahead")
    refused(lambda: issues.add_progress(step, "已联系", date(2024, 5, 7)), "days_out_of_order")
    refused(lambda: issues.add_progress(step, "已联系", date(2024, 5, 22)), "day_ahead")
    refused(lambda: issues.assign(step, **WHO, reason="转交", due_date=date(2024, 5, 1)), "days_out_of_order")
    refused(lambda: issues.assign(step, **WHO, reason="转交", due_date=date(2024, 5, 20)), "bad_due")


def test_a_clock_that_was_set_back_is_noticed(step: Step) -> None:
    early = replace(step, today=date(2024, 5, 1))
    assert "电脑的日期是 2024-05-01" in refused(lambda: issues.assign(early, **WHO), "clock_set_back").message
    run_to(step, "办理中")
    before = replace(step, today=TODAY - timedelta(days=2))
    for act in (
        lambda: issues.add_progress(before, "已联系企业"),
        lambda: issues.extend(before, date(2024, 7, 1), "银行审批未完"),
        lambda: issues.cannot_solve(before, "等政策"),
    ):
        refused(act, "clock_set_back")


def test_two_people_at_the_same_problem(step: Step) -> None:
    looked = replace(step, base_rev=read(step)["rev"])
    issues.assign(replace(looked, actor=OTHER), **WHO)
    with pytest.raises(StaleRecord) as told:
        issues.assign(looked, **WHO)
    assert told.value.message == "陈静刚改过这条记录，现在的状态是“已交办”。"
    assert told.value.theirs["status"] == "已交办"
    with pytest.raises(StaleRecord):
        issues.add_progress(looked, "已联系企业")
    assert len(read(step)["progress_log"]) == 1


def test_a_deleted_problem(step: Step) -> None:
    with step.store.write() as session:
        records.delete(session, ISSUE, step.id, CLERK)
    refused(lambda: issues.assign(step, **WHO), "no_such_record")


def test_the_limits_of_the_office_count(step: Step) -> None:
    with step.store.write() as session:
        settings.put(session, "parameters", {"issue_due_workdays": 2, "review_days": 10})
    assert issue_way.new_due(step.store, {"urgency": "一般"}, TODAY) == date(2024, 5, 23)
    run_to(step, "已办结")
    issues.ask_firm(step, "满意")
    assert "5 月 31 日前回头看" in issues.write_off(step, basis="回访", by="陈静").words


# ---------------------------------------------------------------- the other tables, by the same means


def test_a_project_goes_its_way_with_its_dates(register: Store) -> None:
    with register.write() as session:
        key = add(session, "project", name="算力中心", stage="洽谈")

    def move(after: str, actor: Actor = CLERK, **more: Any) -> Moved:
        return make_move(
            register, "project", key, after, more.pop("values", {}), actor=actor, today=TODAY, **more
        )

    move("签约", values={"signed_on": date(2024, 3, 1)})
    said = refused(lambda: move("开工"), "project_stage")
    assert said.hint.startswith("现在可以：入库（到“入库”）")
    move("入库")
    assert move("开工").record["started_on"] == TODAY
    assert (
        "暂停原因"
        in refused(lambda: move("暂停", values={"progress": "资金没到位"}), "reason_missing").message
    )
    move("暂停", values={"progress": "资金没到位"}, reason="资金没到位")
    refused(lambda: move("入库", reason="继续"), "project_stage")  # it stood at 开工
    move("在建", reason="资金到位")
    refused(lambda: move("竣工", values={"completed_on": date(2024, 5, 1)}), "days_out_of_order")
    back = move("开工", reason="误点了")
    assert back.record["started_on"] == TODAY
    with register.read() as session:
        notes = [entry.note for entry in records.history(session, key) if entry.action == "move"]
    assert notes[0] == "退到开工：误点了" and len(notes) == 6


def test_only_the_district_cancels_a_duty(register: Store) -> None:
    with register.write() as session:
        key = add(session, "duty", task="新增上云 200 家", status="未启动")
    do = {"actor": CLERK, "today": TODAY, "reason": "计划调整"}
    said = refused(lambda: make_move(register, "duty", key, "调整取消", **do), "duty_status")
    assert "须由区级办理" in said.message
    done = make_move(
        register, "duty", key, "调整取消", **{**do, "actor": Actor("xqfgw", "王强", "supervisor")}
    )
    assert done.record["status"] == "调整取消"


def test_a_problem_has_no_nameless_moves(step: Step) -> None:
    with pytest.raises(ValueError, match="named actions"):
        make_move(step.store, "issue", step.id, "已交办", actor=CLERK, today=TODAY)
