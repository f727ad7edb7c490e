"""公布记录: what was published, what has moved since, restating it, and the 重述通知 as text and on paper. No Qt here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db import closing, publishing, restating
from db.errors import Refused
from db.periods import Period
from db.publishing import KIND_WORDS, Difference, Moment, Published
from db.rollup import rollup
from db.store import Store
from desktop.actions.printing import office_of
from desktop.printing import publication as paper
from desktop.printing.blocks import Document


@dataclass(frozen=True, slots=True)
class Overview:
    """All publications, the newest first; whether the month is closed, and what has moved in it since it was published."""

    publications: tuple[Published, ...]
    period: str
    closed: bool
    moved: tuple[Difference, ...]


def overview(store: Store, period: str) -> Overview:
    """What the page shows first. The month is added up only where it is closed."""
    month = str(Period(period))
    with store.read() as session:
        closed = closing.closing_of(session, month) is not None
        moved = restating.since_published(session, rollup(session, month)) if closed else ()
        return Overview(publishing.listed(session), month, closed, moved)


def publication(store: Store, number: int) -> Published:
    """One publication with all its figures. UsageError for a number that is none."""
    with store.read() as session:
        return publishing.numbered(session, number)


def figure_history(store: Store, period: str, figure_key: str) -> tuple[Moment, ...]:
    """What a figure of a month was in each published version, why it changed, and what it is now; () if never published."""
    with store.read() as session:
        return restating.month_history(session, rollup(session, period), figure_key)


def restate(store: Store, period: str, reason: str) -> Published:
    """Publish a closed month's figures as they are now. Refused: “not_supervisor”, “not_closed”, “no_reason”, “nothing_changed”."""
    if store.actor.role != "supervisor":
        raise Refused("重述由区里办理。", "本单位的数有误，请报更正版。", "not_supervisor")
    with store.write() as session:
        return restating.restate_month(session, period, reason, store.actor)


def notice(found: Published, sender: str) -> str:
    """重述通知, ready to be pasted into a chat or a letter. Of a first publication it says that it was published."""
    span = _span(found)
    lines = [f"【{'重述通知' if found.version > 1 else '公布通知'}】{found.title}"]
    if found.version == 1:
        lines.append(f"{span}的数据已于 {found.day} 公布（公布记录第 {found.number} 号），请各单位以此为准。")
        return "\n".join([*lines, sender, found.day])
    because = f"（{found.who}）" if found.who else ""
    lines.append(
        f"{span}已公布的数据有更正{because}，现公布第 {found.version} 版（公布记录第 {found.number} 号），请以此版为准。"
    )
    lines.append(f"理由：{found.reason}")
    changes = headline(found.changes)
    if changes:
        lines.append("更正如下：")
        lines += [
            f"{number}. {each.name}：{each.before or '—'} → {each.after or '—'}"
            for number, each in enumerate(changes, 1)
        ]
        if len(found.changes) > len(changes):
            lines.append(f"各单位的分项 {len(found.changes) - len(changes)} 个数随之更正。")
    else:
        lines.append("各项汇总数没有变化。")
    return "\n".join([*lines, sender, found.day])


def headline(changes: Sequence[Difference]) -> Sequence[Difference]:
    """The figures of the whole district; where only single units' moved, those."""
    return [each for each in changes if ":" not in each.key] or list(changes)


def _span(found: Published) -> str:
    if found.kind == "monthly":
        return Period(found.key).display()
    return f"{found.key.replace('Q', ' 年第 ')} 季度" if "Q" in found.key else f"{found.key} 年"


def publication_paper(store: Store, number: int) -> Document:
    """A publication on paper: its figures, and for a restatement the differences first."""
    with store.read() as session:
        found = publishing.numbered(session, number)
        return paper.publication(found, f"{KIND_WORDS[found.kind]}公布记录", office_of(store, session))
