"""A bulletin as a .docx after GB/T 9704—2012. What stands in it is in compose.py; page and styles are in layout.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from returns.bulletin import layout
from returns.bulletin.compose import (
    Block,
    Grid,
    Imprint,
    Line,
    Picture,
    Run,
    SourceLine,
    Turn,
    anchors,
    compose,
)
from returns.bulletin.layout import chars
from returns.bulletin.model import Bulletin, Column, Ref
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

Fit = Callable[[list[Block]], list[Block]]
_RED = "FF0000"
_KEEP, _BREAK, _CENTRE = "<w:keepNext/>", "<w:pageBreakBefore/>", '<w:jc w:val="center"/>'


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
        fit: Fit | None = None,
    ) -> None:
        self._lines = lines
        content = compose(bulletin, lines, pictures=pictures, linked=bool(companion))
        self._content = fit(content) if fit is not None else content
        self._package = Package(bulletin.head.title, bulletin.head.issuer)
        self._relation = self._package.relation(companion) if companion else ""
        self._next = 0
        self._blocks: list[str] = []
        self.done = Written(anchors=anchors(bulletin))

    def write(self, out: Path) -> Written:
        """Write the file in place of `out`. MachineError says what is in the way."""
        for each in self._content:
            self._put(each)
        self._package.save(self._blocks, layout.section(footers=self._package.footers), out)
        return self.done

    def _put(self, each: Block) -> None:
        if isinstance(each, Line):
            self._blocks.append(self._line(each))
        elif isinstance(each, Grid):
            self._blocks.append(self._grid(each))
        elif isinstance(each, Picture):
            self._blocks.append(self._picture(each))
        elif isinstance(each, Turn):
            self._end_section(landscape=each.landscape)
        else:
            self._imprint(each)

    def _line(self, line: Line) -> str:
        props = (_KEEP if line.keep else "") + (_BREAK if line.new_page else "")
        if line.rule:
            props += f"<w:pBdr>{border('bottom', 18, _RED)}</w:pBdr>"
        if line.hanging:
            at = chars(line.left)
            props += f'<w:tabs><w:tab w:val="left" w:pos="{at}"/></w:tabs><w:ind w:left="{at}" w:hanging="{chars(line.hanging)}"/>'
        if line.right:
            props += f'<w:ind w:right="{chars(line.right)}"/>'
        props += _CENTRE if line.centred else ""
        return paragraph("".join(map(self._run, line.runs)), line.style, props=props)

    def _run(self, piece: Run) -> str:
        """A piece of a line; of a figure a bookmark of its own, and a link to its source."""
        if piece.ref is not None:
            return self._ref(piece.ref)
        content = run(piece.text, layout.fonts(piece.face) if piece.face else "")
        if piece.tab:
            return "<w:r><w:tab/></w:r>" + content
        if piece.anchor:
            self._next += 1
            return bookmark(self._next, piece.anchor, content)
        line = self._lines[piece.detail] if piece.detail else None
        if line is not None and line.place and self._relation:
            return external_link(self._relation, line.place, content, f"到工作簿中“{line.name}”的明细")
        return content

    def _ref(self, ref: Ref) -> str:
        self._next += 1
        name = f"figure{self._next}"
        line = self._lines.get(ref.key)
        anchor, content = self.done.anchors.get(ref.key, ""), run(ref.text)
        tip = f"{ref.title}：{line.scope}" if line is not None else ref.title
        if anchor:
            content = internal_link(anchor, content, tip)
        elif line is not None and line.place and self._relation:
            content = external_link(self._relation, line.place, content, tip)
        self.done.figures.append((name, ref.key, anchor or (line.place if line is not None else "")))
        return bookmark(self._next, name, content)

    def _picture(self, each: Picture) -> str:
        drawn = self._package.picture(
            each.png, each.slot.alt, each.slot.caption, width_mm=layout.PICTURE_WIDTH, most_high_mm=each.high
        )  # fmt: skip
        return paragraph(drawn, layout.PICTURE)

    # Tables.

    def _grid(self, grid: Grid) -> str:
        widths = [column.width for column in grid.columns]
        style = layout.SMALL_CELL if grid.compact else layout.CELL
        rows = [self._head_row(grid.columns, compact=grid.compact)]
        for place, each in enumerate(grid.rows):
            cells = [
                cell(self._run(piece), column.width, style, column.align, keep=grid.kept(place))
                for piece, column in zip(each, grid.columns, strict=True)
            ]
            rows.append(row(cells, compact=grid.compact))
        if not grid.rows:
            rows.append(row([cell(run(grid.empty), sum(widths), layout.CELL, "center", span=len(widths))]))
        return table(widths, rows, title=grid.title)

    def _head_row(self, columns: tuple[Column, ...], *, compact: bool) -> str:
        style = layout.SMALL_HEAD_CELL if compact else layout.HEAD_CELL
        cells = [cell(run(each.title), each.width, style, "center") for each in columns]
        return row(cells, header=True, compact=compact)

    # Sections and the foot of the last page.

    def _imprint(self, each: Imprint) -> None:
        """版记: at the foot of the last page, thick lines outside, thin ones between."""
        # Its foot is the foot of the type area.
        lowest = layout.twips(layout.PAGE[1] - layout.BOTTOM) - len(each.rows) * layout.IMPRINT_LINE
        frame = (
            f'<w:framePr w:w="{layout.twips(layout.TYPE_WIDTH)}" w:wrap="around" w:vAnchor="page" w:hAnchor="margin" '
            f'w:xAlign="center" w:y="{lowest}"/><w:pBdr>{border("top", 8)}{border("bottom", 8)}{border("between", 6)}'
            f'</w:pBdr><w:tabs><w:tab w:val="right" w:pos="{chars(27)}"/></w:tabs>'
        )
        for left, right in each.rows:
            content = run(left) + (f"<w:r><w:tab/></w:r>{run(right)}" if right else "")
            self._blocks.append(paragraph(content, layout.IMPRINT, props=frame))
        # A paragraph outside the frame, to which it is tied.
        tie = '<w:spacing w:line="20" w:lineRule="exact"/>'
        self._blocks.append(paragraph("", layout.NOTE, props=tie))

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
    fit: Fit | None = None,
) -> Written:
    """Write the bulletin as it is. `lines`: the source of every key in it; `fit`: who knows the fonts may adjust the
    height of pictures to the pages. MachineError when `out` can not be written.
    """
    return Writer(bulletin, lines, companion, pictures, fit).write(out)
