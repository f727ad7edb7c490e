"""A form whose firm is not there yet: the card is made in the form's place, and chosen. The card's fields are in
quick_enterprise.py."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject

from desktop.forms.frame import FormFrame
from desktop.forms.picker import EnterprisePicker
from desktop.forms.quick_enterprise import QuickEnterprise


class MakingFirm(QObject):
    """Belongs to one form; the little form is made when somebody first needs it."""

    def __init__(self, view: FormFrame) -> None:
        super().__init__(view)
        self.view = view

    def begin(self, typed: str) -> None:
        """Ask for the firm's card, with what was typed in the picker."""
        self._quick().begin(typed)
        self.view.touch()

    def restore(self, draft: dict[str, Any]) -> None:
        """Take it up as it was left."""
        self._quick().restore(draft)

    def _quick(self) -> QuickEnterprise:
        view = self.view
        if view.quick is None:
            source = "走访" if view.register == "visit" else "自行填报"
            quick = QuickEnterprise(view.context, source, view)
            quick.made.connect(self._made)
            quick.cancelled.connect(lambda: view.form.focus("enterprise_id"))
            quick.form.edited.connect(lambda _name: view.touch())
            view.place(quick)
            view.quick = quick
        return view.quick

    def _made(self, key: UUID, name: str) -> None:
        form = self.view.form
        picker = form.editor("enterprise_id")
        assert isinstance(picker, EnterprisePicker)
        picker.choose(key, name)
        form.focus(form.next_of("enterprise_id") or "enterprise_id")
