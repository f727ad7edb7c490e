"""单位 as a picture: streets down, figures across, a word or a figure in each cell. By code, unless the office may rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db import parameters, settings, totals
from db.analysis import NOWHERE, About, Rows, as_of, share
from db.coverage import CAUGHT_UP, LATE, MISSING, ON_TIME, ZERO, UnitState, coverage
from db.models import (
    Cloud,
    Enterprise,
    Indicator,
    IndicatorUnit,
    IndicatorValue,
    OrgUnit,
)
from db.models.duty import FINISHED, RUNNING
from db.models.issue import DONE, OPEN
from db.models.nurture import OVER, UPSCALE
from db.month_states import stood
from db.periods import Period
from db.progress import show_number, show_pct

_STATES = {ON_TIME: "ok", LATE: "watch", CAUGHT_UP: "watch", ZERO: "info", MISSING: "alarm"}


@dataclass(frozen=True, slots=True)
class HeatColumn:
    """One figure of all streets. `amount`: shaded by size; otherwise each cell has its state."""

    key: str
    name: str
    unit: str
    amount: bool
    scope: str


@dataclass(frozen=True, slots=True)
class HeatCell:
    """`words` is what stands in the cell; `value` what it is sorted and shaded by (None: nothing known)."""

    words: str
    value: Decimal | None = None
    state: str = ""
    told: str = ""
    rows: Rows = NOWHERE


@dataclass(frozen=True, slots=True)
class HeatRow:
    code: str
    name: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """`may_rank`: whether the office turned rankings on; `sorted_by` the column it is sorted by, -1 for the code."""

    about: About
    columns: tuple[HeatColumn, ...]
    rows: tuple[HeatRow, ...]
    may_rank: bool = False
    sorted_by: int = -1

    def ranked(self, column: int) -> Heat:
        """Sorted by a column, the largest first and unknown ones last; by code where ranking is off or `column` is -1."""
        if not self.may_rank or not 0 <= column < len(self.columns):
            rows = sorted(self.rows, key=lambda row: row.code)
            return Heat(self.about, self.columns, tuple(rows), self.may_rank, -1)

        def place(row: HeatRow) -> tuple[bool, Decimal, str]:
            value = row.cells[column].value
            return value is None, -(value or Decimal(0)), row.code

        return Heat(self.about, self.columns, tuple(sorted(self.rows, key=place)), True, column)


def heat(session: Session, month: Period) -> Heat:
    """Every street in force against what streets have figures for: return, visits, problems, 升规, cloud, tasks, indicators."""
    streets = session.execute(
        select(OrgUnit.code, OrgUnit.name)
        .where(OrgUnit.kind == "street", OrgUnit.active)
        .order_by(OrgUnit.code)
    ).all()
    whole = coverage(session, month)
    columns: list[HeatColumn] = []
    cells: dict[str, list[HeatCell]] = {code: [] for code, _ in streets}
    for column, found in (
        _returns(whole.units, month),
        *_visits(session, month),
        *_issues(session, month),
        *_nurtures(session, month),
        _clouds(session, month),
        *_duties(session, month),
        *_indicators(session, month),
    ):
        columns.append(column)
        for code, name in streets:
            cell = found.get(code, _nothing(column))
            told = f"{name}，{column.name}：{cell.told or cell.words}"
            cells[code].append(HeatCell(cell.words, cell.value, cell.state, told, cell.rows))
    received = sum(unit.received for unit in whole.units if unit.code in cells)
    about = About(
        f"各街道主要数据（{month.display()}）", "",
        "颜色深浅只表示本列数值大小，不是评价；有状态的格子另有文字", f"街道已报 {received}/{len(streets)}",
    )  # fmt: skip
    rows = tuple(HeatRow(code, name, tuple(cells[code])) for code, name in streets)
    return Heat(about, tuple(columns), rows, parameters.read(session).rankings)


def _nothing(column: HeatColumn) -> HeatCell:
    counted = column.amount and column.unit != "%"
    return HeatCell("0", Decimal(0)) if counted else HeatCell("—")


Found = tuple[HeatColumn, Mapping[str, HeatCell]]


def _amount(value: int, rows: Rows, told: str = "") -> HeatCell:
    return HeatCell(show_number(Decimal(value), 0), Decimal(value), "", told, rows)


def _returns(units: tuple[UnitState, ...], month: Period) -> Found:
    column = HeatColumn("return", "收表", "", False, "本月回报")
    return column, {
        unit.code: HeatCell(unit.state, None, _STATES[unit.state], rows=Rows(_coverage_key(unit), str(month)))
        for unit in units
    }


def _coverage_key(unit: UnitState) -> str:
    part = "missing" if not unit.received else "late" if unit.late_days > 0 else "received"
    return f"coverage.{part}"


def _visits(session: Session, month: Period) -> tuple[Found, ...]:
    found = totals.visits(session, month).units
    return (
        (
            HeatColumn("visit.enterprises", "本月走访", "家", True, "本月走访企业，同一企业只计一次"),
            {
                each.unit_code: _amount(
                    each.enterprises, Rows(f"visit.enterprises:{each.unit_code}", str(month)),
                    f"{each.enterprises:,} 家，{each.rows:,} 次",
                )
                for each in found
            },
        ),
        (
            HeatColumn("visit.year_enterprises", "全年走访", "家", True, "今年以来走访企业，同一企业只计一次"),
            {
                each.unit_code: _amount(
                    each.year_enterprises, Rows(f"visit.year_enterprises:{each.unit_code}", str(month)),
                    f"{each.year_enterprises:,} 家，{each.year_rows:,} 次",
                )
                for each in found
            },
        ),
    )  # fmt: skip


def _issues(session: Session, month: Period) -> tuple[Found, ...]:
    today = as_of(session, month)
    issue = stood("issue", month, settings.today(session)).c
    overdue = issue.status.in_(OPEN) & (issue.due_date < today)
    rows = session.execute(
        select(
            issue.unit_code, func.count(), func.sum(case((issue.status.in_(DONE), 1), else_=0)),
            func.sum(case((overdue, 1), else_=0)),
        )
        .where(issue.deleted_at.is_(None))
        .group_by(issue.unit_code)
    ).all()  # fmt: skip
    rates: dict[str, HeatCell] = {}
    late: dict[str, HeatCell] = {}
    for code, total, done, overdue_count in rows:
        rate = share(int(done or 0), int(total))
        number = int(overdue_count or 0)
        rates[code] = HeatCell(
            show_pct(rate, 0), rate, "", f"{show_pct(rate)}，{int(done or 0):,}/{int(total):,} 件",
            Rows(f"issue.all:{code}", str(month)),
        )  # fmt: skip
        late[code] = HeatCell(
            f"超期 {number:,}" if number else "无超期", Decimal(number), "alarm" if number else "ok", f"{number:,} 件",
            Rows(f"issue.overdue:{code}", str(month)),
        )  # fmt: skip
    return (
        (HeatColumn("issue.rate", "问题办结率", "%", True, "办结÷全部登记的问题"), rates),
        (HeatColumn("issue.overdue", "超期问题", "件", False, "未办结且过了办结时限"), late),
    )


def _nurtures(session: Session, month: Period) -> tuple[Found, ...]:
    nurture = stood("nurture", month).c
    entered = nurture.stage == "已入库"
    rows = session.execute(
        select(
            nurture.unit_code, func.sum(case((nurture.stage.not_in(OVER), 1), else_=0)),
            func.sum(case((entered, 1), else_=0)),
        )
        .where(nurture.deleted_at.is_(None), nurture.nurture_type == UPSCALE)
        .group_by(nurture.unit_code)
    ).all()  # fmt: skip
    base = {"nurture_type": UPSCALE, "upto": str(month)}
    return (
        (
            HeatColumn("nurture", "升规培育", "家", True, "升规入统培育对象，不含已入库和退出的"),
            {
                code: _amount(
                    int(active or 0),
                    Rows(
                        period=str(month), register="nurture", told="升规培育对象",
                        filters={**base, "unit": code, "stage": WORKED_ON},
                    ),
                )
                for code, active, _ in rows
            },
        ),
        (
            HeatColumn("nurture.entered", "已入库", "家", True, "升规入统已入库"),
            {
                code: _amount(
                    int(inside or 0),
                    Rows(
                        period=str(month), register="nurture", told="升规已入库",
                        filters={**base, "unit": code, "stage": ["已入库"]},
                    ),
                )
                for code, _, inside in rows
            },
        ),
    )  # fmt: skip


WORKED_ON = ["摸底", "入库培育", "达标预警", "材料准备", "街道初审", "区级审核", "上级审核"]


def _clouds(session: Session, month: Period) -> Found:
    rows = session.execute(
        select(Enterprise.street_code, func.count())
        .select_from(Cloud)
        .join(Enterprise, Enterprise.id == Cloud.enterprise_id)
        .where(Cloud.counted.is_(True), Cloud.deleted_at.is_(None), Cloud.cloud_on <= month.last_day)
        .group_by(Enterprise.street_code)
    ).all()
    column = HeatColumn("cloud", "上云企业", "家", True, "企业所在街道，去重后计数，不含没有名单的期初数")
    return column, {
        code: _amount(
            int(number), Rows(period=str(month), register="cloud", told="计数的上云记录",
                              filters={"street": code, "counted": True}),
        )
        for code, number in rows if code
    }  # fmt: skip


def _duties(session: Session, month: Period) -> tuple[Found, ...]:
    today = as_of(session, month)
    duty = stood("duty", month).c
    behind = (duty.status == "滞后") | (duty.status.in_(RUNNING) & (duty.due_date < today))
    rows = session.execute(
        select(
            duty.org_code, func.count(), func.sum(case((duty.status.in_(FINISHED), 1), else_=0)),
            func.sum(case((behind, 1), else_=0)),
        )
        .where(duty.year == str(month.year), duty.deleted_at.is_(None))
        .group_by(duty.org_code)
    ).all()  # fmt: skip
    cells = {
        code: HeatCell(
            f"滞后 {int(late)} 项" if late else "无滞后", share(int(done or 0), int(total)),
            "watch" if late else "ok", f"完成 {int(done or 0)}/{int(total)} 项，滞后或逾期 {int(late or 0)} 项",
            Rows(period=str(month), register="duty", told="本单位的任务", filters={"org_code": code, "year": str(month.year), "upto": str(month)}),
        )
        for code, total, done, late in rows if code
    }  # fmt: skip
    return (
        ((HeatColumn("duty", "任务", "", False, "责任单位的全年任务：滞后或逾期几项"), cells),)
        if cells
        else ()
    )


def _indicators(session: Session, month: Period) -> tuple[Found, ...]:
    """The plan's indicators that streets report."""
    streets = select(OrgUnit.code).where(OrgUnit.kind == "street", OrgUnit.active)
    owed = session.execute(
        select(Indicator.no, Indicator.name, Indicator.unit, Indicator.decimals, IndicatorUnit.unit_code)
        .join(IndicatorUnit, IndicatorUnit.indicator_no == Indicator.no)
        .where(IndicatorUnit.unit_code.in_(streets))
        .order_by(Indicator.no)
    ).all()
    if not owed:
        return ()
    values = {
        (no, code): value
        for no, code, value in session.execute(
            select(IndicatorValue.indicator_no, IndicatorValue.org_code, IndicatorValue.value).where(
                IndicatorValue.period == str(month), IndicatorValue.deleted_at.is_(None)
            )
        )
    }
    found: dict[int, tuple[HeatColumn, dict[str, HeatCell]]] = {}
    for no, name, unit, places, code in owed:
        column = HeatColumn(f"indicator.{no}", name, unit, True, "街道填报数，年内累计或期末")
        cells = found.setdefault(no, (column, {}))[1]
        value = values.get((no, code))
        rows = Rows(f"indicator.{no}:{code}", str(month))
        if value is None:
            cells[code] = HeatCell("未报", None, "alarm", rows=rows)
        else:
            cells[code] = HeatCell(
                show_number(value, places), value, "", f"{show_number(value, places)} {unit}", rows
            )
    return tuple(found.values())
