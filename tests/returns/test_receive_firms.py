"""Receiving where several offices know one firm, and where a record was changed at the district."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from db.records import table_of
from db.registers import REGISTERS
from db.store import Store
from returns import compose, receive
from returns.workbook import RETURN
from returns.write import write_return
from tests.returns.offices import (
    CODES,
    COVER,
    DISTRICT,
    FIRM,
    ISSUE,
    OTHER,
    STREET,
    SUPERVISOR,
    TODAY,
    VISIT,
    change,
    export,
    hash_of,
    open_office,
    read,
    rows,
    save,
    small_month,
)
from tests.returns.receiving import Offices, only

# ---------------------------------------------------------------- several offices, one firm


def test_ten_offices_know_a_firm_under_their_own_keys(offices: Offices, other: Store) -> None:
    offices.receive(offices.send())
    theirs = small_month(other, name="江西云栈网络科技有限公司")
    change(other, "enterprise", theirs.firm, street_code=STREET)
    export(other, offices.folder / "o.xlsx")
    report = only(offices.receive(offices.folder / "o.xlsx"))
    assert (report.outcome, report.stored, report.unchanged) == ("accepted", 4, 1)
    found = rows(offices.district, OTHER)
    assert {row["enterprise_id"] for row in found["visit"]} == {offices.month.firm}
    assert read(offices.district, "enterprise", theirs.firm) is None


def test_another_units_claim_keeps_the_present_and_asks(offices: Offices, other: Store) -> None:
    offices.receive(offices.send())
    small_month(other, name="江西云栈网络科技（集团）有限公司")
    export(other, offices.folder / "o.xlsx")
    staged = only(offices.stage(offices.folder / "o.xlsx"))
    firm = only([row for row in offices.staged(staged.batch) if row.register == "enterprise"])
    assert firm.action == "conflict" and firm.accepted is False
    assert {each["label"] for each in firm.changes if each["disputed"]} == {"企业名称", "所属街道"}
    told = only([each for each in staged.report.findings if each.id == "RET-009"])
    assert (
        "朝阳洲街道" in told.message and "南浦街道" in told.message and "企业名称、所属街道" in told.message
    )
    before = hash_of(offices.district)
    report = receive.apply(offices.district, staged.batch, SUPERVISOR, today=TODAY)
    assert read(offices.district, "enterprise", offices.month.firm)["name"] == "江西云栈网络科技有限公司"
    assert report.unchanged == 1
    receive.undo(offices.district, staged.batch, SUPERVISOR)
    assert hash_of(offices.district) == before


def test_a_claim_may_be_granted_and_is_not_asked_again(offices: Offices, other: Store) -> None:
    offices.receive(offices.send())
    small_month(other, name="江西云栈网络科技（集团）有限公司")
    export(other, offices.folder / "o.xlsx")
    staged = only(offices.stage(offices.folder / "o.xlsx"))
    firm = only([row.seq for row in offices.staged(staged.batch) if row.register == "enterprise"])
    receive.apply(offices.district, staged.batch, SUPERVISOR, choices={firm: "incoming"}, today=TODAY)
    card = read(offices.district, "enterprise", offices.month.firm)
    assert card["name"] == "江西云栈网络科技（集团）有限公司" and card["unit_code"] == OTHER
    # The street that had it says what it said before: that was decided.
    again = only(offices.stage(offices.send("again.xlsx", revision=2)))
    assert "conflict" not in again.counts


def test_a_refused_claim_is_not_asked_again_either(offices: Offices, other: Store) -> None:
    offices.receive(offices.send())
    small_month(other, name="江西云栈网络科技（集团）有限公司")
    export(other, offices.folder / "o.xlsx")
    offices.receive(offices.folder / "o.xlsx")
    export(other, offices.folder / "o2.xlsx", revision=2)
    assert only(offices.stage(offices.folder / "o2.xlsx")).counts == {"same": 5}


def test_blanks_never_erase_a_firms_facts_and_blanks_are_filled(offices: Offices, other: Store) -> None:
    change(offices.street, "enterprise", offices.month.firm, employees=None, remark="重点企业")
    offices.receive(offices.send())
    values = {
        **FIRM,
        "name": "江西云栈网络科技有限公司",
        "uscc": CODES[0],
        "employees": 35,
        "remark": None,
        "street_code": STREET,
    }
    firm = save(other, "enterprise", **values)
    save(other, "visit", **VISIT, enterprise_id=firm)
    export(other, offices.folder / "o.xlsx")
    report = only(offices.receive(offices.folder / "o.xlsx"))
    card = read(offices.district, "enterprise", offices.month.firm)
    assert (card["employees"], card["remark"], card["unit_code"]) == (
        35,
        "重点企业",
        STREET,
    ) and report.updated == 1


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        # A month without its figure dates no other figure, whichever comes first.
        (((500, "2024-04"), (None, "2024-05")), (500, "2024-04")),
        (((None, "2024-06"), (500, "2024-05")), (500, "2024-05")),
        (((None, "2024-06"), (500, None)), (500, None)),
        # Of two figures the later month's stands, with its month.
        (((500, "2024-04"), (600, "2024-05")), (600, "2024-05")),
        (((500, None), (600, "2024-05")), (600, "2024-05")),
        # Where nobody knows a figure, the later month.
        (((None, "2024-04"), (None, "2024-05")), (None, "2024-05")),
    ],
)
def test_revenue_and_its_month_go_together_whoever_comes_first(
    offices: Offices, other: Store, said: Any, stands: Any
) -> None:
    theirs = small_month(other)
    for store, firm, (figure, asof) in (
        (offices.street, offices.month.firm, said[0]),
        (other, theirs.firm, said[1]),
    ):
        change(
            store,
            "enterprise",
            firm,
            revenue_ytd=None if figure is None else Decimal(figure),
            revenue_asof=asof,
        )
    export(other, offices.folder / "o.xlsx")
    for order in permutations((offices.send("a.xlsx"), offices.folder / "o.xlsx")):
        batches = [only(offices.receive(path)).batch for path in order]
        (card,) = [row for row in _cards(offices.district) if row["uscc"] == CODES[0]]
        assert (card["revenue_ytd"], card["revenue_asof"]) == (
            None if stands[0] is None else Decimal(stands[0]), stands[1],
        )  # fmt: skip
        for batch in reversed(batches):
            receive.undo(offices.district, UUID(batch), SUPERVISOR)


def _cards(store: Store) -> list[dict[str, Any]]:
    with store.read() as session:
        return [dict(row) for row in session.execute(select(table_of(REGISTERS["enterprise"]))).mappings()]


def test_a_firm_without_code_is_met_by_its_name(offices: Offices, other: Store) -> None:
    change(offices.street, "enterprise", offices.month.firm, uscc=None, no_uscc_reason="筹建中，未取得执照")
    offices.receive(offices.send())
    values = {**FIRM, "name": "江西云栈网络科技有限公司", "uscc": CODES[0]}
    firm = save(other, "enterprise", **values)
    save(other, "visit", **VISIT, enterprise_id=firm)
    export(other, offices.folder / "o.xlsx")
    offices.receive(offices.folder / "o.xlsx")
    assert read(offices.district, "enterprise", offices.month.firm)["uscc"] == CODES[0]
    assert rows(offices.district, OTHER)["visit"][0]["enterprise_id"] == offices.month.firm


def test_order_of_units_does_not_matter_for_what_is_counted(
    offices: Offices, other: Store, tmp_path: Path
) -> None:
    theirs = small_month(other)
    change(
        other,
        "cloud",
        theirs.cloud,
        cloud_on=date(2024, 5, 2),
        verify_status="已核实",
        verified_by="周琴",
        verified_on=TODAY,
    )
    change(
        offices.street,
        "cloud",
        offices.month.cloud,
        verify_status="已核实",
        verified_by="张敏",
        verified_on=TODAY,
    )
    a = offices.send()
    export(other, offices.folder / "o.xlsx")
    second = open_office(tmp_path / "second", DISTRICT, "supervisor")
    offices.receive(a, offices.folder / "o.xlsx")
    receive.receive(second, [offices.folder / "o.xlsx", a], SUPERVISOR, today=TODAY)
    for store in (offices.district, second):
        counted = {unit: [row["counted"] for row in rows(store, unit)["cloud"]] for unit in (STREET, OTHER)}
        assert counted == {STREET: [False], OTHER: [True]}
    second.close()


def test_undo_gives_the_count_back_to_the_other_office(offices: Offices, other: Store) -> None:
    change(
        offices.street,
        "cloud",
        offices.month.cloud,
        verify_status="已核实",
        verified_by="张敏",
        verified_on=TODAY,
    )
    offices.receive(offices.send())
    before = hash_of(offices.district)
    theirs = small_month(other)
    change(
        other,
        "cloud",
        theirs.cloud,
        cloud_on=date(2024, 5, 2),
        verify_status="已核实",
        verified_by="周琴",
        verified_on=TODAY,
    )
    export(other, offices.folder / "o.xlsx")
    report = only(offices.receive(offices.folder / "o.xlsx"))
    assert rows(offices.district)["cloud"][0]["counted"] is False
    receive.undo(offices.district, UUID(report.batch), SUPERVISOR)
    assert rows(offices.district)["cloud"][0]["counted"] is True and hash_of(offices.district) == before


# ---------------------------------------------------------------- changed here


def test_a_record_changed_at_the_district_stands_while_the_street_repeats_itself(offices: Offices) -> None:
    offices.receive(offices.send("a.xlsx"))
    change(offices.district, "issue", offices.month.issue, owner="刘科长")
    assert only(offices.stage(offices.send("b.xlsx", revision=2))).counts == {"same": 5}
    change(offices.street, "issue", offices.month.issue, owner="王芳")
    staged = only(offices.stage(offices.send("c.xlsx", revision=2)))
    conflict = only([row for row in offices.staged(staged.batch) if row.action == "conflict"])
    assert "本机改过" in conflict.values["reason"]
    receive.apply(offices.district, staged.batch, SUPERVISOR, choices={conflict.seq: "incoming"}, today=TODAY)
    assert read(offices.district, "issue", offices.month.issue)["owner"] == "王芳"


def test_what_changes_between_staging_and_applying_is_compared_anew(offices: Offices, other: Store) -> None:
    mine = only(offices.stage(offices.send()))
    small_month(other)
    export(other, offices.folder / "o.xlsx")
    theirs = only(offices.stage(offices.folder / "o.xlsx"))
    assert mine.counts == theirs.counts == {"new": 5}
    receive.apply(offices.district, mine.batch, SUPERVISOR, today=TODAY)
    report = receive.apply(offices.district, theirs.batch, SUPERVISOR, today=TODAY)
    assert report.stored == 4  # the firm is there by now
    with offices.district.read() as session:
        firms = session.scalars(select(REGISTERS["enterprise"].model.id)).all()
    assert len(firms) == 1


def test_an_older_months_late_return_does_not_overwrite_newer_ledgers(offices: Offices) -> None:
    issue = save(
        offices.street,
        "issue",
        **{**ISSUE, "registered_on": date(2024, 4, 10)},
        enterprise_id=offices.month.firm,
    )
    with offices.street.read() as session:
        april = compose.gather(
            session,
            STREET,
            "2024-04",
            kind=RETURN,
            revision=1,
            cover={**COVER, "submitted_on": date(2024, 4, 24)},
        )
        early = replace(april, manifest=replace(april.manifest, exported_at="2024-04-24T01:00:00+00:00"))
        write_return(early, offices.folder / "april.xlsx")
    change(offices.street, "issue", issue, owner="王芳")
    offices.receive(offices.send())
    report = only(offices.receive(offices.folder / "april.xlsx"))
    assert report.outcome == "accepted" and any("冲突" in each for each in report.warnings)
    assert read(offices.district, "issue", issue)["owner"] == "王芳"
