"""Any content of the registers goes from office to office whole, once, in any order, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from db import find, search
from db.fields import RECORD_TARGETS
from db.lookup import Directory
from db.models import Batch, ReturnFile, ReturnRow, StagedRow
from db.records import table_of
from db.registers import REGISTERS
from db.store import Store
from returns import receive
from returns.batches import finding_of
from returns.diff import REGISTER_ORDER
from returns.workbook import sheet_of
from tests.returns import content
from tests.returns.offices import (
    CODES,
    DISTRICT,
    OTHER,
    STREET,
    SUPERVISOR,
    TODAY,
    column_of,
    export,
    facts,
    hash_of,
    insert_raw,
    open_office,
    rows,
)
from tests.returns.receiving import only

# Making a failing month smaller takes many minutes; the first one found says enough.
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
Content = dict[str, list[dict[str, Any]]]


class Offices:
    """Two streets and the district, emptied before each example."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.street, self.other = open_office(root / "s", STREET), open_office(root / "o", OTHER)
        self.district = open_office(root / "d", DISTRICT, "supervisor")

    def close(self) -> None:
        for store in (self.street, self.other, self.district):
            store.close()

    def empty(self) -> None:
        for store in (self.street, self.other, self.district):
            empty(store)

    def send(self, store: Store, month: Content, name: str, **more: Any) -> Path:
        fill(store, month)
        export(store, self.root / name, **more)
        return self.root / name

    def receive(self, *paths: Path, **more: Any) -> list[receive.FileReport]:
        return receive.receive(self.district, paths, SUPERVISOR, today=TODAY, **more)


def empty(store: Store) -> None:
    with store.write() as session:
        for model in (StagedRow, Batch, ReturnRow, ReturnFile):
            session.execute(delete(model))
        # What is gone is gone from the search too: the next record of its key is new there.
        for key in reversed(REGISTER_ORDER):
            table = table_of(REGISTERS[key])
            forget = search.forget if key == "enterprise" else find.forget
            forget(session, session.scalars(select(table.c.id)).all())
            session.execute(delete(table))


def fill(store: Store, month: Content) -> None:
    with store.write() as session:
        for key in reversed(REGISTER_ORDER):
            session.execute(delete(table_of(REGISTERS[key])))
        for key in REGISTER_ORDER:
            if month[key]:
                insert_raw(session, key, store.actor.unit_code, month[key])


def draw_month(data: st.DataObject, store: Store) -> Content:
    with store.read() as session:
        return data.draw(content.months(Directory(session)))


def differences(mine: Content, theirs: Content) -> list[tuple[Any, ...]]:
    """What two offices hold differently: (register, row, field, here, there)."""
    found: list[tuple[Any, ...]] = []
    for key in REGISTERS:
        here, there = ({row["id"]: facts(row, key) for row in side[key]} for side in (mine, theirs))
        found += [(key, each, "", each in here, each in there) for each in here.keys() ^ there.keys()]
        for each in here.keys() & there.keys():
            one, two = here[each], there[each]
            found += [
                (key, each, name, one.get(name), two.get(name))
                for name in one.keys() | two.keys()
                if one.get(name) != two.get(name)
            ]
    return found


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    opened = Offices(tmp_path_factory.mktemp("offices"))
    yield opened
    opened.close()


@settings(max_examples=12, phases=NO_SHRINKING)
@given(data=st.data())
def test_any_month_received_twice_is_received_once_and_undone_is_gone(
    offices: Offices, data: st.DataObject
) -> None:
    offices.empty()
    street, district = offices.street, offices.district
    path = offices.send(street, draw_month(data, street), "a.xlsx")
    before = hash_of(district)
    first = only(offices.receive(path))
    mine, theirs = rows(street), rows(district)
    assert differences(mine, theirs) == []
    for key in REGISTERS:
        assert [row["digest"] for row in theirs[key]] == [row["digest"] for row in mine[key]]
    once = hash_of(district)
    second = only(offices.receive(path))
    assert second.stored == second.updated == 0 and hash_of(district) == once
    receive.undo(district, UUID(first.batch), SUPERVISOR)
    assert hash_of(district) == before


@settings(max_examples=6, phases=NO_SHRINKING)
@given(data=st.data())
def test_accepted_in_two_halves_is_accepted_whole(offices: Offices, data: st.DataObject) -> None:
    """Some rows now, the others when the same file is read again: what is there is what one go would have given."""
    offices.empty()
    path = offices.send(offices.street, draw_month(data, offices.street), "a.xlsx")
    staged = only(receive.stage(offices.district, [path], SUPERVISOR, today=TODAY))
    with offices.district.read() as session:
        seqs = [row.seq for row in session.query(StagedRow).filter_by(batch_id=staged.batch)]
    some = data.draw(st.sets(st.sampled_from(seqs))) if seqs else set()
    receive.apply(offices.district, staged.batch, SUPERVISOR, accept=some, today=TODAY, backup_first=False)
    offices.receive(path)
    assert differences(rows(offices.street), rows(offices.district)) == []


@settings(max_examples=6, phases=NO_SHRINKING)
@given(data=st.data())
def test_whatever_was_decided_about_a_correction_can_be_taken_back(
    offices: Offices, data: st.DataObject
) -> None:
    """A month, a conflicting month of another street, then a correction with any decisions: undone, all is as before."""
    offices.empty()
    street, district = offices.street, offices.district
    month = draw_month(data, street)
    offices.receive(offices.send(street, month, "a.xlsx"))
    offices.receive(offices.send(offices.other, draw_month(data, offices.other), "o.xlsx"))
    before = hash_of(district)
    newer = _corrected(data, month, draw_month(data, street))
    path = offices.send(street, newer, "b.xlsx", revision=2, correction_reason="更正")
    staged = only(receive.stage(district, [path], SUPERVISOR, today=TODAY))
    with district.read() as session:
        asked = [(row.seq, row.action) for row in session.query(StagedRow).filter_by(batch_id=staged.batch)]
    accept = data.draw(st.sets(st.sampled_from([seq for seq, _ in asked]))) if asked else set()
    choices = {
        seq: data.draw(st.sampled_from(("incoming", "present")))
        for seq, action in asked
        if action in ("gone", "conflict")
    }
    receive.apply(
        district, staged.batch, SUPERVISOR, accept=accept, choices=choices, today=TODAY, backup_first=False
    )
    receive.undo(district, staged.batch, SUPERVISOR, backup_first=False)
    assert hash_of(district) == before


def _corrected(data: st.DataObject, month: Content, other: Content) -> Content:
    """Some rows of the month left out, and facts of some others taken from another month's rows."""
    newer: Content = {}
    for key, found in month.items():
        kept = [row for row in found if key == "enterprise" or data.draw(st.integers(0, 3))]
        newer[key] = []
        for row in kept:
            source = other[key][0] if other[key] and data.draw(st.booleans()) else {}
            facts_of = {
                field.name: source[field.name]
                for field in REGISTERS[key].fields
                if field.kind.value in ("text", "long", "number", "date") and field.name in source
                and field.name not in ("name", "uscc", REGISTERS[key].placed_by)
            }  # fmt: skip
            newer[key].append({**row, **facts_of})
    there = {row["id"] for found in newer.values() for row in found}
    for key, found in newer.items():
        for row in found:
            for field in REGISTERS[key].fields:
                if field.source in RECORD_TARGETS and row.get(field.name) not in (None, *there):
                    row[field.name] = None
    return newer


# ---------------------------------------------------------------- the order of the units

# What a cloud record counts by, of its firm: where that is disputed, so is the count.
COUNTED_BY = ("status", "street_code", "uscc")


@settings(max_examples=6, phases=NO_SHRINKING)
@given(data=st.data())
def test_the_order_of_units_does_not_matter(offices: Offices, data: st.DataObject) -> None:
    """Three offices that know the same firms: whichever comes first, the register says the same in the end."""
    offices.empty()
    senders = (offices.street, offices.other)
    months = _one_office_each([_agreeing(draw_month(data, store)) for store in senders])
    paths = [
        offices.send(store, month, f"{store.actor.unit_code}.xlsx")
        for store, month in zip(senders, months, strict=True)
    ]
    disputed = _disputed(months)
    found = []
    for order in permutations(paths):
        empty(offices.district)
        for path in order:
            offices.receive(path)
        found.append(canonical(offices.district, disputed))
    for key in REGISTERS:
        assert set(found[0][key]) ^ set(found[1][key]) == set(), key
    assert found[0] == found[1]


def _agreeing(month: Content) -> Content:
    """Every office calls its firms the same; not every one knows their codes."""
    firms = [
        {**row, "name": f"江西{'甲乙丙丁'[place]}号网络有限公司", "uscc": row["uscc"] and CODES[place]}
        for place, row in enumerate(month["enterprise"])
    ]
    return {**month, "enterprise": firms}


def _one_office_each(months: list[Content]) -> list[Content]:
    """The value of an indicator for a unit comes from one office: of two, who came first stands until a person decides."""
    known: set[tuple[Any, ...]] = set()
    found = []
    for month in months:
        place = {id(row): (row["period"], row["indicator_no"], row["org_code"]) for row in month["indicator"]}
        rows = [row for row in month["indicator"] if place[id(row)] not in known]
        known |= set(place.values())
        found.append({**month, "indicator": rows})
    return found


def _disputed(months: list[Content]) -> set[tuple[str, str]]:
    """(firm, field) where two offices say different things: a person decides, and until then who came first stands."""
    said: dict[tuple[str, str], list[Any]] = {}
    for month in months:
        for row in month["enterprise"]:
            for field in REGISTERS["enterprise"].fields:
                value = row.get(field.name)
                if value not in (None, "", []) and value not in (
                    known := said.setdefault((row["name"], field.name), [])
                ):
                    known.append(value)
    found = {place for place, values in said.items() if len(values) > 1}
    # The newer figure wins, with its month; what is as old and different is disputed.
    return {(firm, name) for firm, name in found if name != "revenue_asof"} | {
        (firm, "revenue_asof") for firm, name in found if name == "revenue_ytd"
    }


def canonical(store: Store, disputed: set[tuple[str, str]]) -> Mapping[str, Any]:
    """What the register says, whatever its keys for firms are and whoever reported them first."""
    with store.read() as session:
        table = table_of(REGISTERS["enterprise"])
        names = {row.id: row.name for row in session.execute(table.select())}
        said: dict[str, Any] = {}
        for key, register in REGISTERS.items():
            table = table_of(register)
            lines = []
            for row in session.execute(table.select()).mappings():
                line = facts(row, key)
                for field in register.fields:
                    if field.source == "enterprise" and field.name in line:
                        line[field.name] = names[line[field.name]]
                if key == "enterprise":
                    line = {
                        name: value
                        for name, value in line.items()
                        if name not in ("unparsed", "not_applicable") and (row["name"], name) not in disputed
                    }
                elif key == "cloud" and not disputed & {(line["enterprise_id"], name) for name in COUNTED_BY}:
                    line["counted"] = row["counted"]
                lines.append(repr(sorted(line.items())))
            said[key] = sorted(lines)
        return said


# ---------------------------------------------------------------- edited after the export


@settings(max_examples=6, phases=NO_SHRINKING)
@given(data=st.data())
def test_the_edited_cells_are_named_and_no_others(offices: Offices, data: st.DataObject) -> None:
    offices.empty()
    path = offices.send(offices.street, draw_month(data, offices.street), "a.xlsx")
    places = _cells(path)
    assume(places)
    chosen = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    book = openpyxl.load_workbook(path)
    for sheet, row, header, _label in chosen:
        cell = book[sheet].cell(row, column_of(book[sheet], header))
        cell.value = None if cell.value not in (None, "") else "改过的内容"
    book.save(path)
    staged = only(receive.stage(offices.district, [path], SUPERVISOR, today=TODAY))
    assert staged.batch is not None, staged.report
    with offices.district.read() as session:
        batch = session.get(Batch, staged.batch)
        told = [finding_of(each) for each in batch.findings if "在导出后被改动" in each["message"]]
    assert sorted((each.sheet, each.row, each.column) for each in told) == sorted(
        (sheet, row, label) for sheet, row, _header, label in chosen
    )


def _cells(path: Path) -> list[tuple[str, int, str, str]]:
    """The cells people may type in: sheet, row, header, label."""
    book = openpyxl.load_workbook(path)
    found = []
    for key, register in REGISTERS.items():
        plan = sheet_of(key)
        if plan.name not in book.sheetnames:
            continue
        sheet = book[plan.name]
        last = max((cell.row for cell in sheet["A"] if cell.value is not None), default=0)
        for row in range(4, sheet.max_row + 1):
            ids = [cell.value for cell in sheet[row]]
            if row > last + 1 or not any(isinstance(each, str) and len(each) == 32 for each in ids):
                continue
            found += [
                (plan.name, row, column.header, column.label)
                for column in plan.columns
                if column.open and column.field.source not in RECORD_TARGETS
                and not (key == "enterprise" and column.field.name in ("name", "uscc"))
                and column.field.name != register.placed_by
            ]  # fmt: skip
    return found
