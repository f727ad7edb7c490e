"""Lines of a sheet that are no rows of its table: totals, counts, signatures, notes, titles of groups."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

from db.text import clean, fold
from returns.cells import shown

_TOTAL = re.compile(
    r"[(【\[]?(?:本页|本月|本年|本季|全年|本表|当月|当年|年度|全区|全市|全街道|各街道)?"
    r"(?:合计|小计|总计|共计|累计|总和|平均|汇总|合计数|总数|总合计|本页合计|页计)(?:数|值|额)?[)】\]]?[:：]?(?:\(.*\))?[\d.,]*[家户条个次项人]?(?:万元|亿元|元)?"
)
_GROUP_TOTAL = re.compile(r".{2,12}(?:街道|园区|部门|分局|公司|镇|办)?(?:合计|小计)[:：]?(?:\(.*\))?")
_COUNT_LINE = re.compile(r"(?:合计|总计|以上|本表|本页|全部)?[:：]?共(?:计|有)?[:：]?\d+[家户条个次项企人].*")
_SIGNATURE = re.compile(
    r"(?:单位|部门|企业|街道)?(?:主要|分管|主管)?(?:填表|填报|制表|审核|复核|统计|经办|负责|签字|签发|签名|领导|单位|部门|报送|报表|联系|制单|复审|审批)"
    r"(?:人员|人|领导|日期|时间|单位|部门|盖章|签字|意见)?(?:\((?:签字|签章|盖章|公章|签名)\))?[:：].*"
)
_SIGNATURE_BARE = re.compile(
    r"(?:单位|部门)?(?:主要|分管|主管)?(?:填表|填报|制表|审核|复核|经办|负责|签发|统计)(?:人|负责人|日期|时间)(?:\((?:签字|签章|盖章|公章|签名)\))?"
)
_NOTE = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|填表要求|填报要求|注意|注意事项|附注|附|其中|数据来源|资料来源|单位)\d*[:：.、].*"
    r"|注\d.*|报送(?:日期|时间|单位)[:：].*|联系电话[:：].*|[*※★]\D.{5,}|备注说明.*|注\(\d+\).*"
)
_AMONG = re.compile(r"其中[:：]?.{0,12}|(?:其中[:：]).*")
_END = re.compile(
    r"[-—_=*~.·。…\s()（）]*(?:以下|下面|此处以下)?(?:空白|无正文|无内容|完|结束|无)(?:行|。)?[-—_=*~.·。…\s()（）]*"
)
_PAGE = re.compile(
    r"第?\d+页[,，/]?共?\d*页?|第\d+/\d+页|共\d+页|-\d+-|(?:接|转|见)(?:上|下)页|(?:\(?续表?\)?|续上表|转下页|未完待续)"
)
_STROKES = re.compile(r"[-—–_=*~.·。…⋯/\\\s]+")
_GROUP_NUMBER = re.compile(
    r"(?:[一二三四五六七八九十百]{1,4}[、.．]|\([一二三四五六七八九十百]{1,4}\)|第[一二三四五六七八九十]+(?:部分|类|批|组|片区)[:：、]?).{1,40}"
)
_ORDINALS = (
    "甲乙丙丁戊己庚辛壬癸",
    "一二三四五六七八九十",
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "abcdefghijklmnopqrstuvwxyz",
)
# How the names of firms end: such a text is a firm, whatever it begins with.
_FIRM = re.compile(
    r"(?:公司|中心|厂|店|商行|部|院|所|站|社|会|集团|馆|园|场|铺|吧|学校|工作室|合作社|经营部|事务所|\((?:有限合伙|普通合伙|个人独资|个体工商户)\))(?:\([^)]*\))?$"
)


def line_of(cells: Sequence[Any]) -> str:
    """A row as one text; empty when nothing is in it."""
    return " ".join(
        text
        for cell in cells
        if cell is not None and (text := clean(cell if isinstance(cell, str) else shown(cell)).text)
    )


def is_numbering(cells: Sequence[Any]) -> bool:
    """A row that numbers the columns: 1 2 3 …, (1) (2) …, 甲 乙 1 2 …, A B C …; some of its columns may have none."""
    texts = [
        fold(str(cell)).strip("()[]").removesuffix(".0")
        for cell in cells
        if cell is not None and str(cell).strip()
    ]
    if texts and texts[0] in ("栏次", "栏号", "列次", "行次"):
        texts = texts[1:]
    if len(texts) < 3:
        return False
    letters = 0
    for letters, text in enumerate(texts):
        if not (
            len(text) == 1
            and text in "甲乙丙丁戊己庚辛壬癸"
            and "甲乙丙丁戊己庚辛壬癸".index(text) == letters
        ):
            break
    else:
        return True
    rest = texts[letters:]
    for ordinals in _ORDINALS[1:]:
        if len(rest) > 2 and [each.lower() for each in rest] == list(ordinals[: len(rest)]):
            return True
    # A formula may stand beside a number: “5=3+4”, “6=5/4*100”.
    figures = [re.match(r"(\d{1,3})(?:=.*)?$", text) for text in rest]
    if len(rest) + letters < 3 or not all(figures):
        return False
    numbers = [int(each[1]) for each in figures if each]
    return numbers[0] in (0, 1) and all(after == before + 1 for before, after in itertools.pairwise(numbers))


def group_title(cells: Sequence[Any]) -> str:
    """The title of a group of rows that spans the table (“一、朝阳洲街道”, “（一）重点企业”); "" for other rows."""
    texts = [text for cell in cells if cell is not None and (text := clean(str(cell)).text)]
    if len(set(texts)) != 1:
        return ""
    only = fold(texts[0])
    return texts[0] if _GROUP_NUMBER.fullmatch(only) and not _FIRM.search(only) else ""


def is_filler(cells: Sequence[Any]) -> bool:
    """Totals, subtotals, counts, signatures, notes, titles of groups: lines of the sheet that are no rows of the table.

    A firm whose name begins or ends like one of them (合计科技有限公司) is a firm.
    """
    if _is_plainly_a_firm(cells):
        return False
    texts = [text for cell in cells if cell is not None and (text := fold(str(cell)))]
    if not texts:
        return True
    first = texts[0]
    if len(texts) > 1 and re.fullmatch(r"\d+(?:\.0)?", first):
        first = texts[1]  # a total that kept its number
    if _FIRM.search(first) and not first.startswith(("注:", "说明:", "备注:")):
        return _is_signature(first) or bool(_COUNT_LINE.fullmatch(first))
    return (
        _TOTAL.fullmatch(first) is not None
        or _COUNT_LINE.fullmatch(first) is not None
        or _is_signature(first)
        or _NOTE.fullmatch(first) is not None
        or _AMONG.fullmatch(first) is not None
        or (len(set(texts)) == 1 and _alone(first))
        or (_GROUP_TOTAL.fullmatch(first) is not None and not any(map(_FIRM.search, texts)))
        or (len(texts) > 2 and is_numbering(cells))
    )


_ENDINGS = ("公司", "厂", "店", "中心", "商行", "经营部", "合作社", "事务所", "）")


def _is_plainly_a_firm(cells: Sequence[Any]) -> bool:
    """The short way for almost every row: its first text, a running number aside, is the name of a firm."""
    for at, cell in enumerate(cells):
        if cell is None:
            continue
        if cell.__class__ is str:
            return (
                cell.endswith(_ENDINGS)
                and not _DOUBTFUL.search(cell)
                and _FIRM.search(fold(cell)) is not None
            )
        if at > 2:
            return False
    return False


_DOUBTFUL = re.compile("[:：共]")


def _is_signature(text: str) -> bool:
    return _SIGNATURE.fullmatch(text) is not None or _SIGNATURE_BARE.fullmatch(text) is not None


def _alone(text: str) -> bool:
    """Texts that are no row when nothing else stands in it."""
    return any(form.fullmatch(text) for form in (_END, _PAGE, _STROKES, _GROUP_NUMBER))
