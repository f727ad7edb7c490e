"""Registers and records that the tests of the store share."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db import records
from db.registers import REGISTERS
from db.store import Actor

STREET, OTHER_STREET = "360103002", "360103001"
CODES = ("91360103MA0000015L", "91360103MA0000023F", "91360103MA00000A9A", "91350100M000100Y43")
CLERK = Actor(STREET, "张敏")


def add(session: Session, register: str, actor: Actor = CLERK, **values: Any) -> UUID:
    """Save a new record and return its key."""
    return records.save(session, REGISTERS[register], values, actor).id


def change(session: Session, register: str, key: UUID, actor: Actor = CLERK, **values: Any) -> records.Saved:
    return records.save(session, REGISTERS[register], values, actor, id=key)


def read(session: Session, register: str, key: UUID) -> records.Values:
    found = records.get(session, REGISTERS[register], key)
    assert found is not None
    return found


def firm(
    session: Session, name: str = "江西云栈网络科技有限公司", code: str | None = CODES[0], **more: Any
) -> UUID:
    return add(session, "enterprise", **{"name": name, "uscc": code, "street_code": STREET, **more})


def cloud(session: Session, enterprise: UUID, **more: Any) -> UUID:
    """A verified cloud service, as it counts."""
    values = {
        "enterprise_id": enterprise,
        "provider_org": "xhyd",
        "product": "云主机",
        "cloud_on": date(2024, 5, 8),
        "evidence": ["合同"],
        "verify_status": "已核实",
    }
    return add(session, "cloud", **{**values, **more})
