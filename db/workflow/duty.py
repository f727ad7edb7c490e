"""责任清单: 未启动, 正常推进, 滞后, 已完成, 已销号, 调整取消. The list is the district's: it alone cancels and reopens."""

from __future__ import annotations

from db.workflow.machine import DISTRICT, Move, machine

STATES = ("未启动", "正常推进", "滞后", "已完成", "已销号", "调整取消")
_TEXT = ("progress_text",)
_DONE = ("progress_pct", "progress_text")


def _cancel(before: str) -> Move:
    return Move(before, "调整取消", "调整取消", DISTRICT, reason="调整取消的依据")


DUTY = machine(
    "status",
    "未启动",
    "duty_status",
    STATES,
    (
        Move("未启动", "正常推进", "启动", asks=_TEXT),
        Move("未启动", "滞后", "标为滞后", asks=("problem_text", "next_text")),
        _cancel("未启动"),
        Move("正常推进", "已完成", "完成", asks=_DONE),
        Move("正常推进", "滞后", "标为滞后", asks=("problem_text", "next_text")),
        _cancel("正常推进"),
        Move("滞后", "正常推进", "赶上进度", asks=_TEXT),
        Move("滞后", "已完成", "完成", asks=_DONE),
        _cancel("滞后"),
        Move("已完成", "已销号", "销号", asks=("basis",)),
        Move("已完成", "正常推进", "退回推进", reason="退回原因"),
        Move("已销号", "正常推进", "重新推进", DISTRICT, clears=("basis",), reason="重新推进的原因"),
        Move("调整取消", "未启动", "恢复任务", DISTRICT, reason="恢复的原因"),
    ),
)
