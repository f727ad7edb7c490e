"""Starting the windows: paint the frame, then open the register and fill it; ending them; what happens when we fail.

`main` is the program; `build_window` is a window over a register that is already open (practice runs, tests).
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from desktop.crash import keep_drafts, leave_forms, tell, write_report
from desktop.jobs import Jobs
from desktop.opening import Frame
from desktop.page import PageSpec, arrange
from desktop.pages import specs
from desktop.places import PAGE_OF
from desktop.starting import Starting, load
from desktop.style import theme
from desktop.window import MainWindow

_FIRST = "month"  # the page that can be shown before the register is open
_PAINT = 10  # ms
_IDLE = 1500  # ms after the window is there
IBUS_PORTAL = "org.freedesktop.portal.IBus"


def main(root: Path | None = None) -> int:
    """Open the window over the register in `root` (the user's own folder) and run until it is closed."""
    set_input_method(os.environ)
    app = theme.application(sys.argv[:1])
    app.setApplicationName("qianqi")
    app.setApplicationDisplayName("千企台账")
    program = Program(app, root)
    program.start()
    code = app.exec()
    program.finish()
    return code


def set_input_method(environment: Any, owns: Callable[[str], bool] | None = None) -> bool:
    """Reach fcitx5 and IBus through the portal where it is there; otherwise leave everything as it is.

    The wheels carry no fcitx plugin, and the IBus one stays silent without portal mode. Before QApplication.
    """
    if sys.platform != "linux" or not environment.get("DBUS_SESSION_BUS_ADDRESS"):
        return False
    if not (owns or _bus_owns)(IBUS_PORTAL):
        return False
    environment["QT_IM_MODULE"] = "ibus"
    environment["IBUS_USE_PORTAL"] = "1"
    return True


def _bus_owns(name: str) -> bool:
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "qianqi-input")
    owned = bus.isConnected() and bool(bus.interface().isServiceRegistered(name).value())
    QDBusConnection.disconnectFromBus("qianqi-input")
    return owned


class Program:
    """One run of the program: the window, the register once it is open, and the way out."""

    def __init__(self, app: QApplication, root: Path | None = None) -> None:
        self.app = app
        self.root = root or _usual_root()
        self.frame = Frame(self.root)
        self.jobs = Jobs()
        self.context: Any = None
        self.store: Any = None
        self.window: Starting | None = None
        self.instead: QWidget | None = None  # first run, or why the register cannot be opened
        self._news: tuple[str, str, str] | None = None  # to be said once the window is there again
        self._failing = False
        self._ended = False

    def start(self) -> None:
        """Show the frame as it was last time; the rest comes after it is painted."""
        theme.apply(self.app, self.frame.dark, self.frame.text_size)
        sys.excepthook = self.failed
        self.window = Starting(self.frame, self._specs(), self.jobs, self._painted)
        self.window.show()
        QTimer.singleShot(2 * _IDLE, self.app, _collect_again)

    def _painted(self) -> None:
        """本月 as it was last time, where people were there; then the register."""
        assert self.window is not None
        if self.frame.get("window/page", _FIRST) == _FIRST and self.frame.month() is not None:
            self.window.show_kept(_FIRST)
        # What was just put into the window is painted first.
        QTimer.singleShot(_PAINT, self.window, self.open)

    def open(self) -> None:
        """Open the register aside, then fill the window, or show what stands in the way."""
        root = self.root
        self.jobs.run(
            "open", lambda _progress, _cancelled: load(root), on_done=self._opened, on_failed=self._not_opened,
            supersede=False, cancellable=False, quiet=True,
        )  # fmt: skip

    def _opened(self, store: Any) -> None:
        self.store = store
        if self._ended:
            return
        if store is None:
            self._first_run()
        else:
            self.fill()
        self._tell_news()

    def _not_opened(self, error: Exception) -> None:
        from db.errors import KnownError

        if not isinstance(error, KnownError):
            raise error
        if not self._ended:
            self._trouble(error.message, error.hint)
            self._tell_news()

    def _tell_news(self) -> None:
        if self.window is not None and self._news is not None:
            self.window.say(*self._news)
            self._news = None

    def fill(self) -> None:
        """The register is open: give the window its context and its first page."""
        from desktop.context import AppContext

        before = (self.frame.role, self.frame.dark, self.frame.text_size)
        self.context = AppContext(self.store, self.jobs)
        self.frame.open(self.context)
        dark = theme.wants_dark(str(self.store.setting("theme", "light")))
        size = int(self.store.setting("text_size", 14) or 14)
        if (self.context.role, dark, size) != before:
            theme.apply(self.app, dark, size)
        window = self.window
        if window is None or before[0] != self.context.role:
            # Another role has other pages: the frame is made anew.
            self.window = Starting(self.frame, self._specs(), self.jobs, None)
            self.window.show()
            if window is not None:
                window.deleteLater()
        assert self.window is not None
        if self.instead is not None:
            self.window.stack.removeWidget(self.instead)
            self.instead.deleteLater()
            self.instead = None
        wire(self.window, self.context)
        self.context.restore_asked.connect(self.restore)
        self.window.refresh_top()
        self.window.nav.setEnabled(True)
        self.window.top.setEnabled(True)
        if not open_draft(self.window, self.context):
            self.window.go_on()

    def restore(self, source: Path) -> None:
        """Put a backup in the register's place: everything is closed, and opened again over what is there then."""
        from db.errors import KnownError
        from desktop.actions.backup import restore

        old, store = self.window, self.store
        keep_drafts(old)
        self.frame.keep()
        self.frame.write()
        self.context.close()
        store.close()
        self.context = self.store = None
        self.frame, self.jobs = Frame(self.root), Jobs()

        def work(_progress: Any, _cancelled: Any) -> None:
            try:
                done = restore(self.root, source)
            except KnownError as error:
                self._news = (f"没有恢复：{error.message}", error.hint, "alarm")
            else:
                kept = f"恢复前的台账另存为“{done.kept.name}”。" if done.kept is not None else ""
                if done.attachments_missing:
                    kept += f"有 {done.attachments_missing} 个附件的内容不在备份旁边，没有恢复。"
                self._news = (
                    f"已恢复到“{source.name}”。",
                    kept,
                    "watch" if done.attachments_missing else "ok",
                )

        def opened(_result: object = None) -> None:
            self.open()

        def begin() -> None:
            self.jobs.run(
                "restore",
                work,
                title="恢复备份",
                on_done=opened,
                on_failed=opened,
                supersede=False,
                cancellable=False,
            )

        self.window = Starting(self.frame, self._specs(), self.jobs, begin)
        self.window.show()
        if old is not None:
            old.hide()
            old.deleteLater()

    def finish(self) -> None:
        """Keep drafts and memory, copy the register, close it."""
        self._ended = True
        if self.context is not None:
            self.frame.keep(self._month())
            self.context.close()
        else:
            self.jobs.shutdown()
        if self.store is None:
            return
        from db.errors import KnownError
        from desktop.actions.backup import back_up_on_close

        try:
            back_up_on_close(self.store)
        except KnownError as error:
            write_report(self.root, error, "退出时备份")
        finally:
            self.store.close()
            if self.frame.real is not None:
                self.frame.write()

    def _month(self) -> dict[str, Any] | None:
        """本月 as it is now, for the next start; None where it cannot be read."""
        from desktop.pages import this_month_model as model
        from desktop.pages.this_month import ThisMonth
        from desktop.pages.this_month_view import FEW, to_plain

        c = self.context
        page = self.window.page_of(_FIRST) if self.window is not None else None
        lines = page.lines if isinstance(page, ThisMonth) else FEW
        try:
            return to_plain(model.now(self.store, c.unit_code, c.role, c.period, lines))
        except Exception as error:  # whatever is broken, the register must still be copied and closed
            write_report(self.root, error, "退出时记下本月")
            return None

    def failed(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        """We are wrong: keep what is typed first, write the report, then say so."""
        if issubclass(kind, KeyboardInterrupt):
            self.app.quit()
            return
        if self._failing:
            return
        self._failing = True
        try:
            kept = keep_drafts(self.window)
            report = write_report(self.root, error.with_traceback(trace), "窗口")
            tell(self.window, report, kept, error)
        finally:
            self._failing = False

    # Below: what stands in the window's place while there is no register.

    def _specs(self) -> list[PageSpec]:
        # The window hands its frame to the pages; they want the register's context as soon as it is there.
        def of_register(spec: PageSpec) -> PageSpec:
            return replace(spec, factory=lambda _frame: spec.factory(self.context or self.frame))

        return [of_register(spec) for spec in specs()]

    def _first_run(self) -> None:
        from desktop.pages.first_run import FirstRun

        self._show_instead(FirstRun(self.window, self._made, root=self.root, jobs=self.jobs))

    def _made(self, store: Any) -> None:
        self.store = store
        self.root = store.folder.root
        self.fill()

    def _trouble(self, text: str, hint: str) -> None:
        from desktop.widgets.empty import EmptyState

        self._show_instead(EmptyState(text, hint, "再试一次", self._again, icon="alert"))

    def _again(self) -> None:
        if self.window is not None and self.instead is not None:
            self.window.stack.removeWidget(self.instead)
            self.instead.deleteLater()
            self.instead = None
        self.open()

    def _show_instead(self, widget: QWidget) -> None:
        assert self.window is not None
        self.instead = widget
        self.window.nav.setEnabled(False)
        self.window.top.setEnabled(False)
        self.window.stack.addWidget(widget)
        self.window.stack.setCurrentWidget(widget)


def build_window(store: Any, *, jobs: Jobs | None = None, today: Any = None) -> tuple[MainWindow, Any]:
    """(window, context) over an open register, wired as in the program; the caller shows it and closes both."""
    from desktop.context import AppContext

    context = AppContext(store, jobs, today=today)
    window = MainWindow(context, specs(context), context.jobs)
    wire(window, context)
    return window, context


def wire(window: MainWindow, context: Any) -> None:
    """Let the window hear of changes, and the field in the top bar find firms; the rest of the forms waits till idle."""

    def changed(_register: str) -> None:
        window.invalidate()
        window.refresh_top()

    def find(text: str) -> Any:
        from desktop.finding import search_everything

        return search_everything(context, pages, text, window.page.key if window.page else "")

    def act(name: str, args: dict[str, Any]) -> None:
        from desktop.quick_actions import perform

        perform(window, context, name, args)

    def warm() -> None:
        from desktop import warm
        from desktop.idle import Idle

        def steps() -> Iterator[object]:
            yield from warm.steps()
            idle()

        # Libraries that know nothing of the windows are brought in aside.
        context.jobs.run(
            "libraries",
            _load_libraries,
            on_done=lambda _: Idle(window).add(steps()),
            owner=window,
            quiet=True,
        )

    def idle() -> None:
        from db import find as searching
        from desktop.badges import keep_badges

        context.jobs.run(
            "find", lambda _progress, cancelled: searching.catch_up(context.store, cancelled), title="更新检索",
            quiet=True,
        )  # fmt: skip
        keep_badges(window, context)

    context.data_changed.connect(changed)
    pages = [(each.key, each.word) for group in arrange(specs(), context.role) for each in group]
    window.set_search(find)
    window.act_asked.connect(act)
    window.closing.connect(lambda: leave_forms(window))
    QTimer.singleShot(_IDLE, window, warm)


def _collect_again() -> None:
    """The start put the collector off. What is there by now stays: it need not be walked through again and again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _load_libraries(_progress: Any, _cancelled: Any) -> None:
    """The dictionaries take a quarter of a second: not while someone types the first letter. So do workbooks."""
    import openpyxl  # noqa: F401

    from desktop.forms.match import spelled

    spelled("千企台账")


def open_draft(window: MainWindow, context: Any) -> bool:
    """Show the form that was open when the program was cut off; False where there is none."""
    from db import drafts

    for kept in drafts.all_drafts(context.store):
        if kept.values.get("open"):
            key = PAGE_OF.get(kept.register)
            if key is not None and window.goto(key, draft=kept):
                return True
    return False


def _usual_root() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("qianqi", appauthor=False))
