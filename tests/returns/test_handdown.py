"""下发: what the district sends, what a street is told of it, what is taken, and that it can be taken back whole."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import select

from db import local_units, plan_file, plan_store, settings
from db.errors import Refused, UsageError
from db.models import Enterprise, HandDown, IndicatorTarget, IndicatorValue, OrgUnit, SpecialTable
from db.special import answers, rows
from db.special.definition import ColumnDef, Definition
from db.store import Store
from returns.handdown import compose, contract
from returns.handdown.apply import apply
from returns.handdown.compose import Order, issue
from returns.handdown.contract import CALENDAR, FIRMS, PLAN, SPECIAL, UNITS, Handdown
from returns.handdown.read import is_handdown, read
from returns.handdown.stage import stage
from returns.handdown.write import render
from returns.stage import StagedBatch
from returns.undo import undo
from tests.returns.offices import CODES, DISTRICT, FIRM, MAY, OTHER, STREET, edit, hash_of, open_office, save

EVERYTHING = tuple(contract.CONTENTS)


@pytest.fixture
def district(tmp_path: Path) -> Iterator[Store]:
    opened = open_office(tmp_path / "district", DISTRICT, "supervisor", "刘科长")
    yield opened
    opened.close()


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Store]:
    opened = open_office(tmp_path / "street", STREET)
    yield opened
    opened.close()


def new_plan(change: Callable[[dict[str, Any]], None]) -> plan_file.Plan:
    document = copy.deepcopy(dict(plan_file.default_plan().document))
    change(document)
    return plan_file.read(document)


def raised(document: dict[str, Any]) -> None:
    """The first indicator's last target is raised, a unit comes, an indicator goes."""
    first = document["indicators"][0]
    first["targets"][max(first["targets"])] = "999"
    document["units"].append({**document["units"][-1], "code": "qxsj", "name": "区新设局", "full_name": "区新设局", "aliases": []})  # fmt: skip


def reissue(store: Store, change: Callable[[dict[str, Any]], None] = raised) -> None:
    with store.write() as session:
        plan_store.install(session, new_plan(change))


def table(store: Store, **more: Any) -> Definition:
    columns = (ColumnDef("", "企业", "firm"), ColumnDef("", "面积", "number", "平方米", True))
    made = answers.new_table("楼宇摸底", MAY, columns, due_on=date(2024, 5, 20), **more)
    with store.write() as session:
        answers.keep(session, made, store.actor)
    return made


def send(store: Store, out: Path, *contents: str, **more: Any) -> Path:
    issue(store, Order(contents or EVERYTHING, period=MAY, **more), out)
    return out


def take(store: Store, path: Path, **more: Any) -> StagedBatch:
    (staged,) = stage(store, [path], store.actor)
    assert staged.batch is not None, staged.report.findings
    apply(store, staged.batch, store.actor, **more)
    return staged


def turned_away(store: Store, path: Path) -> str:
    before = hash_of(store)
    (staged,) = stage(store, [path], store.actor)
    assert staged.batch is None and staged.report.outcome == "rejected"
    assert hash_of(store) == before
    return staged.report.findings[0].message


def change_of(store: Store, staged: StagedBatch, part: str) -> list[tuple[str, str]]:
    from desktop.actions.returns import batch_rows

    assert staged.batch is not None
    return [(each.action, each.label) for each in batch_rows(store, staged.batch) if each.register == part]


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


# ---------------------------------------------------------------- files that are not taken


def test_the_same_file_again_is_told(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)
    take(street, path)
    (again,) = stage(street, [path], street.actor)
    assert again.state == "applied" and "没有再次写入" in again.report.warnings[0]


def test_an_older_one_after_a_newer(district: Store, street: Store, tmp_path: Path) -> None:
    table(district)
    older = send(district, tmp_path / "一.xlsx", PLAN, SPECIAL)
    reissue(district)
    take(street, send(district, tmp_path / "二.xlsx", PLAN))
    (staged,) = stage(street, [older], street.actor)
    assert "计划与指标已由较新的第 2 号下发更新，这一份里的不采用。" in staged.report.warnings
    assert change_of(street, staged, "plan") == [] and len(change_of(street, staged, "special_table")) == 1
    take(street, send(district, tmp_path / "三.xlsx", PLAN, SPECIAL))
    assert "本机已导入较新的第 3 号" in turned_away(street, older)


def changed_manifest(path: Path, out: Path, **changes: Any) -> Path:
    """The same 下发 as another office, program or day would have sealed it."""
    made = read(path).made
    out.write_bytes(render(Handdown(replace(made.manifest, **changes), made.payload)))
    return out


def test_of_another_district(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)
    other = changed_manifest(path, tmp_path / "别区.xlsx", region="360999", region_name="某某区")
    assert "是某某区的下发，不属于" in turned_away(street, other)


def test_with_another_regions_plan(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", CALENDAR)
    document = plan_file.load(Path("tests/data/plan_qinghe.json")).document
    made = read(path).made
    from returns.digests import document_digest

    payload = {PLAN: dict(document)}
    manifest = replace(made.manifest, contents=(PLAN,), digests={PLAN: document_digest(payload[PLAN])})
    out = tmp_path / "混.xlsx"
    out.write_bytes(render(Handdown(manifest, payload)))
    assert "里的计划是清河市清河区的" in turned_away(street, out)


def test_practice_and_real_do_not_mix(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)
    other = changed_manifest(path, tmp_path / "练习.xlsx", practice=True)
    assert "是练习下发，本机打开的是正式台账" in turned_away(street, other)


def test_from_a_newer_program(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)
    assert "较新版本的程序" in turned_away(street, changed_manifest(path, tmp_path / "新.xlsx", version=9))


def test_ones_own(district: Store, tmp_path: Path) -> None:
    assert "本单位自己下发的" in turned_away(district, send(district, tmp_path / "下发.xlsx", PLAN))


def test_a_tampered_manifest(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)

    def work(book: Any) -> None:
        sheet = book["下发清单"]
        for row in sheet.iter_rows():
            if row[0].value == "number":
                row[1].value = "7"

    edit(path, work)
    assert "下发清单与校验摘要不符" in turned_away(street, path)


def test_a_tampered_content(district: Store, street: Store, tmp_path: Path) -> None:
    path = send(district, tmp_path / "下发.xlsx", UNITS)

    def work(book: Any) -> None:
        for row in book["下发清单"].iter_rows():
            if row[0].value == "内容":
                row[2].value = row[2].value.replace("街道", "镇", 1)

    edit(path, work)
    assert "下发清单与校验摘要不符" in turned_away(street, path)


def test_an_edited_readable_sheet_is_told_and_does_not_count(
    district: Store, street: Store, tmp_path: Path
) -> None:
    path = send(district, tmp_path / "下发.xlsx", PLAN)

    def work(book: Any) -> None:
        book["计划与指标"]["F3"].value = 1

    edit(path, work)
    (staged,) = stage(street, [path], street.actor)
    assert any("工作表“计划与指标”在下发后被改动" in each for each in staged.report.warnings)


def test_saved_again_by_another_program_it_is_the_same(
    district: Store, street: Store, tmp_path: Path
) -> None:
    path = (
        send(district, tmp_path / "下发.xlsx")
        if False
        else send(district, tmp_path / "下发.xlsx", PLAN, UNITS, CALENDAR)
    )
    edit(path, lambda book: None)
    (staged,) = stage(street, [path], street.actor)
    assert staged.report.warnings == ()


# ---------------------------------------------------------------- making one


def test_only_the_district_sends(street: Store, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="下发由区级做"):
        send(street, tmp_path / "下发.xlsx", PLAN)


def test_unknown_contents_and_units(district: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有“全部”这种内容"):
        send(district, tmp_path / "下发.xlsx", "全部")
    with pytest.raises(UsageError, match="没有单位"):
        send(district, tmp_path / "下发.xlsx", PLAN, units=("nobody",))
    with pytest.raises(Refused, match="没有可下发的专项"):
        send(district, tmp_path / "下发.xlsx", SPECIAL)
    with district.read() as session:
        assert session.scalars(select(HandDown.number)).all() == []


def test_only_those_who_were_sent_a_table_are_asked_for_it(district: Store, tmp_path: Path) -> None:
    definition = table(district)
    send(district, tmp_path / "一.xlsx", SPECIAL, units=(STREET,))
    with district.read() as session:
        assert [each.unit for each in answers.standing(session, definition.key).units] == [STREET]
    send(district, tmp_path / "二.xlsx", SPECIAL)
    with district.read() as session:
        assert len(answers.standing(session, definition.key).units) > 10


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_saved_again_by_libreoffice_it_is_the_same(district: Store, street: Store, tmp_path: Path) -> None:
    table(district)
    save(district, "enterprise", **{**FIRM, "name": "=SUM(1)公司", "uscc": CODES[0]})
    path = send(district, tmp_path / "下发.xlsx")
    out = tmp_path / "另存"
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(path)],
        check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert is_handdown(out / path.name)
    (staged,) = stage(street, [out / path.name], street.actor)
    assert staged.report.warnings == () and staged.counts["new"] == 2


def test_each_gets_a_number(district: Store, tmp_path: Path) -> None:
    for number, name in enumerate(("一.xlsx", "二.xlsx"), 1):
        path = send(district, tmp_path / name, CALENDAR)
        assert read(path).made.manifest.number == number
    assert isinstance(UUID(int=0), UUID)
