"""催办: what is overdue or soon due, by the unit whose turn it is, as text that is pasted into a chat. No Qt here.

On paper it is actions/printing.reminder_paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from db.deadlines import DueIssue, due_issues
from db.issue_clocks import ASSIGN, CLEAR, HANDLE, REVIEW
from db.store import Store
from desktop.actions.issue_way import day_words

MOST = 500  # problems of each class
_LONGEST = 60  # characters of a description
_ASKED = {ASSIGN: "请尽快交办", HANDLE: "请抓紧办理", CLEAR: "请回访企业并销号", REVIEW: "请回头看"}
_LIMIT = {ASSIGN: "交办时限", HANDLE: "办结时限", CLEAR: "销号时限", REVIEW: "回头看时限"}


@dataclass(frozen=True, slots=True)
class Urge:
    """One unit's share: the problems past their day, and those that are soon due; soonest first."""

    code: str
    org: str
    late: tuple[DueIssue, ...]
    soon: tuple[DueIssue, ...]

    @property
    def title(self) -> str:
        return self.org or "未定责任单位"

    @property
    def longest(self) -> int:
        """Days the oldest is overdue."""
        return max((-each.days for each in self.late), default=0)


def urging(store: Store, today: date, unit_code: str | None = None, days: int = 3) -> list[Urge]:
    """By unit, those with most overdue first. `unit_code`: what that office registered or has to solve; None for all."""
    with store.read() as session:
        found = due_issues(session, today, unit_code, days=days, most=MOST)
    by_unit: dict[str, list[DueIssue]] = {}
    for each in found:
        by_unit.setdefault(each.org_code, []).append(each)
    urges = [
        Urge(
            code,
            issues[0].org,
            tuple(each for each in issues if each.days < 0),
            tuple(each for each in issues if each.days >= 0),
        )
        for code, issues in by_unit.items()
    ]
    return sorted(urges, key=lambda urge: (-len(urge.late), -len(urge.soon), urge.org))


def text_for(urge: Urge, today: date, sender: str) -> str:
    """What is pasted into the chat for one unit: plain lines, no table."""
    counts = [
        f"{len(urge.late)} 件已超期" if urge.late else "",
        f"{len(urge.soon)} 件即将到期" if urge.soon else "",
    ]
    lines = [
        f"【企业问题催办】{urge.title}：",
        f"截至 {today.year} 年 {day_words(today)}，你单位有企业问题 {'、'.join(filter(None, counts))}，"
        "请抓紧办理并反馈进展。",
    ]
    for head, issues in (("已超期：", urge.late), ("即将到期：", urge.soon)):
        if issues:
            lines += [head, *_lines(issues)]
    return "\n".join([*lines, sender]).rstrip() + "\n"


def text_for_all(urges: Iterable[Urge], today: date, sender: str) -> str:
    """The texts of several units, one after another."""
    return "\n".join(text_for(urge, today, sender) for urge in urges)


def _lines(issues: Iterable[DueIssue]) -> list[str]:
    found = []
    for number, each in enumerate(issues, 1):
        about = " ".join(each.description.split())
        about = about if len(about) <= _LONGEST else about[: _LONGEST - 1] + "…"
        told = (
            f"已超期 {-each.days} 天"
            if each.days < 0
            else "今天到期"
            if not each.days
            else f"还剩 {each.days} 天"
        )
        urgent = f"〔{each.urgency}〕" if each.urgency in ("紧急", "特急") else ""
        owner = (
            f"；责任人 {each.owner} {each.owner_phone}".rstrip()
            if each.owner and each.clock == HANDLE
            else ""
        )
        text = f"{number}. {urgent}{each.enterprise or '未填企业'}（{each.category or '未分类'}）：{about}".rstrip(
            "：。"
        )
        found.append(
            f"{text}。{_LIMIT[each.clock]} {day_words(each.due)}，{told}，{_ASKED[each.clock]}{owner}。"
        )
    return found
