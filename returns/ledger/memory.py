"""Assignments of columns that a person made, kept by office and header and used for its next file. Matching is in columns.py."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models import LedgerLayout
from db.text import fold
from db.types import now
from returns.ledger.columns import letter_of, places
from returns.ledger.find_header import Header
from returns.ledger.vocabulary import target_named


def layouts(session: Session, unit_code: str, register: str) -> dict[str, dict[int, str | None]]:
    """All that is remembered of an office's ledgers: signature → place among the columns → field (None: leave out)."""
    found = session.execute(
        select(LedgerLayout.signature, LedgerLayout.mapping).where(
            LedgerLayout.unit_code == unit_code, LedgerLayout.register == register
        )
    )
    return {mark: _known(register, mapping) for mark, mapping in found}


def recall(session: Session, unit_code: str, register: str, header: Header) -> dict[str, str | None] | None:
    """What a person said of such a header of this office before: column letter → field; None where nobody did."""
    kept = session.get(LedgerLayout, (unit_code, register, header.signature))
    if kept is None:
        return None
    return {
        letter_of(header.columns[at].index): field
        for at, field in _known(register, kept.mapping).items()
        if at < len(header.columns)
    } or None


def remember(
    session: Session,
    unit_code: str,
    register: str,
    header: Header,
    mapping: Mapping[str, str | None],
    by: str,
) -> None:
    """Keep what a person said (header or column letter → field) for the office's next file with this header.

    What was said earlier of other columns stays. Entries that name no column of the header are left out.
    """
    names = places(header.columns)
    key = (unit_code, register, header.signature)
    kept = session.get(LedgerLayout, key)
    said = {} if kept is None else {int(at): (title, field) for at, title, field in kept.mapping}
    for name, field in mapping.items():
        at = names.get(fold(name))
        if at is None:
            continue
        target = target_named(register, field) if field else None
        if target is not None:
            for other, (_, before) in list(said.items()):
                if other != at and before == f"{target.register}.{target.field}":
                    del said[other]  # one field, one column: the newer word counts
        if target is not None or not field:
            title = header.columns[at].title
            said[at] = (title, f"{target.register}.{target.field}" if target is not None else None)
    if not said:
        return
    entries = [[at, title, field] for at, (title, field) in sorted(said.items())]
    if kept is None:
        kept = LedgerLayout(unit_code=unit_code, register=register, signature=header.signature)
        session.add(kept)
    kept.mapping, kept.used_at, kept.by = entries, now(), by
    session.flush()


def used(session: Session, unit_code: str, register: str, header: Header) -> None:
    """Note that a remembered assignment was used again."""
    kept = session.get(LedgerLayout, (unit_code, register, header.signature))
    if kept is not None:
        kept.used_at = now()
        session.flush()


def forget(session: Session, unit_code: str, register: str, header: Header | None = None) -> int:
    """Forget what was said of this header, or of all headers of the office's ledgers of a register; how many were known."""
    which = [LedgerLayout.unit_code == unit_code, LedgerLayout.register == register]
    if header is not None:
        which.append(LedgerLayout.signature == header.signature)
    count = len(session.scalars(select(LedgerLayout.signature).where(*which)).all())
    session.execute(delete(LedgerLayout).where(*which))
    return count


def _known(register: str, mapping: list[list[object]]) -> dict[int, str | None]:
    """The entries whose fields there still are."""
    found: dict[int, str | None] = {}
    for at, _, field in mapping:
        if field is None or target_named(register, str(field)) is not None:
            found[int(str(at))] = None if field is None else str(field)
    return found
