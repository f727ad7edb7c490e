"""What pages print and from where: the list, a blank form, the record that is chosen. The papers are made in actions/printing.

`view` is a ListView; it is not named as a type, for list_view.py uses this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from db import deadlines
from db.periods import Period
from db.registers import REGISTERS
from desktop.context import AppContext
from desktop.page import SUPERVISOR
from desktop.printing import Make, ask
from desktop.widgets.button import Button

# What the paper of one record is called, where it is more than its form.
_WORDS = {"issue": "打印选中问题的交办单…", "enterprise": "打印选中企业的档案…"}


def add_to_menu(view: Any) -> None:
    """The printing entries of a list's menu."""
    context, register = view.context, view.plan.register
    view.more.add(
        "打印列表…", lambda: print_list(view), "Ctrl+P", tip="按现在的筛选、列和排序打印，或存为 PDF"
    )
    view.more.add(
        f"打印空白{REGISTERS[register].noun}表…", lambda: print_blank(view),
        tip="带到现场手写，回来再录入",
    )  # fmt: skip
    view.more.add(_WORDS.get(register, "打印选中的一条…"), lambda: print_chosen(view), "Ctrl+Shift+P")
    if register == "issue":
        view.more.add(
            "打印催办单…", lambda: print_reminders(view, context), tip="超期和临近到期的问题，按责任单位"
        )
    if register == "duty":
        view.more.add("打印责任清单…", lambda: print_duties(view), tip="任务、责任单位、时限和进展，列全")


def add_to_panel(view: Any, record: Mapping[str, Any]) -> None:
    """交办单 at the foot of a problem's side panel; other panels have no room to spare, and the menu has theirs."""
    if view.plan.register != "issue":
        return
    context = view.context
    button = Button(
        "交办单", lambda: print_record(view, context, "issue", record["id"]), view.panel, role="small"
    )
    button.setToolTip("预览后打印，或存为 PDF")
    view.panel.foot.addWidget(button)


def print_chosen(view: Any) -> None:
    """The paper of the row that is chosen in the list."""
    key = view.table.current_id() if view.table is not None else ""
    if key:
        print_record(view, view.context, view.plan.register, UUID(hex=key))
    else:
        view.say("先在列表里选中一条。", "用 ↓ 进入列表，再按一次。", "neutral")


def print_list(view: Any) -> None:
    """The list as it is shown."""
    store, query, columns = view.context.store, view.shown_query(), view.look.names()
    about = filter_words(view)
    ask(
        view, view.context,
        lambda progress, cancelled: _papers().list_paper(
            store, query, columns, "", about, progress=progress, cancelled=cancelled
        ),
    )  # fmt: skip


def print_blank(view: Any) -> None:
    """The list's form to be filled by hand."""
    ask(view, view.context, _blank(view.context, view.plan.register))


def filter_words(view: Any) -> str:
    """What the list is limited to, as people say it: “2024 年，状态：办理中，待补全”."""
    chosen, period = view.filters.values(), Period(view.context.period)
    parts = [{"month": period.display(), "year": f"{period.year} 年"}.get(str(chosen.get("scope")), "")]
    for name, word, options in view.plan.choices:
        known = dict(options)
        if chosen.get(name) is not None:
            parts.append(f"{word}：{known.get(chosen[name], chosen[name])}")
    if chosen.get("street"):
        parts.append(view.context.directory.name("street", chosen["street"]))
    parts += [word for key, word in (("incomplete", "待补全"), *view.plan.checks) if chosen.get(key)]
    parts.append(f"含“{chosen['text']}”" if chosen.get("text") else "")
    return "，".join(part for part in parts if part)


def print_reminders(widget: QWidget, context: AppContext, unit: str = "") -> None:
    """催办单 of a unit; without one a supervisor's over the whole register, a clerk's over what concerns the office.

    As many days ahead as were chosen for 催办 (0: only what is overdue).
    """
    store, everyone = context.store, None if context.role == SUPERVISOR else context.unit_code
    days = int(context.memory.get("urge/days", deadlines.SOON))
    ask(widget, context, lambda _progress, _cancelled: _papers().reminder_paper(store, everyone, days, unit))


def print_duties(view: Any) -> None:
    """责任清单 of what the list shows, with all that belongs on it."""
    store, query = view.context.store, view.shown_query()
    ask(
        view, view.context,
        lambda progress, cancelled: _papers().duty_paper(store, query, progress=progress, cancelled=cancelled),
    )  # fmt: skip


def print_record(widget: QWidget, context: AppContext, register: str, record: UUID) -> None:
    """The paper of one record: 交办单 of a problem, the dossier of a firm, the form of anything else."""
    store, period = context.store, context.period
    if register == "issue":
        ask(widget, context, lambda _progress, _cancelled: _papers().slip_paper(store, record))
    elif register == "enterprise":
        ask(widget, context, lambda _progress, _cancelled: _papers().firm_paper(store, record, period))
    else:
        ask(widget, context, lambda _progress, _cancelled: _papers().record_paper(store, register, record))


def print_typed(
    widget: QWidget, context: AppContext, register: str, record: Mapping[str, Any], empty: bool
) -> None:
    """A form as it stands on the screen; one in which nothing is typed yet is printed blank, to be filled by hand."""
    store, values = context.store, dict(record)
    if empty:
        firm = values.get("enterprise_id") if isinstance(values.get("enterprise_id"), UUID) else None
        ask(widget, context, _blank(context, register, firm))
    else:
        ask(widget, context, lambda _progress, _cancelled: _papers().typed_paper(store, register, values))


def _blank(context: AppContext, register: str, firm: UUID | None = None) -> Make:
    store = context.store
    return lambda _progress, _cancelled: _papers().blank_paper(store, register, firm)


def _papers() -> Any:
    """The module that makes the papers; loaded by the first that is printed, on the worker's thread."""
    from desktop.actions import printing

    return printing
