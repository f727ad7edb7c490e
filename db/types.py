"""Column types: exact, small and the same on SQLite and PostgreSQL. What a field means to people is in fields.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, SafeUUID

import uuid6
from sqlalchemy import BigInteger, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


def new_key() -> UUID:
    """A UUIDv7: sorts by time of birth, unique across offices."""
    return _made(uuid6.uuid7().int)


def key_of(value: bytes) -> UUID:
    """UUID(bytes=…) without its six checks: they take longer than reading the key from the database."""
    return _made(int.from_bytes(value, "big"))


def _made(number: int) -> UUID:
    made = _new(UUID)
    _set(made, "int", number)
    _set(made, "is_safe", _UNKNOWN)
    return made


def _uuid(value: Any | None) -> UUID | None:
    return None if value is None else key_of(value)


_new, _set, _UNKNOWN = object.__new__, object.__setattr__, SafeUUID.unknown


def _loads(value: str | None) -> Any | None:
    return None if value is None else json.loads(value)


class Key(TypeDecorator[UUID]):
    """A UUID in 16 bytes (text would take a third more space)."""

    impl = LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> bytes | None:
        return None if value is None else value.bytes

    def process_result_value(self, value: Any | None, dialect: Dialect) -> UUID | None:
        return _uuid(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _uuid  # without the decorator's own call in between: a page of a list reads hundreds of keys


class Scaled(TypeDecorator[Decimal]):
    """A Decimal kept as an integer of 10**-places: exact, and SQL may sum it."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return int(Decimal(value).scaleb(self.places).quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        exponent = -self.places

        def read(value: Any | None) -> Decimal | None:
            return None if value is None else Decimal(value).scaleb(exponent)

        return read


class Json(TypeDecorator[Any]):
    """A small JSON value; an absent one is None, never an empty text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any | None:
        return _loads(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _loads


class Moment(TypeDecorator[datetime]):
    """An aware point in time, kept as UTC text that sorts (`2024-05-08T01:02:03.456789Z`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else moment_of(value)


def moment_of(stored: str) -> datetime:
    """The point in time that Moment keeps so."""
    return datetime.fromisoformat(stored.replace("Z", "+00:00"))


def now() -> datetime:
    return datetime.now(UTC)
