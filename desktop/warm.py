"""Bringing in the program's own modules while nobody is waiting for them, one per step."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
import sys
from collections.abc import Iterator

from desktop import pages

# In the order in which one needs the other, so that no step brings many. The pages themselves come after.
MODULES = (
    "pypinyin",
    "db.search", "db.drafts", "db.checks.general", "db.checks.run", "db.values", "db.derive",
    "desktop.actions.records", "desktop.actions.previous", "desktop.actions.versions",
    "desktop.actions.find_record", "desktop.actions.follow_ups",
    "desktop.tables.model", "desktop.tables.delegate", "desktop.tables.table",
    "desktop.widgets.button", "desktop.widgets.card", "desktop.widgets.chip", "desktop.widgets.facts",
    "desktop.widgets.filter_row", "desktop.widgets.side_panel", "desktop.widgets.line_chart",
    "desktop.forms.editor", "desktop.forms.field_box", "desktop.forms.match", "desktop.forms.suggestions",
    "desktop.forms.line_editors", "desktop.forms.pick_editors", "desktop.forms.recall", "desktop.forms.picker",
    "desktop.forms.record_picker", "desktop.forms.toggle_editors", "desktop.forms.list_editors",
    "desktop.forms.long_editor", "desktop.forms.files_editor", "desktop.forms.editors", "desktop.forms.layout",
    "desktop.forms.form", "desktop.forms.side", "desktop.forms.inner", "desktop.forms.quick_enterprise",
    "desktop.forms.conflict", "desktop.forms.follow_form", "desktop.forms.following",
    "desktop.forms.two_versions", "desktop.forms.frame", "desktop.forms.view",
    "desktop.pages.source", "desktop.pages.list_view", "desktop.pages.register_page", "desktop.pages.visits",
    "desktop.pages.groups",
)  # fmt: skip


def _pages() -> Iterator[str]:
    """The modules of the pages, those of the first run aside: it is over."""
    for found in pkgutil.iter_modules(pages.__path__, f"{pages.__name__}."):
        if not found.name.rpartition(".")[2].startswith("first_run"):
            yield found.name


def steps() -> Iterator[str]:
    """Import one module per step, leaving out those that are there already."""
    for name in (*MODULES, *_pages()):
        if name not in sys.modules:
            # A module that cannot be had is told of when its page is opened, not out of nowhere.
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
            yield name
