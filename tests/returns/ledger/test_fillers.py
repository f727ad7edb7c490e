"""Lines that are no rows of a table, and firms that only sound like them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returns.ledger.fillers import group_title, is_filler, is_numbering
from tests.returns.ledger import samples

_, CODE = samples.firm(1)

TOTALS = [
    "合计", "小 计", "总计：", "合计（26家）", "合计：共 26 家", "本页合计", "本页小计", "累计", "总合计", "共计", "平均", "共26家", "共计 26 家企业",
    "朝阳洲街道小计", "一季度合计", "合  计", "【合计】", "合计（万元）",
]  # fmt: skip
SIGNATURES = [
    "填表人：张敏", "审核人:李伟 联系电话：8651", "单位负责人（签字）：", "填报日期：2024年5月25日", "制表日期：2024-5-25", "单位负责人：张三  审核人：李四  填表人：王五",
    "联系人：张敏", "填表人", "审核人（签字）", "单位（盖章）：", "报送日期：2024.5.25", "经办人：",
]  # fmt: skip
NOTES = [
    "注：金额为万元", "说明：略", "注1：以上为累计数", "备注：无", "填表说明：1.请如实填写", "其中：", "其中：规上企业", "其中", "数据来源：统计局", "※请勿改动表头格式", "填表要求：不得空行",
]  # fmt: skip
ALONE = [
    "以下空白", "（以下空白）", "—— 以下无正文 ——", "以下无内容", "……", "...", "———", "第1页 共3页", "第 2 页", "- 3 -", "续表", "（续表）", "接上页", "转下页", "（一）重点企业",
    "一、朝阳洲街道", "二、一般企业", "第一部分：已走访",
]  # fmt: skip


@pytest.mark.parametrize("first", [*TOTALS, *SIGNATURES, *NOTES])
def test_lines_that_are_no_rows(first: str) -> None:
    assert is_filler([first]) and is_filler([None, first, None, 3]) and is_filler([first, None, 12.5])


@pytest.mark.parametrize("first", ALONE)
def test_lines_that_are_no_rows_when_they_stand_alone(first: str) -> None:
    assert is_filler([first]) and is_filler([None, first]) and is_filler([first] * 4)


@pytest.mark.parametrize("kept", ["合计", "总计", "本页小计"])
def test_a_total_that_kept_its_number(kept: str) -> None:
    assert is_filler([27, kept, None, 100]) and is_filler(["27", kept])


FIRMS = [
    "共创科技有限公司", "合计信息技术有限公司", "总计云（南昌）有限公司", "注册通商务有限公司", "审核云科技有限公司", "单位之家有限公司", "合计科技有限公司", "江西总计网络有限公司",
    "其中科技有限公司", "第一页文化传媒有限公司", "无名餐饮店", "附中科技有限公司", "小计便利店", "累计云计算中心（有限合伙）", "说明书印刷厂", "备注文化传媒（江西）有限公司", "江西填表人科技有限公司",
    "以下空白设计工作室", "完美空间", "无印良品", "共青团日用品商行", "平均率音乐馆", "江西审核所", "其中",
]  # fmt: skip


@pytest.mark.parametrize("name", FIRMS[:-1])
def test_firms_that_sound_like_such_lines(name: str) -> None:
    assert not is_filler([1, name, CODE]) and not is_filler([name, CODE]) and not is_filler([name])


@pytest.mark.parametrize(
    "cells",
    [
        ["一、江西甲有限公司", CODE],
        ["以下空白", CODE, "2024-05-08"],
        ["……", "2024-05-08", "上门"],
        ["一、朝阳洲街道", "2024-05-08"],
    ],
)
def test_what_has_more_in_it_than_a_title_is_a_row(cells: list[Any]) -> None:
    assert not is_filler(cells)


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        ([1, 2, 3], True), ([None, 1, 2, 3, 4], True), (["1", "2", "3"], True), ([1.0, 2.0, 3.0], True), (["(1)", "(2)", "(3)"], True), (["甲", "乙", "丙"], True),
        (["甲", "乙", 1, 2, "3=1+2"], True), (["A", "B", "C"], True), (["a", "b", "c"], True), (["①", "②", "③"], True), (["栏次", 1, 2, 3], True), ([0, 1, 2], True),
        (["一", "二", "三"], True), ([1, 2], False), ([2, 3, 4], False), ([1, 3, 5], False), ([1, "江西云栈", 3], False), (["甲", "丙", "乙"], False),
        ([1, 2, 2024], False), ([None], False), ([], False), (["A", "C", "B"], False), ([1, 2, 3, 5], False),
    ],
)  # fmt: skip
def test_rows_that_number_the_columns(cells: list[Any], numbers: bool) -> None:
    assert is_numbering(cells) is numbers


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        (["一、朝阳洲街道"], "一、朝阳洲街道"), (["（二）重点企业", None, None], "（二）重点企业"), (["三、南站街道"] * 3, "三、南站街道"), (["一、江西甲有限公司"], ""),
        (["一、朝阳洲街道", "2024-05-08"], ""), (["江西甲"], ""), ([], ""),
    ],
)  # fmt: skip
def test_titles_of_groups(cells: list[Any], title: str) -> None:
    assert group_title(cells) == title


@given(st.lists(st.one_of(st.none(), st.text(max_size=30), st.floats(), st.integers()), max_size=8))
def test_no_line_breaks_it(cells: list[Any]) -> None:
    assert isinstance(is_filler(cells), bool) and isinstance(group_title(cells), str)


def test_long_texts_take_no_time() -> None:
    begun = time.perf_counter()
    for text in (
        "合计" * 5000,
        "（" * 5000,
        "一、" * 5000,
        "1" * 20000,
        "-" * 20000 + "x",
        "其中" * 5000,
        "第" + "1" * 9999,
    ):
        is_filler([text])
        is_filler([1, text, 2])
    assert time.perf_counter() - begun < 2
