"""Rows of 公布记录: the publications, the differences and figures of one. No Qt here."""

from __future__ import annotations

from collections.abc import Iterable

from db.publishing import KIND_WORDS, Difference, Published
from desktop.tables.cells import Change, Mark
from desktop.tables.model import Column, Row

LIST = (
    Column("number", "编号", width=76, kind="strong", sort=False),
    Column("title", "公布的内容", width=190, stretch=True, sort=False, lines=2),
    Column("version", "版本", width=84, sort=False),
    Column("event", "由来", width=96, kind="chip", sort=False),
    Column("day", "日期", width=104, kind="date", sort=False),
    Column("by", "公布人", width=86, sort=False, lines=2),
    Column("moved", "改动", width=80, kind="figure", sort=False),
    Column("reason", "理由", width=230, stretch=True, sort=False, lines=2),
)
DIFFERENCES = (
    Column("name", "项目", width=300, kind="strong", stretch=True, sort=False, lines=2),
    Column("before", "原公布", width=120, kind="change", align="right", sort=False),
    Column("after", "现公布", width=120, align="right", sort=False),
    Column("note", "说明", width=120, kind="muted", sort=False, lines=2),
)
FIGURES = (
    Column("name", "项目", width=360, kind="strong", stretch=True, sort=False, lines=2),
    Column("value", "公布的数", width=140, align="right", sort=False),
)
_EVENTS = {"发布": "ok", "关账": "ok", "接收": "watch", "撤销": "watch", "重述": "watch", "重开": "alarm"}


def list_row(found: Published) -> Row:
    """One publication; the row's id is its number."""
    who = f"{found.who}：" if found.who else ""
    return Row(
        str(found.number),
        {
            "number": f"第 {found.number} 号", "title": found.title or KIND_WORDS[found.kind],
            "version": f"第 {found.version} 版", "event": Mark(found.event, _EVENTS.get(found.event, "neutral")),
            "day": found.published_at.astimezone().date(), "by": found.published_by,
            "moved": len(found.changes) if found.version > 1 else None, "reason": f"{who}{found.reason}",
        },
    )  # fmt: skip


def difference_row(change: Difference) -> Row:
    """One difference; the row's id is the key of the figure."""
    return Row(
        change.key,
        {
            "name": change.name, "before": Change(change.before or ""), "after": change.after or "—",
            "note": "此前已变" if change.earlier else "",
        },
    )  # fmt: skip


def figure_rows(found: Published, wanted: str) -> Iterable[Row]:
    """The figures whose name has what was typed."""
    for key, value in found.content.items():
        name = found.names.get(key, key)
        if wanted in name:
            yield Row(key, {"name": name, "value": value if value is not None else "—"})
