"""粘贴录入: a block from Excel or WPS into a register: read, check, save the good rows, take the whole back. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from db import drafts
from db.collector import uncollected
from db.lookup import Directory
from db.periods import Period
from db.store import Store
from desktop.actions.records import defaults_for
from returns.pace import Cancelled, Pace, Progress
from returns.paste.block import read_clipboard
from returns.paste.check import check
from returns.paste.columns import Block, Column, empty_block, lay_out, slot_map
from returns.paste.verdict import Checked

if TYPE_CHECKING:
    from returns.paste.keep import Kept

DRAFT = "paste"  # in the key and the values of a kept block: “visit:paste”
MOST_ROWS = 20_000  # more are a ledger: 导入台账 reads them from the file


def read_block(
    store: Store,
    register: str,
    text: str,
    html: str = "",
    *,
    period: str | None = None,
    remembered: Mapping[str, str] | None = None,
    order: Sequence[str] = (),
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Block:
    """The clipboard's block with its columns sorted to fields; `period` is the month in work, for days without a year.

    `remembered` and `order` are what was chosen before (columns.lay_out). A block without cells is empty.
    Refused (“cancelled”) when `cancelled` says so.
    """
    cells = read_clipboard(text, html, Pace(progress, cancelled))[: MOST_ROWS + 1]
    if not cells:
        return empty_block(register, 0)
    with store.read() as session:
        block = lay_out(register, cells, Directory(session), remembered, order)
    if block.period is None and period is not None:
        block.period = Period(period)
    return block


def check_block(
    store: Store,
    block: Block,
    *,
    today: date | None = None,
    period: str | None = None,
    create_firms: bool = False,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Checked:
    """What there is to say of every row, and which may be saved; `create_firms` puts unknown firms on new cards."""
    actor = store.actor
    with uncollected(), store.read() as session:
        return check(
            session, block, actor, today=today, period=period,
            defaults=defaults_for(block.register, actor, today or date.today()), create_firms=create_firms,
            progress=progress, cancelled=cancelled,
        )  # fmt: skip


def save_good(
    store: Store,
    block: Block,
    checked: Checked,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Kept:
    """Store the rows that may be stored, in one transaction; Refused leaves nothing behind."""
    from returns.paste.keep import keep  # brings openpyxl: a list opens without it

    with uncollected(), store.write() as session:
        return keep(session, block, checked, store.actor, progress=progress, cancelled=cancelled)


def undo_paste(store: Store, batch: UUID) -> None:
    """Take a saved block back whole. Refused when one of its records was changed or handed in since."""
    from returns.paste.keep import take_back

    with uncollected():
        take_back(store, batch, store.actor)


# ---------------------------------------------------------------- rows that stay open


def draft_key(register: str) -> str:
    """Under which the open rows of a register's grid are kept."""
    return drafts.key_of(register, None, DRAFT)


def is_block(kept: drafts.Kept) -> bool:
    """Whether a draft is a grid's, not a form's."""
    return DRAFT in kept.values


def open_rows(kept: drafts.Kept) -> int:
    """How many rows of a grid are kept."""
    return len(kept.values[DRAFT]["rows"])


def keep_block(store: Store, block: Block, *, open: bool) -> None:
    """Keep the rows of a grid, so that nothing typed or pasted is lost; `open` while the grid is on the screen."""
    drafts.save(
        store,
        draft_key(block.register),
        {
            DRAFT: {
                "columns": [
                    [each.slot, each.header, each.unit, str(each.asof or "")] for each in block.columns
                ],
                "rows": block.rows,
                "money": block.money,
                "period": str(block.period or ""),
            },
            "open": open,
        },
    )


def kept_block(kept: drafts.Kept) -> Block:
    """The grid that `keep_block` kept; columns for fields that are no longer there go to no field."""
    data: dict[str, Any] = kept.values[DRAFT]
    known = slot_map(kept.register)
    columns = [
        Column(slot if slot in known else "", header, unit, Period(asof) if asof else None)
        for slot, header, unit, asof in data["columns"]
    ]
    period = Period(data["period"]) if data.get("period") else None
    return Block(
        kept.register, columns, [list(row) for row in data["rows"]], True, data.get("money", ""), period
    )


def drop_block(store: Store, register: str) -> None:
    """Forget the kept rows: they were saved, or thrown away."""
    drafts.drop(store, draft_key(register))
