"""Which cloud record of a firm counts, and why the others do not. Totals are in rollup.py, warnings in checks/.

The rules (plan annex, “计数规则”): a firm counts once, by its earliest verified service; only firms of the
district with a credit code; telecom products are no cloud; an expired service stays in the running total unless
the office says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from db import parameters
from db.models import Cloud, Enterprise, OrgUnit
from db.parameters import Parameters
from db.text import fold

DUPLICATE, OUTSIDE, NO_PROOF, EXPIRED, NO_CLOUD = "重复服务", "区外企业", "无证明", "已失效", "非云产品"

DEFAULT_TELECOM_WORDS = Parameters().telecom_words
_CLOUD_WORDS = (
    "云", "OA", "ERP", "CRM", "MES", "WMS", "SAAS", "PAAS", "IAAS", "办公", "财务", "进销存", "存储", "数据库", "备份", "桌面",
    "服务器", "主机", "软件", "系统", "平台", "协同",
)  # fmt: skip
_ITEMS = re.compile(r"[、,，;；+＋/|\n]+")
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
    """Whether a record counts; a record that is merely not verified yet has no reason."""

    counted: bool
    reason: str | None = None


def rules(session: Session) -> Rules:
    set_here = parameters.read(session)
    streets = session.scalars(select(OrgUnit.code).where(OrgUnit.kind == "street"))
    return Rules(set_here.telecom_words, set_here.cloud_drop_expired, frozenset(streets))


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
    firm: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], rules: Rules, today: date
) -> list[Verdict]:
    """One verdict per live record of one firm, in the order of `rows`.

    `firm`: uscc, street_code, status. `rows`: id, cloud_on, expire_on, product, evidence, verify_status.
    """
    verdicts = [_alone(firm, row, rules, today) for row in rows]
    eligible = [place for place, verdict in enumerate(verdicts) if verdict.counted]
    if eligible:
        first = min(eligible, key=lambda place: (rows[place]["cloud_on"], rows[place]["id"]))
        for place in eligible:
            if place != first:
                verdicts[place] = Verdict(False, DUPLICATE)
    return verdicts


def _alone(firm: Mapping[str, Any], row: Mapping[str, Any], rules: Rules, today: date) -> Verdict:
    """Whether a record could count if the firm had no other."""
    if firm.get("street_code") not in rules.streets or firm.get("status") in GONE:
        return Verdict(False, OUTSIDE)
    if firm.get("status") in DEREGISTERED:
        return Verdict(False, EXPIRED)
    if is_telecom_only(row["product"], rules.telecom_words):
        return Verdict(False, NO_CLOUD)
    if not row["evidence"]:
        return Verdict(False, NO_PROOF)
    lapsed = row["verify_status"] == EXPIRED or (row["expire_on"] is not None and row["expire_on"] < today)
    if lapsed and rules.drop_expired:
        return Verdict(False, EXPIRED)
    if row["verify_status"] not in ("已核实", EXPIRED) or row["cloud_on"] is None or not firm.get("uscc"):
        return Verdict(False)
    return Verdict(True)


def recount(session: Session, enterprise_id: UUID | None = None, today: date | None = None) -> int:
    """Set `counted` and `uncounted_reason` of one firm's live records, or of all; returns how many changed.

    Both are worked out, not entered: no revision, no audit.
    """
    cloud, firm = cast(Table, Cloud.__table__), Enterprise.__table__
    query = (
        select(
            cloud.c.id, cloud.c.enterprise_id, cloud.c.cloud_on, cloud.c.expire_on, cloud.c.product, cloud.c.evidence,
            cloud.c.verify_status, cloud.c.counted, cloud.c.uncounted_reason,
            firm.c.uscc, firm.c.street_code, firm.c.status,
        )
        .select_from(cloud.outerjoin(firm, (firm.c.id == cloud.c.enterprise_id) & firm.c.deleted_at.is_(None)))
        .where(cloud.c.deleted_at.is_(None))
        .order_by(cloud.c.enterprise_id, cloud.c.id)
    )  # fmt: skip
    if enterprise_id is not None:
        query = query.where(cloud.c.enterprise_id == enterprise_id)
    rows = session.execute(query).mappings().all()
    if not rows:
        return 0
    in_force, day = rules(session), today or date.today()
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        # Without a firm there is nobody to count once: each such row stands alone.
        groups.setdefault(row["enterprise_id"] or ("none", row["id"]), []).append(row)  # type: ignore[arg-type]
    changes = []
    for group in groups.values():
        for found, verdict in zip(group, judge(group[0], group, in_force, day), strict=True):
            if (found["counted"], found["uncounted_reason"]) != (verdict.counted, verdict.reason):
                changes.append(
                    {"key": found["id"], "counted": verdict.counted, "uncounted_reason": verdict.reason}
                )
    if changes:
        session.execute(update(cloud).where(cloud.c.id == bindparam("key")), changes)
    return len(changes)
