"""A bulletin as a .docx after GB/T 9704—2012. What it says comes from the draft; page and styles are in layout.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from returns.bulletin import layout
from returns.bulletin.layout import chars
from returns.bulletin.model import (
    FIRST,
    SECOND,
    Attachment,
    Bulletin,
    Cell,
    Column,
    Paragraph,
    Ref,
    Slot,
    Table,
    numbered,
)
from returns.bulletin.package import Package
from returns.bulletin.wordxml import (
    bookmark,
    border,
    cell,
    external_link,
    internal_link,
    paragraph,
    row,
    run,
    table,
)

PORTRAIT_WIDTH, PICTURE_HEIGHT = 156.0, 125.0  # mm
_STYLE_OF = {FIRST: layout.ONE, SECOND: layout.TWO}
_BLANK = paragraph("", layout.TO)
_BREAK = "<w:pageBreakBefore/>"
_RED = "FF0000"


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


@dataclass(slots=True)
class Written:
    """What became of the figures: bookmark, key, and where its link leads."""

    figures: list[tuple[str, str, str]] = field(default_factory=list)
    anchors: dict[str, str] = field(default_factory=dict)  # key of a line of 数据来源 → its bookmark


class Writer:
    """One document. `lines`: the sources by key; `companion`: the file name of the workbook beside; `pictures`: PNG by slot."""

    def __init__(
        self,
        bulletin: Bulletin,
        lines: Mapping[str, SourceLine],
        companion: str = "",
        pictures: Mapping[str, bytes] | None = None,
    ) -> None:
        self._bulletin, self._lines, self._pictures = bulletin, lines, pictures or {}
        self._package = Package(bulletin.head.title, bulletin.head.issuer)
        self._relation = self._package.relation(companion) if companion else ""
        self._next = 0
        self._blocks: list[str] = []
        self.done = Written()
        listed = any(each.sources for each in bulletin.attachments)
        self._listed = (
            {key: f"source{place}" for place, key in enumerate(main_keys(bulletin), 1)} if listed else {}
        )
        self.done.anchors = dict(self._listed)

    def write(self, out: Path) -> Written:
        """Write the file in place of `out`. MachineError says what is in the way."""
        self._head()
        self._text()
        self._signature()  # with the last lines of the text: never on a page of its own
        turned = False
        for number, each in enumerate(self._bulletin.attachments, 1):
            fresh = False
            if each.landscape != turned:
                self._end_section(landscape=turned)
                turned, fresh = each.landscape, True
            self._attachment(number, each, new_page=not fresh)
        if turned:
            self._end_section(landscape=True)
        self._imprint()
        last = layout.section(footers=self._package.footers)
        self._package.save(self._blocks, last, out)
        return self.done

    # Before and after the text.

    def _head(self) -> None:
        head = self._bulletin.head
        if head.number:
            self._add(paragraph(run(_brackets(head.number)), layout.TO, props='<w:jc w:val="center"/>'))
            line = f"<w:pBdr>{border('bottom', 18, _RED)}</w:pBdr>"
            self._add(paragraph("", layout.TO, props=line), _BLANK)
        for text in title_lines(head.title):
            self._add(paragraph(run(text), layout.TITLE_STYLE))
        if head.mark:
            mark = run(head.mark, layout.fonts("楷体_GB2312"))
            self._add(paragraph(mark, layout.TO, props='<w:jc w:val="center"/>'))
        self._add(_BLANK, paragraph(run(head.recipients), layout.TO))

    def _signature(self) -> None:
        head, attachments = self._bulletin.head, self._bulletin.attachments
        self._keep_with_next()
        keep = "<w:keepNext/>"
        blank = paragraph("", layout.TO, props=keep)
        if attachments:
            self._add(blank)
            for number, each in enumerate(attachments, 1):
                # Names stand under each other; “附件：” comes before the first.
                told = f"附件：{number}." if number == 1 else f"{number}."
                hanging = 4.2 if number == 1 else 1.2
                place = f'{keep}<w:tabs><w:tab w:val="left" w:pos="{chars(6.2)}"/></w:tabs><w:ind w:left="{chars(6.2)}" w:hanging="{chars(hanging)}"/>'
                self._add(
                    paragraph(run(told) + "<w:r><w:tab/></w:r>" + run(each.title), layout.LISTED, props=place)
                )
        signed, dated = sign_indents(head.issuer, head.date, sealed=head.sealed)
        self._add(blank, blank)
        self._add(paragraph(run(head.issuer), layout.SIGN, props=f'{keep}<w:ind w:right="{chars(signed)}"/>'))
        self._add(paragraph(run(head.date), layout.SIGN, props=f'<w:ind w:right="{chars(dated)}"/>'))

    def _imprint(self) -> None:
        """版记: at the foot of the last page, thick lines outside, thin ones between."""
        head = self._bulletin.head
        if not (head.copies or head.printer):
            return
        rows = []
        if head.copies:
            rows.append(run(f"抄送：{head.copies.removeprefix('抄送：').rstrip('。')}。"))
        rows.append(run(head.printer) + "<w:r><w:tab/></w:r>" + run(head.printed))
        # Its foot is the foot of the type area.
        lowest = layout.twips(layout.PAGE[1] - layout.BOTTOM) - len(rows) * layout.IMPRINT_LINE
        frame = (
            f'<w:framePr w:w="{layout.twips(PORTRAIT_WIDTH)}" w:wrap="around" w:vAnchor="page" w:hAnchor="margin" '
            f'w:xAlign="center" w:y="{lowest}"/><w:pBdr>{border("top", 8)}{border("bottom", 8)}{border("between", 6)}'
            f'</w:pBdr><w:tabs><w:tab w:val="right" w:pos="{chars(27)}"/></w:tabs>'
        )
        self._add(*(paragraph(content, layout.IMPRINT, props=frame) for content in rows))
        # A paragraph outside the frame, to which it is tied.
        self._add(paragraph("", layout.NOTE, props='<w:spacing w:line="20" w:lineRule="exact"/>'))

    # The text.

    def _text(self) -> None:
        for number, each in numbered(self._bulletin.paragraphs):
            self._add(self._paragraph(number, each))
            for drawn in self._bulletin.tables:
                if drawn.after == each.id:
                    self._table(drawn)
            for slot in self._bulletin.slots:
                if slot.after == each.id:
                    self._picture(slot)

    def _paragraph(self, number: str, each: Paragraph) -> str:
        content = run(number) + "".join(
            self._ref(part) if isinstance(part, Ref) else run(part) for part in each.parts
        )
        return paragraph(content, _STYLE_OF.get(each.level, layout.PLAIN))

    def _ref(self, ref: Ref) -> str:
        """A figure: a bookmark of its own, and a link to its source."""
        self._next += 1
        name = f"figure{self._next}"
        line = self._lines.get(ref.key)
        anchor, content = self._listed.get(ref.key, ""), run(ref.text)
        tip = f"{ref.title}：{line.scope}" if line is not None else ref.title
        if anchor:
            content = internal_link(anchor, content, tip)
        elif line is not None and line.place and self._relation:
            content = external_link(self._relation, line.place, content, tip)
        self.done.figures.append((name, ref.key, anchor or (line.place if line is not None else "")))
        return bookmark(self._next, name, content)

    def _picture(self, slot: Slot) -> None:
        png = self._pictures.get(slot.id)
        if png is None:
            return
        drawn = self._package.picture(png, slot.alt, slot.caption, width_mm=150, most_high_mm=PICTURE_HEIGHT)
        self._add(paragraph(drawn, layout.PICTURE))
        place = [each.id for each in self._bulletin.slots if each.id in self._pictures].index(slot.id) + 1
        self._add(paragraph(run(f"图{place}　{slot.caption}"), layout.CAPTION))

    # Tables and attachments.

    def _table(self, drawn: Table, *, compact: bool = False) -> None:
        if drawn.title:
            self._add(paragraph(run(drawn.title), layout.CAPTION, props="<w:keepNext/>"))
        widths = [column.width for column in drawn.columns]
        style = layout.SMALL_CELL if compact else layout.CELL
        rows = [self._head_row(drawn.columns, compact=compact)]
        for each in drawn.rows:
            rows.append(
                row(
                    [
                        cell(self._cell(value), column.width, style, column.align)
                        for value, column in zip(each, drawn.columns, strict=True)
                    ],
                    compact=compact,
                )
            )
        if not drawn.rows:
            rows.append(row([cell(run(drawn.empty), sum(widths), layout.CELL, "center", span=len(widths))]))
        self._add(table(widths, rows, title=drawn.title))
        self._add(paragraph(run(drawn.note), layout.NOTE))

    def _head_row(self, columns: tuple[Column, ...], *, compact: bool = False) -> str:
        style = layout.SMALL_HEAD_CELL if compact else layout.HEAD_CELL
        return row(
            [cell(run(each.title), each.width, style, "center") for each in columns],
            header=True,
            compact=compact,
        )

    def _cell(self, value: Cell) -> str:
        return self._ref(value) if isinstance(value, Ref) else run(value)

    def _attachment(self, number: int, each: Attachment, *, new_page: bool) -> None:
        self._add(paragraph(run(f"附件{number}"), layout.ATTACHMENT, props=_BREAK if new_page else ""))
        self._add(_BLANK)
        for text in title_lines(each.title):
            self._add(paragraph(run(text), layout.TITLE_STYLE))
        if not each.landscape:  # a page turned round has lines to spare for the table only
            self._add(_BLANK)
        if each.sources:
            self._sources()
        for place, drawn in enumerate(each.tables):
            if place:
                self._add(_BLANK)
            self._table(drawn, compact=each.landscape)
        for note in each.notes:
            self._add(paragraph(run(note), layout.NOTE))

    def _sources(self) -> None:
        columns = (
            Column("序号", 11), Column("数据", 40, "left"), Column("数值", 22), Column("口径", 51, "left"),
            Column("覆盖", 13), Column("明细", 19),
        )  # fmt: skip
        rows = [self._head_row(columns)]
        for place, (key, anchor) in enumerate(self._listed.items(), 1):
            line = self._lines[key]
            self._next += 1
            detail = run(line.rows)
            if line.place and self._relation:
                detail = external_link(self._relation, line.place, detail, f"到工作簿中“{line.name}”的明细")
            contents = (
                bookmark(self._next, anchor, run(str(place))), run(line.name), run(line.value), run(line.scope),
                run(line.coverage), detail,
            )  # fmt: skip
            rows.append(
                row(
                    [
                        cell(content, column.width, layout.CELL, column.align)
                        for content, column in zip(contents, columns, strict=True)
                    ]
                )
            )
        self._add(table([each.width for each in columns], rows, title="数据来源"))
        told = "注：覆盖为已报单位数／应报单位数。"
        if self._relation:
            told += "点正文中的数到本表，点“明细”到随附工作簿中得出这个数的记录；表中各单位的数直接到工作簿。"
        self._add(paragraph(run(told), layout.NOTE))

    # Below: blocks and sections.

    def _keep_with_next(self) -> None:
        """The last paragraph of the text goes to the next page with what follows."""
        last = self._blocks[-1]
        if last.startswith("<w:p>"):
            style_end = last.index("/>") + 2
            self._blocks[-1] = f"{last[:style_end]}<w:keepNext/>{last[style_end:]}"

    def _add(self, *blocks: str) -> None:
        self._blocks += blocks

    def _end_section(self, *, landscape: bool) -> None:
        """End the section with the last paragraph, so that no empty one takes a line."""
        ended = layout.section(landscape=landscape, footers=self._package.footers)
        last = self._blocks[-1]
        self._blocks[-1] = last.replace("</w:pPr>", f"{ended}</w:pPr>", 1)


def write_bulletin(
    bulletin: Bulletin,
    out: Path,
    *,
    lines: Mapping[str, SourceLine],
    companion: str = "",
    pictures: Mapping[str, bytes] | None = None,
) -> Written:
    """Write the bulletin as it is. `lines`: the source of every key in it. MachineError when `out` can not be written."""
    return Writer(bulletin, lines, companion, pictures).write(out)


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


def _brackets(number: str) -> str:
    """发文字号 with the brackets the standard wants: 〔2024〕."""
    for wrong in ("[]", "［］", "()", "（）", "【】"):
        number = number.replace(wrong[0], "〔").replace(wrong[1], "〕")
    return number
