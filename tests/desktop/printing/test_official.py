"""Official papers on their pages: 22 lines of 28 characters, what stays together, headers that come again, 版记, turned pages."""

from __future__ import annotations

import itertools
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from desktop.printing import draw
from desktop.printing.blocks import Document
from desktop.printing.official import UPRIGHT, OfficialPages, Sheet, fitted, lay_out
from desktop.printing.paper import DPI, mm
from desktop.printing.setting import Piece, Setter
from returns.bulletin import layout
from returns.bulletin.compose import Block, Grid, Imprint, Line, Picture, Run, Turn
from returns.bulletin.model import Column, Slot

pytestmark = pytest.mark.usefixtures("qapp")  # fonts need the program
PITCH = layout.LINE * DPI / 1440


def pages(*blocks: Block) -> OfficialPages:
    return lay_out(blocks, Document("通报", ()))


def line(text: str, style: str = layout.PLAIN, **more: object) -> Line:
    return Line(style, (Run(text),), **more)  # type: ignore[arg-type]


def told(sheet: Sheet) -> list[str]:
    """The lines of a page from its top, words beside each other joined; without the page number."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for word in sheet.words:
        rows.setdefault(round(word.y), []).append((word.x, word.text))
    found = ["".join(text for _, text in sorted(row)) for _, row in sorted(rows.items())]
    return [each for each in found if not re.fullmatch(r"— \d+ —", each)]


def test_a_page_takes_22_lines_of_28_characters() -> None:
    found = pages(line("国" * (26 + 28 * 23)))
    first, second = found.sheets
    assert [len(each) for each in told(first)] == [26, *[28] * 21]
    assert [len(each) for each in told(second)] == [28, 28]
    tops = sorted({word.y for word in first.words if word.text != "— 1 —"})
    assert all(abs(after - before - PITCH) < 1 for before, after in itertools.pairwise(tops))
    assert tops[0] > UPRIGHT.top and tops[21] < UPRIGHT.bottom


def test_numbers_stay_whole_and_no_line_begins_with_a_closing_mark() -> None:
    text = "截至2024年6月30日，完成年度目标的100%，高于序时进度16.7个百分点。" * 12
    for each in told(pages(line(text)).sheets[0]):
        assert each[0] not in "，。%、；）”" and not each.endswith(("（", "“"))
        assert not re.search(r"\d$", each) or re.search(r"(2024|30|6|100|16\.7)$", each), each


def test_a_word_longer_than_a_line_is_broken_anywhere() -> None:
    setter = Setter()
    found = setter.lines([Piece("A" * 200, "Times New Roman")], 32, mm(156))
    assert len(found) > 1 and "".join(p.text for each in found for p in each) == "A" * 200


@given(st.text(alphabet="国家，。（）“”2024%a ", max_size=80), st.integers(3, 40))
def test_nothing_of_a_text_is_lost_between_lines(text: str, width: int) -> None:
    setter = Setter()
    pieces = setter.pieces([Run(text)], layout.LOOKS[layout.PLAIN].face)
    found = setter.lines(pieces, 32, mm(width * 5.6))
    assert "".join(piece.text for each in found for piece in each) == text


@pytest.mark.parametrize("before", range(19, 23))
def test_a_heading_goes_with_its_text_and_no_line_stands_alone(before: int) -> None:
    found = pages(
        *[line("前文", layout.TO)] * before, line("一、总体情况", layout.ONE), line("国" * (26 + 28 + 28))
    )
    assert len(found.sheets) == 2
    first, second = (told(each) for each in found.sheets)
    assert "一、总体情况" not in first[-1:] and len(first) <= 22
    if "一、总体情况" in first:
        at = first.index("一、总体情况")
        assert len(first) - at > 2, "two lines of the text under the heading"
        assert len(second) > 1, "and two of them on the next page"
    else:
        assert second[0] == "一、总体情况"


def table(count: int) -> Grid:
    columns = (Column("单位", 60, "left"), Column("件", 20))
    return Grid(columns, tuple((Run(f"单位{n}"), Run(str(n))) for n in range(count)), "表")


def test_the_header_of_a_table_comes_again_and_the_note_is_never_alone() -> None:
    for count in range(20, 60):
        found = pages(table(count), line("注：不作排名。", layout.NOTE))
        pieces = [told(each) for each in found.sheets]
        assert all(each[0] == "单位件" for each in pieces), count
        assert pieces[-1][-1] == "注：不作排名。" and len(pieces[-1]) >= 5, count
        rows = [each for page in pieces for each in page if re.match(r"单位\d", each)]
        assert rows == [f"单位{n}{n}" for n in range(count)]


def test_page_numbers_stand_outside_one_character_in() -> None:
    found = pages(line("甲", layout.TO), line("乙", layout.TO, new_page=True))
    for number, sheet in enumerate(found.sheets, 1):
        words = [word for word in sheet.words if word.y > UPRIGHT.bottom]
        assert "".join(word.text for word in words) == f"— {number} —"
        character = layout.PAGE_NUMBER_SIZE / 2 * DPI / 72
        if number % 2:
            assert words[-1].x < UPRIGHT.right - character
            assert words[0].x > sheet.size.width / 2
        else:
            assert abs(words[0].x - UPRIGHT.left - character) < 2


def test_pages_turn_and_the_imprint_stands_at_the_foot_of_the_last_page() -> None:
    found = pages(
        line("甲", layout.TO), Turn(False), table(3), Turn(True), line("乙", layout.TO),
        Imprint((("抄送：区政府。", ""), ("区办公室", "2024年7月3日印发"))),
    )  # fmt: skip
    assert [found.size(n)[0] > found.size(n)[1] for n in range(found.count)] == [False, True, False]
    last = found.sheets[-1]
    rules = [rule for rule in last.rules if rule[1] == rule[3]]
    assert [round(rule[1]) for rule in rules][-1] == round(UPRIGHT.bottom) and len(rules) == 3
    assert told(last) == ["乙", "抄送：区政府。", "区办公室2024年7月3日印发"]


def test_an_imprint_that_finds_no_room_gets_a_page() -> None:
    found = pages(*[line("文", layout.TO)] * 22, Imprint((("区办公室", "2024年7月3日印发"),)))
    assert found.count == 2 and told(found.sheets[1]) == ["区办公室2024年7月3日印发"]


def test_a_picture_keeps_its_shape_and_its_caption(tmp_path: Path) -> None:
    image = QImage(300, 600, QImage.Format.Format_RGB32)
    image.fill(0x0055AA)
    png = tmp_path / "picture.png"
    assert image.save(str(png))
    slot = Slot("visits", "x", "各月走访企业", "图")
    found = pages(
        *[line("前文", layout.TO)] * 12, Picture(slot, png.read_bytes()), line("图1　走访", layout.CAPTION)
    )
    assert found.count == 2, "it does not fit under twelve lines, and goes on with its caption"
    [(_, _, width, height, _)] = found.sheets[1].pictures
    assert abs(height / width - 2) < 0.01 and abs(height - mm(125)) < 2
    assert told(found.sheets[1]) == ["图1　走访"]


def test_the_pdf_has_the_pages_as_they_lie(tmp_path: Path) -> None:
    found = pages(line("甲", layout.TO), Turn(False), table(3), Turn(True), line("乙", layout.TO))
    out = draw.write_pdf(found, tmp_path / "通报.pdf")
    assert out is not None
    info = subprocess.run(
        ["pdfinfo", "-f", "1", "-l", "3", str(out)], capture_output=True, text=True, check=True
    )
    sizes = re.findall(r"size:\s+([\d.]+) x ([\d.]+)", info.stdout)
    assert [float(width) > float(height) for width, height in sizes] == [False, True, False]


def test_a_page_is_a_picture_with_ink_where_its_words_are() -> None:
    found = pages(line("国" * 28, layout.TO))
    image = draw.picture(found, 0, 600)
    assert image.height() == round(600 * 297 / 210)
    y = round((UPRIGHT.top + PITCH / 2) * 600 / found.size(0)[0])
    assert any(image.pixelColor(x, y + dy).lightness() < 128 for x in range(90, 500) for dy in range(-4, 5))
    assert all(image.pixelColor(x, 20).lightness() > 250 for x in range(600))


@pytest.mark.parametrize(("before", "high"), [(4, 125.0), (10, None), (17, 125.0)])
def test_a_picture_is_reduced_where_it_then_fits_the_page(
    tmp_path: Path, before: int, high: float | None
) -> None:
    """Whole where there is room, a little smaller where that spares a page half empty, whole on the next page else."""
    image = QImage(150, 125, QImage.Format.Format_RGB32)
    image.fill(0x0055AA)
    png = tmp_path / "picture.png"
    assert image.save(str(png))
    picture = Picture(Slot("visits", "x", "各月走访企业", "图"), png.read_bytes())
    blocks = [*[line("前文", layout.TO)] * before, picture, line("图1　走访", layout.CAPTION)]
    made = fitted(blocks)
    chosen = made[before]
    assert isinstance(chosen, Picture) and [*made[:before], *made[before + 1 :]] == [
        *blocks[:before], *blocks[before + 1 :],
    ]  # fmt: skip
    if high is None:
        assert layout.PICTURE_LEAST <= chosen.high < layout.PICTURE_HEIGHT
        assert pages(*blocks).count == 2 and pages(*made).count == 1
    else:
        assert chosen.high == high
