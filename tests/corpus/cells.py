"""Cells with errors, formulas, odd texts; firms; and what else hangs on a workbook."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

from tests.corpus.case import CODES, HEAD, A, B, C, Corpus, Told, Want, line
from tests.corpus.ooxml import LINKS, MAIN, PACKAGE, XML, Raw, book, changed, parts, serial, sheet_xml
from tests.corpus.zips import archive, part
from tests.returns.ledger.samples import firm

CASES = Corpus()
add = CASES.add
PARTLY = ("partial",)
MAY = date(2024, 5, 7)


def v(inside: str, kind: str = "", style: int = 0) -> Raw:
    """A cell of raw XML."""
    told = (f' t="{kind}"' if kind else "") + (f' s="{style}"' if style else "")
    return Raw(f'<c r="{{at}}"{told}>{inside}</c>')


def firms(count: int) -> list[str]:
    return [firm(number)[0] for number in range(count)]


# ---------------------------------------------------------------- errors, formulas, pictures

BROKEN = {"visit.operation_text": None, "visit#": 1}
for key, shown, cell in (
    ("#REF!", "#REF!", v("<v>#REF!</v>", "e")),
    ("#N/A", "#N/A", v("<v>#N/A</v>", "e")),
    ("#DIV/0!", "#DIV/0!", v("<f>1/0</f><v>#DIV/0!</v>", "e")),
    ("#VALUE!", "#VALUE!", v("<v>#VALUE!</v>", "e")),
    ("#NAME?", "#NAME", v("<f>没有(1)</f><v>#NAME?</v>", "e")),
    ("formula never calculated", "公式|计算", v("<f>A2&amp;\"情况\"</f>")),
    ("shared formula never calculated", "公式|计算", v('<f t="shared" si="0" ref="E2:E9">A2</f>')),
    ("array formula never calculated", "公式|计算", v('<f t="array" ref="E2">A2:A9</f>')),
    ("picture of WPS", "图片|DISPIMG|公式", v('<f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v>', "str")),
):  # fmt: skip
    add(
        f"cell {key}", Want(outcome=PARTLY, told=(Told(2, "E", shown),), firms={A: BROKEN, B: {"visit#": 1}})
    )(partial(book, [HEAD, [A, CODES[A], "2024-05-08", "张华", cell, None], line(B)]))


@add(
    "error for a name",
    Want(
        outcome=PARTLY, bad=1, told=(Told(2, "A", "#REF|错误"),), absent=("#REF",), firms={B: {"visit#": 1}}
    ),
)
def _() -> bytes:
    return book([HEAD, [v("<v>#REF!</v>", "e"), None, "2024-05-08", "张华", "饱满", None], line(B)])


@add(
    "error for a day",
    Want(outcome=PARTLY, bad=1, told=(Told(2, "C", "#VALUE|错误"),), aside=(A,), firms={B: {"visit#": 1}}),
)
def _() -> bytes:
    return book([HEAD, [A, CODES[A], v("<v>#VALUE!</v>", "e"), "张华", "饱满", None], line(B)])


@add(
    "formulas with their values",
    Want(stored=2, firms={A: {"visit.visit_date": MAY, "visit.operation_text": "订单饱满"}}),
)
def _() -> bytes:
    return book(
        [
            HEAD,
            [
                A,
                CODES[A],
                v(f"<f>DATE(2024,5,7)</f><v>{serial(MAY)}</v>", style=1),
                "张华",
                v('<f>"订单"&amp;"饱满"</f><v>订单饱满</v>', "str"),
                None,
            ],
            line(B),
        ]
    )


@add(
    "formulas of DDE and commands",
    Want(stored=2, unsaid=("calc 已",), kept=("=cmd|'/c calc'!A0",), firms={A: {"visit#": 1}}),
)
def _() -> bytes:
    return book(
        [
            HEAD,
            line(A, "2024-05-08", "=cmd|'/c calc'!A0"),
            line(B, "2024-05-09", '=HYPERLINK("http://198.51.100.7")'),
        ]
    )


@add(
    "text that looks like a formula",
    Want(
        stored=2,
        firms={
            A: {"visit.operation_text": "=1+1", "visit.visitors": "@张华"},
            B: {"visit.operation_text": "-同比下降", "visit.visitors": "+张华"},
        },
    ),
)
def _() -> bytes:
    return book(
        [
            HEAD,
            [A, CODES[A], "2024-05-08", "@张华", "=1+1", None],
            [B, CODES[B], "2024-05-09", "+张华", "-同比下降", None],
        ]
    )


@add(
    "formula whose result is an empty text",
    Want(stored=2, firms={A: {"visit.operation_text": None, "visit#": 1}}),
)
def _() -> bytes:
    """=IF(A2="","",…) has been calculated: the cell is as good as empty."""
    empty = v('<f>IF(1,"")</f><v></v>', "str")
    return book([HEAD, [A, CODES[A], "2024-05-08", "张华", empty, None], line(B)])


# ---------------------------------------------------------------- text


@add(
    "characters that XML escapes",
    Want(outcome=("accepted", "partial"), firms={A: {"visit#": 1}}, unsaid=("_x0000_ 已",)),
)
def _() -> bytes:
    return book([HEAD, [A, CODES[A], "2024-05-08", "张华_x0007_", "饱满_x0000__xD800_尾", None], line(B)])


@add("underscores that are no escape", Want(stored=1, firms={A: {"visit.operation_text": "型号_x0041_"}}))
def _() -> bytes:
    """The text _x0041_ is written _x005F_x0041_."""
    return book([HEAD, [A, CODES[A], "2024-05-08", "张华", "型号_x005F_x0041_", None]])


@add("longest cell", Want(stored=1, kept=("末尾",)))
def _() -> bytes:
    return book([HEAD, [A, CODES[A], "2024-05-08", "张华", "长" * 32_765 + "末尾", None]])


@add("longer than a cell may be", Want(outcome=("accepted", "partial"), kept=("末尾",)))
def _() -> bytes:
    return book([HEAD, [A, CODES[A], "2024-05-08", "张华", "长" * 60_000 + "末尾", None]])


@add("rich text and readings", Want(stored=1, firms={A: {"visit.operation_text": "订单饱满"}}))
def _() -> bytes:
    rich = f'{XML}<sst xmlns="{MAIN}" count="1"><si><r><t>订单</t></r><r><rPr><b/></rPr><t>饱满</t></r><rPh sb="0" eb="1"><t>ding</t></rPh></si></sst>'
    rows = [HEAD, [A, CODES[A], "2024-05-08", "张华", v("<v>0</v>", "s"), None]]
    return archive(parts({"走访": sheet_xml(rows)}, shared=rich))


@add(
    "invisible characters",
    Want(
        stored=1,
        firms={
            A: {
                "enterprise.name": A,
                "enterprise.uscc": CODES[A],
                "visit.visit_date": MAY,
                "visit.cloud_status": "已上云",
            }
        },
    ),
)
def _() -> bytes:
    name = f"\ufeff\u200b{A[:4]}\u200d{A[4:]}\u00a0\u3000\u202e"
    return book(
        [
            ["企业名称\u200b", "统一社会\u00a0信用代码", "走访\n日期", "是否上云"],
            [name, f"\u202d{CODES[A]}\u202c ", "\u200e2024-05-07", " √\u3000"],
        ]
    )


@add(
    "full-width digits and letters",
    Want(
        stored=1,
        firms={
            A: {"enterprise.uscc": CODES[A], "visit.visit_date": MAY, "visit.revenue_ytd": Decimal("1234.50")}
        },
    ),
)
def _() -> bytes:
    def wide(text: str) -> str:
        return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)

    return book(
        [
            ["企业名称", "统一社会信用代码", "走访日期", "本年累计营收（万元）"],
            [A, wide(CODES[A]), wide("2024-05-07"), wide("1,234.5")],
        ]
    )


# ---------------------------------------------------------------- firms


@add(
    "names that contain words of totals",
    Want(
        stored=4,
        firms={
            "江西合计科技有限公司": {"visit#": 1},
            "合计（南昌）软件有限公司": {"visit#": 1},
            "小计网络有限公司": {"visit#": 1},
            "南昌总计数据有限公司": {"visit#": 1},
        },
    ),
)
def _() -> bytes:
    names = ("江西合计科技有限公司", "合计（南昌）软件有限公司", "小计网络有限公司", "南昌总计数据有限公司")
    return book([HEAD, *([name, None, "2024-05-08", "张", "满", None] for name in names)])


@add("a row without a firm", Want(outcome=PARTLY, stored=1, bad=1, aside=("没有名字的一行",)))
def _() -> bytes:
    return book([HEAD, [None, None, "2024-05-08", "张", "没有名字的一行", None], line(B)])


@add("a row without a day", Want(outcome=PARTLY, stored=1, bad=1, aside=(A,)))
def _() -> bytes:
    return book([HEAD, line(A, None), line(B)])


@add("one firm under two codes", Want(outcome=("accepted", "partial"), kept=(CODES[B],)))
def _() -> bytes:
    return book([HEAD, line(A), [A, CODES[B], "2024-05-09", "张", "满", None]])


@add("one code under two names", Want(outcome=("accepted", "partial"), kept=("江西别的名字有限公司",)))
def _() -> bytes:
    return book([HEAD, line(A), ["江西别的名字有限公司", CODES[A], "2024-05-09", "张", "满", None]])


@add("the same row twice in a table", Want(outcome=("accepted",), stored=1, says=("同一条",)))
def _() -> bytes:
    return book([HEAD, line(A), line(A)])


@add(
    "two visits of one day that differ",
    Want(
        outcome=("accepted", "partial"),
        firms={A: {"visit.operation_text": "订单饱满"}},
        kept=("下午又去，设备已停",),
    ),
)
def _() -> bytes:
    """The second is the same visit to the register; what it says may not vanish."""
    return book([HEAD, line(A), [A, CODES[A], "2024-05-08", "张华、李敏", "下午又去，设备已停", None]])


@add("a name broken over lines", Want(stored=1, firms={A: {"visit#": 1, "enterprise.uscc": CODES[A]}}))
def _() -> bytes:
    return book([HEAD, [f"{A[:6]}\n{A[6:]}", CODES[A], "2024-05-08", "张华", "满", None]])


@add(
    "two firms in one cell",
    Want(
        outcome=("accepted", "partial"), kept=(A, C), firms={B: {"visit#": 1}}, says=("两家|多家|几家|名称",)
    ),
)
def _() -> bytes:
    return book([HEAD, [f"{A}、{C}", None, "2024-05-08", "张华", "满", None], line(B)])


@add(
    "true and false for yes and no",
    Want(stored=2, firms={A: {"visit.cloud_status": "已上云"}, B: {"visit.cloud_status": "未上云"}}),
)
def _() -> bytes:
    return book([["企业名称", "走访日期", "是否上云"], [A, "2024-05-08", True], [B, "2024-05-08", False]])


@add("a cell of blanks for a name", Want(outcome=PARTLY, stored=1, bad=1, aside=("空白的名字",)))
def _() -> bytes:
    return book([HEAD, [" \u3000\u200b ", None, "2024-05-08", "张", "空白的名字", None], line(B)])


@add(
    "names that are no names",
    Want(outcome=PARTLY, stored=1, absent=("^无$", "^/$", "^-$", "^待定$", "^\\d+$")),
)
def _() -> bytes:
    words = ("无", "/", "-", "待定", 12345)
    return book([HEAD, *([word, None, "2024-05-08", "张", "满", None] for word in words), line(B)])


# ---------------------------------------------------------------- what hangs on a workbook


def hanging(*more: tuple[str, bytes | str], after: str = "", links: str = "", types: str = "") -> bytes:
    found = parts({"走访": sheet_xml([HEAD, line(A), line(B)], after=after)})
    rel = "xl/worksheets/_rels/sheet1.xml.rels"
    extra = [part(rel, f'{XML}<Relationships xmlns="{PACKAGE}">{links}</Relationships>')] if links else []
    kinds = str(found["[Content_Types].xml"]).replace("</Types>", types + "</Types>")
    return changed(
        found, part("[Content_Types].xml", kinds), *extra, *(part(name, data) for name, data in more)
    )


BOTH = Want(stored=2, firms={A: {"visit#": 1}})
add("macros", Want(stored=2, says=("宏",)), file="台账.xlsm")(
    partial(
        hanging, ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(900)),
        types='<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
    )
)  # fmt: skip
add("macros named xlsx", Want(stored=2, says=("宏",)))(
    partial(hanging, ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(900)))
)
add("external links", Want(stored=2, says=("外部|链接|别的工作簿",)))(
    partial(
        hanging, ("xl/externalLinks/externalLink1.xml", f'{XML}<externalLink xmlns="{MAIN}"/>'),
        ("xl/externalLinks/_rels/externalLink1.xml.rels", f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{LINKS}/externalLinkPath" Target="file:///\\\\198.51.100.7\\share\\a.xlsx" TargetMode="External"/></Relationships>'),
    )
)  # fmt: skip
DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/"
add("pictures", Want(stored=2, says=("图片",)))(
    partial(
        hanging, ("xl/media/image1.png", b"\x89PNG\r\n\x1a\n" + bytes(200)),
        ("xl/drawings/drawing1.xml", f'{XML}<xdr:wsDr xmlns:xdr="{DRAWN}spreadsheetDrawing" xmlns:a="{DRAWN}main" xmlns:r="{LINKS}"><xdr:twoCellAnchor><xdr:from><xdr:col>5</xdr:col><xdr:row>1</xdr:row></xdr:from><xdr:to><xdr:col>6</xdr:col><xdr:row>2</xdr:row></xdr:to><xdr:pic><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic></xdr:twoCellAnchor></xdr:wsDr>'),
        ("xl/drawings/_rels/drawing1.xml.rels", f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{LINKS}/image" Target="../media/image1.png"/></Relationships>'),
        after='<drawing r:id="rId1"/>', links=f'<Relationship Id="rId1" Type="{LINKS}/drawing" Target="../drawings/drawing1.xml"/>',
    )
)  # fmt: skip
add("an embedded object", Want(stored=2, says=("嵌入|对象|附件|OLE",)))(
    partial(
        hanging,
        ("xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        after='<oleObjects><oleObject progId="Package" shapeId="1" r:id="rId1"/></oleObjects>',
        links=f'<Relationship Id="rId1" Type="{LINKS}/oleObject" Target="../embeddings/oleObject1.bin"/>',
    )
)
HREFS = (
    "file:///etc/passwd",
    "http://198.51.100.7/a",
    "\\\\198.51.100.7\\share\\x.exe",
    "javascript:alert(1)",
)
add("links to everywhere", BOTH)(
    partial(
        hanging, after="<hyperlinks>" + "".join(f'<hyperlink ref="A{n + 2}" r:id="rId{n}"/>' for n in range(4)) + "</hyperlinks>",
        links="".join(f'<Relationship Id="rId{n}" Type="{LINKS}/hyperlink" Target="{href}" TargetMode="External"/>' for n, href in enumerate(HREFS)),
    )
)  # fmt: skip


@add("comments", Want(stored=2, says=("批注",)))
def _() -> bytes:
    comments = f'{XML}<comments xmlns="{MAIN}"><authors><author>李</author></authors><commentList><comment ref="A2" authorId="0"><text><t>这家已搬走</t></text></comment></commentList></comments>'
    return hanging(
        ("xl/comments1.xml", comments),
        links=f'<Relationship Id="rId1" Type="{LINKS}/comments" Target="../comments1.xml"/>',
    )
