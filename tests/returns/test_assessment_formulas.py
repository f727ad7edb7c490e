"""年度考核: the workbook's formulas and the program give the same, for any scheme and any values."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db import setup
from db.assessment.inputs import KINDS, Counts, EntryIn, Inputs, Measured, UnitIn
from db.assessment.scheme import (
    BINDING_RULES,
    TIES,
    UNASSESSED,
    Grade,
    Group,
    Item,
    Method,
    Months,
    Points,
    Reporting,
    Scheme,
    content_of,
    read_scheme,
)
from db.assessment.scoring import score
from db.store import Store
from returns.assessment import write_assessment
from tests.returns.recalculated_many import differences

pytestmark = pytest.mark.office
CENT = Decimal("0.01")


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    step = Decimal(1).scaleb(-places)
    return st.integers(int(Decimal(low) / step), int(Decimal(high) / step)).map(lambda n: n * step)


POINT = decimals("0", "6", 2)
VALUE = st.one_of(
    st.none(),
    decimals("0", "200", 0),
    decimals("0", "3000", 2),
    decimals("-50", "50", 4),
    st.just(Decimal(0)),
)
TARGET = st.one_of(st.none(), st.just(Decimal(0)), decimals("-3", "40", 0), decimals("0.01", "2000", 2))
NAMES = ("获表彰", "被“推广”", 'a"b', "星*号", "问?号")


@st.composite
def items(draw: st.DrawFn, key: str, units: list[str], reporting: bool) -> Item:
    measure = "reporting" if reporting else draw(st.sampled_from(["indicator.1", "visit", "duty"]))
    own = draw(st.booleans()) and measure != "reporting"
    return Item(
        key=key,
        name=f"项目{key}",
        measure=measure,
        weight=draw(decimals("0", "60", 2)),
        weights={code: draw(decimals("0", "60", 2)) for code in units} if own else {},
        units=tuple(units[: draw(st.integers(1, len(units)))]) if draw(st.booleans()) else (),
        binding=draw(st.booleans()) and measure != "reporting",
        method=draw(st.sampled_from([None, *Method])),
        cap=draw(st.one_of(st.none(), decimals("100", "150", 1))),
        prorated=draw(st.booleans()),
    )


@st.composite
def measured(draw: st.DrawFn, item: Item, silent: bool) -> Measured:
    if silent:
        counts = Counts(0, 3, 0, 0, 0, 3) if item.measure == "reporting" else None
        return Measured(None, draw(TARGET), counts=counts, silent=True)
    if item.measure == "reporting":
        late, owed = draw(st.integers(0, 4)), draw(st.integers(0, 12))
        counts = Counts(
            draw(st.integers(0, 20)), draw(st.integers(0, 3)), draw(st.integers(0, 3)), 1, late, owed
        )
        return Measured(counts=counts, absent=not owed)
    if draw(st.integers(0, 9)) == 0:
        return Measured(None, draw(TARGET), absent=True)
    if draw(st.integers(0, 4)) == 0:
        whole = draw(st.integers(1, 60))
        part = draw(st.integers(0, whole))
        value = (Decimal(part) * 100 / whole).quantize(CENT, rounding="ROUND_HALF_UP")
        return Measured(value, draw(TARGET), parts=(part, whole))
    return Measured(draw(VALUE), draw(TARGET))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scheme, Inputs]:
    units: list[UnitIn] = []
    groups, found = [], {}
    for number in range(draw(st.integers(1, 2))):
        codes = [f"u{number}{n}" for n in range(draw(st.integers(1, 6)))]
        for code in codes:
            months = (
                Months(draw(st.integers(1, 6)), draw(st.integers(6, 12))) if draw(st.booleans()) else Months()
            )
            units.append(
                UnitIn(code, f"单位{code}", f"g{number}", months, draw(st.sampled_from(["", "", "", "别处"])))
            )
        reporting = draw(st.booleans())
        made = [
            draw(items(f"{number}{n}", codes, reporting and not n)) for n in range(draw(st.integers(1, 4)))
        ]
        groups.append(Group(f"g{number}", f"组{number}", tuple(made), units=tuple(codes)))
        for code in codes:
            silent = draw(st.integers(0, 4)) == 0
            found |= {(code, item.key): draw(measured(item, silent)) for item in made}
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    least = sorted({draw(decimals("1", "95", 1)) for _ in range(draw(st.integers(0, 3)))}, reverse=True)
    grades = [Grade(f"等{n}", each) for n, each in enumerate([*least, Decimal(0)])]
    entries = [
        EntryIn(
            unit.code,
            draw(st.sampled_from(KINDS)),
            draw(st.sampled_from(NAMES)),
            draw(decimals("0.01", "4", 2)),
        )
        for unit in units
        if draw(st.booleans())
    ]
    scheme = Scheme(
        name="方案",
        note="",
        groups=tuple(groups),
        places=draw(st.integers(0, 3)),
        rate_places=draw(st.integers(2, 6)),
        method=draw(st.sampled_from(list(Method))),
        cap=draw(decimals("100", "130", 1)),
        binding_rule=draw(st.sampled_from(list(BINDING_RULES))),
        binding_cap=draw(decimals("0", "100", 1)),
        step=draw(decimals("0", "40", 1)),
        floor=draw(decimals("0", "60", 1)),
        ties=draw(st.sampled_from(list(TIES))),
        unassessed=draw(st.sampled_from(list(UNASSESSED))),
        reporting=Reporting(draw(POINT), Decimal(5), draw(POINT), draw(POINT), draw(POINT)),
        bonus=tuple(Points(name, Decimal(1), draw(decimals("1", "5", 2))) for name in names),
        bonus_cap=draw(decimals("0", "8", 2)),
        deduction=tuple(Points(name, Decimal(1), draw(decimals("1", "5", 2))) for name in names[:2]),
        deduction_cap=draw(decimals("0", "8", 2)),
        total_cap=draw(decimals("90", "120", 0)),
        veto_reasons=NAMES,
        veto_best=draw(st.sampled_from(grades)).name,
        grades=tuple(grades),
    )
    return scheme, Inputs(2024, "2024-12", tuple(units), found, tuple(entries))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = setup.initialise(tmp_path_factory.mktemp("district") / "register", "qszjjb", "supervisor")
    yield opened
    opened.close()


def write(store: Store, case: tuple[Scheme, Inputs], out: Path) -> Path:
    scheme, inputs = case
    with store.read() as session:
        write_assessment(session, score(scheme, inputs, 1), out, entries=inputs.entries, ranked=True)
    return out


# Every example is a run of LibreOffice: what it finds is told, not made smaller.
@settings(max_examples=2, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(found=st.lists(cases(), min_size=8, max_size=12))
def test_libreoffice_gives_what_the_program_gives_for_any_scheme_and_values(
    store: Store, tmp_path_factory: pytest.TempPathFactory, found: list[tuple[Scheme, Inputs]]
) -> None:
    folder = tmp_path_factory.mktemp("books")
    paths = [write(store, case, folder / f"{n}.xlsx") for n, case in enumerate(found)]
    count, wrong = differences(paths, folder / "office")
    assert count > 150
    assert not wrong, "\n".join(wrong[:10])


@given(case=cases())
def test_a_scheme_is_read_back_as_it_was_written(case: tuple[Scheme, Inputs]) -> None:
    assert read_scheme(content_of(case[0])) == case[0]


def test_the_comparison_notices_a_value_that_no_formula_gives(store: Store, tmp_path: Path) -> None:
    item = Item("visit", "走访", "visit", Decimal(100), target="60")
    scheme = Scheme(
        "方案", "", (Group("g", "组", (item,), units=("u",)),), grades=(Grade("合格", Decimal(0)),)
    )
    inputs = Inputs(
        2024, "2024-12", (UnitIn("u", "单位", "g"),), {("u", "visit"): Measured(Decimal(30), Decimal(60))}
    )
    good = write(store, (scheme, inputs), tmp_path / "good.xlsx")
    bad = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(good) as before, zipfile.ZipFile(bad, "w") as after:
        for name in before.namelist():
            data: Any = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text, changed = re.subn(r"(</f>)<v>50(\.0+)?</v>", r"\1<v>51</v>", data.decode())
                assert changed
                data = text.encode()
            after.writestr(name, data)
    assert not differences([good], tmp_path / "a")[1]
    assert differences([bad], tmp_path / "b")[1]
