"""What the field in the top bar finds: firms, records by number, pages by their word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from db import records, search
from db.registers import REGISTERS
from db.text import fold
from desktop.context import AppContext
from desktop.forms.match import rank
from desktop.forms.picker import told
from desktop.widgets.hit import Hit

_FIRMS = 8
_PAGES = {"visit": "visits", "issue": "issues"}


def search_everything(context: AppContext, pages: Sequence[tuple[str, str]], text: str) -> list[Hit]:
    """Hits for what was typed, best first. `pages`: (key, word) of the navigation. Runs on a worker thread."""
    typed = text.strip()
    if not typed:
        return []
    wanted = fold(typed).lower()
    found = [Hit("功能", word, "", key) for key, word in pages if rank(word, wanted) is not None]
    with context.store.read() as session:
        if len(typed) >= 2:
            for firm in search.find_enterprises(session, typed, limit=_FIRMS):
                found.append(Hit("企业", firm.name, told(firm), "enterprises", {"record": firm.id}))
        found += _by_number(session, typed.upper())
    return found


def _by_number(session: Any, typed: str) -> list[Hit]:
    """A visit or issue by its whole number."""
    found = []
    for register, column in (("visit", "visit_no"), ("issue", "issue_no")):
        table = records.table_of(REGISTERS[register])
        row = session.execute(
            select(table.c.id).where(table.c[column] == typed, table.c.deleted_at.is_(None)).limit(1)
        ).first()
        if row is not None:
            found.append(Hit(REGISTERS[register].title, typed, "", _PAGES[register], {"record": row.id}))
    return found
