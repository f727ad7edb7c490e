"""A list as shown on paper: its columns in their order, landscape, the header on every page, a total at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from db.fields import Field, Kind
from desktop.printing.blocks import Block, Column, Document, Line, Table, Title, wide
from desktop.printing.office import Office

MOST = 10_000  # rows on paper; more nobody reads
_SAMPLE = 400  # rows looked at for the widths
_ROOM = 158  # half characters across the page at the usual size, beside the numbers
_SMALL_ROOM = 178  # at the small one
_PAD = 3.2  # half characters that the blank beside a text takes
_LEAST_TEXT = 15.0  # what a text keeps where columns must give way
_NARROWEST, _WIDEST = 5, 44
# Amounts add up over rows; rates, scores and lines to reach do not.
_ADDS_UP = frozenset(("万元", "亿元", "家", "个", "人", "次", "件", "名", "项", "平方米"))
_NOT_ADDED = frozenset(("threshold", "sequence", "year"))


@dataclass(frozen=True)
class Shown:
    """A column as it is shown: its header, and the field behind it where there is one."""

    header: str
    field: Field | None = None

    @property
    def is_figure(self) -> bool:
        return self.field is not None and self.field.kind in (Kind.NUMBER, Kind.INTEGER)

    @property
    def adds_up(self) -> bool:
        return (
            self.is_figure
            and self.field is not None
            and self.field.unit in _ADDS_UP
            and self.field.name not in _NOT_ADDED
        )


def listing(
    title: str,
    about: str,
    columns: Sequence[Shown],
    rows: Sequence[Sequence[str]],
    sums: Sequence[Decimal | None],
    count: int,
    office: Office,
) -> Document:
    """`rows` as text, numbered here; `sums` by column (None: not added up); `count`: how many there are in all."""
    short = len(rows) < count
    told = f"共 {count:,} 条" + (f"，只印前 {len(rows):,} 条" if short else "")
    widths = _widths(columns, rows)
    small = sum(widths) > _ROOM
    laid = [
        Column("序号", max(4.0, len(f"{len(rows):,}")) + _PAD, "center"),
        *(
            Column(column.header, width, "right" if column.is_figure else "left")
            for column, width in zip(columns, widths, strict=True)
        ),
    ]
    total = None
    if rows:
        total = ["合计", *(("" if each is None else f"{each:,}") for each in sums)]
        place = next((n for n, each in enumerate(sums, 1) if each is None), None)
        if place is not None:
            total[place] = told
    blocks: list[Block] = [
        Title(office.title(title)),
        Line(f"单位：{office.unit}", about, told),
        Table(laid, _numbered(rows), total, len(rows), small),
    ]
    notes = (
        f"这个列表有 {count:,} 条，只排了前 {len(rows):,} 条；请先筛选，或导出 Excel。",
    ) if short else ()  # fmt: skip
    return Document(
        title, blocks, landscape=True, name=f"{title}_{office.today}", foot=office.foot, printed=office.printed,
        notes=notes,
    )  # fmt: skip


def _numbered(rows: Sequence[Sequence[str]]) -> Iterable[Sequence[str]]:
    return ([str(number), *row] for number, row in enumerate(rows, 1))


def _widths(columns: Sequence[Shown], rows: Sequence[Sequence[str]]) -> list[float]:
    """As wide as what stands in most rows; long texts give way first where the page is too narrow."""
    sample = rows[:: max(1, len(rows) // _SAMPLE)]
    found: list[float] = []
    for place, column in enumerate(columns):
        seen = sorted(wide(row[place].split("\n")[0]) for row in sample)
        usual = seen[int(len(seen) * 0.9)] if seen else 0
        if column.is_figure and seen:
            usual = seen[-1]  # a figure is never broken
        found.append(_PAD + max(_NARROWEST, _least(column.header), min(usual, _WIDEST)))
    if sum(found) <= _ROOM:
        return found
    flexible = sum(each - _LEAST_TEXT for each in found if each > _LEAST_TEXT)
    spare = sum(found) - _SMALL_ROOM
    if spare > 0 and flexible:
        part = max(0.1, 1 - spare / flexible)
        found = [
            _LEAST_TEXT + (each - _LEAST_TEXT) * part
            if each > _LEAST_TEXT and not columns[place].is_figure
            else each
            for place, each in enumerate(found)
        ]
    return found


def _least(header: str) -> float:
    """What a header needs on two lines: its unit goes below, a long one is halved."""
    cut = header.find("（")
    if cut > 0:
        return max(wide(header[:cut]), wide(header[cut:])) if cut <= 6 else max(wide(header) / 2 + 1, 0)
    return wide(header) if wide(header) <= 8 else wide(header) / 2 + 1
