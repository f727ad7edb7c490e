"""The cloud ledger looked at: why a record counts or not, operators side by side, firms that several claim. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import cloud_counting as counting
from db.cloud_counting import DUPLICATE, EXPIRED, NO_CLOUD, NO_PROOF, OUTSIDE, Verdict
from db.merged_units import Merged, merged
from db.models import CloudChoice, Indicator, IndicatorValue, OrgUnit
from db.periods import Period

Row = Mapping[str, Any]
OK, WATCH, NEUTRAL = "ok", "watch", "neutral"
OTHER = "其他渠道"

# The rule each verdict goes by, as domain practice 3 numbers them.
_RULE = {DUPLICATE: "①", OUTSIDE: "②", NO_PROOF: "③", NO_CLOUD: "④", EXPIRED: "⑤"}


@dataclass(frozen=True, slots=True)
class Why:
    """Why a record counts or not. `short` for a list, `words` a sentence, `other` the record that counts instead."""

    counted: bool
    short: str
    words: str
    state: str
    other: UUID | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One operator's claim on a firm: its earliest record that could count."""

    record: UUID
    provider_org: str
    brand: str
    product: str
    cloud_on: date | None
    counted: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A firm with verified services of several operators. `chosen`: a person decided, with `reason`, `by`, `at`."""

    firm: UUID
    name: str
    uscc: str
    street_code: str
    sides: tuple[Side, ...]
    opening: bool = False
    chosen: bool = False
    reason: str = ""
    by: str = ""
    at: datetime | None = None

    @property
    def counted(self) -> Side:
        return next(side for side in self.sides if side.counted)

    @property
    def why(self) -> str:
        """Who counts and why, in words."""
        if self.opening:
            return "在期初名单内"
        return f"人工选定：{self.reason}" if self.chosen else "上云日期最早"


@dataclass(frozen=True, slots=True)
class Operator:
    """One channel's list. Everything but `rows` and `reasons` are firms.

    `provable`: would count if there were no other channel; `counted`: do count for this channel; `shared`: of the
    provable ones also proved by another channel; `lapsed`: counted, but the service has ended. `reasons`: rows that do
    not count, by reason. `reported`: what the channel reported for the indicator. `members`: the channel and those
    that were merged into it.
    """

    code: str
    rows: int
    firms: int
    verified: int
    provable: int
    counted: int
    shared: int
    lapsed: int
    reasons: Mapping[str, int]
    reported: Decimal | None
    members: tuple[str, ...] = ()

    @property
    def difference(self) -> Decimal | None:
        """Reported minus provable."""
        return None if self.reported is None else self.reported - self.provable


@dataclass(frozen=True, slots=True)
class Comparison:
    """All channels, the union (each firm once), and how many of it are still in force."""

    operators: tuple[Operator, ...]
    union: int
    valid: int
    shared: int
    opening: int


def short(row: Row, today: date | None = None) -> tuple[str, str]:
    """(words, state) of a stored record for a list: whether it counts, else why not.

    With `today`, a record that counts although its service has ended says so.
    """
    if row.get("counted"):
        end = row.get("expire_on")
        if today is not None and (row.get("verify_status") == EXPIRED or (end is not None and end < today)):
            return "计数（已到期）", WATCH
        return ("计数（期初）", OK) if row.get("opening") else ("计数", OK)
    if row.get("uncounted_reason"):
        return str(row["uncounted_reason"]), NEUTRAL
    if row.get("enterprise_id") is None:
        return counting.NO_FIRM, WATCH
    if row.get("verify_status") == counting.REFUTED:
        return counting.REFUTED, NEUTRAL
    if row.get("verify_status") not in ("已核实", EXPIRED):
        return counting.WAITING, WATCH
    return (counting.NO_DAY if row.get("cloud_on") is None else counting.NO_CODE), WATCH


def why(session: Session, record_id: UUID, enterprise_id: UUID | None, today: date) -> Why:
    """One record's verdict in words, by its firm's other records."""
    if enterprise_id is None:
        return Why(False, counting.NO_FIRM, "还没有对应到企业档案，不计数；请补选企业。", WATCH)
    rows = next(iter(counting.firm_rows(session, enterprise_id).values()), [])
    chosen = counting.chosen_records(session)
    verdicts = counting.judge(rows[0], rows, counting.rules(session), today, chosen) if rows else []
    names = _names(session)
    for row, verdict in zip(rows, verdicts, strict=True):
        if row["id"] == record_id:
            return explain(row, verdict, rows, verdicts, chosen, names)
    return Why(False, "未保存", "保存后给出是否计数。", NEUTRAL)


def explain(
    row: Row,
    verdict: Verdict,
    rows: Sequence[Row],
    verdicts: Sequence[Verdict],
    chosen: frozenset[UUID],
    names: Mapping[str, str],
) -> Why:
    """A verdict as a sentence; `rows` and `verdicts` are all of the firm's."""
    word, state = short({**row, "counted": verdict.counted, "uncounted_reason": verdict.reason})
    if verdict.counted:
        beaten = [place for place, each in enumerate(verdicts) if each.reason == DUPLICATE]
        if row.get("opening"):
            words = "计数：在期初名单内，按期初数计。"
        elif row["id"] in chosen and beaten:
            words = f"计数：人工选定由{_who(row, names)}计，另有 {len(beaten)} 条不重复计。"
        elif beaten:
            words = f"计数：该企业 {len(beaten) + 1} 条可计数的记录中上云日期最早，一企只计一次（规则①）。"
        else:
            words = "计数：已核实、本区企业、有证明，是该企业唯一可计数的记录。"
        if verdict.lapsed:
            words += "服务已到期，仍在累计数内，不在有效数内（规则⑤）。"
        return Why(True, word, words, state)
    reason = verdict.reason
    if reason == DUPLICATE and verdict.by is not None:
        other = rows[verdict.by]
        cause = (
            "期初名单"
            if other.get("opening")
            else "人工选定"
            if other["id"] in chosen
            else "上云日期较早"
            if other["cloud_on"] != row["cloud_on"]
            else "同日登记在先"
        )
        day = other["cloud_on"] or "日期不详"
        words = f"不计数：该企业已由{_who(other, names)} {day} 的“{other['product'] or '云服务'}”计入（{cause}），一企只计一次（规则①）。"
        return Why(False, word, words, state, other["id"])
    return Why(False, word, f"不计数：{_refused(row, verdict)}", state)


def _refused(row: Row, verdict: Verdict) -> str:
    if verdict.reason == OUTSIDE:
        return "企业已迁出或注册地不在本区街道（规则②）。"
    if verdict.reason == NO_PROOF:
        return "没有填证明材料（合同、发票等至少一项）。"
    if verdict.reason == NO_CLOUD:
        return f"“{row['product']}”是宽带、短信等通信产品，不是云服务（规则④）。"
    if verdict.reason == EXPIRED:
        if row.get("status") in counting.DEREGISTERED:
            return f"企业已{row['status']}。"
        return "服务到期未续，按参数从累计中核减（规则⑤）。"
    return {
        counting.WAITING: "还没有核实，核实后才计（规则③）。",
        counting.REFUTED: "核实不符（规则③）。",
        counting.NO_DAY: "没有填上云日期。",
        counting.NO_CODE: "企业没有统一社会信用代码，不能去重（规则①）。",
    }.get(verdict.pending, "待补全。")


def _who(row: Row, names: Mapping[str, str]) -> str:
    return names.get(row.get("provider_org") or "", row.get("provider_brand") or OTHER)


def _names(session: Session) -> Mapping[str, str]:
    return {code: name for code, name in session.execute(select(OrgUnit.code, OrgUnit.name))}


# ---------------------------------------------------------------- operators


def conflicts(session: Session, today: date, until: date | None = None) -> tuple[Conflict, ...]:
    """Firms that two or more channels can prove, the undecided ones by name first. Merged channels are one."""
    mergers = merged(session, Period.of_date(until or today))
    decided = {row.cloud_id: row for row in session.scalars(select(CloudChoice))}
    in_force, chosen = counting.rules(session), frozenset(decided)
    found = []
    for key, rows in counting.firm_rows(session, until=until, several=True).items():
        verdicts = counting.judge(rows[0], rows, in_force, today, chosen)
        sides = _sides(rows, verdicts, mergers)
        if len(sides) < 2:
            continue
        first = rows[next(place for place, verdict in enumerate(verdicts) if verdict.counted)]
        choice = decided.get(first["id"]) if not first["opening"] else None
        found.append(
            Conflict(
                key, first["name"] or "", first["uscc"] or "", first["street_code"] or "", sides, bool(first["opening"]),
                choice is not None, choice.reason if choice else "", choice.by if choice else "",
                choice.at if choice else None,
            )
        )  # fmt: skip
    found.sort(key=lambda each: (each.chosen, each.name, each.firm.bytes))
    return tuple(found)


def _sides(rows: Sequence[Row], verdicts: Sequence[Verdict], mergers: Merged) -> tuple[Side, ...]:
    """One side per channel with a record that could count: the one that does, else its earliest."""
    best: dict[str, tuple[bool, date, UUID, int]] = {}
    for place, (row, verdict) in enumerate(zip(rows, verdicts, strict=True)):
        if not verdict.counted and verdict.reason != DUPLICATE:
            continue
        rank = (not verdict.counted, row["cloud_on"] or date.min, row["id"], place)
        org = mergers.stands_for(row["provider_org"] or "")
        if org not in best or rank < best[org]:
            best[org] = rank
    return tuple(
        Side(
            rows[place]["id"], org, rows[place]["provider_brand"] or "", rows[place]["product"] or "",
            rows[place]["cloud_on"], verdicts[place].counted,
        )
        for org, (_, _, _, place) in sorted(best.items(), key=lambda each: each[1])
    )  # fmt: skip


def compare(session: Session, period: Period, today: date) -> Comparison:
    """The channels' lists at the end of the month, side by side."""
    in_force, chosen = counting.rules(session), counting.chosen_records(session)
    mergers = merged(session, period)
    tallies: dict[str, _Tally] = {}
    union = valid = shared = opening = 0
    for key, rows in counting.firm_rows(session, until=period.last_day).items():
        verdicts = counting.judge(rows[0], rows, in_force, today, chosen)
        provable: set[str] = set()
        for row, verdict in zip(rows, verdicts, strict=True):
            org = mergers.stands_for(row["provider_org"] or "")
            tally = tallies.setdefault(org, _Tally())
            tally.add(key, row, verdict)
            if verdict.counted or verdict.reason == DUPLICATE:
                provable.add(org)
            if verdict.counted:
                union += 1
                valid += not verdict.lapsed
                opening += bool(row["opening"])
        for org in provable:
            tallies[org].provable += 1
            tallies[org].shared += len(provable) > 1
        shared += len(provable) > 1
    said = _reported(session, period)
    # What a merged channel still reported itself stands only where its successor says nothing.
    reported = {mergers.stands_for(org): value for org, value in said.items()} | {
        org: value for org, value in said.items() if mergers.stands_for(org) == org
    }
    for org in reported:
        tallies.setdefault(org, _Tally())
    names = _names(session)
    return Comparison(
        tuple(
            replace(tally.done(org, reported.get(org)), members=mergers.members(org))
            for org, tally in sorted(
                tallies.items(), key=lambda each: (-each[1].provable, names.get(each[0], "末"))
            )
        ),
        union,
        valid,
        shared,
        opening,
    )


class _Tally:
    """Counting one channel."""

    def __init__(self) -> None:
        self.rows = self.provable = self.counted = self.shared = self.lapsed = 0
        self.firms: set[Any] = set()
        self.verified: set[Any] = set()
        self.reasons: dict[str, int] = {}

    def add(self, firm: Any, row: Row, verdict: Verdict) -> None:
        self.rows += 1
        self.firms.add(firm)
        if row["verify_status"] == "已核实":
            self.verified.add(firm)
        if verdict.counted:
            self.counted += 1
            self.lapsed += verdict.lapsed
        else:
            reason = verdict.reason or verdict.pending
            self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def done(self, code: str, reported: Decimal | None) -> Operator:
        return Operator(
            code, self.rows, len(self.firms), len(self.verified), self.provable, self.counted, self.shared,
            self.lapsed, dict(self.reasons), reported,
        )  # fmt: skip


def _reported(session: Session, period: Period) -> dict[str, Decimal]:
    """What each channel reported for the indicator that the cloud ledger answers."""
    numbers = select(Indicator.no).where(Indicator.register == "cloud")
    query = select(IndicatorValue.org_code, IndicatorValue.value).where(
        IndicatorValue.indicator_no.in_(numbers),
        IndicatorValue.period == str(period),
        IndicatorValue.deleted_at.is_(None),
        IndicatorValue.value.is_not(None),
        IndicatorValue.org_code.is_not(None),
    )
    return {org: value for org, value in session.execute(query) if org is not None and value is not None}
