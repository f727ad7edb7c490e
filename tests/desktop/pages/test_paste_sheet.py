"""The sheet of the paste grid: whatever is done to it, undo brings every cell back and redo does it again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.pages.paste_sheet import Sheet
from returns.paste.columns import Block, Column

SLOTS = ("visit_date", "visit_mode", "visitors", "leader", "")
TEXT = st.sampled_from(["", "甲", "𠮷㛃", "1,200", "多\n行", "🎉"])
CELLS = st.lists(st.lists(TEXT, min_size=1, max_size=4), min_size=1, max_size=4).map(
    lambda rows: [row + [""] * (max(map(len, rows)) - len(row)) for row in rows]
)
STEP = st.one_of(
    st.tuples(st.just("set"), st.integers(0, 30), st.integers(0, 9), TEXT),
    st.tuples(st.just("paste"), st.integers(0, 30), st.integers(0, 9), CELLS),
    st.tuples(st.just("append"), CELLS),
    st.tuples(st.just("remove"), st.lists(st.integers(0, 30), min_size=1, max_size=4)),
    st.tuples(st.just("choose"), st.integers(0, 9), st.sampled_from(SLOTS)),
    st.tuples(st.just("column"), st.sampled_from(SLOTS[:4])),
)


def _sheet() -> Sheet:
    return Sheet(
        Block(
            "visit",
            [Column("visit_date", "日期"), Column("visit_mode")],
            [["甲", ""], ["", "乙"], ["丙", "丁"]],
        )
    )


def _state(sheet: Sheet) -> tuple[object, ...]:
    assert len(sheet.checks) == len(sheet.rows)
    assert all(len(row) == sheet.width for row in sheet.rows)
    taken = [each.slot for each in sheet.columns if each.slot]
    assert len(taken) == len(set(taken))
    return [each.slot for each in sheet.columns], [list(row) for row in sheet.rows]  # type: ignore[return-value]


def _do(sheet: Sheet, step: tuple[object, ...]) -> None:
    kind, *rest = step
    rows = len(sheet.rows)
    if kind == "set" and rows:
        row, column, text = rest
        sheet.set_cells({(row % rows, column % sheet.width): text})  # type: ignore[operator,dict-item]
    elif kind == "paste":
        row, column, cells = rest
        sheet.paste(row % (rows + 1), column % sheet.width, cells)  # type: ignore[operator,arg-type]
    elif kind == "append":
        cells = rest[0]
        columns = [Column(slot) for slot in SLOTS[: len(cells[0])]]  # type: ignore[index]
        sheet.append(Block("visit", columns, [list(row) for row in cells]))  # type: ignore[attr-defined]
    elif kind == "remove" and rows:
        sheet.remove_rows([place % rows for place in rest[0]])  # type: ignore[attr-defined]
    elif kind == "choose":
        column, slot = rest
        sheet.choose(column % sheet.width, slot)  # type: ignore[operator,arg-type]
    elif kind == "column":
        sheet.add_column(rest[0])  # type: ignore[arg-type]


@given(st.lists(STEP, max_size=12))
def test_undo_brings_everything_back_and_redo_does_it_again(steps: list[tuple[object, ...]]) -> None:
    sheet = _sheet()
    states = [_state(sheet)]
    for step in steps:
        _do(sheet, step)
        if _state(sheet) != states[-1]:
            states.append(_state(sheet))
    end = _state(sheet)
    while sheet.can_undo:
        assert sheet.undo() is not None
        _state(sheet)
    assert _state(sheet) == states[0]
    while sheet.can_redo:
        assert sheet.redo() is not None
    assert _state(sheet) == end


def test_a_second_block_comes_below_field_under_field() -> None:
    sheet = _sheet()
    sheet.rows.append(["", ""])
    sheet.checks.append(None)
    sheet.append(Block("visit", [Column("visitors"), Column("visit_date")], [["张敏", "5月8日"]]))
    assert [each.slot for each in sheet.columns] == ["visit_date", "visit_mode", "visitors"]
    assert sheet.rows[-1] == ["5月8日", "", "张敏"] and len(sheet.rows) == 4
    sheet.undo()
    assert [len(row) for row in sheet.rows] == [2] * 4 and sheet.rows[-1] == ["", ""]


def test_saved_rows_leave_and_may_come_back() -> None:
    sheet = _sheet()
    sheet.set_cells({(0, 0): "x"})
    gone = sheet.drop_rows([0, 2])
    assert sheet.rows == [["", "乙"]] and not sheet.can_undo
    sheet.put_back(gone)
    assert sheet.rows == [["x", ""], ["", "乙"], ["丙", "丁"]]
