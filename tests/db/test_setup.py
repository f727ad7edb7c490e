"""Making a register: unit, role, plan; and the plan in the tables."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import plan_file, plan_issues, plan_store, setup
from db.errors import KnownError, MachineError, Refused, UsageError
from db.models import ActionItem, Indicator, IndicatorTarget, IndicatorUnit, OrgUnit, Park, Plan
from db.store import Store, open_store
from desktop.actions import setup as actions
from resources import path as resource
from tests.db.fixtures import STREET, firm

pytestmark = pytest.mark.usefixtures("made_anew")


def test_a_new_register_knows_whose_it_is(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path / "new", "朝阳洲街道", role="supervisor", practice=True, person="李伟")
    assert (store.actor.unit_code, store.actor.role, store.actor.person) == (STREET, "supervisor", "李伟")
    assert store.setting("practice") is True
    with store.read() as session:
        assert setup.is_set_up(session)
    store.close()
    again = open_store(tmp_path / "new")
    assert again.actor.unit_code == STREET
    again.close()


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("999", "没有单位“999”"),
        ("", "没有单位"),
        ("各街道", "不是一个单位"),
        ("360103005", "“西湖街道”已停用"),
    ],
)
def test_an_unknown_unit_is_refused_before_anything_is_made(tmp_path: Path, unit: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        setup.initialise(tmp_path / "new", unit)
    assert refused.value.id == "unknown_unit" and said in refused.value.message
    assert "360103001 南浦街道" in refused.value.hint
    assert not (tmp_path / "new").exists()


def test_an_unknown_role(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        setup.initialise(tmp_path / "new", STREET, role="boss")
    assert refused.value.id == "bad_role" and not (tmp_path / "new").exists()


def test_an_existing_register_is_refused_and_untouched(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path, STREET)
    with store.write() as session:
        firm(session)
    store.close()
    with pytest.raises(Refused) as refused:
        setup.initialise(tmp_path, "qfgw")
    assert refused.value.id == "register_exists"
    again = open_store(tmp_path)
    assert again.actor.unit_code == STREET
    with again.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM enterprise").scalar_one() == 1
    again.close()


def test_an_interrupted_set_up_can_be_finished(tmp_path: Path) -> None:
    open_store(tmp_path, create=True).close()
    store = setup.initialise(tmp_path, STREET)
    assert store.actor.unit_code == STREET
    store.close()


def test_the_tables_equal_the_plan(store: Store) -> None:
    plan = plan_file.default_plan()
    with store.read() as session:
        assert plan_store.current(session) == plan
        rows = {row.no: row for row in session.scalars(select(Indicator))}
        targets = {
            (row.indicator_no, row.year): row.value for row in session.scalars(select(IndicatorTarget))
        }
        reporters = {(row.indicator_no, row.unit_code) for row in session.scalars(select(IndicatorUnit))}
        assert len(rows) == len(plan.indicators) == 14
        for each in plan.indicators:
            row = rows[each.no]
            assert (row.name, row.unit, row.decimals, row.semantics) == (
                each.name,
                each.unit,
                each.decimals,
                each.semantics,
            )
            assert (row.baseline, row.opening, row.combine) == (each.baseline, each.opening, each.combine)
            assert {year: targets[each.no, year] for year in plan.years} == each.targets
            assert {code for no, code in reporters if no == each.no} == {
                unit.code for unit in plan.expand(each.units)
            }
        assert targets[5, 2024] == Decimal(1700)
        assert {unit.code for unit in session.scalars(select(OrgUnit))} == {unit.code for unit in plan.units}
        assert sum(unit.kind == "street" and unit.active for unit in session.scalars(select(OrgUnit))) == 10
        assert {park.name for park in session.scalars(select(Park))} == {park.name for park in plan.parks}
        items = {item.id: item for item in session.scalars(select(ActionItem))}
        assert items.keys() == {action.id for action in plan.actions}
        assert all(len(items[action.id].targets) == len(action.targets) for action in plan.actions)


def document() -> dict[str, Any]:
    (shipped, *_) = sorted(resource("plan").glob("*.json"))
    return dict(json.loads(shipped.read_text(encoding="utf-8")))


def test_a_reissued_plan_takes_over_and_retires_what_it_drops(store: Store, tmp_path: Path) -> None:
    changed = document()
    changed["indicators"][0]["targets"]["2024"] = "145"
    dropped = next(park for park in changed["parks"])
    changed["parks"] = [park for park in changed["parks"] if park is not dropped]
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    with store.write() as session:
        firm(session, park_code=dropped["code"])
    actions.install_plan(store, file)
    with store.read() as session:
        assert plan_store.current(session).target(1, 2024) == Decimal(145)
        assert session.get_one(IndicatorTarget, (1, 2024)).value == Decimal(145)
        assert session.get_one(Park, dropped["code"]).active is False
        assert session.scalars(select(Plan.id)).all() == [1]
        assert session.connection().exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    assert len(list(store.folder.backups.glob("*换计划前*.qqbak"))) == 1


def test_the_office_says_from_which_month_a_new_plan_holds(store: Store, tmp_path: Path) -> None:
    changed = document()
    changed["indicators"][0]["targets"]["2024"] = "145"
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(UsageError):
        actions.install_plan(store, file, "2024-13")
    actions.install_plan(store, file, "2024-03")
    with store.read() as session:
        held = [plan_issues.plan_for(session, month).target(1, 2024) for month in ("2024-02", "2024-03")]
    assert held == [Decimal(140), Decimal(145)]


def test_another_regions_plan_does_not_come_over_a_filled_register(store: Store) -> None:
    other = json.loads(json.dumps(document(), ensure_ascii=False).replace("360103", "999901"))
    other["region"] = "云州市东湖区"
    with store.write() as session:
        firm(session)
        with pytest.raises(Refused) as refused:
            plan_store.install(session, plan_file.read(other))
    assert refused.value.id == "other_region"


def test_an_invented_districts_plan_works(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(document(), ensure_ascii=False).replace("360103", "999901"), encoding="utf-8")
    store = setup.initialise(tmp_path / "new", "999901002", plan=file)
    assert store.actor.unit_code == "999901002"
    with store.write() as session:
        assert firm(session, street_code="999901002")
    store.close()


def test_a_broken_plan_file_makes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(KnownError):
        setup.initialise(tmp_path / "new", STREET, plan=file)
    assert not (tmp_path / "new").exists()


def test_a_register_without_a_plan_says_so(tmp_path: Path) -> None:
    store = open_store(tmp_path, create=True)
    with store.read() as session, pytest.raises(MachineError) as refused:
        plan_store.current(session)
    store.close()
    assert refused.value.id == "no_plan"


def test_the_people_of_the_cover_and_the_offices(tmp_path: Path) -> None:
    store = actions.initialise(
        tmp_path, STREET, people={"person": " 张敏 ", "head": "王主任", "unit": "qfgw"}
    )
    assert (store.setting("person"), store.setting("head"), store.setting("unit")) == (
        "张敏",
        "王主任",
        STREET,
    )
    store.close()
    offices = actions.offices()
    assert offices[0].kind == "street" and "gjd" not in {office.code for office in offices}
    assert {"qfgw", "xhyd"} <= {office.code for office in offices}
