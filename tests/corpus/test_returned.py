"""Returns as they come back, received by the district: what becomes of each (see returned.py)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from db.errors import KnownError
from db.store import Store
from desktop.actions.returns import receive_files
from tests.corpus import proof
from tests.corpus.case import REJECTED
from tests.corpus.returned import CASES, Returned
from tests.returns.offices import DISTRICT, STREET, export, hash_of, open_office, small_month


@dataclass
class District:
    """The district's register, as it was after every case; made anew if a case left something behind."""

    folder: Path
    good: bytes
    opened: Store | None = None
    number: int = 0

    @property
    def store(self) -> Store:
        if self.opened is None:
            self.number += 1
            self.opened = open_office(
                self.folder / f"district-{self.number}", DISTRICT, "supervisor", "刘科长"
            )
        return self.opened

    def close(self) -> None:
        if self.opened is not None:
            self.opened.close()
            self.opened = None


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    folder = tmp_path_factory.mktemp("returned")
    street = open_office(folder / "street", STREET)
    small_month(street)
    export(street, folder / "a.xlsx")
    street.close()
    found = District(folder, (folder / "a.xlsx").read_bytes())
    yield found
    found.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_every_return(case: Returned, district: District, tmp_path: Path) -> None:
    try:
        _prove(case, district, tmp_path)
    except BaseException:
        district.close()
        raise


def _prove(case: Returned, district: District, folder: Path) -> None:
    store = district.store
    clean = hash_of(store)
    (folder / "早先.xlsx").write_bytes(district.good)
    earlier = receive_files(store, [folder / "早先.xlsx"]) if case.first else []
    before = hash_of(store)
    path = folder / case.file
    data = case.work(district.good)
    path.write_bytes(data)
    try:
        (report,) = receive_files(store, [path])
    except KnownError as error:
        assert error.id == case.want.error, f"raised {error.id}: {error}"
        return
    assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(data).digest()
    assert sorted(each.name for each in folder.iterdir()) == sorted({"早先.xlsx", case.file})
    assert report.rows_read == report.stored + report.unchanged + report.updated + report.bad, report
    json.dumps(report.as_json(), ensure_ascii=False).encode("utf-8")
    told = proof.said(report)
    assert report.outcome in case.want.outcome, f"{report.outcome}: {told}"
    proof.wanted(case.want, report, store)
    if case.edits is not None:
        named = tuple((each.sheet, each.row, each.column) for each in report.findings if each.id == "RET-002")
        assert sorted(named) == sorted(case.edits), told
    if report.outcome == REJECTED:
        assert hash_of(store) == before, "a rejected return changed the register"
        (fine,) = receive_files(store, [folder / "早先.xlsx"])
        assert fine.outcome == "accepted", proof.said(fine)
        earlier = earlier or [fine]
    elif report.batch not in {each.batch for each in earlier}:
        proof.undo(store, report)
        assert hash_of(store) == before, "undone, the register is not as it was"
    for each in earlier:
        proof.undo(store, each)
    assert hash_of(store) == clean
