"""联席议题: 待上会→已议定→办理中→已办结, 暂缓. Taking up again what was settled is the district's."""

from __future__ import annotations

from db.workflow.machine import DISTRICT, TODAY, Move, machine

STATES = ("待上会", "已议定", "办理中", "已办结", "暂缓")

MATTER = machine(
    "status",
    "待上会",
    "matter_status",
    STATES,
    (
        Move(
            "待上会", "已议定", "议定", asks=("meeting_on", "decision", "org_code", "due_date"),
            stamps=(("meeting_on", TODAY),),
        ),
        Move("待上会", "暂缓", "暂缓", reason="暂缓原因"),
        Move("已议定", "办理中", "开始办理"),
        Move("已议定", "待上会", "重新上会", clears=("meeting_on",), reason="重新上会的原因"),
        Move("已议定", "暂缓", "暂缓", reason="暂缓原因"),
        Move("办理中", "已办结", "办结", asks=("result",)),
        Move("办理中", "待上会", "再次上会", clears=("meeting_on",), reason="再次上会的原因"),
        Move("办理中", "暂缓", "暂缓", reason="暂缓原因"),
        Move("已办结", "办理中", "重新办理", DISTRICT, reason="重新办理的原因"),
        Move("暂缓", "待上会", "提请上会"),
        Move("暂缓", "办理中", "恢复办理", asks=("meeting_on", "decision", "org_code", "due_date")),
    ),
    days=("raised_on", "meeting_on"),
)  # fmt: skip
