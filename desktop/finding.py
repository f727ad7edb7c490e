"""What the field in the top bar finds: commands, pages, firms and what is known of them, records by number, day and words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from db import find, search
from db.ranges import Between
from db.registers import REGISTERS
from db.text import fold, parse_date, parse_period
from desktop.context import AppContext
from desktop.forms.match import rank, spelled
from desktop.forms.picker import told
from desktop.pages.plans import WORDS
from desktop.places import place
from desktop.quick_actions import commands
from desktop.widgets.hit import Hit

_FIRMS = 6
_EACH = 3  # records of a register
_COMMANDS = 5
_FEW = 3  # firms up to which the best one's records are shown, too
_CLOSE = 1  # rank up to which a command or page stands above what is in the register
_SHORT = {"issue": "问题", "cloud": "上云", "nurture": "培育", "enterprise": "企业"}


def search_everything(
    context: AppContext, pages: Sequence[tuple[str, str]], text: str, shown: str = ""
) -> list[Hit]:
    """Hits for what was typed, in groups, best first. `pages`: (key, word) of the navigation; `shown`: the open one.

    Runs on a worker thread.
    """
    typed = text.strip()
    if not typed:
        return []
    wanted = fold(typed).lower()
    close, loose = _deeds(context, pages, wanted, shown)
    with context.store.read() as session:
        found = _registers(session, context, typed, {key for key, _ in pages})
    return [*close, *found, *loose]


def _deeds(
    context: AppContext, pages: Sequence[tuple[str, str]], wanted: str, shown: str
) -> tuple[list[Hit], list[Hit]]:
    """Pages and commands: those that are nearly what was typed, and the others that answer it."""
    ranked = [
        (place, Hit("页面", word, "", key, hint=f"Alt {number}" if number < 10 else ""))
        for number, (key, word) in enumerate(pages, 1)
        if (place := rank(word, wanted)) is not None
    ]
    ranked += commands(wanted, context.role, [key for key, _ in pages], shown)[:_COMMANDS]
    close: list[Hit] = []
    loose: list[Hit] = []
    for place, hit in sorted(ranked, key=lambda each: each[0]):
        # “xm” is 项目, whatever else those letters begin.
        meant = place <= _CLOSE or (wanted.isascii() and wanted in spelled(hit.title))
        (close if meant else loose).append(hit)
    return close, loose


def _registers(session: Session, context: AppContext, typed: str, pages: set[str]) -> list[Hit]:
    hits: list[Hit] = []
    seen: set[object] = set()

    def add(found: Iterable[find.Found]) -> None:
        for each in found:
            page, args = place(each.register, record=each.id)
            if each.id not in seen and page in pages:
                seen.add(each.id)
                hits.append(Hit(_kind(each.register), each.title, each.detail, page, args))

    day = parse_date(typed) if any(char.isdigit() for char in typed) else None
    if day is not None and day.ok and day.value is not None and len(typed) >= 6:
        on = find.visits_on(session, day.value, context.unit_code, _EACH)
        if on and "visits" in pages:
            filters = {"visit_date": Between(day.value, day.value), "scope": None}
            page, args = place("visit", filters=filters)
            hits.append(Hit("走访记录", f"{day.value.isoformat()} 的走访", "全部列出", page, args))
        add(on)
    add(find.by_number(session, typed, context.unit_code))
    firms = search.find_enterprises(session, typed, limit=_FIRMS) if len(typed) >= 2 else []
    for firm in firms:
        hits.append(Hit("企业", firm.name, told(firm), "enterprises", {"record": firm.id}))
    if firms and len(firms) <= _FEW:
        add(find.of_firm(session, firms[0].id))
    if len(typed) >= 2 and not (day is not None and day.ok) and not parse_period(typed).ok:
        add(find.records(session, typed, _EACH))
    return hits


def _kind(register: str) -> str:
    if register in _SHORT:
        return _SHORT[register]
    return WORDS[register].tab if register in WORDS else REGISTERS[register].title
