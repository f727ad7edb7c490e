"""The machine can show Chinese and reads UTF-8: what every other test of a window takes for granted."""

from __future__ import annotations

import locale

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QRawFont
from pytestqt.qtbot import QtBot


def test_a_chinese_font_is_installed(qtbot: QtBot) -> None:
    families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    assert families, "no Chinese font: run `make test`, which installs fonts-wqy-microhei"
    raw = QRawFont.fromFont(QFont(families[0]), QFontDatabase.WritingSystem.SimplifiedChinese)
    assert all(raw.supportsCharacter(ord(letter)) for letter in "千企台账走访问题上云培育指标，。：；")


def test_chinese_text_has_width(qtbot: QtBot) -> None:
    metrics = QFontMetricsF(QFont("sans-serif", 12))
    assert metrics.horizontalAdvance("千企台账") > 2 * metrics.horizontalAdvance("千")


def test_the_locale_is_utf8() -> None:
    assert locale.getpreferredencoding(False).upper().replace("-", "") == "UTF8"
