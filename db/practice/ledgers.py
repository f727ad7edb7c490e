"""What the registers after 培育 hold in the practice year: 挂点, plans, services, projects, parks, tasks, lists."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from db import duty_list
from db.models.enterprise import FIELD_TAGS
from db.models.lists import LISTS, OPPORTUNITY_LIST
from db.models.project import COMPLETED, PRODUCED, SIGNED, STARTED, STOCKED
from db.periods import Period
from db.plan_types import ParkDef, Plan, UnitDef
from db.practice import words
from db.practice.firms import Firm, key, person
from db.practice.months import Row, hash_of

PHONE = "0791-86510023"
AREAS = ("城东", "城西", "老城", "新城", "滨江", "站前")
PROJECTS = (
    ("智慧{place}综合管理平台", "平台载体", "建设统一的数据底座和调度大屏，接入城管、应急、网格数据。"),
    ("{place}直播电商基地", "招引项目", "改造楼宇约{n}平方米，引入直播机构和供应链企业。"),
    ("{place}数字文旅场景", "应用场景", "沉浸式导览、线上预约和数字藏品平台。"),
    ("{place}软件服务外包中心", "招引项目", "引进软件企业设立区域交付中心，首期工位{m}个。"),
    ("{place}商贸供应链云平台", "标杆项目", "为市场商户提供进销存、支付和物流一体的云服务。"),
    ("{place}智慧医疗协同平台", "应用场景", "医联体检查互认、远程会诊和健康档案共享。"),
)
STEPS = ("洽谈", "签约", "入库", "开工", "在建", "在建", "在建", "竣工", "投产（运营）")
SERVICES = (
    ("政策宣讲", "数字经济惠企政策宣讲会", "发放政策汇编，现场解答上云补贴、升规奖励等问题。"),
    ("招聘会", "数字经济企业专场招聘会", "达成意向{m}人，企业反映岗位匹配度较好。"),
    ("融资对接", "银企对接会", "现场签约授信，两家企业当月放款。"),
    ("减免租金", "国有房产租金减免", "减轻企业租金负担，稳定在园经营。"),
    ("帮办代办", "企业开办与变更帮办代办", "半日办结，企业少跑两趟。"),
)
GOALS = ("年内营业收入突破升规线。", "三季度前完成核心系统上云。", "取得省级专精特新认定。")
NEEDS = (
    ("智慧楼宇能耗管理", "楼宇分项计量、能耗分析和节能控制。"),
    ("社区养老智能看护", "独居老人安全监测和上门服务派单。"),
    ("商圈客流与停车引导", "客流统计、车位诱导和会员联动。"),
    ("老字号线上营销", "直播代运营、小程序商城和数据分析。"),
    ("政务热线智能派单", "语音转写、自动分类和满意度回访。"),
)
TOPICS = (
    "园区用电增容由谁承担费用",
    "上云补贴兑付口径不统一",
    "直播基地消防验收历史遗留问题",
    "人才公寓房源分配",
)
TARGETS = ("某头部流量平台区域总部", "某上市软件企业研发中心", "某工业互联网标识解析服务商", "某数字内容集团")
_DAYS = (
    ("signed_on", SIGNED), ("stocked_on", STOCKED), ("started_on", STARTED), ("completed_on", COMPLETED), ("produced_on", PRODUCED),
)  # fmt: skip
_LED = 6  # firms of a street whose leader has been there this quarter


def lead(unit: UnitDef, visit: Row, led: dict[UUID, str]) -> None:
    """Make a visit that of its firm's leader, for the first few firms; `led` keeps who that is."""
    firm = visit.values["enterprise_id"]
    if len(led) < _LED and firm not in led:
        led[firm] = person(random.Random(f"leader {unit.code} {firm}"))
        visit.values.update(visit_type="挂点领导走访", leader=led[firm])


def led_before(visits: Sequence[tuple[Period, Row]], led: Mapping[UUID, str], final: Period) -> None:
    """In the quarters before that of `final` too, the first visit of a firm with a leader is the leader's."""
    seen: set[tuple[int, int, UUID]] = set()
    for month, row in visits:
        if row.register != "visit" or (month.year, month.quarter) == (final.year, final.quarter):
            continue
        firm = row.values["enterprise_id"]
        if firm in led and (month.year, month.quarter, firm) not in seen:
            seen.add((month.year, month.quarter, firm))
            row.values.update(visit_type="挂点领导走访", leader=led[firm])


def street(
    plan: Plan,
    unit: UnitDef,
    firms: Sequence[Firm],
    periods: Sequence[Period],
    last: date,
    led: Mapping[UUID, str],
) -> Iterator[Row]:
    """A street's 挂点 (most of them `led`: visited by their leader this quarter), plans, services, projects, tasks."""
    rng = random.Random(f"ledgers {unit.code}")
    own = [firm for firm in firms if firm.street == unit.code]
    first = periods[0].first_day
    seen = [firm for firm in own if firm.id in led]
    others = [firm for firm in own if firm not in seen]
    for firm in (*seen, *rng.sample(others, min(len(others), 3))):
        values = {
            "enterprise_id": firm.id, "leader": led.get(firm.id) or person(rng), "post": rng.choice(("副区长", "区政协副主席", "街道党工委书记")),
            "org_code": unit.code, "from_on": first, "visits_owed": 1,
        }  # fmt: skip
        yield Row("liaison", key(rng, first), unit.code, values)
    for firm in rng.sample(own, min(len(own), 4)):
        yield _firm_plan(rng, unit, firm, first, _settled(last))
    for month in periods:
        yield from _services(random.Random(f"services {unit.code} {month}"), unit, month, last)
    yield from _projects(rng, unit, own, 2 + rng.randrange(2), last)
    yield from _street_tasks(rng, plan, unit, last)


def office(
    plan: Plan, unit: UnitDef, firms: Sequence[Firm], periods: Sequence[Period], last: date
) -> Iterator[Row]:
    """What another office keeps: the tasks it leads; parks, projects and lists where the plan says it answers for them."""
    rng = random.Random(f"ledgers {unit.code}")
    yield from _tasks(rng, plan, unit, last)
    answers = {each.register for each in plan.indicators if unit.code in each.units}
    if "project" in answers and firms:
        yield from _projects(rng, unit, firms, 5, last)
        yield from _leads(rng, plan, unit, last)
    if "lists" in answers and firms:
        yield from _lists(rng, unit, firms, last)
        yield from _matters(rng, plan, unit, last)
    if unit.code == _park_office(plan):
        for month in periods:
            for park in plan.parks:
                if park.active and month.last_day <= Period.of_date(last).last_day:
                    yield _park(park, unit, month)


def _park_office(plan: Plan) -> str:
    """Parks are reported by the last office that answers for projects (in this plan the one for services)."""
    offices = [each.units[-1] for each in plan.indicators if each.register == "project" and each.units]
    return offices[0] if offices else plan.lead_unit


def _day(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange(max((last - first).days, 1)))


def _settled(last: date) -> date:
    """The quarter's first day: what began before it is the same record in each of the quarter's months."""
    month = Period.of_date(last)
    return Period.of(month.year, month.quarter * 3 - 2).first_day


def _words(rng: random.Random, text: str, unit: UnitDef, area: str = "") -> str:
    place = unit.name.removesuffix("街道") if unit.kind == "street" else area
    return text.format(n=rng.randrange(10, 90) * 100, m=rng.randrange(3, 60), place=place)


def _firm_plan(rng: random.Random, unit: UnitDef, firm: Firm, first: date, last: date) -> Row:
    made = _day(rng, first, last)
    done = rng.random() < 0.3
    values = {
        "enterprise_id": firm.id, "made_on": made, "situation": f"主营{firm.card['main_business']}，业务平稳，扩张受场地和资金制约。",
        "goal": rng.choice(GOALS), "measures": "1. 街道每月上门一次；2. 对接银行授信；3. 协助申报奖补。",
        "org_code": unit.code, "owner": person(rng), "due_date": made + timedelta(days=180),
        "status": "已完成" if done else "实施中", "result": "目标如期实现，企业满意。" if done else None,
    }  # fmt: skip
    return Row("firm_plan", key(rng, made), unit.code, values)


def _services(rng: random.Random, unit: UnitDef, month: Period, last: date) -> Iterator[Row]:
    for kind, subject, effect in rng.sample(SERVICES, rng.randrange(0, 3)):
        day = _day(rng, month.first_day, month.last_day)
        if day > last:
            continue
        money = Decimal(rng.randrange(5, 300)) if kind in ("融资对接", "减免租金") else None
        values = {
            "kind": kind, "served_on": day, "subject": subject, "firms": rng.randrange(3, 40), "persons": rng.randrange(8, 90),
            "amount": money, "org_code": unit.code, "owner": person(rng), "effect": _words(rng, effect, unit),
        }  # fmt: skip
        yield Row("service", key(rng, day), unit.code, values)


def _projects(
    rng: random.Random, unit: UnitDef, firms: Sequence[Firm], number: int, last: date
) -> Iterator[Row]:
    streets = sorted({firm.street for firm in firms})
    for name, category, content in rng.sample(PROJECTS, min(number, len(PROJECTS))):
        stage, area = rng.choice(STEPS), rng.choice(AREAS)
        total = Decimal(rng.randrange(8, 120) * 100)
        begun = _settled(last) - timedelta(days=rng.randrange(200, 420))
        dates = _dates(f"{unit.code} {name}", stage, begun, _settled(last))
        planned, stage = stage, _stage(stage, dates, last)
        dates = {field: on for field, on in dates.items() if on <= last}
        share = {"在建": 55, "竣工": 95, "投产（运营）": 100, "开工": 12}.get(stage, 0)
        values: dict[str, Any] = {
            "name": _words(rng, name, unit, area), "category": category, "field_tag": rng.choice(FIELD_TAGS[:-1]),
            "enterprise_id": rng.choice(firms).id if firms and planned != "洽谈" else None,
            "owner_name": "拟新设项目公司" if stage == "洽谈" else None, "street_code": rng.choice(streets) if streets else None,
            "org_code": unit.code, "content": _words(rng, content, unit, area), "invest_total": total,
            "invest_plan_year": total / 2, "invest_done": total * share / 100, "stage": stage,
            "in_stock": stage in STOCKED, "asof_ym": str(Period.of_date(last)),
            **_said(rng, stage, share), **dates,
        }  # fmt: skip
        yield Row("project", key(rng, begun), unit.code, values)


def _dates(seed: str, stage: str, begun: date, settled: date) -> dict[str, date]:
    """The days a project came through its stages, in even steps: the last one falls somewhere in the year.

    They hang on the quarter's first day alone, so that a month more in the quarter tells the same of them.
    """
    reached = [name for name, stages in _DAYS if stage in stages]
    # What is 在建 at the year's end has been so for a while; other stages may be as fresh as last week.
    newest = settled + timedelta(days=hash_of(seed) * 7 % 340 - 265 - (105 if stage == "在建" else 0))
    steps = max(len(reached) - 1, 1)
    step = max((newest - begun).days // steps, 45)
    first = max(begun, newest) if len(reached) == 1 else begun
    return {name: first + timedelta(days=step * place) for place, name in enumerate(reached)}


def _stage(stage: str, dates: Mapping[str, date], last: date) -> str:
    """The stage on a day: the one it was to come to, or as far as it has come by then."""
    passed = [name for name, on in dates.items() if on <= last]
    if len(passed) == len(dates):
        return stage
    stages = {"signed_on": "签约", "stocked_on": "入库", "started_on": "开工", "completed_on": "竣工"}
    return stages[passed[-1]] if passed else "洽谈"


def _said(rng: random.Random, stage: str, share: int) -> dict[str, str | None]:
    seed = rng.randrange(5) + rng.randrange(80) + rng.randrange(57)
    hindered = rng.randrange(5)
    return {
        "progress": words.project(stage, share, seed), "issues": words.hindrance(stage, hindered) if hindered > 2 else None,
    }  # fmt: skip


def _park(park: ParkDef, unit: UnitDef, month: Period) -> Row:
    rng = random.Random(f"park {park.code}")
    total = Decimal(rng.randrange(40, 220) * 100)
    usable = total * 8 // 10
    trend = (int(month[:4]) * 12 + month.month) - 2023 * 12
    used = min(usable * (45 + trend + rng.randrange(20)) // 100, usable)
    firms = rng.randrange(12, 40) + trend // 2
    revenue = Decimal(rng.randrange(900, 9000)) * month.month
    head = person(rng)
    arrived = hash_of(park.code + month) % 3
    values = {
        "park_code": park.code, "period": str(month), "status": "已建成" if "建成" in park.status else "在建",
        "area_total": total, "area_usable": usable, "area_used": used, "firms": firms, "firms_de": firms * 2 // 3,
        "firms_above": firms // 6, "in_month": arrived, "out_month": 1 if arrived == 2 else 0, "revenue_ytd": revenue,
        "tax_ytd": (revenue * 3 / 100).quantize(Decimal("0.01")), "employees": firms * 14,
        "operator": f"{park.name[:8].strip('“”')}运营管理公司", "operator_head": head, "operator_phone": PHONE,
        "note": "举办企业沙龙一场，新入驻企业已办理证照。" if arrived else "本月无新入驻企业。",
    }  # fmt: skip
    return Row("park", key(rng, month.first_day), unit.code, values)


def _tasks(rng: random.Random, plan: Plan, unit: UnitDef, last: date) -> Iterator[Row]:
    period = Period.of_date(last)
    for task in duty_list.tasks(plan, period.year, str(period)):
        if task.org_code == unit.code:
            values = task.values | _done(rng, task.values.get("target_value"), period)
            yield _told(plan, Row("duty", task.id, unit.code, values), period)


def _street_tasks(rng: random.Random, plan: Plan, unit: UnitDef, last: date) -> Iterator[Row]:
    """What the 行动 that name the streets come to in this one."""
    period = Period.of_date(last)
    shared = [
        action for action in plan.actions if unit.code in {each.code for each in plan.expand(action.units)}
    ]
    for action in shared[:5]:
        values = {
            "year": str(period.year), "action_id": action.id, "task": f"{action.name}（辖区任务）",
            "content": action.tasks[0] if action.tasks else action.name, "due_date": date(period.year, 12, 31),
            "org_code": unit.code, "asof_ym": str(period), **_done(rng, None, period),
        }  # fmt: skip
        yield _told(plan, Row("duty", key(rng, date(period.year, 1, 8)), unit.code, values), period)


def _done(rng: random.Random, target: Decimal | None, period: Period) -> dict[str, Any]:
    share = min(period.month * 8 + rng.randrange(-18, 12), 100)
    finished = share >= 95
    value = None
    if target is not None:
        value = target if finished else (target * share / 100).quantize(Decimal("0.01"))
    return {
        "leader": person(rng), "owner": person(rng), "done_value": value,
        "progress_pct": Decimal(100 if finished else max(share, 5)),
        "status": "已完成" if finished else "滞后" if share < period.month * 8 - 8 else "正常推进",
        "problem_text": rng.choice(("无", "部分数据需上级部门提供。")),
    }  # fmt: skip


def _told(plan: Plan, row: Row, period: Period) -> Row:
    """The task with its three texts: they fit its 行动 and how far it is."""
    values = row.values
    name = next((each.name for each in plan.actions if each.id == values.get("action_id")), "")
    seed = hash_of(row.id.hex) + period.month
    values |= words.task(name, values["status"], int(values["progress_pct"]), seed, values["problem_text"])
    return row


def _leads(rng: random.Random, plan: Plan, unit: UnitDef, last: date) -> Iterator[Row]:
    forces = [each.code for each in plan.units if each.kind == "taskforce" and each.active] or [unit.code]
    for name, stage in zip(TARGETS, ("洽谈", "线索", "签约", "搁置"), strict=True):
        found = _settled(last) - timedelta(days=rng.randrange(20, 300))
        values = {
            "firm_name": name, "sector": rng.choice(FIELD_TAGS[:-1]), "invest": Decimal(rng.randrange(5, 80) * 1000),
            "task_force_code": rng.choice(forces), "leader": person(rng), "owner": person(rng), "found_on": found,
            "stage": stage, "next_step": "赴企业总部考察，商定落地方案。", "next_on": last + timedelta(days=14),
        }  # fmt: skip
        yield Row("lead", key(rng, found), unit.code, values)


def _matters(rng: random.Random, plan: Plan, unit: UnitDef, last: date) -> Iterator[Row]:
    for place, topic in enumerate(TOPICS):
        raised = _settled(last) - timedelta(days=20 + 40 * place)
        decided = place > 0
        values = {
            "topic": topic, "raised_by_code": unit.code, "raised_on": raised, "content": "部门意见不一致，需联席会议明确责任和时限。",
            "status": ("待上会", "办理中", "已办结", "已办结")[place],
            "meeting_on": raised + timedelta(days=10) if decided else None,
            "decision": "由牵头单位会同属地街道一个月内办理。" if decided else None,
            "org_code": unit.code if decided else None, "due_date": raised + timedelta(days=45) if decided else None,
            "result": "已按议定意见落实。" if place > 1 else None,
        }  # fmt: skip
        yield Row("matter", key(rng, raised), unit.code, values)


def _lists(rng: random.Random, unit: UnitDef, firms: Sequence[Firm], last: date) -> Iterator[Row]:
    """Four batches a year, two of each list, what they published, and what came together."""
    released: dict[str, list[UUID]] = {kind: [] for kind in LISTS}
    for quarter in range(4):
        day = date(last.year, 3 * quarter + 1, 18)
        if day > last:
            continue
        for kind in LISTS if quarter % 2 == 0 else LISTS[:1]:
            row = Row(
                "release", key(rng, day), unit.code,
                {
                    "name": f"{last.year} 年第{'一二三四'[quarter]}批{kind}", "list_kind": kind, "released_on": day,
                    "org_code": unit.code, "channel": "区政府门户网站",
                },
            )  # fmt: skip
            released[kind].append(row.id)
            yield row
    wanted, offered = [], []
    for place, (scene, need) in enumerate(NEEDS):
        day = _settled(last) - timedelta(days=60 + 30 * place)
        values: dict[str, Any] = {
            "scene": scene, "demand_side": rng.choice(("区城管局", "某商贸综合体", "街道社区服务中心")), "need": need,
            "budget": Decimal(rng.randrange(3, 60) * 10), "term": f"{last.year + 1} 年 6 月底前建成", "registered_on": day,
            "contact": person(rng), "phone": PHONE, "release_id": _any(rng, released[OPPORTUNITY_LIST]),
        }  # fmt: skip
        row = Row("opportunity", key(rng, day), unit.code, values)
        wanted.append(row.id)
        yield row
        firm = rng.choice(firms)
        values = {
            "enterprise_id": firm.id, "name": f"{scene}解决方案", "scenes": scene, "registered_on": day,
            "description": "支持本地部署和云端订阅，三周可上线。", "cases": "已在两个街道试用。",
            "release_id": _any(rng, released[LISTS[1]]),
        }  # fmt: skip
        row = Row("product", key(rng, day), unit.code, values)
        offered.append(row.id)
        yield row
    for place, outcome in enumerate(("签约合作", "达成意向", "对接中")):
        day = _settled(last) - timedelta(days=10 + 12 * place)
        values = {
            "opportunity_id": wanted[place], "product_id": offered[place], "matched_on": day, "org_code": unit.code,
            "outcome": outcome, "amount": Decimal(86) if outcome == "签约合作" else None, "note": "双方已现场考察。",
        }  # fmt: skip
        yield Row("match", key(rng, day), unit.code, values)


def _any(rng: random.Random, keys: Sequence[UUID]) -> UUID | None:
    return rng.choice(keys) if keys else None
