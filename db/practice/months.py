"""What happens in an invented month: visits, problems on their way, cloud services, candidates, indicator values."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from db import workdays
from db.classifications import materials_for, threshold_for
from db.periods import Period
from db.plan_types import IndicatorDef, Plan, UnitDef
from db.practice.firms import Firm, key, person
from db.progress import Semantics, expected

PROBLEMS = (
    ("融资", "流动资金紧张，希望协调财园信贷通贷款{n}万元。"),
    ("用工", "缺短视频运营和客服{m}人，希望组织专场招聘。"),
    ("政策兑现", "去年上云补贴{m}万元尚未到账，请协调核实。"),
    ("用地（用房）", "现有办公面积不足，需新增约{n}平方米。"),
    ("市场开拓", "希望对接本地国企的系统运维采购机会，年规模约{n}万元。"),
    ("数字化改造", "计划上线供应链系统，预算约{m}万元，不清楚可申报哪类补助。"),
    ("行政审批", "增项许可已提交{m}个工作日，希望加快办理。"),
    ("物流水电气", "园区晚间停电{m}次，影响直播，请协调供电所。"),
)
BUSINESS = (
    "订单饱满，新签省级平台运维合同{n}万元，计划下半年扩招{m}人。",
    "直播电商业务增长较快，日均单量约{n}单，仓库面积不足。",
    "软件外包回款放缓，应收账款约{n}万元，人员稳定在{m}人。",
    "线下门店客流恢复，线上收入占比约{m}%，正在对接新的供应链平台。",
    "研发投入同比增加，新产品已在{m}家客户试用，预计年内形成收入{n}万元。",
    "受上游价格影响毛利下降，已压缩外包成本，用工{m}人保持不变。",
)
REMARKS = (
    "企业希望继续了解升规奖励政策。", "财务软件已用三年，准备更换。", "近期正在招聘研发人员。", "办公场地租约明年到期。",
    "与本地两家国企在谈合作。", "线上渠道刚起步，缺运营经验。", "", "",
)  # fmt: skip
# Why an indicator is behind: money, rates, cloud and counted things each for reasons of their own, true in any month.
MONEY_REASONS = (
    "两家头部企业结算周期调整，部分收入后移。", "部分企业转型期收入下滑，正在逐户走访。", "新签订单交付周期较长，尚未形成收入。",
)  # fmt: skip
RATIO_REASONS = ("部分数据需与市级平台核对，暂按已确认数填报。", "增量集中在少数单位，其余单位进展偏慢。")
CLOUD_REASONS = ("部分企业只用单一通用应用，开通材料不全，暂不计入。", "中小企业观望较多，新增客户低于预期。")
COUNT_REASONS = (
    "材料已报送，上级批复尚未下达。", "符合条件的单位正在走认定程序。", "部分申报材料退回补正，正在重新报送。",
)  # fmt: skip
MONEY_STEPS = ("按月跟踪重点企业，协调项目加快落地。", "逐户对接头部企业，做好订单和结算服务。")
RATIO_STEPS = ("逐项比对差距，对进展偏慢的单位上门指导。", "召开调度会，逐项明确责任人和时间表。")
CLOUD_STEPS = ("联合街道开展上云宣讲，补齐开通材料。", "摸排未上云企业名单，逐户上门对接。")
COUNT_STEPS = ("对接市级部门，争取提前批复。", "组织企业申报辅导，逐项补齐材料。")
PRODUCTS = (
    ("云主机", "基础设施上云"), ("云备份", "基础设施上云"), ("协同办公", "业务应用上云"), ("云桌面", "基础设施上云"),
    ("云数据库", "平台系统上云"), ("云进销存", "业务应用上云"), ("企业宽带", "基础设施上云"),
)  # fmt: skip
TELECOM = ("企业宽带",)
DEPTHS = ("浅层（单一通用应用）", "中度（多应用或核心业务之一）", "深度（核心业务、设备或数据）")


@dataclass(slots=True)
class Row:
    """One record to be saved: its register, key, reporting unit and values."""

    register: str
    id: UUID
    unit: str
    values: dict[str, Any]


@dataclass(slots=True)
class Office:
    """A street and the people who visit for it."""

    unit: UnitDef
    firms: list[Firm]
    rng: random.Random
    crew: list[str] = field(default_factory=list)
    phone: str = ""

    @classmethod
    def of(cls, unit: UnitDef, firms: list[Firm]) -> Office:
        rng = random.Random(f"office {unit.code}")
        crew = [f"{person(rng)}（经发办）", f"{person(rng)}（社区）", f"{person(rng)}（经发办）"]
        own = [firm for firm in firms if firm.street == unit.code]
        return cls(unit, own, rng, crew, f"0791-8651{rng.randrange(10**4):04d}")


def revenue(firm: Firm, month: Period) -> Decimal:
    """Revenue of the year so far in 万元: it never falls within a year, and firms differ in how brisk they are."""
    share = Decimal(month.month) / 12
    wobble = Decimal(100 + (hash_of(firm.id.hex + month[:4]) % 7) - 3) / 100
    return (firm.yearly * share * firm.trend * wobble).quantize(Decimal("0.01"))


def hash_of(text: str) -> int:
    """A small number that is the same in every run (Python's own hash is not)."""
    return sum((index + 1) * ord(char) for index, char in enumerate(text))


def visits(office: Office, month: Period, last: date) -> Iterator[Row]:
    """The office's visits of a month up to the day `last`, each with the problem it brought, if any."""
    rng = office.rng
    if not office.firms:
        return
    chosen = rng.sample(office.firms, min(len(office.firms), rng.randrange(7, 13)))
    for firm in chosen:
        day = month.first_day + timedelta(days=rng.randrange(month.last_day.day))
        while workdays.why_not(day) and rng.random() < 0.97:
            day = month.first_day + timedelta(days=rng.randrange(month.last_day.day))
        trouble = rng.random() < 0.28
        numbers = {"n": rng.randrange(6, 60) * 10, "m": rng.randrange(3, 40)}
        row = Row(
            "visit", key(rng, day), office.unit.code, _visit(rng, office, firm, month, day, trouble, numbers)
        )
        problem = _problem(rng, office, firm, row.id, day, numbers, last) if trouble else None
        if day <= last:
            yield row
            if problem:
                yield problem


def _visit(
    rng: random.Random,
    office: Office,
    firm: Firm,
    month: Period,
    day: date,
    trouble: bool,
    numbers: dict[str, int],
) -> dict[str, Any]:
    above = bool(firm.card["is_above_scale"])
    return {
        "enterprise_id": firm.id,
        "visit_date": day,
        "visit_mode": rng.choice(("实地", "实地", "实地", "座谈会", "电话")),
        "visit_type": rng.choice(("千名干部访千企",) * 4 + ("数字化改造摸底", "升规辅导")),
        "visitors": "、".join(rng.sample(office.crew, 2)),
        "firm_attendees": f"{firm.card['contact']} {rng.choice(('总经理', '副总经理', '财务总监', '行政主管'))}",
        "operation_text": rng.choice(BUSINESS).format(**numbers) + rng.choice(REMARKS),
        "operation_trend": rng.choice(("向好", "向好", "平稳", "平稳", "平稳", "下滑")),
        "revenue_ytd": revenue(firm, month),
        "digital_stage": rng.choice(
            ("未开展", "起步（办公软件、财务软件）", "部分环节", "部分环节", "全流程")
        ),
        "systems": rng.sample(("OA", "财务软件", "ERP", "电商平台", "CRM"), rng.randrange(1, 4)),
        "cloud_status": rng.choice(("未上云", "拟上云", "已上云")),
        "upscale_potential": "已是规上" if above else rng.choice(("有", "无", "无")),
        "has_issue": trouble,
        "firm_confirm": rng.choice(("已签字", "电话确认")),
        "filler": office.crew[0].split("（")[0],
    }


def _problem(
    rng: random.Random,
    office: Office,
    firm: Firm,
    visit: UUID,
    day: date,
    numbers: dict[str, int],
    today: date,
) -> Row:
    category, words = rng.choice(PROBLEMS)
    due = workdays.add_workdays(day, 15)
    values: dict[str, Any] = {
        "source": "走访",
        "enterprise_id": firm.id,
        "visit_id": visit,
        "registered_on": day,
        "category": category,
        "description": words.format(**numbers),
        "urgency": rng.choice(("一般", "一般", "一般", "紧急")),
        "level": rng.choice(("街道自办", "部门协调", "部门协调", "区级调度")),
        "org_code": office.unit.code,
        "owner": office.crew[1].split("（")[0],
        "owner_phone": office.phone,
        "due_date": due,
        "status": "待交办",
    }
    slow = rng.random() < 0.12  # someone always forgets one
    pace, mood = timedelta(days=rng.randrange(3, 9)), rng.choice(("满意", "满意", "基本满意"))
    assigned, started = day + timedelta(days=2), day + timedelta(days=4)
    closed = due - pace + timedelta(days=60 if slow else 0)
    cleared, reviewed = closed + timedelta(days=6), closed + timedelta(days=24)
    if assigned <= today:
        values |= {"status": "已交办", "assigned_on": assigned}
    if started <= today:
        values |= {
            "status": "办理中",
            "measure": "已联系责任单位，协调会商后答复企业。",
            "progress_log": [
                {"at": started.isoformat(), "by": values["owner"], "text": "已与企业联系，核实诉求。"}
            ],
        }
    if closed <= today:
        values |= {
            "status": "已办结", "result": "已解决", "result_text": "已协调解决，企业确认。", "closed_on": closed,
        }  # fmt: skip
    if cleared <= today:
        values |= {
            "status": "已销号", "satisfaction": mood, "written_off_on": cleared,
            "written_off_by": office.crew[2].split("（")[0], "basis": "企业回访记录",
        }  # fmt: skip
    if reviewed <= today:
        values |= {"status": "回头看合格", "review_on": reviewed, "review_result": "巩固"}
    return Row("issue", key(rng, day), office.unit.code, values)


def clouds(plan: Plan, firms: list[Firm], today: date) -> Iterator[Row]:
    """Cloud services as the carriers report them; some firms are customers of both, some only of broadband."""
    carriers = [unit for unit in plan.units if unit.active and unit.code in _cloud_units(plan)]
    first, span = date(plan.baseline_year + 1, 1, 3), 365 * 2
    for firm in firms:
        if not firm.card["uscc"]:
            continue
        rng = random.Random(f"cloud {firm.id}")  # its own, so that no firm's luck hangs on another's
        if not carriers or rng.random() > 0.55:
            continue
        chosen = rng.sample(carriers, min(len(carriers), 2 if rng.random() < 0.14 else 1))
        for carrier in chosen:
            product, kind = rng.choice(PRODUCTS)
            on = first + timedelta(days=rng.randrange(span))
            verified = rng.random() < 0.88
            row = Row("cloud", key(rng, on), carrier.code, {
                "enterprise_id": firm.id,
                "provider_org": carrier.code,
                "provider_brand": "移动云" if "移动" in carrier.name else "天翼云" if "电信" in carrier.name else "其他",
                "cloud_type": [kind],
                "product": product,
                "deploy": "公有云",
                "cloud_on": on,
                "expire_on": on + timedelta(days=365 * rng.choice((1, 2, 3))),
                "amount": Decimal(rng.choice((12, 36, 58, 120, 240))) / 100,
                "depth": rng.choice((DEPTHS[0], DEPTHS[0], DEPTHS[1], DEPTHS[2])),
                "scene": [rng.choice(("办公管理", "供应链管理", "商业职能"))],
                "evidence": ["合同", "开通截图"] if verified else ["开通截图"],
                "verify_status": "已核实" if verified else "待核实",
                "verified_by": "客户部 周磊" if verified else None,
                "verified_on": min(on + timedelta(days=5), today) if verified else None,
            })  # fmt: skip
            if firm.card["established_on"] <= on <= today:
                yield row


def _cloud_units(plan: Plan) -> set[str]:
    return {code for each in plan.indicators if each.register == "cloud" for code in each.units}


def nurtures(office: Office, month: Period, today: date) -> Iterator[Row]:
    """The office's candidates as they stand in the month: the nearer the line, the further on."""
    rng = random.Random(f"nurture {office.unit.code}")
    yield from _entered(office, month.year)
    for firm in office.firms:
        threshold = threshold_for(firm.card["industry_code"])
        if (
            threshold is None
            or threshold.threshold_wan is None
            or firm.card["is_above_scale"]
            or not firm.card["uscc"]
        ):
            continue
        reach = firm.yearly * firm.trend / threshold.threshold_wan
        if reach < Decimal("0.75") or rng.random() > 0.8:
            continue
        done = revenue(firm, month) >= threshold.threshold_wan
        stage = "材料准备" if done else "达标预警" if reach > 1 else rng.choice(("摸底", "入库培育"))
        yield Row("nurture", key(rng, date(month.year, 2, 6)), office.unit.code, {
            "nurture_type": "升规入统",
            "enterprise_id": firm.id,
            "specialty": threshold.specialty,
            "declare_type": "年度入库",
            "revenue_ytd": revenue(firm, month),
            "asof_ym": str(month),
            "vat_ytd": (revenue(firm, month) * Decimal("0.97")).quantize(Decimal("0.01")),
            "accounting": rng.choice(("自有会计", "代理记账")),
            "statistician": person(rng),
            "measure": "明确专人辅导，按月跟踪营业收入。",
            "org_code": office.unit.code,
            "owner": office.crew[0].split("（")[0],
            "stage": stage,
            "materials": list(materials_for(threshold.specialty))[:3],
            "willingness": rng.choice(("愿意", "愿意", "观望")),
            "reward": "不涉及",
        })  # fmt: skip


def _entered(office: Office, year: int) -> Iterator[Row]:
    """The firms that came into stock with the annual report of the year before, as their cards say."""
    rng = random.Random(f"entered {office.unit.code}")
    before = Period.of(year - 1, 12)
    for firm in office.firms:
        threshold = threshold_for(firm.card["industry_code"])
        line = threshold.threshold_wan if threshold is not None else None
        if (
            threshold is None
            or line is None
            or firm.card["in_stock_ym"] != f"{year}-01"
            or revenue(firm, before) < line
        ):
            continue
        yield Row("nurture", key(rng, date(year, 1, 8)), office.unit.code, {
            "nurture_type": "升规入统",
            "enterprise_id": firm.id,
            "specialty": threshold.specialty,
            "declare_type": "年度入库",
            "revenue_ytd": revenue(firm, before),
            "asof_ym": str(before),
            "vat_ytd": (revenue(firm, before) * Decimal("0.98")).quantize(Decimal("0.01")),
            "accounting": "自有会计",
            "statistician": person(rng),
            "measure": "逐项核对申报材料，陪同企业到统计部门审核。",
            "org_code": office.unit.code,
            "owner": office.crew[0].split("（")[0],
            "stage": "已入库",
            "in_stock_ym": f"{year}-01",
            "materials": list(materials_for(threshold.specialty)),
            "willingness": "愿意",
            "reward": "已兑现",
        })  # fmt: skip


def indicator_values(plan: Plan, unit: UnitDef, month: Period, services: list[Row]) -> Iterator[Row]:
    """What a responsible unit reports: near what is due, some a little behind, with reasons where it must say.

    A carrier counts its own `services`, so that its figure and its ledger agree.
    """
    for each in plan.indicators:
        if unit.code not in each.units or each.target(month.year) is None:
            continue
        rng = random.Random(f"{unit.code} {each.no}")
        value = _counted(each, services, month) if each.register == "cloud" else _value(each, month)
        before = _value(each, month.prev) if month.month > 1 else Decimal(0)
        row = {
            "period": str(month),
            "indicator_no": each.no,
            "org_code": unit.code,
            "value": value,
            "value_month": value - before if each.semantics.resets else None,
            "data_source": rng.choice(("部门统计", "统计局反馈", "台账汇总")),
            **_explained(each, unit, month),
        }
        if not _is_behind(each, month, value):
            row |= {"reason": None, "next_step": None}
        yield Row(
            "indicator", key(random.Random(f"{unit.code} {each.no} {month}"), month.last_day), unit.code, row
        )


def _explained(each: IndicatorDef, unit: UnitDef, month: Period) -> dict[str, str]:
    """Why it is behind and what comes next: the same within a quarter, another in the next."""
    rng = random.Random(f"why {unit.code} {each.no} {month.quarter}")
    reasons: tuple[str, ...] = COUNT_REASONS
    steps: tuple[str, ...] = COUNT_STEPS
    if each.register == "cloud":
        reasons, steps = CLOUD_REASONS, CLOUD_STEPS
    elif each.semantics == Semantics.RATIO:
        reasons, steps = RATIO_REASONS, RATIO_STEPS
    elif each.semantics == Semantics.ANNUAL_FLOW:
        reasons, steps = MONEY_REASONS, MONEY_STEPS
    return {"reason": rng.choice(reasons), "next_step": rng.choice(steps)}


def _is_behind(each: IndicatorDef, month: Period, value: Decimal) -> bool:
    """Whether one unit's figure is below its share of what is due: only then it has something to explain."""
    due = expected(each.semantics, month.month, each.target(month.year), each.prior(month.year)) or Decimal(0)
    shares = len(each.units) if each.combine != "single" else 1
    return value < due / shares


def _counted(each: IndicatorDef, services: list[Row], month: Period) -> Decimal:
    """The carrier's share of the opening balance, and the firms its own verified services prove."""
    firms = {
        row.values["enterprise_id"]
        for row in services
        if row.values["verify_status"] == "已核实" and row.values["product"] not in TELECOM
        and row.values["cloud_on"] <= month.last_day
    }  # fmt: skip
    return Decimal(round((each.opening or Decimal(0)) / len(each.units))) + len(firms)


def _value(each: IndicatorDef, month: Period) -> Decimal:
    """The share of this unit in the value due by the month, times how well the indicator does (90 to 105 %)."""
    target, prior = each.target(month.year), each.prior(month.year)
    due = expected(each.semantics, month.month, target, prior) or Decimal(0)
    luck = Decimal(92 + hash_of(each.name) % 14) / 100
    if each.semantics == Semantics.RATIO and luck > Decimal("0.97"):
        luck = max(luck, Decimal(1))  # a hair below a binding target reads as met to one place and is not
    if each.semantics in (Semantics.STOCK, Semantics.RATIO) and prior is not None and target is not None:
        due = prior + (due - prior) * luck
    else:
        due = due * luck
    if each.combine != "single" and len(each.units) > 1:
        due = due / len(each.units)
    return Decimal(round(due, each.decimals))
