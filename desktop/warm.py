"""Bringing in the program's own modules while nobody is waiting for them, one per step."""

from __future__ import annotations

import contextlib
import dis
import functools
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from threading import Thread
from types import CodeType

from desktop import pages

OWN = ("db", "returns", "resources", "desktop")
HERE = (*OWN, "PySide6", "shiboken6")  # imported by the thread of the window itself
_IMPORT = dis.opmap["IMPORT_NAME"]
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
    """Import one module per step, those it needs before it, leaving out those that are there already."""
    seen: set[str] = set()
    for name in (*MODULES, *_pages()):
        for each in _leaves_first(name, seen):
            if each in sys.modules:
                continue
            if each.partition(".")[0] in HERE:
                _bring(each)
                yield each
            else:
                yield from _beside(each)


def _bring(name: str) -> None:
    # A module that cannot be had is told of when its page is opened, not out of nowhere.
    with contextlib.suppress(ImportError):
        importlib.import_module(name)


def _beside(name: str) -> Iterator[str]:
    """A library in a thread: it comes in one piece, and some take longer than a key may wait."""
    thread = Thread(target=_bring, args=(name,), name=f"import {name}", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.004)
        yield name


def _leaves_first(name: str, seen: set[str], within: frozenset[str] = frozenset()) -> Iterator[str]:
    """A module after those it names: a page brings in dozens, which would be one long step.

    `within`: what is being looked through. The parts of a package come with it, not before.
    """
    if name in seen or name in sys.modules:
        return
    seen.add(name)
    above = _above(name)
    if name.partition(".")[0] in OWN:
        for needed in (*above, *_needs(name)):
            yield from _leaves_first(needed, seen, within | {name})
    if within.isdisjoint(above):
        yield name


def _above(name: str) -> list[str]:
    """The packages a module lies in."""
    parts = name.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def _needs(name: str) -> list[str]:
    """The modules that one of ours imports at its top; [] where its code cannot be read."""
    try:
        found = importlib.util.find_spec(name)
        code: CodeType | None = getattr(found.loader, "get_code")(name) if found is not None else None  # noqa: B009
    except (ImportError, AttributeError):
        return []
    if code is None:
        return []
    needed = list(_imported(code))
    own = [each for each in needed if each.partition(".")[0] in OWN]
    return [*needed, *(f"{each}.{part}" for each in own for part in code.co_names if part in _parts(each))]


def _imported(code: CodeType) -> Iterator[str]:
    """The names after `import` and `from` at the top of a module."""
    high = 0
    for op, arg in zip(code.co_code[::2], code.co_code[1::2], strict=False):
        place = high << 8 | arg
        high = place if op == dis.EXTENDED_ARG else 0
        if op == _IMPORT and place < len(code.co_names):
            yield code.co_names[place]


@functools.cache
def _parts(package: str) -> frozenset[str]:
    """The modules of one of our packages; none of what is no package."""
    try:
        found = importlib.util.find_spec(package)
    except ImportError:
        return frozenset()
    places = found.submodule_search_locations if found is not None else None
    return frozenset(each.name for each in pkgutil.iter_modules(places)) if places else frozenset()
