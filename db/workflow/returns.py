"""月度回报: a return from 填报中 to 已上报 at the office, and from 已接收 to 已退回 or 已撤销 at the district."""

from __future__ import annotations

from db.workflow.machine import DISTRICT, Move, machine

RETURN_WORDS = {
    "draft": "填报中",
    "sent": "已上报",
    "reopened": "更正中",
    "received": "已接收",
    "sent_back": "已退回",
    "undone": "已撤销",
}

RETURN = machine(
    "state",
    "draft",
    "return_state",
    tuple(RETURN_WORDS),
    (
        Move("draft", "sent", "上报"),
        Move("sent", "reopened", "重新打开", reason="更正理由"),
        Move("reopened", "sent", "重新上报"),
        Move("received", "sent_back", "退回", DISTRICT, reason="退回意见"),
        Move("received", "undone", "撤销接收", DISTRICT),
        Move("sent_back", "received", "接收", DISTRICT),
        Move("undone", "received", "接收", DISTRICT),
    ),
)
