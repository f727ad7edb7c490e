"""Indicators that the registers can answer: one pure function each, rows in, value and the rows that make it out.

Reading the rows is computed_reading.py's; what units report instead, and how far it should have got, rollup.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from db.models.nurture import CORE, TITLES
from db.periods import Period
from db.progress import show_number

CLOUD, CORE_FIRMS, LISTS, PROJECT, SPECIALISED = "cloud", "core", "lists", "project", "specialised"
SPECIALISED_TITLES = TITLES[1:]  # 专精特新 and 小巨人: what the plan counts of the titles
GONE = ("注销", "吊销", "迁出")
BY_INDUSTRY, BY_RECOGNITION = "行业分类", "认定有效"
ENTERED = "已入库"
ENDED = "终止"


@dataclass(frozen=True, slots=True)
class Computed:
    """What a register says of an indicator at the end of a month.

    `register`: of the records `rows` (keys of REGISTERS); `base`: the part of `value` that has no rows. `scope` says in
    words what was counted; `parts` are figures to show beside it; `notes` what must be known with it.
    """

    value: Decimal
    register: str
    rows: tuple[UUID, ...]
    scope: str
    base: Decimal = Decimal(0)
    parts: tuple[tuple[str, Decimal], ...] = ()
    notes: tuple[str, ...] = ()
    comparable: bool = True  # whether the reported figure means the same

    def difference(self, reported: Decimal | None) -> Decimal | None:
        """The ledger's value minus the reported one; None where nothing was reported or it means something else."""
        return self.value - reported if reported is not None and self.comparable else None

    def without_base(self) -> Computed:
        """Only what has rows: for an office that reports its own part, in which the base is not to be told apart."""
        return replace(
            self, value=self.value - self.base, base=Decimal(0), scope="本单位记录中可计数的部分，不含期初数",
            parts=(), notes=("填报数含期初存量，与这里的数不直接比较。",), comparable=False,
        )  # fmt: skip


class CountedService(NamedTuple):
    """A cloud record that counts. `lapsed`: its service has ended."""

    id: UUID
    cloud_on: date | None
    lapsed: bool
    opening: bool


class CoreFirm(NamedTuple):
    """A firm as far as 核心产业 goes. `recognised`: a recognition (认定) that is in force that month."""

    id: UUID
    uscc: str | None
    de_core: bool
    above_scale: bool
    status: str | None
    status_on: date | None
    established_on: date | None
    recognised: bool


class Released(NamedTuple):
    """A publication of one list."""

    id: UUID
    kind: str | None
    released_on: date | None


class StockedProject(NamedTuple):
    id: UUID
    in_stock: bool
    stocked_on: date | None
    stage: str | None


class Certified(NamedTuple):
    """A title a firm was given. `entered`: the month of 入库 where no day of certification is known."""

    id: UUID
    firm: UUID | None
    kind: str | None
    certified_on: date | None
    stage: str | None
    entered: str | None


def cloud(
    rows: Iterable[CountedService], month: Period, opening: Decimal | None, baseline_year: int
) -> Computed:
    """企业上云: counted firms, on top of the opening balance as long as it has no list (domain practice 3, ⑥).

    `rows` hold one record per firm: the one that counts.
    """
    there = [row for row in rows if row.cloud_on is None or row.cloud_on <= month.last_day]
    listed = sum(row.opening for row in there)
    figure = opening or Decimal(0)
    if listed:
        counted, base = there, Decimal(0)
        scope = f"期初名单 {listed:,} 家与其后核实的企业，按统一社会信用代码去重"
        notes: tuple[str, ...] = ()
        if figure and figure != listed:
            gap = figure - listed
            notes = (
                f"期初数 {show_number(figure, 0)} 家，名单计入 {listed:,} 家，相差 {show_number(gap, 0)} 家。",
            )
    else:
        counted = [row for row in there if row.cloud_on is not None and row.cloud_on.year > baseline_year]
        base = figure
        scope = f"期初数 {show_number(base, 0)} 家（{baseline_year} 年，没有名单）＋此后核实的企业，按统一社会信用代码去重"
        notes = ("期初数没有名单，与新增企业无法比对去重。",) if base else ()
    lapsed = sum(row.lapsed for row in counted)
    value = base + len(counted)
    return Computed(
        value, "cloud", _keys(counted), scope, base,
        (("净新增", Decimal(sum(not row.opening for row in counted))), ("有效数", value - lapsed)), notes,
    )  # fmt: skip


def cloud_total(
    counted: Iterable[tuple[str | None, bool, int]],
    month: Period,
    opening: Decimal | None,
    baseline_year: int,
) -> Decimal:
    """The value `cloud` gives, from numbers of services: (month they began in or None, opening list or not, how many)."""
    there = [each for each in counted if each[0] is None or each[0] <= month]
    if any(number for _, listed, number in there if listed):
        return Decimal(sum(number for _, _, number in there))
    new = sum(number for began, _, number in there if began is not None and int(began[:4]) > baseline_year)
    return (opening or Decimal(0)) + new


def core(firms: Iterable[CoreFirm], month: Period, by: str = BY_INDUSTRY) -> Computed:
    """核心产业企业: living firms of the district with a credit code, by industry or by recognition."""
    alive = [firm for firm in firms if firm.uscc and _alive(firm, month)]
    recognised = [firm for firm in alive if firm.recognised]
    counted = recognised if by == BY_RECOGNITION else [firm for firm in alive if firm.de_core]
    scope = (
        "认定在有效期内的数字经济核心产业企业，在档且有统一社会信用代码"
        if by == BY_RECOGNITION
        else "行业属数字经济核心产业（01—04 大类）的在档企业，有统一社会信用代码"
    )
    return Computed(
        Decimal(len(counted)), "enterprise", _keys(counted), scope, Decimal(0),
        (
            ("规上", Decimal(sum(firm.above_scale for firm in counted))),
            ("认定有效", Decimal(sum(firm.recognised for firm in counted))),
        ),
    )  # fmt: skip


def _alive(firm: CoreFirm, month: Period) -> bool:
    if firm.established_on is not None and firm.established_on > month.last_day:
        return False
    # What left later was still there.
    return firm.status not in GONE or (firm.status_on is not None and firm.status_on > month.last_day)


def lists(
    rows: Iterable[Released], month: Period, baseline: Decimal | None, baseline_year: int, *, yearly: bool
) -> Computed:
    """机会清单、产品清单发布: publications of the year, or of all years with those of the base."""
    until = [row for row in rows if row.released_on is not None and row.released_on <= month.last_day]
    if yearly:
        counted = [row for row in until if row.released_on is not None and row.released_on.year == month.year]
        return Computed(
            Decimal(len(counted)), "release", _keys(counted), f"{month.year} 年内发布的批次", Decimal(0), _kinds(counted)
        )  # fmt: skip
    known = [row for row in until if row.released_on is not None and row.released_on.year <= baseline_year]
    base = baseline or Decimal(0)
    if len(known) >= base > 0:
        return Computed(
            Decimal(len(until)), "release", _keys(until), "历年累计发布的批次", Decimal(0), _kinds(until)
        )
    counted = [row for row in until if row not in known]
    return Computed(
        base + len(counted), "release", _keys(counted),
        f"{baseline_year} 年基础值 {show_number(base, 0)} 个＋此后发布的批次", base, _kinds(counted),
    )  # fmt: skip


def _kinds(rows: Sequence[Released]) -> tuple[tuple[str, Decimal], ...]:
    found: dict[str, int] = {}
    for row in rows:
        found[row.kind or "未填类型"] = found.get(row.kind or "未填类型", 0) + 1
    return tuple((kind, Decimal(number)) for kind, number in sorted(found.items()))


def project(rows: Iterable[StockedProject], month: Period, floor: Decimal | None = None) -> Computed:
    """项目: in stock at the end of the month. `floor`: the plan's least number for every year."""
    counted = [
        row
        for row in rows
        if row.in_stock
        and row.stage != ENDED
        and (row.stocked_on is None or row.stocked_on <= month.last_day)
    ]
    undated = sum(row.stocked_on is None for row in counted)
    notes = []
    if floor is not None:
        left = floor - len(counted)
        notes.append(
            f"年度底线 {show_number(floor, 0)} 个，还差 {show_number(left, 0)} 个。"
            if left > 0
            else f"年度底线 {show_number(floor, 0)} 个，已达到。"
        )
    if undated:
        notes.append(f"{undated} 个在库项目没有填入库日期，按在库计。")
    return Computed(
        Decimal(len(counted)),
        "project",
        _keys(counted),
        "期末“是否在库”为是、未终止的项目",
        notes=tuple(notes),
    )


def specialised(
    rows: Iterable[Certified],
    month: Period,
    baseline_year: int,
    *,
    cumulative: bool = False,
    base: Decimal | None = None,
) -> Computed:
    """专精特新新增: firms newly certified in the year (or since the base), each firm once; `base` is added to those."""
    first = Period.of(baseline_year + 1 if cumulative else month.year, 1).first_day
    counted: dict[UUID, Certified] = {}
    for row in sorted(rows, key=lambda row: (_given(row) or date.max, row.id)):
        day = _given(row)
        if row.kind in SPECIALISED_TITLES and day is not None and first <= day <= month.last_day:
            counted.setdefault(row.firm or row.id, row)
    found = list(counted.values())
    by_kind = tuple(
        (kind, Decimal(number))
        for kind in SPECIALISED_TITLES
        if (number := sum(row.kind == kind for row in found))
    )
    span = f"{baseline_year + 1} 年以来" if cumulative else f"{month.year} 年内"
    start = (base or Decimal(0)) if cumulative else Decimal(0)
    told = f"{baseline_year} 年基础值 {show_number(start, 0)} 个＋" if start else ""
    return Computed(
        start + len(found),
        "nurture",
        _keys(found),
        f"{told}{span}新认定的专精特新、小巨人企业，同一企业计一次",
        start,
        parts=by_kind,
    )


def _given(row: Certified) -> date | None:
    """The day the title was given; the month of entry where only that is known."""
    if row.certified_on is not None:
        return row.certified_on
    return Period(row.entered).first_day if row.stage == ENTERED and row.entered else None


def is_recognition(kind: str | None, stage: str | None, valid_to: date | None, month: Period) -> bool:
    """Whether a 培育 record is a recognition as core enterprise that holds at the end of the month."""
    return kind == CORE and stage == ENTERED and (valid_to is None or valid_to >= month.last_day)


def _keys(
    rows: Iterable[CountedService | CoreFirm | Released | StockedProject | Certified],
) -> tuple[UUID, ...]:
    return tuple(row.id for row in rows)
