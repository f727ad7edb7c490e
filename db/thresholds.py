"""The lines of 升规入统 as an office set them: the shipped table with other amounts. What they mean is in classifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import resources
from db import classifications, parameters, records, settings
from db.errors import Refused, UsageError
from db.models import Nurture
from db.models.nurture import UPSCALE
from db.registers import REGISTERS
from db.store import Actor
from db.text import parse_decimal

SETTING = "thresholds"  # among the parameters: the whole table in the shape of resources/classifications
MOST = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is for, its amount in 万元 here and as shipped (None: not a matter of revenue)."""

    id: str
    specialty: str
    metric: str
    amount: Decimal | None
    default: Decimal | None
    note: str

    @property
    def changed(self) -> bool:
        return self.amount != self.default


def _shipped() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = resources.read_json("classifications/thresholds.json")["thresholds"]
    return entries


def _stored(session: Session) -> list[dict[str, Any]]:
    return list(settings.parameters(session).get(SETTING) or _shipped())


def changed(session: Session) -> bool:
    """Whether the office has amounts of its own."""
    return any(each.changed for each in lines(session))


def lines(session: Session) -> list[Line]:
    """Every line that candidates are measured by, in the order of the table."""
    shipped = {each.id: each for each in classifications.thresholds()}
    found = []
    for each in classifications.read_thresholds(_stored(session)):
        if each.specialty:
            default = shipped[each.id].threshold_wan if each.id in shipped else each.threshold_wan
            found.append(Line(each.id, each.specialty, each.metric, each.threshold_wan, default, each.note))
    return found


def put(session: Session, line_id: str, raw: str | None, actor: Actor) -> None:
    """Set a line's amount in 万元 (None: as shipped) and note who did it.

    UsageError (“bad_line”) for an amount that will not do, or a line that is not one of revenue.
    """
    before = next((each for each in lines(session) if each.id == line_id), None)
    if before is None or before.default is None:
        raise UsageError("这一档不按营业收入判断。", "请从列出的各档中选。", "bad_line")
    amount = before.default if raw is None else parse_decimal(raw, "万元").value
    if amount is None or not 0 < amount <= MOST:
        raise UsageError(
            f"“{before.specialty}”的入库标准“{raw}”不行。", "请填写大于 0 的数，单位是万元。", "bad_line"
        )
    if amount == before.amount:
        return
    entries = [
        {**entry, "threshold_wan": format(amount, "f")} if entry["id"] == line_id else entry
        for entry in _stored(session)
    ]
    stored = dict(settings.parameters(session))
    if entries == _shipped():
        stored.pop(SETTING, None)
    else:
        stored[SETTING] = entries
    settings.put(session, parameters.SETTING, stored)
    was, now = (f"{before.specialty} {format(each or 0, 'f')} 万元" for each in (before.amount, amount))
    parameters.note(session, SETTING, was, now, actor)


def measure_anew(session: Session, actor: Actor) -> int:
    """Work out 门槛 and 达标率 of every candidate again; how many changed. Months that are handed in stay."""
    register = REGISTERS["nurture"]
    keys: Sequence[Any] = session.scalars(
        select(Nurture.id).where(Nurture.nurture_type == UPSCALE, Nurture.deleted_at.is_(None))
    ).all()
    count = 0
    for key in keys:
        try:
            count += bool(
                records.save(
                    session, register, {}, actor, id=key, action="derive", note="入库标准修改"
                ).changed
            )
        except Refused:
            continue
    return count
