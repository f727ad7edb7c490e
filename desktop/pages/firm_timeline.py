"""The lines of a firm's timeline as rows of a table, page by page off the UI thread; which tab shows which kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from db.attachments import is_there, size_words
from desktop.actions.enterprise_timeline import CARD, KINDS, RETURN, WORDS, Cursor, Event, Timeline
from desktop.actions.firm_files import FILES, firm_files
from desktop.actions.versions import Change
from desktop.context import AppContext
from desktop.tables.cells import Mark
from desktop.tables.model import Column, ListSource, Row

ALL, OTHERS, STORY, HISTORY = "all", "others", "story", "history"
_STATES = {
    "visit": "info",
    "issue": "watch",
    "cloud": "ok",
    "nurture": "info",
    "service": "ok",
    "firm_plan": "info",
}
_OWN_TAB = ("visit", "issue", "cloud", "nurture")
COLUMNS = [
    Column("day", "日期", width=104, kind="date"),
    Column("kind", "类别", width=98, kind="chip"),
    Column("text", "内容", width=300, stretch=True),
]
_HISTORY = [
    Column("at", "时间", width=132, kind="muted"),
    Column("by", "谁", width=80),
    Column("field", "栏目", width=120),
    Column("said", "从 → 到", width=240, stretch=True),
]


def tabs(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """(key, words) of the tabs above the timeline; what a firm has nothing of is gathered or left out."""
    found = [(ALL, "全部往来")]
    found += [(kind, f"{WORDS[kind]} {_count(counts.get(kind, 0))}") for kind in _OWN_TAB]
    others = sum(counts.get(kind, 0) for kind in kinds_of(OTHERS))
    if others:
        found.append((OTHERS, f"服务与项目 {_count(others)}"))
    if counts.get(FILES):
        found.append((FILES, f"附件 {_count(counts[FILES])}"))
    return [*found, (STORY, "档案变更"), (HISTORY, "修改记录")]


def _count(number: int) -> str:
    return "999+" if number >= 1000 else str(number)


def kinds_of(tab: str) -> tuple[str, ...]:
    """The kinds of lines a tab shows."""
    if tab == ALL:
        return KINDS
    if tab == STORY:
        return (CARD, RETURN)
    if tab == OTHERS:
        return tuple(kind for kind in KINDS if kind not in (*_OWN_TAB, CARD, RETURN))
    return (tab,)


class TimelineSource:
    """A `tables.Source`; `events` holds what was shown so far, by row."""

    def __init__(self, context: AppContext, firm: UUID, tab: str) -> None:
        self.columns: Sequence[Column] = COLUMNS
        self.events: dict[str, Event] = {}
        self._store = context.store
        self._timeline = Timeline(firm, context.directory, kinds_of(tab))

    def page(self, after: Cursor | None, limit: int) -> tuple[Sequence[Row], Cursor | None]:
        """The next lines, newest first."""
        with self._store.read() as session:
            found, following = self._timeline.page(session, after, limit)
        rows = []
        for event in found:
            key = f"{event.kind}:{event.place[2]}"
            self.events[key] = event
            state = "neutral" if event.undone else _STATES.get(event.kind, "neutral")
            rows.append(
                Row(key, {"day": event.day, "kind": Mark(WORDS[event.kind], state), "text": event.text})
            )
        return rows, following

    def count(self) -> int | None:
        """Not worth counting."""
        return None

    def sort(self, key: str, descending: bool) -> None:
        """A timeline has one order."""


class FilesSource(ListSource):
    """The attachments of a firm's records; `files` by row."""

    def __init__(self, context: AppContext, firm: UUID) -> None:
        with context.store.read() as session:
            self.files = firm_files(session, firm)
        rows = []
        for place, each in enumerate(self.files):
            there = is_there(context.store.folder, each.entry)
            words = size_words(each.entry.get("size")) if there else "本机没有内容"
            text = " · ".join(part for part in (str(each.entry.get("name") or "附件"), words) if part)
            mark = Mark(WORDS[each.register], _STATES.get(each.register, "neutral"))
            rows.append(Row(str(place), {"day": each.day, "kind": mark, "text": text}))
        super().__init__(COLUMNS, rows)


def history_source(history: Sequence[tuple[Change, str]]) -> ListSource:
    """What was changed in the card, field by field."""
    return ListSource(_HISTORY, [_history_row(n, *each) for n, each in enumerate(history)])


def _history_row(place: int, change: Change, field: str) -> Row:
    said = f"{change.old or '（空）'} → {change.new or '（空）'}" if field else change.note
    cells: dict[str, Any] = {
        "at": f"{change.at:%Y-%m-%d %H:%M}",
        "by": change.by,
        "field": field or change.action,
        "said": said,
    }
    return Row(str(place), cells)
