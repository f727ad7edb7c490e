"""年度考核 by keys: why a unit has its points, what-if, the scheme in versions, 加减分 with evidence, 复核, the workbook, publishing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from db.assessment import keeping
from db.errors import UsageError
from db.publishing import published
from db.store import Store
from desktop.actions import assessment as actions
from desktop.pages import assessment_scheme_model as model
from desktop.pages.assessment import AssessmentPage
from desktop.pages.bulletin import BulletinPage
from tests.desktop.pages.conftest import Sitting

Sit = Callable[[Store], Sitting]
STREET = "360103002"


def at_page(sit: Sit, store: Store, part: str = "scores") -> tuple[Sitting, AssessmentPage]:
    desk = sit(store)
    assert desk.main.goto("bulletin", tab="assessment", part=part)
    desk.settle()
    page = desk.main.page
    assert isinstance(page, BulletinPage) and isinstance(page.current, AssessmentPage)
    return desk, page.current


def test_a_score_opens_its_reason_and_goes_to_the_rows(sit: Sit, district: Store) -> None:
    desk, page = at_page(sit, district)
    grid = page.scores.grid
    assert page.scores.groups.current == "streets"
    grid.setFocus()
    grid.stand_on("visit", STREET)
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    panel = page.scores.panel
    assert panel.isVisible() and panel.item is not None and panel.item.key == "visit"
    assert panel.item.why.startswith("完成率") and desk.focus is panel.lines["value"]
    assert panel.rows_button is not None
    panel.rows_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    desk.settle()
    assert desk.main.page.key == "visits"


def test_what_if_shows_the_new_points_and_esc_leaves_the_panel(sit: Sit, district: Store) -> None:
    desk, page = at_page(sit, district)
    grid = page.scores.grid
    grid.setFocus()
    grid.stand_on("upscale", STREET)
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    before = page.desk.result.unit(STREET).total  # type: ignore[union-attr]
    line = page.scores.panel.lines["value"]
    line.selectAll()
    desk.type("2")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.scores.trying.isVisible() and "朝阳洲街道" in page.scores.trying.hint.text()
    after = page.scores._after[STREET]
    assert after.before.total == before and after.difference == 15
    assert not page.scores.keep_button.isVisible(), "a value belongs to the register, not to the scheme"
    desk.press(Qt.Key.Key_Escape)
    assert not page.scores.panel.isVisible() and desk.focus is grid
    page.scores.stop_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    desk.settle()
    assert not page.scores.trying.isVisible()
    assert page.scores.desk is not None and not page.scores.changes
    with district.read() as session:
        assert not keeping.versions(session, 2024), "what-if stores nothing"


def test_a_weight_that_was_tried_becomes_a_scheme_that_must_add_up(sit: Sit, district: Store) -> None:
    desk, page = at_page(sit, district)
    page.scores.grid.setFocus()
    page.scores.grid.stand_on("visit", STREET)
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    line = page.scores.panel.lines["weight"]
    line.setFocus()
    line.selectAll()
    desk.type("25")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    page.scores.keep_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    desk.settle()
    assert page.tabs.current == "scheme" and page.scheme.dirty
    assert "合计 105，应为 100" in page.scheme.about.hint.text() and not page.scheme.save_button.isEnabled()
    assert not page.leave(), "what was changed is not lost by going away"
    page.scheme.table.choose("item:streets:duty")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    desk.type("5")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.scheme.save_button.isEnabled()
    desk.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert not page.scheme.dirty and page.desk is not None and page.desk.version.version == 1
    group = page.desk.scheme.group("streets")
    assert group is not None and [group.item(key).weight for key in ("visit", "duty")] == [25, 5]  # type: ignore[union-attr]


def test_a_version_in_use_is_left_alone_and_the_next_one_made(
    sit: Sit, district: Store, tmp_path: Path
) -> None:
    desk, page = at_page(sit, district)
    page.export(tmp_path / "考核.xlsx")
    desk.settle()
    assert (tmp_path / "考核.xlsx").exists() and page.open_button.isVisible()
    assert page.desk is not None and page.desk.version.frozen_at is not None
    page.show_part("scheme")
    page.scheme.table.choose("set:cap")
    page.scheme.focus_first()
    desk.type("110")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert "保存为第 2 版" in page.scheme.about.text.text()
    desk.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert page.desk.version.version == 2 and page.versions.count() == 2
    with district.read() as session:
        assert keeping.version(session, 2024, 1).scheme.cap == 100


def test_points_need_reason_and_evidence_and_can_be_taken_back(sit: Sit, district: Store) -> None:
    desk, page = at_page(sit, district, "points")
    part = page.points
    part.unit.setCurrentIndex(part.unit.findData(STREET))
    part.reason.setFocus()
    desk.type("获评省级数字经济集聚区")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert "请写明依据" in page.message.text.text() and part.reason.text(), "what was typed stays"
    part.evidence.setFocus()
    desk.type("赣数发〔2024〕8 号")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.desk is not None and len(page.desk.entries) == 1 and not part.reason.text()
    found = page.desk.result.unit(STREET)
    assert found is not None and found.bonus == 2 and found.total == (found.base or 0) + 2
    part.table.choose(str(page.desk.entries[0].id))
    part.back.setFocus()
    desk.press(Qt.Key.Key_Space)
    part.confirm.yes.setFocus()
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.desk.entries[0].withdrawn_at is not None
    assert page.desk.result.unit(STREET).bonus == 0  # type: ignore[union-attr]


def test_an_appeal_is_noted_at_the_score_and_answered_once(sit: Sit, district: Store) -> None:
    desk, page = at_page(sit, district)
    page.scores.look(STREET, "cloud")
    assert page.scores.panel.reason is not None
    page.scores.panel.reason.start()
    desk.type("有两家企业已上云没有计入")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.desk is not None and page.desk.appeals[0].item == "cloud" and page.badge() == 1
    page.show_part("appeals")
    page.appeals.table.choose(str(page.desk.appeals[0].id))
    page.appeals.table.setFocus()
    desk.press(Qt.Key.Key_Return)
    assert desk.focus is page.appeals.answer
    desk.type("经核查两家均为宽带")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.desk.appeals[0].decision == "更正" and page.badge() is None
    assert not page.appeals.answer.isEnabled()


def test_publishing_again_needs_a_reason_and_a_change(sit: Sit, district: Store) -> None:
    desk, page = at_page(sit, district)
    page.publish_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    desk.settle()
    with district.read() as session:
        first = published(session, "yearly", "2024")
    assert len(first) == 1 and first[0].content["assessment.scheme"] == "第 1 版"
    actions.note_points(
        district, 2024, STREET, "加分", "经验被推广", None, "经验在全省推广交流", "赣府厅〔2024〕1号"
    )
    page.refresh()
    desk.settle()
    assert page.desk is not None and page.desk.moved
    page.publish_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    assert desk.focus is page.reason.field
    desk.type("补登加分一项")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    with district.read() as session:
        second = published(session, "yearly", "2024")[-1]
    assert second.version == 2 and any(each.name == "加分（朝阳洲街道）" for each in second.changes)


def test_a_scheme_line_takes_numbers_only() -> None:
    from tests.db.assessment.schemes import scheme

    plain = scheme()
    with pytest.raises(UsageError, match="不是数"):
        model.changed(plain, "set:cap", {"value": "一百"})
    assert model.changed(plain, "set:cap", {"value": "120"}).cap == Decimal(120)
    assert (
        model.changed(plain, "item:g:visit", {"weight": "30", "method": "met", "cap": "", "binding": "yes"})
        .groups[0]
        .items[0]
        .binding
    )
    assert not model.without(plain, "item:g:visit").groups[0].items
    assert [each.name for each in model.with_points(plain, "加分", "创新").bonus] == ["获表彰", "创新"]
