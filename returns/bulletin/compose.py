"""A bulletin as a row of blocks in the order of the paper: every line with its style, tables, pictures, turns of the page.

Both the document (write.py) and the pages on the screen are made from these blocks; what they say comes from the draft.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from returns.bulletin import layout
from returns.bulletin.fonts import KAI
from returns.bulletin.model import (
    FIRST,
    SEALED,
    SECOND,
    UNSEALED,
    Attachment,
    Bulletin,
    Cell,
    Column,
    Head,
    Paragraph,
    Ref,
    Slot,
    Table,
    numbered,
)

_STYLE_OF = {FIRST: layout.ONE, SECOND: layout.TWO}
STAMP = 6  # characters that the stamp of a signature takes (GB/T 9704 leaves its size to the office)
SOURCE_COLUMNS = (
    Column("序号", 11), Column("数据", 40, "left"), Column("数值", 25), Column("口径", 48, "left"),
    Column("覆盖", 13), Column("明细", 19),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of 数据来源. `place`: where it continues in the workbook beside, “'数据来源'!A5”, “” without one."""

    key: str
    name: str
    value: str
    scope: str
    coverage: str
    rows: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line. `face`: other than the style's; `ref`: the figure it is; `anchor`: a place that figures lead to;
    `detail`: the key whose rows it leads to; `tab`: it begins at the next stop.
    """

    text: str
    face: str = ""
    ref: Ref | None = None
    anchor: str = ""
    detail: str = ""
    tab: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. Lengths in characters of the grid: `right` and `left` indents, `hanging` of its first line.

    `keep`: on one page with what follows; `rule`: a red line under it; `new_page`: it begins one.
    """

    style: str
    runs: tuple[Run, ...] = ()
    centred: bool = False
    keep: bool = False
    new_page: bool = False
    rule: bool = False
    right: float = 0
    left: float = 0
    hanging: float = 0

    @property
    def text(self) -> str:
        return "".join(each.text for each in self.runs)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose header comes again on each page. `compact`: in smaller type, on a page turned round."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Run, ...], ...]
    title: str = ""
    empty: str = ""
    compact: bool = False

    def kept(self, row: int) -> bool:
        """Whether a row stays on one page with the next: no two rows alone under the header, no two above the note."""
        return row < 2 or row >= len(self.rows) - 3


@dataclass(frozen=True, slots=True)
class Picture:
    """`high`: millimetres at most; less where that fills the page it would otherwise leave half empty."""

    slot: Slot
    png: bytes
    high: float = layout.PICTURE_HEIGHT


@dataclass(frozen=True, slots=True)
class Turn:
    """The pages before this were upright, or (`landscape`) turned round; what follows is the other way."""

    landscape: bool


@dataclass(frozen=True, slots=True)
class Imprint:
    """版记 at the foot of the last page: lines with what stands at the left and at the right of each."""

    rows: tuple[tuple[str, str], ...]


Block = Line | Grid | Picture | Turn | Imprint
_BLANK = Line(layout.TO)


def compose(
    bulletin: Bulletin,
    lines: Mapping[str, SourceLine],
    *,
    pictures: Mapping[str, bytes] | None = None,
    linked: bool = False,
) -> list[Block]:
    """The blocks of the whole paper. `lines`: the source of every key; `pictures`: PNG by slot; `linked`: a workbook
    of the sources lies beside it.
    """
    found: list[Block] = [*_head(bulletin.head), *_text(bulletin, pictures or {})]
    if isinstance(last := found[-1], Line):
        found[-1] = replace(last, keep=True)  # the signature never stands on a page of its own
    found += _signature(bulletin.head, bulletin.attachments)
    turned = False
    for number, each in enumerate(bulletin.attachments, 1):
        fresh = each.landscape != turned
        if fresh:
            found.append(Turn(turned))
            turned = each.landscape
        found += _attachment(bulletin, number, each, lines, new_page=not fresh, linked=linked)
    if turned:
        found.append(Turn(turned))
    found += _imprint(bulletin.head)
    return found


# Before and after the text.


def _head(head: Head) -> Iterator[Block]:
    if head.number:
        yield Line(layout.TO, (Run(brackets(head.number)),), centred=True)
        yield Line(layout.TO, rule=True)
        yield _BLANK
    for text in title_lines(head.title):
        yield Line(layout.TITLE_STYLE, (Run(text),))
    if head.mark:
        yield Line(layout.TO, (Run(head.mark, face=KAI),), centred=True)
    yield _BLANK
    yield Line(layout.TO, (Run(head.recipients),))


def _signature(head: Head, attachments: Sequence[Attachment]) -> Iterator[Block]:
    """附件说明, 署名 and 成文日期, all on one page with the end of the text (GB/T 9704 7.3.4, 7.3.5)."""
    blank = Line(layout.TO, keep=True)
    if attachments:
        yield blank
        for number, each in enumerate(attachments, 1):
            # Names stand under each other; “附件：” comes before the first.
            told = f"附件：{number}." if number == 1 else f"{number}."
            yield Line(
                layout.LISTED, (Run(told), Run(each.title, tab=True)), keep=True, left=6.2,
                hanging=4.2 if number == 1 else 1.2,
            )  # fmt: skip
    yield blank
    if head.seal == UNSEALED:  # one line below the text
        signed, dated = sign_indents(head.issuer, head.date, sealed=False)
        yield Line(layout.SIGN, (Run(head.issuer),), keep=True, right=signed)
        yield Line(layout.SIGN, (Run(head.date),), right=dated)
        return
    yield blank
    if head.seal == SEALED:  # the seal covers both: its top within one line of the text
        signed, dated = sign_indents(head.issuer, head.date, sealed=True)
        yield Line(layout.SIGN, (Run(head.issuer),), keep=True, right=signed)
        yield Line(layout.SIGN, (Run(head.date),), right=dated)
        return
    # The stamp stands four from the edge, the post two to its left, the date below an empty line.
    yield Line(layout.SIGN, (Run(head.post),), keep=True, right=4 + STAMP + 2)
    yield blank
    yield Line(layout.SIGN, (Run(head.date),), right=4)


def _imprint(head: Head) -> Iterator[Block]:
    rows = []
    if head.copies:
        rows.append((f"抄送：{head.copies.removeprefix('抄送：').rstrip('。')}。", ""))
    if head.printer or head.copies:
        rows.append((head.printer, head.printed))
    if rows:
        yield Imprint(tuple(rows))


# The text.


def _text(bulletin: Bulletin, pictures: Mapping[str, bytes]) -> Iterator[Block]:
    drawn = [each.id for each in bulletin.slots if each.id in pictures]
    for number, each in numbered(bulletin.paragraphs):
        yield _paragraph(number, each)
        for table in bulletin.tables:
            if table.after == each.id:
                yield from _table(table)
        for slot in bulletin.slots:
            if slot.after == each.id and slot.id in pictures:
                yield Picture(slot, pictures[slot.id])
                yield Line(layout.CAPTION, (Run(f"图{drawn.index(slot.id) + 1}　{slot.caption}"),))


def _paragraph(number: str, each: Paragraph) -> Line:
    runs = [Run(number)] if number else []
    runs += [_run(part) for part in each.parts]
    return Line(_STYLE_OF.get(each.level, layout.PLAIN), tuple(runs))


def _run(part: Cell) -> Run:
    return Run(part.text, ref=part) if isinstance(part, Ref) else Run(part)


# Tables and attachments.


def _table(drawn: Table, *, compact: bool = False) -> Iterator[Block]:
    if drawn.title:
        yield Line(layout.CAPTION, (Run(drawn.title),), keep=True)
    rows = tuple(tuple(_run(value) for value in row) for row in drawn.rows)
    yield Grid(drawn.columns, rows, drawn.title, drawn.empty, compact)
    yield Line(layout.NOTE, (Run(drawn.note),))


def _attachment(
    bulletin: Bulletin, number: int, each: Attachment, lines: Mapping[str, SourceLine], *, new_page: bool, linked: bool
) -> Iterator[Block]:  # fmt: skip
    yield Line(layout.ATTACHMENT, (Run(f"附件{number}"),), new_page=new_page)
    yield _BLANK
    for text in title_lines(each.title):
        yield Line(layout.TITLE_STYLE, (Run(text),))
    if not each.landscape:  # a page turned round has lines to spare for the table only
        yield _BLANK
    if each.sources:
        yield from _sources(bulletin, lines, linked=linked)
    for place, drawn in enumerate(each.tables):
        if place:
            yield _BLANK
        yield from _table(drawn, compact=each.landscape)
    for note in each.notes:
        yield Line(layout.NOTE, (Run(note),))


def _sources(bulletin: Bulletin, lines: Mapping[str, SourceLine], *, linked: bool) -> Iterator[Block]:
    rows = []
    for place, (key, anchor) in enumerate(anchors(bulletin).items(), 1):
        line = lines[key]
        rows.append(
            (
                Run(str(place), anchor=anchor), Run(line.name), Run(line.value), Run(line.scope), Run(line.coverage),
                Run(line.rows, detail=key),
            )
        )  # fmt: skip
    yield Grid(SOURCE_COLUMNS, tuple(rows), "数据来源", "（无）")
    told = "注：覆盖为已报单位数／应报单位数。"
    if linked:
        told += "点正文中的数到本表，点“明细”到随附工作簿中得出这个数的记录；表中各单位的数直接到工作簿。"
    yield Line(layout.NOTE, (Run(told),))


def anchors(bulletin: Bulletin) -> dict[str, str]:
    """The places of the printed list of sources by key; none where it is left out."""
    if not any(each.sources for each in bulletin.attachments):
        return {}
    return {key: f"source{place}" for place, key in enumerate(main_keys(bulletin), 1)}


def main_keys(bulletin: Bulletin) -> tuple[str, ...]:
    """The keys that have a line in the printed list, in the order they are met; parts by unit are in the workbook only.

    A unit's figure inside a sentence has its line too.
    """
    told = {ref.key for paragraph in bulletin.paragraphs for ref in paragraph.refs}
    return tuple(
        dict.fromkeys(ref.key for ref in bulletin.refs() if ":" not in ref.key or ref.key in told)
    )  # fmt: skip


def title_lines(title: str, width: int = 20) -> list[str]:
    """A title in lines that each make sense: broken before 工作, 数字经济, 目标指标 … where one line will not hold it."""
    if _width(title) <= width:
        return [title]
    breaks = [
        title.find(word)
        for word in ("工作情况", "目标指标", "企业问题", "各单位", "情况的通报", "数字经济")
        if title.find(word) > 0
    ]
    for at in breaks:
        if _width(title[:at]) <= width and _width(title[at:]) <= width:
            return [title[:at], title[at:]]
    return [title]


def _width(text: str) -> float:
    """In characters: digits and letters are half as wide."""
    return sum(0.5 if each.isascii() else 1 for each in text)


def sign_indents(issuer: str, dated: str, *, sealed: bool) -> tuple[float, float]:
    """How many characters from the right 署名 and 成文日期 end (GB/T 9704 7.3.5).

    With a seal the date ends four from the edge and the name stands centred above it. Without one the name ends two
    from the edge and the date begins two to the right of it; a date that is longer ends two from the edge itself.
    """
    name, date = _width(issuer), _width(dated)
    if sealed:
        return max(4 + (date - name) / 2, 0), 4
    if name - date >= 2:
        return 2, name - date
    return max(4 + date - name, 0), 2


def brackets(number: str) -> str:
    """发文字号 with the brackets the standard wants: 〔2024〕."""
    for wrong in ("[]", "［］", "()", "（）", "【】"):
        number = number.replace(wrong[0], "〔").replace(wrong[1], "〕")
    return number
