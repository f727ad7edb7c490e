"""问题: the closed loop 待交办→已交办→办理中→已办结→已销号→回头看合格, with 退回重办 and 暂不能解决 (ISS-003).

The registers travel between offices, and a street writes down what the offices above it decided, so most moves
are open to both; taking up again what was found settled on 回头看 is the district's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from db.text import fold
from db.workflow.machine import DISTRICT, PERSON, TODAY, Move, machine

STATES = ("待交办", "已交办", "办理中", "已办结", "已销号", "回头看合格", "退回重办", "暂不能解决")
ASSIGNMENT = ("org_code", "owner", "owner_phone", "due_date")
RESULT = ("result", "result_text")
SETTLED = ("closed_on", *RESULT)
CLEARED = ("written_off_on", "written_off_by", "basis")
REVIEWED = ("review_on", "review_result")


def _settle(before: str) -> Move:
    """办结. The firm is asked anew after each round."""
    asks = (*RESULT, "closed_on")
    return Move(before, "已办结", "办结", asks=asks, stamps=(("closed_on", TODAY),), clears=("satisfaction",))


def _again(before: str, word: str, reason: str = "") -> Move:
    """To another unit, or anew: counted from today."""
    stamps = (("assigned_on", TODAY),)
    return Move(
        before, "已交办", word, asks=ASSIGNMENT, stamps=stamps, clears=("assigned_on",), reason=reason
    )


ISSUE = machine(
    "status",
    "待交办",
    "ISS-003",
    STATES,
    (
        Move("待交办", "已交办", "交办", asks=ASSIGNMENT, stamps=(("assigned_on", TODAY),)),
        Move("已交办", "办理中", "开始办理", asks=("measure",)),
        Move("已交办", "待交办", "退回交办", clears=("assigned_on",), reason="退回原因"),
        _settle("办理中"),
        _again("办理中", "转交办理", "转交原因"),
        Move("办理中", "暂不能解决", "暂不能解决", reason="暂不能解决的原因"),
        Move(
            "已办结", "已销号", "销号", asks=("satisfaction", "written_off_by", "basis"), clears=REVIEWED,
            stamps=(("written_off_on", TODAY), ("written_off_by", PERSON)),
        ),
        Move("已办结", "退回重办", "退回重办", asks=("due_date",), clears=SETTLED, reason="退回原因"),
        Move(
            "已销号", "回头看合格", "回头看合格", asks=("review_on", "review_result"),
            stamps=(("review_on", TODAY), ("review_result", "巩固")),
        ),
        Move(
            "已销号", "退回重办", "反弹重办", asks=("due_date",), offers=("review_result",), clears=(*SETTLED, *CLEARED),
            reason="反弹情况",
        ),
        Move("退回重办", "办理中", "重新办理", asks=("measure",)),
        _again("退回重办", "重新交办"),
        Move("暂不能解决", "办理中", "恢复办理", asks=("measure",), reason="恢复办理的原因"),
        _settle("暂不能解决"),  # explained, planned, not solvable
        Move(
            "回头看合格", "退回重办", "重新办理", DISTRICT, asks=("due_date",), clears=(*SETTLED, *CLEARED, *REVIEWED),
            reason="重办原因",
        ),
    ),
    days=("registered_on", "assigned_on", "closed_on", "written_off_on", "review_on"),
    log="progress_log",
)  # fmt: skip

_BETWEEN = re.compile(r"[、，,;；/／\n]")
_AND = re.compile("[和及与]")  # unless that leaves half a name: 张和平 is one person
_ASIDE = re.compile(r"[(（\[【〔].*?[)）\]】〕]")


def people_of(text: object) -> set[str]:
    """The names in a field of people, one spelling each: “刘 芳（科长）、王强” are 刘芳 and 王强."""
    found: set[str] = set()
    for part in _BETWEEN.split(_ASIDE.sub("", str(text or ""))):
        whole = fold(part).casefold()
        names = _AND.split(whole)
        found.update(names if all(len(name) > 1 for name in names) else [whole])
    return found - {""}


def write_off_problem(issue: Mapping[str, Any], by: str | None, finished_by: str | None = None) -> str | None:
    """Why `by` may not write an issue off (销号), or None (ISS-005).

    “unhappy”: the firm is 不满意, it goes back to be worked on. “not_asked”: the firm was not asked yet.
    “same_person”: who worked on it (its owner) or settled it (`finished_by`) may not confirm it.
    """
    satisfaction = issue.get("satisfaction")
    if satisfaction == "不满意":
        return "unhappy"
    if satisfaction in (None, "", "未回访"):
        return "not_asked"
    workers = people_of(issue.get("owner")) | people_of(finished_by)
    if people_of(by) & workers:
        return "same_person"
    return None
