"""A small play from beginning to end, in a process of its own; and what becomes of a step that fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from PySide6.QtGui import QImage

from db import publishing
from db.errors import UsageError
from db.store import Store, open_store
from desktop import demo
from desktop.demo import district, offices, reporting, visits
from desktop.demo.offices import PERIOD
from desktop.demo.steps import StepFailed, Steps

STREETS, OTHERS = 2, 1


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder a play left, and what it told: two streets, one bureau, the district; no screen anywhere."""
    out = tmp_path_factory.mktemp("play") / "演示"
    code = f"from pathlib import Path; from desktop import demo; demo.main(Path({out.name!r}), streets={STREETS}, others={OTHERS})"
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in gone}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment,
        cwd=out.parent,  # the folder is named from here: a dialog would look for it elsewhere
        encoding="utf-8",
    )
    assert ran.returncode == 0, ran.stderr
    return out, ran.stderr


@pytest.fixture(scope="module")
def told(played: tuple[Path, str]) -> dict[str, Any]:
    data = json.loads((played[0] / "摘要.json").read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def test_every_step_is_told_in_chinese(played: tuple[Path, str]) -> None:
    lines = played[1].splitlines()
    assert "朝阳洲街道：逐键登记走访" in lines and "南浦街道：核对、说明、预览、上报" in lines
    assert "区：关账，公布本月的数" in lines and "区：起草季通报，改一段，导出 Word" in lines
    assert lines[-1].startswith("演示完成")
    assert all(any("\u4e00" <= char <= "\u9fff" for char in line) for line in lines), played[1]


def test_what_was_typed_is_in_the_returns(played: tuple[Path, str]) -> None:
    book = load_workbook(_return(played[0], 0, 2))
    words, plan = visits.TROUBLED
    typed = [row for row in _records(book["走访记录"]) if words in row]
    assert len(typed) == 1 and plan in typed[0] and "张敏（经发办）、罗涛（社区）" in typed[0]
    assert any(
        "用工" in row and "短视频运营和客服缺口12人" in "".join(map(str, row))
        for row in _records(book["问题"])
    )
    assert any(offices.REASONS["ISS-006"] in str(cell) for row in book["校验说明"].values for cell in row)
    assert any("营业收入按企业五月报表更正" in str(cell) for row in book["封面"].values for cell in row)


def test_the_return_that_was_sent_back_is_marked(played: tuple[Path, str]) -> None:
    (marked,) = (played[0] / "退回").iterdir()
    book = load_workbook(marked)
    told = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    told += [cell.comment.text for sheet in book for row in sheet.iter_rows() for cell in row if cell.comment]
    assert any(district.REASON in str(words) for words in told)


def test_the_district_counts_what_the_streets_handed_in(
    played: tuple[Path, str], told: dict[str, Any]
) -> None:
    rows = [
        len(_records(load_workbook(_return(played[0], place, 2 - place))["走访记录"]))
        for place in range(STREETS)
    ]
    assert told["registers"]["before"]["visit"]["rows"] == 0
    assert told["registers"]["after"]["visit"]["rows"] == sum(rows)
    assert told["coverage"]["received"] == STREETS + OTHERS
    assert {office.unit.code for office in _streets()}.isdisjoint(told["coverage"]["missing"])
    assert (told["visits_typed"], told["problems"], told["sent_back"], told["undone"]) == (
        2 * STREETS,
        1,
        1,
        1,
    )
    assert told["returns"] == STREETS + OTHERS + 1 and told["explained"] >= 1 and told["completed"] >= 2


def test_the_other_registers_are_worked_on_too(played: tuple[Path, str], told: dict[str, Any]) -> None:
    facts = ("services", "liaisons", "issue_steps", "printed", "projects", "tasks", "matches")
    assert [told[name] for name in facts] == [3, 1, 4, 1, 1, 1, 1]
    assert (played[0] / "打印" / "企业走访记录表.pdf").read_bytes().startswith(b"%PDF")
    street = load_workbook(_return(played[0], 0, 2))
    assert "小升规奖补和设备更新贷款政策宣讲" in {cell for row in street["服务记录"].values for cell in row}
    assert "胡志刚" in {cell for row in street["挂点"].values for cell in row}
    assert {"已办结", "已销号"} <= {cell for row in street["问题"].values for cell in row}
    bureau = offices.plan_of_play().unit("qfgw")
    assert bureau is not None
    book = load_workbook(played[0] / "回报" / offices.file_name(bureau))
    cells = {name: {cell for row in book[name].values for cell in row} for name in ("项目", "责任清单")}
    assert "签约" in cells["项目"] and "五月底前完成现场核查，材料已报市局，等候批复。" in cells["责任清单"]
    assert any(
        "双方约定六月上旬现场演示。" in str(cell) for sheet in book for row in sheet.values for cell in row
    )


def test_the_indicators_move(told: dict[str, Any], played: tuple[Path, str]) -> None:
    assert len(told["indicators"]) == 14
    moved = [each for each in told["indicators"] if each["before"] is None and each["after"] is not None]
    assert len(moved) == 8  # what 区发改委 answers for
    first = told["indicators"][0]
    assert (first["state_before"], first["time_progress"], first["units_reported"]) == ("未报", 41.7, 1)
    assert first["last_month"] < first["after"] < first["target"]
    words = (played[0] / "摘要.txt").read_text(encoding="utf-8")
    assert all(each["name"] in words for each in told["indicators"])


def test_the_summary_workbook_says_the_same(told: dict[str, Any], played: tuple[Path, str]) -> None:
    book = load_workbook(played[0] / f"月调度汇总_{PERIOD}.xlsx")
    names = {each["name"]: each["after"] for each in told["indicators"]}
    found = {row[1]: row for row in book["指标"].values if len(row) > 1 and row[1] in names}
    assert found.keys() == names.keys()
    for name, value in names.items():
        assert value is None or value in [cell for cell in found[name] if not isinstance(cell, str)], name


def test_the_month_is_published_with_its_figures(told: dict[str, Any], played: tuple[Path, str]) -> None:
    said = told["published"]
    with _district(played[0]) as store, store.read() as session:
        (kept,) = publishing.published(session, "monthly", str(PERIOD))
    assert (kept.number, kept.version, kept.title, len(kept.content)) == tuple(
        said[name] for name in ("number", "version", "title", "figures")
    )
    for each in told["indicators"]:
        text = kept.content[f"indicator.{each['no']}"]
        assert (None if text is None else float(text)) == each["after"], each["name"]
    words = (played[0] / "摘要.txt").read_text(encoding="utf-8")
    assert f"公布第 {kept.number} 号“{kept.title}”第 1 版" in words


def test_each_unit_is_answered(told: dict[str, Any], played: tuple[Path, str]) -> None:
    files = sorted((played[0] / reporting.FEEDBACK).iterdir())
    assert len(files) == told["feedback"] == told["coverage"]["expected"]
    office = _streets()[0].unit.name
    book = load_workbook(played[0] / reporting.FEEDBACK / f"反馈_{office}_{PERIOD}.xlsx")
    cells = [str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None]
    assert any(office in each for each in cells) and any("第 2 版" in each for each in cells)


def test_the_bulletin_says_what_was_typed_and_where_its_figures_come_from(
    told: dict[str, Any], played: tuple[Path, str]
) -> None:
    assert set(told["files"]) == {
        path.name for path in played[0].iterdir() if path.suffix in (".xlsx", ".docx")
    }
    text = [each.text for each in Document(str(played[0] / reporting.BULLETIN)).paragraphs]
    (changed,) = [each for each in text if reporting.SENTENCE in each]
    assert len(changed) > len(reporting.SENTENCE)  # added to what was drafted
    assert any("2024年第一季度全区数字经济工作情况" in each for each in text)
    (beside,) = played[0].glob("季通报_*.xlsx")
    assert "数据来源" in load_workbook(beside).sheetnames


def test_the_assessment_works_out_its_points(played: tuple[Path, str]) -> None:
    book = load_workbook(played[0] / reporting.ASSESSMENT)
    cells = [cell for sheet in book for row in sheet.values for cell in row]
    assert {office.unit.name for office in _streets()} <= set(cells)
    assert any(isinstance(cell, str) and cell.startswith("=") for cell in cells)


def test_each_picture_shows_a_window(played: tuple[Path, str]) -> None:
    pictures = sorted((played[0] / "截图").iterdir())
    told = [path.stem.split("_", 1)[1] for path in pictures]
    for wanted in (
        "街道_登记走访",
        "街道_月调度_上报",
        "街道_月调度_已上报",
        "区_收表_看变化",
        "区_收表_撤销前确认",
        "区_指标",
        "区_分析_指标",
        "区_分析_问题",
        "区_收表_已关账",
        "区_公布记录_写出反馈",
        "区_季通报_改一段",
        "区_年度考核_得分",
    ):
        assert wanted in told
    for path in pictures:
        image = QImage(str(path))
        assert (image.width(), image.height()) == (1366, 768), path.name
        colours = {image.pixel(x, y) for x in range(0, 1366, 7) for y in range(0, 768, 7)}
        assert len(colours) > 20, f"{path.name} is blank"


def test_a_step_that_fails_is_named_and_explained(tmp_path: Path) -> None:
    steps = Steps(tmp_path, lambda _line: None)
    with pytest.raises(StepFailed, match="演示停在“核对”这一步：没有找到按钮"), steps.step("核对"):
        raise ValueError("没有找到按钮")
    assert "ValueError" in (tmp_path / "演示中断.txt").read_text(encoding="utf-8")
    assert steps.done == []


def test_a_slot_that_breaks_fails_its_step(tmp_path: Path) -> None:
    steps = Steps(tmp_path, lambda _line: None)
    before = sys.excepthook
    with pytest.raises(StepFailed, match="窗口里出错"), steps.step("上报"):
        error = RuntimeError("窗口里出错")
        sys.excepthook(RuntimeError, error, None)  # what PySide does with an exception of a slot
    assert sys.excepthook is before


def test_somebody_elses_data_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "数据").mkdir()
    (tmp_path / "数据" / "台账.db").write_bytes(b"mine")
    with pytest.raises(UsageError, match="另选一个文件夹"):
        demo.main(tmp_path)
    assert (tmp_path / "数据" / "台账.db").read_bytes() == b"mine"


def test_an_earlier_play_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "数据").mkdir()
    (tmp_path / "数据" / demo.MARK).touch()
    own = (*reporting.FILES, f"{reporting.FEEDBACK}/反馈_南浦街道_2024-05.xlsx", "数据/台账.db")
    (tmp_path / reporting.FEEDBACK).mkdir()
    for name in (*own, "月报.xlsx"):
        (tmp_path / name).write_bytes(b"PK")
    demo._make_room(tmp_path)
    assert not [name for name in own if (tmp_path / name).exists()]
    assert (tmp_path / "月报.xlsx").is_file() and (tmp_path / "数据" / demo.MARK).is_file()


def test_a_screen_is_used_where_there_is_one() -> None:
    with_screen, without = {"DISPLAY": ":0"}, dict[str, str]()
    demo.choose_platform(with_screen)
    demo.choose_platform(without)
    assert "QT_QPA_PLATFORM" not in with_screen
    assert without.get("QT_QPA_PLATFORM") == ("offscreen" if sys.platform.startswith("linux") else None)


def _streets() -> list[offices.Office]:
    return offices.streets_of(offices.plan_of_play(), Path("数据"), STREETS)


@contextmanager
def _district(out: Path) -> Iterator[Store]:
    plan = offices.plan_of_play()
    unit = plan.unit(plan.lead_unit)
    assert unit is not None
    store = open_store(out / "数据" / unit.name)
    try:
        yield store
    finally:
        store.close()


def _return(out: Path, place: int, revision: int) -> Path:
    return out / "回报" / offices.file_name(_streets()[place].unit, revision)


def _records(sheet: Worksheet) -> list[list[Any]]:
    """The rows of a register's sheet that hold a record: those whose number stands in front."""
    return [list(row) for row in sheet.values if str(row[0])[:1].isdigit()]
