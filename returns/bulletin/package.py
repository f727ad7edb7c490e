"""The file around the text: styles, settings, fonts, page numbers, pictures. Built on python-docx's empty document."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from returns.bulletin import fonts, layout
from returns.bulletin.wordxml import NAMESPACES, field, paragraph
from returns.replacing import replacing

_SETTINGS = (
    '<w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/>'
    '<w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/><w:drawingGridHorizontalSpacing w:val="158"/>'
    f'<w:drawingGridVerticalSpacing w:val="{layout.LINE}"/><w:characterSpacingControl w:val="compressPunctuation"/>'
    "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/>"
    "<w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>"
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/>'
)
_STYLES = (
    f"<w:docDefaults><w:rPrDefault><w:rPr>{layout.fonts(fonts.TEXT)}"
    '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
)
_MORE_STYLES = (
    '<w:style w:type="character" w:default="1" w:styleId="Standardfont"><w:name w:val="Default Paragraph Font"/>'
    '<w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>'
    '<w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
    '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar>'
    "</w:tblPr></w:style>"
)
_UNUSED = ("stylesWithEffects", "webSettings", "customXml", "numbering")


class Package:
    """A document being put together: ask it for footers, pictures and links, give it the body, save it."""

    def __init__(self, title: str, author: str) -> None:
        import docx  # half a second with what it needs
        from docx.oxml import parse_xml

        self._parse: Any = parse_xml
        self._document: Any = docx.Document()
        part = self._document.part
        for key, rel in list(part.rels.items()):
            if rel.reltype.rsplit("/", 1)[-1] in _UNUSED:
                del part.rels[key]
            elif rel.reltype.endswith("/fontTable"):
                rel._target._blob = fonts.font_table()
        self._fill(self._document.styles.element, f"{_STYLES}{layout.styles()}{_MORE_STYLES}")
        self._fill(self._document.settings.element, _SETTINGS)
        core, now = self._document.core_properties, datetime.now(UTC)
        core.title, core.author, core.last_modified_by, core.subject = title, author, author, "季通报"
        core.language, core.created, core.modified, core.comments, core.revision = "zh-CN", now, now, "", 1
        self.footers = self._footers()

    def relation(self, file: str) -> str:
        """The key of a link to a file that lies beside the document."""
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
        key: str = self._document.part.relate_to(quote(file), kind, is_external=True)
        return key

    def picture(self, png: bytes, alt: str, name: str, *, width_mm: float, most_high_mm: float) -> str:
        """A run that holds the picture, no wider and no higher than told, with its description."""
        from docx.shared import Mm

        part = self._document.part
        inline = part.new_pic_inline(io.BytesIO(png), width=Mm(width_mm))
        if inline.extent.cy > Mm(most_high_mm):
            inline = part.new_pic_inline(io.BytesIO(png), height=Mm(most_high_mm))
        inline.docPr.set("descr", alt)
        inline.docPr.set("title", name)
        return f"<w:r><w:drawing>{inline.xml}</w:drawing></w:r>"

    def save(self, blocks: Sequence[str], last_section: str, out: Path) -> None:
        """Put the blocks in as the whole body and write the file in place of `out`. MachineError says what is in the way."""
        body = self._document.element.body
        made = self._parse(f"<w:body {NAMESPACES}>{''.join(blocks)}{last_section}</w:body>")
        for child in list(body):
            body.remove(child)
        for child in list(made):
            body.append(child)
        with replacing(out) as temporary:
            self._document.save(str(temporary))

    def _fill(self, element: Any, content: str) -> None:
        for child in list(element):
            element.remove(child)
        for child in list(self._parse(f"<w:x {NAMESPACES}>{content}</w:x>")):
            element.append(child)

    def _footers(self) -> str:
        """“— 1 —” in 4号宋体: at the right of odd pages, at the left of even ones, one character from the edge."""
        size = layout.PAGE_NUMBER_SIZE
        props = f'{layout.fonts(fonts.SONG)}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        edge = size * 10  # one character of 4号, in twips
        found = []
        for kind, side in (("default", "right"), ("even", "left")):
            part, key = self._footer_part()
            dash = f'<w:r><w:rPr>{props}</w:rPr><w:t xml:space="preserve">{{}}</w:t></w:r>'
            content = dash.format("— ") + field("PAGE", props) + dash.format(" —")
            place = (
                '<w:snapToGrid w:val="0"/><w:spacing w:line="240" w:lineRule="auto"/>'
                f'<w:ind w:{side}="{edge}"/><w:jc w:val="{side}"/>'
            )
            self._fill(part.element, paragraph(content, "Normal", props=place))
            found.append(f'<w:footerReference w:type="{kind}" r:id="{key}"/>')
        return "".join(found)

    def _footer_part(self) -> tuple[Any, str]:
        """An empty footer. Not python-docx's own: it reads a template by a path that a frozen program does not have."""
        from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
        from docx.parts.hdrftr import FooterPart

        document = self._document.part
        name = document.package.next_partname("/word/footer%d.xml")
        part = FooterPart(
            name, CONTENT_TYPE.WML_FOOTER, self._parse(f"<w:ftr {NAMESPACES}/>"), document.package
        )
        return part, document.relate_to(part, RELATIONSHIP_TYPE.FOOTER)
