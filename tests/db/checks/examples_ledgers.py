"""Examples of the rules on cloud services, candidates, indicator values and the return."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from db.checks import check_cover, check_gate, check_late, finding
from db.checks.context import Revenue
from tests.db.checks.cases import (
    ERROR,
    INFO,
    WARNING,
    Example,
    after,
    cld,
    clouds_in_may,
    grown_to,
    ind,
    month,
    of,
    ups,
)
from tests.db.checks.fake import (
    BUREAU,
    OTHER_CARRIER,
    READY,
    cloud,
    firm,
    issue,
    key,
    nurture,
    stock,
    value,
    visit,
)

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

LEDGERS: tuple[Example, ...] = (
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
