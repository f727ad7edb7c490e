"""Tables as offices lay them out: titles, groups, pages, forms. The cells are plain; where they stand is the trouble."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from openpyxl import Workbook

from tests.corpus.case import CODES, HEAD, ROWS, A, B, C, Corpus, D, Told, Want, line, refused
from tests.corpus.ooxml import book, parts, sheet_xml
from tests.corpus.zips import archive
from tests.returns.ledger.samples import firm

CASES = Corpus()
add = CASES.add
MAY8, MAY9 = date(2024, 5, 8), date(2024, 5, 9)
DAYS = {A: {"visit.visit_date": MAY8, "visit#": 1}, B: {"visit.visit_date": MAY9, "visit#": 1}}
BOTH = Want(stored=2, firms=DAYS)
TITLE = ["朝阳洲街道“千名干部访千企”走访台账"]
OFFICE = ["填报单位：朝阳洲街道办事处", None, None, "2024年5月", None, "单位：万元"]
NONE: list[Any] = [None]


def work(*sheets: tuple[str, Sequence[Sequence[Any]]], then: Callable[[Any], None] | None = None) -> bytes:
    """A workbook by openpyxl; `then` changes it further."""
    found = Workbook()
    found.remove(found.worksheets[0])
    for name, rows in sheets:
        sheet = found.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if then:
        then(found)
    out = io.BytesIO()
    found.save(out)
    return out.getvalue()


def one(*rows: Sequence[Any], merge: Sequence[str] = (), then: Callable[[Any], None] | None = None) -> bytes:
    def both(found: Any) -> None:
        for area in merge:
            found.worksheets[0].merge_cells(area)
        if then:
            then(found.worksheets[0])

    return work(("走访", rows), then=both)


# ---------------------------------------------------------------- above the table

add("plain", BOTH)(partial(one, *ROWS))
add("title and office", BOTH)(partial(one, TITLE, OFFICE, *ROWS, merge=("A1:F1",)))
add("ten lines of notes above", BOTH)(
    partial(
        one, TITLE, *([f"{n}. 请各街道于25日前报送，企业名称按营业执照填写；"] for n in range(1, 11)), *ROWS
    )
)
add("table at D8", BOTH)(lambda: book([[None, None, None, *row] for row in ROWS], start=8))
add("header at row 35", BOTH)(partial(one, *[["说明文字"]] * 34, *ROWS))
add("header at row 100", Want(outcome=("accepted", "rejected"), ids=("no_header",), firms=DAYS))(
    partial(one, *[["说明文字"]] * 99, *ROWS)
)
add("empty sheets first", BOTH)(partial(work, ("Sheet1", ()), ("Sheet2", ()), ("走访", ROWS)))
add("a cover first", Want(stored=2, firms=DAYS, says=("封面",)))(
    partial(work, ("封面", (TITLE, ["企业走访台账"], ["二〇二四年五月"])), ("走访", ROWS))
)

# ---------------------------------------------------------------- headers

GROUPS = ["企业基本情况", None, "走访情况", None, None]
BELOW = ["企业名称", "统一社会信用代码", "走访日期", "走访干部", "生产经营情况"]
DATA = ([A, CODES[A], "2024-05-08", "张华", "满"], [B, CODES[B], "2024-05-09", "张华", "满"])
add("header of two rows", BOTH)(partial(one, TITLE, GROUPS, BELOW, *DATA, merge=("A2:B2", "C2:E2")))
add("header of two rows, merges lost", BOTH)(partial(one, TITLE, GROUPS, BELOW, *DATA))
add("header of two rows, merged down", BOTH)(
    partial(
        one, ["企业名称", "走访情况", None], [None, "走访日期", "走访干部"], [A, "2024-05-08", "张"], [B, "2024-05-09", "张"],
        merge=("A1:A2", "B1:C1"),
    )
)  # fmt: skip
add("header of three rows", Want(stored=1, firms={A: {"visit.visit_date": MAY8, "enterprise.revenue_ly": Decimal(12000)}}))(
    partial(
        one, ["企业名称", "走访", None, "经营情况", None], [None, "走访日期", "走访干部", "营业收入（亿元）", None],
        [None, None, None, "2023年", "2024年1-5月"], [A, "2024-05-08", "张", 1.2, 0.5],
        merge=("A1:A3", "B1:C1", "D1:E1", "B2:B3", "C2:C3", "D2:E2"),
    )
)  # fmt: skip
add("header again on every page", Want(stored=4, bad=0, firms=DAYS, absent=("企业名称",)))(
    partial(one, TITLE, *ROWS, NONE, TITLE, HEAD, line(C, "2024-05-10"), HEAD, line(D, "2024-05-11"))
)
add("numbering under the header", BOTH)(partial(one, HEAD, [1, 2, 3, 4, 5, 6], *ROWS[1:]))
add("letters under the header", BOTH)(partial(one, HEAD, ["甲", "乙", "丙", "丁", "戊", "己"], *ROWS[1:]))
add("units under the header", Want(stored=1, bad=0, firms={A: {"enterprise.revenue_ly": Decimal(12000)}}))(
    partial(one, ["企业名称", "走访日期", "上年营收"], [None, None, "（亿元）"], [A, "2024-05-08", 1.2])
)
add("an example under the header", Want(outcome=("accepted", "partial"), firms=DAYS, kept=("示例",)))(
    partial(
        one,
        HEAD,
        ["（示例）某某公司", "91360103XXXXXXXXXX", "2024-05-01", "张三", "填写说明", None],
        *ROWS[1:],
    )
)
add("line breaks in headers", BOTH)(
    partial(
        one,
        ["企业\n名称", "统一社会\r\n信用代码", "走访\n日期", "走访 干部", "生产经营\n\n情况", "备 注"],
        *ROWS[1:],
    )
)
add("stars and colons in headers", BOTH)(
    partial(
        one,
        ["*企业名称：", "统一社会信用代码*", "走访日期（必填）", "走访干部:", "【生产经营情况】", "备注"],
        *ROWS[1:],
    )
)
add("blank columns between", BOTH)(
    lambda: one(*([cell for each in row for cell in (each, None, None)] for row in ROWS))
)
add("the same header twice", Want(stored=2, firms=DAYS, says=("走访日期",), kept=("2024-06-01",)))(
    partial(one, [*HEAD, "走访日期"], [*line(A), "2024-06-01"], [*line(B, "2024-05-09"), "2024-06-02"])
)
add("columns nobody knows", Want(stored=2, firms=DAYS, says=("满意程度",), kept=("很满意",)))(
    partial(one, [*HEAD, "满意程度"], [*line(A), "很满意"], [*line(B, "2024-05-09"), None])
)
add("a column without a header", Want(stored=2, firms=DAYS, kept=("另外写的一句",)))(
    partial(one, [*HEAD, None], [*line(A), "另外写的一句"], line(B, "2024-05-09"))
)
add("values beyond the last header", Want(stored=2, firms=DAYS, kept=("写在表外",)))(
    partial(one, HEAD, [*line(A), None, None, "写在表外"], line(B, "2024-05-09"))
)
add("header only", refused("no_rows", says=("没有数据|数据行",)))(partial(one, TITLE, HEAD))
add("no header", refused("no_header", says=("表头",)))(partial(one, line(A), line(B)))
add(
    "a form on its side", Want(outcome=("rejected", "accepted"), ids=("no_header", "no_date_column"), says=())
)(partial(one, ["企业名称", A, B], ["走访日期", "2024-05-08", "2024-05-09"], ["走访干部", "张", "李"]))
add("no day in the table", refused("no_date_column", says=("走访日期",)))(
    partial(one, ["企业名称", "走访干部"], [A, "张"])
)
add("a table of something else", refused("no_header", "not_this_ledger", "no_date_column"))(
    partial(one, ["姓名", "身份证号", "联系电话"], ["张三", "360103199001011234", "13800138000"])
)

# ---------------------------------------------------------------- within and below the table

add("totals and signatures", Want(stored=2, bad=0, firms=DAYS, absent=("计", "填表", "审核"), kept=("审核人",)))(
    partial(
        one, *ROWS, ["小计", 2], ["合  计", 2], ["总计：", None, 2], ["本页小计", 1], ["共2家"], ["填表人：张敏", None, "审核人：李伟"],
        ["注：本表每月25日前报送。"], ["填报日期：2024年5月25日"], ["单位负责人（签字）："],
    )
)  # fmt: skip
add("a total with its number", Want(stored=2, bad=0, firms=DAYS, absent=("合计",)))(
    partial(
        one,
        ["序号", *HEAD],
        [1, *line(A)],
        [2, *line(B, "2024-05-09")],
        [3, "合计", 2],
        ["合计", None, None, 2],
    )
)
add("a total further right", Want(stored=2, bad=0, firms=DAYS, absent=("合计",)))(
    partial(one, *ROWS, [None, "合计", 2, None, None, None])
)
add(
    "group lines",
    Want(
        outcome=("accepted", "partial"),
        stored=2,
        firms=DAYS,
        absent=("一、", "软件类", "社区"),
        kept=("一、软件类",),
    ),
)(
    partial(
        one,
        HEAD,
        ["一、软件类"],
        line(A),
        ["二、商贸类企业（1家）"],
        line(B, "2024-05-09"),
        merge=("A2:F2", "A4:F4"),
    )
)
add(
    "group lines not merged",
    Want(outcome=("accepted", "partial"), stored=2, firms=DAYS, absent=("社区$",), kept=("云飞社区",)),
)(partial(one, HEAD, ["云飞社区"], line(A), ["朝阳社区"], line(B, "2024-05-09")))
add("blank rows within", BOTH)(partial(one, HEAD, line(A), NONE, NONE, NONE, line(B, "2024-05-09")))
add("fifty blank rows within", BOTH)(partial(one, HEAD, line(A), *[NONE] * 50, line(B, "2024-05-09")))
add("numbers prepared and nothing else", BOTH)(
    partial(one, ["序号", *HEAD], [1, *line(A)], [2, *line(B, "2024-05-09")], *([n] for n in range(3, 60)))
)
add("firms merged down", Want(stored=3, firms={A: {"visit#": 2}, B: {"visit#": 1}}))(
    partial(
        one,
        HEAD,
        line(A),
        [None, None, "2024-05-20", "王", "满", None],
        line(B, "2024-05-09"),
        merge=("A2:A3", "B2:B3"),
    )
)
add("days merged down", Want(stored=2, firms={A: {"visit.visit_date": MAY8}, B: {"visit.visit_date": MAY8}}))(
    partial(one, HEAD, line(A), line(B, None), merge=("C2:C3",))
)
add("amounts merged down are not doubled", Want(outcome=("accepted", "partial"), stored=2, says=("合并",)))(
    partial(
        one, ["企业名称", "走访日期", "上年营收（万元）"], [A, "2024-05-08", 1200], [B, "2024-05-09", None], merge=("C2:C3",)
    )
)  # fmt: skip
add(
    "ditto marks",
    Want(outcome=("accepted", "partial"), unsaid=("〃 已",), absent=("〃", "同上"), kept=("〃",)),
)(partial(one, HEAD, line(A), ["同上", None, "2024-05-20", "〃", "满", None], line(B, "2024-05-09")))


def hide_rows(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def hide_column(sheet: Any) -> None:
    sheet.column_dimensions["D"].hidden = True


def filtered(sheet: Any) -> None:
    sheet.auto_filter.ref = "A1:F3"
    sheet.row_dimensions[3].hidden = True


add("hidden rows", Want(stored=2, firms=DAYS, says=("隐藏",)))(partial(one, *ROWS, then=hide_rows))
add("hidden columns", Want(stored=2, firms=DAYS, says=("隐藏",)))(partial(one, *ROWS, then=hide_column))
add("filtered rows", Want(stored=2, firms=DAYS, says=("隐藏|筛选",)))(partial(one, *ROWS, then=filtered))
add("two tables in one sheet", Want(outcome=("accepted", "partial"), firms=DAYS, kept=(C,)))(
    partial(
        one,
        *ROWS,
        NONE,
        NONE,
        ["附：已搬离企业"],
        ["企业名称", "搬离时间", "去向"],
        [C, "2024-04-30", "青云谱区"],
    )
)
add("text beside the table", Want(outcome=("accepted", "partial"), stored=2, firms=DAYS, kept=("请核实",)))(
    partial(one, [*HEAD, None, None], [*line(A), None, None, "请核实"], line(B, "2024-05-09"))
)

# ---------------------------------------------------------------- sheets

OTHERS = (HEAD, line(C, "2024-04-10"))
add("second sheet with the same header", Want(stored=2, firms=DAYS, says=("4月",)))(
    partial(work, ("5月", ROWS), ("4月", OTHERS))
)
add("hidden sheet with the same header", Want(stored=2, firms=DAYS, says=("隐藏|底稿",)))(
    lambda: archive(parts({"5月": sheet_xml(ROWS), "底稿": sheet_xml(OTHERS)}, states={"底稿": "hidden"}))
)
add("very hidden sheet alone with the table", Want(outcome=("accepted", "rejected"), says=("隐藏",)))(
    lambda: archive(
        parts({"说明": sheet_xml([["说明"]]), "底稿": sheet_xml(ROWS)}, states={"底稿": "veryHidden"})
    )
)
add("sheet asked for", Want(stored=1, firms={C: {"visit#": 1}}), sheet="4月")(
    partial(work, ("5月", ROWS), ("4月", OTHERS))
)
add("sheet asked for that is not there", Want(error="no_such_sheet"), sheet="6月")(
    partial(work, ("5月", ROWS))
)
add("mapping by hand", Want(stored=2, firms=DAYS), mapping={"单位": "enterprise.name", "C": "visit_date"})(
    partial(one, ["单位", "其他", "何时"], [A, "x", "2024-05-08"], [B, "y", "2024-05-09"])
)
add(
    "mapping of a header that is not there", Want(error="unknown_header"), mapping={"没有的列": "visit_date"}
)(partial(one, *ROWS))
add("mapping to a field that is not there", Want(error="unknown_field"), mapping={"走访日期": "nothing"})(
    partial(one, *ROWS)
)
add(
    "a column left out by hand",
    Want(stored=2, firms={A: {"visit.operation_text": None}}),
    mapping={"生产经营情况": None},
)(partial(one, *ROWS))

# ---------------------------------------------------------------- other registers

CLOUD = ["客户名称", "社会信用代码", "产品名称", "业务类别", "开通日期", "到期日期", "合同金额(元/年)"]


@add(
    "broadband among the clouds",
    Want(
        outcome=("accepted", "partial"),
        stored=3, firms={A: {"cloud.product": "天翼云主机", "cloud.amount": Decimal("1.2"), "cloud.uncounted_reason": "无证明"}, B: {"cloud.product": "企业宽带", "cloud.uncounted_reason": "非云产品"}, C: {"cloud.product": "互联网专线", "cloud.uncounted_reason": "非云产品"}},
    ), register="cloud",
)  # fmt: skip
def _() -> bytes:
    return work(("明细", (
        CLOUD, [A, CODES[A], "天翼云主机", "IaaS", date(2024, 5, 2), date(2025, 5, 1), 12000],
        [B, CODES[B], "企业宽带", "IaaS", date(2024, 5, 3), date(2025, 5, 2), 3600],
        [C, CODES[C], "互联网专线", "其他", date(2024, 5, 4), date(2025, 5, 3), 58000],
    )))  # fmt: skip


add("candidates in two rows of header", Want(stored=2, firms={A: {"enterprise.revenue_ly": Decimal(10707), "nurture.revenue_ytd": Decimal(4636), "nurture.asof_ym": "2024-05", "nurture.reach_ym": "2024-06"}}), register="nurture")(
    partial(
        one, ["2024年“小升规”重点企业培育库"], ["序号", "企业基本情况", None, "营业收入(亿元)", None, "拟入库专业", "预计入库时间"],
        [None, "名称", "信用代码", "2023年", "2024年1-5月", None, None], [1, A, CODES[A], 1.0707, 0.4636, "零售", "2024年6月"],
        [2, B, CODES[B], 0.45, 0.23, "批发", "年度"], merge=("A1:G1", "A2:A3", "B2:C2", "D2:E2", "F2:F3", "G2:G3"),
    )
)  # fmt: skip
add(
    "firms",
    Want(stored=2, firms={A: {"enterprise.phone": "13800138000", "enterprise.reg_capital": Decimal(500)}}),
    register="enterprise",
)(
    partial(
        one,
        ["企业名称", "统一社会信用代码", "联系电话", "注册资本（万元）"],
        [A, CODES[A], "13800138000", 500],
        [B, CODES[B], None, None],
    )
)
add("issues", Want(stored=1, firms={A: {"issue.description": "停车位不足"}}), register="issue")(
    partial(
        one,
        ["企业名称", "登记日期", "问题描述", "责任单位", "办理状态"],
        [A, "2024-05-08", "停车位不足", "区城管局", "办理中"],
    )
)
add("a list of customers taken for visits", refused("no_date_column", "no_header", "not_this_ledger"))(
    partial(work, ("明细", (CLOUD[:4], [A, CODES[A], "云主机", "IaaS"])))
)
add("a ledger of another street", refused("other_unit"))(
    partial(one, TITLE, ["填报单位：绳金塔街道办事处"], *ROWS)
)

# ---------------------------------------------------------------- together


@add(
    "everything at once",
    Want(
        outcome=("partial",),
        bad=1,
        firms={
            firm(20)[0]: {"visit.visit_date": date(2024, 5, 6)},
            firm(21)[0]: {"visit.visit_date": date(2024, 5, 6), "enterprise.revenue_ly": Decimal(12000)},
        },
        told=(Told(9, "F", "."),),
        absent=("计",),
        aside=(firm(22)[0],),
    ),
)
def _() -> bytes:
    rows: list[list[Any]] = [
        TITLE, OFFICE, [], ["序号", None, "企业情况", None, None, "走访情况", None, "经营（亿元）"],
        [None, None, "企业名称", "代码", None, "走访\n时间", "走访干部", "上年营收"],
        ["1", None, "2", "3", None, "4", "5", "6"],
        [1, None, f" {firm(20)[0]}\u3000", firm(20)[1], None, "2024.5.6", "张\n李", "0.5"],
        [2, None, firm(21)[0], firm(21)[1], None, None, "张", "1.2"],
        [3, None, firm(22)[0], None, None, "05/06/2024", "张", "1"],
        ["合计", None, 3, None, None, None, None, 2.7], ["填表人：张敏"],
    ]  # fmt: skip
    return one(*rows, merge=("A1:H1", "C4:D4", "F4:G4", "A4:A5", "F7:F8"))
