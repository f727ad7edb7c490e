"""Examples of the rules on projects, parks, tasks and the lists beside them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from db.checks.context import ProjectMonth
from tests.db.checks.cases import ERROR, INFO, WARNING, Case, Example, of
from tests.db.checks.fake import (
    AROUND,
    BUREAU,
    CLEAN,
    DECIDED,
    STREET,
    duty,
    firm,
    key,
    liaison,
    matter,
    park,
    project,
    service,
)

SAME = "主体封顶，开始安装机电设备。"
GONE = firm(status="注销", status_on=date(2024, 5, 1), status_reason="清算注销")


def prj(**changes: Any) -> Case:
    return of("project", project(**changes), period="2024-05")


def prk(**changes: Any) -> Case:
    return of("park", park(**changes))


def dty(**changes: Any) -> Case:
    return of("duty", duty(**changes))


def lia(**changes: Any) -> Case:
    return of("liaison", liaison(**changes))


def mat(**changes: Any) -> Case:
    return of("matter", matter(**changes))


def match_of(**world: Any) -> Case:
    return of("match", CLEAN["match"], world=AROUND | world)


def said(asof: str, done: int, progress: str = SAME, stage: str = "在建") -> ProjectMonth:
    return ProjectMonth(asof, Decimal(done), progress, stage)


def grown(*months: ProjectMonth, **changes: Any) -> Case:
    """The project in May 2024, after what it said before."""
    return of("project", project(**changes), world={"project_months": {key(1): months}}, period="2024-05")


PROJECTS: tuple[Example, ...] = (
    # -------------------------------------------------------------- 项目台账
    Example(
        "PRJ-001", ERROR, "invest_done", prj(invest_done=Decimal("8800.01")), prj(invest_done=Decimal(8000))
    ),
    Example(
        "PRJ-001", WARNING, "invest_done", prj(invest_done=Decimal(8800)), prj(invest_done=Decimal(8000))
    ),
    Example(
        "PRJ-002",
        ERROR,
        "completed_on",
        prj(stage="竣工", completed_on=date(2023, 5, 31)),
        prj(stage="竣工", completed_on=date(2023, 6, 1)),
    ),
    Example(
        "PRJ-002",
        ERROR,
        "produced_on",
        prj(stage="投产（运营）", completed_on=date(2024, 5, 2), produced_on=date(2024, 5, 1)),
        prj(stage="投产（运营）", completed_on=date(2024, 5, 2), produced_on=date(2024, 5, 3)),
    ),
    Example(
        "PRJ-003",
        WARNING,
        "progress",
        grown(said("2024-02", 4000), said("2024-04", 4000)),
        grown(said("2024-03", 4000), said("2024-04", 4000)),
    ),
    Example(
        "PRJ-003",
        WARNING,
        "progress",
        grown(said("2024-01", 3000), asof_ym="2024-02"),
        grown(said("2024-02", 4000), said("2024-03", 4000, "机电设备到货。"), said("2024-04", 4000)),
    ),
    Example(
        "PRJ-003",
        WARNING,
        "progress",
        grown(said("2024-02", 4000)),
        grown(said("2024-02", 4000, stage="开工")),
    ),
    Example(
        "PRJ-004",
        ERROR,
        "invest_done",
        grown(said("2023-12", 4100, "打桩。")),
        grown(said("2023-12", 4100, "打桩。"), said("2023-12", 3900, "打桩。")),
    ),
    Example("GEN-001", ERROR, "started_on", prj(started_on=None), prj(stage="入库", started_on=None)),
    Example(
        "GEN-004",
        ERROR,
        "started_on",
        prj(started_on=date(2024, 5, 22)),
        prj(stage="入库", started_on=date(2024, 5, 22)),
    ),
    # -------------------------------------------------------------- 园区台账
    Example(
        "PRK-001",
        ERROR,
        "area_used",
        prk(area_used=Decimal(16001), occupancy=Decimal("100.0")),
        prk(area_used=Decimal(16000), occupancy=Decimal("100.0")),
    ),
    Example("PRK-001", ERROR, "area_usable", prk(area_total=Decimal(15999)), prk(area_total=Decimal(16000))),
    Example(
        "PRK-001",
        ERROR,
        "occupancy",
        prk(area_used=None, occupancy=Decimal("100.1")),
        prk(area_used=None, occupancy=Decimal(100)),
    ),
    Example("PRK-002", WARNING, "occupancy", prk(occupancy=Decimal("80.1")), prk(occupancy=Decimal("80.0"))),
    Example("PRK-003", WARNING, "tax_ytd", prk(tax_ytd=Decimal("2700.01")), prk(tax_ytd=Decimal(2700))),
    Example(
        "PRK-003",
        WARNING,
        "tax_ytd",
        prk(revenue_ytd=Decimal(0)),
        prk(revenue_ytd=Decimal(0), tax_ytd=Decimal(0)),
    ),
    Example("GEN-003", ERROR, "firms_de", prk(firms_de=41), prk(firms_de=40)),
    Example("ENT-009", INFO, "operator_phone", prk(operator_phone="内线六六"), prk()),
    # -------------------------------------------------------------- 责任清单
    Example("DTY-001", ERROR, "org_code", dty(org_code=None), dty()),
    Example("DTY-001", ERROR, "due_date", dty(due_date=None), dty()),
    Example("DTY-002", ERROR, "support_org_codes", dty(support_org_codes=[STREET, BUREAU]), dty()),
    Example(
        "DTY-003", WARNING, "status", dty(status="已完成"), dty(status="已完成", done_value=Decimal(200))
    ),
    Example("GEN-002", ERROR, "progress_pct", dty(progress_pct=Decimal(101)), dty(progress_pct=Decimal(100))),
    Example("GEN-005", ERROR, "action_id", dty(action_id="9.9"), dty()),
    Example("GEN-005", ERROR, "year", dty(year="今年"), dty()),
    Example("GEN-008", INFO, "next_text", dty(next_text="无"), dty()),
    # -------------------------------------------------------------- 各种清单
    Example("GEN-004", ERROR, "to_on", lia(to_on=date(2023, 12, 31)), lia(to_on=date(2024, 1, 1))),
    Example(
        "GEN-004", ERROR, "raised_on", mat(raised_on=date(2024, 5, 22)), mat(raised_on=date(2024, 5, 21))
    ),
    Example(
        "GEN-004",
        ERROR,
        "meeting_on",
        mat(**DECIDED | {"meeting_on": date(2024, 5, 22)}),
        mat(meeting_on=date(2024, 5, 22)),
    ),
    Example("GEN-001", ERROR, "decision", mat(**DECIDED | {"decision": None}), mat(**DECIDED)),
    Example("GEN-005", ERROR, "product_id", match_of(product=[]), match_of()),
    Example(
        "GEN-005",
        ERROR,
        "release_id",
        of("opportunity", CLEAN["opportunity"] | {"unparsed": {"release_id": "第九批"}}),
        of("opportunity", CLEAN["opportunity"]),
    ),
    Example(
        "ENT-020",
        ERROR,
        "enterprise_id",
        of("service", service(enterprise_id=key(1)), world={"enterprise": [GONE]}),
        of(
            "service", service(enterprise_id=key(1), served_on=date(2024, 4, 9)), world={"enterprise": [GONE]}
        ),
    ),
)
