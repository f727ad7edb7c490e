"""Pictures of 分析: every mark lies in its picture, tells its figure, can be reached by keys; text on every ground can be read."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from db.analysis import About, Rows, months_back
from db.analysis_growth import Channel, CloudGrowth, ParkGrowth, ParkSeries
from db.analysis_indicators import Bullet, Bullets, Trend
from db.analysis_units import Heat, HeatCell, HeatColumn, HeatRow
from db.analysis_visits import VisitMonths
from db.analysis_work import BUCKETS, WAY, Ageing, AgeLine, Funnel, Step
from db.errors import UsageError
from db.periods import Period
from desktop.printing.pictures import KINDS, drawing_of, picture_image, picture_png
from desktop.style import theme
from desktop.style.tokens import contrast
from desktop.widgets.drawing import Ink, paper, screen, whole_height
from desktop.widgets.lines_drawing import Axis
from desktop.widgets.picture import Picture

ABOUT = About("图的名称", "家", "怎样统计", "已报 9/10")
MONTHS = months_back(Period("2024-05"))
ROWS = Rows("indicator.1", "2024-05")
D = Decimal
NONE = (None,) * 12


def bullet(no: int, value: D | None, rate: D | None, state: str) -> Bullet:
    name = "一个名称很长的指标，长到一行写不下，两行也未必写得下的那一种" if no == 2 else f"指标{no}"
    return Bullet(no, name, "亿元", 2, True, value, D(100), rate, D("41.7"), None, state, "1/1", ROWS)


def trend(reached: tuple[D | None, ...], last: tuple[D | None, ...] = NONE, target: D | None = None) -> Trend:
    path = NONE if target is None else tuple(target * n / 12 for n in range(1, 13))
    return Trend(ABOUT, 1, "指标", "亿元", 2, 2024, 5, reached, last, path, NONE, target, "不作推算。")


def padded(*values: str | None) -> tuple[D | None, ...]:
    return (*(None if value is None else D(value) for value in values), *(None,) * (12 - len(values)))


def steps(counts: list[int]) -> tuple[Step, ...]:
    return tuple(
        Step(stage, here, sum(counts[n:]), None, ROWS, ROWS) for n, (stage, here) in enumerate(zip(WAY, counts, strict=True))
    )  # fmt: skip


def line(name: str, *counts: int) -> AgeLine:
    return AgeLine(
        name, name, (*counts, *(0,) * (len(BUCKETS) - len(counts))), counts[0], (ROWS,) * len(BUCKETS), ROWS
    )


def park(*values: str | None) -> ParkSeries:
    series = tuple(None if value is None else D(value) for value in values)
    return ParkSeries(
        "p", "一个园区", "已建成", (*(None,) * (13 - len(series)), *series), (None,) * 13, (D(50),) * 13
    )


HEAT = Heat(
    ABOUT,
    (HeatColumn("a", "走访", "家", True, ""), HeatColumn("b", "收表", "", False, "")),
    (
        HeatRow("1", "甲街道", (HeatCell("12", D(12), told="甲街道，走访：12", rows=ROWS), HeatCell("按时", None, "ok", "甲街道，收表：按时"))),
        HeatRow("2", "乙街道", (HeatCell("0", D(0), told="乙街道，走访：0"), HeatCell("未报", None, "alarm", "乙街道，收表：未报"))),
    ),
)  # fmt: skip
SAMPLES = {
    "bullets": Bullets(ABOUT, (bullet(1, D(36), D("36.6"), "预警"), bullet(2, D(-5), D(-5), "预警"), bullet(3, D(300), D(300), "正常"), bullet(4, None, None, "未报"))),
    "trend": trend(padded("10", "-5", None, "22"), padded(*["9"] * 12), D(140)),
    "heat": HEAT,
    "funnel": Funnel(ABOUT, steps([4, 3, 0, 2, 0, 0, 0, 1]), (("退回", 2, ROWS), ("放弃", 0, ROWS), ("退库", 0, ROWS))),
    "ageing": Ageing(ABOUT, "category", (line("融资", 1, 2, 0, 4, 0, 9), line("用工", 0, 1))),
    "cloud": CloudGrowth(ABOUT, MONTHS, (Channel("x", "移动", tuple(range(13)), (0,) * 12 + (3,)), Channel("y", "电信", (5,) * 13, (0,) * 13)), D(1300), (1,) * 13),
    "parks": ParkGrowth(ABOUT, MONTHS, (park("300", None, "520"), park())),
    "visits": VisitMonths(ABOUT, 2024, (3, 0, 5, 2, 1, *(None,) * 7), (3, 0, 6, 2, 1, *(None,) * 7), (None,) * 12),
}  # fmt: skip
EMPTY = {
    "bullets": Bullets(ABOUT, ()),
    "trend": trend(NONE),
    "heat": Heat(ABOUT, (), ()),
    "funnel": Funnel(ABOUT, steps([0] * 8), (("退回", 0, Rows()),)),
    "ageing": Ageing(ABOUT, "unit", ()),
    "cloud": CloudGrowth(ABOUT, MONTHS, (), D(0), (0,) * 13),
    "parks": ParkGrowth(ABOUT, MONTHS, ()),
    "visits": VisitMonths(ABOUT, 2024, (0,) * 12, (0,) * 12, (None,) * 12),
}


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(SAMPLES) == set(EMPTY) == set(KINDS)
    with pytest.raises(UsageError):
        drawing_of("pie", None)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_marks_lie_in_the_picture_and_tell(qapp, kind: str) -> None:
    drawing = drawing_of(kind, SAMPLES[kind])
    for ink in (screen(), paper()):
        for width, height in ((1100.0, 520.0), (560.0, 900.0), (640.0, 240.0)):
            room = QRectF(2, 2, width, height)
            marks = drawing.marks(room, ink)
            assert marks
            for mark in marks:
                assert mark.told and mark.rect.left() >= -8 and mark.rect.right() <= room.right() + 34, mark
                assert not mark.rect.width() < 0 and not mark.rect.height() < 0
            assert len({(mark.row, mark.column) for mark in marks}) == len(marks)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_png_is_as_large_as_asked_and_not_blank(qapp, kind: str) -> None:
    image = QImage.fromData(picture_png(kind, SAMPLES[kind], 150, 80, dpi=100))
    assert (image.width(), image.height()) == (round(150 / 25.4 * 100), round(80 / 25.4 * 100))
    assert (
        len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}) > 8
    )
    high = QImage.fromData(picture_png(kind, SAMPLES[kind], 150, dpi=100))
    assert high.width() == image.width() and high.height() > 100
    assert image.pixelColor(image.width() - 1, image.height() - 1).name() == "#ffffff"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_to_show_is_said_in_words(qapp, kind: str) -> None:
    drawing = drawing_of(kind, EMPTY[kind])
    assert drawing.empty.endswith("。")
    assert whole_height(drawing, 600, paper()) < 260
    assert picture_image(drawing, 600).height() > 100


@pytest.mark.parametrize(
    "data",
    [
        trend(padded("5")), trend(padded("0", "0"), target=D(0)), trend(padded("-3", "-8"), target=D(-1)),
        trend(NONE, padded(*["7"] * 12)), trend(padded("1436.5", "1440", "1450"), target=D(1700)),
        trend(padded("100", "100", "100")),
    ],
)  # fmt: skip
def test_one_month_zero_and_negative_years_are_drawn(qapp, data: Trend) -> None:
    assert picture_png("trend", data, 140, 70, dpi=72)


def test_an_axis_begins_at_zero_unless_that_hides_everything(qapp) -> None:
    room = QRectF(0, 0, 500, 200)
    near = Axis(room, (padded("1436", "1450", "1511"),), 12, paper(), close=True)
    assert near.cut and near.bottom <= 1436 and near.top >= 1511 and len(near.ticks) <= 8
    far = Axis(room, (padded("10", "50"),), 12, paper(), close=True)
    assert not far.cut and far.bottom == 0 and far.y(D(0)) == far.plot.bottom()
    below = Axis(room, (padded("-4", "9"),), 12, paper())
    assert below.bottom <= -4 and 0 in below.ticks
    assert below.y(D(-4)) <= below.plot.bottom()


@pytest.mark.parametrize("dark", [False, True])
def test_words_can_be_read_on_every_shade(qapp, dark: bool) -> None:
    from desktop.style.tokens import make

    look = make(dark)
    ink = Ink(look.palette, look.metrics, dark)
    for part in range(21):
        colour = ink.ramp(part / 20)
        assert contrast(ink.on(colour), colour) >= 4.4, (dark, part)
    for place in range(4):
        assert contrast(ink.on(ink.series(place)), ink.series(place)) >= 4.4


def shown(qtbot, kind: str) -> tuple[Picture, list[Rows]]:
    picture = Picture("图")
    picture.resize(800, 420)
    picture.show_drawing(drawing_of(kind, SAMPLES[kind]))
    qtbot.addWidget(picture)
    with qtbot.waitExposed(picture):
        picture.show()
    picture.activateWindow()
    picture.setFocus()
    asked: list[Rows] = []
    picture.rows_asked.connect(asked.append)
    return picture, asked


def test_arrows_walk_the_grid_and_enter_asks_for_rows(qtbot) -> None:
    picture, asked = shown(qtbot, "heat")
    qtbot.keyClick(picture, Qt.Key.Key_Right)
    assert picture.at is not None and picture.at.told == "甲街道，走访：12"
    qtbot.keyClick(picture, Qt.Key.Key_Down)
    assert picture.at.told == "乙街道，走访：0"
    qtbot.keyClick(picture, Qt.Key.Key_Return)
    assert asked == [], "nothing lies behind a zero"
    qtbot.keyClick(picture, Qt.Key.Key_Right)
    assert picture.at.told == "乙街道，收表：未报"
    qtbot.keyClick(picture, Qt.Key.Key_Home)
    qtbot.keyClick(picture, Qt.Key.Key_Space)
    assert asked == [ROWS]
    qtbot.keyClick(picture, Qt.Key.Key_End)
    assert picture.at.told == "乙街道，收表：未报"


def test_rows_of_unequal_length_can_be_walked(qtbot) -> None:
    picture, _ = shown(qtbot, "ageing")
    qtbot.keyClick(picture, Qt.Key.Key_Right)
    for _ in range(10):
        qtbot.keyClick(picture, Qt.Key.Key_Right)
    assert picture.at is not None and "超期 1 件" in picture.at.told
    qtbot.keyClick(picture, Qt.Key.Key_Down)
    assert "用工" in picture.at.told
    qtbot.keyClick(picture, Qt.Key.Key_Up)
    assert "融资" in picture.at.told


def test_the_keys_bring_into_sight_what_they_reach(qtbot) -> None:
    picture = Picture("图")
    picture.show_drawing(drawing_of("bullets", SAMPLES["bullets"]))
    picture.setMinimumHeight(700)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(picture)
    area.resize(640, 90)
    qtbot.addWidget(area)
    with qtbot.waitExposed(area):
        area.show()
    picture.setFocus()
    qtbot.keyClick(picture, Qt.Key.Key_End)
    mark = picture.at
    assert mark is not None and area.verticalScrollBar().value() > 0
    seen = picture.visibleRegion().boundingRect()
    assert seen.contains(mark.rect.center().toPoint())


def test_hover_tells_and_a_click_leads(qtbot) -> None:
    picture, asked = shown(qtbot, "bullets")
    centre = picture.marks[0].rect.center()
    QTest.mouseMove(picture, QPoint(round(centre.x()), round(centre.y())))
    qtbot.waitUntil(lambda: picture.at is not None)
    assert picture.told(0).endswith("（单击或按回车看明细）") and "完成率 36.6%" in picture.told(0)
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=QPoint(round(centre.x()), round(centre.y())))
    assert asked == [ROWS]
    assert picture.accessibleName() == "图的名称" and "怎样统计" in picture.accessibleDescription()
    assert "指标1" in picture.accessibleDescription()


def test_another_look_is_drawn_anew(qtbot, qapp) -> None:
    picture, _ = shown(qtbot, "cloud")
    light = picture.grab().toImage()
    theme.apply(qapp, True, 16)
    try:
        assert picture.grab().toImage() != light
        assert picture.marks and picture.minimumSizeHint().height() > 340
    finally:
        theme.apply(qapp)


def test_a_picture_without_any_window() -> None:
    """As the command line makes it: no application is there before."""
    code = (
        "from tests.desktop.widgets.test_pictures import SAMPLES\n"
        "from desktop.printing.pictures import picture_png\n"
        "assert picture_png('funnel', SAMPLES['funnel'], 120, dpi=90)[:4] == b'\\x89PNG'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**__import__("os").environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
