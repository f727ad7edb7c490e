"""What a return says of itself: by hand, edited after the export, for a month to come, empty though not a zero report.

What the register says of it is in situations.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from db import cadence
from db.models import OrgUnit
from db.periods import Period
from returns.planned import Planned
from returns.read import ReadReturn
from returns.situations import Situation, title


def of_file(session: Session, found: ReadReturn, planned: Sequence[Planned], today: date) -> list[Situation]:
    """The situations that come from the file alone, and from its rows compared with the register."""
    manifest = found.manifest
    name = title(session, manifest.unit, manifest.period, manifest.revision)
    told = [*_month_and_unit(session, name, manifest.unit, manifest.period, today)]
    told += _after_lock(session, name, found, today)
    zero = manifest.zero_report or bool(found.cover.get("zero_report"))
    if zero and found.count:
        told.append(
            Situation(
                "zero_with_rows",
                f"{name}的封面写着零报送，里面却有 {found.count} 行。",
                "已按有数据接收，不算零报送；请与填报人核实。",
            )
        )
    elif not zero and not found.count:
        told.append(
            Situation("empty", f"{name}一行数据也没有，又没有写明零报送。", "请与填报人核实是否漏填。")
        )
    if found.by_hand:
        told.append(_by_hand(name, planned))
    elif (edits := _edits(found)) is not None:
        told.append(
            Situation("edited", f"{name}在导出后被改动：{edits}。", "逐格列在校验里，请向填报人核实。")
        )
    return told


def _month_and_unit(session: Session, name: str, unit: str, period: str, today: date) -> list[Situation]:
    found = []
    if period > f"{today:%Y-%m}":
        found.append(
            Situation(
                "future_month",
                f"{name}：这个月还没有到（今天 {today}）。",
                "请核对填报期；确是提前报的，在“收表”里接收，或用 --period 写明这个月。",
                "asks",
            )
        )
    office = session.get(OrgUnit, unit)
    if office is not None and not (office.active and office.reports):
        why = "已停用" if not office.active else "不在报送名单里"
        found.append(
            Situation("not_expected", f"{name}：这个单位在机构表里{why}。", "它的数会汇总，但不算应报单位。")
        )
    elif office is not None and office.merged_into and office.merged_from and office.merged_from <= period:
        heir = session.get(OrgUnit, office.merged_into)
        found.append(
            Situation(
                "merged_unit",
                f"{name}：这个单位从 {Period(office.merged_from).display()}起由{heir.name if heir else office.merged_into}承接报送。",
                "请核实是否重复报送；确要接收的，它的数照样计入。",
            )
        )
    return found


def _after_lock(session: Session, name: str, found: ReadReturn, today: date) -> list[Situation]:
    """A first return after the month was locked is taken like any other, and called 已补报 for good."""
    unit, period = found.manifest.unit, found.manifest.period
    locks = max(cadence.month_cycle(session, period).locks_on, cadence.due_for(session, period, unit))
    if found.manifest.revision > 1 or (found.cover.get("submitted_on") or today) <= locks:
        return []
    return [Situation("after_lock", f"{name}在锁定日（{locks}）之后才报，接收后记为“已补报”。", "", "told")]


def _by_hand(name: str, planned: Sequence[Planned]) -> Situation:
    own = [each for each in planned if each.row is not None and not each.named]
    counts = Counter(each.action for each in own)
    met = counts["same"] + counts["update"] + counts["conflict"]
    words = f"新增 {counts['new']} 行，对上已有 {met} 行"
    if counts["bad"]:
        words += f"，读不出 {counts['bad']} 行"
    return Situation(
        "by_hand",
        f"{name}是手工填写的模板，没有导出标识，按企业、日期等内容匹配：{words}。",
        "请核对“新增”的是不是已有记录改了日期或名称。",
    )


def _edits(found: ReadReturn) -> str | None:
    """“改了 3 格（走访记录 2、问题 1），加了 1 行，删了 2 行”, None for a file as it was exported."""
    cells: Counter[str] = Counter()
    added = 0
    for rows in found.rows.values():
        for row in rows:
            cells[row.sheet] += len(row.edited)
            added += row.added
    parts = []
    if total := sum(cells.values()):
        parts.append(f"改了 {total} 格（{'、'.join(f'{sheet} {n}' for sheet, n in cells.items() if n)}）")
    if added:
        parts.append(f"加了 {added} 行")
    if found.removed:
        parts.append(f"删了 {found.removed} 行")
    return "，".join(parts) or None
