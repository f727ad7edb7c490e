"""Forms on a small screen at 150 %: one column, segments in lines, nothing cut off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from db.registers import REGISTERS
from desktop.context import AppContext
from desktop.forms.frame import _Keys
from desktop.forms.toggle_editors import SegmentEditor, _Boxes
from desktop.forms.view import FormView
from desktop.widgets.labels import ElidedLabel

FORMS = [key for key in REGISTERS if key != "indicator"]
# What a form has of 1366 × 768 beside the navigation, at 150, 125 and 100 percent.
SIZES = {150: (695, 440), 125: (878, 540), 100: (1150, 690)}


@pytest.fixture(params=FORMS)
def view(request: pytest.FixtureRequest, context: AppContext) -> Iterator[FormView]:
    made = FormView(request.param, context)
    made.show()
    made.begin()
    made.form.show_all = True
    made.form.show_record()
    yield made
    context.jobs.wait_idle()
    made.put_away()
    made.close()
    made.deleteLater()


def test_nothing_is_cut_off_at_any_scale(view: FormView, context: AppContext, qapp: QApplication) -> None:
    for percent, (width, height) in SIZES.items():
        view.resize(width, height)
        QTest.qWait(20)
        context.jobs.wait_idle()
        qapp.processEvents()
        assert view.minimumSizeHint().width() <= width, percent
        grid = view.form.grid
        assert grid.width() <= view.form.viewport().width(), percent
        for boxes in view.form.findChildren(_Boxes):
            if boxes.isVisible() and boxes.words:
                last = boxes.boxes()[-1]
                assert last.right() <= boxes.width() + 1 and last.bottom() <= boxes.height() + 1, percent
        for name, box in view.form.boxes.items():
            if box.isVisible():
                assert box.geometry().right() <= grid.width() and box.editor.width() >= 160, (percent, name)
        for label in view.form.findChildren(QLabel):
            if label.isVisible() and not label.wordWrap() and not isinstance(label, ElidedLabel):
                assert label.sizeHint().width() <= label.width() + 1, (percent, label.text())
        keys = view.findChild(_Keys)
        assert keys is not None and not keys._too_long(), percent
        for button in view.findChildren(QAbstractButton):
            if button.isVisible():
                assert button.width() >= button.minimumSizeHint().width() - 1, (percent, button.text())


def test_columns_follow_the_room(context: AppContext, qapp: QApplication) -> None:
    view = FormView("visit", context)
    view.show()
    view.begin()
    view.resize(1150, 690)
    qapp.processEvents()
    first, second = view.form.boxes["visit_date"], view.form.boxes["visit_mode"]
    mode = view.form.editor("visit_mode")
    assert isinstance(mode, SegmentEditor)
    assert first.y() == second.y() and mode.boxes._in_one(mode.boxes.width())
    order = view.form.grid.order()
    view.resize(878, 540)
    qapp.processEvents()
    assert first.y() == second.y() and not mode.boxes._in_one(mode.boxes.width())  # chips in two lines
    view.resize(695, 440)
    qapp.processEvents()
    assert first.y() < second.y() and mode.boxes._in_one(mode.boxes.width())
    assert view.form.grid.order() == order
    context.jobs.wait_idle()
    view.put_away()
    view.close()
    view.deleteLater()
