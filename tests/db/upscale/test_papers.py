"""Papers follow the way and what the office set: in the check UPS-005 and in the form alike."""

from __future__ import annotations

from datetime import date
from typing import Any

from db import checks, settings
from db.classifications import threshold_entries, thresholds
from db.store import Store
from db.upscale.rules import rules
from tests.db.fixtures import STREET, add, firm, read


def lacking(store: Store, **more: Any) -> str:
    with store.write() as session:
        enterprise = firm(session, industry_code="C3911", opened_on=date(2024, 2, 1))
        papers = rules(session).papers("工业", "年度入库")
        key = add(
            session, "nurture", enterprise_id=enterprise, stage="街道初审", asof_ym="2024-05", materials=list(papers), statistician="李会计", **more
        )  # fmt: skip
        ctx = checks.context(session, today=date(2024, 5, 24), period="2024-05", unit_code=STREET)
        found = checks.check_record(ctx, "nurture", read(session, "nurture", key))
    return "".join(each.message for each in found if each.id == "UPS-005")


def test_the_monthly_way_asks_for_one_paper_more(store: Store) -> None:
    assert "发改或工信备案批复（新投产）" in lacking(store), "the way follows from the day of opening"


def test_the_yearly_way_has_all(store: Store) -> None:
    assert lacking(store, declare_type="年度入库") == ""


def test_an_office_asks_for_its_own(store: Store) -> None:
    entries = threshold_entries(thresholds())
    for entry in entries:
        if entry["specialty"] == "工业":
            entry |= {"materials": ["申报表", "审计报告"], "whole": True, "monthly_materials": []}
    with store.write() as session:
        settings.put(session, "parameters", {"thresholds": entries})
    with store.read() as session:
        assert rules(session).papers("工业", "月度入库") == ("申报表", "审计报告")
    assert lacking(store) == "", "all of its own are ticked"
