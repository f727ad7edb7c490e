"""The sentences of a 季通报 by situation, what may be left out, and what a person's changes become."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import parameters
from db.periods import Period
from db.quarter import quarter
from db.store import Store
from returns.bulletin import drafts
from returns.bulletin.compose import main_keys, sign_indents, title_lines
from returns.bulletin.draft import draft
from returns.bulletin.edit import Edits, apply, check
from returns.bulletin.model import FIRST, Bulletin, Paragraph, Ref, numbered
from returns.bulletin.phrasing import fixed, plain
from returns.bulletin.units import GOOD, REMIND

Q1, Q2, Q4 = Period("2024-03"), Period("2024-06"), Period("2024-12")
ISSUER = "西湖区数字经济办公室"
SECTIONS = ["总体情况", "各单位情况", "存在问题", "下步工作"]


def drafted(store: Store, end: Period, *, practice: bool = False) -> Bulletin:
    with store.read() as session:
        return draft(quarter(session, end), issuer=ISSUER, practice=practice, today=date(2024, 7, 15))


def text_of(bulletin: Bulletin) -> str:
    return "\n".join(number + each.text for number, each in numbered(bulletin.paragraphs))


@pytest.mark.parametrize("end", [Q1, Q2, Q4])
def test_the_structure_is_that_of_a_bulletin(practice_year: Store, end: Period) -> None:
    found = drafted(practice_year, end)
    assert (
        found.head.title == f"关于{end.year}年第{'一二三四'[end.quarter - 1]}季度全区数字经济工作情况的通报"
    )
    assert [each.text for each in found.paragraphs if each.level == FIRST] == SECTIONS
    assert re.findall(r"^[一二三四]、", text_of(found), re.M) == ["一、", "二、", "三、", "四、"]
    told = [each.title.removeprefix(found.head.title[2:11]) for each in found.attachments]
    assert told == [
        "目标指标完成情况表", "各单位报送情况表", "企业问题办结情况表", "数据来源",
    ]  # fmt: skip
    ids = [each.id for each in found.paragraphs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("end", [Q1, Q2, Q4])
def test_sentences_are_whole_and_full_width(practice_year: Store, end: Period) -> None:
    for each in drafted(practice_year, end).paragraphs:
        if each.level:
            continue
        assert each.text.endswith("。"), each.text
        for wrong in ("。。", "，。", "，，", "；。", "；；", "。，", "None", "—%", "（）"):
            assert wrong not in each.text, each.text
        assert not re.search(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]", each.text), each.text


def test_every_number_of_a_sentence_is_a_figure_or_a_count_in_words(practice_year: Store) -> None:
    for end in (Q1, Q2, Q4):
        for each in drafted(practice_year, end).paragraphs:
            literal = "".join(part if isinstance(part, str) else "#" for part in each.parts)
            literal = re.sub(r"\d+年|\d+月|\d+日|附件\d|\d{4}—\d{4}|\d+个(单位|街道|承办单位)", "", literal)
            assert not re.search(r"\d", literal), literal


def test_the_first_quarter_says_that_there_is_nothing_to_compare(practice_year: Store) -> None:
    visits = drafted(practice_year, Q1).paragraph("overall.visits.text")
    assert visits is not None and "没有可比数据" in visits.text and "比上季度" not in visits.text
    later = drafted(practice_year, Q2).paragraph("overall.visits.text")
    assert later is not None and re.search(r"比上季度(增加|减少)\d+次、(增长|下降)[\d.]+%", later.text)


def test_growth_falls_and_rises_in_words(practice_year: Store) -> None:
    for end in (Q2, Period("2024-09")):
        with practice_year.read() as session:
            found = quarter(session, end)
        words = drafted(practice_year, end).paragraph("overall.visits.text")
        assert words is not None and found.visits.before is not None
        step = found.visits.now - found.visits.before
        assert ("增加" if step > 0 else "减少") in words.text
        assert f"{abs(step)}次" in words.text and "-" not in words.text


def test_a_running_quarter_is_compared_with_nothing_and_is_marked(practice_year: Store) -> None:
    found = drafted(practice_year, Q4)
    assert found.head.mark == "（征求意见稿）"
    assert "尚未结束" in found.paragraphs[0].text
    assert "比上季度" not in text_of(found)


def test_a_running_quarter_tells_the_indicators_of_its_newest_month(practice_year: Store) -> None:
    found = drafted(practice_year, Q4)
    said = found.paragraph("overall.indicators.text")
    assert said is not None and said.text.startswith(
        "12月的指标数据尚未报齐，目标指标采用11月的数（该月应回报"
    )
    assert "截至11月，《行动计划》确定的14项目标指标中" in said.text and "序时进度" in said.text
    table = next(each for each in found.attachments if each.id == "att.indicators")
    assert table.tables[0].note.startswith("注：指标采用11月的数；")
    assert "11月实际" in [each.title for each in table.tables[0].columns]
    assert "截至11月" not in text_of(drafted(practice_year, Period("2024-06")))


def test_an_empty_register_gives_a_decent_bulletin(bare_district: Store) -> None:
    found = drafted(bare_district, Q2)
    text = text_of(found)
    assert [each.text for each in found.paragraphs if each.level == FIRST] == SECTIONS
    assert "均未收到可作评价的数据" in text and "没有收到企业走访记录" in text
    assert "21个单位未报，计63份" in text
    assert not found.slots  # nothing to draw
    assert all(table.rows or table.empty for each in found.attachments for table in each.tables)


def test_lagging_indicators_are_explained_in_the_units_own_words(practice_year: Store) -> None:
    with practice_year.read() as session:
        found = quarter(session, Q2)
    lines = found.lines("预警") + found.lines("关注")
    words = drafted(practice_year, Q2).paragraph("problems.indicators.text")
    steps = drafted(practice_year, Q2).paragraph("next.indicators.text")
    assert lines and words is not None and steps is not None
    for line in lines:
        for unit in line.units:
            if unit.responsible and unit.reason:
                assert unit.reason.rstrip("。") in words.text
            if unit.responsible and unit.next_step:
                assert unit.next_step.rstrip("。") in steps.text


def test_without_ranking_there_are_no_ranks_and_no_lists_of_laggards(practice_year: Store) -> None:
    text = text_of(drafted(practice_year, Q2))
    assert GOOD not in text and REMIND not in text and "名次" not in text
    assert re.search(r"\d个单位迟报", text)  # how many, not who
    tables = drafted(practice_year, Q2).tables
    assert [row[0] for row in tables[0].rows] == [
        unit.name for unit in _units(practice_year) if unit.kind == "street"
    ]


def test_an_office_that_ranks_has_scores_ranks_and_words(practice_year: Store) -> None:
    with practice_year.write() as session:
        parameters.put(session, "rankings", "是", practice_year.actor)
    try:
        found = drafted(practice_year, Q2)
    finally:
        with practice_year.write() as session:
            parameters.put(session, "rankings", "否", practice_year.actor)
    assert any(each.part == "ranking" for each in found.paragraphs)
    score = next(each for each in found.attachments if each.id == "att.units")
    assert score.title.endswith("得分表")
    for table in score.tables:
        totals = [row[5] for row in table.rows]
        values = [Decimal(each.text) for each in totals if isinstance(each, Ref)]
        assert values == sorted(values, reverse=True)
        assert {row[6] for row in table.rows} <= {GOOD, REMIND, "—"}
    ranked = [row[1] for table in score.tables for row in table.rows]
    assert "区教体局" not in ranked  # it has nothing but returns to hand in
    assert all("不作排名" not in table.note for table in found.tables)


def test_nothing_is_lost_when_a_part_is_left_out(practice_year: Store) -> None:
    found = drafted(practice_year, Q2)
    for part in found.parts:
        smaller = found.without({part})
        assert part not in {each.part for each in (*smaller.paragraphs, *smaller.tables, *smaller.slots)}
        kept = [each for each in found.paragraphs if each.part != part]
        assert [each for each in kept if not each.level] == [
            each for each in smaller.paragraphs if not each.level
        ]
    bare = found.without(set(found.parts))
    assert [each.text for each in bare.paragraphs if each.level == FIRST] == []  # no heading over nothing
    assert [each.id for each in found.without({"att.units"}).attachments] == [
        "att.indicators", "att.issues", "att.sources",
    ]  # fmt: skip


def test_figures_that_only_tables_show_by_unit_have_no_line_in_print(practice_year: Store) -> None:
    found = drafted(practice_year, Q2)
    keys = main_keys(found)
    assert len(keys) == len(set(keys)) < 60
    assert not any(":" in key for key in keys)


def _units(store: Store) -> tuple[object, ...]:
    with store.read() as session:
        return quarter(session, Q2).units


# What a person changes.

SENTENCE = Paragraph(
    "x", ("走访企业", Ref("a", "228", "走访企业"), "家、", Ref("b", "291", "走访次数"), "次，增长", Ref("b", "3.6", "走访次数", "增长"), "%。"),
)  # fmt: skip


def test_a_sentence_said_otherwise_keeps_its_figures() -> None:
    found, warnings = check(SENTENCE, "共走访291次，比上季度增长3.6%，走访企业228家，成效明显。")
    assert warnings == ()
    assert [(ref.key, ref.text) for ref in found.refs] == [("b", "291"), ("b", "3.6"), ("a", "228")]
    assert found.text == "共走访291次，比上季度增长3.6%，走访企业228家，成效明显。"


def test_a_number_that_contradicts_its_figure_is_told_and_kept() -> None:
    found, warnings = check(SENTENCE, "走访企业230家、291次，增长3.6%。")
    assert warnings == ("“走访企业”是228，文中写的是230",)
    assert found.text == "走访企业230家、291次，增长3.6%。"
    assert [ref.key for ref in found.refs] == ["b", "b"]


def test_a_number_from_nowhere_is_told_and_days_are_not() -> None:
    _, warnings = check(SENTENCE, "走访企业228家、291次，增长3.6%，其中重点企业40家。")
    assert warnings == ("“40”没有出处",)
    assert check(SENTENCE, "4月至6月，走访企业228家、291次，增长3.6%，见附件2。")[1] == ()


def test_a_figure_may_be_left_out_of_a_sentence() -> None:
    assert check(SENTENCE, "走访企业228家。")[1] == ()


@given(st.text(alphabet="走访企业家次，。0123456789.%228291", max_size=60))
def test_any_text_can_be_checked_and_comes_back_as_it_was(text: str) -> None:
    found, _ = check(SENTENCE, text)
    assert found.text == text.strip()
    wanted = [ref.text for ref in SENTENCE.refs]
    for ref in found.refs:
        assert ref.text in wanted


def test_changes_are_kept_by_quarter_and_applied(practice_year: Store) -> None:
    found = drafted(practice_year, Q2, practice=True)
    edits = Edits(
        {"overall.visits.text": "本季度走访有序。", "gone": "以前有过的一段。", "overall.nurture.text": " "},
        frozenset({"clouds", "att.issues"}),
        {"number": "西数经办[2024]3号", "mark": "", "nonsense": "x"},
    )
    with practice_year.write() as session:
        drafts.keep(session, found.quarter, edits, practice_year.actor)
    with practice_year.read() as session:
        assert drafts.kept(session, "2024Q3") == Edits()
        kept = drafts.kept(session, found.quarter)
    assert kept.texts == edits.texts and kept.left_out == edits.left_out
    edited = apply(found, kept)
    text = text_of(edited.bulletin)
    assert "本季度走访有序。" in text and "以前有过的一段" not in text
    assert "企业上云" not in [each.text for each in edited.bulletin.paragraphs]
    assert "企业培育" not in [each.text for each in edited.bulletin.paragraphs]  # its only text was emptied
    assert edited.bulletin.head.number == "西数经办[2024]3号"
    assert edited.bulletin.head.mark == "（练习）"  # cannot be taken off practice figures
    with practice_year.write() as session:
        drafts.keep(session, found.quarter, Edits(), practice_year.actor)


# Small rules.


@pytest.mark.parametrize(
    ("value", "places", "sentence", "table"),
    [
        (Decimal("73.5000"), 2, "73.5", "73.50"), (Decimal("10000"), 0, "10,000", "10,000"), (Decimal("1443"), 0, "1443", "1443"),
        (Decimal("100"), 1, "100", "100.0"), (None, 0, "—", "—"), (Decimal("-0.04"), 1, "0", "0.0"), (1500, 0, "1500", "1500"),
    ],
)  # fmt: skip
def test_how_numbers_are_written(value: Decimal | None, places: int, sentence: str, table: str) -> None:
    assert (plain(value, places), fixed(value, places)) == (sentence, table)


@pytest.mark.parametrize(
    ("issuer", "dated", "sealed", "wanted"),
    [
        (
            "西湖区数字经济办公室",
            "2024年7月15日",
            True,
            (2.25, 4),
        ),  # centred over the date, four from the edge
        ("西湖区数字经济办公室", "2024年7月15日", False, (2, 3.5)),
        (
            "区发改委",
            "2024年7月15日",
            False,
            (6.5, 2),
        ),  # the date is longer: it ends two from the edge itself
    ],
)
def test_where_the_signature_stands(
    issuer: str, dated: str, sealed: bool, wanted: tuple[float, float]
) -> None:
    name, date_ = sign_indents(issuer, dated, sealed=sealed)
    if not sealed:
        # The date begins two characters to the right of the name.
        width = sum(0.5 if each.isascii() else 1 for each in dated)
        assert (len(issuer) + name) - (width + date_) == 2
    assert (name, date_) == wanted


def test_titles_break_where_they_make_sense() -> None:
    assert title_lines("关于2024年第二季度全区数字经济工作情况的通报") == [
        "关于2024年第二季度全区数字经济", "工作情况的通报",
    ]  # fmt: skip
    assert title_lines("数据来源") == ["数据来源"]
