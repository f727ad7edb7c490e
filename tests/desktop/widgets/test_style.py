"""Colours can be read, both themes use one sheet, icons follow the colour, and missing fonts are said so."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDateEdit,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QSpinBox,
)

from desktop.style import fonts, icons, theme
from desktop.style.sheet import style_sheet
from desktop.style.tokens import DARK, LIGHT, TEXT_SIZES, Palette, contrast, make, text_pairs
from resources import path


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_reaches_four_and_a_half_to_one(palette: Palette) -> None:
    pairs = text_pairs(palette)
    assert len(pairs) > 40
    weak = [
        (what, round(contrast(text, ground), 2))
        for what, text, ground in pairs
        if contrast(text, ground) < 4.5
    ]
    assert weak == []


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", TEXT_SIZES)
def test_one_sheet_for_both_themes_and_all_sizes(dark: bool, size: int) -> None:
    sheet = style_sheet(make(dark, size))
    assert "$" not in sheet
    assert [
        name for name in re.findall(r'url\("(.*?)"\)', sheet) if not path("").joinpath(name).is_file()
    ] == []
    # The rules are the same, only colours and lengths differ.
    plain = style_sheet(make())

    def rules(text: str) -> list[str]:
        return re.findall(r"([^{}]+)\{", text)

    assert rules(sheet) == rules(plain)


def test_inputs_and_buttons_are_equally_high_and_grow_with_the_text(qapp: QApplication) -> None:
    heights = {}
    for size in (14, 16):
        theme.apply(qapp, size=size)
        made = [QLineEdit(), QComboBox(), QDateEdit(), QSpinBox(), QPushButton("保存")]
        for widget in made:
            widget.ensurePolished()
        heights[size] = {widget.sizeHint().height() for widget in made}
    theme.apply(qapp)
    assert heights == {14: {34}, 16: {39}}


def test_palette_agrees_with_the_tokens_in_the_dark(qapp: QApplication) -> None:
    theme.apply(qapp, dark=True)
    try:
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.ground)
        assert qapp.palette().color(QPalette.ColorRole.Text) == QColor(DARK.text)
        assert theme.tokens().dark
    finally:
        theme.apply(qapp)


def test_changing_the_theme_is_told(qapp: QApplication, qtbot) -> None:
    with qtbot.waitSignal(theme.notifier().changed, timeout=500):
        theme.apply(qapp)


def test_dates_and_dialogs_speak_chinese(qapp: QApplication, qtbot) -> None:
    assert QLocale().language() == QLocale.Language.Chinese
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel | QDialogButtonBox.StandardButton.Save)
    qtbot.addWidget(box)
    words = {button.text().split("(")[0] for button in box.buttons()}
    assert words == {"取消", "保存"}


def test_every_icon_draws_something_in_the_colour_asked_for() -> None:
    for name in icons.names():
        image = icons.pixmap(name, "#C0392B", 24, 1.0).toImage()
        seen = [
            image.pixelColor(x, y)
            for x in range(24)
            for y in range(24)
            if image.pixelColor(x, y).alpha() > 100
        ]
        assert seen, name
        assert all(colour.red() > 150 and colour.green() < 90 for colour in seen), name
    assert icons.pixmap("lock", "#000000", 18, 1.5).width() == 27
    with pytest.raises(KeyError):
        icons.pixmap("no such icon", "#000000")


def test_a_chinese_face_comes_first_and_its_lack_is_said_in_ascii() -> None:
    found = fonts.chinese_families()
    assert found
    assert fonts.ui_font(14).families()[0] == found[0]
    assert fonts.missing_font_warning() is None
    warning = fonts.missing_font_warning([])
    assert warning is not None and warning.isascii() and "fonts-wqy-microhei" in warning
