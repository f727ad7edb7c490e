"""Which card a row's firm is on, whose rows they are, and offices nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db import merging, records
from db.registers import REGISTERS
from db.store import Store
from returns.ledger import import_ledger
from returns.results import FileReport
from tests.returns.ledger import samples

Office = Callable[..., Store]
Ask = Callable[..., list[tuple[Any, ...]]]
NAME, CODE = samples.firm(1)
OTHER_CODE = samples.firm(2)[1]


def card(store: Store, **values: Any) -> None:
    with store.write() as session:
        records.save(session, REGISTERS["enterprise"], values, store.actor)


def visit(store: Store, tmp_path: Path, name: str | None, code: str | None, **more: Any) -> FileReport:
    header = ["企业名称", "统一社会信用代码", "走访日期", *more]
    path = samples.any_ledger(tmp_path / "v.xlsx", [header, [name, code, "2024-05-08", *more.values()]])
    return import_ledger(store, path, "visit")


def test_the_code_decides_and_another_name_is_told(office: Office, ask: Ask, tmp_path: Path) -> None:
    store = office()
    card(store, name="江西旧名有限公司", uscc=CODE)
    report = visit(store, tmp_path, NAME, CODE)
    assert ask(store, "SELECT name FROM enterprise") == [("江西旧名有限公司",)]
    assert [(finding.id, finding.severity.value) for finding in report.findings] == [("IMP-008", "warning")]


def test_a_card_without_a_code_gets_it_from_the_ledger(office: Office, ask: Ask, tmp_path: Path) -> None:
    store = office()
    card(store, name="南昌云栈（江西）有限公司")
    visit(store, tmp_path, "南昌云栈(江西)有限公司", CODE, 联系人="李伟")
    assert ask(store, "SELECT name, uscc, contact FROM enterprise") == [
        ("南昌云栈（江西）有限公司", CODE, "李伟")
    ]


def test_the_same_name_with_another_code_is_another_firm(office: Office, ask: Ask, tmp_path: Path) -> None:
    store = office()
    card(store, name=NAME, uscc=OTHER_CODE)
    report = visit(store, tmp_path, NAME, CODE)
    assert sorted(ask(store, "SELECT uscc FROM enterprise")) == sorted([(CODE,), (OTHER_CODE,)])
    assert [finding.id for finding in report.findings] == ["ENT-006"]


def test_a_name_that_several_cards_have_is_not_chosen_for_anyone(
    office: Office, ask: Ask, tmp_path: Path
) -> None:
    store = office()
    card(store, name=NAME, uscc=CODE)
    card(store, name=NAME, uscc=OTHER_CODE)
    report = visit(store, tmp_path, NAME, None)
    assert (report.bad, [finding.id for finding in report.findings]) == (1, ["IMP-009"])
    assert ask(store, "SELECT count(*) FROM visit") == [(0,)]


def test_what_the_card_says_is_not_overwritten(office: Office, ask: Ask, tmp_path: Path) -> None:
    store = office()
    card(store, name=NAME, uscc=CODE, contact="王磊", phone=None)
    report = visit(store, tmp_path, NAME, CODE, 联系人="李伟", 联系电话="13800138000")
    assert ask(store, "SELECT contact, phone FROM enterprise") == [("王磊", "13800138000")]
    assert [(finding.id, finding.field) for finding in report.findings] == [("IMP-011", "contact")]


def test_a_branch_is_a_branch(office: Office, ask: Ask, tmp_path: Path) -> None:
    store = office()
    visit(store, tmp_path, "江西云栈软件南昌分公司", CODE)
    assert ask(store, "SELECT entity_type FROM enterprise") == [("分支机构",)]


@pytest.mark.parametrize(
    ("said", "stored", "severity"),
    [
        ("区人防办", "区人防办", "warning"),  # plainly an office, and new
        ("区市监管局", None, "error"),  # more likely 区市场监管局, mistyped
        ("张三", None, "error"),  # no office
        ("区发改委、区商务局", None, "error"),  # two
        ("发改委", "区发改委", None),  # known by another name
    ],
)
def test_offices_in_a_ledger(
    office: Office, ask: Ask, tmp_path: Path, said: str, stored: str | None, severity: str | None
) -> None:
    store = office()
    report = visit(store, tmp_path, NAME, CODE, 存在问题="招工难", 责任单位=said)
    assert ask(store, "SELECT o.name FROM issue i LEFT JOIN org_unit o ON o.code = i.org_code") == [(stored,)]
    assert [finding.severity.value for finding in report.findings] == ([severity] if severity else [])
    if stored is None:
        assert ask(store, "SELECT json_extract(unparsed, '$.org_code') FROM issue") == [(said,)]


def test_the_district_takes_in_a_streets_ledger_as_that_streets(
    office: Office, ask: Ask, tmp_path: Path
) -> None:
    samples.visit_ledger(tmp_path / "v.xlsx", samples.visited(3))
    store = office("qszjjb", "supervisor")
    report = import_ledger(store, tmp_path / "v.xlsx", "visit")
    assert report.unit == "360103002"
    assert ask(
        store,
        "SELECT DISTINCT v.unit_code, e.unit_code, e.street_code FROM visit v JOIN enterprise e ON e.id = v.enterprise_id",
    ) == [("360103002",) * 3]


def test_a_street_does_not_take_in_another_streets_ledger(office: Office, ask: Ask, tmp_path: Path) -> None:
    samples.visit_ledger(tmp_path / "v.xlsx", samples.visited(3), office="南浦街道办事处")
    store = office()
    report = import_ledger(store, tmp_path / "v.xlsx", "visit")
    assert (report.outcome, [finding.id for finding in report.findings]) == ("rejected", ["other_unit"])
    assert ask(store, "SELECT count(*) FROM enterprise") == [(0,)]


def test_a_list_of_enterprises_is_a_ledger_of_cards(office: Office, ask: Ask, tmp_path: Path) -> None:
    header = ["企业名称", "信用代码", "所属街道", "法人", "成立时间", "是否规上", "备注"]
    rows = [[*samples.firm(n), "朝阳洲", "王磊", "2019.3.5", "否", "重点"] for n in range(3)]
    path = samples.any_ledger(tmp_path / "e.xlsx", [header, *rows])
    store = office()
    report = import_ledger(store, path, "enterprise")
    assert (report.stored, report.bad) == (3, 0)
    assert ask(
        store,
        "SELECT DISTINCT street_code, legal_rep, established_on, is_above_scale, remark, source FROM enterprise",
    ) == [("360103002", "王磊", "2019-03-05", 0, "重点", "导入")]
    assert import_ledger(store, path, "enterprise").unchanged == 3


def test_the_code_of_a_merged_card_means_the_card_it_went_into(
    office: Office, ask: Ask, tmp_path: Path
) -> None:
    store = office()
    card(store, name=NAME, uscc=OTHER_CODE)
    card(store, name="江西旧名有限公司", uscc=CODE)
    with store.write() as session:
        kept, gone = (
            session.connection()
            .exec_driver_sql("SELECT id FROM enterprise WHERE uscc = ?", (code,))
            .scalar_one()
            for code in (OTHER_CODE, CODE)
        )
        merging.merge(session, UUID(bytes=kept), UUID(bytes=gone), (), store.actor)
    visit(store, tmp_path, "江西旧名有限公司", CODE)
    assert ask(store, "SELECT enterprise_id FROM visit") == [(kept,)]
    assert ask(store, "SELECT count(*) FROM enterprise WHERE deleted_at IS NULL") == [(1,)]
