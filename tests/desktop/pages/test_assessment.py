"""年度考核 by keys: why a unit has its points, what-if, the scheme in versions, 加减分 with evidence, 复核, the workbook, publishing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QLineEdit

from db.assessment import keeping
from db.assessment.scheme import Group, Months, Points
from db.errors import UsageError
from db.findings import Severity
from db.publishing import published
from db.store import Store
from desktop.actions import assessment as actions
from desktop.pages import assessment_scheme_model as model
from desktop.pages import assessment_scheme_new as new
from desktop.pages.assessment import AssessmentPage
from desktop.pages.assessment_scheme_panel import NEW
from desktop.pages.bulletin import BulletinPage
from desktop.style.theme import font, tokens
from desktop.widgets.grid import _fitted
from tests.db.assessment.test_validating import PLAN
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
    unit = page.desk.result.unit(STREET)  # type: ignore[union-attr]
    before, item = unit.total, unit.item("upscale")
    gain = item.weight - (item.score or 0)  # two firms are all that is asked for
    line = page.scores.panel.lines["value"]
    line.selectAll()
    desk.type("2")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.scores.trying.isVisible() and "朝阳洲街道" in page.scores.trying.hint.text()
    after = page.scores._after[STREET]
    assert after.before.total == before and after.difference == gain > 0
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
    assert (tmp_path / "考核.xlsx").exists() and page.message.open_button.isVisible()
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


def test_a_scheme_is_built_up_by_keys(sit: Sit, district: Store) -> None:
    """A group with members, an item of it, a grade, months of a unit, the name; saved as a draft."""
    desk, page = at_page(sit, district, "scheme")
    part, panel = page.scheme, page.scheme.panel
    part.table.choose("name")
    desk.press(Qt.Key.Key_Return)
    desk.type("2024年度考核办法")
    # Typed and not confirmed: going to another line takes it along.
    part.table.choose("months")
    part.focus_first()
    panel.fields[f"first:{STREET}"].setFocus()
    desk.type("4")
    desk.press(Qt.Key.Key_Return)
    assert desk.focus is not panel.fields[f"first:{STREET}"], "Enter goes down the column"
    desk.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert part.scheme is not None and part.scheme.name == "2024年度考核办法"
    assert part.scheme.months == {STREET: Months(4, 12)}
    kind = panel.fields["kind"]
    assert isinstance(kind, QComboBox) and desk.focus is kind and panel.record == NEW
    kind.setCurrentIndex(kind.findData("group"))
    kind.activated.emit(kind.currentIndex())
    desk.settle()
    panel.fields["name"].setFocus()
    desk.type("试点街道")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert panel.record == "group:group1"
    kinds = panel.fields["kinds"]
    assert isinstance(kinds, QComboBox) and kinds.currentData() == "street"
    for code, tick in panel.ticks.items():
        if code != f"on:{STREET}" and tick.isChecked():
            tick.setFocus()
            desk.press(Qt.Key.Key_Space)
    assert kinds.currentData() == "", "ticking units frees the group from a kind"
    panel.take_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    desk.settle()
    told = [each.message for each in part.findings]
    assert any("朝阳洲街道同时在“街道”和“试点街道”两组里" in each for each in told), told
    assert "只能在一组考核" in panel.problem.text() and not part.save_button.isEnabled()
    part.table.choose("group:streets")
    panel.ticks[f"on:{STREET}"].setFocus()
    desk.press(Qt.Key.Key_Space)
    panel.take_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    desk.settle()
    part.table.choose("group:group1")
    desk.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert panel.values["group"] == "group1" and panel.values["weight"] == "100"
    measure = panel.fields["measure"]
    assert isinstance(measure, QComboBox)
    measure.setCurrentIndex(measure.findData("visit"))
    measure.activated.emit(measure.currentIndex())
    desk.settle()
    panel.fields["target"].setFocus()
    desk.type("六十")
    desk.press(Qt.Key.Key_Return)
    assert "不是数" in panel.problem.text() and panel.values["target"] == "六十", "what was typed stays"
    line = panel.fields["target"]
    assert isinstance(line, QLineEdit)
    line.selectAll()
    desk.type("60")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert panel.record == "item:group1:visit" and part.save_button.isEnabled(), part.findings
    desk.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert page.desk is not None and page.desk.version.version == 1 and not part.dirty
    found = page.desk.result.unit(STREET)
    assert found is not None and found.unit.group == "group1" and found.item("visit") is not None
    assert found.item("visit").target == 45  # type: ignore[union-attr]  # nine of twelve months
    assert page.desk.scheme.name == "2024年度考核办法"


def test_lines_are_put_in_order_by_keys_and_menu_as_a_new_version(sit: Sit, district: Store) -> None:
    """A used version keeps its order; the next one has the new one."""
    with district.write() as session:
        keeping.freeze(session, 2024, None, district.actor)
    desk, page = at_page(sit, district, "scheme")
    part = page.scheme
    order = [item.key for item in page.desk.scheme.group("streets").items]  # type: ignore[union-attr]
    part.table.choose(f"item:streets:{order[1]}")
    part.table.setFocus()
    desk.press(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    moved = [item.key for item in part.scheme.group("streets").items]  # type: ignore[union-attr]
    assert moved == [order[1], order[0], *order[2:]] and part.dirty
    assert part.table.current_id() == f"item:streets:{order[1]}" and desk.focus is part.table
    assert not [each for each in part.findings if each.severity is Severity.ERROR]
    part.more.menu_.aboutToShow.emit()
    assert not part.up.isEnabled() and part.down.isEnabled(), "it is the first one now"
    part.down.trigger()
    part.down.trigger()
    desk.settle()
    assert [item.key for item in part.scheme.group("streets").items] == [  # type: ignore[union-attr]
        order[0], order[2], order[1], *order[3:],
    ]  # fmt: skip
    desk.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert page.desk is not None and page.desk.version.version == 2
    used, new_ = (each.scheme.group("streets") for each in page.desk.versions)
    assert used is not None and [item.key for item in used.items] == order
    assert new_ is not None and [item.key for item in new_.items][:3] == [order[0], order[2], order[1]]
    found = page.desk.result.unit(STREET)
    assert found is not None and [each.key for each in found.items][:2] == [order[0], order[2]]


def test_findings_are_beside_their_line_and_f8_goes_to_them(sit: Sit, district: Store) -> None:
    desk, page = at_page(sit, district, "scheme")
    part, panel = page.scheme, page.scheme.panel
    part.table.choose("item:streets:duty")
    part.table.setFocus()
    desk.press(Qt.Key.Key_Delete)
    part.confirm.yes.setFocus()
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert "item:streets:duty" not in part.lines and part.next_button.isVisible()
    part.table.setFocus()
    desk.press(Qt.Key.Key_F8)
    assert panel.record == "group:streets" and "合计 90，应为 100" in panel.problem.text()
    assert desk.focus is panel.fields["name"]
    desk.press(Qt.Key.Key_Escape)
    assert not panel.isVisible() and desk.focus is part.table
    desk.press(Qt.Key.Key_Return)
    assert panel.isVisible() and desk.focus is panel.fields["name"], "Enter opens a panel that was closed"
    part.stop_button.setFocus()
    desk.press(Qt.Key.Key_Space)
    desk.settle()
    assert "item:streets:duty" in part.lines and not part.dirty


@pytest.mark.parametrize(
    "line", ["months", "group:bureaus", "item:bureaus:duty", "item:streets:visit", "veto"]
)
def test_the_scheme_fits_a_small_screen_at_150_percent(sit: Sit, district: Store, line: str) -> None:
    desk, page = at_page(sit, district, "scheme")
    desk.main.resize(911, 480)
    desk.settle()
    assert desk.main.width() == 911, "nothing asks for more"
    part = page.scheme
    part.table.choose(line)
    desk.settle()
    assert part.panel.isVisible() and not part.table.horizontalScrollBar().maximum()
    body = part.panel.body.parentWidget()
    assert body is not None and body.minimumSizeHint().width() <= part.panel.width() - 24
    assert not part.panel.problem.isVisible()
    right = part.panel.mapTo(desk.main, part.panel.rect().topRight()).x()
    assert right < desk.main.width()


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


def test_single_units_have_their_own_weight_and_target_or_are_left_out() -> None:
    from tests.db.assessment.schemes import scheme

    values = {"weight": "30", "on:a": "yes", "on:b": "no", "weight:a": "", "weight:b": "5", "target:a": "12"}
    made = model.changed(scheme(), "item:g:visit", values).groups[0].items[0]
    assert (made.units, dict(made.weights), dict(made.targets)) == (("a",), {}, {"a": Decimal(12)})
    assert not made.applies("b") and made.weight_of("a") == 30
    with pytest.raises(UsageError, match="至少要有一个单位"):
        model.changed(scheme(), "item:g:visit", {"on:a": "no"})


def test_grades_stay_in_order_and_the_veto_follows_a_new_name() -> None:
    from tests.db.assessment.schemes import scheme

    renamed = model.changed(scheme(), "grade:合格", {"name": "达标", "least": "95"})
    assert [each.name for each in renamed.grades] == [
        "达标",
        "优秀",
        "不合格",
    ] and renamed.veto_best == "达标"
    assert model.id_after("grade:合格", {"name": "达标"}) == "grade:达标"
    with pytest.raises(UsageError, match="已经有等次“优秀”"):
        model.changed(scheme(), "grade:合格", {"name": "优秀", "least": "60"})
    assert [each.name for each in model.without(renamed, "grade:优秀").grades] == ["达标", "不合格"]
    reasons = model.changed(scheme(), "veto", {"best": "合格", "reasons": "弄虚作假、 重大失实、、弄虚作假"})
    assert reasons.veto_reasons == ("弄虚作假", "重大失实")


@pytest.mark.parametrize(
    ("typed", "months"),
    [
        ({"first:u": "", "last:u": ""}, {}), ({"first:u": "1", "last:u": "12"}, {}), ({"first:u": "7", "last:u": ""}, {"u": Months(7, 12)}),
        ({"first:u": "", "last:u": "6"}, {"u": Months(1, 6)}), ({"first:u": "9", "last:u": "3"}, {"u": Months(9, 3)}),
    ],
)  # fmt: skip
def test_months_of_a_unit_are_typed_as_numbers(typed: dict[str, str], months: dict[str, Months]) -> None:
    from tests.db.assessment.schemes import scheme

    assert model.changed(scheme(), "months", typed).months == months
    with pytest.raises(UsageError, match="不是月份"):
        model.changed(scheme(), "months", {"first:u": "3.5", "last:u": ""})


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (911, 512)])
def test_items_with_long_names_stand_below_each_other_in_full(
    sit: Sit, district: Store, width: int, height: int
) -> None:
    """Many items have no room for their names beside each other: the units stand across, at 150 % too."""
    desk, page = at_page(sit, district)
    desk.main.resize(width, height)
    grid = page.scores.grid
    assert not page.scores.turned, "the streets have seven items"
    page.scores.groups.select("bureaus")
    page.scores.groups.chosen.emit("bureaus")
    desk.settle()
    assert page.scores.turned
    rows, units = dict(grid._rows), dict(grid._units)
    assert list(rows)[:2] == ["=total", "=grade"] and "indicator.1" in rows and "qfgw" in units
    face, small = QFontMetrics(font(tokens().metrics.small)), QFontMetrics(font(tokens().metrics.tiny))
    assert all(_fitted(face, name, int(grid._side()) - 8, 2) == name for name in rows.values())
    assert all(_fitted(small, name, int(grid._cell_width()), 3) == name for name in units.values())
    assert small.horizontalAdvance("100.00") <= grid._cell_width() - 2
    grid.setFocus()
    grid.stand_on("qfgw", "indicator.1")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert page.scores.panel.record == "qfgw/indicator.1"


def test_what_has_no_order_of_its_own_does_not_move() -> None:
    from tests.db.assessment.schemes import item, scheme

    plain = scheme(item("a"), item("b"), item("c"))
    assert [each.key for each in model.moved(plain, "item:g:c", -2).groups[0].items] == ["c", "a", "b"]
    for line, by in (
        ("item:g:a", -1),
        ("item:g:c", 1),
        ("item:g:none", 1),
        ("grade:优秀", 1),
        ("set:cap", 1),
    ):
        assert model.moved(plain, line, by) == plain
    two = replace(plain, bonus=(*plain.bonus, Points("创新", Decimal(1), Decimal(2))))
    assert [each.name for each in model.moved(two, "加分:创新", -1).bonus] == ["创新", "获表彰"]
    groups = replace(plain, groups=(*plain.groups, Group("h", "第二组", ())))
    assert [each.key for each in model.moved(groups, "group:h", -1).groups] == ["h", "g"]


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
    with pytest.raises(UsageError, match="没有用过的名称"):
        new.added(plain, PLAN, {"kind": "加分", "name": "获表彰", "points": "1", "limit": "1"})
    made, line = new.added(plain, PLAN, {"kind": "加分", "name": "创新", "points": "1", "limit": "2"})
    assert [each.name for each in made.bonus] == ["获表彰", "创新"] and line == "加分:创新"
    made, line = new.added(
        plain, PLAN, {"kind": "item", "group": "g", "measure": "indicator.1", "weight": "5"}
    )
    assert line == "item:g:indicator.1" and made.groups[0].items[1].target == "plan"
    assert "indicator.1" not in new.measures(made.groups[0], PLAN) and "visit" not in new.measures(
        plain.groups[0], PLAN
    )
