"""The steps of a problem as small forms, state by state. What they do is in issues.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from db import workflow
from db.fields import Field, Kind
from db.issue_clocks import HANDLING, PAUSED
from db.models.issue import REVIEWS, SATISFACTION
from db.workflow.issue import ASSIGNMENT, RESULT
from desktop.actions import issues
from desktop.actions.issue_way import finished_by, new_due
from desktop.actions.issues import UNKNOWN, Step
from desktop.actions.moves import Moved
from desktop.actions.steps import NOTE_LIMIT, REASON, Doing, StepForm, Values, asked, day_field, reason_field

NOTE = "note"


def steps_of_issue(record: Mapping[str, Any], doing: Doing) -> list[StepForm]:
    """The steps open to a problem, the way forward first; none that the table refuses to this role."""
    state = str(record.get("status") or "待交办")
    open_to = {move.after for move in workflow.moves_for("issue", record, doing.actor.role)}
    found: list[StepForm] = []
    for step in _BY_STATE.get(state, lambda record, doing: [])(record, doing):
        if step.key in open_to or step.key not in workflow.MACHINES["issue"].states:
            found.append(step)
    if state in HANDLING:
        found.insert(1, _extend(record))
    return found


def _at(doing: Doing, record: Mapping[str, Any]) -> Step:
    return Step(doing.store, record["id"], doing.actor, doing.today, record["rev"])


def _start(record: Mapping[str, Any], *names: str) -> Values:
    return {name: record.get(name) for name in names}


# ---------------------------------------------------------------- one step each


def _assign(
    record: Mapping[str, Any], doing: Doing, word: str, *, reason: str = "", main: bool = False
) -> StepForm:
    wanted = asked("issue", ASSIGNMENT)
    start = _start(record, *ASSIGNMENT)
    if not start["due_date"] or start["due_date"] < doing.today:
        start["due_date"] = new_due(doing.store, record, doing.today)
    if reason:
        wanted = (*wanted, reason_field(reason))
        start |= dict.fromkeys(("org_code", "owner", "owner_phone"))

    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        return issues.assign(
            _at(doing, looked), org_code=values.get("org_code") or "", owner=values.get("owner") or "",
            owner_phone=values.get("owner_phone") or "", due_date=values.get("due_date"),
            reason=values.get(REASON) or "",
        )  # fmt: skip

    return StepForm("已交办", word, wanted, run, start, main=main)


def _begin(record: Mapping[str, Any], word: str, *, reason: str = "") -> StepForm:
    wanted = asked("issue", ("measure",))
    if reason:
        wanted = (*wanted, reason_field(reason))

    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        return issues.start(_at(doing, looked), values.get("measure") or "", values.get(REASON) or "")

    return StepForm("办理中", word, wanted, run, _start(record, "measure"), main=True)


def _finish(record: Mapping[str, Any], doing: Doing, *, main: bool = True) -> StepForm:
    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        return issues.finish(
            _at(doing, looked), result=values.get("result") or "", result_text=values.get("result_text") or "",
            closed_on=values.get("closed_on"),
        )  # fmt: skip

    wanted = asked("issue", (*RESULT, "closed_on"))
    return StepForm(
        "已办结", "办结", wanted, run, {**_start(record, *RESULT), "closed_on": doing.today}, main=main
    )


def _extend(record: Mapping[str, Any]) -> StepForm:
    count = int(record.get("extend_count") or 0)

    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        return issues.extend(_at(doing, looked), values.get("due_date"), values.get(REASON) or "")

    wanted = (day_field("due_date", "延期到", "晚于原来的办结时限。"), reason_field("延期理由"))
    note = f"已延期 {count} 次。" if count else ""
    return StepForm("extend", "延期", wanted, run, note=note)


def _plain(key: str, word: str, reason: str, act: Any) -> StepForm:
    """A step that asks for nothing but a sentence."""

    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        moved: Moved = act(_at(doing, looked), values.get(REASON) or "")
        return moved

    return StepForm(key, word, (reason_field(reason),), run)


def _again(
    record: Mapping[str, Any], doing: Doing, word: str, reason: str, *, main: bool = False
) -> StepForm:
    """退回重办 with a new deadline."""

    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        return issues.send_back(_at(doing, looked), values.get(REASON) or "", values.get("due_date"))

    wanted = (reason_field(reason), day_field("due_date", "新的办结时限", "默认按紧急程度从今天推算，可改。"))
    return StepForm(
        "退回重办", word, wanted, run, {"due_date": new_due(doing.store, record, doing.today)}, main=main
    )


def _ask_firm(*, main: bool) -> StepForm:
    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        return issues.ask_firm(_at(doing, looked), values.get("satisfaction") or "", values.get(NOTE) or "")

    return StepForm(
        "ask", "回访企业", (*asked("issue", ("satisfaction",)), _note("企业怎么说")), run, main=main
    )


def _write_off(record: Mapping[str, Any], doing: Doing) -> StepForm:
    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        known = {str(each.get("sha256") or each.get("name")) for each in looked.get("attachments") or ()}
        added = [
            each
            for each in values.get("attachments") or ()
            if str(each.get("sha256") or each.get("name")) not in known
        ]
        return issues.write_off(
            _at(doing, looked), basis=values.get("basis") or "", by=values.get("written_off_by") or "",
            satisfaction=values.get("satisfaction"), attachments=added,
        )  # fmt: skip

    with doing.store.read() as session:
        settled = finished_by(session, record)
    person = "" if doing.actor.person == UNKNOWN else doing.actor.person
    if workflow.write_off_problem({**record, "satisfaction": "满意"}, person, settled) == "same_person":
        person = ""
    answer = record.get("satisfaction")
    by = replace(asked("issue", ("written_off_by",))[0], help="须与责任人、办结人不是同一人。")
    basis = replace(asked("issue", ("basis",), required=False)[0], help="如回访记录；或在下面添加证明材料。")
    wanted = (
        *asked("issue", ("satisfaction",)),
        by,
        basis,
        *asked("issue", ("attachments",), required=False),
    )
    start = {**_start(record, "basis", "attachments"), "written_off_by": person}
    start["satisfaction"] = answer if answer in SATISFACTION[:2] else None
    return StepForm("已销号", "销号", wanted, run, start, main=True)


def _hold() -> StepForm:
    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        return issues.review(
            _at(doing, looked), REVIEWS[0], values.get(NOTE) or "", on=values.get("review_on")
        )

    wanted = (day_field("review_on", "回头看日期", "实际去看的那天。"), _note("看到的情况"))
    return StepForm("回头看合格", "回头看合格", wanted, run, main=True)


def _rebound(record: Mapping[str, Any], doing: Doing) -> StepForm:
    def run(doing: Doing, looked: Mapping[str, Any], values: Values) -> Moved:
        return issues.review(
            _at(doing, looked), values.get("review_result") or "", values.get(REASON) or "",
            due_date=values.get("due_date"),
        )  # fmt: skip

    conclusion = replace(asked("issue", ("review_result",))[0], choices=REVIEWS[1:])
    due = day_field("due_date", "新的办结时限", "默认按紧急程度从今天推算，可改。")
    start = {"review_result": REVIEWS[1], "due_date": new_due(doing.store, record, doing.today)}
    return StepForm("退回重办", "反弹，重办", (conclusion, reason_field("反弹情况"), due), run, start)


def _note(label: str) -> Field:
    return Field(label, Kind.TEXT, "可以不填。", NOTE, limit=NOTE_LIMIT)


# ---------------------------------------------------------------- state by state


def _settled(record: Mapping[str, Any], doing: Doing) -> list[StepForm]:
    answer = record.get("satisfaction")
    if answer == "不满意":
        return [_again(record, doing, "退回重办", "退回原因", main=True), _ask_firm(main=False)]
    first = [_write_off(record, doing)]
    asks = [] if answer in SATISFACTION[:2] else [_ask_firm(main=False)]
    return [*first, *asks, _again(record, doing, "退回重办", "退回原因")]


def _cleared(record: Mapping[str, Any], doing: Doing) -> list[StepForm]:
    return [replace(_hold(), values={"review_on": doing.today}), _rebound(record, doing)]


_BY_STATE = {
    "待交办": lambda record, doing: [_assign(record, doing, "交办", main=True)],
    "已交办": lambda record, doing: [
        _begin(record, "开始办理"),
        _plain("待交办", "退回交办", "退回原因", issues.withdraw),
    ],
    "办理中": lambda record, doing: [
        _finish(record, doing),
        _assign(record, doing, "转交办理", reason="转交原因"),
        _plain(PAUSED, "暂不能解决", "暂不能解决的原因", issues.cannot_solve),
    ],
    "退回重办": lambda record, doing: [_begin(record, "重新办理"), _assign(record, doing, "重新交办")],
    PAUSED: lambda record, doing: [
        _begin(record, "恢复办理", reason="恢复办理的原因"),
        _finish(record, doing, main=False),
    ],
    "已办结": _settled,
    "已销号": _cleared,
    "回头看合格": lambda record, doing: [_again(record, doing, "重新办理", "重办原因")],
}
