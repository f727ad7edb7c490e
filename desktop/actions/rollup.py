"""汇总: add up a month and write the 月调度 summary. Shared by the window and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from db import closing, restating, tallies
from db.models import OrgUnit
from db.rollup import Rollup, rollup
from db.store import Store
from desktop.actions.cloud import catch_up


def read_rollup(store: Store, period: str) -> Rollup:
    """The district's month as it stands, the cloud counted by today's rules. UsageError for a text that is no month."""
    catch_up(store, store.today())
    settle(store)
    with store.read() as session:
        return rollup(session, period)


def settle(store: Store) -> None:
    """Work what was written since into the totals of visits; reads only where nothing waits."""
    with store.read() as session:
        waiting = tallies.open_notes(session.connection(), 1)
    if waiting:
        with store.write() as session:
            tallies.settle(session)


def write_rollup(store: Store, period: str, out: Path) -> dict[str, Any]:
    """Write the summary workbook; what `qianqi rollup --json` prints. MachineError when `out` can not be written."""
    from returns.summary import write_summary  # XlsxWriter: a tenth of a second that a window need not pay

    month = read_rollup(store, period)
    practice = bool(store.setting("practice", False))
    with store.read() as session:
        sheets = write_summary(
            session, month, out, office=_office(session, store.actor.unit_code), practice=practice,
            restated=restating.sentences(session, month),
        )  # fmt: skip
    return {
        "out": str(out),
        "period": str(month.period),
        "unit": store.actor.unit_code,
        "revision": None,
        "sheets": sheets,
        **month.as_json(),
        **restated(store, month),
    }


def _office(session: Session, code: str) -> str:
    unit = session.get(OrgUnit, code)
    return unit.name if unit is not None else code


def restated(store: Store, month: Rollup) -> dict[str, Any]:
    """What became of a closed month: {"closed", "restatements", "changed"}; {} for one that was never closed.

    `changed`: every figure that is no longer as it was published, by whatever way it changed.
    """
    with store.read() as session:
        period = str(month.period)
        found = closing.closing_of(session, period)
        made = restating.restatements(session, period)
        if found is None and not made:
            return {}
        return {
            "closed": None
            if found is None
            else {
                "at": found.at.isoformat(),
                "by": found.by,
                "number": found.number,
                "version": found.version,
            },
            "restatements": [each.as_json() for each in made],
            "changed": [restating.change_json(each) for each in restating.since_closing(session, month)],
        }
