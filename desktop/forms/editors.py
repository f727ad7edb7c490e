"""Which editor a field gets: one decision per kind, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from db.fields import RECORD_TARGETS, Field, Kind
from db.upscale.rules import rules
from desktop.actions.previous import recalls
from desktop.context import AppContext
from desktop.forms.editor import Editor
from desktop.forms.files_editor import FilesEditor
from desktop.forms.line_editors import line_editor
from desktop.forms.list_editors import LogEditor
from desktop.forms.long_editor import LongEditor
from desktop.forms.pick_editors import PickEditor, PickManyEditor
from desktop.forms.picker import EnterprisePicker
from desktop.forms.recall import RecallEditor
from desktop.forms.record_picker import RecordPicker
from desktop.forms.toggle_editors import ChipsEditor, SegmentEditor, fits_segments

_MANY = 14  # more options than this are found by typing, not by reading them all


def make_editor(field: Field, context: AppContext, parent: QWidget | None = None) -> Editor:
    """The editor for a field."""
    kind = field.kind
    if kind is Kind.LONG:
        return LongEditor(field, context, parent)
    if kind is Kind.LOG:
        return LogEditor(field, context, parent)
    if kind is Kind.FILES:
        return FilesEditor(field, context, parent)
    if kind is Kind.CHECKLIST:
        return ChipsEditor(field, context, parent, lambda record: materials(record, context))
    if kind is Kind.REF and field.source == "enterprise":
        return EnterprisePicker(field, context, parent)
    if kind is Kind.REF and field.source in RECORD_TARGETS:
        return RecordPicker(field, context, parent)
    if kind in (Kind.CHOICES, Kind.REFS):
        many = (
            len(context.directory.options(field.source)) > _MANY
            if field.source
            else len(field.choices) > _MANY
        )
        return PickManyEditor(field, context, parent) if many else ChipsEditor(field, context, parent)
    if kind is Kind.BOOL or (kind is Kind.CHOICE and fits_segments(field)):
        return SegmentEditor(field, context, parent)
    if kind in (Kind.CHOICE, Kind.REF):
        return PickEditor(field, context, parent)
    if recalls(field):
        return RecallEditor(field, context, parent)
    return line_editor(field, context, parent)


def materials(record: Mapping[str, Any], context: AppContext) -> tuple[str, ...]:
    """What a candidate of this specialty hands in on this way, as the office has set it."""
    with context.store.read() as session:
        return rules(session).papers(record.get("specialty"), record.get("declare_type"))
