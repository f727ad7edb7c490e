"""Suggestions, warnings, titles and stages out of a register."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from db import settings
from db.classifications import threshold_entries
from db.errors import UsageError
from db.periods import Period
from db.store import Store
from db.upscale import exits, pipeline, suggest, titles
from db.upscale.rules import Rules, read_rules, rules
from tests.db.fixtures import OTHER_STREET, STREET, add, firm

D = Decimal
MAY = Period("2024-05")
TODAY = date(2024, 5, 24)


def near(session: Session, **more: Any) -> tuple[suggest.Suggestion, ...]:
    return suggest.suggestions(session, rules(session), MAY, **more)


def shop(session: Session, name: str = "南昌一家零售有限公司", **more: Any) -> UUID:
    """A retailer (line 500 万元) without a credit code, so that many can be made."""
    values = {
        "industry_code": "F5211",
        "no_uscc_reason": "测试",
        "revenue_ytd": D(200),
        "revenue_asof": "2024-05",
    }
    return firm(session, name, None, **{**values, **more})


def test_firms_near_the_line_are_suggested_nearest_first(store: Store) -> None:
    with store.write() as session:
        far = shop(session, "差得远", revenue_ytd=D(100))  # 100 / (500 × 5/12) = 48 %
        close = shop(session, "差一点", revenue_ytd=D(130))  # 62.4 %
        over = shop(session, "去年过线", revenue_ytd=None, revenue_asof=None, revenue_ly=D(620))
        found = near(session)
        assert [each.firm for each in found] == [over, close] and far not in [each.firm for each in found]
        assert (found[1].share, found[1].specialty, found[1].threshold) == (D("62.4"), "零售", D(500))
        assert (found[1].missing, found[1].passed, found[1].way) == (D(370), False, "年度入库")
        assert "1—5 月 130.00 万元，为序时线的 62.4%" in found[1].words
        assert found[0].passed and "上年 620.00 万元，已过线" in found[0].words
        assert [each.firm for each in near(session, street=OTHER_STREET)] == []
        settings.put(session, "parameters", {"upscale_near": "45"})
        assert [each.firm for each in near(session)] == [over, close, far]


@pytest.mark.parametrize(
    "values",
    [
        {"is_above_scale": True},
        {"status": "停业"},
        {"industry_code": None},
        {"industry_code": "E4710"},
        {"industry_code": "A0111"},
        {"revenue_ytd": None},
        {"revenue_asof": "2023-05"},
        {"revenue_asof": None},
    ],
)
def test_who_is_not_suggested(store: Store, values: dict[str, Any]) -> None:
    with store.write() as session:
        shop(session, **values)
        assert near(session) == ()


def test_a_candidate_and_a_firm_set_aside_are_not_suggested_again(store: Store) -> None:
    with store.write() as session:
        one, other = shop(session, "甲"), shop(session, "乙")
        add(session, "nurture", enterprise_id=one)
        assert [each.firm for each in near(session)] == [other]
        settings.put(session, suggest.SET_ASIDE, {other.hex: {"year": 2024, "reason": "明年再说"}})
        assert near(session) == ()
        assert [each.firm for each in suggest.suggestions(session, rules(session), Period("2025-01"))] == []
        settings.put(session, suggest.SET_ASIDE, {other.hex: {"year": 2023, "reason": "去年的决定"}})
        assert [each.firm for each in near(session)] == [other]


def reasons(values: dict[str, Any], month: str = "2024-05") -> list[tuple[str, str]]:
    row = {
        "status": "正常", "status_on": None, "status_reason": None, "street_code": STREET, "industry_code": "F5211",
        "specialty": "零售", "entity_type": "企业法人", "in_stock_ym": "2021-11", "revenue_ly": D(800),
        "revenue_ytd": D(400), "revenue_asof": month, **values,
    }  # fmt: skip
    found = exits.reasons_of(row, read_rules({}, {}), Period(month), frozenset({STREET}))
    return [(each.kind, each.state) for each in found]


def test_an_entered_firm_in_order_has_no_warning() -> None:
    assert reasons({}) == []


@pytest.mark.parametrize(
    ("values", "month", "expected"),
    [
        ({"status": "停业"}, "2024-05", [("停业注销", "alarm")]),
        ({"status": "注销"}, "2024-05", [("停业注销", "alarm")]),
        ({"status": "迁出"}, "2024-05", [("迁出", "alarm")]),
        ({"street_code": "360102001"}, "2024-05", [("迁出", "alarm")]),
        ({"industry_code": "I6550", "revenue_ly": D(2600)}, "2024-05", [("行业变更", "watch")]),
        ({"entity_type": "分支机构"}, "2024-05", [("不具备法人条件", "watch")]),
        ({"entity_type": "个体工商户"}, "2024-05", []),
        ({"revenue_ly": D("499.99")}, "2024-05", [("不达标", "alarm")]),
        ({"revenue_ly": D(300), "in_stock_ym": "2023-11"}, "2024-05", []),
        ({"revenue_ytd": D(100)}, "2024-05", []),
        ({"revenue_ytd": D(200)}, "2024-06", [("不达标", "watch")]),
        ({"revenue_ytd": D(400)}, "2024-12", [("不达标", "alarm")]),
        ({"revenue_asof": None}, "2024-05", [("长期不报", "watch")]),
        ({"revenue_asof": "2024-02", "revenue_ytd": D(100)}, "2024-05", []),
        ({"revenue_asof": "2024-01", "revenue_ytd": D(50)}, "2024-05", [("长期不报", "watch")]),
    ],
)
def test_what_warns_of_leaving(values: dict[str, Any], month: str, expected: list[tuple[str, str]]) -> None:
    asof = {"revenue_asof": month} if "revenue_asof" not in values else {}
    assert reasons({**asof, **values}, month) == expected


def test_warnings_are_of_entered_firms_only_and_the_grave_ones_come_first(store: Store) -> None:
    with store.write() as session:
        stock = {"is_above_scale": True, "specialty": "零售", "in_stock_ym": "2020-11"}
        silent = shop(session, "没数", revenue_ytd=None, revenue_asof=None, **stock)
        closed = shop(
            session, "关了", status="停业", status_on=date(2024, 4, 2), status_reason="合同到期", **stock
        )
        shop(session, "没入库", status="停业")
        found = exits.warnings(session, rules(session), MAY)
        assert [each.firm for each in found] == [closed, silent]
        assert found[0].words == "企业停业（2024-04-02），合同到期"
        assert (found[0].state, found[1].state) == ("alarm", "watch")
        assert exits.warnings(session, rules(session), MAY, OTHER_STREET) == ()


def test_titles_that_expire_are_told_in_time(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        given = {"enterprise_id": enterprise, "stage": "已入库"}

        def title(kind: str, end: date | None, **more: Any) -> UUID:
            return add(session, "nurture", **{**given, "nurture_type": kind, "valid_to": end, **more})

        late = title("省级专精特新", date(2024, 5, 20))
        soon = title("国家小巨人", date(2024, 8, 22))
        title("创新型中小企业", date(2024, 8, 23))
        bare = title("数字经济核心产业企业认定", None)
        title("省级专业化小巨人", date(2024, 6, 1), stage="退回")
        title("升规入统", date(2024, 6, 1))
        found = titles.titles(session, rules(session), TODAY, soon=True)
        assert [each.record for each in found] == [late, soon, bare]
        assert [each.words for each in found] == ["已过期 4 天", "还有 90 天到期", "没有填有效期"]
        assert [each.state for each in found] == ["alarm", "watch", "watch"]
        assert len(titles.titles(session, rules(session), TODAY)) == 4
        assert titles.titles(session, rules(session), TODAY, street=OTHER_STREET) == ()


def test_stages_count_candidates_and_what_is_missing(store: Store) -> None:
    with store.write() as session:
        for revenue, stage in ((D(200), "摸底"), (D(300), "摸底"), (D(700), "达标预警")):
            add(
                session, "nurture", enterprise_id=shop(session, f"企业 {revenue}"), stage=stage, revenue_ytd=revenue,
                asof_ym="2024-05",
            )  # fmt: skip
        add(
            session, "nurture", enterprise_id=shop(session, "专精"), nurture_type="省级专精特新", stage="摸底"
        )
        found = {each.stage: each for each in pipeline.stages(session, nurture_type="升规入统")}
        assert (found["摸底"].candidates, found["摸底"].gap, found["摸底"].passed) == (2, D(500), 0)
        assert (found["达标预警"].candidates, found["达标预警"].gap, found["达标预警"].passed) == (1, D(0), 1)
        assert found["已入库"].candidates == 0
        assert pipeline.stages(session)[0].candidates == 3
        assert pipeline.stages(session, street=OTHER_STREET)[0].candidates == 0
        assert pipeline.stages(session, unit=STREET)[0].candidates == 3


def test_papers_follow_route_and_specialty_and_may_be_rewritten() -> None:
    shipped = read_rules({}, {})
    yearly, monthly = shipped.papers("工业", "年度入库"), shipped.papers("工业", "月度入库")
    assert set(monthly) - set(yearly) == {"发改或工信备案批复（新投产）"}
    assert shipped.papers("零售", "月度入库") == shipped.papers("零售", "年度入库")
    entries = threshold_entries(shipped.thresholds)
    assert read_rules({"thresholds": entries}, {}).thresholds == tuple(shipped.thresholds)
    for entry in entries:
        if entry["specialty"] == "零售":
            entry |= {"materials": ["申报表", "流水"], "whole": True, "threshold_wan": "600"}
    own: Rules = read_rules({"thresholds": entries}, {})
    assert own.papers("零售", "月度入库") == ("申报表", "流水")
    assert own.line("F5211").threshold_wan == D(600)  # type: ignore[union-attr]


@pytest.mark.parametrize("bad", ["很近", "-1", True])
def test_a_parameter_that_cannot_be_read_is_named(bad: object) -> None:
    with pytest.raises(UsageError, match="接近升规线的比例"):
        read_rules({"upscale_near": bad}, {})
