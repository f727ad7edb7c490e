"""Which cloud record of a firm counts, and why the others do not. Totals are in rollup.py, warnings in checks/.

The rules (plan annex, “计数规则”): a firm counts once, by its earliest verified service; only firms of the
district with a credit code; telecom products are no cloud; an expired service stays in the running total unless
the office says otherwise. A firm on the list of the opening balance counts by it; between operators a person may
choose otherwise than the rule (cloud_choices.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, Text, bindparam, func, select, type_coerce, update
from sqlalchemy.orm import Session

from db import direct, parameters, settings
from db.models import Cloud, CloudChoice, Enterprise
from db.parameters import Parameters
from db.text import fold

# Why a record that no rule refuses does not count yet: said in words, not kept.
WAITING, REFUTED, NO_DAY, NO_CODE, NO_FIRM = (
    "待核实",
    "核实不符",
    "没有上云日期",
    "没有信用代码",
    "没有对应企业",
)
DUPLICATE, OUTSIDE, NO_PROOF, EXPIRED, NO_CLOUD = "重复服务", "区外企业", "无证明", "已失效", "非云产品"

DEFAULT_TELECOM_WORDS = Parameters().telecom_words
_CLOUD_WORDS = (
    "云", "OA", "ERP", "CRM", "MES", "WMS", "SAAS", "PAAS", "IAAS", "办公", "财务", "进销存", "存储", "数据库", "备份", "桌面",
    "服务器", "主机", "软件", "系统", "平台", "协同",
)  # fmt: skip
_ITEMS = re.compile(r"[、,，;；+＋/|\n]+")
COUNTED_BY = "cloud_counted_by"  # setting: what the stored counts were worked out with
_IN_CHUNKS = 500
GONE = ("迁出",)
DEREGISTERED = ("注销", "吊销")


@dataclass(frozen=True, slots=True)
class Rules:
    """The parameters in force."""

    telecom_words: str = DEFAULT_TELECOM_WORDS
    drop_expired: bool = False
    streets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a record counts; a record that is merely not verified yet has no reason, but `pending` says what lacks.

    `by` is the place, among the firm's records, of the one that counts instead; `lapsed`: the service has ended.
    """

    counted: bool
    reason: str | None = None
    pending: str = field(default="", compare=False)
    by: int | None = field(default=None, compare=False)
    lapsed: bool = field(default=False, compare=False)


def rules(session: Session) -> Rules:
    set_here = parameters.read(session)
    streets = direct.fetch(session, "SELECT code FROM org_unit WHERE kind = 'street'")
    return Rules(set_here.telecom_words, set_here.cloud_drop_expired, frozenset(row[0] for row in streets))


@lru_cache(maxsize=4096)
def is_telecom_only(product: str | None, words: str = DEFAULT_TELECOM_WORDS) -> bool:
    """Whether a product names nothing but telecom services (broadband, messages, lines, phone plans: CLD-006)."""
    items = [fold(item).upper() for item in _ITEMS.split(product or "") if fold(item)]
    ordered = sorted(
        (fold(word).upper() for word in _ITEMS.split(words) if fold(word)), key=len, reverse=True
    )
    return bool(items) and all(_is_telecom(item, ordered) for item in items)


def _is_telecom(item: str, words: Sequence[str]) -> bool:
    rest = item
    for word in words:
        rest = rest.replace(word, "")
    return rest != item and not any(word in rest for word in _CLOUD_WORDS)


def judge(
    firm: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    rules: Rules,
    today: date,
    chosen: Collection[UUID] = (),
) -> list[Verdict]:
    """One verdict per live record of one firm, in the order of `rows`; the order changes no verdict.

    `firm`: uscc, street_code, status. `rows`: id, cloud_on, expire_on, product, evidence, verify_status, opening.
    `chosen`: records that a person decided for.
    """
    verdicts = [_alone(firm, row, rules, today) for row in rows]
    eligible = [place for place, verdict in enumerate(verdicts) if verdict.counted]
    if eligible:
        first = min(eligible, key=lambda place: _rank(rows[place], chosen))
        for place in eligible:
            if place != first:
                verdicts[place] = replace(verdicts[place], counted=False, reason=DUPLICATE, by=first)
    return verdicts


def _rank(row: Mapping[str, Any], chosen: Collection[UUID]) -> tuple[bool, bool, date, UUID]:
    """The opening list before everything, then what a person chose, then the earliest day."""
    return not row.get("opening"), row["id"] not in chosen, row["cloud_on"] or date.min, row["id"]


def _alone(firm: Mapping[str, Any], row: Mapping[str, Any], rules: Rules, today: date) -> Verdict:
    """Whether a record could count if the firm had no other."""
    lapsed = row["verify_status"] == EXPIRED or (row["expire_on"] is not None and row["expire_on"] < today)
    if firm.get("street_code") not in rules.streets or firm.get("status") in GONE:
        return Verdict(False, OUTSIDE)
    if firm.get("status") in DEREGISTERED:
        return Verdict(False, EXPIRED)
    if is_telecom_only(row["product"], rules.telecom_words):
        return Verdict(False, NO_CLOUD)
    opening = bool(row.get("opening"))
    if not row["evidence"] and not opening:  # the opening list stands for its own evidence
        return Verdict(False, NO_PROOF, lapsed=lapsed)
    if lapsed and rules.drop_expired:
        return Verdict(False, EXPIRED, lapsed=True)
    pending = ""
    if row["verify_status"] == REFUTED:
        pending = REFUTED
    elif row["verify_status"] not in ("已核实", EXPIRED):
        pending = WAITING
    elif row["cloud_on"] is None and not opening:
        pending = NO_DAY
    elif not firm.get("uscc"):
        pending = NO_CODE
    return Verdict(not pending, pending=pending, lapsed=lapsed)


def firm_rows(
    session: Session,
    enterprise_id: UUID | None = None,
    until: date | None = None,
    *,
    several: bool = False,
    among: Sequence[UUID] | None = None,
) -> dict[Any, list[Mapping[str, Any]]]:
    """The live records by firm (a record without a firm stands alone), with what `judge` asks of both.

    `until`: only those that began by that day. `among`: only these firms. `several`: only firms that two or more channels report. `evidence` is
    whether there is any.
    """
    cloud, firm = cast(Table, Cloud.__table__), Enterprise.__table__
    query = (
        select(
            cloud.c.id, cloud.c.enterprise_id, cloud.c.cloud_on, cloud.c.expire_on, cloud.c.product,
            (func.length(type_coerce(cloud.c.evidence, Text)) > 2).label("evidence"),
            cloud.c.verify_status, cloud.c.counted, cloud.c.uncounted_reason, cloud.c.opening, cloud.c.provider_org,
            cloud.c.provider_brand, firm.c.uscc, firm.c.street_code, firm.c.status, firm.c.name,
        )
        .select_from(cloud.outerjoin(firm, (firm.c.id == cloud.c.enterprise_id) & firm.c.deleted_at.is_(None)))
        .where(cloud.c.deleted_at.is_(None))
        .order_by(cloud.c.enterprise_id, cloud.c.id)
    )  # fmt: skip
    if enterprise_id is not None:
        query = query.where(cloud.c.enterprise_id == enterprise_id)
    if among is not None:
        query = query.where(cloud.c.enterprise_id.in_(among))
    if until is not None:
        query = query.where((cloud.c.cloud_on <= until) | cloud.c.cloud_on.is_(None))
    if several:
        channels = func.count(cloud.c.provider_org.distinct()) + func.max(cloud.c.provider_org.is_(None))
        shared = (
            select(cloud.c.enterprise_id).where(cloud.c.deleted_at.is_(None)).group_by(cloud.c.enterprise_id)
        )
        query = query.where(cloud.c.enterprise_id.in_(shared.having(channels > 1)))
    result = session.connection().execute(query)
    names = tuple(result.keys())
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    for values in result:
        row = dict(zip(names, values, strict=True))
        # Without a firm there is nobody to count once: each such row stands alone.
        groups.setdefault(row["enterprise_id"] or ("none", row["id"]), []).append(row)
    return groups


def chosen_records(session: Session) -> frozenset[UUID]:
    """The records that people decided for."""
    return frozenset(session.scalars(select(CloudChoice.cloud_id)))


def recount(session: Session, enterprise_id: UUID | None = None, today: date | None = None) -> int:
    """Set `counted` and `uncounted_reason` of one firm's live records, or of all; returns how many changed.

    Both are worked out, not entered: no revision, no audit.
    """
    groups = firm_rows(session, enterprise_id)
    return len(_count(session, groups, today)) if groups else 0


def recount_firms(
    session: Session, firms: Collection[UUID], today: date | None = None
) -> list[tuple[UUID, bool | None, str | None]]:
    """The same for several firms at once; what changed, as it was: key, counted, reason."""
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    ordered = sorted(firms, key=attrgetter("int"))  # as keys are ordered, without comparing them in Python
    for start in range(0, len(ordered), _IN_CHUNKS):
        groups |= firm_rows(session, among=ordered[start : start + _IN_CHUNKS])
    changed = _count(session, groups, today) if groups else []
    return [(row["id"], row["counted"], row["uncounted_reason"]) for row in changed]


def _count(
    session: Session, groups: Mapping[Any, list[Mapping[str, Any]]], today: date | None
) -> list[Mapping[str, Any]]:
    in_force, day, chosen = rules(session), today or date.today(), chosen_records(session)
    changed = []
    changes = []
    for group in groups.values():
        for found, verdict in zip(group, judge(group[0], group, in_force, day, chosen), strict=True):
            if (found["counted"], found["uncounted_reason"]) != (verdict.counted, verdict.reason):
                changed.append(found)
                changes.append(
                    {"key": found["id"], "counted": verdict.counted, "uncounted_reason": verdict.reason}
                )
    if changes:
        cloud = cast(Table, Cloud.__table__)
        session.execute(update(cloud).where(cloud.c.id == bindparam("key")), changes)
    return changed


def recount_if_due(session: Session, today: date) -> bool:
    """Count everything anew where the parameters (or, with expired ones dropped, the day) are others than last time.

    A save counts its own firm; what changes for all at once is caught up here. Whether it was due.
    """
    if not is_due(session, today):
        return False
    recount(session, today=today)
    settings.put(session, COUNTED_BY, _basis(session, today))
    return True


def is_due(session: Session, today: date) -> bool:
    """Whether `recount_if_due` would count; reads only."""
    return bool(settings.get(session, COUNTED_BY) != _basis(session, today))


def _basis(session: Session, today: date) -> list[Any]:
    in_force = rules(session)
    day = today.isoformat() if in_force.drop_expired else ""
    return [in_force.telecom_words, in_force.drop_expired, day, sorted(in_force.streets)]
