"""What the clerks of the play write down: which firm, on which day, in which words. How it is typed is in street.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Enterprise, Visit
from db.periods import Period
from desktop.actions.revenue import revenue_year
from desktop.forms.match import spelled

TROUBLED = (
    "新接省级运维合同，上半年订单已排满；短视频运营和客服缺口12人，招聘困难，希望街道组织一次专场招聘。",
    "与区人社局对接五月底前的专场招聘会；请运营商上门讲解云桌面方案，六月上旬回访。",
)
CALM = (
    ("线上订单占比继续提高，仓储已满负荷，下半年计划扩租厂房。", "推荐两处闲置厂房，六月中旬前陪同看房。"),
    (
        "软件回款比一季度快，研发人员新增三人，产品通过省级测评。",
        "协助准备专精特新申报材料，七月前完成初稿。",
    ),
    ("门店客流平稳，小程序下单占三成，正在换新的收银系统。", "对接数字化改造服务商，六月底前出方案。"),
    ("承接的园区系统集成项目完成验收，正在投标两个新项目。", "提供区级招标信息，按月回访一次。"),
    ("直播场次增加，退货率下降，原料价格略有上涨。", "组织参加六月的供应链对接会。"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A visit as the clerk has it in the notebook: the firm, and what is typed, by field."""

    firm: UUID
    name: str
    answers: dict[str, str]


def to_write_down(
    session: Session, unit: str, month: Period, today: date, person: str, count: int, trouble: bool, seed: int
) -> list[Told]:
    """`count` visits of the last working days to firms of the street that nobody visited this month.

    The first has a problem and may reach the line where `trouble`.
    """
    firms = _unvisited(session, unit, month)
    found = []
    for place, firm in enumerate(firms[:count]):
        day = today - timedelta(days=1 + place)
        troubled = trouble and place == 0
        words, plan = TROUBLED if troubled else CALM[(seed + place) % len(CALM)]
        answers = {
            # Pinyin initials the first time, the tail of the credit code the next.
            "enterprise_id": spelled(str(firm.name))[1][:8] if place == 0 else str(firm.uscc)[-8:],
            "visit_date": f"{day:%m%d}",
            "visit_mode": "实地",
            "visit_type": "千名干部访千企",
            "visitors": f"{person}（经发办）、罗涛（社区）",
            "firm_attendees": f"{firm.contact} 总经理",
            "operation_text": words,
            "operation_trend": "向好" if troubled else "平稳",
            "revenue_ytd": _revenue(session, firm.id, month),
            "digital_stage": "部分环节",
            "systems": "OA、财务软件",
            "cloud_status": "拟上云" if troubled else "未上云",
            "digital_need": "上云、人才" if troubled else "培训",
            "upscale_potential": "有" if troubled else "无",
            "has_issue": "是" if troubled else "否",
            "plan_text": plan,
            "firm_confirm": "已签字",
        }
        found.append(Told(firm.id, str(firm.name), {name: text for name, text in answers.items() if text}))
    return found


def _unvisited(session: Session, unit: str, month: Period) -> list[Enterprise]:
    """Firms of the street below the line, with a code, in the order of their names."""
    visited = select(Visit.enterprise_id).where(
        Visit.deleted_at.is_(None), Visit.visit_date.between(month.first_day, month.last_day)
    )
    query = select(Enterprise).where(
        Enterprise.street_code == unit,
        Enterprise.deleted_at.is_(None),
        Enterprise.uscc.is_not(None),
        Enterprise.is_above_scale.is_(False),
        Enterprise.id.not_in(visited),
    )
    return list(session.scalars(query.order_by(Enterprise.name, Enterprise.id)))


def _revenue(session: Session, firm: UUID, month: Period) -> str:
    """This year's revenue so far, a month's worth above the figure reported last; "" where there is none."""
    latest = revenue_year(session, firm, month.year).latest
    if latest is None or Period(latest.period) >= month:
        return ""
    grown = latest.amount * month.month / Period(latest.period).month
    return str(grown.quantize(Decimal("0.1")))
