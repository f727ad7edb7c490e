"""Units the plan does not know."""

from __future__ import annotations

from datetime import date

import pytest

from db import local_units, plan_file, plan_store
from db.errors import Refused
from db.lookup import Directory
from db.store import Store
from tests.db.fixtures import add, firm


def test_a_new_unit_has_a_code_from_its_name_and_can_be_referred_to(store: Store) -> None:
    with store.write() as session:
        code = local_units.add(session, " 区残联 ")
        assert code == "x-qcl" and local_units.add(session, "区残联") == code
        assert Directory(session).find("unit", "区残联") == code
        assert add(
            session, "issue", enterprise_id=firm(session), registered_on=date(2024, 5, 8), org_code=code
        )
        assert [unit.code for unit in local_units.own_units(session)] == [code]


def test_a_taken_code_is_told_apart_by_the_name(store: Store) -> None:
    with store.write() as session:
        codes = {local_units.add(session, name) for name in ("区残联", "区采莲", "区茶楼")}
        assert len(codes) == 3
        assert all(code.startswith("x-qcl") for code in codes)


def test_a_known_name_or_alias_is_no_new_unit(store: Store) -> None:
    with store.write() as session:
        assert local_units.add(session, "区发改委") == "qfgw"
        assert local_units.add(session, "区发展和改革委员会") == "qfgw"
        assert local_units.own_units(session) == []


def test_aliases_belong_to_one_unit(store: Store) -> None:
    with store.write() as session:
        code = local_units.add(session, "区残联")
        local_units.add_alias(session, code, "残联")
        local_units.add_alias(session, code, "残联")
        assert Directory(session).find("unit", "残联") == code
        with pytest.raises(Refused) as refused:
            local_units.add_alias(session, "qfgw", "残联")
        assert "区残联" in refused.value.message


def test_a_retired_unit_leaves_the_choices_but_keeps_its_name(store: Store) -> None:
    with store.write() as session:
        code = local_units.add(session, "区残联")
        local_units.retire(session, code)
        directory = Directory(session)
        assert code not in [value for value, _ in directory.options("unit")]
        assert directory.name("unit", code) == "区残联"
        with pytest.raises(Refused) as refused:
            local_units.retire(session, "qfgw")
        assert refused.value.id == "unit_of_plan"


def test_a_reissued_plan_leaves_local_units_and_aliases(store: Store) -> None:
    with store.write() as session:
        code = local_units.add(session, "区残联")
        local_units.add_alias(session, "qfgw", "发改")
        plan_store.install(session, plan_file.default_plan())
        directory = Directory(session)
        assert directory.units[code].active
        assert directory.find("unit", "发改") == "qfgw"


def test_an_empty_name_is_refused(store: Store) -> None:
    with store.write() as session, pytest.raises(Refused):
        local_units.add(session, " 　")
