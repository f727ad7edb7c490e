"""What people do in 培育 beyond filling in records: look at one candidate, take up suggestions, tick papers, set windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import classifications, parameters, records, settings, thresholds
from db.errors import Refused
from db.models import Nurture
from db.models.nurture import UPSCALE
from db.periods import Period
from db.progress import show_number
from db.registers import REGISTERS
from db.store import Actor, Store
from db.types import now
from db.upscale import exits, pipeline, suggest, titles
from db.upscale.forecast import Outlook, Point, outlook
from db.upscale.routes import Route, route
from db.upscale.rules import THRESHOLDS, WINDOWS, Rules, rules
from db.upscale.windows import Next, example_note, next_window, read_windows
from desktop.actions.revenue import revenue_year

Values = dict[str, Any]
SHORTEST = 4  # characters a reason has to have


@dataclass(frozen=True)
class Candidate:
    """One candidate as its panel shows it. `papers`: what is handed in, and whether it is there."""

    record: Values
    outlook: Outlook
    route: Route | None
    window: Next | None
    example: bool  # nobody has set the windows yet
    papers: tuple[tuple[str, bool], ...]

    @property
    def lacking(self) -> int:
        return sum(not there for _, there in self.papers)


@dataclass(frozen=True)
class Overview:
    """What the tabs say: how many each of them holds."""

    suggestions: int
    warnings: int
    expiring: int


def candidate(store: Store, record_id: UUID, today: date) -> Candidate | None:
    """Everything the panel of a candidate says; None for a record that is gone. Revenue of this year and the last."""
    with store.read() as session:
        record = records.get(session, REGISTERS["nurture"], record_id)
        if record is None or record["deleted_at"] is not None:
            return None
        in_force = rules(session)
        firm = record.get("enterprise_id")
        card = records.get(session, REGISTERS["enterprise"], firm) if firm is not None else None
        year = Period(record["asof_ym"]).year if record.get("asof_ym") else today.year
        found = _outlook(session, record, card, year)
    specialty = record.get("specialty")
    upscale = record.get("nurture_type") == UPSCALE
    way = route(card["opened_on"] if card else None, specialty, year) if upscale else None
    chosen = record.get("declare_type") or (way.way if way else None)
    window = next_window(in_force.windows, chosen, specialty, today, in_force.overrides) if chosen else None
    ticked = set(record.get("materials") or ())
    papers = in_force.papers(specialty, chosen) if upscale else ()
    return Candidate(
        record, found, way, window, in_force.example, tuple((name, name in ticked) for name in papers)
    )


def _outlook(session: Session, record: Values, card: Values | None, year: int) -> Outlook:
    points: list[Point] = []
    before: list[Point] = []
    if record.get("enterprise_id") is not None:
        points = _points(session, record["enterprise_id"], year)
        before = _points(session, record["enterprise_id"], year - 1)
    if record.get("asof_ym") and record.get("revenue_ytd") is not None:
        points.append(Point(record["asof_ym"], record["revenue_ytd"]))
    return outlook(
        points, record.get("threshold"), year=year, last_year=before, last_total=card["revenue_ly"] if card else None
    )  # fmt: skip


def _points(session: Session, firm: UUID, year: int) -> list[Point]:
    return [Point(each.period, each.amount) for each in revenue_year(session, firm, year).points]


# ---------------------------------------------------------------- the views


def overview(store: Store, period: str, today: date) -> Overview:
    """How much there is behind each tab."""
    with store.read() as session:
        in_force = rules(session)
        return Overview(
            len(suggest.suggestions(session, in_force, Period(period))),
            len(exits.warnings(session, in_force, Period(period))),
            len(titles.titles(session, in_force, today, soon=True)),
        )


def read_stages(
    store: Store, nurture_type: str | None, street: str | None
) -> tuple[tuple[pipeline.StageTotal, ...], int]:
    """The stages with their candidates, and how many candidates there are in all."""
    with store.read() as session:
        found = pipeline.stages(session, nurture_type=nurture_type, street=street)
    return found, sum(each.candidates for each in found)


def read_suggestions(
    store: Store, period: str, street: str | None, aside: bool = False
) -> tuple[suggest.Suggestion, ...]:
    with store.read() as session:
        return suggest.suggestions(session, rules(session), Period(period), street, aside=aside)


def read_warnings(store: Store, period: str, street: str | None) -> tuple[exits.Warned, ...]:
    with store.read() as session:
        return exits.warnings(session, rules(session), Period(period), street)


def read_titles(store: Store, today: date, street: str | None, soon: bool) -> tuple[titles.Title, ...]:
    with store.read() as session:
        return titles.titles(session, rules(session), today, soon=soon, street=street)


# ---------------------------------------------------------------- changes


def take_up(store: Store, firms: Sequence[UUID], actor: Actor, period: str) -> list[UUID]:
    """Make candidates of these firms, from what their cards say; what is missing makes them 待补全.

    A firm that is a candidate already is passed over. The new records' ids.
    """
    made = []
    register = REGISTERS["nurture"]
    with store.write() as session:
        there = set(
            session.scalars(
                select(Nurture.enterprise_id).where(
                    Nurture.enterprise_id.in_(firms),
                    Nurture.nurture_type == UPSCALE,
                    Nurture.deleted_at.is_(None),
                )
            )
        )
        for firm in dict.fromkeys(firms):
            card = records.get(session, REGISTERS["enterprise"], firm)
            if firm in there or card is None or card["deleted_at"] is not None:
                continue
            asof = card["revenue_asof"]
            this_year = asof is not None and Period(asof).year == Period(period).year
            values = {
                "nurture_type": UPSCALE,
                "enterprise_id": firm,
                "revenue_ytd": card["revenue_ytd"] if this_year else None,
                "asof_ym": asof if this_year else None,
                "org_code": actor.unit_code or None,
                "owner": actor.person if actor.person != "未登记" else None,
            }
            saved = records.save(session, register, values, actor, note="由建议名单转入")
            made.append(saved.id)
    return made


def untake(store: Store, made: Sequence[UUID], actor: Actor) -> None:
    """Undo `take_up`."""
    with store.write() as session:
        for key in made:
            records.delete(session, REGISTERS["nurture"], key, actor, note="撤销转入")


def set_aside(store: Store, firm: UUID, reason: str, actor: Actor, year: int) -> None:
    """Leave a firm out of this year's suggestions; remembered with who and why. Refused without a reason."""
    reason = reason.strip()
    if len(reason) < SHORTEST:
        raise Refused(
            "请写明暂不培育的原因。",
            f"至少 {SHORTEST} 个字，例如“总部在外区，收入不在本区”。",
            "reason_missing",
        )
    with store.write() as session:
        kept = dict(settings.get(session, suggest.SET_ASIDE, {}))
        kept[firm.hex] = {"year": year, "reason": reason, "by": actor.person, "at": now().isoformat()}
        settings.put(session, suggest.SET_ASIDE, kept)


def bring_back(store: Store, firm: UUID) -> None:
    """Suggest a firm again."""
    with store.write() as session:
        kept = dict(settings.get(session, suggest.SET_ASIDE, {}))
        if kept.pop(firm.hex, None) is not None:
            settings.put(session, suggest.SET_ASIDE, kept)


def tick_paper(store: Store, record_id: UUID, name: str, there: bool, actor: Actor) -> list[str]:
    """Tick a paper of a candidate's list (or take the tick away); the ticked ones afterwards."""
    register = REGISTERS["nurture"]
    with store.write() as session:
        record = records.get(session, register, record_id)
        if record is None or record["deleted_at"] is not None:
            raise Refused("这条培育记录已被删除。", "请刷新列表。", "no_such_record")
        ticked = [each for each in record["materials"] or [] if each != name]
        if there:
            ticked.append(name)
        records.save(session, register, {"materials": ticked}, actor, id=record_id)
    return ticked


# ---------------------------------------------------------------- lines, papers, windows


def read_rules(store: Store) -> Rules:
    """What is in force."""
    with store.read() as session:
        return rules(session)


def save_windows(store: Store, entries: Sequence[Mapping[str, Any]] | None) -> Rules:
    """The district's own windows (None: the shipped example again). UsageError (“bad_windows”) names a bad one."""
    if entries is not None:
        entries = [each.as_json() for each in read_windows(entries)]
    _put(store, WINDOWS, entries)
    return read_rules(store)


def save_line(
    store: Store,
    specialty: str,
    threshold: Decimal | None,
    papers: Sequence[str],
    monthly: Sequence[str] = (),
) -> Rules:
    """The line and the papers of one specialty, as this office has them; candidates below it are worked out anew.

    `papers` is the whole list, the common ones too; `monthly` what the monthly way asks for beside them.
    """
    names = [name for each in papers if (name := each.strip())]
    if not names:
        raise Refused("材料清单不能是空的。", "至少写一项，例如“营业执照复印件（盖章）”。", "no_papers")
    before = read_rules(store)
    entries = classifications.threshold_entries(before.thresholds)
    for entry in entries:
        if entry["specialty"] == specialty:
            entry["materials"], entry["whole"] = list(dict.fromkeys(names)), True
            entry["monthly_materials"] = [name for each in monthly if (name := each.strip())]
            if entry["threshold_wan"] is not None and threshold is not None:
                if threshold <= 0:
                    raise Refused("升规线须大于 0。", "单位为万元。", "bad_line")
                entry["threshold_wan"] = format(threshold, "f")
    _put_lines(store, entries)
    return read_rules(store)


def reset_lines(store: Store) -> Rules:
    """The shipped lines and papers again."""
    _put_lines(store, None)
    return read_rules(store)


def _put_lines(store: Store, entries: Sequence[Mapping[str, Any]] | None) -> None:
    """Store the table and measure every candidate by it."""
    _put(store, THRESHOLDS, entries)
    with store.write() as session:
        thresholds.measure_anew(session, store.actor)


def _put(store: Store, name: str, value: Any) -> None:
    with store.write() as session:
        changed = dict(settings.parameters(session))
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = value
        settings.put(session, parameters.SETTING, changed)


# ---------------------------------------------------------------- words


def headline(found: Candidate) -> str:
    """“离升规线还差 186 万元”, the one thing the panel has to say."""
    view = found.outlook
    if view.threshold is None:
        return (
            "不以营业收入为门槛" if found.route is not None else str(found.record.get("nurture_type") or "")
        )
    if view.revenue is None:
        return f"升规线 {show_number(view.threshold, 0)} 万元，还没有收入数"
    if view.reached:
        return f"已过升规线 {show_number(view.threshold, 0)} 万元"
    return f"离升规线还差 {show_number(view.missing, 0)} 万元"


def forecast_words(view: Outlook) -> str:
    """What the year comes to, with its assumption, and the other way of reckoning where there is one."""
    if view.forecast is None:
        return view.assumption
    parts = [f"预计全年 {show_number(view.forecast, 0)} 万元（{view.assumption}）"]
    if view.second is not None:
        parts.append(f"另{view.second[1]}约 {show_number(view.second[0], 0)} 万元")
    if view.reached:
        parts.append(f"{Period(view.reach_ym).display()}已达标" if view.reach_ym else "已达标")
    elif view.asof is not None and Period(view.asof).month == 12:
        parts.append("全年没有到线")
    elif view.reach_ym:
        parts.append(f"预计 {Period(view.reach_ym).display()}达标")
    elif view.threshold is not None:
        parts.append("照此年内到不了线")
    return "；".join(parts) + "。"


def window_words(found: Candidate) -> list[str]:
    """The way, the next window, and that the windows are only an example."""
    words = []
    if found.route is not None:
        chosen = found.record.get("declare_type")
        words.append(found.route.words)
        if chosen and found.route.sure and chosen != found.route.way:
            words.append(f"本条选的是{chosen}，与开业日期不符，请核对。")
    if found.window is not None:
        words.append(found.window.words + "。")
        if found.example:
            words.append(example_note())
    return words
