"""What the registers themselves leave to do: follow-ups, progress, visits owed, deadlines, titles, duplicates.

Each source is a few queries of its own and answers with the tasks it finds, none where nothing is left. What a
button shows is what its line counts: both are one filter of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from db import duplicate_search, lists, plan_store
from db.deadlines import DueIssue
from db.duplicates import SUGGEST, card_of, compare, pair_of
from db.issue_clocks import REVIEW
from db.lists import ListQuery
from db.models import Enterprise, Nurture, Park, ParkMonth
from db.models.duty import RUNNING
from db.models.enterprise import EnterpriseSearch
from db.models.firm_plan import STATUSES as PLAN_STATES
from db.models.nurture import STAGES, UPSCALE
from db.owing import quarter_of
from db.periods import Period
from db.ranges import Between
from db.to_do_task import DUPLICATES, NEW, ROWS, Task
from db.upscale.rules import rules
from db.upscale.titles import OVER, RECOGNISED
from db.upscale.windows import next_window

NAMED = 2  # rows that a line names
MANY = 1000
URGENT = 3  # days before a clock ends from which it is a task of its own
WINDOW_SOON = 15  # working days before a window closes
PARK_MONTHS = 3  # a park not reported for so long is no longer this office's
_READY = ("达标预警", "材料准备", "街道初审")
_GROUPS, _FEW = 100, 4  # names looked at for duplicates, and cards of one name
_COMPARED = ("id", "name", "alias", "uscc", "phone", "reg_address", "biz_address", "legal_rep")


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose list it is: one office's, or (None) the district's whole register."""

    unit_code: str | None
    month: Period
    today: date
    locked: bool = False  # handed in: nothing of the month itself is left

    @property
    def period(self) -> str:
        return str(self.month)

    def own(self, **filters: Any) -> dict[str, Any]:
        """Filters of the office's own rows."""
        return {**filters, **({"unit": self.unit_code} if self.unit_code else {})}


Source = Callable[[Session, Desk], list[Task]]


def _rows(
    session: Session,
    register: str,
    filters: Mapping[str, Any],
    title: str,
    chip: tuple[str, str],
    action: str,
    *,
    name: str,
    names: Callable[[Mapping[str, Any]], str],
    why: str = "",
) -> list[Task]:
    """The task of dealing with the rows a filter finds; `{}` in the title is their number."""
    query = ListQuery(register, filters)
    count = lists.count(session, query, cap=MANY)
    if not count:
        return []
    few = [names(row) for row in lists.page(session, query, None, NAMED).rows]
    named = "、".join(each for each in dict.fromkeys(few) if each)
    more = " 等" if count > len(few) and named else ""
    detail = f"{named}{more}（{why}）" if named and why else f"{named}{more}" or why
    shown = f"{count:,}" if count < MANY else f"{MANY:,} 以上"
    return [
        Task(
            ROWS, title.format(shown), detail, chip[0], chip[1], action, register, count=count, name=name,
            filters=dict(filters), told=why,
        )
    ]  # fmt: skip


def _firm(row: Mapping[str, Any]) -> str:
    return str(row.get("enterprise_name") or "")


def follow_ups(session: Session, desk: Desk) -> list[Task]:
    """Visits of the month that said 已上云, 有潜力 or 有诉求 and have no record of it yet."""
    found: list[Task] = []
    for what, title, why, action in (
        ("issue", "把 {} 家的诉求登记为问题", "走访有诉求、未登记", "去登记"),
        ("cloud", "登记 {} 家的上云服务", "走访写了已上云、没有上云记录", "去登记"),
        ("nurture", "把 {} 家转入培育库", "走访有升规潜力、不在培育库", "去转入"),
    ):
        filters = desk.own(period=desk.period, owing=what)
        found += _rows(
            session, "visit", filters, title, ("待带出", "watch"), action, name=what, names=_firm, why=why
        )
    return found


def liaison(session: Session, desk: Desk) -> list[Task]:
    """挂点 whose leader has not yet made the quarter's visits; urgent in its last month."""
    _, last = quarter_of(desk.period)
    left = (last - desk.today).days
    state = "alarm" if left < 0 else "watch" if desk.month.is_quarter_end else "neutral"
    chip = f"{last.month} 月 {last.day} 日前"
    return _rows(
        session, "liaison", desk.own(owing=f"visits:{desk.period}"), "本季度 {} 家挂点企业还没走访到次数", (chip, state),
        "去安排", name="visits", names=lambda row: f"{row.get('leader') or '未填领导'} {_firm(row)}".strip(),
    )  # fmt: skip


def duties(session: Session, desk: Desk) -> list[Task]:
    """Tasks of the year without this month's progress, and those whose deadline has passed."""
    progress = desk.own(owing=f"progress:{desk.period}")
    late = desk.own(status=list(RUNNING), due_date=Between(None, desk.today - timedelta(days=1)))

    def task(row: Mapping[str, Any]) -> str:
        return str(row.get("task") or "")

    return _rows(
        session, "duty", progress, f"写 {{}} 项任务的 {desk.month.month} 月进展", ("未填", "watch"), "去填写",
        name="progress", names=task,
    ) + _rows(
        session, "duty", late, "{} 项任务已过完成时限", ("已超期", "alarm"), "去看", name="late", names=task,
    )  # fmt: skip


def projects(session: Session, desk: Desk) -> list[Task]:
    """Projects under way without this month's progress."""
    return _rows(
        session, "project", desk.own(owing=f"progress:{desk.period}"), f"写 {{}} 个项目的 {desk.month.month} 月进展",
        ("未填", "watch"), "去填写", name="progress", names=lambda row: str(row.get("name") or ""),
    )  # fmt: skip


def parks(session: Session, desk: Desk) -> list[Task]:
    """Parks the office reported in the months before, and not yet in this one."""
    if desk.unit_code is None:
        return []
    own = and_(ParkMonth.unit_code == desk.unit_code, ParkMonth.deleted_at.is_(None))
    filled = select(ParkMonth.park_code).where(own, ParkMonth.period == desk.period)
    rows = session.execute(
        select(Park.code, Park.name)
        .where(Park.active, Park.code.not_in(filled))
        .where(
            Park.code.in_(
                select(ParkMonth.park_code).where(
                    own,
                    ParkMonth.period >= str(desk.month.shift(-PARK_MONTHS)),
                    ParkMonth.period < desk.period,
                )
            )
        )
        .order_by(Park.code)
    ).all()
    if not rows:
        return []
    named = "、".join(row.name for row in rows[:3]) + (f"等 {len(rows)} 个" if len(rows) > 3 else "")
    return [
        Task(
            NEW, f"填报 {len(rows)} 个园区的 {desk.month.month} 月数据", named, "未填", "watch", "去填报", "park",
            count=len(rows), filters={"park_code": rows[0].code, "period": desk.period},
        )
    ]  # fmt: skip


def due_problems(issues: Sequence[DueIssue]) -> list[Task]:
    """Problems of which a clock has ended or ends within days, and 回头看 to be made, from the list already read."""
    found: list[Task] = []
    for review in (False, True):
        mine = [each for each in issues if (each.clock == REVIEW) is review and each.days <= URGENT]
        if not mine:
            continue
        late = sum(each.days < 0 for each in mine)
        chip = (f"超期 {late}", "alarm") if late else (mine[0].words, "watch")
        title = f"回头看 {len(mine)} 个已销号的问题" if review else f"办理 {len(mine)} 个到期的问题"
        named = "；".join(each.title for each in mine[:NAMED])
        filters = {"ids": [each.id.hex for each in mine]}
        found.append(
            Task(
                ROWS, title, named, *chip, "去回访" if review else "去办理", "issue", count=len(mine),
                name="review" if review else "due", filters=filters,
            )
        )  # fmt: skip
    return found


def plans(session: Session, desk: Desk) -> list[Task]:
    """一企一策 and 联席 matters whose deadline has passed, leads whose next step is due."""
    before = Between(None, desk.today)
    running = list(PLAN_STATES[:2])
    return (
        _rows(
            session, "firm_plan", desk.own(status=running, due_date=before), "{} 项一企一策到了完成时限",
            ("已到期", "alarm"), "去看", name="due", names=_firm,
        )
        + _rows(
            session, "matter", desk.own(status=["已议定", "办理中"], due_date=before), "{} 项联席议题到了完成时限",
            ("已到期", "alarm"), "去看", name="due", names=lambda row: str(row.get("topic") or ""),
        )
        + _rows(
            session, "lead", desk.own(stage=["线索", "洽谈"], next_on=before), "{} 条招引线索该走下一步",
            ("已到日期", "watch"), "去跟进", name="due", names=lambda row: str(row.get("firm_name") or ""),
        )
    )  # fmt: skip


def expiring(session: Session, desk: Desk) -> list[Task]:
    """Titles (专精特新, 核心产业企业) that expire within the reminder's days or have expired."""
    days = rules(session).expiry_days
    filters = desk.own(
        nurture_type=list(RECOGNISED),
        valid_to=Between(desk.today - timedelta(days=days), desk.today + timedelta(days=days)),
        stage=[stage for stage in STAGES if stage not in OVER],
    )
    return _rows(
        session, "nurture", filters, "{} 项认定快到期，准备复核", (f"{days} 天内", "watch"), "去看", name="expiring",
        names=_firm,
    )  # fmt: skip


def windows(session: Session, desk: Desk) -> list[Task]:
    """A window for 升规 papers that closes soon while candidates are ready for it."""
    found = rules(session)
    ready = and_(
        Nurture.deleted_at.is_(None), Nurture.nurture_type == UPSCALE, Nurture.stage.in_(_READY), Nurture.reach_rate >= 100
    )  # fmt: skip
    if desk.unit_code:
        ready = and_(ready, Nurture.unit_code == desk.unit_code)
    groups = session.execute(
        select(Nurture.declare_type, Nurture.specialty, func.count())
        .where(ready)
        .group_by(Nurture.declare_type, Nurture.specialty)
    ).all()
    closing: dict[tuple[str, date], int] = {}
    words: dict[tuple[str, date], tuple[str, int]] = {}
    for way, specialty, number in groups:
        window = next_window(found.windows, way or "年度入库", specialty, desk.today, found.overrides)
        if window is not None and window.open_now and window.workdays <= WINDOW_SOON:
            key = (way or "年度入库", window.closes)
            closing[key] = closing.get(key, 0) + int(number)
            words[key] = (window.words, window.workdays)
    tasks = []
    for (way, closes), number in sorted(closing.items(), key=lambda each: each[0][1]):
        told, left = words[way, closes]
        state = "alarm" if left <= 3 else "watch"
        filters = desk.own(
            nurture_type=UPSCALE, stage=list(_READY), declare_type=way, reach_rate=Between(100, None)
        )
        tasks.append(
            Task(
                ROWS, f"申报 {number} 家已达标企业（{way}）", told, f"{closes.month} 月 {closes.day} 日截止", state, "去申报",
                "nurture", count=number, name=f"window-{closes}", filters=filters,
            )
        )  # fmt: skip
    return tasks


def duplicates(session: Session, desk: Desk) -> list[Task]:
    """Cards of the same name that nobody has decided about. The whole search for duplicates finds more."""
    same = (
        select(EnterpriseSearch.name_key)
        .where(EnterpriseSearch.name_key != "")
        .group_by(EnterpriseSearch.name_key)
        .having(func.count() > 1)
        .limit(_GROUPS)
    )
    keys = list(session.scalars(same))
    if not keys:
        return []
    table = Enterprise.__table__
    rows = session.execute(
        select(EnterpriseSearch.name_key, *(table.c[name] for name in _COMPARED), table.c.street_code)
        .select_from(table.join(EnterpriseSearch.__table__, table.c.id == EnterpriseSearch.enterprise_id))
        .where(EnterpriseSearch.name_key.in_(keys), table.c.deleted_at.is_(None))
    ).mappings()
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row["name_key"], []).append(row)
    done = duplicate_search.decided(session)
    places = tuple(plan_store.current(session).name_places)
    named: list[str] = []
    for group in groups.values():
        if desk.unit_code is None or any(row["street_code"] == desk.unit_code for row in group):
            cards = [card_of(row) for row in group[:_FEW]]
            if any(
                compare(one, other, places).score >= SUGGEST
                for place, one in enumerate(cards)
                for other in cards[place + 1 :]
                if pair_of(one.id, other.id) not in done
            ):
                named.append(str(group[0]["name"]))
    if not named:
        return []
    count = f"核对 {len(named)} 组" if len(keys) < _GROUPS else f"核对至少 {len(named)} 组"
    detail = "、".join(named[:NAMED]) + (" 等" if len(named) > NAMED else "")
    return [
        Task(
            DUPLICATES, f"{count}疑似重复的企业", detail, "待判定", "watch", "去判定", "enterprise",
            count=len(named),
        )
    ]  # fmt: skip


# In the order they are best done.
OF_MONTH: Sequence[Source] = (follow_ups, duties, projects, parks)
SOURCES: Sequence[Source] = (*OF_MONTH, liaison, plans, windows, expiring, duplicates)


def of_registers(session: Session, desk: Desk) -> list[Task]:
    """Everything the registers leave to do; of a month that was handed in only what is not part of the return."""
    return [
        task
        for source in SOURCES
        if not (desk.locked and source in OF_MONTH)
        for task in source(session, desk)
    ]
