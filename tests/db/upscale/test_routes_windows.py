"""Routes by the day of opening, and windows that come every year."""

from __future__ import annotations

from datetime import date

import pytest

from db.errors import UsageError
from db.upscale import windows
from db.upscale.routes import route
from db.upscale.windows import month_day, next_window, read_windows


@pytest.mark.parametrize(
    ("opened", "specialty", "way", "sure"),
    [
        (date(2023, 10, 1), "零售", "月度入库", True),
        (date(2023, 9, 30), "零售", "年度入库", True),
        (date(2024, 3, 8), "工业", "月度入库", True),
        (date(2010, 1, 1), "建筑业", "月度入库", True),
        (None, "房地产", "月度入库", True),
        (None, "零售", "年度入库", False),
        (date(2020, 5, 1), None, "年度入库", True),
    ],
)
def test_the_route_follows_from_the_day_of_opening(
    opened: date | None, specialty: str | None, way: str, sure: bool
) -> None:
    found = route(opened, specialty, 2024)
    assert (found.way, found.sure) == (way, sure)
    assert found.words.endswith("。")
    if opened is not None and specialty not in ("建筑业", "房地产"):
        assert str(opened) in found.words
    if not sure:
        assert "2023-10-01" in found.words


def window(opens: str, closes: str, way: str = "年度入库", **more: object) -> dict[str, object]:
    return {"way": way, "name": f"{opens} 批次", "opens": opens, "closes": closes, **more}


def test_the_open_window_comes_before_the_next_one() -> None:
    table = read_windows([window("10-01", "10-30"), window("11-01", "11-30")])
    before = next_window(table, "年度入库", "零售", date(2024, 5, 24))
    assert before is not None and not before.open_now
    assert (before.opens, before.closes) == (date(2024, 10, 1), date(2024, 10, 30))
    assert "还有" in before.words and "开始" in before.words
    inside = next_window(table, "年度入库", "零售", date(2024, 10, 28))
    assert inside is not None and inside.open_now and inside.workdays == 2
    assert "还剩 2 个工作日" in inside.words
    last = next_window(table, "年度入库", "零售", date(2024, 10, 30))
    assert last is not None and "今天截止" in last.words
    after = next_window(table, "年度入库", "零售", date(2024, 12, 1))
    assert after is not None and after.opens == date(2025, 10, 1)


def test_a_window_over_the_new_year_and_one_for_some_specialties() -> None:
    table = read_windows(
        [
            window("12-20", "01-02"),
            window("12-01", "12-07", "月度入库", specialties=["建筑业"]),
            window("01-05", "01-20", "月度入库"),
        ]
    )
    found = next_window(table, "年度入库", None, date(2025, 1, 1))
    assert found is not None and found.open_now and found.closes == date(2025, 1, 2)
    building = next_window(table, "月度入库", "建筑业", date(2024, 11, 20))
    trade = next_window(table, "月度入库", "零售", date(2024, 11, 20))
    assert building is not None and building.opens == date(2024, 12, 1)
    assert trade is not None and trade.opens == date(2025, 1, 5)
    assert next_window((), "月度入库", "零售", date(2024, 11, 20)) is None


def test_a_leap_day_is_the_last_of_february() -> None:
    assert read_windows([window("02-20", "02-29")])[0].of_year(2023)[1] == date(2023, 2, 28)


@pytest.mark.parametrize(
    "bad", [{"opens": "13-01"}, {"way": "随时"}, {"name": " "}, {"specialties": ["渔业"]}]
)
def test_a_window_that_cannot_be_read_is_named(bad: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="第 2 个申报窗口") as caught:
        read_windows([window("10-01", "10-30"), {**window("11-01", "11-30"), **bad}])
    assert caught.value.id == "bad_windows"


def test_days_as_people_write_them() -> None:
    assert month_day("10月30日") == month_day("10-30") == month_day("10/30") == (10, 30)


def test_the_shipped_windows_are_an_example_and_say_so() -> None:
    assert {each.way for each in windows.shipped()} == {"月度入库", "年度入库"}
    assert "示例" in windows.example_note()
    again = read_windows([each.as_json() for each in windows.shipped()])
    assert again == windows.shipped()
