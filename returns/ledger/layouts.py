"""What is peculiar to the ledgers of one register: its own spellings, what a row must have, what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from db.cloud_counting import is_telecom_only
from db.findings import Finding, Severity
from db.models.cloud import BRANDS
from db.models.visit import TYPES as VISIT_TYPES
from db.text import fold, is_blank
from returns.ledger.context import Context
from returns.ledger.pairs import pair_named, split_pair
from returns.ledger.rows import LedgerRow, RowReader
from returns.ledger.vocabulary import COMPANIONS

# 是否办结: a problem that is not finished is being worked on; one nobody wrote anything about waits.
_DONE = dict.fromkeys(("是", "√", "✓", "Y", "YES", "已办", "办结", "完成", "已完成", "已解决"), "已办结")
_UNDER_WAY = dict.fromkeys(
    ("否", "×", "X", "N", "NO", "未办结", "未完成", "未解决", "在办", "正在办理"), "办理中"
)

_YEARLY = {"年度": "年度入库", "年度入库": "年度入库", "月度": "月度入库", "月度入库": "月度入库"}


@dataclass(frozen=True, slots=True)
class Layout:
    """`date` is the field without which a row of this register says nothing, "" if it may wait."""

    date: str = ""
    spellings: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    special: Callable[[LedgerRow, RowReader], None] | None = None

    def finish(self, row: LedgerRow, reader: RowReader) -> None:
        """What follows from the cells of a row once they are read."""
        if row.other:
            _apart(row, reader)
        if self.special is not None:
            self.special(row, reader)


def layout_of(register: str) -> Layout:
    return _LAYOUTS[register] if register in _LAYOUTS else Layout()


def _apart(row: LedgerRow, reader: RowReader) -> None:
    """A name and a telephone number that share a column (联系人及电话) each to its field, where both are plain to see."""
    for title in row.other:
        pair = pair_named(title.rsplit("·", 1)[-1])
        if pair is None or pair.register not in (reader.register, *COMPANIONS.get(reader.register, ())):
            continue
        found = split_pair(row.other[title])
        if found is not None:
            values = row.of(pair.register)
            for name, value in zip((pair.person, pair.phone), found, strict=True):
                if reader.column_of(pair.register, name) is None:
                    values.setdefault(name, value)


def _visit(row: LedgerRow, reader: RowReader) -> None:
    """The problem beside a visit becomes a record of its own; whether there is one answers 是否有问题诉求."""
    issue = row.values.get("issue", {})
    visit = row.of("visit")
    column = reader.column_of("issue", "description")
    text = issue.get("description")
    if column is not None:
        said, blank = visit.get("has_issue"), is_blank(text)
        if blank:
            issue.pop("description", None)
            _set_aside(row, reader)
            if said is True:
                reader.place(row, column, "VIS-006", Severity.ERROR, "“是否有问题诉求”为是，但没有写问题。")
        else:
            visit.setdefault("has_issue", True)
            if said is False:
                reader.place(row, column, "VIS-006", Severity.ERROR, "“是否有问题诉求”为否，却写了问题。")
        if blank and said is None:
            visit["has_issue"] = False
    else:
        _set_aside(row, reader)
    if (
        "visit_type" not in visit
        and "visit_type" not in row.unparsed.get("visit", {})
        and (named := visit_type_in(reader.context))
    ):
        visit["visit_type"] = named
    day, period = visit.get("visit_date"), reader.context.period
    if day is not None and period is not None and not period.contains(day):
        at = reader.column_of("visit", "visit_date")
        if at is not None:
            reader.place(
                row,
                at,
                "VIS-002",
                Severity.WARNING,
                f"走访日期 {day.isoformat()} 不在 {period.display()} 内，请核对。",
            )


def visit_type_in(context: Context) -> str:
    """The kind of visit that the title itself names (“千名干部访千企”走访台账), if it names one."""
    return _visit_type(context.title)


@lru_cache(maxsize=64)
def _visit_type(title: str) -> str:
    named = [each for each in VISIT_TYPES if each in fold(title)]
    return named[0] if len(named) == 1 else ""


def _set_aside(row: LedgerRow, reader: RowReader) -> None:
    """Columns about a problem in a row without one: kept with the visit, and said."""
    issue = row.values.pop("issue", {})
    unread = row.unparsed.pop("issue", {})
    if not issue and not unread and not row.findings:
        return  # as in most rows
    row.findings = [finding for finding in row.findings if finding.register != "issue"]
    told = []
    for name in (*issue, *unread):
        column = reader.column_of("issue", name)
        if column is not None and column.title in row.cells:
            row.other[column.title] = row.cells[column.title]
            told.append(f"“{column.title}”的“{row.cells[column.title]}”")
    if told:
        row.findings.append(
            Finding(
                "IMP-007", Severity.INFO, f"这一行没有写问题，{'、'.join(told)}只留作原始记录，没有登记问题。",
                register="visit", sheet=reader.sheet, row=row.number,
            )
        )  # fmt: skip


def _cloud(row: LedgerRow, reader: RowReader) -> None:
    """The brand that a product's own name begins with; a warning for what is no cloud service."""
    cloud = row.of("cloud")
    product = cloud.get("product") or ""
    if "provider_brand" not in cloud and reader.column_of("cloud", "provider_brand") is None:
        brand = next((each for each in BRANDS if product.startswith(each)), None)
        if brand is not None:
            cloud["provider_brand"] = brand
    if is_telecom_only(product) and (column := reader.column_of("cloud", "product")) is not None:
        reader.place(
            row,
            column,
            "CLD-006",
            Severity.WARNING,
            f"“{product}”是通信产品，已登记但不计入上云，请核对产品名称。",
        )


def _nurture(row: LedgerRow, reader: RowReader) -> None:
    """“年度” where a month is expected tells how it will be declared, not when."""
    nurture = row.of("nurture")
    unread = row.unparsed.get("nurture", {})
    way = _YEARLY.get(fold(unread.get("reach_ym", "")))
    if way is not None and nurture.get("declare_type") in (None, way):
        nurture["declare_type"] = way
        del unread["reach_ym"]
        row.findings = [finding for finding in row.findings if finding.field != "reach_ym"]
    if "revenue_ytd" in nurture and "asof_ym" not in nurture and reader.context.period is not None:
        nurture["asof_ym"] = str(reader.context.period)


def _project(row: LedgerRow, reader: RowReader) -> None:
    """A builder nobody has a card of is kept by name."""
    unread = row.unparsed.get("project", {})
    name = unread.pop("enterprise_id", "")
    if name:
        row.of("project").setdefault("owner_name", name)
        row.findings = [finding for finding in row.findings if finding.field != "enterprise_id"]


_LAYOUTS: dict[str, Layout] = {
    "visit": Layout("visit_date", {("issue", "status"): {**_DONE, **_UNDER_WAY}}, _visit),
    "issue": Layout("registered_on", {("issue", "status"): {**_DONE, **_UNDER_WAY}}),
    "cloud": Layout("cloud_on", {}, _cloud),
    "nurture": Layout("", {}, _nurture),
    "project": Layout("", {}, _project),
    "liaison": Layout("from_on"),
    "firm_plan": Layout("made_on"),
    "service": Layout("served_on"),
}
