"""Puts the look on the application and tells who asks what it is now. Chinese locale and Qt's own words too."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from desktop.style.fonts import strong_weight, ui_font
from desktop.style.palette import qpalette
from desktop.style.sheet import style_sheet
from desktop.style.tokens import DEFAULT_TEXT, Tokens, make


class _Notifier(QObject):
    changed = Signal()
    # Another look is about to be put on: a list to which listeners add what makes room for it, in short steps.
    changing = Signal(object)


class _State:
    """What is in force; one per process, as there is one QApplication."""

    tokens: Tokens = make()
    notifier: _Notifier | None = None
    translator: QTranslator | None = None
    fusion: bool = False
    strong: int = int(QFont.Weight.DemiBold)


def tokens() -> Tokens:
    """The tokens in force (light, 14 pixels, before `apply` was called)."""
    return _State.tokens


def notifier() -> _Notifier:
    """Its signal `changed` fires after another theme or text size was applied."""
    if _State.notifier is None:
        _State.notifier = _Notifier()
    return _State.notifier


def application(arguments: Sequence[str] = ()) -> QApplication:
    """The one QApplication, in Fusion from its start.

    Setting the style later hands Python a QStyle, and making that class known takes ten milliseconds before the
    first paint.
    """
    app = QApplication.instance()
    if app is None:
        app = QApplication([*(arguments or ("qianqi",)), "-style", "fusion"])
        _State.fusion = True
    assert isinstance(app, QApplication)
    return app


def apply(app: QApplication, dark: bool = False, size: int = DEFAULT_TEXT) -> Tokens:
    """Dress the whole application; may be called again at any time to change theme or text size."""
    _speak_chinese(app)
    made = make(dark, size)
    _State.tokens = made
    if not _State.fusion:
        # Once: under a style sheet the style no longer tells its name, and setting it again polishes everything.
        app.setStyle("Fusion")
        _State.fusion = True
    app.setPalette(qpalette(made))
    face = ui_font(made.metrics.text)
    _State.strong = strong_weight(face.families())
    app.setFont(face)
    app.setStyleSheet(style_sheet(made, _State.strong))
    notifier().changed.emit()
    return made


_SLICE = 0.03  # seconds


def change(app: QApplication, dark: bool, size: int) -> None:
    """Put another look on while the window goes on working: what is not to be seen and can be made again goes first.

    Every widget there is costs a third of a millisecond; eight pages with their forms would take seconds.
    """
    steps: list[Callable[[], object]] = []
    notifier().changing.emit(steps)
    steps.append(lambda: apply(app, dark, size))

    def take() -> None:
        end = time.perf_counter() + _SLICE
        while steps and time.perf_counter() < end:
            steps.pop(0)()
        if steps:
            QTimer.singleShot(0, app, take)

    take()


def wants_dark(setting: str) -> bool:
    """Whether the setting (light, dark, system) asks for the dark table now."""
    if setting != "system":
        return setting == "dark"
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def font(pixels: int | None = None, strong: bool = False) -> QFont:
    """The program's font for painters: at the text size unless `pixels` says otherwise; weight 600 if strong."""
    made = QFont(QApplication.font())
    made.setPixelSize(_State.tokens.metrics.text if pixels is None else pixels)
    if strong:
        made.setWeight(QFont.Weight(_State.strong))
    return made


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property the style sheet looks at (card, primary, role, state …) and have it looked at again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # not shown yet: it will be looked at then
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def _speak_chinese(app: QApplication) -> None:
    """Chinese dates, numbers and standard dialogs; without it dates read "1 01 2000" and buttons "Cancel"."""
    if _State.translator is not None:
        return
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    translator = QTranslator(app)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
    _State.translator = translator
