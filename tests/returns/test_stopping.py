"""Receiving is told row by row and may be stopped at any step: what was read so far is forgotten, the register is as it was."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from db.models import Batch, StagedRow
from returns.files.telling import LOOKING
from tests.returns.offices import edit, hash_of
from tests.returns.receiving import Offices, only, put

STEPS = ("检查内容", "读取各行", "读“走访记录”的各行", "与台账比对“走访”", "按规则核对")


def kept(offices: Offices) -> int:
    with offices.district.read() as session:
        found = [session.scalar(select(func.count()).select_from(each)) for each in (Batch, StagedRow)]
    return sum(each or 0 for each in found)


@pytest.mark.parametrize("step", STEPS)
def test_it_stops_at_every_step_and_leaves_nothing(offices: Offices, step: str) -> None:
    path, steps = offices.send(), list[str]()
    edit(
        path, lambda book: put(book["走访记录"], "经营状态评价", "下滑")
    )  # so that there is something to check
    before = hash_of(offices.district)
    stopped = offices.stage(
        path,
        progress=lambda _done, _total, what: steps.append(what),
        cancelled=lambda: any(step in each for each in steps),
    )
    assert stopped == [] and any(step in each for each in steps), steps
    assert hash_of(offices.district) == before and kept(offices) == 0
    assert only(offices.stage(path)).batch is not None


def test_a_long_return_is_told_by_its_rows(offices: Offices) -> None:
    told: list[tuple[int, int, str]] = []
    offices.stage(offices.send(), progress=lambda *what: told.append(what))
    assert told[0] == (0, 1, "a.xlsx") and told[-1] == (1, 1, "")
    assert any(LOOKING in step and total > 1 for _, total, step in told), told


def test_of_several_files_the_one_at_work_is_named_and_those_before_it_stay(offices: Offices) -> None:
    first, second = offices.send("a.xlsx"), offices.send("b.xlsx", restate="补报")
    told: list[tuple[int, int, str]] = []
    found = offices.stage(
        first,
        second,
        progress=lambda *what: told.append(what),
        cancelled=lambda: bool(told) and told[-1][2].startswith("b.xlsx："),
    )
    assert only(found).report.file == "a.xlsx"
    assert {total for _, total, _ in told} == {2}
    assert any(step.startswith("a.xlsx：") for _, _, step in told)
