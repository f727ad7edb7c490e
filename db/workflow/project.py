"""项目: 洽谈→签约→入库→开工→在建→竣工→投产（运营）, 暂停 and 终止; each stage brings its date.

A paused project goes on where it stood. Taking up what was ended or is in production is the district's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.workflow.machine import BOTH, DISTRICT, TODAY, Move, machine

STATES = ("洽谈", "签约", "入库", "开工", "在建", "竣工", "投产（运营）", "暂停", "终止")
LINE = STATES[:7]
STOCKED, PAUSED, ENDED = "入库", "暂停", "终止"
_NOT_IN_STOCK: tuple[tuple[str, Any], ...] = (("in_stock", False),)
# The date each stage requires, of its own and (being cumulative) of all before it.
DATE_OF: Mapping[str, str] = {
    "签约": "signed_on", "入库": "stocked_on", "开工": "started_on", "竣工": "completed_on", "投产（运营）": "produced_on",
}  # fmt: skip


def _forward(before: str, after: str, word: str) -> Move:
    """A stage on, with its date. 入库 puts the project in stock, which the yearly floor counts."""
    day = DATE_OF.get(after)
    asks = (day,) if day else ()
    stamps: tuple[tuple[str, Any], ...] = ((day, TODAY),) if day else ()
    if after == STOCKED:
        return Move(
            before, after, word, asks=asks, stamps=(*stamps, ("in_stock", True)), clears=("in_stock",)
        )
    return Move(before, after, word, asks=asks, stamps=stamps)


def _back(before: str, after: str, roles: frozenset[str] = BOTH) -> Move:
    """One step back: what was entered too early. Its date goes with it."""
    day = DATE_OF.get(before)
    stamps = _NOT_IN_STOCK if before == STOCKED else ()
    clears = (*((day,) if day else ()), *(name for name, _value in stamps))
    return Move(before, after, f"退到{after}", roles, clears=clears, stamps=stamps, reason="退回原因")


def _stop(before: str, *, pause: bool = True) -> tuple[Move, ...]:
    ends = Move(
        before,
        ENDED,
        "终止",
        asks=("progress",),
        stamps=_NOT_IN_STOCK,
        clears=("in_stock",),
        reason="终止原因",
    )
    return (Move(before, PAUSED, "暂停", asks=("progress",), reason="暂停原因"), ends) if pause else (ends,)


PROJECT = machine(
    "stage",
    "洽谈",
    "project_stage",
    STATES,
    (
        _forward("洽谈", "签约", "签约"),
        *_stop("洽谈"),
        _forward("签约", "入库", "入库"),
        _back("签约", "洽谈"),
        *_stop("签约"),
        _forward("入库", "开工", "开工"),
        _back("入库", "签约"),
        *_stop("入库"),
        _forward("开工", "在建", "转在建"),
        _back("开工", "入库"),
        *_stop("开工"),
        _forward("在建", "竣工", "竣工"),
        _back("在建", "开工"),
        *_stop("在建"),
        _forward("竣工", "投产（运营）", "投产"),
        _back("竣工", "在建"),
        _back("投产（运营）", "竣工", DISTRICT),
        *(Move(PAUSED, stage, f"恢复到{stage}", reason="恢复原因") for stage in LINE[:5]),
        *_stop(PAUSED, pause=False),
        Move(ENDED, "洽谈", "重新洽谈", DISTRICT, reason="重启原因"),
    ),
    days=("started_on", "completed_on", "produced_on"),  # PRJ-002
)


def resumed_at(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Where a paused project may go on: at the last stage whose date it has (开工 also as 在建)."""
    reached = "洽谈"
    for stage, name in DATE_OF.items():
        if record.get(name) is not None:
            reached = stage
    return ("开工", "在建") if LINE.index(reached) >= LINE.index("开工") else (reached,)
