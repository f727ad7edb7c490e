"""The 季通报 as a file, read back from its XML: page, grid, faces, numbering, page numbers, tables, sources, marks."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree

from db.errors import MachineError
from db.periods import Period
from db.store import Store
from desktop.actions.bulletin import keep_edits, lacking_fonts, publish_quarter, read_desk, write_bulletin
from returns.bulletin import fonts, layout
from returns.bulletin.edit import Edits
from returns.bulletin.fonts import NONE, replaced

Q2 = Period("2024-06")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Doc:
    """A written document with its parts parsed."""

    def __init__(self, out: Path, told: dict[str, Any]) -> None:
        self.out, self.told = out, told
        with zipfile.ZipFile(out) as parts:
            self.names = parts.namelist()
            self.xml = {name: parts.read(name) for name in self.names}
        self.body = self.root("word/document.xml").find(f"{W}body")

    def root(self, name: str) -> Any:
        return etree.fromstring(self.xml[name])

    @property
    def paragraphs(self) -> list[Any]:
        return list(self.body.iter(f"{W}p"))

    @property
    def texts(self) -> list[str]:
        return [text(each) for each in self.paragraphs]

    def style(self, id: str) -> Any:
        styles = self.root("word/styles.xml")
        return next(each for each in styles.iter(f"{W}style") if each.get(f"{W}styleId") == id)

    def relations(self) -> dict[str, str]:
        root = self.root("word/_rels/document.xml.rels")
        return {each.get("Id"): each.get("Target") for each in root}


def text(element: Any) -> str:
    return "".join(each.text or "" for each in element.iter(f"{W}t"))


def style_of(paragraph: Any) -> str:
    found = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if found is None else str(found.get(f"{W}val"))


@pytest.fixture(scope="module")
def doc(practice_year: Store, tmp_path_factory: pytest.TempPathFactory) -> Doc:
    out = tmp_path_factory.mktemp("out") / "季通报.docx"
    return Doc(out, write_bulletin(practice_year, Q2, out))


def test_word_opens_it(doc: Doc) -> None:
    import docx

    opened = docx.Document(str(doc.out))
    assert opened.core_properties.title == "关于2024年第二季度全区数字经济工作情况的通报"
    assert opened.core_properties.author == "西湖区数字经济办公室"
    assert len(opened.tables) == 6


def test_the_page_is_the_standards(doc: Doc) -> None:
    sections = list(doc.body.iter(f"{W}sectPr"))
    assert len(sections) == 3  # text, the wide table, the rest
    for place, each in enumerate(sections):
        size, margins = each.find(f"{W}pgSz"), each.find(f"{W}pgMar")
        width, height = int(size.get(f"{W}w")), int(size.get(f"{W}h"))
        edges = {side: int(margins.get(f"{W}{side}")) for side in ("top", "left", "bottom", "right")}
        across = width - edges["left"] - edges["right"]
        down = height - edges["top"] - edges["bottom"]
        mm = [round(value * 25.4 / 1440) for value in (width, height, across, down)]
        turned = place == 1
        assert mm == ([297, 210, 225, 156] if turned else [210, 297, 156, 225])
        assert (size.get(f"{W}orient") == "landscape") == turned
        if not turned:
            assert [round(edges[side] * 25.4 / 1440) for side in ("top", "left", "bottom", "right")] == [
                37,
                28,
                35,
                26,
            ]


def test_22_lines_of_28_characters(doc: Doc) -> None:
    grid = next(doc.body.iter(f"{W}docGrid"))
    pitch = int(grid.get(f"{W}linePitch"))
    assert 22 * pitch <= layout.twips(225) < 23 * pitch
    normal = doc.style("Normal")
    spacing = normal.find(f"{W}pPr/{W}spacing")
    assert (int(spacing.get(f"{W}line")), spacing.get(f"{W}lineRule")) == (pitch, "exact")
    size = int(normal.find(f"{W}rPr/{W}sz").get(f"{W}val"))
    closer = int(normal.find(f"{W}rPr/{W}spacing").get(f"{W}val"))
    assert size == 32  # 3号
    one = size * 10 + closer
    assert 28 * one <= layout.twips(156) < 29 * one


@pytest.mark.parametrize(
    ("style", "face", "size"),
    [
        ("Normal", fonts.TEXT, 32), (layout.TITLE_STYLE, fonts.TITLE, 44), (layout.ONE, fonts.HEI, 32),
        (layout.TWO, fonts.KAI, 32), (layout.PLAIN, fonts.TEXT, 32), (layout.ATTACHMENT, fonts.HEI, 32),
    ],
)  # fmt: skip
def test_faces_by_name(doc: Doc, style: str, face: str, size: int) -> None:
    found = doc.style(style)
    assert found.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") == face
    assert found.find(f"{W}rPr/{W}sz").get(f"{W}val") == str(size)
    table = {each.get(f"{W}name"): each for each in doc.root("word/fontTable.xml")}
    assert face in table and table[face].find(f"{W}altName") is not None


def test_text_is_indented_by_two_characters_and_the_title_is_centred(doc: Doc) -> None:
    for style in (layout.PLAIN, layout.ONE, layout.TWO):
        assert doc.style(style).find(f"{W}pPr/{W}ind").get(f"{W}firstLineChars") == "200"
    assert doc.style(layout.TITLE_STYLE).find(f"{W}pPr/{W}jc").get(f"{W}val") == "center"
    to = next(each for each in doc.paragraphs if text(each) == "各街道、区直有关单位：")
    assert style_of(to) == layout.TO and to.find(f"{W}pPr/{W}ind") is None


def test_headings_are_numbered_through(doc: Doc) -> None:
    first = [text(each)[:2] for each in doc.paragraphs if style_of(each) == layout.ONE]
    assert first == ["一、", "二、", "三、", "四、"]
    second = [text(each)[:3] for each in doc.paragraphs if style_of(each) == layout.TWO]
    assert second[:6] == ["（一）", "（二）", "（三）", "（四）", "（五）", "（六）"]
    assert second.count("（一）") == 4


def test_page_numbers_stand_outside_on_odd_and_even_pages(doc: Doc) -> None:
    settings = doc.root("word/settings.xml")
    assert settings.find(f"{W}evenAndOddHeaders") is not None
    relations = doc.relations()
    for section in doc.body.iter(f"{W}sectPr"):
        sides = {}
        for each in section.iter(f"{W}footerReference"):
            footer = doc.root(f"word/{relations[each.get(f'{R}id')]}")
            assert "PAGE" in "".join(one.text or "" for one in footer.iter(f"{W}instrText"))
            assert text(footer) == "— 1 —"
            faces = {one.get(f"{W}ascii") for one in footer.iter(f"{W}rFonts")}
            sizes = {one.get(f"{W}val") for one in footer.iter(f"{W}sz")}
            assert (faces, sizes) == ({"宋体"}, {"28"})  # 4号
            sides[each.get(f"{W}type")] = footer.find(f"{W}p/{W}pPr/{W}jc").get(f"{W}val")
        assert sides == {"default": "right", "even": "left"}


def test_attachments_begin_on_new_pages_with_their_number_first(doc: Doc) -> None:
    found = [each for each in doc.paragraphs if style_of(each) == layout.ATTACHMENT]
    assert [text(each) for each in found] == ["附件1", "附件2", "附件3", "附件4"]
    breaks = [each.find(f"{W}pPr/{W}pageBreakBefore") is not None for each in found]
    assert breaks == [False, False, True, True]  # the first two begin sections
    told = doc.texts
    assert "附件：1.2024年第二季度目标指标完成情况表" in told
    assert told[told.index("附件2") + 2] == "2024年第二季度各单位报送情况表"  # on the third line


def test_tables_repeat_their_header_and_rows_hold_together(doc: Doc) -> None:
    tables = list(doc.body.iter(f"{W}tbl"))
    assert tables
    for each in tables:
        rows = each.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        grid = sum(int(one.get(f"{W}w")) for one in each.iter(f"{W}gridCol"))
        assert grid <= layout.twips(225) + 12


def test_numbers_are_in_one_piece(doc: Doc) -> None:
    """A number may be broken over lines only where a run ends within it."""
    for paragraph in doc.paragraphs:
        runs = [each.text or "" for each in paragraph.iter(f"{W}t")]
        for before, after in pairwise(runs):
            assert not (before[-1:].isdigit() and after[:1].isdigit()), (before, after)


def test_every_figure_has_a_bookmark_and_leads_to_its_source(doc: Doc) -> None:
    marks = {each.get(f"{W}name") for each in doc.body.iter(f"{W}bookmarkStart")}
    ids = [each.get(f"{W}id") for each in doc.body.iter(f"{W}bookmarkStart")]
    assert len(ids) == len(set(ids))
    links = {}
    for start in doc.body.iter(f"{W}bookmarkStart"):
        following = start.getnext()
        if following is not None and following.tag == f"{W}hyperlink":
            links[start.get(f"{W}name")] = following
    book = openpyxl.load_workbook(doc.told["sources"], read_only=False)
    sheet = book["数据来源"]
    relations = doc.relations()
    assert len(doc.told["figures"]) > 300
    for each in doc.told["figures"]:
        assert each["bookmark"] in marks
        link = links[each["bookmark"]]
        if link.get(f"{R}id"):  # a unit's figure in a table: straight into the workbook
            assert relations[link.get(f"{R}id")].endswith(".xlsx")
            place = link.get(f"{W}anchor")
            assert place.startswith("'数据来源'!A") and sheet[place.rpartition("!")[2]].value is not None
        else:  # to its line in 附件4, and from there into the workbook
            assert link.get(f"{W}anchor") in marks
    lines = [
        each
        for each in doc.body.iter(f"{W}hyperlink")
        if (each.get(f"{W}tooltip") or "").startswith("到工作簿")
    ]
    assert len(lines) == len(
        {each["source"] for each in doc.told["figures"] if each["source"].startswith("source")}
    )
    for each in lines:
        row = int(re.sub(r"\D", "", each.get(f"{W}anchor").rpartition("!")[2]))
        detail = sheet.cell(row, 9)
        assert detail.hyperlink is not None or detail.value == "没有明细行"


def test_the_workbook_beside_says_what_the_text_says(doc: Doc) -> None:
    sheet = openpyxl.load_workbook(doc.told["sources"])["数据来源"]
    told = {row[1]: row for row in sheet.iter_rows(min_row=4, values_only=True) if row[1]}
    visits = next(each for each in doc.told["paragraphs"] if each["id"] == "overall.visits.text")
    rows = next(each for each in visits["figures"] if each["key"] == "quarter.visit.rows")
    assert told["走访次数"][6] == int(rows["text"])


def test_charts_have_captions_and_words_for_those_who_cannot_see_them(doc: Doc) -> None:
    drawn = [each for each in doc.body.iter() if etree.QName(each).localname == "docPr"]
    assert len(drawn) == 2 == len(doc.told["pictures"])
    assert all(len(each.get("descr")) > 20 for each in drawn)
    assert [each[:2] for each in doc.texts if re.match(r"图\d　", each)] == ["图1", "图2"]


def test_the_practice_mark_and_the_imprint(doc: Doc) -> None:
    assert doc.texts[2] == "（练习）"
    frames = [each for each in doc.paragraphs if each.find(f"{W}pPr/{W}framePr") is not None]
    assert len(frames) == 1 and text(frames[0]).startswith("西湖区数字经济办公室")
    lines = frames[0].find(f"{W}pPr/{W}pBdr")
    assert {etree.QName(each).localname: each.get(f"{W}sz") for each in lines} == {
        "top": "8",
        "bottom": "8",
        "between": "6",
    }


def test_a_changed_draft_is_written_as_changed(practice_year: Store, tmp_path: Path) -> None:
    edits = Edits(
        {"overall.visits.text": "走访企业999家，情况见下。"},
        frozenset({"att.issues", "clouds"}),
        {"number": "西数经办[2024]3号", "copies": "区委办公室，区政府办公室"},
    )
    keep_edits(practice_year, "2024Q2", edits)
    try:
        out = tmp_path / "改.docx"
        found = Doc(out, write_bulletin(practice_year, Q2, out, pictures=False))
    finally:
        keep_edits(practice_year, "2024Q2", Edits())
    assert found.texts[0] == "西数经办〔2024〕3号"
    assert "走访企业999家，情况见下。" in found.texts
    assert "抄送：区委办公室，区政府办公室。" in found.texts
    assert not any("企业上云" in each and each.startswith("（") for each in found.texts)
    assert [text(each) for each in found.paragraphs if style_of(each) == layout.ATTACHMENT] == [
        "附件1",
        "附件2",
        "附件3",
    ]
    told = next(each for each in found.told["paragraphs"] if each["id"] == "overall.visits.text")
    assert told["edited"] and told["warnings"] == ["“走访企业”是228，文中写的是999"]


def test_an_empty_register_is_written_too(bare_district: Store, tmp_path: Path) -> None:
    out = tmp_path / "空.docx"
    found = Doc(out, write_bulletin(bare_district, Q2, out))
    assert "（练习）" not in found.texts
    assert found.told["pictures"] == []
    assert any("没有收到企业走访记录" in each for each in found.texts)
    assert all(each["source"] for each in found.told["figures"])


def test_a_file_that_cannot_be_written_leaves_what_was_there(practice_year: Store, tmp_path: Path) -> None:
    out = tmp_path / "folder"
    out.mkdir()
    with pytest.raises(MachineError):
        write_bulletin(practice_year, Q2, out, pictures=False)
    assert out.is_dir() and not list(out.iterdir())


def test_publishing_keeps_every_figure(practice_year: Store) -> None:
    made = publish_quarter(practice_year, Q2)
    desk = read_desk(practice_year, Q2)
    assert (made.kind, made.key, made.version) == ("quarterly", "2024Q2", 1)
    assert [each.number for each in desk.published] == [made.number]
    assert made.content["quarter.visit.rows"] == str(desk.quarter.visits.now)
    assert made.content["indicator.1"] == "73.5"
    assert made.names["quarter.visit.rows:360103001"] == "走访次数（南浦街道）"


def test_what_a_machine_lacks_is_told() -> None:
    assert (
        replaced(["方正小标宋简体", "FangSong_GB2312", "simhei", "楷体_GB2312", "SimSun", "Times New Roman"])
        == ()
    )
    found = {
        each.wanted: each.instead
        for each in replaced(["仿宋", "KaiTi", "华文中宋", "宋体", "Times New Roman"])
    }
    assert found == {
        "方正小标宋简体": "华文中宋",
        "仿宋_GB2312": "仿宋",
        "楷体_GB2312": "KaiTi",
        "黑体": NONE,
    }
    assert all(each.words for each in lacking_fonts())


def test_the_date_is_that_of_the_day_it_is_written(practice_year: Store, doc: Doc) -> None:
    assert practice_year.today() == date(2024, 12, 20)
    assert "2024年12月20日" in doc.texts
