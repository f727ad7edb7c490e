"""Sheets that reach too far, or say that they reach elsewhere than they do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.corpus.case import CODES, HEAD, ROWS, A, B, Corpus, Want, line, refused
from tests.corpus.ooxml import SHEET, changed, letter, parts, row_xml, sheet_xml
from tests.corpus.ooxml import book as book_of
from tests.corpus.zips import archive, swollen

CASES = Corpus()
add = CASES.add
DAY = {"visit.visit_date": date(2024, 5, 8), "enterprise.uscc": CODES[A]}
BOTH = Want(stored=2, firms={A: DAY, B: {"visit#": 1}})
LARGE = ("too_large", "too_slow")
EITHER = Want(outcome=("accepted", "rejected"), ids=LARGE, firms={A: DAY, B: {"visit#": 1}})


def rows(*more: str) -> str:
    return "".join(row_xml(number, row) for number, row in enumerate(ROWS, 1)) + "".join(more)


@add(
    "a cell at the far end",
    Want(outcome=("accepted", "rejected"), ids=LARGE, says=("1048576|XFD|范围|范围过大|表格外|表外",)),
    dangerous=True,
)
def _() -> bytes:
    return book_of(rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


@add(
    "a cell beyond the far end",
    Want(outcome=("accepted", "rejected"), ids=(*LARGE, "damaged_file")),
)
def _() -> bytes:
    return book_of(rows('<row r="4294967295"><c r="ZZZZZZ4294967295"><v>1</v></c></row>'))


@add("rows numbered zero and minus one", Want(outcome=("accepted", "rejected"), ids=(*LARGE, "damaged_file")))
def _() -> bytes:
    return book_of(
        '<row r="0"><c r="A0"><v>1</v></c></row><row r="-1"><c r="A-1"><v>1</v></c></row>' + rows()
    )


def styled(first: int, count: int) -> Iterator[str]:
    return (
        f'<row r="{number}" s="1" customFormat="1"><c r="A{number}" s="1"/></row>'
        for number in range(first, first + count)
    )


@add("a million styled empty rows", BOTH, dangerous=True)
def _() -> bytes:
    """Somebody coloured the whole columns: two visits and nothing else are in it."""
    return book_of(rows(*styled(4, 1_048_570)))


@add("sixty thousand styled empty rows", BOTH)
def _() -> bytes:
    return book_of(rows(*styled(4, 60_000)))


@add("columns styled to the end", BOTH)
def _() -> bytes:
    empty = "".join(f'<c r="{letter(at)}4" s="1"/>' for at in range(16_384))
    return book_of(
        rows(f'<row r="4">{empty}</row>'),
        before='<cols><col min="1" max="16384" width="9" style="1"/></cols>',
    )


@add("dimension of one cell", BOTH)
def _() -> bytes:
    return book_of(ROWS, before='<dimension ref="A1"/>')


@add("dimension too small", BOTH)
def _() -> bytes:
    return book_of(ROWS, before='<dimension ref="A1:B2"/>')


@add("dimension of the whole sheet", BOTH)
def _() -> bytes:
    return book_of(ROWS, before='<dimension ref="A1:XFD1048576"/>')


@add("dimension that is none", Want(outcome=("accepted", "rejected"), ids=("damaged_file",)))
def _() -> bytes:
    return book_of(ROWS, before='<dimension ref="无:#REF!"/>')


@add("rows out of order", BOTH)
def _() -> bytes:
    return book_of(row_xml(3, ROWS[2]) + row_xml(1, ROWS[0]) + row_xml(2, ROWS[1]))


@add("cells out of order", BOTH)
def _() -> bytes:
    return book_of("".join(
        f'<row r="{number}">' + "".join(reversed(row_xml(number, row).removeprefix(f'<row r="{number}">').removesuffix("</row>").replace("</c><c", "</c>|<c").split("|"))) + "</row>"
        for number, row in enumerate(ROWS, 1)
    ))  # fmt: skip


@add("rows without numbers", BOTH)
def _() -> bytes:
    return book_of(
        "".join(
            row_xml(number, row).replace(f'<row r="{number}">', "<row>") for number, row in enumerate(ROWS, 1)
        )
    )


@add("cells without references", BOTH)
def _() -> bytes:
    """As some exporters write: then every cell of a row must be there, empty ones too."""

    def bare(row: list[object]) -> str:
        return (
            "<row>"
            + "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' if value else "<c/>" for value in row)
            + "</row>"
        )

    return book_of("".join(bare(list(row)) for row in ROWS))


@add("the same row twice", Want(outcome=("accepted", "partial", "rejected"), ids=("damaged_file",)))
def _() -> bytes:
    return book_of(rows(row_xml(3, line("江西第二次有限公司"))))


@add("every column filled", Want(outcome=("partial", "rejected"), ids=LARGE), dangerous=True)
def _() -> bytes:
    wide = "".join(f'<c r="{letter(at)}2"><v>{at}</v></c>' for at in range(16_384))
    return book_of(rows() + f'<row r="4">{wide.replace("2" + chr(34), "4" + chr(34))}</row>')


@add("three hundred columns", Want(stored=2, firms={A: {**DAY}}, kept=("值-250",)))
def _() -> bytes:
    wide = [f"列{number}" for number in range(294)]
    return book_of([[*HEAD, *wide], [*line(A), *(f"值-{number}" for number in range(294))], line(B)])


@add("two hundred thousand rows without a header", refused(*LARGE, "no_header"))
def _() -> bytes:
    return changed(
        parts({"数": sheet_xml([])}),
        swollen(
            SHEET,
            sheet_xml([]).split("</sheetData>")[0].encode(),
            b"<row><c><v>1</v></c><c><v>22</v></c></row>",
            200_000,
            b"</sheetData></worksheet>",
        ),
    )


@add("twenty million cells", refused(*LARGE), dangerous=True)
def _() -> bytes:
    return changed(
        parts({"数": sheet_xml([])}),
        swollen(
            SHEET,
            sheet_xml([]).split("</sheetData>")[0].encode(),
            b"<c><v>1</v></c>",
            20_000_000,
            b"</row></sheetData></worksheet>",
        ),
    )


@add("whole sheet merged", EITHER)
def _() -> bytes:
    """A merge over everything below the table: nothing may be filled down into a million rows."""
    return book_of(ROWS, after='<mergeCells count="1"><mergeCell ref="A4:XFD1048576"/></mergeCells>')


@add(
    "first cell merged over the whole sheet",
    Want(outcome=("accepted", "partial", "rejected"), ids=(*LARGE, "no_header")),
)
def _() -> bytes:
    return book_of(ROWS, after='<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')


@add(
    "firm merged down to the end of the sheet",
    Want(outcome=("accepted", "partial"), firms={A: DAY}, stored=2),
    dangerous=True,
)
def _() -> bytes:
    return book_of(ROWS, after='<mergeCells count="1"><mergeCell ref="D3:D1048576"/></mergeCells>')


@add("hundred thousand merged cells", EITHER, dangerous=True)
def _() -> bytes:
    merges = "".join(f'<mergeCell ref="H{number}:I{number}"/>' for number in range(10, 100_010))
    return book_of(ROWS, after=f'<mergeCells count="100000">{merges}</mergeCells>')


@add("merged ranges that are none", Want(outcome=("accepted", "rejected"), ids=("damaged_file",)))
def _() -> bytes:
    return book_of(
        ROWS,
        after='<mergeCells count="3"><mergeCell ref="C9:B2"/><mergeCell ref="#REF!"/><mergeCell ref="D4:D3"/></mergeCells>',
    )


@add("fifty thousand validations", EITHER)
def _() -> bytes:
    each = "".join(
        f'<dataValidation type="list" sqref="H{n}"><formula1>"是,否"</formula1></dataValidation>'
        for n in range(50_000)
    )
    return book_of(ROWS, after=f'<dataValidations count="50000">{each}</dataValidations>')


@add("fifty thousand conditional formats", EITHER)
def _() -> bytes:
    each = "".join(
        f'<conditionalFormatting sqref="H{n}"><cfRule type="expression" priority="{n}"><formula>A{n}&gt;1</formula></cfRule></conditionalFormatting>'
        for n in range(1, 50_001)
    )
    return book_of(ROWS, after=each)


@add("five hundred sheets", EITHER)
def _() -> bytes:
    empty = sheet_xml([])
    return archive(parts({**{f"Sheet{number}": empty for number in range(500)}, "走访": sheet_xml(ROWS)}))


@add("fifty sheets of ten thousand numbers", Want(outcome=("accepted", "rejected"), ids=LARGE))
def _() -> bytes:
    numbers = sheet_xml("".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 10_001)))
    return archive(parts({"走访": sheet_xml(ROWS), **{f"数{number}": numbers for number in range(50)}}))


@add("two thousand visits", Want(stored=2000))
def _() -> bytes:
    return book_of(
        [
            HEAD,
            *(
                [f"江西测试{number}有限公司", None, "2024-05-08", "张华", "饱满", None]
                for number in range(2000)
            ),
        ]
    )
