"""下发's whole way: the district composes a 专项, changes a target, adds a unit; two streets take it, fill it in, hand in; the district sees both."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest

from db import plan_file, plan_store
from db.special.definition import ColumnDef
from db.store import Store
from desktop.actions import handdown, returns, special
from tests.returns.offices import (
    CODES,
    DISTRICT,
    FIRM,
    MAY,
    OTHER,
    STREET,
    TODAY,
    hash_of,
    open_office,
    save,
    small_month,
)


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[dict[str, Store]]:
    with ExitStack() as stack:
        opened = {
            unit: open_office(tmp_path / unit, unit, "supervisor" if unit == DISTRICT else "clerk")
            for unit in (STREET, OTHER, DISTRICT)
        }
        for store in opened.values():
            stack.callback(store.close)
        yield opened


def hand_in(store: Store, folder: Path) -> Path:
    for finding in returns.check(store, MAY, today=TODAY).open:
        returns.explain(store, MAY, finding, "已与企业财务当面逐项对过账")
    return Path(returns.submit_return(store, MAY, folder, today=TODAY).out)


def compose(district: Store) -> str:
    """A 专项 with a row prepared for each street, a raised target, a unit more, a firm in the directory."""
    columns = [
        ColumnDef("", "楼宇", required=True), ColumnDef("", "企业", "firm"),
        ColumnDef("", "面积", "number", "平方米", True), ColumnDef("", "用途", "choice", choices=("办公", "机房")),
    ]  # fmt: skip
    table = special.keep(district, special.new_table("楼宇摸底", MAY, columns, date(2024, 5, 20)))
    kept, told = special.prepare(
        district,
        table.key,
        [["单位", "楼宇"], ["朝阳洲街道", "云锦大厦"], [OTHER, "绳金大厦"], ["没有的街道", "某楼"]],
    )
    assert (kept, told) == (2, ["第 4 行的单位“没有的街道”不在机构表中"])
    document = copy.deepcopy(dict(plan_file.default_plan().document))
    document["indicators"][0]["targets"][str(document["end_year"])] = "999"
    document["units"].append({**document["units"][-1], "code": "qxsj", "name": "区新设局", "full_name": "区新设局", "aliases": []})  # fmt: skip
    with district.write() as session:
        plan_store.install(session, plan_file.read(document))
    save(district, "enterprise", **{**FIRM, "name": "名录里的公司", "uscc": CODES[2]})
    return table.key


def test_from_the_districts_table_to_its_list_and_back(offices: dict[str, Store], tmp_path: Path) -> None:
    street, other, district = (offices[unit] for unit in (STREET, OTHER, DISTRICT))
    small_month(street)
    small_month(other, name="南昌数澜软件有限公司", code=CODES[1])
    key = compose(district)
    made = handdown.issue(
        district,
        ("plan", "units", "calendar", "firms", "special"),
        tmp_path / "下发.xlsx",
        period=MAY,
        note="请按期填报",
    )
    clean = {unit: hash_of(offices[unit]) for unit in (STREET, OTHER)}
    batches = {}
    for unit in (STREET, OTHER):
        (staged,) = handdown.stage(offices[unit], made.files)
        assert staged.batch is not None
        assert handdown.apply(offices[unit], staged.batch).outcome == "accepted"
        batches[unit] = staged.batch

    # At one end it is taken back whole, and taken again.
    handdown.undo(other, batches[OTHER])
    assert hash_of(other) == clean[OTHER]
    assert [each.outcome for each in handdown.receive(other, made.files, write=True)] == ["accepted"]

    # The streets fill it in: one completes its prepared row and adds one, the other has nothing more.
    sheet = special.read_sheet(street, key)
    (line,) = sheet.lines
    names = [each.key for each in sheet.definition.columns]
    assert (line.cells[names[0]], line.wrong) == ("云锦大厦", {names[2]: "必填"})
    special.save_cells(
        street, key, {"enterprise_id": "名录里的公司", names[2]: "1.2万", names[3]: "办公"}, line.id
    )
    special.save_block(street, key, [["滨江楼", "江西云栈网络科技有限公司", "860", "机房"]], names, [])
    (theirs,) = special.read_sheet(other, key).lines
    assert any("没有填“面积”" in each.message for each in special.findings(other, MAY))
    special.save_cells(other, key, {names[2]: "500"}, theirs.id)
    assert special.findings(street, MAY) == special.findings(other, MAY) == []

    before = hash_of(district)
    reports = returns.receive_files(district, [hand_in(street, tmp_path), hand_in(other, tmp_path)])
    assert [each.outcome for each in reports] == ["accepted", "accepted"]
    (standing,) = special.standings(district)
    assert {each.unit: each.word for each in standing.units if each.answered} == {
        STREET: "2 行",
        OTHER: "1 行",
    }
    assert special.export(district, key, tmp_path / "汇总.xlsx") == 3
    sheet_ = openpyxl.load_workbook(tmp_path / "汇总.xlsx").active
    assert sheet_ is not None
    cells = [tuple(cell.value for cell in row) for row in sheet_.iter_rows()]
    assert cells[0] == ("填报单位", "楼宇", "企业", "统一社会信用代码", "面积（平方米）", "用途")
    assert set(cells[1:]) == {
        ("朝阳洲街道", "云锦大厦", "名录里的公司", CODES[2], 12000, "办公"),
        ("朝阳洲街道", "滨江楼", "江西云栈网络科技有限公司", CODES[0], 860, "机房"),
        (cells[3][0] if cells[3][0] != "朝阳洲街道" else cells[1][0], "绳金大厦", None, None, 500, None),
    }  # fmt: skip

    for report in reversed(reports):
        assert report.batch is not None
        returns.undo_batch(district, UUID(report.batch))
    assert hash_of(district) == before
