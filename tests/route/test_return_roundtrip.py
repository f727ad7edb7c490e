"""The return's whole way: streets and a carrier hand in May, the district receives, one corrects, one is undone.

What the district counts at the end can be counted by hand in what the offices typed at the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.rollup import rollup
from db.store import Store
from desktop.actions import returns
from tests.returns.offices import (
    CLOUD,
    CODES,
    DISTRICT,
    FIRM,
    MAY,
    OTHER,
    STREET,
    TODAY,
    change,
    facts,
    hash_of,
    open_office,
    rows,
    save,
    small_month,
)

CARRIER = "xhdx"
VERIFIED = {"verify_status": "已核实", "verified_by": "刘涛", "verified_on": date(2024, 5, 20)}


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[dict[str, Store]]:
    with ExitStack() as stack:
        opened = {
            unit: open_office(tmp_path / unit, unit, "supervisor" if unit == DISTRICT else "clerk")
            for unit in (STREET, OTHER, CARRIER, DISTRICT)
        }
        for store in opened.values():
            stack.callback(store.close)
        yield opened


def hand_in(store: Store, folder: Path) -> Path:
    for finding in returns.check(store, MAY, today=TODAY).open:
        returns.explain(store, MAY, finding, "已与企业财务当面逐项对过账")
    return Path(returns.submit_return(store, MAY, folder, today=TODAY).out)


def test_a_month_from_three_offices_to_the_districts_totals(
    offices: dict[str, Store], tmp_path: Path
) -> None:
    street, other, carrier, district = (offices[unit] for unit in (STREET, OTHER, CARRIER, DISTRICT))
    month = small_month(street)
    small_month(other, name="南昌数澜软件有限公司", code=CODES[1])
    change(street, "cloud", month.cloud, **VERIFIED)
    # The carrier reports the street's firm once more, under its own key and later, and a firm of its own.
    same = save(carrier, "enterprise", **{**FIRM, "name": "江西云栈网络科技有限公司", "uscc": CODES[0]})
    own = save(carrier, "enterprise", **{**FIRM, "name": "江西元栖文化有限公司", "uscc": CODES[2]})
    for firm in (same, own):
        values = {
            **CLOUD,
            **VERIFIED,
            "provider_org": CARRIER,
            "provider_brand": "天翼云",
            "cloud_on": date(2024, 5, 14),
        }
        save(carrier, "cloud", **values, enterprise_id=firm)

    files = [hand_in(each, tmp_path) for each in (street, other, carrier)]
    empty = hash_of(district)
    staged = returns.stage_returns(district, files)
    assert [each.clean for each in staged] == [True, True, True] and hash_of(district) == empty
    reports = [returns.apply_batch(district, each.batch) for each in staged if each.batch is not None]
    assert [report.outcome for report in reports] == ["accepted"] * 3
    assert [(report.stored, report.unchanged) for report in reports] == [(5, 0), (5, 0), (3, 1)]

    for unit, store in ((STREET, street), (OTHER, other)):
        for key, mine in rows(store, unit).items():
            theirs = rows(district, unit)[key]
            assert [facts(row, key) for row in theirs] == [facts(row, key) for row in mine]

    with district.read() as session:
        told = rollup(session, MAY).as_json()
    assert told["registers"]["visit"] == {"rows": 2, "enterprises": 2}
    assert told["registers"]["cloud"] == {"rows": 4, "counted": 2}
    assert told["registers"]["issue"]["open"] == 2
    assert told["registers"]["nurture"]["摸底"] == 2
    assert told["coverage"]["received"] == 3 and STREET not in told["coverage"]["missing"]

    # The street corrects one figure: revision 2, with its reason, cell by cell.
    before = hash_of(district)
    assert returns.reopen_month(street, MAY, "营业收入漏填一位") == 2
    change(street, "visit", month.visit, revenue_ytd=Decimal("1860.50"))
    corrected = returns.stage_returns(district, [hand_in(street, tmp_path)])[0]
    assert corrected.batch is not None
    line = returns.batches(district, MAY, states=("staged",))[0]
    assert (line.revision, line.correction_reason) == (2, "营业收入漏填一位")
    changed = [row for row in returns.batch_rows(district, line.id, ("update",)) if row.register == "visit"]
    assert [(each["old"], each["new"]) for each in changed[0].changes] == [("860.50", "1,860.50")]
    returns.apply_batch(district, corrected.batch)
    assert rows(district)["visit"][0]["revenue_ytd"] == Decimal("1860.50")

    # The first file again after that: known, and nothing is written twice.
    after = hash_of(district)
    again = returns.receive_files(district, [files[0]])[0]
    assert (again.outcome, again.stored, again.updated, again.unchanged) == ("accepted", 0, 0, 5)
    assert hash_of(district) == after
    returns.undo_batch(district, corrected.batch)
    assert hash_of(district) == before
