"""One record that breaks each rule and one that keeps it: a table, read by test_rules.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from db.checks import Context, check_cover, check_gate, check_late, check_zero, finding
from db.checks.cloud import month_plausible
from db.checks.context import Revenue
from db.findings import Finding, Severity
from db.registers import REGISTERS
from tests.db.checks.fake import (
    BUREAU,
    CARRIER,
    CLEARED,
    CLOSED,
    CODES,
    OTHER_CARRIER,
    READY,
    cloud,
    fake_context,
    firm,
    issue,
    judge,
    key,
    nurture,
    stock,
    value,
    visit,
)

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
RAISED_WHERE_FILES_ARE_READ = ("RET-002", "RET-003", "RET-004", "RET-006", "RET-009")
Case = Callable[[], list[Finding]]


@dataclass(frozen=True)
class Example:
    """`bad` must have a finding of the rule, with this severity, in this field; `good` must have none of it."""

    rule: str
    severity: Severity
    field: str
    bad: Case
    good: Case

    @property
    def name(self) -> str:
        return f"{self.rule} {self.field}".strip()


def of(register: str, record: dict[str, Any], **more: Any) -> Case:
    return lambda: judge(register, record, **more)


def ent(**changes: Any) -> Case:
    return of("enterprise", firm(**changes))


def two_firms(**changes: Any) -> Case:
    return of("enterprise", firm(2, **changes), world={"enterprise": [firm()]})


def vis(**changes: Any) -> Case:
    return of("visit", visit(**changes))


def iss(**changes: Any) -> Case:
    return of("issue", issue(**changes))


def cld(**changes: Any) -> Case:
    return of("cloud", cloud(**changes))


def ups(**changes: Any) -> Case:
    return of("nurture", nurture(**changes))


def ind(**changes: Any) -> Case:
    return of("indicator", value(**changes))


def after(before: dict[str, Any], now: dict[str, Any]) -> Case:
    return of("indicator", now, world={"indicator": [before]})


def visits_of_a_day(count: int) -> Case:
    firms = [firm(number) for number in range(1, count + 1)]
    others = [visit(number, enterprise_id=key(number)) for number in range(1, count)]
    last = visit(count, enterprise_id=key(count), visitors="张敏（经发办）")
    return of("visit", last, world={"enterprise": firms, "visit": others})


def firms_with_one_phone(count: int) -> Case:
    others = [firm(number, phone="13800138000") for number in range(1, count)]
    return of("enterprise", firm(count, phone="13800138000", uscc=CODES[2]), world={"enterprise": others})


def clouds_in_may(count: int, before: int = 0) -> Case:
    """So many new ones in May, and `before` in each of the three months before."""
    rows = [cloud(number) for number in range(1, count + 1)]
    rows += [
        cloud(1000 * month + number, cloud_on=date(2024, month, 8))
        for month in (2, 3, 4)
        for number in range(before)
    ]
    return lambda: list(month_plausible(cloud_context({"cloud": rows})))


def grown_to(count: int) -> Case:
    """A carrier that reports so many firms in May, after 1700 in April and one new one in its cloud ledger."""
    april = stock(9, indicator_no=5, org_code=CARRIER, period="2024-04", value=Decimal(1700))
    may = stock(10, indicator_no=5, org_code=CARRIER, period="2024-05", value=Decimal(count))
    return of("indicator", may, world={"indicator": [april], "cloud": [cloud()]})


def cloud_context(world: dict[str, Any]) -> Context:
    return replace(fake_context(world, period="2024-05", unit_code=CARRIER), register=REGISTERS["cloud"])


def month(rows: dict[str, Any], zero: bool | None) -> Case:
    return lambda: check_zero(fake_context({}, period="2024-05"), rows, zero)


GONE = firm(status="注销", status_on=date(2024, 5, 1), status_reason="清算注销")
SURVEY = {"visit_type": "数字化改造摸底"}
REVIEW = READY | {"stage": "街道初审"}
PAPERS = [
    "调查单位纳入申报表", "法人单位基本情况表", "营业执照复印件（盖章）",
    "利润表（或年度审计报告、所得税年报）", "增值税纳税申报表", "主要业务合同",
]  # fmt: skip
STOCKED = READY | {"stage": "已入库", "materials": PAPERS, "in_stock_ym": "2024-05"}
TITLE = {"nurture_type": "省级专精特新", "specialty": None, "declare_type": None}
COVER = {
    "unit_code": BUREAU, "period": "2024-05", "revision": 1, "form_no": "西数经调01表", "issuer": "区数字经济办公室",
    "head_sign": "周涛", "reviewer": "陈静", "filler": "张敏", "phone": "0791-86510023",
}  # fmt: skip
A_WARNING = finding("RET-005", 单位="南浦街道", 天数=2, 日期="2024-05-24")

EXAMPLES: tuple[Example, ...] = (
    # -------------------------------------------------------------- 通用
    Example("GEN-001", ERROR, "filler", vis(filler="  "), vis(filler="张敏")),
    Example("GEN-001", ERROR, "uscc", ent(uscc=None), ent(uscc=None, no_uscc_reason="筹建中，未取得执照")),
    Example("GEN-001", ERROR, "digital_stage", vis(digital_stage=None), vis()),
    Example("GEN-001", ERROR, "value_month", ind(value_month=None), of("indicator", stock())),
    Example(
        "GEN-002", ERROR, "revenue_ytd", vis(unparsed={"revenue_ytd": "约500"}), vis(revenue_ytd=Decimal(500))
    ),
    Example("GEN-002", ERROR, "amount", cld(amount=Decimal("-1")), cld(amount=Decimal(1))),
    Example("GEN-003", ERROR, "employees", ent(employees=-2), ent(employees=2)),
    Example("GEN-003", ERROR, "extend_count", iss(unparsed={"extend_count": "1.5"}), iss(extend_count=0)),
    Example(
        "GEN-004", ERROR, "visit_date", vis(visit_date=None, unparsed={"visit_date": "2024-02-30"}), vis()
    ),
    Example("GEN-004", ERROR, "asof_ym", ups(asof_ym=None, unparsed={"asof_ym": "4月"}), ups()),
    Example("GEN-005", ERROR, "visit_mode", vis(visit_mode="托梦"), vis(visit_mode="线上")),
    Example(
        "GEN-005",
        ERROR,
        "operation_trend",
        vis(operation_trend=None, unparsed={"operation_trend": "还行"}),
        vis(),
    ),
    Example("GEN-005", ERROR, "has_issue", vis(has_issue=None, unparsed={"has_issue": "也许"}), vis()),
    Example(
        "GEN-005",
        ERROR,
        "enterprise_id",
        vis(enterprise_id=None, unparsed={"enterprise_id": "云上公司"}),
        vis(),
    ),
    Example(
        "GEN-006",
        INFO,
        "operation_text",
        vis(origin={"file": "台账.xlsx", "cleaned": {"operation_text": 2}}),
        vis(origin={"file": "台账.xlsx"}),
    ),
    Example("GEN-007", ERROR, "visitors", vis(visitors="张" * 201), vis(visitors="张" * 200)),
    Example(
        "GEN-008",
        INFO,
        "plan_text",
        vis(plan_text="无"),
        vis(plan_text="建议上云，责任单位区发改委，六月底前。"),
    ),
    Example("GEN-009", ERROR, "org_code", iss(org_code=None, unparsed={"org_code": "区某某局"}), iss()),
    Example("GEN-009", ERROR, "org_code", iss(org_code="nobody"), iss()),
    Example(
        "GEN-010",
        WARNING,
        "street_code",
        of("enterprise", firm(street_code="360103005") | {"id": None}),
        ent(),
    ),
    # -------------------------------------------------------------- 企业档案
    Example("ENT-001", ERROR, "uscc", ent(uscc="91360103MA000001"), ent()),
    Example("ENT-002", ERROR, "uscc", ent(uscc="91360103MA0000015M"), ent()),
    Example("ENT-003", WARNING, "uscc", ent(uscc="91360103MA0000016P"), ent(uscc="91360103MA00000A9A")),
    Example("ENT-004", WARNING, "uscc", ent(entity_type="个体工商户"), ent(entity_type="企业法人")),
    Example("ENT-005", ERROR, "uscc", two_firms(uscc=CODES[0]), two_firms(uscc=CODES[1])),
    Example(
        "ENT-006",
        WARNING,
        "name",
        two_firms(uscc=CODES[1], name="江西云栈 网络科技有限公司"),
        two_firms(uscc=CODES[1], name="江西云帆网络科技有限公司"),
    ),
    Example("ENT-007", INFO, "uscc", ent(uscc=None, no_uscc_reason="筹建中，未取得执照"), ent()),
    Example(
        "ENT-008",
        ERROR,
        "established_on",
        ent(established_on=date(2024, 5, 22)),
        ent(established_on=date(2024, 5, 21)),
    ),
    Example(
        "ENT-008",
        ERROR,
        "established_on",
        ent(established_on=date(1949, 9, 30)),
        ent(established_on=date(1949, 10, 1)),
    ),
    Example("ENT-009", ERROR, "phone", ent(phone="1380013800"), ent(phone="13800138000")),
    Example("ENT-009", INFO, "owner_phone", iss(owner_phone="内线六六"), iss(owner_phone="400-800-8888")),
    Example("ENT-010", WARNING, "phone", ent(phone="010-65100023"), ent(phone="0791-86510023")),
    Example("ENT-011", WARNING, "phone", firms_with_one_phone(5), firms_with_one_phone(4)),
    Example("ENT-012", ERROR, "industry_code", ent(industry_code="Z99"), ent(industry_code="I65")),
    Example(
        "ENT-012",
        ERROR,
        "industry_code",
        ent(industry_code=None, unparsed={"industry_code": "卖货的"}),
        ent(),
    ),
    Example("ENT-013", WARNING, "industry_code", ent(industry_code="H62"), ent(industry_code="I6550")),
    Example(
        "ENT-014",
        INFO,
        "de_core",
        ent(de_core=False, de_class=None),
        ent(de_core=False, de_class=None, industry_code="H62"),
    ),
    Example(
        "ENT-015",
        ERROR,
        "in_stock_ym",
        ent(is_above_scale=True, specialty="服务业"),
        ent(is_above_scale=True, specialty="服务业", in_stock_ym="2023-11"),
    ),
    Example(
        "ENT-016",
        INFO,
        "revenue_ly",
        ent(is_above_scale=True, specialty="服务业", in_stock_ym="2023-11", revenue_ly=Decimal("1999.99")),
        ent(is_above_scale=True, specialty="服务业", in_stock_ym="2023-11", revenue_ly=Decimal(2000)),
    ),
    Example(
        "ENT-017",
        WARNING,
        "revenue_ytd",
        ent(revenue_ytd=Decimal("1000000.01")),
        ent(revenue_ytd=Decimal(900)),
    ),
    Example("ENT-017", WARNING, "revenue_ly", ent(revenue_ly=Decimal(-1)), ent(revenue_ly=Decimal(0))),
    Example(
        "ENT-017", WARNING, "revenue_ytd", ent(revenue_ytd=Decimal(5001)), ent(revenue_ytd=Decimal(5000))
    ),
    Example("ENT-017", WARNING, "revenue_ytd", ent(revenue_ytd=Decimal(16)), ent(revenue_ytd=Decimal(17))),
    Example("ENT-018", WARNING, "employees", ent(employees=0), ent(employees=0, revenue_ytd=Decimal(0))),
    Example(
        "ENT-019",
        WARNING,
        "reg_address",
        ent(reg_address="南昌市西湖区桃源街道丰和路1号"),
        ent(reg_address="南昌市西湖区朝阳洲街道丰和路1号"),
    ),
    Example(
        "ENT-019",
        WARNING,
        "reg_address",
        ent(reg_address="江西省南昌市青山湖区北京东路1号"),
        ent(reg_address="江西省南昌市朝阳小区3栋"),
    ),
    Example(
        "ENT-020",
        ERROR,
        "status_on",
        ent(status="迁出", status_reason="迁往赣州"),
        ent(status="迁出", status_reason="迁往赣州", status_on=date(2024, 5, 1)),
    ),
    Example(
        "ENT-020",
        ERROR,
        "enterprise_id",
        of("visit", visit(), world={"enterprise": [GONE]}),
        of("visit", visit(visit_date=date(2024, 4, 30)), world={"enterprise": [GONE]}),
    ),
    Example(
        "ENT-020",
        ERROR,
        "enterprise_id",
        of("cloud", cloud(), world={"enterprise": [GONE]}),
        of("cloud", cloud(cloud_on=date(2024, 4, 8)), world={"enterprise": [GONE]}),
    ),
    Example(
        "ENT-020",
        ERROR,
        "enterprise_id",
        of("nurture", nurture(asof_ym="2024-06"), world={"enterprise": [GONE]}),
        of("nurture", nurture(asof_ym="2024-06", stage="放弃"), world={"enterprise": [GONE]}),
    ),
    # -------------------------------------------------------------- 走访记录
    Example(
        "VIS-001", ERROR, "visit_date", vis(visit_date=date(2024, 5, 22)), vis(visit_date=date(2024, 5, 21))
    ),
    Example(
        "VIS-002",
        ERROR,
        "visit_date",
        of("visit", visit(visit_date=date(2024, 4, 30)), period="2024-05"),
        of("visit", visit(visit_date=date(2024, 5, 1)), period="2024-05"),
    ),
    Example(
        "VIS-003",
        WARNING,
        "visit_date",
        of("visit", visit(2), world={"visit": [visit()]}),
        of("visit", visit(2, visit_date=date(2024, 5, 15)), world={"visit": [visit()]}),
    ),
    Example("VIS-004", WARNING, "visitors", visits_of_a_day(9), visits_of_a_day(8)),
    Example("VIS-005", ERROR, "visitors", vis(visitors=None), vis()),
    Example(
        "VIS-005",
        ERROR,
        "leader",
        vis(visit_type="挂点领导走访"),
        vis(visit_type="挂点领导走访", leader="周涛"),
    ),
    Example(
        "VIS-006",
        ERROR,
        "has_issue",
        vis(has_issue=True),
        of("visit", visit(has_issue=True), world={"issue": [issue(visit_id=key(1))]}),
    ),
    Example(
        "VIS-006", ERROR, "has_issue", of("visit", visit(), world={"issue": [issue(visit_id=key(1))]}), vis()
    ),
    Example(
        "VIS-007", ERROR, "digital_stage", vis(**SURVEY, digital_stage=None), vis(**SURVEY, systems=["ERP"])
    ),
    Example("VIS-007", WARNING, "systems", vis(**SURVEY), vis(**SURVEY, digital_stage="未开展")),
    Example(
        "VIS-008",
        INFO,
        "operation_text",
        vis(operation_text="订单饱满，正常。"),
        vis(operation_text="订单饱满，利润稳定。"),
    ),
    Example(
        "VIS-009",
        WARNING,
        "operation_text",
        of("visit", visit(2), world={"visit": [visit(visit_date=date(2024, 4, 9))]}),
        of(
            "visit",
            visit(2, operation_text="新签两份合同，五月用工增加六人，利润有所下降。"),
            world={"visit": [visit(visit_date=date(2024, 4, 9))]},
        ),
    ),
    Example(
        "VIS-010", WARNING, "visit_date", vis(visit_date=date(2024, 5, 3)), vis(visit_date=date(2024, 5, 11))
    ),
    # -------------------------------------------------------------- 问题台账
    Example("ISS-001", ERROR, "category", iss(category=None), iss()),
    Example("ISS-002", ERROR, "due_date", iss(due_date=date(2024, 5, 13)), iss(due_date=date(2024, 5, 24))),
    Example(
        "ISS-003",
        ERROR,
        "status",
        of("issue", issue(**CLOSED, status="已办结"), previous=issue()),
        of("issue", issue(**CLOSED, status="已办结"), previous=issue(status="办理中")),
    ),
    Example(
        "ISS-004",
        ERROR,
        "result",
        iss(**CLOSED | {"status": "已办结", "result": None}),
        iss(**CLOSED, status="已办结"),
    ),
    Example(
        "ISS-004",
        ERROR,
        "closed_on",
        iss(**CLOSED | {"status": "已办结", "closed_on": date(2024, 5, 22)}),
        iss(**CLOSED, status="已办结"),
    ),
    Example("ISS-005", ERROR, "satisfaction", iss(**CLEARED | {"satisfaction": "不满意"}), iss(**CLEARED)),
    Example("ISS-005", ERROR, "satisfaction", iss(**CLEARED | {"satisfaction": "未回访"}), iss(**CLEARED)),
    Example("ISS-005", ERROR, "written_off_by", iss(**CLEARED | {"written_off_by": "刘 芳"}), iss(**CLEARED)),
    Example("ISS-005", ERROR, "basis", iss(**CLEARED | {"basis": None}), iss(**CLEARED)),
    Example("ISS-006", WARNING, "due_date", iss(due_date=date(2024, 5, 20)), iss(due_date=date(2024, 5, 21))),
    Example("ISS-007", INFO, "due_date", iss(due_date=date(2024, 5, 23)), iss(due_date=date(2024, 5, 24))),
    Example(
        "ISS-008",
        WARNING,
        "review_on",
        iss(**CLEARED | {"written_off_on": date(2024, 4, 20)}),
        iss(**CLEARED | {"written_off_on": date(2024, 4, 21)}),
    ),
    Example(
        "ISS-009",
        WARNING,
        "extend_count",
        iss(extend_count=3, extend_reason="资料未齐"),
        iss(extend_count=2, extend_reason="资料未齐"),
    ),
    Example("ISS-009", WARNING, "extend_reason", iss(extend_count=1), iss(extend_count=0)),
    Example(
        "ISS-010",
        WARNING,
        "description",
        of(
            "issue",
            issue(2, description="企业扩大云机房需要流动资金三百万元，希望对接银行"),
            world={"issue": [issue()]},
        ),
        of("issue", issue(2, category="用工"), world={"issue": [issue()]}),
    ),
    # -------------------------------------------------------------- 上云记录
    Example(
        "CLD-001",
        INFO,
        "enterprise_id",
        of(
            "cloud",
            cloud(2, provider_org=OTHER_CARRIER, counted=False, uncounted_reason="重复服务"),
            world={"cloud": [cloud(cloud_on=date(2024, 4, 8))]},
        ),
        cld(),
    ),
    Example(
        "CLD-001",
        ERROR,
        "enterprise_id",
        of("cloud", cloud(2, counted=False, uncounted_reason="重复服务"), world={"cloud": [cloud()]}),
        of("cloud", cloud(2, product="云桌面", counted=False), world={"cloud": [cloud()]}),
    ),
    Example("CLD-002", ERROR, "cloud_on", cld(cloud_on=date(2024, 5, 22)), cld(cloud_on=date(2024, 5, 21))),
    Example("CLD-002", ERROR, "cloud_on", cld(cloud_on=date(2019, 2, 28)), cld(cloud_on=date(2019, 3, 1))),
    Example("CLD-003", ERROR, "evidence", cld(evidence=None), cld(evidence=["发票"])),
    Example(
        "CLD-003", INFO, "evidence", cld(evidence=None, verify_status="待核实"), cld(verify_status="待核实")
    ),
    Example(
        "CLD-004",
        ERROR,
        "enterprise_id",
        cld(enterprise_id=None, unparsed={"enterprise_id": "区外公司"}),
        cld(),
    ),
    Example("CLD-004", ERROR, "enterprise_id", cld(enterprise_id=key(99)), cld()),
    Example(
        "CLD-004",
        ERROR,
        "enterprise_id",
        of("cloud", cloud(), world={"enterprise": [firm(street_code="360102001")]}),
        cld(),
    ),
    Example(
        "CLD-005",
        WARNING,
        "expire_on",
        cld(expire_on=date(2024, 5, 20)),
        cld(expire_on=date(2024, 5, 20), verify_status="已失效"),
    ),
    Example(
        "CLD-006", WARNING, "product", cld(product="企业宽带、短信套餐"), cld(product="企业宽带、云主机")
    ),
    Example("CLD-007", INFO, "amount", cld(amount=Decimal(0)), cld(amount=None)),
    Example("CLD-008", WARNING, "counted", clouds_in_may(101), clouds_in_may(100)),
    Example("CLD-008", WARNING, "counted", clouds_in_may(16, before=3), clouds_in_may(15, before=3)),
    # -------------------------------------------------------------- 升规培育
    Example(
        "UPS-001",
        ERROR,
        "stage",
        of("nurture", nurture(**READY), previous=nurture()),
        of("nurture", nurture(stage="入库培育"), previous=nurture()),
    ),
    Example("UPS-002", ERROR, "specialty", ups(specialty="零售"), ups()),
    Example(
        "UPS-003",
        WARNING,
        "revenue_ytd",
        ups(**READY | {"revenue_ytd": Decimal("1999.99")}),
        ups(**READY | {"revenue_ytd": Decimal(2000)}),
    ),
    Example(
        "UPS-004", INFO, "revenue_ytd", ups(revenue_ytd=Decimal("666.67")), ups(revenue_ytd=Decimal(666))
    ),
    Example(
        "UPS-005", ERROR, "materials", ups(**REVIEW, materials=PAPERS[:-1]), ups(**REVIEW, materials=PAPERS)
    ),
    Example(
        "UPS-006",
        WARNING,
        "declare_type",
        of(
            "nurture",
            nurture(declare_type="月度入库"),
            world={"enterprise": [firm(opened_on=date(2023, 9, 30))]},
        ),
        of(
            "nurture",
            nurture(declare_type="月度入库"),
            world={"enterprise": [firm(opened_on=date(2023, 10, 1))]},
        ),
    ),
    Example("UPS-006", WARNING, "declare_type", ups(declare_type="月度入库"), ups()),
    Example("UPS-007", ERROR, "in_stock_ym", ups(**STOCKED | {"in_stock_ym": None}), ups(**STOCKED)),
    Example("UPS-007", ERROR, "in_stock_ym", ups(**STOCKED | {"in_stock_ym": "2024-06"}), ups(**STOCKED)),
    Example("UPS-008", ERROR, "reason", ups(stage="退回"), ups(stage="退回", reason="材料不全")),
    Example("UPS-009", WARNING, "vat_ytd", ups(vat_ytd=Decimal("269.99")), ups(vat_ytd=Decimal(270))),
    Example(
        "UPS-010",
        ERROR,
        "revenue_ytd",
        of("nurture", nurture(), history={key(1): [Revenue("2024-03", Decimal("300.01"))]}),
        of(
            "nurture",
            nurture(),
            history={key(1): [Revenue("2024-03", Decimal(300)), Revenue("2023-12", Decimal(900))]},
        ),
    ),
    Example(
        "UPS-010",
        ERROR,
        "revenue_ytd",
        of("nurture", nurture(), previous=nurture(asof_ym="2024-03", revenue_ytd=Decimal(310))),
        of(
            "nurture",
            nurture(reason_text="上月误按含税数填报"),
            previous=nurture(asof_ym="2024-03", revenue_ytd=Decimal(310)),
        ),
    ),
    Example(
        "UPS-011",
        WARNING,
        "valid_to",
        ups(**TITLE, valid_to=date(2024, 8, 19)),
        ups(**TITLE, valid_to=date(2024, 8, 20)),
    ),
    Example(
        "UPS-011",
        WARNING,
        "valid_to",
        ups(**TITLE, valid_to=date(2024, 5, 20)),
        ups(valid_to=date(2024, 5, 20)),
    ),
    # -------------------------------------------------------------- 指标月报
    Example(
        "IND-001",
        ERROR,
        "value",
        after(value(9, period="2024-03", value=Decimal("48.01")), value()),
        after(value(9, period="2024-03", value=Decimal("48.01")), value(scope_note="四月起剔除划出企业")),
    ),
    Example(
        "IND-002",
        ERROR,
        "value_month",
        after(value(9, period="2024-03", value=Decimal("35.98")), value()),
        after(value(9, period="2024-03", value=Decimal("35.99")), value()),
    ),
    Example(
        "IND-003",
        ERROR,
        "value",
        after(stock(9, period="2024-03", value=Decimal(176)), stock()),
        after(
            stock(9, period="2024-03", value=Decimal(176)),
            stock(reason="核减1家：江西云栈网络科技有限公司，已注销"),
        ),
    ),
    Example(
        "IND-004",
        ERROR,
        "value",
        of("indicator", stock(indicator_no=4, value=Decimal("100.01"), ly_value=Decimal(90))),
        of("indicator", stock(indicator_no=9, value=Decimal("100.01"), ly_value=Decimal(90))),
    ),
    Example(
        "IND-005",
        ERROR,
        "value",
        after(value(9, period="2023-12", value=Decimal(120)), value(period="2024-01", value=Decimal(132))),
        after(value(9, period="2023-12", value=Decimal(120)), value(period="2024-01", value=Decimal(12))),
    ),
    Example(
        "IND-006",
        WARNING,
        "value",
        after(value(9, period="2024-03", value=Decimal(36), value_month=Decimal("7.9")), value()),
        after(value(9, period="2024-03", value=Decimal(36), value_month=Decimal(8)), value()),
    ),
    Example(
        "IND-006",
        WARNING,
        "value",
        ind(ly_value=Decimal("23.9")),
        ind(ly_value=Decimal("23.9"), reason="上年同期疫情影响，企业停工两个月"),
    ),
    Example("IND-007", INFO, "value", ind(value=Decimal("32.66")), ind(value=Decimal("32.67"))),
    Example(
        "IND-008",
        WARNING,
        "reason",
        ind(value=Decimal(46)),
        ind(value=Decimal(46), reason="两家龙头企业订单推迟到五月", next_step="逐户走访，五月底前补齐"),
    ),
    Example(
        "IND-009",
        ERROR,
        "indicator_no",
        after(value(2), value() | {"id": None}),
        after(value(2, org_code="qswj"), value()),
    ),
    Example(
        "IND-010",
        WARNING,
        "value",
        of("indicator", stock(data_source="台账汇总")),
        of(
            "indicator",
            stock(data_source="台账汇总", value=Decimal(1), ly_value=Decimal(1), reason="首月按台账重新统计"),
        ),
    ),
    Example("IND-010", WARNING, "value", grown_to(1702), grown_to(1701)),
    Example(
        "IND-011",
        INFO,
        "scope_note",
        after(value(9, period="2023-04", value=Decimal(40)), value(scope_note="四月起剔除划出企业")),
        after(value(9, period="2023-04", value=Decimal(40)), value()),
    ),
    Example("IND-012", INFO, "ly_value", ind(ly_value=None), ind()),
    Example("IND-012", INFO, "ly_value", ind(ly_value=Decimal(0)), ind()),
    Example("IND-013", WARNING, "value", ind(value=Decimal("48.001")), ind(value=Decimal("48.010"))),
    # -------------------------------------------------------------- 月度回报
    Example(
        "RET-001", ERROR, "phone", lambda: check_cover(COVER | {"phone": " "}), lambda: check_cover(COVER)
    ),
    Example(
        "RET-001",
        ERROR,
        "correction_reason",
        lambda: check_cover(COVER | {"revision": 2}),
        lambda: check_cover(COVER | {"revision": 2, "correction_reason": "补报两条走访"}),
    ),
    Example(
        "RET-005",
        WARNING,
        "submitted_on",
        lambda: check_late("南浦街道", date(2024, 5, 25), date(2024, 5, 24)),
        lambda: check_late("南浦街道", date(2024, 5, 24), date(2024, 5, 24)),
    ),
    Example(
        "RET-007",
        ERROR,
        "check_summary",
        lambda: check_gate([finding("VIS-006")], []),
        lambda: check_gate([A_WARNING], []),
    ),
    Example(
        "RET-008",
        WARNING,
        "check_summary",
        lambda: check_gate([A_WARNING], [A_WARNING]),
        lambda: check_gate([A_WARNING], []),
    ),
    Example(
        "RET-010",
        INFO,
        "zero_report",
        month({"issue": [issue(registered_on=date(2024, 4, 9))]}, None),
        month({"visit": [visit()]}, None),
    ),
    Example("RET-010", INFO, "zero_report", month({"visit": [visit()]}, True), month({}, True)),
)
