"""Why a 警告 is right as it stands: given once, remembered, and not asked again for the same thing.

An explanation belongs to rule, register, record, field and sentence (which names the value): when the value
changes, the sentence does, and the question is asked anew. Nothing here decides what a warning is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.errors import Refused
from db.findings import Finding, Severity
from db.models import AuditEntry, Explanation
from db.store import Actor
from db.types import new_key, now

SHORTEST = 6  # characters that say something; blanks and punctuation do not count
IN_CHUNKS = 500

# What people write to be rid of the question. A text made of nothing but these says nothing.
_EMPTY_PIECES = (
    "无", "暂无", "没有", "略", "同上", "见上", "以上", "是的", "是", "好的", "好", "对", "对的", "不", "否",
    "已", "经", "均", "都", "本条", "该条", "此条", "此项", "该项", "本项", "上述", "我", "我们", "我单位", "我街道", "单位",
    "核实", "核对", "复核", "核查", "审核", "检查", "确认", "查看", "知悉", "知晓", "了解", "看过", "过", "后", "了", "的", "再次", "再",
    "无误", "误", "属实", "真实", "有效", "准确", "正确", "完整", "没错", "没问题", "无问题", "没有问题", "问题", "不存在", "正常", "可以",
    "情况", "数据", "信息", "内容", "数字", "填报", "填写", "上报", "报送", "确属", "确实", "如实", "符合", "实际", "基本", "完全",
    "说明", "解释", "原因", "备注", "其他", "请", "予以", "通过", "忽略", "无需", "需要", "和", "与", "、", "OK", "YES", "NO", "TEST", "测试",
)  # fmt: skip
# Possessive: a long text of set phrases must not be taken apart in every possible way.
_EMPTY = re.compile("(?:" + "|".join(sorted(map(re.escape, _EMPTY_PIECES), key=len, reverse=True)) + ")*+")
_DAYS = re.compile(r"\d+ ?天")


def letters(text: str) -> str:
    """A text as it is compared: one width, upper case, letters and digits only."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())


def is_boilerplate(text: str) -> bool:
    """Whether a text explains nothing: only set phrases (核实无误, 情况属实), or the same few characters again."""
    said = letters(text)
    return bool(_EMPTY.fullmatch(said)) or said.isdigit() or len(set(said)) < 3


def problem(text: str) -> str | None:
    """Why a text is no explanation, as a sentence; None when it is one."""
    if len(letters(text)) < SHORTEST:
        return f"说明至少要写 {SHORTEST} 个字。"
    if is_boilerplate(text):
        return f"“{text.strip()}”没有说明原因。"
    return None


def value_key(finding: Finding) -> str:
    """What an explanation is about: the sentence, but days that pass by themselves are no new fact."""
    return _DAYS.sub("若干天", finding.message)


def explain(session: Session, finding: Finding, text: str, actor: Actor, period: str) -> Explanation:
    """Keep the explanation of a warning; a second one for the same thing replaces the first.

    Refused: “not_a_warning”, “poor_explanation” (too short, or a set phrase).
    """
    if finding.severity is not Severity.WARNING:
        raise Refused("只有警告需要填写说明。", "错误请改正，提示无需处理。", "not_a_warning")
    reason = problem(text)
    if reason is not None:
        raise Refused(reason, "请写明具体原因，如“该企业当日上午、下午各走访一次”。", "poor_explanation")
    known = accepted(session, [finding]).get(finding)
    if known is None:
        known = Explanation(
            id=new_key(),
            rule_id=finding.id,
            register=finding.register,
            record_id=finding.record_id,
            field=finding.field,
            value_key=value_key(finding),
            period=str(period),
        )
        session.add(known)
    known.text, known.created_at, known.created_by = text.strip(), now(), actor.person
    session.flush()
    return known


def accepted(session: Session, findings: Iterable[Finding]) -> dict[Finding, Explanation]:
    """The warnings among these that have been explained, with their explanations."""
    warnings = [each for each in findings if each.severity is Severity.WARNING]
    if not warnings:
        return {}
    rules = sorted({each.id for each in warnings})
    records = sorted({each.record_id for each in warnings if each.record_id is not None})
    known: dict[tuple[object, ...], Explanation] = {}
    for start in range(0, max(len(records), 1), IN_CHUNKS):
        for row in _load(session, rules, records[start : start + IN_CHUNKS]):
            known[(row.rule_id, row.register, row.record_id, row.field, row.value_key)] = row
    found = {each: known.get(_place(each)) for each in warnings}
    return {each: row for each, row in found.items() if row is not None}


def open_warnings(session: Session, findings: Iterable[Finding]) -> list[Finding]:
    """The warnings that still need an explanation, in their order."""
    given = list(findings)
    known = accepted(session, given)
    return [each for each in given if each.severity is Severity.WARNING and each not in known]


def of_rule(session: Session, rule_id: str) -> list[Explanation]:
    """The explanations that were accepted for a rule, the newest first."""
    return list(
        session.scalars(
            select(Explanation)
            .where(Explanation.rule_id == rule_id)
            .order_by(Explanation.created_at.desc(), Explanation.id)
        )
    )


def withdraw(session: Session, explanation_id: UUID, actor: Actor) -> Explanation:
    """Take an explanation back: the warning is open again. Who did it is noted with the record.

    Refused (“no_such_explanation”) for one that is gone.
    """
    found = session.get(Explanation, explanation_id)
    if found is None:
        raise Refused("这条说明已经撤回。", "请刷新列表。", "no_such_explanation")
    session.delete(found)
    session.add(
        AuditEntry(
            at=now(), by=actor.person, action="withdraw", register=found.register or "setting",
            record_id=found.record_id, before=None, after=None,
            note=f"撤回对 {found.rule_id} 的说明：{found.text}",
        )
    )  # fmt: skip
    session.flush()
    return found


def _load(session: Session, rules: Sequence[str], records: Sequence[UUID]) -> Iterable[Explanation]:
    return session.scalars(
        select(Explanation)
        .where(Explanation.rule_id.in_(rules))
        .where(or_(Explanation.record_id.in_(records), Explanation.record_id.is_(None)))
    )


def _place(finding: Finding) -> tuple[object, ...]:
    return (finding.id, finding.register, finding.record_id, finding.field, value_key(finding))
