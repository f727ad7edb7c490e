"""`qianqi feedback` and the numbers `qianqi close` gives: sentences, JSON, exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desktop.commands.all import qianqi
from tests.returns.offices import DISTRICT, MAY, OTHER, STREET, export, open_office, small_month


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """The district's folder, which no program holds, with one street's return received."""
    street = open_office(tmp_path / "street", STREET)
    small_month(street)
    export(street, tmp_path / "a.xlsx")
    street.close()
    open_office(tmp_path / "district", DISTRICT, "supervisor", "刘科长").close()
    assert run(tmp_path / "district", "receive", tmp_path / "a.xlsx", "--apply").exit_code == 0
    yield tmp_path / "district"


def run(data: Path, *args: object) -> Result:
    return CliRunner().invoke(qianqi, [str(each) for each in (*args, "--data", data)])


def test_feedback_for_all_units_and_for_one(data: Path, tmp_path: Path) -> None:
    result = run(data, "feedback", "--period", MAY, "--out", tmp_path / "反馈", "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 0 and told["complete"] and told["period"] == MAY
    assert {Path(each["out"]) for each in told["files"]} == set((tmp_path / "反馈").iterdir())
    assert STREET in {each["unit"] for each in told["files"]}
    one = run(data, "feedback", "--period", MAY, "--out", tmp_path / "一份", "--unit", OTHER)
    assert one.exit_code == 0 and "写出了 1 份反馈" in one.stdout
    assert [each.name for each in (tmp_path / "一份").iterdir()] == [f"反馈_南浦街道_{MAY}.xlsx"]


def test_a_unit_that_is_none_is_wrong_use(data: Path, tmp_path: Path) -> None:
    result = run(data, "feedback", "--period", MAY, "--out", tmp_path / "x", "--unit", "nobody", "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["id"]) == (2, "no_unit")


def test_a_folder_that_can_not_be_written_is_the_machines(data: Path, tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("a file", encoding="utf-8")
    result = run(data, "feedback", "--period", MAY, "--out", tmp_path / "in the way", "--json")
    assert (result.exit_code, json.loads(result.stdout)["error"]["id"]) == (3, "cannot_write")


def test_closing_gives_the_publication_its_number(data: Path) -> None:
    first = json.loads(run(data, "close", "--period", MAY, "--json").stdout)
    assert (first["closed"], first["number"], first["version"]) == (True, 1, 1)
    assert run(data, "close", "--period", MAY, "--reopen", "集中更正").exit_code == 0
    again = json.loads(run(data, "close", "--period", MAY, "--json").stdout)
    assert (again["number"], again["version"]) == (3, 3)
