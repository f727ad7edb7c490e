"""Days, amounts, codes and choices as people write them: what is stored, and what may never be guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from tests.corpus.case import CODES, HEAD, A, B, C, Corpus, D, Told, Unread, Want, line
from tests.corpus.ooxml import STYLES, Raw, book, changed, parts, serial, sheet_xml
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


# ---------------------------------------------------------------- days

SPELT: dict[str, Any] = {
    "2024.5.7": MAY, "2024/5/7": MAY, "2024-5-7": MAY, "2024-05-07": MAY, "2024年5月7日": MAY, "2024年05月07日": MAY,
    "20240507": MAY, "2024.05.07": MAY, "2024 年 5 月 7 日": MAY, "２０２４．５．７": MAY, "2024-05-07 00:00:00": MAY,
    "2024-05-07T09:30:00": MAY, "2024年5月7日上午": MAY, "2024年5月7号": MAY, "2024、5、7": MAY, "二〇二四年五月七日": MAY,
    "2024/5/7 9:30": MAY, "2024-05-07（周二）": MAY,
}  # fmt: skip


@add(
    "days in every spelling",
    Want(
        outcome=("accepted", "partial"),
        stored=None,
        firms={firm(at)[0]: {"visit.visit_date": day} for at, day in enumerate(list(SPELT.values())[:12])},
    ),
)
def _() -> bytes:
    """The first twelve must be read; the others may be row errors, and never another day."""
    return book([HEAD, *(line(firm(at)[0], text) for at, text in enumerate(list(SPELT)[:12]))])


@add(
    "days in rare spellings",
    Want(outcome=("accepted", "partial"), days=(MAY,)),
)
def _() -> bytes:
    """Some are read and some are not; none is read as another day."""
    return book([HEAD, line(firm(30)[0], MAY), *(line(firm(at)[0], text) for at, text in enumerate(SPELT))])


NO_DAYS: tuple[Any, ...] = (
    "07/05/2024", "5/7/24", "24.5.7", "2024.2.30", "2024-13-01", "0024-05-07", "2024.5", "2024年5月", "五月初", "待定", "2024.5.7-5.9",
    "5月上旬", "1900-01-00", "20240230", "24-5-7", "2024.5.7、5.8", "2024.4-6", "9999-99-99", "2024#5#7", "约5月7日",
)  # fmt: skip


@add(
    "days that nobody can know",
    Want(
        outcome=PARTLY, stored=1, bad=len(NO_DAYS), aside=tuple(map(str, NO_DAYS)),
        told=tuple(Told(at + 3, "C") for at in range(len(NO_DAYS))),
    ),
)  # fmt: skip
def _() -> bytes:
    return book([HEAD, line(firm(40)[0]), *(line(firm(at)[0], text) for at, text in enumerate(NO_DAYS))])


SERIALS = (0, 60, -1, 2958466, 1e10, 5.5e-9, 0.5)


@add(
    "numbers that are no days",
    Want(
        outcome=PARTLY,
        stored=1,
        bad=len(SERIALS),
        told=tuple(Told(at + 3, "C") for at in range(len(SERIALS))),
    ),
)
def _() -> bytes:
    return book([HEAD, line(firm(40)[0]), *(line(firm(at)[0], number) for at, number in enumerate(SERIALS))])


@add("days as numbers", Want(stored=2, firms={A: {"visit.visit_date": MAY}, B: {"visit.visit_date": MAY}}))
def _() -> bytes:
    """A serial number without a format, and 20240507 as a number."""
    return book([HEAD, line(A, serial(MAY)), line(B, 20240507)])


def dated(ids: tuple[Any, ...]) -> str:
    formats = "".join(
        f'<numFmt numFmtId="{200 + at}" formatCode="{code}"/>'
        for at, code in enumerate(ids)
        if isinstance(code, str)
    )
    xfs = "".join(
        f'<xf numFmtId="{200 + at if isinstance(code, str) else code}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for at, code in enumerate(ids)
    )
    return STYLES.replace('<numFmts count="0"/>', f"<numFmts>{formats}</numFmts>").replace(
        "</cellXfs>", xfs + "</cellXfs>"
    )


FORMATS: tuple[Any, ...] = (
    14, 22, 27, 28, 30, 31, 36, 50, 51, 53, 57, 58, "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@", "[$-804]yyyy/m/d", "yyyy\\.mm\\.dd", "[DBNum1][$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;",
)  # fmt: skip


@add(
    "Chinese date formats",
    Want(stored=len(FORMATS), firms={firm(at)[0]: {"visit.visit_date": MAY} for at in range(len(FORMATS))}),
)
def _() -> bytes:
    rows = [
        HEAD,
        *(line(firm(at)[0], v(f"<v>{serial(MAY)}</v>", style=2 + at)) for at in range(len(FORMATS))),
    ]
    return changed(parts({"走访": sheet_xml(rows)}), part("xl/styles.xml", dated(FORMATS)))


@add("days as ISO cells", Want(stored=2, firms={A: {"visit.visit_date": MAY}, B: {"visit.visit_date": MAY}}))
def _() -> bytes:
    return book(
        [HEAD, line(A, v("<v>2024-05-07</v>", "d")), line(B, v("<v>2024-05-07T00:00:00Z</v>", "d", 1))]
    )


@add("epoch of 1904", Want(stored=1, firms={A: {"visit.visit_date": MAY}}))
def _() -> bytes:
    rows = [HEAD, line(A, v(f"<v>{serial(MAY) - 1462}</v>", style=1))]
    return archive(parts({"走访": sheet_xml(rows)}, properties='<workbookPr date1904="1"/>'))


@add("a time of day with the day", Want(stored=1, firms={A: {"visit.visit_date": MAY}}))
def _() -> bytes:
    return book([HEAD, line(A, v(f"<v>{serial(MAY) + 0.396}</v>", style=1))])


# ---------------------------------------------------------------- numbers

MONEY = ("企业名称", "走访日期", "上年营收（万元）", "本年累计营收（万元）")


def money(*values: Any) -> bytes:
    return book([MONEY, *([firm(at)[0], "2024-05-08", value, None] for at, value in enumerate(values))])


def amounts(*values: str | None) -> dict[str, dict[str, Any]]:
    return {
        firm(at)[0]: {"enterprise.revenue_ly": None if each is None else Decimal(each)}
        for at, each in enumerate(values)
    }


add(
    "amounts as people write them",
    Want(
        stored=9,
        firms=amounts("1234.5", "1234.5", "1234.5", "12000", "0.36", "1234.56", "0", "1234", "1234.5"),
    ),
)(
    partial(
        money, "1,234.5", "1，234.5", "1 234.5", "1.2亿元", "3600元", "￥1234.56", 0, "1234万", "1234.50万元"
    )
)
UNSURE = (
    "约500",
    "500左右",
    "500-600",
    "500多",
    "近千万",
    "1.234,5",
    "500+",
    "12..5",
    "一千二百",
    "1,23,4",
    "5OO",
    "≥500",
)
add(
    "amounts that nobody can know",
    Want(
        outcome=PARTLY, stored=len(UNSURE) + 1, bad=0, told=tuple(Told(at + 2, "C") for at in range(len(UNSURE))),
        firms={firm(at)[0]: {"enterprise.revenue_ly": Unread(text)} for at, text in enumerate(UNSURE)},
    ),
)(partial(money, *UNSURE, 7))  # fmt: skip
HUGE = ("1e308", "-1e308", "1E+20", "123456789012345678")
add(
    "numbers too large",
    Want(outcome=PARTLY, told=tuple(Told(at + 2, "C") for at in range(4)), firms=amounts(*[None] * 4, "7")),
)(partial(money, *(v(f"<v>{text}</v>") for text in HUGE), 7))
add(
    "numbers that are none",
    Want(
        outcome=("partial", "rejected"), ids=("damaged_file",), told=(), firms=amounts(None, None, None, "7")
    ),
)(partial(money, v("<v>NaN</v>"), v("<v>Infinity</v>"), v("<v>-INF</v>"), 7))
add(
    "negative zero and rests of floats",
    Want(outcome=("accepted", "partial"), firms=amounts("0", "0.3", "1234.57", "1000.58")),
)(
    partial(
        money,
        v("<v>-0</v>"),
        v("<v>0.30000000000000004</v>"),
        v("<v>1234.5678901234567</v>"),
        v("<v>1000.5799999999999</v>"),
    )
)
add("a percentage under money", Want(outcome=PARTLY, told=(Told(2, "C", "."),), firms=amounts(None, "7")))(
    partial(money, "15%", 7)
)
add("true and false under money", Want(outcome=PARTLY, told=(Told(2, "C"),), firms=amounts(None, "7")))(
    partial(money, True, 7)
)
add("a day under money", Want(outcome=PARTLY, told=(Told(2, "C"),), firms=amounts(None, "7")))(
    partial(money, date(2024, 5, 7), 7)
)

for unit, typed, stored in (
    ("亿元", 1.0707, "10707"), ("元", 12345678, "1234.57"), ("千元", 5550, "555"), ("百万元", 12, "1200"), ("万元", 12, "12"),
    ("单位：亿元", 0.5, "5000"), ("RMB元", 12300, "1.23"),
):  # fmt: skip
    add(
        f"header in {unit}",
        Want(outcome=("accepted",), firms={A: {"enterprise.revenue_ly": Decimal(stored)}}),
    )(partial(book, [["企业名称", "走访日期", f"上年营收（{unit}）"], [A, "2024-05-08", typed]]))
add(
    "header in other money",
    Want(outcome=PARTLY, told=(Told(2, "C", "美元"),), firms={A: {"enterprise.revenue_ly": Unread("500")}}),
)(
    partial(
        book,
        [["企业名称", "走访日期", "上年营收（万美元）"], [A, "2024-05-08", 500], [B, "2024-05-08", None]],
    )
)
add("unit above the table", Want(stored=1, firms={A: {"enterprise.revenue_ly": Decimal(5000)}}))(
    partial(
        book, [["走访台账", None, "单位：亿元"], ["企业名称", "走访日期", "上年营收"], [A, "2024-05-08", 0.5]]
    )
)
add(
    "cell unit against the header",
    Want(outcome=("accepted", "partial"), firms={A: {"enterprise.revenue_ly": Decimal(12000)}}),
)(partial(book, [["企业名称", "走访日期", "上年营收（元）"], [A, "2024-05-08", "1.2亿元"]]))
add(
    "no unit anywhere",
    Want(outcome=("accepted",), says=("万元",), firms={A: {"enterprise.revenue_ly": Decimal(500)}}),
)(partial(book, [["企业名称", "走访日期", "上年营收"], [A, "2024-05-08", 500]]))

# ---------------------------------------------------------------- codes and phones

LOST = (913601030000001536.0, 9.13601030000002e17)
add(
    "codes as numbers",
    Want(
        outcome=PARTLY,
        stored=3,
        told=(Told(2, "B", "数字|丢失"), Told(3, "B", "数字|丢失")),
        firms={A: {"enterprise.uscc": None}, B: {"enterprise.uscc": None}},
    ),
)(
    partial(
        book,
        [
            HEAD,
            [A, LOST[0], "2024-05-08", "张", "满", None],
            [B, LOST[1], "2024-05-09", "张", "满", None],
            line(C),
        ],
    )
)
add(
    "code in scientific text",
    Want(outcome=PARTLY, told=(Told(2, "B"),), firms={A: {"enterprise.uscc": Unread("9.1360103E+17")}}),
)(partial(book, [HEAD, [A, "9.1360103E+17", "2024-05-08", "张", "满", None], line(B)]))
add("codes with faults", Want(outcome=PARTLY, stored=4, told=(Told(2, "B"), Told(3, "B"), Told(4, "B")), firms={A: {"enterprise.uscc": None}, D: {"enterprise.uscc": CODES[D]}}))(
    partial(book, [
        HEAD, [A, CODES[A][:-1], "2024-05-08", "张", "满", None], [B, CODES[B][:-1] + "0", "2024-05-08", "张", "满", None],
        [C, "91360103MA0000O15L", "2024-05-08", "张", "满", None], [D, f" {CODES[D].lower()} ", "2024-05-08", "张", "满", None],
    ])
)  # fmt: skip
add("code in small letters with blanks", Want(stored=1, firms={A: {"enterprise.uscc": CODES[A]}}))(
    partial(
        book, [HEAD, [A, f"{CODES[A][:8].lower()} {CODES[A][8:].lower()}", "2024-05-08", "张", "满", None]]
    )
)
PHONE = ("企业名称", "走访日期", "联系电话")
add(
    "phones as numbers",
    Want(
        outcome=("accepted", "partial"),
        firms={A: {"enterprise.phone": "13800138000"}, B: {"enterprise.phone": "0791-86510023"}},
    ),
)(partial(book, [PHONE, [A, "2024-05-08", 13800138000.0], [B, "2024-05-08", "0791-86510023"]]))
add(
    "phone whose zero is lost",
    Want(outcome=("accepted", "partial"), kept=("79186510023",), unsaid=("079186510023",)),
)(partial(book, [PHONE, [A, "2024-05-08", 79186510023]]))

# ---------------------------------------------------------------- choices

YES = ("√", "是", "Y", "已上云", "已上", "yes", "✓", "1")
add(
    "yes in every spelling",
    Want(
        outcome=("accepted", "partial"),
        firms={firm(at)[0]: {"visit.cloud_status": "已上云"} for at in range(4)},
    ),
)(
    partial(
        book,
        [
            ["企业名称", "走访日期", "是否上云"],
            *([firm(at)[0], "2024-05-08", each] for at, each in enumerate(YES)),
        ],
    )
)
add(
    "no in every spelling",
    Want(
        outcome=("accepted", "partial"),
        firms={firm(at)[0]: {"visit.cloud_status": "未上云"} for at in range(5)},
    ),
)(
    partial(
        book,
        [
            ["企业名称", "走访日期", "是否上云"],
            *(
                [firm(at)[0], "2024-05-08", each]
                for at, each in enumerate(("×", "否", "N", "未上云", "没有"))
            ),
        ],
    )
)
add(
    "an answer that is none",
    Want(outcome=PARTLY, told=(Told(2, "C"),), firms={A: {"visit.cloud_status": Unread("不清楚")}}),
)(partial(book, [["企业名称", "走访日期", "是否上云"], [A, "2024-05-08", "不清楚"], [B, "2024-05-08", "是"]]))
add(
    "streets without their ending",
    Want(
        outcome=("accepted", "partial"),
        firms={
            A: {"enterprise.street_code": "360103002"},
            B: {"enterprise.street_code": "360103002"},
            C: {"enterprise.street_code": "360103002"},
        },
    ),
)(
    partial(
        book,
        [
            ["企业名称", "走访日期", "所属街道"],
            [A, "2024-05-08", "朝阳洲"],
            [B, "2024-05-08", "朝阳洲街道办"],
            [C, "2024-05-08", "朝阳洲街道办事处"],
        ],
    )
)
add(
    "a street nobody knows",
    Want(outcome=PARTLY, told=(Told(2, "C"),), firms={A: {"enterprise.street_code": Unread("月亮湾街道")}}),
)(
    partial(
        book,
        [
            ["企业名称", "走访日期", "所属街道"],
            [A, "2024-05-08", "月亮湾街道"],
            [B, "2024-05-08", "朝阳洲街道"],
        ],
    )
)
