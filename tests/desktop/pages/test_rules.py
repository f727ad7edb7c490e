"""规则 and 参数: read, filtered, changed and taken back by keys; what a change does is seen in the next check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from db import parameters, records
from db.checks import RULES, grades
from db.registers import REGISTERS
from db.store import Actor, Store
from desktop.actions import returns
from desktop.actions import rules as actions
from desktop.pages.settings import SettingsPage
from desktop.pages.settings_parameters import ParameterBox
from desktop.quick_actions import commands
from tests.db.checks import fake
from tests.desktop.pages.conftest import Sitting

Sit = Callable[..., Sitting]
CLERK = Actor("360103002", "张敏")
REASON = "周末走访是本街道的常规安排"


@pytest.fixture
def seated(register: Store, sit: Sit, firms: dict[str, UUID]) -> Sitting:
    """A street with two visits in May 2024 that are too short to say much, one of them on a Saturday."""
    with register.write() as session:
        for day, firm in ((14, "云栈"), (18, "数澜")):
            values = fake.visit() | {"enterprise_id": firms[firm], "visit_date": date(2024, 5, day)}
            records.save(session, REGISTERS["visit"], {**values, "operation_text": "好"}, CLERK)
    returns.check(register, "2024-05", today=fake.TODAY)
    return sit(register, "2024-05")


def _rules(at: Sitting, **args: Any) -> Any:
    assert at.main.goto("settings", section="rules", **args)
    at.settle()
    page = at.main.page
    assert isinstance(page, SettingsPage)
    return page.shown


def _words(widget: Any) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def test_every_rule_is_listed_with_how_often_it_spoke(seated: Sitting) -> None:
    rules = _rules(seated)
    rows = {row.id: row.cells for row in rules.table.paged.rows()}
    assert set(rows) == set(RULES) and len(rows) == 102
    assert (rows["VIS-008"]["month"], rows["VIS-008"]["year"], rows["VIS-008"]["told"]) == (2, 2, "走访 2")
    assert rows["VIS-010"]["month"] == 1 and rows["PRJ-001"]["month"] is None
    assert seated.focus is rules.table
    assert "共 102 条" in rules.filters.note.text()


@pytest.mark.parametrize("typed", ["规则", "guize", "gz", "校验规则"])
def test_the_search_field_leads_to_it(seated: Sitting, typed: str) -> None:
    hits = [hit for _, hit in commands(typed, "clerk", ["settings"])]
    hit = next(each for each in hits if each.title == "设置：规则")
    assert seated.main.goto(hit.page, **hit.args)
    seated.settle()
    page = seated.main.page
    assert isinstance(page, SettingsPage) and page.tabs.current == "rules"


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"scope": "园区台账"}, {"PRK-001", "PRK-002", "PRK-003"}),
        ({"fired": "month"}, {"GEN-001", "VIS-008", "VIS-010"}),
        ({"fired": "month", "level": "warning"}, {"VIS-010"}),
        ({"text": "ｖｉｓ-01"}, {"VIS-010"}),
        ({"text": "回头看", "level": "warning"}, {"ISS-008"}),
        ({"fired": "changed"}, set()),
    ],
)
def test_filters(seated: Sitting, chosen: dict[str, str], found: set[str]) -> None:
    rules = _rules(seated)
    rules.filters.set_values(chosen)
    assert {row.id for row in rules.table.paged.rows()} == found
    rules.filters.clear()


def test_a_rule_is_read_in_full_and_its_limit_changed_by_keys(seated: Sitting, register: Store) -> None:
    rules = _rules(seated, rule="VIS-008")
    told = _words(rules.panel)
    rule = RULES["VIS-008"]
    assert rule.rule in told and rule.why in told and rule.source in told and "本月 2 次" in told
    seated.enter()
    box = rules.panel.boxes["short_text"]
    assert seated.focus is box.editor
    seated.ctrl(Qt.Key.Key_A)
    seated.type("很多")
    seated.enter()
    seated.settle()
    assert "请填写不小于 0 的整数。" in box.problem.text() and box.problem.isVisible()
    assert box.editor.text() == "很多" and register.setting("parameters") is None
    seated.ctrl(Qt.Key.Key_A)
    seated.type("１")
    seated.enter()
    seated.settle()
    assert register.setting("parameters") == {"short_text": 1}
    checked = returns.check(register, "2024-05", today=fake.TODAY)
    assert {each.id for each in checked.findings} == {"GEN-001", "VIS-010"}
    rules = _rules(seated, rule="VIS-008")
    box = rules.panel.boxes["short_text"]
    assert box.default.text() == "默认 10" and "10 → 1" in _words(rules.panel)
    assert (
        str(next(row for row in rules.table.paged.rows() if row.id == "VIS-008").cells["level"])
        == "提示 · 改"
    )
    box.back.setFocus()
    seated.press(Qt.Key.Key_Space)
    seated.settle()
    assert register.setting("parameters") == {}
    seated.press(Qt.Key.Key_Escape)
    assert not rules.panel.isVisible() and seated.focus is rules.table


def test_a_grade_needs_a_reason_and_an_error_has_none(seated: Sitting, register: Store) -> None:
    rules = _rules(seated, rule="VIS-010")
    seated.enter()
    assert seated.focus is rules.panel.grade.buttons["warning"]
    seated.press(Qt.Key.Key_Right)
    seated.press(Qt.Key.Key_Right)
    rules.panel.grade.buttons["off"].setFocus()
    seated.press(Qt.Key.Key_Space)
    assert seated.focus is rules.panel.reason
    seated.type("不用")
    seated.enter()
    seated.settle()
    assert "至少 6 个字" in rules.panel.problem.text()
    seated.ctrl(Qt.Key.Key_A)
    seated.type(REASON)
    seated.enter()
    seated.settle()
    with register.read() as session:
        grade = grades(session)["VIS-010"]
    assert (grade.word, grade.reason, grade.by) == ("停用", REASON, "张敏")
    assert "VIS-010" not in {
        each.id for each in returns.check(register, "2024-05", today=fake.TODAY).findings
    }
    seated.settle()
    assert rules.panel.chip.word == "停用" and REASON in _words(rules.panel)
    rules.panel.grade.buttons["warning"].setFocus()
    seated.press(Qt.Key.Key_Space)
    seated.settle()
    with register.read() as session:
        assert grades(session) == {}
    for fixed in ("GEN-001", "RET-008"):
        rules = _rules(seated, rule=fixed)
        assert rules.panel.grade is None
    assert "最后一关" in _words(rules.panel)


def test_an_explanation_is_shown_and_withdrawn(seated: Sitting, register: Store) -> None:
    def check() -> Any:
        return returns.check(register, "2024-05", today=fake.TODAY)

    [warning] = check().open
    returns.explain(register, "2024-05", warning, "企业要求周六上午走访")
    assert check().open == []
    rules = _rules(seated, rule="VIS-010")
    told = _words(rules.panel)
    assert "企业要求周六上午走访" in told and "数澜" in told and "走访日期" in told and "张敏" in told
    seated.enter()
    [button] = rules.panel.withdrawals.values()
    button.setFocus()
    seated.press(Qt.Key.Key_Space)
    assert rules.panel.confirm.isVisible() and seated.focus is rules.panel.confirm.no
    rules.panel.confirm.yes.setFocus()
    seated.enter()
    seated.settle()
    assert check().open == [warning]
    assert not rules.panel.withdrawals


def test_the_lines_of_upscaling_are_edited_and_candidates_measured_anew(
    seated: Sitting, register: Store, firms: dict[str, UUID]
) -> None:
    with register.write() as session:
        values = fake.nurture() | {"enterprise_id": firms["云栈"], "revenue_ytd": Decimal(1000)}
        key = records.save(session, REGISTERS["nurture"], values, CLERK).id
    rules = _rules(seated, rule="UPS-003")
    line = next(each for each in rules.panel.lines.values() if each.line.specialty == "服务业2000万档")
    line.editor.setFocus()
    seated.ctrl(Qt.Key.Key_A)
    seated.type("0")
    seated.enter()
    seated.settle()
    assert "大于 0" in line.problem.text()
    seated.ctrl(Qt.Key.Key_A)
    seated.type("0.25亿")
    seated.enter()
    seated.settle()

    def measured() -> Any:
        with register.read() as session:
            found = records.get(session, REGISTERS["nurture"], key)
        assert found is not None
        return found["threshold"], found["reach_rate"]

    assert measured() == (2500, 40)
    assert next(each for each in actions.rules(register, "2024-05") if each.rule.id == "UPS-003").changed
    rules = _rules(seated, rule="UPS-003")
    line = next(each for each in rules.panel.lines.values() if each.line.specialty == "服务业2000万档")
    line.back.setFocus()
    seated.press(Qt.Key.Key_Space)
    seated.settle()
    assert measured() == (2000, 50)
    with register.read() as session:
        assert "thresholds" not in (register.setting("parameters") or {})
    assert not next(each for each in actions.rules(register, "2024-05") if each.rule.id == "UPS-003").changed


def test_every_parameter_is_on_the_page_and_can_be_changed(seated: Sitting, register: Store) -> None:
    assert seated.main.goto("settings", section="parameters")
    seated.settle()
    page = seated.main.page
    assert isinstance(page, SettingsPage)
    boxes: dict[str, ParameterBox] = page.shown.boxes  # type: ignore[attr-defined]
    assert set(boxes) == {each.name for each in parameters.PARAMETERS}
    boxes["cloud_drop_expired"].editor.setFocus()
    seated.press(Qt.Key.Key_Up)
    seated.settle()
    words = boxes["telecom_words"]
    words.take_focus()
    seated.type("宽带，卫星电话")
    seated.press(Qt.Key.Key_Tab)
    seated.settle()
    assert words.typed == "宽带、卫星电话"
    stored = register.setting("parameters")
    assert stored == {"cloud_drop_expired": True, "telecom_words": "宽带、卫星电话"}
    boxes["visits_a_day"].take_focus()
    seated.type("7")
    assert seated.main.goto("visits")
    seated.settle()
    assert register.setting("parameters")["visits_a_day"] == 7, "leaving the page stores the line"


def test_a_district_sees_what_its_units_were_told(district: Store, files: dict[str, Path]) -> None:
    report = returns.receive_files(district, [files["朝阳洲街道"]])[0]
    assert report.outcome != "rejected"
    spoken = {each.rule.id: each.fired for each in actions.rules(district, "2024-12") if each.fired.month}
    assert spoken
    with district.read() as session:
        from db import firing

        assert firing.fired(session, "2024-12", "360103002")
