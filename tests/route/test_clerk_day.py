"""A street clerk writes down a day: 20 visits with 8 problems, 6 cloud services and 4 candidates, by keys alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from db import records, setup
from db.lookup import Directory
from db.registers import REGISTERS
from db.store import Store
from db.values import to_text
from desktop.app import build_window
from desktop.style import theme
from tests.db import fixtures
from tests.route.clerk import Clerk, wide

DAY = json.loads((Path(__file__).parents[1] / "data" / "clerk_day.json").read_text(encoding="utf-8"))
VISITS: list[dict[str, Any]] = DAY["visits"]
LEADS_TO = {"issue": "has_issue", "cloud": "cloud_status", "nurture": "upscale_potential"}
EXCEL, LIMIT = 416, 210  # keys a visit: in four ledgers, and at most here
OTHERS = 120  # firms of the street that are not visited
TODAY = date(2024, 5, 31)


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Store]:
    """A street whose directory has the day's firms among many others with names like theirs."""
    store = setup.initialise(tmp_path / "register", fixtures.STREET, person="张敏")
    words = [visit["enterprise"][2:4] for visit in VISITS]
    with store.write() as session:
        for visit in VISITS:
            fixtures.firm(session, wide(visit["enterprise"]), visit["uscc"], industry_code="I6550")
        for number in range(OTHERS):
            first, second = words[number % 20], words[(number * 7 + 3) % 20]
            fixtures.firm(session, f"江西{first}{second}{number:03d}商贸有限公司", None)
    yield store
    store.close()


@pytest.fixture
def clerk(street: Store, qapp: QApplication) -> Iterator[Clerk]:
    """Somebody at the window, 本月 being open."""
    if not qapp.styleSheet():
        theme.apply(qapp)
    window, context = build_window(street, today=lambda: TODAY)
    context.set_period("2024-05")
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    made = Clerk(window, context)
    made.settle(0.1)
    yield made
    window.close()
    context.jobs.wait_idle()
    context.close()
    window.deleteLater()


def write_down(clerk: Clerk, visit: dict[str, Any]) -> None:
    """One visit and what it leads to, from an empty form to the next empty form."""
    told = {name: wide(text) if name == "enterprise" else text for name, text in visit.items()}
    answers = {
        name: text for name, text in told.items() if name in REGISTERS["visit"].model.__table__.columns
    }
    clerk.fill({"enterprise_id": told["enterprise"]})
    if clerk.visit:
        clerk._here = "visit: carried over"
        clerk.press("Ctrl+D")
    clerk.fill(answers)
    ahead = [kind for kind in ("nurture", "cloud", "issue") if kind in visit]
    clerk._here = "follow-ups: opened and stored"
    if ahead:
        clerk.press("F7")
        clerk.settle()
    for kind in ahead:
        rest = dict(visit[kind])
        if "org" in rest:
            rest["org_code"] = rest.pop("org")
        assert clerk.form.register == kind
        # What the visit has already said is not asked again.
        rest = {name: text for name, text in rest.items() if name in clerk.form.boxes}
        if kind == "issue":
            clerk.fill({name: rest[name] for name in ("category", "description")})
        if _stored(clerk, kind):
            clerk._here = f"{kind}: carried over"
            clerk.press("Ctrl+D")
        clerk.fill(rest)
        clerk._here = "follow-ups: opened and stored"
        clerk.press("Ctrl+Return")
        clerk.settle()
    clerk._here = "visit: stored"
    clerk.press("Ctrl+Return")
    clerk.settle()


def _stored(clerk: Clerk, kind: str) -> int:
    with clerk.context.store.read() as session:
        return len(session.execute(records.table_of(REGISTERS[kind]).select()).all())


@pytest.fixture
def written(clerk: Clerk) -> Clerk:
    """The whole day, written down."""
    clerk.press(f"Alt+{list(clerk.window.nav.items).index('visits') + 1}")
    clerk.settle()
    clerk.press("Ctrl+N")
    clerk.settle()
    for number, visit in enumerate(VISITS):
        clerk.visit = number
        write_down(clerk, visit)
    return clerk


def _rows(store: Store, kind: str) -> dict[UUID, dict[str, Any]]:
    """The live records of a register by firm."""
    with store.read() as session:
        found = session.execute(records.table_of(REGISTERS[kind]).select()).mappings()
        rows = [dict(row) for row in found if row["deleted_at"] is None]
    by_firm = {row["enterprise_id"]: row for row in rows}
    assert len(by_firm) == len(rows)
    return by_firm


def _said(store: Store, kind: str, name: str, row: dict[str, Any]) -> str:
    """A stored value as the file spells it."""
    with store.read() as session:
        return to_text(REGISTERS[kind].field(name), row[name], Directory(session))


def test_a_day_is_written_down_by_keys_alone(written: Clerk, street: Store) -> None:
    """Every value of the file is stored, in few keys, and no fact was typed twice."""
    firms = {row["uscc"]: key for key, row in _firms(street).items()}
    stored = {kind: _rows(street, kind) for kind in ("visit", "issue", "cloud", "nurture")}
    assert {kind: len(rows) for kind, rows in stored.items()} == {
        "visit": 20, "issue": 8, "cloud": 6, "nurture": 4,
    }  # fmt: skip
    compared = 0
    for visit in VISITS:
        firm = firms[visit["uscc"]]
        compared += _compare(street, "visit", stored["visit"][firm], visit)
        for kind in LEADS_TO:
            if kind in visit:
                row = stored[kind][firm]
                compared += _compare(street, kind, row, visit[kind])
                assert row["incomplete"] is False and row["unparsed"] is None, (kind, row)
                assert row["origin"] == {"visit": stored["visit"][firm]["id"].hex}
        row = stored["visit"][firm]
        assert row["incomplete"] is False and row["unparsed"] is None
        assert row["filler"] == "张敏"
        # Nothing was put in that nobody said.
        said = {*visit, "enterprise_id", "filler", "visit_no", "filled_on"}
        assert not [
            each.name for each in REGISTERS["visit"].fields if each.name not in said and row[each.name]
        ]
    assert compared == 20 * 12 + 8 * 8 + 6 * 8 + 4 * 6
    for firm, row in stored["issue"].items():
        assert row["visit_id"] == stored["visit"][firm]["id"]
        assert row["registered_on"] == stored["visit"][firm]["visit_date"]
    for firm, row in stored["nurture"].items():
        assert row["revenue_ytd"] == stored["visit"][firm]["revenue_ytd"]
    for firm, row in stored["visit"].items():
        assert _firms(street)[firm]["revenue_ytd"] == row["revenue_ytd"]

    _count(written)
    _nothing_twice(written)


def _firms(store: Store) -> dict[UUID, dict[str, Any]]:
    with store.read() as session:
        found = session.execute(records.table_of(REGISTERS["enterprise"]).select()).mappings()
        return {row["id"]: dict(row) for row in found}


def _compare(store: Store, kind: str, row: dict[str, Any], told: dict[str, Any]) -> int:
    """Field by field, what is stored against the file; how many were compared."""
    done = 0
    for name, text in told.items():
        column = {"org": "org_code"}.get(name, name)
        if name in ("enterprise", "uscc") or isinstance(text, dict):
            continue
        said = _said(store, kind, column, row)
        field = REGISTERS[kind].field(column)
        if field.places:
            assert Decimal(said) == Decimal(text), (kind, name)
        elif field.choices:
            assert said == wide(text), (kind, name)
        else:
            assert said == text, (kind, name)
        done += 1
    return done


def _count(clerk: Clerk) -> None:
    """What the day cost, where it went, and that it is little enough."""
    each = clerk.keys / len(VISITS)
    text = sum((typed.keys for typed in clerk.typed), Decimal(0))
    print(
        f"\n{clerk.keys} keys for {len(VISITS)} visits and what they lead to: {each:.1f} a visit"
        f" (in Excel {EXCEL}), {text / len(VISITS):.1f} of them texts and figures"
    )
    for place, keys in clerk.by_field.most_common():
        print(f"  {keys / len(VISITS):7.2f}  {place}")
    assert each <= LIMIT


def _nothing_twice(clerk: Clerk) -> None:
    """What was typed in one record of a visit was typed in no other, and what stays the same was typed once a day."""
    for number, visit in enumerate(VISITS):
        seen: dict[str, str] = {}
        for typed in (each for each in clerk.typed if each.visit == number):
            assert typed.text not in seen, (typed, seen[typed.text])
            seen[typed.text] = f"{typed.register}.{typed.field}"
        known = {wide(visit["enterprise"]), visit["uscc"], visit["visit_date"], visit["revenue_ytd"]}
        later = {each.text for each in clerk.typed if each.visit == number and each.register != "visit"}
        assert not known & later
    for kind, name in (
        ("visit", "visitors"), ("visit", "filler"), ("issue", "owner_phone"), ("cloud", "product"),
        ("cloud", "cloud_on"), ("cloud", "amount"), ("nurture", "owner"), ("issue", "owner"),
    ):  # fmt: skip
        texts = [each.text for each in clerk.typed if (each.register, each.field) == (kind, name)]
        assert len(texts) == len(set(texts)), (kind, name, texts)
