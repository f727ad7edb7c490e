"""A year read from a register and scored: the plan's own table, streets' work, returns, units that were merged, odd years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DatabaseError

from db import cadence, coverage, plan_store, records, reporting_exceptions, reporting_start, setup
from db.assessment import behind, keeping
from db.assessment.scheme import WHOLE
from db.assessment.scoring import NO_DATA, Result
from db.errors import MachineError, Refused, UsageError
from db.models import AssessmentScheme, Batch, Indicator, OrgUnit, ReturnFile
from db.models.nurture import UPSCALE
from db.periods import Period
from db.registers import REGISTERS
from db.sources import rows_of, source_of
from db.store import Actor, Store
from db.types import new_key, now
from tests.db import fixtures
from tests.db.assessment.schemes import line
from tests.db.plan_changes import drop_twelfth, reissue

CHIEF = Actor("qszjjb", "刘科长", "supervisor")
STREET, OTHER = fixtures.STREET, fixtures.OTHER_STREET
DECEMBER = Period("2024-12")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "district", "qszjjb", "supervisor", person="刘科长")
    yield opened
    opened.close()


def on(store: Store, day: str) -> None:
    """The register stands on a day."""
    store.set_setting("practice", True)
    store.set_setting("practice_today", day)


def assess(store: Store, year: int = 2024, number: int | None = None) -> Result:
    with store.read() as session:
        return keeping.assess(session, year, number)


def report(store: Store, period: str, values: dict[int, Decimal]) -> None:
    """Values as the offices would report them: a sum in equal parts, anything else by the first that answers for it."""
    with store.write() as session:
        plan = plan_store.current(session)
        for no, value in values.items():
            indicator = plan.indicator(no)
            assert indicator is not None
            units = plan.expand(indicator.units)
            if indicator.combine != "sum":
                units = units[:1]
            for unit in units:
                records.save(
                    session, REGISTERS["indicator"],
                    {
                        "period": period, "indicator_no": no, "org_code": unit.code, "value": value / len(units),
                        "data_source": "部门统计",
                    },
                    Actor(unit.code, "测试"),
                )  # fmt: skip


def hand_in(
    store: Store, unit: str, period: str, *, late: int = 0, revision: int = 1, submitted: date | None = None,
    due: date | None = None,
) -> None:  # fmt: skip
    with store.write() as session:
        session.add(
            ReturnFile(
                id=new_key(), unit_code=unit, period=period, revision=revision, state="received", late_days=late,
                submitted_on=submitted, due_on=due, zero_report=False, summary={}, created_at=now(), created_by="测试",
            )
        )  # fmt: skip


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_the_plans_own_table_as_actuals_gives_full_points(store: Store, year: int) -> None:
    with store.write() as session:
        targets = {each.no: each.target(year) for each in plan_store.current(session).indicators}
        # 企业上云 is the register's: without one, what the offices report counts once.
        session.execute(
            update(Indicator).where(Indicator.register == "cloud").values(register=None, combine="single")
        )
    on(store, f"{year + 1}-01-15")
    report(store, f"{year}-12", {no: value for no, value in targets.items() if value is not None})
    result = assess(store, year)
    district = result.unit(WHOLE)
    assert district is not None and len(district.items) == 14
    for each in district.items:
        assert each.rate == 100 and each.score == each.weight and not each.state, each.why
    assert district.total == 100 and district.grade == "优秀"
    # The office's own indicators too: full points for what it answers for.
    lead = result.unit("qfgw")
    assert lead is not None and all(each.score == each.weight for each in lead.items if each.item.indicator)


def test_an_empty_register_scores_nobody(store: Store) -> None:
    """No returns and no rows: that the program is new is no fault of the units, though every month is overdue."""
    on(store, "2025-01-20")
    result = assess(store)
    assert len(result.units) == 22
    for unit in result.units:
        assert (unit.total, unit.base, unit.grade) == (None, None, NO_DATA)
        assert unit.items and "不计分" in unit.notes[0]
        for each in unit.items:
            assert (each.state, each.score, each.value, each.shown) == (NO_DATA, None, None, NO_DATA)
            assert "没有收到任何数据" in each.why
    assert not result.ranks and "2024 年没有收到任何数据" in "".join(result.notes)


def test_one_return_makes_silence_count(store: Store) -> None:
    """As soon as one unit has reported, the others' silence is theirs: past the deadline it scores nothing."""
    on(store, "2025-01-20")
    hand_in(store, STREET, "2024-03")
    result = assess(store)
    assert not [note for note in result.notes if "没有收到任何数据" in note]
    for unit in result.units:
        assert unit.grade != NO_DATA and NO_DATA not in [each.state for each in unit.items]
    assert "2024 年没有报过数" in line(result, "qfgw", "indicator.1").why
    assert line(result, "qfgw", "indicator.1").score == 0
    assert "年内没有到期的问题" in line(result, STREET, "issue").why
    assert line(result, OTHER, "visit").score == 0


def test_a_unit_that_owes_nothing_yet_is_not_scored_on_it(store: Store) -> None:
    """In January, before the first deadline, one street has reported; nobody else is late."""
    on(store, "2024-01-10")
    hand_in(store, STREET, "2024-01")
    result = assess(store)
    own, other, district = result.unit(STREET), result.unit(OTHER), result.unit(WHOLE)
    assert own is not None and other is not None and district is not None
    assert own.total is not None and own.grade != NO_DATA
    assert (other.total, other.grade, district.grade) == (None, NO_DATA, NO_DATA)


def test_a_year_outside_the_plan_and_one_that_runs_are_said(store: Store) -> None:
    on(store, "2024-05-21")
    running = assess(store)
    assert running.as_of == "2024-05" and "试算" in running.notes[0]
    assert assess(store, 2031).units[0].grade == NO_DATA
    hand_in(store, STREET, "2031-01")
    report(store, "2031-01", {1: Decimal(100)})
    outside = assess(store, 2031)
    assert "不在计划期" in "".join(outside.notes)
    assert line(outside, "qfgw", "indicator.1").state == "没有目标"
    assert line(outside, STREET, "cloud").state == "没有目标"


def test_the_years_work_of_a_street_is_counted_and_leads_to_its_rows(store: Store) -> None:
    on(store, "2025-01-20")
    with store.write() as session:
        one = fixtures.firm(session)
        two = fixtures.firm(session, "南昌数澜软件有限公司", fixtures.CODES[1], street_code=OTHER)
        for firm in (one, one, two):
            fixtures.add(session, "visit", enterprise_id=firm, visit_date=date(2024, 3, 5))
        fixtures.add(session, "visit", enterprise_id=two, visit_date=date(2023, 12, 30))
        fixtures.cloud(session, one)
        fixtures.cloud(session, two)
        for status, due, told in (
            ("已销号", 6, "满意"),
            ("办理中", 6, None),
            ("待交办", 0, None),
            ("已办结", 6, "不满意"),
        ):
            fixtures.add(
                session, "issue", enterprise_id=one, registered_on=date(2024, 2, 1), status=status, satisfaction=told,
                due_date=date(2024, due, 1) if due else date(2025, 6, 1),
            )  # fmt: skip
        fixtures.add(
            session,
            "nurture",
            enterprise_id=one,
            nurture_type=UPSCALE,
            stage="已入库",
            in_stock_ym="2024-09",
            asof_ym="2024-09",
        )
        for status in ("已完成", "滞后", "调整取消"):
            fixtures.add(session, "duty", year="2024", task=f"任务{status}", status=status, org_code=STREET)
    result = assess(store)
    values = {
        key: line(result, STREET, key).value
        for key in ("visit", "issue", "satisfied", "cloud", "upscale", "duty")
    }
    assert values == {
        "visit": 2, "issue": Decimal("66.67"), "satisfied": 50, "cloud": 1, "upscale": 1, "duty": 50
    }  # fmt: skip
    assert line(result, OTHER, "cloud").value == 1
    assert line(result, STREET, "cloud").target == 20, "200 more by the plan, shared by ten streets"
    with store.read() as session:
        for key, rows in {
            "visit": 3,
            "issue": 4,
            "satisfied": 2,
            "cloud": 1,
            "upscale": 1,
            "duty": 2,
        }.items():
            source = line(result, STREET, key).measured.source
            assert (
                source_of(session, "2024-12", source).count
                == rows
                == len(list(rows_of(session, "2024-12", source)))
            )


def test_returns_late_missing_corrected_and_sent_back_are_counted(store: Store) -> None:
    on(store, "2025-02-20")
    for month in range(1, 12):
        hand_in(store, STREET, f"2024-{month:02d}", late=9 if month == 3 else 0)
    hand_in(store, STREET, "2024-05", revision=2)
    hand_in(store, STREET, "2024-12", late=30)  # December's return came in February
    with store.write() as session:
        session.add(
            Batch(
                id=new_key(), kind="return", file_name="a.xlsx", file_sha256="x", content_digest="x", unit_code=STREET,
                period="2024-06", revision=1, state="sent_back", rows_read=0, created_at=now(), created_by="x",
            )
        )  # fmt: skip
    found = line(assess(store), STREET, "reporting")
    counts = found.measured.counts
    assert counts is not None
    # A return late by 9 or 30 days counts five days each, as the scheme has it.
    assert (
        counts.owed,
        counts.late,
        counts.late_days,
        counts.corrections,
        counts.sent_back,
        counts.missing,
    ) == (12, 2, 10, 1, 1, 0)
    assert found.score == Decimal("3.50")
    with store.read() as session:
        rows = list(rows_of(session, "2024-12", found.measured.source))
    assert len(rows) == 12 and [row["late_days"] for row in rows if row["late_days"]] == [9, 30]
    assert rows[11]["state"] == "2024-12 已补报" and "更正（第 2 版）" in str(rows[4]["state"])


def test_returns_are_judged_as_收表_shows_them(store: Store) -> None:
    """A moved deadline, 延期, 免报 and a merged unit: both pages go by the same states, never by days of their own."""
    on(store, "2024-09-30")
    for unit in (STREET, OTHER):
        hand_in(store, unit, "2024-02", late=3, submitted=date(2024, 2, 28), due=date(2024, 2, 25))
        hand_in(store, unit, "2024-03", late=3, submitted=date(2024, 3, 28), due=date(2024, 3, 25))
    with store.write() as session:
        reporting_start.choose(session, "2024-01", CHIEF)
        month = cadence.month_cycle(session, "2024-02")
        cadence.edit(
            session, "monthly", "2024-02", month.opens_on, date(2024, 2, 29), date(2024, 3, 8), CHIEF, "春节"
        )
        grant = partial(
            reporting_exceptions.grant, session, STREET, actor=CHIEF, approver="刘科长", reason="系统更换"
        )
        grant("延期", "2024-03", "2024-03", due_on=date(2024, 3, 29))
        grant("延期", "2024-08", "2024-08", due_on=date(2024, 10, 8))
        grant("免报", "2024-04", "2024-05")
        grant(
            "免报", "2024-06", "2024-06", register="visit"
        )  # one sheet only: the return is owed all the same
        session.execute(
            update(OrgUnit).where(OrgUnit.code == OTHER).values(merged_into=STREET, merged_from="2024-07")
        )
    with store.read() as session:
        given = {
            unit: list(behind.months_in(session, [unit], Period("2024-09"), date(2024, 9, 30)))
            for unit in (STREET, OTHER)
        }
        grid = coverage.year_coverage(session, 2024, date(2024, 9, 30))
    for unit, lines in given.items():
        for each in lines:
            shown = grid.states[(unit, str(each.period))]
            assert (each.state, each.late_days, each.missing) == (shown.word, shown.late_days, shown.overdue)
    found = line(assess(store), STREET, "reporting").measured.counts
    assert found is not None
    # 1, 6, 7 and 9 月 are missing; 8 月 has until October, 4 and 5 月 were let off; neither February nor March was late.
    assert (found.late, found.late_days, found.missing, found.owed) == (0, 0, 4, 6)
    other = behind.reporting(given[OTHER], 1, 12, 5)
    # Without a 延期 March was late; from July on nothing is owed: 1, 4, 5 and 6 月 are missing.
    assert (other.late, other.late_days, other.missing, other.owed) == (1, 3, 4, 6)


def test_an_indicator_not_reported_in_december_goes_by_its_last_month(store: Store) -> None:
    on(store, "2025-01-20")
    report(store, "2024-11", {3: Decimal(118)})
    found = line(assess(store), "qswj", "indicator.3")
    assert found.rate == 100 and "12 月未报，用 11 月的数" in found.measured.note
    with store.read() as session:
        assert source_of(session, "2024-12", found.measured.source).count == 1


def test_a_unit_merged_in_the_year_counts_with_its_successor(store: Store) -> None:
    on(store, "2025-01-20")
    with store.write() as session:
        both = fixtures.firm(session)
        session.execute(
            update(OrgUnit).where(OrgUnit.code == OTHER).values(merged_into=STREET, merged_from="2024-07")
        )
        fixtures.add(session, "visit", enterprise_id=both, visit_date=date(2024, 3, 5))
        fixtures.add(session, "visit", Actor(OTHER, "李"), enterprise_id=both, visit_date=date(2024, 4, 5))
    result = assess(store)
    gone, kept = result.unit(OTHER), result.unit(STREET)
    assert gone is not None and gone.total is None and "并入朝阳洲街道" in "".join(gone.notes)
    assert kept is not None and "含并入的南浦街道" in kept.notes[0]
    assert line(result, STREET, "visit").value == 1, "one firm, once"
    with store.read() as session:
        assert len(list(rows_of(session, "2024-12", f"assessment.visit:{STREET}"))) == 2
        assert behind.pooled(session, Period("2024-06")) == {}
    assert all(unit.unit.code != OTHER for unit in assess(store, 2025).units)


# Schemes in versions, points by hand, appeals.


def test_a_used_scheme_is_never_changed_and_a_change_makes_the_next_version(store: Store) -> None:
    with store.write() as session:
        first = keeping.freeze(session, 2024, None, CHIEF)
        assert first.version == 1 and first.frozen_at is not None
        assert keeping.save_scheme(session, 2024, first.scheme, CHIEF).version == 1, (
            "the same content is kept once"
        )
        changed = first.scheme.with_item("streets", "visit", target="80")
        second = keeping.save_scheme(session, 2024, changed, CHIEF)
        assert second.version == 2 and second.frozen_at is None
        third = keeping.save_scheme(session, 2024, changed.with_item("streets", "visit", target="90"), CHIEF)
        assert third.version == 2, "a draft is written over"
        assert keeping.next_number(session, 2024) == 3
    assert assess(store, number=1).version == 1 and assess(store).version == 2
    for statement in (
        "UPDATE assessment_scheme SET name='x' WHERE version=1",
        "DELETE FROM assessment_scheme WHERE version=1",
    ):
        with pytest.raises((DatabaseError, MachineError)), store.write() as session:
            session.execute(text(statement))
    with store.read() as session:
        assert session.query(AssessmentScheme).count() == 2
        with pytest.raises(UsageError, match="没有第 9 版"):
            keeping.version(session, 2024, 9)


def test_a_scheme_with_errors_is_not_kept(store: Store) -> None:
    with store.write() as session:
        made = keeping.default_scheme(session, 2024).with_item("streets", "visit", weight=Decimal(30))
        with pytest.raises(Refused, match="各项权重合计 110，应为 100") as refused:
            keeping.save_scheme(session, 2024, made, CHIEF)
        assert len(refused.value.findings) == 10  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "id"),
    [
        ({"evidence": " "}, "no_evidence"), ({"reason": "好"}, "no_reason"), ({"item": "没有"}, "unknown_item"),
        ({"points": Decimal("-1")}, "bad_points"), ({"points": Decimal("0.001")}, "bad_points"),
        ({"unit": "没有"}, "unknown_unit"), ({"kind": "一票否决", "item": "好人好事"}, "unknown_item"),
    ],
)  # fmt: skip
def test_points_that_can_not_be_noted_say_why(store: Store, change: dict[str, Any], id: str) -> None:
    values: dict[str, Any] = {
        "unit": STREET, "kind": "加分", "item": "获省级表彰", "points": None, "reason": "获省级通报表扬一次", "evidence": "赣府字1号",
        **change,
    }  # fmt: skip
    with store.write() as session, pytest.raises(Refused) as refused:
        keeping.note_points(session, 2024, actor=CHIEF, **values)
    assert refused.value.id == id


def test_an_appeal_is_answered_once_and_open_ones_are_not_doubled(store: Store) -> None:
    with store.write() as session:
        key = keeping.appeal(session, 2024, STREET, "visit", "走访少计了三家企业", CHIEF)
        with pytest.raises(Refused, match="已有没有答复"):
            keeping.appeal(session, 2024, STREET, "visit", "走访少计了四家企业", CHIEF)
        with pytest.raises(UsageError):
            keeping.decide(session, key, "再议", "经核查确实少计了三家", CHIEF)
        keeping.decide(session, key, "更正", "经核查确实少计了三家", CHIEF)
        with pytest.raises(Refused, match="已经答复"):
            keeping.decide(session, key, "维持", "经核查没有少计企业", CHIEF)
        found = keeping.appeals(session, 2024, STREET)
    assert [each.decision for each in found] == ["更正"] and isinstance(found[0].decided_at, datetime)


def test_a_scheme_is_checked_by_the_plan_of_its_year(store: Store) -> None:
    """A plan re-issued from 2025 without indicator 12 leaves the scheme of 2024 right, and has none of it in 2025."""
    reissue(store, drop_twelfth, "2025-01", date(2025, 1, 10))
    with store.read() as session:
        then, now_ = keeping.default_scheme(session, 2024), keeping.default_scheme(session, 2025)
        assert then.group("district").item("indicator.12") is not None  # type: ignore[union-attr]
        assert now_.group("district").item("indicator.12") is None  # type: ignore[union-attr]
        wrong = [each.message for each in keeping.check(session, 2024, then)]
        assert not [each for each in wrong if "不在计划里" in each]
        wrong = [each.message for each in keeping.check(session, 2025, then)]
        assert [each for each in wrong if "第 12 项指标不在计划里" in each]
