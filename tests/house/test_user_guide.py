"""The user guide says what the windows do: every page, button and key it names is there, and no page is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from db import setup
from db.registers import REGISTERS
from db.store import Store
from desktop.app import build_window
from desktop.context import AppContext
from desktop.demo import offices
from desktop.demo.desk import Desk
from desktop.forms.editors import make_editor
from desktop.pages import specs
from desktop.pages.bulletin import TABS, BulletinPage
from desktop.pages.dispatch import DispatchPage
from desktop.pages.enterprises import EnterprisesPage
from desktop.pages.groups import GroupPage
from desktop.pages.issues import VIEWS, IssuesPage
from desktop.pages.register_page import RegisterPage
from desktop.pages.register_views import ViewsPage
from desktop.pages.settings import SECTIONS, SettingsPage
from desktop.style import theme
from desktop.widgets.button import Button
from desktop.widgets.shortcuts import EVERYWHERE
from tests.db import fixtures

pytestmark = pytest.mark.slow

GUIDE = (Path(__file__).parents[2] / "docs" / "user-guide.md").read_text(encoding="utf-8")
# Taken as examples of what may be typed, or pressed on the keyboard of any program.
TYPED = {"键", "5-8", "0508"}
# Keys of a list or a table's own, read by it directly; each is pressed in tests/desktop.
OF_TABLES = {"↓", "Alt ↑", "Delete", "Enter", "Ctrl C"}


@pytest.fixture(scope="module")
def seen(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Words of buttons, and keys, of all pages and forms of both roles."""
    theme.apply(qapp)
    buttons: set[str] = set()
    keys: set[str] = set()
    for role in ("clerk", "supervisor"):
        store = setup.initialise(tmp_path_factory.mktemp(role) / "台账", fixtures.STREET, role, person="张敏")
        for widget, context in _everything(store):
            found = widget.findChildren(Button)
            buttons |= {word for button in found for word in (button.text(), button.accessibleName()) if word}
            keys |= {_read(button.keys) for button in found if button.keys}
            keys |= {
                _read(each.key().toString(QKeySequence.SequenceFormat.PortableText))
                for each in widget.findChildren(QShortcut)
            }
            keys |= _named(label.text() for label in widget.findChildren(QLabel))
            keys |= _named(
                make_editor(field, context, widget).hint()
                for register in REGISTERS.values()
                for field in register.fields
                if not field.computed
            )
        store.close()
    buttons |= _of_panels(tmp_path_factory.mktemp("bureau") / "台账")
    keys |= {_read(part) for written, _ in EVERYWHERE for part in written.split(" / ")}
    return {"buttons": buttons, "keys": keys}


def _everything(store: Store) -> Iterator[tuple[QWidget, AppContext]]:
    """The window with every page built and every form opened once."""
    window, context = build_window(store)
    for key in window.nav.items:
        window.goto(key)
        context.jobs.wait_idle()
        page = window.page
        if isinstance(page, IssuesPage):
            for view, _word in VIEWS:
                page.show_view(view)
                context.jobs.wait_idle()
        if isinstance(page, ViewsPage):
            for each in page.views:
                page.show_view(each.key)
                context.jobs.wait_idle()
            page.show_view("list")
        if isinstance(page, EnterprisesPage):
            assert page.card and page.duplicates and page.joining  # each made when first asked for
        if isinstance(page, RegisterPage):
            page.open_form()
            member = page.current if isinstance(page, GroupPage) else page
            member.intake.open_file(Path("台账.xlsx"))
            member.intake.open_side()
            context.jobs.wait_idle()
        elif isinstance(page, BulletinPage):
            for tab, _word, _factory in TABS:
                page.show_tab(tab)
                context.jobs.wait_idle()
        elif isinstance(page, SettingsPage):
            for section, _word in SECTIONS:
                page.show_section(section)
                context.jobs.wait_idle()
        elif isinstance(page, DispatchPage):
            for step in ("check", "explain", "preview", "submit"):
                page.show_step(step)
                context.jobs.wait_idle()
    yield window, context
    context.jobs.wait_idle()
    window.close()
    context.close()
    window.deleteLater()


def _of_panels(folder: Path) -> set[str]:
    """Words of the buttons beside records, of an office that keeps projects and lists, in a month nobody wrote yet."""
    unit = offices.plan_of_play().unit("qfgw")
    assert unit is not None
    store = offices.open_office(offices.Office(unit, folder, "李静"))
    found: set[str] = set()
    desk = Desk.over(store)
    desk.driver.context.set_period(offices.PERIOD.shift(1))
    for page in ("tasks", "projects"):
        group = desk.go(page)
        assert isinstance(group, GroupPage)
        for register in group.registers:
            group.show_tab(register)
            desk.driver.settle()
            rows = group.list.table.paged.rowCount() if group.list.table is not None else 0
            for row in range(min(rows, 5)):
                desk.choose(group, row)
                found |= {button.text() for button in group.list.panel.findChildren(Button)}
    desk.close()
    store.close()
    return found


def test_every_page_is_told_of_and_nothing_else_is_called_one() -> None:
    named = set(re.findall(r"\*\*(.+?)\*\*", GUIDE))
    assert named == {spec.word for spec in specs()}


def test_every_button_it_names_is_there(seen: dict[str, set[str]]) -> None:
    named = set(re.findall(r"【(.+?)】", GUIDE)) - {""}
    assert len(named) > 12
    assert named <= seen["buttons"], named - seen["buttons"]


def test_every_key_it_names_works_somewhere(seen: dict[str, set[str]]) -> None:
    named = {
        _read(key) for key in set(re.findall(r"`(.+?)`", GUIDE)) - TYPED if not key.startswith("qianqi ")
    }
    assert len(named) > 15
    missing = {key for key in named - OF_TABLES if key not in seen["keys"]}
    assert not missing


def _named(texts: Iterator[str]) -> set[str]:
    """Keys that a line of help speaks of."""
    pattern = re.compile(r"(?:(?:Ctrl|Shift|Alt)\+)*(?:F\d+|Enter|Tab|Esc|Delete)")
    return {_read(key) for text in texts for key in pattern.findall(text)}


def _read(key: str) -> str:
    words = (
        key.replace("+", " ")
        .replace("Return", "Enter")
        .replace("Left", "←")
        .replace("Right", "→")
        .replace("PgDown", "PgDn")
        .replace("Down", "↓")
        .split()
    )
    return " ".join(words)
