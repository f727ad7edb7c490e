"""Facts over rows in memory, and records that break no rule: what the examples of the rules are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from db import classifications, plan_file
from db.checks import Context, Parameters, check_record
from db.checks.context import (
    DayVisit,
    Firm,
    FirmVisit,
    OpenIssue,
    Place,
    ProjectMonth,
    Reported,
    Revenue,
    Service,
    Values,
)
from db.findings import Finding
from db.models.issue import OPEN
from db.periods import Period
from db.registers import REGISTERS
from db.text import same_name

TODAY = date(2024, 5, 21)  # a Tuesday
STREET, CARRIER, OTHER_CARRIER, BUREAU = "360103002", "xhyd", "xhdx", "qfgw"
CODES = ("91360103MA0000015L", "91360103MA0000023F", "91360103MA00000A9A", "91350100M000100Y43")
World = Mapping[str, Any]  # rows by register key; “project_months”: what projects said before, by their key


def key(number: int) -> UUID:
    """A key; greater numbers were born later."""
    return UUID(int=number)


class FakeFacts:
    """`Facts` by looking through lists of rows (by register key); `history` is what candidates said before."""

    def __init__(self, world: World, history: Mapping[UUID, Sequence[Revenue]] | None = None) -> None:
        self.world = world
        self.history = history or {}
        self.plan = plan_file.default_plan()

    def _rows(self, register: str) -> Sequence[Values]:
        return sorted(self.world.get(register, ()), key=lambda row: row["id"].bytes)

    def _firms(self, keep: Any) -> list[Firm]:
        return [
            Firm(row["id"], row["name"], row.get("uscc")) for row in self._rows("enterprise") if keep(row)
        ]

    def card(self, enterprise_id: UUID) -> Values | None:
        return next((row for row in self._rows("enterprise") if row["id"] == enterprise_id), None)

    def with_code(self, uscc: str) -> Sequence[Firm]:
        return self._firms(lambda row: row.get("uscc") == uscc)

    def with_name(self, name: str) -> Sequence[Firm]:
        return self._firms(lambda row: same_name(row["name"] or "") == same_name(name))

    def with_phone(self, phone: str) -> Sequence[UUID]:
        return [each.id for each in self._firms(lambda row: row.get("phone") == phone)]

    def visits_of(self, enterprise_id: UUID) -> Sequence[FirmVisit]:
        rows = [
            row for row in self._rows("visit") if row["enterprise_id"] == enterprise_id and row["visit_date"]
        ]
        return [
            FirmVisit(row["visit_date"], row["id"]) for row in sorted(rows, key=lambda row: row["visit_date"])
        ]

    def visit_text(self, visit_id: UUID) -> str:
        return next((row["operation_text"] or "" for row in self._rows("visit") if row["id"] == visit_id), "")

    def visits_on(self, unit_code: str, day: date) -> Sequence[DayVisit]:
        return [
            DayVisit(row["id"], row["enterprise_id"], row["visitors"] or "")
            for row in self._rows("visit")
            if row["unit_code"] == unit_code and row["visit_date"] == day
        ]

    def issues_of_visit(self, visit_id: UUID) -> int:
        return sum(row.get("visit_id") == visit_id for row in self._rows("issue"))

    def open_issues(self, enterprise_id: UUID) -> Sequence[OpenIssue]:
        return [
            OpenIssue(row["id"], row.get("issue_no") or "", row["category"] or "", row["description"] or "")
            for row in self._rows("issue")
            if row["enterprise_id"] == enterprise_id and row["status"] in OPEN
        ]

    def services(self, enterprise_id: UUID) -> Sequence[Service]:
        return [
            Service(
                row["id"],
                row["provider_org"],
                row["cloud_on"],
                row["product"] or "",
                bool(row.get("counted")),
            )
            for row in self._rows("cloud")
            if row["enterprise_id"] == enterprise_id
        ]

    def revenues(self, nurture_id: UUID) -> Sequence[Revenue]:
        return self.history.get(nurture_id, ())

    def project_months(self, project_id: UUID) -> Sequence[ProjectMonth]:
        return self.world.get("project_months", {}).get(project_id, ())

    def alive(self, source: str, record_id: UUID) -> bool:
        return any(row["id"] == record_id for row in self._rows(source))

    def reported(self, indicator_no: int, org_code: str, period: str) -> Reported | None:
        for row in self._rows("indicator"):
            if (row["indicator_no"], row["org_code"], row["period"]) == (indicator_no, org_code, period):
                return Reported(row["id"], row["value"], row.get("value_month"), row.get("scope_note") or "")
        return None

    def clouds_by_month(self, unit_code: str) -> Mapping[str, int]:
        rows = [row for row in self._rows("cloud") if row["unit_code"] == unit_code and row.get("counted")]
        return Counter(str(row["cloud_on"])[:7] for row in rows)

    def ledger(self, register: str, period: str, unit_code: str | None = None) -> Decimal | None:
        if register != "core":
            return None
        return Decimal(sum(bool(row["de_core"]) for row in self._rows("enterprise")))

    def unit(self, code: str) -> Place | None:
        found = next((unit for unit in self.plan.units if unit.code == code), None)
        return Place(found.name, found.active, found.kind) if found else None

    def park(self, code: str) -> Place | None:
        found = next((park for park in self.plan.parks if park.code == code), None)
        return Place(found.name, found.active, "park") if found else None


class FakeLookup:
    """Names out of the plan and the code tables, as `Directory` gives them."""

    plan = plan_file.default_plan()

    def find(self, source: str, raw: str) -> Any | None:
        if source in ("unit", "street"):
            found = self.plan.unit(raw)
            return found.code if found else None
        if source == "industry":
            industry = classifications.industry(raw)
            return industry.code if industry else None
        return None

    def name(self, source: str, value: Any) -> str:
        found = next((unit.name for unit in self.plan.units if unit.code == value), None)
        return found or str(value)

    def options(self, source: str) -> list[tuple[Any, str]]:
        return []


def fake_context(
    world: World,
    *,
    today: date = TODAY,
    period: str | None = None,
    history: Mapping[UUID, Sequence[Revenue]] | None = None,
    unit_code: str = STREET,
    **parameters: Any,
) -> Context:
    return Context(
        directory=FakeLookup(),
        facts=FakeFacts(world, history),
        plan=plan_file.default_plan(),
        today=today,
        unit_code=unit_code,
        period=Period(period) if period else None,
        parameters=replace(Parameters(), **parameters),
    )


def judge(
    register: str,
    record: Values,
    world: World | None = None,
    *,
    previous: Values | None = None,
    **more: Any,
) -> list[Finding]:
    """What the rules say of one record; it stands among the other rows of the world when it has a key."""
    rows: dict[str, Any] = {
        name: list(each) if name in REGISTERS else each for name, each in (world or {}).items()
    }
    rows.setdefault("enterprise", [firm()])
    if record.get("id") is not None:
        rows.setdefault(register, []).append(record)
        rows[register] = list({row["id"]: row for row in rows[register]}.values())
    return check_record(fake_context(rows, **more), register, record, previous)


def firm(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": STREET,
        "name": f"江西云栈网络科技{'' if number == 1 else number}有限公司",
        "uscc": CODES[0] if number == 1 else f"9136010300000000{number:02d}",
        "entity_type": "企业法人",
        "street_code": STREET,
        "reg_address": "江西省南昌市西湖区洪城路99号",
        "legal_rep": "王磊",
        "contact": "李敏",
        "phone": f"0791-8651{number:04d}",
        "established_on": date(2019, 3, 1),
        "industry_code": "I6550",
        "main_business": "云计算与数据服务",
        "de_core": True,
        "de_class": "030405",
        "is_above_scale": False,
        "revenue_ly": Decimal("500"),
        "revenue_ytd": Decimal("300"),
        "revenue_asof": "2024-04",
        "employees": 20,
        "status": "正常",
        "source": "走访",
    } | more


def visit(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": STREET,
        "enterprise_id": key(1),
        "visit_date": date(2024, 5, 14),
        "visit_mode": "实地",
        "visit_type": "千名干部访千企",
        "visitors": "张敏（经发办）、李伟（社区）",
        "firm_attendees": "王磊 总经理",
        "operation_text": "订单饱满，一季度营业收入同比增长两成，用工二十人，利润稳定。",
        "operation_trend": "向好",
        "digital_stage": "部分环节",
        "cloud_status": "拟上云",
        "upscale_potential": "无",
        "has_issue": False,
        "filler": "张敏",
    } | more


def issue(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": STREET,
        "issue_no": f"360103002-202405-{number:03d}",
        "source": "来电来访",
        "enterprise_id": key(1),
        "registered_on": date(2024, 5, 14),
        "category": "融资",
        "description": "企业扩大云机房需要流动资金三百万元，希望对接银行。",
        "urgency": "一般",
        "level": "部门协调",
        "org_code": BUREAU,
        "owner": "刘芳",
        "owner_phone": "0791-86510023",
        "due_date": date(2024, 6, 4),
        "status": "待交办",
    } | more


CLOSED = {
    "assigned_on": date(2024, 5, 15),
    "measure": "组织银企对接会，推荐财园信贷通产品。",
    "result": "已解决",
    "result_text": "银行已放款三百万元。",
    "closed_on": date(2024, 5, 20),
}
CLEARED = CLOSED | {
    "status": "已销号",
    "satisfaction": "满意",
    "written_off_on": date(2024, 5, 20),
    "written_off_by": "陈静",
    "basis": "电话回访记录",
}


def cloud(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": CARRIER,
        "enterprise_id": key(1),
        "provider_org": CARRIER,
        "provider_brand": "移动云",
        "cloud_type": ["基础设施上云"],
        "product": "云主机",
        "cloud_on": date(2024, 5, 8),
        "amount": Decimal("1.2"),
        "depth": "浅层（单一通用应用）",
        "evidence": ["合同"],
        "verify_status": "已核实",
        "verified_by": "陈静",
        "verified_on": date(2024, 5, 15),
        "counted": True,
    } | more


def nurture(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": STREET,
        "nurture_type": "升规入统",
        "enterprise_id": key(1),
        "specialty": "服务业2000万档",
        "declare_type": "年度入库",
        "revenue_ytd": Decimal("300"),
        "asof_ym": "2024-04",
        "accounting": "自有会计",
        "org_code": STREET,
        "owner": "张敏",
        "stage": "摸底",
        "willingness": "愿意",
    } | more


READY = {"stage": "材料准备", "statistician": "李敏", "revenue_ytd": Decimal("2100")}


def value(number: int = 1, **more: Any) -> dict[str, Any]:
    """数字经济核心产业营业收入 (年内累计, 亿元), April, right on its way."""
    return {
        "id": key(number),
        "unit_code": BUREAU,
        "period": "2024-04",
        "indicator_no": 1,
        "org_code": BUREAU,
        "value_month": Decimal("12"),
        "value": Decimal("48"),
        "ly_value": Decimal("40"),
        "data_source": "部门统计",
    } | more


def stock(number: int = 1, **more: Any) -> dict[str, Any]:
    """数字经济核心产业企业数量 (期末存量, 家)."""
    return (
        value(number)
        | {"indicator_no": 7, "value_month": None, "value": Decimal(175), "ly_value": Decimal(160)}
        | more
    )


def project(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": STREET,
        "name": "朝阳洲数据中心二期",
        "project_no": "360103002-202403-001",
        "category": "重大项目",
        "field_tag": "软件信息",
        "enterprise_id": key(1),
        "street_code": STREET,
        "org_code": BUREAU,
        "content": "建设机柜一千二百架的数据中心及配套。",
        "invest_total": Decimal(8000),
        "invest_plan_year": Decimal(3000),
        "invest_done": Decimal(4000),
        "stage": "在建",
        "in_stock": True,
        "signed_on": date(2023, 3, 1),
        "stocked_on": date(2023, 4, 1),
        "started_on": date(2023, 6, 1),
        "asof_ym": "2024-05",
        "progress": "主体封顶，开始安装机电设备。",
    } | more


def park(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": STREET,
        "park_code": plan_file.default_plan().parks[0].code,
        "period": "2024-05",
        "status": "已建成",
        "area_total": Decimal(20000),
        "area_usable": Decimal(16000),
        "area_used": Decimal(12000),
        "occupancy": Decimal("75.0"),
        "firms": 40,
        "firms_de": 25,
        "firms_above": 3,
        "in_month": 2,
        "out_month": 0,
        "revenue_ytd": Decimal(9000),
        "tax_ytd": Decimal(400),
        "operator": "西湖城投",
        "operator_head": "周涛",
        "operator_phone": "0791-86510023",
    } | more


def duty(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": BUREAU,
        "year": "2024",
        "action_id": plan_file.default_plan().actions[0].id,
        "task": "新增上云企业",
        "content": "组织运营商入企，全年新增二百家。",
        "target_value": Decimal(200),
        "target_unit": "家",
        "due_date": date(2024, 12, 31),
        "org_code": BUREAU,
        "support_org_codes": [STREET],
        "leader": "周涛",
        "owner": "刘芳",
        "asof_ym": "2024-05",
        "done_value": Decimal(90),
        "progress_pct": Decimal(45),
        "status": "正常推进",
        "progress_text": "五月新增二十家，累计九十家。",
        "problem_text": "无",
        "next_text": "六月开展两场上云对接会。",
    } | more


def liaison(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": STREET,
        "enterprise_id": key(1),
        "leader": "周涛",
        "post": "副区长",
        "org_code": BUREAU,
        "from_on": date(2024, 1, 1),
        "visits_owed": 1,
    } | more


def matter(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": BUREAU,
        "topic": "数据中心用电增容",
        "raised_by_code": STREET,
        "raised_on": date(2024, 5, 8),
        "content": "二期用电缺口六千千伏安，需要供电公司增容。",
        "status": "待上会",
    } | more


DECIDED = {
    "status": "已议定",
    "meeting_on": date(2024, 5, 20),
    "decision": "由区发改委牵头，六月底前完成增容方案。",
    "org_code": BUREAU,
    "due_date": date(2024, 6, 30),
}


def firm_plan(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": STREET,
        "enterprise_id": key(1),
        "made_on": date(2024, 5, 14),
        "situation": "缺流动资金三百万元。",
        "goal": "六月底前获得贷款。",
        "measures": "对接财园信贷通。",
        "org_code": BUREAU,
        "due_date": date(2024, 6, 30),
        "status": "实施中",
    } | more


def lead(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": BUREAU,
        "firm_name": "深圳某智能科技有限公司",
        "sector": "软件信息",
        "task_force_code": BUREAU,
        "leader": "周涛",
        "found_on": date(2024, 5, 8),
        "stage": "线索",
        "next_step": "六月上旬赴深圳拜访。",
        "next_on": date(2024, 6, 5),
    } | more


def release(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": BUREAU,
        "name": "2024 年第一批机会清单",
        "list_kind": "机会清单",
        "released_on": date(2024, 5, 10),
        "org_code": BUREAU,
        "channel": "政府网站",
    } | more


def opportunity(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": BUREAU,
        "scene": "智慧停车",
        "demand_side": "朝阳洲街道",
        "need": "路内停车位联网和诱导。",
        "term": "2024 年 12 月底前建成",
        "registered_on": date(2024, 5, 8),
        "status": "有效",
    } | more


def product(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": BUREAU,
        "enterprise_id": key(1),
        "name": "云停车平台",
        "scenes": "智慧停车、智慧园区",
        "registered_on": date(2024, 5, 8),
    } | more


def match(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": BUREAU,
        "opportunity_id": key(1),
        "product_id": key(1),
        "matched_on": date(2024, 5, 15),
        "org_code": BUREAU,
        "outcome": "对接中",
    } | more


def service(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": key(number),
        "unit_code": STREET,
        "kind": "政策宣讲",
        "served_on": date(2024, 5, 15),
        "subject": "上云政策宣讲会",
        "firms": 12,
        "org_code": STREET,
        "effect": "六家企业当场提出上云意向。",
    } | more


CLEAN = {
    "enterprise": firm(),
    "visit": visit(),
    "issue": issue(),
    "cloud": cloud(),
    "nurture": nurture(),
    "indicator": value(),
    "project": project(),
    "park": park(),
    "duty": duty(),
    "liaison": liaison(),
    "matter": matter(),
    "firm_plan": firm_plan(),
    "lead": lead(),
    "release": release(),
    "opportunity": opportunity(),
    "product": product(),
    "match": match(),
    "service": service(),
}
# What a clean record refers to beside its firm.
AROUND: World = {"opportunity": [opportunity()], "product": [product()]}
