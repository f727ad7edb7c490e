"""公布: what was published, numbered and never changed; a later correction is a further version with its differences.

What the figures of a month are is in figures.py; closing and restating a month are in closing.py and restating.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, func, insert, inspect, select
from sqlalchemy.orm import Session

from db import settings
from db.errors import Refused, UsageError
from db.models import AuditEntry, Publication
from db.store import Actor
from db.types import new_key, now

Kind = Literal["monthly", "quarterly", "yearly"]
Text = str | None
KIND_WORDS: Mapping[str, str] = {"monthly": "月调度", "quarterly": "季通报", "yearly": "年度考核"}
PUBLISHED, RESTATED, CLOSED, REOPENED = "发布", "重述", "关账", "重开"
_ACTIONS = {CLOSED: "close", REOPENED: "reopen"}  # in the audit
_TOLD = 6  # figures named in a sentence; lists have them all
_TABLE = Publication.__table__
_LIGHT = [column for column in _TABLE.c if column.name not in ("content", "names")]


@dataclass(frozen=True, slots=True)
class Difference:
    """One published figure: what it was and what it is. `earlier`: it had moved before the action that is told of."""

    key: str
    name: str
    before: Text
    after: Text
    earlier: bool = False

    @property
    def words(self) -> str:
        """“走访（次） 1 → 2”."""
        return f"{self.name} {self.before or '—'} → {self.after or '—'}"


@dataclass(frozen=True, slots=True)
class Published:
    """One publication as it is kept. `cause`: {"unit", "unit_name", "revision", "batch"} of the return behind it.

    `partial` ones were published by the program before it published every figure.
    """

    id: UUID
    number: int
    kind: str
    key: str
    version: int
    event: str
    title: str
    reason: str
    cause: Mapping[str, Any]
    content: Mapping[str, Text]
    names: Mapping[str, str]
    changes: tuple[Difference, ...]
    digest: str
    published_at: datetime
    published_by: str

    @property
    def day(self) -> str:
        return f"{self.published_at.astimezone():%Y-%m-%d}"

    @property
    def who(self) -> str:
        """“朝阳洲街道第 2 版”: the return behind a restatement; "" where there is none."""
        revision = self.cause.get("revision")
        return f"{self.cause.get('unit_name') or ''}第 {revision} 版" if revision else ""

    @property
    def partial(self) -> bool:
        return bool(self.cause.get("partial"))

    @property
    def words(self) -> str:
        """One sentence: what, when, by whom, why, and which figures moved."""
        told = f"{self.title}第 {self.version} 版（第 {self.number} 号）：{self.day} {self.published_by}{self.event}{self.who}"
        if self.version == 1:
            return f"{told}，{len(self.content)} 个数。"
        return f"{told}，理由：{self.reason}。{moved(self.changes)}。"


def moved(changes: Sequence[Difference]) -> str:
    """“走访（次） 1 → 2；…” of the figures of the whole district, or that no figure moved."""
    headline = [each for each in changes if ":" not in each.key] or list(changes)
    told = [each.words + ("（此前已变）" if each.earlier else "") for each in headline[:_TOLD]]
    more = f"，共 {len(changes)} 个数" if len(changes) > len(told) else ""
    return "；".join(told) + more if told else "汇总数没有变化"


def comparable(content: Mapping[str, Text], earlier: Published) -> Mapping[str, Text]:
    """Of these figures those that can be set against an earlier version: an old program published only some."""
    if not earlier.partial:
        return content
    return {key: value for key, value in content.items() if key in earlier.content}


def publish(
    session: Session, kind: Kind, key: str, title: str, content: Mapping[str, Text], actor: Actor, reason: str = "",
    *, names: Mapping[str, str] | None = None, event: str = "", cause: Mapping[str, Any] | None = None,
    before: Mapping[str, Text] | None = None,
) -> Published:  # fmt: skip
    """Keep these figures as version 1, or as the next version (a restatement) with its list of differences.

    `content`: exact texts by the key of the figure; `names`: what people call them. `before`: the figures just
    before the action, to tell what it moved from what had moved already. An `event` of its own (接收, 撤销 …) is kept
    even where no figure moved. Refused: “no_reason” for a restatement without one, “nothing_changed”.
    """
    last = newest(session, kind, key)
    called = {**(last.names if last else {}), **(names or {})}
    changes: tuple[Difference, ...] = ()
    if last is not None:
        if not reason.strip():
            raise Refused("请写明重述的理由。", "理由会随这一版一起公布。", "no_reason")
        changes = differences(last.content, comparable(content, last), called, before)
        if not changes and not event:
            raise Refused(f"与已公布的第 {last.version} 版相同，没有要重述的数。", "", "nothing_changed")
    row: dict[str, Any] = {
        "id": new_key(),
        "number": (session.scalar(select(func.max(_TABLE.c.number))) or 0) + 1,
        "kind": kind,
        "key": key,
        "version": last.version + 1 if last else 1,
        "event": event or (RESTATED if last else PUBLISHED),
        "title": title,
        "reason": reason.strip() or None,
        "cause": dict(cause) if cause else None,
        "content": dict(content),
        "names": {each: called.get(each, each) for each in content},
        "changes": [as_list(each) for each in changes] if last else None,
        "published_at": settings.moment(session),
        "published_by": actor.person,
    }
    row["digest"] = digest_of(row)
    session.execute(insert(Publication), [row])
    made = _read(row)
    session.add(
        AuditEntry(
            at=made.published_at, by=actor.person, action=_ACTIONS.get(made.event, "restate" if last else "publish"),
            register=Publication.__tablename__, record_id=made.id, before=None, after=None, note=made.words,
        )
    )  # fmt: skip
    session.flush()
    return made


def differences(
    before: Mapping[str, Text], after: Mapping[str, Text], names: Mapping[str, str],
    just_before: Mapping[str, Text] | None = None,
) -> tuple[Difference, ...]:  # fmt: skip
    """The figures that differ, in the order of `after`; what is gone comes last.

    `just_before`: the figures just before the action; what was not moved by it is marked `earlier`.
    """
    keys = [*after, *(key for key in before if key not in after)]
    return tuple(
        Difference(
            key, names.get(key, key), before.get(key), after.get(key),
            just_before is not None and just_before.get(key) == after.get(key),
        )
        for key in keys
        if before.get(key) != after.get(key)
    )  # fmt: skip


# ---------------------------------------------------------------- reading


def published(session: Session, kind: str, key: str) -> tuple[Published, ...]:
    """Every version of one publication, oldest first."""
    query = select(_TABLE).where(_TABLE.c.kind == kind, _TABLE.c.key == key).order_by(_TABLE.c.version)
    return tuple(_read(row) for row in session.connection().execute(query).mappings())


def newest(session: Session, kind: str, key: str) -> Published | None:
    """The version that holds now, or None where nothing was published."""
    query = select(_TABLE).where(_TABLE.c.kind == kind, _TABLE.c.key == key)
    row = session.connection().execute(query.order_by(_TABLE.c.version.desc()).limit(1)).mappings().first()
    return None if row is None else _read(row)


def one(session: Session, kind: str, key: str, version: int) -> Published:
    """One version that is known to be there."""
    query = select(_TABLE).where(_TABLE.c.kind == kind, _TABLE.c.key == key, _TABLE.c.version == version)
    return _read(session.connection().execute(query).mappings().one())


def listed(session: Session) -> tuple[Published, ...]:
    """All publications, the newest first, without their figures (`content` and `names` are empty)."""
    query = select(*_LIGHT).order_by(_TABLE.c.number.desc())
    rows = session.connection().execute(query).mappings()
    return tuple(_read({**row, "content": {}, "names": {}}) for row in rows)


def numbered(session: Session, number: int) -> Published:
    """The publication of this number. UsageError (“no_publication”) where there is none."""
    query = select(_TABLE).where(_TABLE.c.number == number)
    row = session.connection().execute(query).mappings().first()
    if row is None:
        raise UsageError(f"没有第 {number} 号公布。", "号码见“公布记录”。", "no_publication")
    return _read(row)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a figure was in one version. `change`: how that version changed it, None where it did not.

    `now` marks the last line: what the register gives today, which no version says yet.
    """

    version: int
    number: int
    event: str
    at: datetime
    by: str
    reason: str
    who: str
    value: Text
    change: Difference | None
    now: bool = False


def history_of(
    session: Session, kind: str, key: str, figure_key: str, current: Mapping[str, Text] | None = None
) -> tuple[Moment, ...]:
    """What a figure was in each version and why it changed, oldest first.

    `current`: the figures of today; with them a last line (`now`) says what the figure is by now.
    """
    told = [
        Moment(
            each.version, each.number, each.event, each.published_at, each.published_by, each.reason, each.who,
            each.content.get(figure_key),
            next((change for change in each.changes if change.key == figure_key), None),
        )
        for each in published(session, kind, key)
    ]  # fmt: skip
    if told and current is not None:
        value, last = current.get(figure_key), told[-1]
        change = None
        if value != last.value:
            change = Difference(figure_key, figure_key, last.value, value)
        told.append(Moment(last.version, 0, "现在", now(), "", "", "", value, change, now=True))
    return tuple(told)


def _read(row: Mapping[Any, Any]) -> Published:
    return Published(
        row["id"], row["number"], row["kind"], row["key"], row["version"], row["event"], row["title"],
        row["reason"] or "", row["cause"] or {}, row["content"], row["names"],
        tuple(Difference(*each) for each in row["changes"] or ()), row["digest"], row["published_at"],
        row["published_by"],
    )  # fmt: skip


# ---------------------------------------------------------------- intact?


def as_list(change: Difference) -> list[Any]:
    """A difference as it is stored."""
    return [change.key, change.name, change.before, change.after, change.earlier]


def digest_of(row: Mapping[Any, Any]) -> str:
    """SHA-256 over everything a publication says. Frozen: rows of every release are checked with it."""
    said = {
        name: row[name]
        for name in (
            "number", "kind", "key", "version", "event", "title", "reason", "cause", "content", "names", "changes",
            "published_by",
        )
    }  # fmt: skip
    said["published_at"] = row["published_at"].astimezone(UTC).isoformat()
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def damaged(connection: Connection) -> Iterator[tuple[int, str]]:
    """The numbers of publications that are not as they were made, or are gone, and what is wrong with each."""
    if not inspect(connection).has_table(Publication.__tablename__):
        return  # a backup of an earlier version
    expected = 1
    for number in connection.scalars(select(_TABLE.c.number).order_by(_TABLE.c.number)).all():
        for missing in range(expected, number):
            yield missing, "这一号公布记录不见了"
        try:
            row = connection.execute(select(_TABLE).where(_TABLE.c.number == number)).mappings().one()
            fits = digest_of(row) == row["digest"]
        except (ValueError, TypeError, AttributeError):
            fits = False
        if not fits:
            yield number, "公布内容与保存时不一致"
        expected = number + 1
