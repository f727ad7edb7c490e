"""下发: what the district sends, what a street is told of it, what is taken, and that it can be taken back whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from db import cadence, local_units, plan_file, plan_issues, plan_store, readings, settings
from db.deadlines import deadline
from db.errors import Refused
from db.models import Enterprise, Indicator, IndicatorTarget, IndicatorValue, OrgUnit, SpecialTable
from db.special import answers, rows
from db.special.definition import ColumnDef
from db.store import Store
from returns.handdown import compose, reading_part
from returns.handdown.apply import apply
from returns.handdown.compose import Order, issue
from returns.handdown.contract import CALENDAR, FIRMS, PLAN, SPECIAL, UNITS
from returns.handdown.read import is_handdown
from returns.handdown.stage import stage
from returns.undo import undo
from tests.returns.handing_down import (
    change_of,
    new_plan,
    reissue,
    send,
    table,
    take,
    turned_away,
)
from tests.returns.offices import CODES, DISTRICT, FIRM, MAY, OTHER, STREET, hash_of, save

# ---------------------------------------------------------------- the whole


def test_everything_is_taken_and_taken_back(district: Store, street: Store, tmp_path: Path) -> None:
    reissue(district)
    save(district, "enterprise", **{**FIRM, "name": "江西云栈网络科技有限公司", "uscc": CODES[0]})
    definition = table(district)
    with district.write() as session:
        settings.put(
            session, "holidays", [{"day": "2024-05-20", "workday": False, "name": "停电", "source": "本单位"}]
        )
    path = send(district, tmp_path / "下发.xlsx", note="请于 5 月 20 日前填报")
    assert is_handdown(path)
    before = hash_of(street)
    staged = take(street, path)
    assert staged.report.outcome == "accepted"
    with street.read() as session:
        last = plan_store.current(session).end_year
        target = session.get(IndicatorTarget, (plan_file.default_plan().indicators[0].no, last))
        assert target is not None and target.value == Decimal(999)
        assert session.get(OrgUnit, "qxsj") is not None
        assert session.scalars(select(Enterprise.name)).all() == ["江西云栈网络科技有限公司"]
        assert date(2024, 5, 20) in settings.holidays(session)
        assert [each.title for each in answers.tables_of_month(session, STREET, MAY)] == ["楼宇摸底"]
        stored = session.get(SpecialTable, definition.key)
        assert stored is not None and (stored.number, stored.sender, stored.state) == (1, DISTRICT, "open")
    assert staged.batch is not None
    undo(street, staged.batch, street.actor)
    assert hash_of(street) == before


def test_what_a_street_is_told(district: Store, street: Store, tmp_path: Path) -> None:
    reissue(district)
    (staged,) = stage(street, [send(district, tmp_path / "下发.xlsx", PLAN, UNITS)], street.actor)
    told = change_of(street, staged, "plan")
    name = plan_file.default_plan().indicators[0].name
    assert ("new", "单位 · 区新设局") in told and any(
        label.endswith(name) for action, label in told if action == "update"
    )
    assert staged.batch is not None
    from desktop.actions.returns import batch_rows

    cells = [c for row in batch_rows(street, staged.batch) for c in row.changes if c["new"] == "999"]
    assert [(each["label"], each["new"]) for each in cells] == [
        (f"{plan_file.default_plan().end_year} 年目标", "999")
    ]


def test_readable_sheets_say_what_is_sent(district: Store, tmp_path: Path) -> None:
    table(district)
    save(district, "enterprise", **{**FIRM, "name": "=SUM(1)公司", "uscc": CODES[0]})
    book = openpyxl.load_workbook(send(district, tmp_path / "下发.xlsx"))
    assert book.sheetnames == ["说明", "计划与指标", "机构", "日历", "企业名录", "楼宇摸底", "下发清单"]
    assert book["下发清单"].sheet_state == "veryHidden"
    assert (book["企业名录"]["A3"].value, book["企业名录"]["A3"].data_type) == ("=SUM(1)公司", "s")
    facts = {row[0].value: row[1].value for row in book["说明"].iter_rows(min_row=2, max_col=2)}
    assert facts["下发单位"] == "区数字经济办公室" and facts["接收单位"] == "全区各单位"
    assert book["楼宇摸底"]["B2"].value == "企业名称"


def test_values_of_old_indicators_stay_and_come_back_with_the_old_plan(
    district: Store, street: Store, tmp_path: Path
) -> None:
    first = plan_file.default_plan().indicators[-1]

    def without(document: dict[str, Any]) -> None:
        document["indicators"] = document["indicators"][:-1]
        for each in document["programmes"]:
            for action in each["actions"]:
                for target in action["targets"]:
                    if target.get("indicator") == first.no:
                        target["indicator"] = None
        for key in ("headline_targets",):
            for target in document[key]:
                if target.get("indicator") == first.no:
                    target["indicator"] = None

    save(street, "indicator", period=MAY, indicator_no=first.no, org_code=STREET, value=Decimal(5))
    reissue(district, without)
    staged = take(street, send(district, tmp_path / "下发.xlsx", PLAN))
    with street.read() as session:
        assert plan_store.current(session).indicator(first.no) is None
        assert session.scalars(select(IndicatorValue.value)).all() == [Decimal("5.0000")]
    assert staged.batch is not None
    undo(street, staged.batch, street.actor)
    with street.read() as session:
        assert plan_store.current(session).indicator(first.no) is not None


def test_how_the_district_reads_an_indicator_comes_with_the_plan_and_goes_back_with_it(
    district: Store, street: Store, tmp_path: Path
) -> None:
    with district.read() as session:
        printed = plan_store.as_printed(session)
        open_one = next(each for each in printed.indicators if each.alternatives)
    other = open_one.alternatives[0].scope
    with district.write() as session:
        readings.choose(session, printed, open_one.no, 1, district.actor)
    path = send(district, tmp_path / "口径.xlsx", PLAN)
    book = openpyxl.load_workbook(path)
    facts = {row[0].value: row[1].value for row in book["说明"].iter_rows(min_row=2, max_col=2)}
    assert "选定口径 1 项" in facts["内容"]
    assert other in {row[2].value for row in book["计划与指标"].iter_rows(min_row=3)}
    before = hash_of(street)
    (staged,) = stage(street, [path], street.actor)
    assert ("update", f"{open_one.no}. {open_one.name}") in change_of(street, staged, "reading")
    assert change_of(street, staged, "plan") == [("same", printed.title)], "the plan itself is the same"
    assert hash_of(street) == before
    assert staged.batch is not None
    apply(street, staged.batch, street.actor)
    with street.read() as session:
        read = plan_store.current(session).indicator(open_one.no)
        assert read is not None and read.scope == other and read.printed is not None
        stored = session.get(Indicator, open_one.no)
        assert stored is not None and stored.scope == other
    undo(street, staged.batch, street.actor)
    assert hash_of(street) == before
    take(street, send(district, tmp_path / "再下发.xlsx", PLAN))
    with district.write() as session:
        readings.choose(session, printed, open_one.no, 0, district.actor)
    back = take(street, send(district, tmp_path / "恢复.xlsx", PLAN))
    assert ("update", f"{open_one.no}. {open_one.name}") in change_of(street, back, "reading")
    with street.read() as session:
        assert readings.chosen(session) == ()


def test_a_reading_is_left_alone_where_it_is_not_taken_or_not_sent(
    district: Store, street: Store, tmp_path: Path
) -> None:
    with district.write() as session:
        printed = plan_store.as_printed(session)
        no = next(each.no for each in printed.indicators if each.alternatives)
        readings.choose(session, printed, no, 1, district.actor)
        document = dict(reading_part.packed(session))
    take(street, send(district, tmp_path / "口径.xlsx", PLAN), accept=())
    with street.read() as session:
        assert readings.chosen(session) == ()
        del document["in_force"]  # as an older program sends it
        assert reading_part.unpacked(document).readings is None
        assert reading_part.reading_changes(session, printed, None) == []


def test_a_plan_holds_in_the_units_from_the_month_the_district_said(
    district: Store, street: Store, tmp_path: Path
) -> None:
    first = plan_file.default_plan().indicators[0]
    with district.write() as session:
        plan_store.install(session, new_plan(raise_this_year), "刘科长", "2024-03")
    path = send(district, tmp_path / "计划.xlsx", PLAN)

    def held() -> list[Decimal | None]:
        with street.read() as session:
            return [
                plan_issues.plan_for(session, month).target(first.no, 2024)
                for month in ("2024-02", "2024-03")
            ]

    before = held()
    staged = take(street, path)
    assert held() == [before[0], Decimal(777)]
    assert staged.batch is not None
    undo(street, staged.batch, street.actor)
    assert held() == before, "the plan that was taken back holds in no month"


def raise_this_year(document: dict[str, Any]) -> None:
    document["indicators"][0]["targets"]["2024"] = "777"


def test_a_plan_is_taken_whole_or_not_at_all(district: Store, street: Store, tmp_path: Path) -> None:
    reissue(district)
    (staged,) = stage(street, [send(district, tmp_path / "下发.xlsx", PLAN)], street.actor)
    assert staged.batch is not None
    apply(street, staged.batch, street.actor, accept=[2, 3, 4])  # lines of it, without the first
    with street.read() as session:
        assert plan_store.current(session).digest == plan_file.default_plan().digest


# ---------------------------------------------------------------- firms


def test_firms_are_added_and_filled_and_never_overwritten(
    district: Store, street: Store, tmp_path: Path
) -> None:
    save(
        district,
        "enterprise",
        **{**FIRM, "name": "江西云栈网络科技有限公司", "uscc": CODES[0], "reg_address": "朝阳洲中路 99 号"},
    )
    save(district, "enterprise", **{**FIRM, "name": "南昌数澜软件有限公司", "uscc": CODES[1]})
    mine = {key: value for key, value in FIRM.items() if key not in ("industry_code",)}
    key = save(street, "enterprise", **{**mine, "name": "江西云栈网络科技有限公司", "uscc": CODES[0]})
    own = save(street, "enterprise", **{**FIRM, "name": "只有本街道知道的公司", "uscc": CODES[2]})
    before = hash_of(street)
    path = send(district, tmp_path / "下发.xlsx", FIRMS)
    staged = take(street, path)
    assert sorted(change_of(street, staged, "enterprise")) == [
        ("conflict", "江西云栈网络科技有限公司"), ("new", "南昌数澜软件有限公司"),
    ]  # fmt: skip
    with street.read() as session:
        card = session.get(Enterprise, key)
        assert card is not None and (card.industry_code, card.reg_address) == ("I6513", FIRM["reg_address"])
        assert session.get(Enterprise, own) is not None
        assert len(session.scalars(select(Enterprise.id)).all()) == 3
    assert staged.batch is not None
    undo(street, staged.batch, street.actor)
    assert hash_of(street) == before


def test_a_disputed_fact_is_taken_when_chosen(district: Store, street: Store, tmp_path: Path) -> None:
    save(
        district,
        "enterprise",
        **{**FIRM, "name": "江西云栈网络科技有限公司", "uscc": CODES[0], "reg_address": "朝阳洲中路 99 号"},
    )
    key = save(street, "enterprise", **{**FIRM, "name": "江西云栈网络科技有限公司", "uscc": CODES[0]})
    take(street, send(district, tmp_path / "下发.xlsx", FIRMS), choices={1: "incoming"})
    with street.read() as session:
        assert (
            session.scalar(select(Enterprise.reg_address).where(Enterprise.id == key)) == "朝阳洲中路 99 号"
        )


def test_a_firm_that_changed_since_keeps_the_batch_from_being_undone(
    district: Store, street: Store, tmp_path: Path
) -> None:
    from tests.returns.offices import change

    key = save(district, "enterprise", **{**FIRM, "name": "南昌数澜软件有限公司", "uscc": CODES[1]})
    staged = take(street, send(district, tmp_path / "下发.xlsx", FIRMS))
    change(street, "enterprise", key, contact="李伟")
    assert staged.batch is not None
    with pytest.raises(Refused, match="又改过"):
        undo(street, staged.batch, street.actor)


def test_only_the_firms_of_the_street(district: Store, street: Store, tmp_path: Path) -> None:
    save(district, "enterprise", **{**FIRM, "name": "本街道公司", "uscc": CODES[0]})
    save(district, "enterprise", **{**FIRM, "name": "别处的公司", "uscc": CODES[1], "street_code": OTHER})
    issued = issue(
        district, Order((FIRMS,), (STREET, OTHER), each=True, period=MAY, firms=compose.BY_STREET), tmp_path
    )
    assert [path.name for path in issued.files] == [
        "下发_第1号_2024-05_朝阳洲街道.xlsx", issued.files[1].name,
    ]  # fmt: skip
    take(street, issued.files[0])
    with street.read() as session:
        assert session.scalars(select(Enterprise.name)).all() == ["本街道公司"]
    assert "不是给本单位的" in turned_away(street, issued.files[1])


# ---------------------------------------------------------------- units and calendar


def test_units_alone_are_added_changed_and_retired(district: Store, street: Store, tmp_path: Path) -> None:
    with district.write() as session:
        code = local_units.add(session, "区新设局")
    first = send(district, tmp_path / "一.xlsx", UNITS)
    take(street, first)
    with street.read() as session:
        unit = session.get(OrgUnit, code)
        assert unit is not None and (unit.name, unit.source) == ("区新设局", "district")
    with district.write() as session:
        local_units.add_alias(session, code, "新设局")
    staged = take(street, send(district, tmp_path / "二.xlsx", UNITS))
    assert [each for each in change_of(street, staged, "unit") if each[0] != "same"] == [
        ("update", "区新设局")
    ]
    with district.write() as session:
        unit = session.get(OrgUnit, code)
        session.delete(unit)
    gone = send(district, tmp_path / "三.xlsx", UNITS)
    (asked,) = stage(street, [gone], street.actor)
    assert ("gone", "区新设局") in change_of(street, asked, "unit") and asked.batch is not None
    seq = next(n for n, (action, _) in enumerate(change_of(street, asked, "unit"), 1) if action == "gone")
    apply(street, asked.batch, street.actor, choices={seq: "incoming"})
    with street.read() as session:
        unit = session.get(OrgUnit, code)
        assert unit is not None and not unit.active


def test_a_day_that_was_set_here_is_asked_about(district: Store, street: Store, tmp_path: Path) -> None:
    for store, workday in ((district, False), (street, True)):
        with store.write() as session:
            entries = [{"day": "2024-05-18", "workday": workday, "name": "活动", "source": "本单位"}]
            settings.put(session, "holidays", entries + ([{"day": "2024-05-21", "workday": False, "name": "停电", "source": ""}] if not workday else []))  # fmt: skip
    staged = take(street, send(district, tmp_path / "下发.xlsx", CALENDAR))
    assert change_of(street, staged, "day") == [("conflict", "2024-05-18 活动"), ("new", "2024-05-21 停电")]
    with street.read() as session:
        days = settings.holidays(session)
        assert days[date(2024, 5, 18)].workday and not days[date(2024, 5, 21)].workday


def test_the_days_of_a_cycle_come_with_the_calendar_and_go_back_to_the_plan(
    district: Store, street: Store, tmp_path: Path
) -> None:
    with district.write() as session:
        cadence.edit(
            session,
            "monthly",
            MAY,
            date(2024, 5, 20),
            date(2024, 5, 28),
            date(2024, 6, 11),
            district.actor,
            "会议",
        )
    before = hash_of(street)
    first = take(street, send(district, tmp_path / "一.xlsx", CALENDAR))
    assert change_of(street, first, "cycle") == [("new", "2024 年 5 月月调度")]
    with street.read() as session:
        assert cadence.due_for(session, MAY, STREET) == date(2024, 5, 28)
        assert deadline(session, MAY, date(2024, 5, 20), STREET).day == date(2024, 5, 28)
    undo(street, first.batch, street.actor)
    assert hash_of(street) == before
    take(street, send(district, tmp_path / "二.xlsx", CALENDAR))
    with district.write() as session:
        cadence.reset(session, "monthly", MAY, district.actor)
    back = take(street, send(district, tmp_path / "三.xlsx", CALENDAR))
    assert change_of(street, back, "cycle") == [("update", "2024 年 5 月月调度")]
    with street.read() as session:
        assert not cadence.month_cycle(session, MAY).edited


# ---------------------------------------------------------------- 专项


def test_prepared_rows_come_for_each_unit(district: Store, street: Store, tmp_path: Path) -> None:
    definition = table(district)
    with district.write() as session:
        rows.save(session, definition, {"c1": Decimal(120)}, district.actor, unit_code=STREET, prepared=True)
        rows.save(session, definition, {"c1": Decimal(80)}, district.actor, unit_code=OTHER, prepared=True)
    take(street, send(district, tmp_path / "一.xlsx", SPECIAL))
    with street.write() as session:
        (row,) = rows.rows_of(session, definition)
        assert (row["unit_code"], row["c1"], row["prepared"]) == (STREET, Decimal(120), True)
        rows.save(session, definition, {"c1": Decimal(125)}, street.actor, id=row["id"])
    with district.write() as session:
        for each in rows.rows_of(session, definition, STREET):
            rows.save(session, definition, {"c1": Decimal(130)}, district.actor, id=each["id"])
    staged = take(street, send(district, tmp_path / "二.xlsx", SPECIAL))
    assert [each[0] for each in change_of(street, staged, "special_row")] == ["conflict"]
    with street.read() as session:
        assert [each["c1"] for each in rows.rows_of(session, definition)] == [Decimal(125)]


def test_what_was_typed_keeps_the_table_from_being_undone(
    district: Store, street: Store, tmp_path: Path
) -> None:
    definition = table(district)
    staged = take(street, send(district, tmp_path / "下发.xlsx", SPECIAL))
    with street.write() as session:
        rows.save(session, definition, {"c1": Decimal(1)}, street.actor)
    assert staged.batch is not None
    with pytest.raises(Refused, match="已经填了内容"):
        undo(street, staged.batch, street.actor)


def test_a_table_for_others_is_only_told(district: Store, street: Store, tmp_path: Path) -> None:
    table(district, recipients=(OTHER,))
    (staged,) = stage(street, [send(district, tmp_path / "下发.xlsx", SPECIAL)], street.actor)
    assert [each.message for each in staged.report.findings] == ["专项“楼宇摸底”不要本单位填，没有列出。"]
    assert staged.counts == {}


def test_a_changed_definition_keeps_what_was_typed(district: Store, street: Store, tmp_path: Path) -> None:
    definition = table(district)
    take(street, send(district, tmp_path / "一.xlsx", SPECIAL))
    with street.write() as session:
        rows.save(session, definition, {"c1": Decimal(7)}, street.actor)
    wider = replace(definition, columns=(*definition.columns, ColumnDef("c2", "备注")))
    with district.write() as session:
        answers.keep(session, wider, district.actor)
    staged = take(street, send(district, tmp_path / "二.xlsx", SPECIAL))
    assert change_of(street, staged, "special_table") == [("update", "楼宇摸底")]
    with street.read() as session:
        (row,) = rows.rows_of(session, wider)
        assert (row["c1"], row["c2"]) == (Decimal(7), None)
