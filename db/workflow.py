"""The allowed moves of an issue, a candidate and a return, and who may make them. Tables; nothing is stored here.

Roles are what an installation was set up as: `clerk` (a street, bureau or carrier) or `supervisor` (the district).
The registers travel between offices, and a street writes down what the offices above it decided, so most moves
are open to both; reopening what is closed and receiving a return are the district's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.text import fold

CLERK, SUPERVISOR = "clerk", "supervisor"
BOTH = frozenset({CLERK, SUPERVISOR})
DISTRICT = frozenset({SUPERVISOR})

Moves = Mapping[str, Mapping[str, frozenset[str]]]


def _both(*states: str) -> dict[str, frozenset[str]]:
    return dict.fromkeys(states, BOTH)


# ISS-003: forward one step at a time, or back by rule.
ISSUE_MOVES: Moves = {
    "待交办": _both("已交办"),
    "已交办": _both("办理中", "待交办"),  # back: the unit is not competent
    "办理中": _both("已办结", "已交办", "暂不能解决"),  # 已交办: handed to another unit
    "已办结": _both("已销号", "退回重办"),  # back: the firm is not satisfied
    "已销号": _both("回头看合格", "退回重办"),  # back: 回头看 found it 反弹
    "退回重办": _both("办理中", "已交办"),
    "暂不能解决": _both("办理中", "已办结"),  # 已办结: explained, planned or not solvable
    "回头看合格": {"退回重办": DISTRICT},
}

# UPS-001: the stages of domain practice (摸底 … 已入库), with 退回, 放弃 and 退库 as ways out and back in.
NURTURE_MOVES: Moves = {
    "摸底": _both("入库培育", "放弃"),
    "入库培育": _both("达标预警", "摸底", "放弃"),
    "达标预警": _both("材料准备", "入库培育", "放弃"),
    "材料准备": _both("街道初审", "达标预警", "放弃"),
    "街道初审": _both("区级审核", "退回", "放弃"),
    "区级审核": _both("上级审核", "退回"),
    "上级审核": _both("已入库", "退回"),
    "已入库": _both("退库"),
    "退回": _both("材料准备", "入库培育", "放弃"),
    "放弃": _both("摸底", "入库培育"),
    "退库": _both("摸底", "入库培育"),
}

RETURN_MOVES: Moves = {
    "draft": _both("sent"),
    "sent": _both("reopened"),
    "reopened": _both("sent"),
    "received": {"sent_back": DISTRICT, "undone": DISTRICT},
    "sent_back": {"received": DISTRICT},
    "undone": {"received": DISTRICT},
}

RETURN_WORDS = {
    "draft": "填报中",
    "sent": "已上报",
    "reopened": "更正中",
    "received": "已接收",
    "sent_back": "已退回",
    "undone": "已撤销",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """One state table: the field that holds the state, where it starts, the rule a wrong move breaks."""

    field: str
    start: str
    moves: Moves
    rule: str


MACHINES: Mapping[str, Machine] = {
    "issue": Machine("status", "待交办", ISSUE_MOVES, "ISS-003"),
    "nurture": Machine("stage", "摸底", NURTURE_MOVES, "UPS-001"),
    "return": Machine("state", "draft", RETURN_MOVES, "return_state"),
}


def allowed(machine: str, from_state: str, role: str = SUPERVISOR) -> tuple[str, ...]:
    """Where a record may go next from a state, in the order of the form; empty for a state nobody knows."""
    return tuple(
        state for state, roles in MACHINES[machine].moves.get(from_state, {}).items() if role in roles
    )


def check_move(machine: str, old: str | None, new: str | None, role: str = SUPERVISOR) -> str | None:
    """The id of the rule that a move breaks, or None. Staying, and where a record starts, is always allowed."""
    if old is None or new is None or old == new or new in allowed(machine, old, role):
        return None
    return MACHINES[machine].rule


def write_off_problem(issue: Mapping[str, Any], by: str | None) -> str | None:
    """Why `by` may not write an issue off (销号), or None.

    “unhappy”: the firm is 不满意, it goes back to be worked on. “not_asked”: the firm was not asked yet.
    “same_person”: who worked on it may not confirm it.
    """
    satisfaction = issue.get("satisfaction")
    if satisfaction == "不满意":
        return "unhappy"
    if satisfaction in (None, "", "未回访"):
        return "not_asked"
    owner = issue.get("owner")
    if by and owner and fold(by) == fold(owner):
        return "same_person"
    return None
