"""What the side panel shows of a record: its facts, long texts, what is missing. Which buttons are under it is the page's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from db import values
from db.fields import Kind
from db.registers import REGISTERS
from desktop.actions.records import missing_fields
from desktop.context import AppContext
from desktop.forms.attachment_rows import AttachmentList
from desktop.style.theme import set_property
from desktop.widgets.facts import Facts
from desktop.widgets.labels import label

_TEXTS = (Kind.LONG, Kind.LOG)


def fill_detail(
    body: QVBoxLayout,
    register: str,
    record: Mapping[str, Any],
    context: AppContext,
    skip: Sequence[str] = (),
) -> None:
    """Put a record's filled fields into a panel: short ones in two columns, long ones below, gaps first.

    `skip`: fields that the page shows in a way of its own.
    """
    fields = [field for field in REGISTERS[register].fields if field.name not in skip]
    unread = record.get("unparsed") or {}
    missing = [REGISTERS[register].field(name).label for name in missing_fields(register, record)]
    problems = [f"没看懂“{text}”（{REGISTERS[register].field(name).label}）" for name, text in unread.items()]
    if missing:
        problems.insert(0, f"待补全：{'、'.join(missing)}")
    for problem in problems:
        line = label(problem, wrap=True)
        set_property(line, "state", "watch")
        body.addWidget(line)
    absent = record.get("not_applicable") or []
    short = []
    for field in fields:
        if field.kind in (*_TEXTS, Kind.FILES) or field.name == "enterprise_id":
            continue
        value = record.get(field.name)
        if field.name in absent:
            short.append((field.label, "不适用"))
        elif value not in (None, "", []):
            text = values.display(field, value, context.directory)
            short.append((field.label, f"{text} {field.unit}".strip() if field.unit else text))
    narrow = [fact for fact in short if len(fact[1]) <= 12 and len(fact[0]) <= 12]
    wide = [fact for fact in short if fact not in narrow]
    if narrow:
        body.addWidget(Facts(narrow, 2))
    for name, text in wide:
        body.addLayout(_pair(name, text))
    for field in fields:
        value = record.get(field.name)
        if field.kind in _TEXTS and value not in (None, "", []):
            body.addLayout(_pair(field.label, values.display(field, value, context.directory)))
        elif field.kind is Kind.FILES and value:
            body.addWidget(label(field.label, "fact"))
            body.addWidget(AttachmentList(value, context))
    body.addStretch(1)


def _pair(name: str, text: str) -> QVBoxLayout:
    pair = QVBoxLayout()
    pair.setSpacing(1)
    pair.addWidget(label(name, "fact"))
    shown = label(text, wrap=True)
    shown.setAccessibleName(f"{name}：{text}")
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    pair.addWidget(shown)
    return pair
