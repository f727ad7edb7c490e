"""The page and the styles of a document after GB/T 9704—2012, in Word's own units. Nothing of what a bulletin says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from returns.bulletin.fonts import HEI, KAI, LATIN, SONG, TEXT, TITLE

# All lengths in millimetres, as the standard gives them.
PAGE = (Decimal(210), Decimal(297))
TOP, LEFT, BOTTOM, RIGHT = Decimal(37), Decimal(28), Decimal(35), Decimal(26)  # 版心 156 × 225
TYPE_WIDTH, TYPE_HEIGHT = PAGE[0] - LEFT - RIGHT, PAGE[1] - TOP - BOTTOM
LINES, CHARS = 22, 28
BODY_SIZE, TITLE_SIZE, TABLE_SIZE, PAGE_NUMBER_SIZE = 32, 44, 24, 28  # half points: 3号, 2号, 小四, 4号
SMALL_SIZE = 21  # 五号
# The dash of the page number stands 7 mm below the type area; half a line of 4号 on each side of it.
FOOTER = BOTTOM - 7 - Decimal("2.5")


def twips(mm: Decimal | float | int) -> int:
    """Twentieths of a point."""
    return int((Decimal(str(mm)) * 1440 / Decimal("25.4")).quantize(Decimal(1), ROUND_HALF_UP))


LINE = twips(TYPE_HEIGHT) // LINES  # 579: 28.95 points
CHAR = Decimal(twips(TYPE_WIDTH)) / CHARS  # one character of the grid, in twips
# How much closer than their size characters of 3号 stand so that 28 fill a line (156 mm), in twips.
CLOSER = int(CHAR) - BODY_SIZE * 10
# The same as a grid has it, in 1/4096 of a point.
_CHAR_SPACE = int((CHAR / 20 - Decimal(BODY_SIZE) / 2) * 4096)


def chars(count: Decimal | float | int) -> int:
    """The width of so many characters of the grid, in twips."""
    return int((CHAR * Decimal(str(count))).quantize(Decimal(1), ROUND_HALF_UP))


def section(*, landscape: bool = False, footers: str = "", kind: str = "nextPage") -> str:
    """`w:sectPr` of the standard page. Turned round, the binding edge is on top and the type area keeps its size."""
    width, height = (PAGE[1], PAGE[0]) if landscape else PAGE
    top, left, bottom, right = (LEFT, BOTTOM, RIGHT, TOP) if landscape else (TOP, LEFT, BOTTOM, RIGHT)
    orient = ' w:orient="landscape"' if landscape else ""
    footer = RIGHT - 7 - Decimal("2.5") if landscape else FOOTER
    # Lines snap to the grid; the characters' pitch is in the styles: a grid of characters makes LibreOffice give each
    # digit a whole cell. `charSpace` tells Word and WPS the same pitch where someone turns that grid on.
    lines = f'<w:docGrid w:type="lines" w:linePitch="{LINE}" w:charSpace="{_CHAR_SPACE}"/>'
    return (
        f'<w:sectPr>{footers}<w:type w:val="{kind}"/>'
        f'<w:pgSz w:w="{twips(width)}" w:h="{twips(height)}"{orient}/>'
        f'<w:pgMar w:top="{twips(top)}" w:right="{twips(right)}" w:bottom="{twips(bottom)}" w:left="{twips(left)}"'
        f' w:header="{twips(15)}" w:footer="{twips(footer)}" w:gutter="0"/>{lines}</w:sectPr>'
    )


def fonts(face: str) -> str:
    """`w:rFonts`: digits and letters in the Latin face, everything that can be in the Chinese one."""
    latin = SONG if face == SONG else LATIN
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{face}" w:cs="{latin}" w:hint="eastAsia"/>'


SMALL_CELL, SMALL_HEAD_CELL = "GwSmallCell", "GwSmallHeadCell"
IMPRINT_LINE, TABLE_LINE, SMALL_LINE = 480, 310, 260  # twips
ROW, SMALL_ROW = 400, 310  # twips that a row of a table is high at least
CELL_PAD = 57  # twips at the left and the right of what stands in a cell
PICTURE_WIDTH, PICTURE_HEIGHT, PICTURE_LEAST = (
    150.0,
    125.0,
    80.0,
)  # mm: at most, and to what height one may be reduced
TITLE_STYLE, TO, PLAIN, ONE, TWO, SIGN = "GwTitle", "GwTo", "GwText", "GwOne", "GwTwo", "GwSign"
ATTACHMENT, LISTED, CELL, HEAD_CELL, NOTE, CAPTION, IMPRINT, PICTURE = (
    "GwAttachment", "GwListed", "GwCell", "GwHeadCell", "GwNote", "GwCaption", "GwImprint", "GwPicture",
)  # fmt: skip


def normal() -> str:
    """The properties all styles stand on: 3号仿宋, fixed line pitch, on the grid."""
    return (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:overflowPunct w:val="1"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/></w:pPr>'
        f'<w:rPr>{fonts(TEXT)}<w:spacing w:val="{CLOSER}"/><w:kern w:val="2"/><w:sz w:val="{BODY_SIZE}"/><w:szCs w:val="{BODY_SIZE}"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:style>'
    )


@dataclass(frozen=True, slots=True)
class Look:
    """A style: its face and size (half points), the height of a line in twips (0: as high as what stands in it)."""

    name: str
    face: str
    size: int = BODY_SIZE
    line: int = LINE
    align: str = "left"
    indent: int = 0  # characters, of the first line
    keep: bool = False  # on one page with what follows
    outline: int | None = None
    tight: bool = False  # off the grid of lines, as tables are
    before: int = 0  # twips
    sides: int = 0  # characters, of both indents


LOOKS: Mapping[str, Look] = {
    TITLE_STYLE: Look("公文标题", TITLE, TITLE_SIZE, align="center", keep=True, outline=0),
    TO: Look("公文主送", TEXT),
    PLAIN: Look("公文正文", TEXT, align="both", indent=2),
    ONE: Look("公文一级标题", HEI, align="both", indent=2, keep=True, outline=1),
    TWO: Look("公文二级标题", KAI, align="both", indent=2, keep=True, outline=2),
    LISTED: Look("公文附件说明", TEXT),
    SIGN: Look("公文署名", TEXT, align="right"),
    ATTACHMENT: Look("公文附件序号", HEI, keep=True, outline=0),
    CELL: Look("公文表格", TEXT, TABLE_SIZE, TABLE_LINE, tight=True),
    HEAD_CELL: Look("公文表头", HEI, TABLE_SIZE, TABLE_LINE, "center", keep=True, tight=True),
    SMALL_CELL: Look("公文密表格", TEXT, SMALL_SIZE, SMALL_LINE, tight=True),
    SMALL_HEAD_CELL: Look("公文密表头", HEI, SMALL_SIZE, SMALL_LINE, "center", keep=True, tight=True),
    NOTE: Look("公文表注", KAI, TABLE_SIZE, TABLE_LINE, "both", tight=True),
    CAPTION: Look("公文表题图题", HEI, TABLE_SIZE, align="center", tight=True),
    PICTURE: Look("公文图", TEXT, TABLE_SIZE, 0, "center", keep=True, tight=True, before=120),
    IMPRINT: Look("公文版记", TEXT, PAGE_NUMBER_SIZE, IMPRINT_LINE, tight=True, sides=1),
}


def styles() -> str:
    """All styles of the document, by the names a person finds them under."""
    return "".join((normal(), *(_style(id, look) for id, look in LOOKS.items())))


def _style(id: str, look: Look) -> str:
    props = "<w:keepNext/>" if look.keep else ""
    props += '<w:widowControl w:val="0"/>' if look.line in (TABLE_LINE, SMALL_LINE) else ""
    props += '<w:snapToGrid w:val="0"/>' if look.tight else ""
    if look.line != LINE:
        before = f' w:before="{look.before}"' if look.before else ""
        high = f'w:line="{look.line}" w:lineRule="exact"' if look.line else 'w:line="240" w:lineRule="auto"'
        props += f"<w:spacing{before} {high}/>"
    if look.indent:
        props += f'<w:ind w:firstLineChars="{look.indent}00" w:firstLine="{chars(look.indent)}"/>'
    if look.sides:
        props += f'<w:ind w:left="{chars(look.sides)}" w:right="{chars(look.sides)}"/>'
    props += f'<w:jc w:val="{look.align}"/>'
    props += f'<w:outlineLvl w:val="{look.outline}"/>' if look.outline is not None else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{id}"><w:name w:val="{look.name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{props}</w:pPr>'
        f'<w:rPr>{fonts(look.face)}<w:sz w:val="{look.size}"/><w:szCs w:val="{look.size}"/></w:rPr></w:style>'
    )
