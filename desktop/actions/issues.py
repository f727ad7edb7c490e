"""What people do with a problem: 交办, 办理, 进展, 延期, 办结, 回访, 销号, 退回, 回头看. No Qt here.

Each action is one transaction with its audit entry and one line more in the log. Refused says what is possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import issue_clocks, parameters, records, settings, workflow
from db.errors import Refused
from db.issue_clocks import HANDLING, PAUSED
from db.lookup import Directory
from db.registers import REGISTERS
from db.store import Actor, Store
from db.workdays import workdays_between
from desktop.actions.issue_way import day_words, due_from, event_of, finished_by, rules
from desktop.actions.moves import Moved, after_save, check_days, move_in, stored, tidy, with_entry

Values = dict[str, Any]
ISSUE = REGISTERS["issue"]
MACHINE = workflow.MACHINES["issue"]
NOTED_IN = ("已交办", "办理中", "退回重办", PAUSED, "已办结")  # states in which progress may be noted
NOTE_LIMIT = 2000
UNKNOWN = "未登记"  # the actor's name where nobody said who works here


@dataclass(frozen=True, slots=True)
class Step:
    """Who acts on which problem: `base_rev` is the revision the person looked at."""

    store: Store
    id: UUID
    actor: Actor
    today: date
    base_rev: int | None = None


@contextmanager
def _at(step: Step) -> Iterator[tuple[Session, Values]]:
    with step.store.write() as session:
        yield session, stored(session, "issue", step.id, step.base_rev)


# ---------------------------------------------------------------- the way forward


def assign(
    step: Step, *, org_code: str, owner: str, owner_phone: str, due_date: date | None = None, reason: str = ""
) -> Moved:
    """交办 to a unit and a person, also again after 退回重办 and, with a reason, from one unit to another."""
    with _at(step) as (session, before):
        due = due_date or before.get("due_date") or due_from(session, before, step.today)
        _check_due(due, before, step.today)
        values = {
            "org_code": org_code, "owner": tidy(owner), "owner_phone": tidy(owner_phone), "due_date": due,
        }  # fmt: skip
        org = Directory(session).name("unit", org_code) if org_code else ""
        told = f"{org} {values['owner']}，{day_words(due)}前办结"
        told += f"；{tidy(reason)}" if reason.strip() else ""
        record = move_in(
            session, "issue", before, "已交办", values, step.actor, step.today, reason=reason, told=told
        )
    return Moved(record, f"已交办{org}，{day_words(due)}前办结。")


def withdraw(step: Step, reason: str) -> Moved:
    """退回交办: the unit is not competent; to be assigned anew."""
    with _at(step) as (session, before):
        record = move_in(session, "issue", before, "待交办", {}, step.actor, step.today, reason=reason)
    return Moved(record, "已退回，等待重新交办。")


def start(step: Step, measure: str, reason: str = "") -> Moved:
    """开始办理 with the measure that will be taken. From 暂不能解决 the days of the pause are given back."""
    with _at(step) as (session, before):
        values: Values = {"measure": str(measure or "").strip()}
        told, words = tidy(measure), "已开始办理。"
        if before.get("status") == PAUSED:
            due, lost = _resumed(session, before, step.today)
            told = tidy(reason)
            if due is not None and lost:
                values["due_date"] = due
                told += f"；办结时限顺延 {lost} 个工作日，到 {day_words(due)}"
                words = f"已恢复办理，办结时限顺延到 {day_words(due)}。"
        record = move_in(
            session, "issue", before, "办理中", values, step.actor, step.today, reason=reason, told=told
        )
    return Moved(record, words)


def add_progress(step: Step, text: str, on: date | None = None) -> Moved:
    """追加进展: one entry more, dated today or `on`. What was noted stays as it is."""
    said = " ".join(str(text or "").split())[:NOTE_LIMIT]  # one line: an entry is a line of the sheet's cell
    if len(said) < 2:
        raise Refused("请写一句进展。", "写清做了什么、到了哪一步。", "progress_missing")
    with _at(step) as (session, before):
        if before.get("status") not in NOTED_IN:
            possible = "、".join(each.word for each in workflow.moves_for("issue", before, step.actor.role))
            raise Refused(
                f"“{before.get('status')}”的问题不能追加进展。",
                f"现在可以：{possible or '无'}。",
                "no_progress_now",
            )
        day = on or step.today
        registered = before.get("registered_on")
        if day > step.today:
            raise Refused(f"进展日期 {day} 晚于今天。", f"今天是 {step.today}。", "day_ahead")
        if registered is not None and day < registered:
            raise Refused(f"进展日期 {day} 早于登记日期 {registered}。", "请核对日期。", "days_out_of_order")
        check_days("issue", before, step.today)
        record = _save(session, before, {}, step, day, said, "进展")
    return Moved(record, "已记下进展。")


def extend(step: Step, due_date: date | None, reason: str) -> Moved:
    """延期 to a later day, with its reason; counted, and kept in the log."""
    with _at(step) as (session, before):
        _working(before, "延期", step)
        said, old = tidy(reason), before.get("due_date")
        if len(said) < 2:
            raise Refused("请写明延期理由。", "用一句话说清为什么到期办不完。", "reason_missing")
        if due_date is None or (old is not None and due_date <= old) or due_date < step.today:
            than = f"晚于原时限 {day_words(old)}、不早于今天" if old is not None else "不早于今天"
            raise Refused("请写明新的办结时限。", f"新时限须{than}。", "bad_extension")
        count = int(before.get("extend_count") or 0) + 1
        values = {"due_date": due_date, "extend_count": count, "extend_reason": said}
        was = f"由 {day_words(old)}" if old is not None else ""
        record = _save(
            session, before, values, step, step.today, f"〔延期〕第 {count} 次，{was}延到 {day_words(due_date)}；{said}",
            f"延期：{said}",
        )  # fmt: skip
        most = parameters.read(session).extensions
    hint = f"已延期 {count} 次，超过 {most} 次须提级协调并在核对时说明。" if count > most else ""
    return Moved(record, f"已延期到 {day_words(due_date)}（第 {count} 次）。", hint)


def finish(step: Step, *, result: str, result_text: str, closed_on: date | None = None) -> Moved:
    """办结 with its result. The firm is asked next, then somebody else writes the problem off."""
    with _at(step) as (session, before):
        values: Values = {
            "result": result, "result_text": str(result_text or "").strip(), "closed_on": closed_on or step.today,
        }  # fmt: skip
        told = f"{result or ''}：{tidy(result_text)}"
        record = move_in(session, "issue", before, "已办结", values, step.actor, step.today, told=told)
        allowed, overrides = rules(session)
        due = issue_clocks.due_day(issue_clocks.CLEAR, record, allowed, overrides)
    return Moved(record, f"已办结，{day_words(due)}前回访企业并销号。" if due else "已办结。")


def ask_firm(step: Step, satisfaction: str, note: str = "") -> Moved:
    """回访: what the firm says of a settled problem. 不满意 leaves one way: 退回重办."""
    if satisfaction not in ISSUE.field("satisfaction").choices:
        raise Refused("请选企业满意度。", "满意、基本满意、不满意或未回访。", "step_incomplete")
    with _at(step) as (session, before):
        if before.get("status") != "已办结":
            possible = "、".join(each.word for each in workflow.moves_for("issue", before, step.actor.role))
            raise Refused("办结之后才回访企业。", f"现在可以：{possible or '无'}。", "ask_later")
        check_days("issue", before, step.today)
        said = tidy(note)
        text = f"〔回访〕企业{satisfaction}" + (f"；{said}" if said else "")
        record = _save(
            session, before, {"satisfaction": satisfaction}, step, step.today, text, f"回访：{satisfaction}"
        )
    if satisfaction == "不满意":
        return Moved(record, "企业不满意，不能销号。", "请退回重办，办好后再次回访。")
    return Moved(record, f"已记下回访：企业{satisfaction}。")


def write_off(
    step: Step, *, basis: str = "", attachments: Sequence[Mapping[str, Any]] = (), by: str = "",
    satisfaction: str | None = None,
) -> Moved:  # fmt: skip
    """销号: with evidence (a basis in words, or attachments), by someone else than who worked on it.

    Refused while the firm is 不满意 or was not asked. 回头看 is due from then on.
    """
    with _at(step) as (session, before):
        files = [*(before.get("attachments") or []), *(dict(each) for each in attachments)]
        said = tidy(basis)[:200]
        person = tidy(by) or ("" if step.actor.person == UNKNOWN else step.actor.person)
        if workflow.refusal("issue", before, "已销号", step.actor.role) is None:
            if not said and not files:
                raise Refused(
                    "销号要有依据。", "请写明依据（如回访记录），或添加证明材料附件。", "no_evidence"
                )
            if not person:
                raise Refused("请写明销号人。", "销号人须与责任人、办结人不是同一人。", "step_incomplete")
            answer = satisfaction if satisfaction is not None else before.get("satisfaction")
            check_write_off(session, {**before, "satisfaction": answer}, person)
        values: Values = {
            "basis": said or f"见附件：{'、'.join(str(each.get('name')) for each in files)}"[:200],
            "written_off_by": person,
        }
        if satisfaction is not None:
            values["satisfaction"] = satisfaction
        if files:
            values["attachments"] = files
        told = f"{person}核实；依据：{values['basis']}"
        record = move_in(session, "issue", before, "已销号", values, step.actor, step.today, told=told)
        allowed, overrides = rules(session)
        due = issue_clocks.due_day(issue_clocks.REVIEW, record, allowed, overrides)
    return Moved(record, f"已销号，{day_words(due)}前回头看。" if due else "已销号。")


def send_back(step: Step, reason: str, due_date: date | None = None) -> Moved:
    """退回重办 with its reason and a new deadline (by its urgency from today, where none is given)."""
    return _reopen(step, reason, due_date, {})


def review(
    step: Step, result: str, note: str = "", *, due_date: date | None = None, on: date | None = None
) -> Moved:
    """回头看: 巩固 ends the loop; 反弹 and 需再办 reopen the problem with a new deadline."""
    if result not in ISSUE.field("review_result").choices:
        raise Refused("请选回头看结论。", "巩固、反弹或需再办。", "step_incomplete")
    day = on or step.today
    if result != "巩固":
        return _reopen(step, note, due_date, {"review_result": result, "review_on": day}, f"回头看{result}：")
    with _at(step) as (session, before):
        values = {"review_on": day, "review_result": result}
        record = move_in(
            session,
            "issue",
            before,
            "回头看合格",
            values,
            step.actor,
            step.today,
            told=tidy(note) or "效果巩固",
        )
    return Moved(record, "回头看合格，这个问题办完了。")


def cannot_solve(step: Step, reason: str) -> Moved:
    """暂不能解决: the clock stands still until it is taken up again."""
    with _at(step) as (session, before):
        record = move_in(session, "issue", before, PAUSED, {}, step.actor, step.today, reason=reason)
    return Moved(record, "已标为暂不能解决，办理时钟暂停。", "恢复办理时，停的工作日会顺延。")


# ---------------------------------------------------------------- inside


def _save(
    session: Session, before: Values, values: Values, step: Step, day: date, entry: str, note: str
) -> Values:
    """Values and one log entry, without a move."""
    log = with_entry(MACHINE, before, step.actor, day, entry)
    saved = records.save(
        session,
        ISSUE,
        {**values, MACHINE.log: log},
        step.actor,
        id=before["id"],
        action="progress",
        note=note,
    )
    return after_save(session, "issue", saved.id)


def _reopen(step: Step, reason: str, due_date: date | None, values: Values, prefix: str = "") -> Moved:
    with _at(step) as (session, before):
        due = due_date or due_from(session, before, step.today)
        _check_due(due, before, step.today)
        told = f"{prefix}{tidy(reason)}；{day_words(due)}前办结"
        if before.get("closed_on") is not None:
            told += f"（上次 {day_words(before['closed_on'])}办结，{before.get('result') or '未写结果'}）"
        record = move_in(
            session, "issue", before, "退回重办", {"due_date": due, **values}, step.actor, step.today, reason=reason,
            told=told,
        )  # fmt: skip
    return Moved(record, f"已退回重办，{day_words(due)}前办结。")


def _working(before: Mapping[str, Any], what: str, step: Step) -> None:
    """Refused unless the problem is being worked on."""
    check_days("issue", before, step.today)
    if before.get("status") not in HANDLING:
        possible = "、".join(each.word for each in workflow.moves_for("issue", before, step.actor.role))
        raise Refused(
            f"“{before.get('status')}”的问题不能{what}。", f"现在可以：{possible or '无'}。", MACHINE.rule
        )


def _check_due(due: date, before: Mapping[str, Any], today: date) -> None:
    registered = before.get("registered_on")
    if registered is not None and due < registered:
        raise Refused(
            f"办结时限 {due} 早于登记日期 {registered}。", "请把时限定在登记日期以后。", "days_out_of_order"
        )
    if due < today and due != before.get("due_date"):
        raise Refused(f"办结时限 {due} 已经过去。", f"今天是 {today}，请定今天或以后。", "bad_due")


def _resumed(session: Session, before: Mapping[str, Any], today: date) -> tuple[date | None, int]:
    """The deadline after a pause and how many working days were given back."""
    due = before.get("due_date")
    paused = [
        event.at for entry in before.get("progress_log") or () if (event := event_of(entry)).word == PAUSED
    ]
    if due is None or not paused or not paused[-1]:
        return due, 0
    overrides = settings.holidays(session)
    began = date.fromisoformat(paused[-1])
    later = issue_clocks.resumed_due(began, due, today, overrides)
    return later, workdays_between(due, later, overrides)


def check_write_off(session: Session, record: Mapping[str, Any], by: str) -> None:
    """Refused where `by` may not write this problem off, however the record is saved (ISS-005)."""
    settled = finished_by(session, record)
    problem = workflow.write_off_problem(record, by, None if settled == UNKNOWN else settled)
    if problem == "unhappy":
        raise Refused("企业不满意的问题不能销号。", "请退回重办，办好后再次回访企业。", "unhappy")
    if problem == "not_asked":
        raise Refused("销号前须回访企业。", "请先记下企业满意度；未回访的不能销号。", "not_asked")
    if problem == "same_person":
        owner = record.get("owner")
        same = "责任人" if workflow.people_of(by) & workflow.people_of(owner) else "办结人"
        raise Refused(f"{by}是这个问题的{same}，不能由本人销号。", "请由另一人核实后销号。", "same_person")
