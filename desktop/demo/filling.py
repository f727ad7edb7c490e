"""Filling in a form by keys: each field as its own editor wants it typed, Enter to the next."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.demo.driver import Driver, Stuck
from desktop.forms.editor import Editor
from desktop.forms.form import RecordForm
from desktop.forms.pick_editors import PickEditor, PickManyEditor
from desktop.forms.picker import EnterprisePicker
from desktop.forms.toggle_editors import ChipsEditor, SegmentEditor


def fill(driver: Driver, form: RecordForm, answers: Mapping[str, str]) -> None:
    """Go through a form from the field with the focus and type what is to be answered. Several words with “、”.

    Stuck where an answer's field was never reached, or holds something else in the end.
    """
    left = dict(answers)
    seen: set[str] = set()
    while left and form.current and form.current not in seen:
        name = form.current
        seen.add(name)
        if name in left:
            answer(driver, form, name, left.pop(name))
        driver.watch()
        if left and form.current == name:
            go_on(driver, form, name)
    if left:
        raise Stuck(f"表单里没有走到“{'、'.join(_label(form, name) for name in left)}”。")


def answer(driver: Driver, form: RecordForm, name: str, text: str) -> None:
    """Type one answer into the field with the focus."""
    editor = form.editor(name)
    if isinstance(editor, EnterprisePicker):
        _pick_firm(driver, form, editor, text)
    elif isinstance(editor, SegmentEditor):
        driver.type(_digit(editor, text))
    elif isinstance(editor, ChipsEditor):
        for word in text.split("、"):
            driver.type(_digit(editor, word))
    else:
        if not editor.content().blank:
            driver.keys("Ctrl+A")
        driver.type(text)
        if (
            isinstance(editor, PickEditor)
            and not isinstance(editor, PickManyEditor)
            and editor.list.isVisible()
        ):
            editor.list.take()
    if editor.content().blank or editor.content().unparsed:
        raise Stuck(f"“{_label(form, name)}”没有填进去：{editor.content().reason or text}")


def go_on(driver: Driver, form: RecordForm, name: str) -> None:
    """Enter to the next field; Tab from an editor that keeps Enter for itself."""
    following = form.next_of(name)
    for press in ("Return", "Tab"):
        driver.keys(press)
        if form.current != name or not following:
            return
    raise Stuck(f"按 Enter 和 Tab 都没有离开“{_label(form, name)}”。")


def _pick_firm(driver: Driver, form: RecordForm, editor: EnterprisePicker, typed: str) -> None:
    driver.type(typed)
    driver.wait(lambda: editor.list.isVisible(), "企业的候选名单")
    driver.settle()
    driver.watch()
    driver.keys("Return")
    driver.wait(lambda: editor.content().value is not None, f"选定“{typed}”")


def _digit(editor: Editor, word: str) -> str:
    """The number shown before a choice; without a field of text there is nothing else to type."""
    boxes = editor.boxes  # type: ignore[attr-defined]  # both kinds of toggles have them
    for place, name in enumerate(boxes.words):
        if (name == word or name.startswith(word)) and place < 10:
            return "1234567890"[place]
    raise Stuck(f"没有“{word}”这个选项。")


def _label(form: RecordForm, name: str) -> str:
    return form.boxes[name].field.label if name in form.boxes else name
