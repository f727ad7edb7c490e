"""Pieces of WordprocessingML as text: runs, paragraphs, links, tables. Which words they hold is for others to say."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from returns.bulletin.layout import CELL_PAD, ROW, SMALL_ROW, twips

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_JC = {"left": "left", "center": "center", "right": "right"}
_LINE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'


def run(text: str, props: str = "") -> str:
    """One run. The hint lets quotes and dashes be as wide as the Chinese characters beside them."""
    if not text:
        return ""
    return (
        f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/>{props}</w:rPr>'
        f'<w:t xml:space="preserve">{escape(_clean(text))}</w:t></w:r>'
    )


def _clean(text: str) -> str:
    """Without the characters XML has no place for."""
    return "".join(each for each in text if each >= " " or each in "\t\n")


def paragraph(content: str, style: str, *, props: str = "", section: str = "") -> str:
    """`props` stand between the style and the end of the paragraph's properties; `section` ends one here."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{props}{section}</w:pPr>{content}</w:p>'


def internal_link(anchor: str, content: str, tip: str = "") -> str:
    """To a bookmark of the document. It looks like the text around it."""
    told = f" w:tooltip={quoteattr(tip)}" if tip else ""
    return f'<w:hyperlink w:anchor="{anchor}"{told} w:history="1">{content}</w:hyperlink>'


def external_link(relation: str, place: str, content: str, tip: str = "") -> str:
    """To a place (“'数据来源'!A5”) in the file that the relation names."""
    told = f" w:tooltip={quoteattr(tip)}" if tip else ""
    at = f" w:anchor={quoteattr(place)}" if place else ""
    return f'<w:hyperlink r:id="{relation}"{at}{told} w:history="1">{content}</w:hyperlink>'


def bookmark(id: int, name: str, content: str) -> str:
    return f'<w:bookmarkStart w:id="{id}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{id}"/>'


def field(instruction: str, props: str) -> str:
    """A field that the program fills in, such as the page number."""
    run_props = f"<w:rPr>{props}</w:rPr>"
    return (
        f'<w:r>{run_props}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{run_props}<w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        f'<w:r>{run_props}<w:fldChar w:fldCharType="separate"/></w:r><w:r>{run_props}<w:t>1</w:t></w:r>'
        f'<w:r>{run_props}<w:fldChar w:fldCharType="end"/></w:r>'
    )


def cell(content: str, width: float, style: str, align: str, *, span: int = 1, keep: bool = False) -> str:
    """A cell with one paragraph. `keep`: its row on one page with the next."""
    together = "<w:keepNext/>" if keep else ""
    merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/>{merged}<w:vAlign w:val="center"/></w:tcPr>'
        f"{paragraph(content, style, props=f'{together}<w:jc w:val={quoteattr(_JC[align])}/>')}</w:tc>"
    )


def row(cells: Sequence[str], *, header: bool = False, compact: bool = False) -> str:
    """A row that does not break across pages; a header row comes again on each page."""
    again = "<w:tblHeader/>" if header else ""
    least = SMALL_ROW if compact else ROW
    return (
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{least}" w:hRule="atLeast"/>{again}</w:trPr>'
        f"{''.join(cells)}</w:tr>"
    )


def table(widths: Sequence[float], rows: Sequence[str], *, title: str = "") -> str:
    """A centred table with thin lines; `title` is what screen readers say of it."""
    lines = "".join(
        _LINE.format(side=side, size=4, colour="auto")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    told = f"<w:tblCaption w:val={quoteattr(title)}/>" if title else ""
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(map(twips, widths))}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{CELL_PAD}" w:type="dxa"/><w:right w:w="{CELL_PAD}" w:type="dxa"/></w:tblCellMar>'
        f"{told}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def border(side: str, size: int, colour: str = "000000") -> str:
    """A line at one side of a paragraph, in eighths of a point."""
    return _LINE.format(side=side, size=size, colour=colour)
