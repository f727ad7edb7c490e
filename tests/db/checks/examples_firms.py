"""Examples of the rules on every field, on enterprises, visits and issues."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.db.checks.cases import (
    ERROR,
    INFO,
    WARNING,
    Example,
    cld,
    ent,
    firms_with_one_phone,
    ind,
    iss,
    of,
    two_firms,
    ups,
    vis,
    visits_of_a_day,
)
from tests.db.checks.fake import (
    CLEARED,
    CLOSED,
    CODES,
    cloud,
    firm,
    issue,
    key,
    nurture,
    stock,
    visit,
)

GONE = firm(status="注销", status_on=date(2024, 5, 1), status_reason="清算注销")
SURVEY = {"visit_type": "数字化改造摸底"}
FIRMS: tuple[Example, ...] = (
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
        "operation_text",
        vis(operation_text=None, unparsed={"operation_text": "#REF!"}),
        vis(),
    ),
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
)
