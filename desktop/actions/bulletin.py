"""季通报: read a quarter's draft with what was changed of it, keep changes, write the document, publish. Window and command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import plan_store, publishing
from db.analysis_indicators import bullets
from db.analysis_visits import visit_months
from db.errors import Refused
from db.figures import figures_of
from db.models import OrgUnit
from db.periods import Period
from db.publishing import Published
from db.quarter import Quarter, quarter
from db.store import Store
from desktop.actions.cloud import catch_up
from returns.bulletin import drafts
from returns.bulletin.compose import Block, compose
from returns.bulletin.draft import draft
from returns.bulletin.edit import Edits, apply
from returns.bulletin.fonts import Replaced, replaced
from returns.bulletin.model import Bulletin, Ref, numbered

PICTURE_WIDTH = 150.0  # mm


@dataclass(frozen=True, slots=True)
class Desk:
    """A quarter on the table: its figures, the draft as the figures have it, and as it stands with the changes."""

    quarter: Quarter
    drafted: Bulletin
    edits: Edits
    bulletin: Bulletin
    warnings: Mapping[str, tuple[str, ...]]
    published: tuple[Published, ...]


def read_desk(store: Store, end: Period) -> Desk:
    """The draft of the quarter that ends with the month. Anything in the register is good enough, nothing too."""
    catch_up(store, store.today())
    with store.read() as session:
        return _desk(session, store, end)


def _desk(session: Session, store: Store, end: Period) -> Desk:
    found = quarter(session, end)
    drafted = draft(
        found,
        issuer=_issuer(session, store.actor.unit_code),
        practice=bool(store.setting("practice", False)),
        today=store.today() if store.today() > end.last_day else None,
        usual=drafts.usual(session),
    )
    edits = drafts.kept(session, drafted.quarter)
    edited = apply(drafted, edits)
    return Desk(
        found,
        drafted,
        edits,
        edited.bulletin,
        edited.warnings,
        publishing.published(session, "quarterly", drafted.quarter),
    )


def again(desk: Desk, edits: Edits) -> Desk:
    """The same quarter with other changes; reads nothing."""
    edited = apply(desk.drafted, edits)
    return Desk(desk.quarter, desk.drafted, edits, edited.bulletin, edited.warnings, desk.published)


def keep_edits(store: Store, quarter_key: str, edits: Edits) -> None:
    """Keep what was changed of a draft; it is there again when the program is opened the next time."""
    with store.write() as session:
        drafts.keep(session, quarter_key, edits, store.actor)


def write_bulletin(
    store: Store,
    end: Period,
    out: Path,
    *,
    pictures: bool = True,
    progress: Callable[[int, int, str], object] | None = None,
) -> dict[str, Any]:
    """Write the document and the workbook of its sources beside it; what `qianqi bulletin --json` prints.

    MachineError when a file can not be written.
    """
    from returns.bulletin.sources import companion_of, source_lines, write_sources
    from returns.bulletin.write import write_bulletin as write

    def tell(step: int, words: str) -> None:
        if progress is not None:
            progress(step, 4, words)

    catch_up(store, store.today())
    with store.read() as session:
        tell(0, "汇总本季度的数")
        desk = _desk(session, store, end)
        bulletin = desk.bulletin
        tell(1, "写数据来源工作簿")
        lines = source_lines(session, desk.quarter, bulletin)
        beside = companion_of(out)
        lines = write_sources(session, desk.quarter, bulletin, lines, beside)
        tell(2, "画图")
        drawn = _pictures(session, desk.quarter, bulletin) if pictures else {}
    from desktop.printing.official import fitted  # fonts: not needed before

    tell(3, "写通报")
    written = write(
        bulletin, out, lines=lines, companion=beside.name, pictures=drawn, fit=fitted if drawn else None
    )
    return {
        "out": str(out),
        "sources": str(beside),
        "quarter": bulletin.quarter,
        "title": bulletin.head.title,
        "paragraphs": _paragraphs_json(desk),
        "figures": [
            {"bookmark": bookmark, "key": key, "source": source} for bookmark, key, source in written.figures
        ],
        "pictures": [slot.caption for slot in bulletin.slots if slot.id in drawn],
        "attachments": [each.title for each in bulletin.attachments],
        "fonts_replaced": [{"wanted": each.wanted, "instead": each.instead} for each in lacking_fonts()],
    }


def preview(
    store: Store,
    end: Period,
    edits: Edits | None,
    *,
    progress: Callable[[int, int, str], object] | None = None,
) -> tuple[Bulletin, list[Block]]:
    """The quarter as it stands, in blocks to be laid out on pages; `edits`: what was typed and is not kept yet."""
    from returns.bulletin.sources import source_lines

    def tell(step: int, words: str) -> None:
        if progress is not None:
            progress(step, 3, words)

    catch_up(store, store.today())
    with store.read() as session:
        tell(0, "汇总本季度的数")
        desk = _desk(session, store, end)
        desk = desk if edits is None else again(desk, edits)
        tell(1, "数出每个数的来源")
        lines = source_lines(session, desk.quarter, desk.bulletin)
        tell(2, "画图")
        drawn = _pictures(session, desk.quarter, desk.bulletin)
    from desktop.printing.official import fitted

    return desk.bulletin, fitted(compose(desk.bulletin, lines, pictures=drawn, linked=True))


def publish_quarter(store: Store, end: Period, reason: str = "") -> Published:
    """Publish the quarter's figures: version 1, or a restatement. Refused: “not_supervisor”, “running”, “no_reason” …"""
    if store.actor.role != "supervisor":
        raise Refused("季通报由区里公布。", "", "not_supervisor")
    catch_up(store, store.today())
    with store.write() as session:
        desk = _desk(session, store, end)
        if desk.quarter.running:
            raise Refused(
                "这个季度还没有结束，不能公布。", f"请在{desk.quarter.end.last_day}之后再公布。", "running"
            )
        content, names = published_content(desk)
        return publishing.publish(
            session, "quarterly", desk.bulletin.quarter, desk.bulletin.head.title, content, store.actor, reason,
            names=names,
        )  # fmt: skip


def published_content(desk: Desk) -> tuple[dict[str, str | None], dict[str, str]]:
    """Every figure of the bulletin by its key, as exact text, and what people call it."""
    figures = figures_of(desk.quarter.month)
    content: dict[str, str | None] = {}
    names: dict[str, str] = {}
    for ref in desk.drafted.refs():
        if ref.key in content or (ref.aspect and ref.key not in figures):
            continue
        known = figures.get(ref.key)
        if known is not None:
            content[ref.key] = None if known.value is None else f"{known.value.normalize():f}"
        else:
            content[ref.key] = None if ref.text == "—" else ref.text.replace(",", "")
        names[ref.key] = _called(ref, desk)
    if desk.quarter.earlier:  # a later version by the quarter's own last month says so among its differences
        content["quarter.told"], names["quarter.told"] = str(desk.quarter.told), "目标指标所属月份"
    return content, names


def lacking_fonts() -> tuple[Replaced, ...]:
    """The standard faces that this machine lacks; the file names them all the same."""
    from PySide6.QtGui import QFontDatabase

    from desktop.printing.pictures import ensure_gui

    ensure_gui()
    return replaced(QFontDatabase.families())


def _called(ref: Ref, desk: Desk) -> str:
    unit = ref.key.partition(":")[2]
    name = next((each.name for each in desk.quarter.units if each.code == unit), "")
    return f"{ref.name}（{name}）" if name else ref.name


def _issuer(session: Session, code: str) -> str:
    """As it signs: “区数字经济办公室” of 西湖区 is “西湖区数字经济办公室”."""
    unit = session.get(OrgUnit, code)
    if unit is None:
        return ""
    region, name = plan_store.current(session).region_name, unit.full_name or unit.name
    return f"{region[:-1]}{name}" if region and name[0] == region[-1] else name


def _pictures(session: Session, quarter: Quarter, bulletin: Bulletin) -> dict[str, bytes]:
    """PNG of each place for a picture."""
    from desktop.printing.pictures import picture_png

    end = Period(bulletin.period)
    data: Mapping[str, Callable[[], tuple[str, Any]]] = {
        "indicators": lambda: ("bullets", bullets(session, quarter.told)),
        "visits": lambda: ("visits", visit_months(session, end)),
    }
    return {
        slot.id: picture_png(*data[slot.id](), PICTURE_WIDTH, title=False)
        for slot in bulletin.slots
        if slot.id in data
    }


def _paragraphs_json(desk: Desk) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id, "level": each.level, "number": number, "text": each.text, "edited": each.edited,
            "figures": [{"key": ref.key, "text": ref.text, "name": ref.title} for ref in each.refs],
            "warnings": list(desk.warnings.get(each.id, ())),
        }
        for number, each in numbered(desk.bulletin.paragraphs)
    ]  # fmt: skip


def default_name(bulletin: Bulletin) -> str:
    """“关于2024年第二季度全区数字经济工作情况的通报.docx”."""
    return f"{bulletin.head.title}{'（练习）' if bulletin.practice else ''}.docx"
