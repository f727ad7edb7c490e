"""培育: the stages of practice 摸底 … 已入库, with 退回, 放弃 and 退库 as ways out and back in (UPS-001)."""

from __future__ import annotations

from db.workflow.machine import Move, machine

STATES = (
    "摸底", "入库培育", "达标预警", "材料准备", "街道初审", "区级审核", "上级审核", "已入库", "退回", "放弃", "退库",
)  # fmt: skip


def _out(before: str, after: str) -> Move:
    """A way out, with its reason."""
    return Move(before, after, after, asks=("reason",))


NURTURE = machine(
    "stage",
    "摸底",
    "UPS-001",
    STATES,
    (
        Move("摸底", "入库培育", "列入培育"),
        _out("摸底", "放弃"),
        Move("入库培育", "达标预警", "达标预警"),
        Move("入库培育", "摸底", "退到摸底"),
        _out("入库培育", "放弃"),
        Move("达标预警", "材料准备", "准备材料", asks=("statistician",)),
        Move("达标预警", "入库培育", "退到培育"),
        _out("达标预警", "放弃"),
        Move("材料准备", "街道初审", "送街道初审", asks=("statistician",), offers=("materials",)),
        Move("材料准备", "达标预警", "退到预警"),
        _out("材料准备", "放弃"),
        Move("街道初审", "区级审核", "送区级审核"),
        _out("街道初审", "退回"),
        _out("街道初审", "放弃"),
        Move("区级审核", "上级审核", "送上级审核"),
        _out("区级审核", "退回"),
        Move("上级审核", "已入库", "入库", asks=("in_stock_ym",)),
        _out("上级审核", "退回"),
        _out("已入库", "退库"),
        Move("退回", "材料准备", "补材料"),
        Move("退回", "入库培育", "继续培育"),
        _out("退回", "放弃"),
        Move("放弃", "摸底", "重新摸底"),
        Move("放弃", "入库培育", "重新培育"),
        Move("退库", "摸底", "重新摸底"),
        Move("退库", "入库培育", "重新培育"),
    ),
)  # fmt: skip
