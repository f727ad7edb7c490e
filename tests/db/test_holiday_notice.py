"""The yearly notice of holidays as text: as published, as people shorten it, as we write it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import workdays
from db.errors import UsageError
from db.holiday_notice import SpecialDay, read_notice, write_notice

PUBLISHED = """国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
国务院办公厅
2025年11月4日"""


def test_a_notice_as_published() -> None:
    found = read_notice(PUBLISHED)
    assert (found.year, found.title, found.unread) == (2026, "国务院办公厅关于2026年部分节假日安排的通知", ())
    worked = [each.day for each in found.days if each.workday]
    assert worked == [
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
    ]  # fmt: skip
    assert len(found.days) - len(worked) == 3 + 9 + 3 + 5 + 3 + 3 + 7
    assert {each.name for each in found.days} == {
        "元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节",
    }  # fmt: skip


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_shipped_notices_and_the_library_agree_day_by_day(year: int) -> None:
    days = {each.day: each for each in (*workdays.shipped(year).days, *_next(year))}  # type: ignore[union-attr]
    day = date(year, 1, 1)
    while day.year == year:
        told = days.get(day)
        works = told.workday if told is not None else day.weekday() < 5
        assert works == workdays.is_workday(day), day
        day += timedelta(days=1)
    assert workdays.source(year) == f"国务院办公厅关于{year}年部分节假日安排的通知"


def _next(year: int) -> tuple[SpecialDay, ...]:
    notice = workdays.shipped(year + 1)
    return notice.days if notice is not None else ()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("元旦：2026年12月31日至2027年1月2日放假。", {"2026-12-31": False, "2027-01-01": False, "2027-01-02": False}),
        ("元旦：1月1日放假1天，不调休。", {"2027-01-01": False}),
        ("国庆节：10月1日-3日放假，9月26日、10月9日上班", {
            "2027-10-01": False, "2027-10-02": False, "2027-10-03": False, "2027-09-26": True, "2027-10-09": True,
        }),
        ("10月9日上班", {"2027-10-09": True}),
        ("停电：2027-05-24 放假", {"2027-05-24": False}),
        ("１．元旦：１月１日放假", {"2027-01-01": False}),
    ],
)  # fmt: skip
def test_shorter_spellings(text: str, days: dict[str, bool]) -> None:
    found = read_notice(text, 2027)
    assert {each.day.isoformat(): each.workday for each in found.days} == days


def test_a_line_that_cannot_be_read_is_told_and_the_others_count() -> None:
    found = read_notice("2027年\n元旦：1月1日放假\n春节：2月30日至3月2日放假\n")
    assert [each.day for each in found.days] == [date(2027, 1, 1)]
    assert found.unread == ("春节:2月30日至3月2日放假",)


@pytest.mark.parametrize("text", ["", "今年放假吗？", "元旦：一月一日放假", "2027年元旦快乐", "😀" * 50])
def test_text_without_a_day_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_notice(text, 2027)
    assert refused.value.id == "bad_notice"


def test_without_a_year_anywhere_it_is_asked_for() -> None:
    with pytest.raises(UsageError, match="哪一年"):
        read_notice("元旦：1月1日放假")


_DAYS = st.dictionaries(
    st.dates(date(2027, 1, 1), date(2027, 12, 31)), st.booleans(), min_size=1, max_size=60
)


@given(_DAYS, st.lists(st.sampled_from(["元旦", "春节", "停电", "全市大会"]), min_size=1, max_size=4))
def test_what_is_written_is_read_back(days: dict[date, bool], names: list[str]) -> None:
    special = tuple(
        SpecialDay(day, works, names[place % len(names)])
        for place, (day, works) in enumerate(sorted(days.items()))
    )
    assert read_notice(write_notice(2027, special)).days == special
