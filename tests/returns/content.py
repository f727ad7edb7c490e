"""Any content of the registers, as hypothesis draws it: every field of every kind, odd texts included."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from db.fields import RECORD_TARGETS, Field, Kind
from db.lookup import Directory
from db.periods import Period
from db.registers import REGISTERS, Register
from db.text import clean
from db.values import parse
from tests.returns.offices import CODES, MAY, STREET

ODD = (
    "=1+1",
    "+86",
    "-5",
    "@SUM(A1)",
    "_x0041_",
    'a & b <c> "d"',
    "不适用",
    "1,200",
    "2024.5.7",
    "\U0001f600",
    "（有限）",
    "是",
    "001",
    "\U00020bb7野家（\U0002a6a5）",
    "'带撇号",
    "“引”“号”",
    '第一，"第二"',
    "2024-13-45",
    "TRUE",
    "1e5",
    "#N/A",
    "同上",
    "http://x/?a=1&b=2",
    "\txy",
)
LONGEST = ("长" * 32_767, "行\n" * 1_000 + "末")


def texts(field: Field) -> st.SearchStrategy[str]:
    """Clean, filled texts, as a form leaves them."""
    lines = field.kind is Kind.LONG
    free = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=24)
    with_lines = st.lists(free, min_size=1, max_size=3).map("\n".join) if lines else free
    odd = st.sampled_from((*ODD, *LONGEST) if lines else ODD)
    return (
        st.one_of(odd, with_lines)
        .map(lambda raw: clean(raw, lines=lines).text)
        .filter(lambda value: bool(value) and clean(value, lines=lines).text == value)
    )


def values(field: Field, directory: Directory) -> st.SearchStrategy[Any]:
    """Values of one field, as the database gives them back."""
    kind = field.kind
    if field.editor == "code":
        return st.none()
    if field.editor == "phone":
        return st.sampled_from(("13807910023", "0791-86510023", "400-800-1234"))
    if kind in (Kind.TEXT, Kind.LONG):
        return texts(field)
    if kind is Kind.INTEGER:
        return st.integers(0, 10**9)
    if kind is Kind.NUMBER:
        return st.one_of(
            st.integers(1 - 10**12, 10**12 - 1), st.sampled_from((0, -1, 10**12 - 1, 1 - 10**12))
        ).map(lambda number: Decimal(number).scaleb(-field.places))
    if kind is Kind.DATE:
        return st.dates(date(1900, 1, 1), date(2199, 12, 31))
    if kind is Kind.PERIOD:
        return st.builds(Period.of, st.integers(1990, 2090), st.integers(1, 12)).map(str)
    if kind is Kind.BOOL:
        return st.booleans()
    if kind is Kind.LOG:
        entry = st.fixed_dictionaries({"at": st.dates().map(str), "by": texts(field), "text": texts(field)})
        return st.lists(entry, min_size=1, max_size=3)
    if kind is Kind.FILES:
        entry = st.fixed_dictionaries(
            {"name": texts(field), "sha256": st.just("ab" * 32), "size": st.integers(0, 10**9)}
        )
        return st.lists(entry, min_size=1, max_size=2)
    options = list(field.choices) or [value for value, _ in directory.options(field.source)]
    if not options:
        return st.lists(texts(field), min_size=1, max_size=3, unique=True)
    if kind in (Kind.CHOICES, Kind.REFS, Kind.CHECKLIST):
        return st.lists(st.sampled_from(options), min_size=1, max_size=4, unique=True)
    return st.sampled_from(options)


@st.composite
def rows(draw: st.DrawFn, register: str, directory: Directory, fixed: dict[str, Any]) -> dict[str, Any]:
    """One row: each field filled or not; some figures not applicable, some texts not understood."""
    found: dict[str, Any] = {}
    unread: dict[str, str] = {}
    absent: list[str] = []
    for field in REGISTERS[register].fields:
        if field.name in fixed:
            found[field.name] = fixed[field.name]
            continue
        if field.source in RECORD_TARGETS:
            found[field.name] = None
            continue
        fate = draw(st.integers(0, 9))
        found[field.name] = draw(values(field, directory)) if fate < 7 else None
        if fate == 8 and field.kind in (Kind.NUMBER, Kind.INTEGER) and not field.computed:
            absent.append(field.name)
        if fate == 9 and field.kind in (Kind.NUMBER, Kind.DATE, Kind.CHOICE) and not field.computed:
            raw = draw(st.sampled_from(("约500", "07/05/2024", "很多", "=A1")))
            if not parse(field, raw, directory).ok:
                unread[field.name] = raw
    found["unparsed"], found["not_applicable"] = unread or None, absent or None
    return found


@st.composite
def months(draw: st.DrawFn, directory: Directory) -> dict[str, list[dict[str, Any]]]:
    """A street's month: a few rows in every register, naming the firms of that month."""
    keys = st.uuids(version=4).map(lambda key: UUID(bytes=key.bytes))
    codes = draw(st.permutations(CODES))
    month: dict[str, list[dict[str, Any]]] = {key: [] for key in REGISTERS}
    firms = [draw(keys) for _ in range(draw(st.integers(1, 3)))]
    for place, key in enumerate(firms):
        code = draw(st.sampled_from((codes[place], None)))
        name = f"江西{'甲乙丙丁'[place]}号{draw(st.sampled_from(('网络', '（集团）', '=科技')))}有限公司"
        row = draw(rows("enterprise", directory, {"uscc": code, "name": name}))
        month["enterprise"].append({**row, "id": key})
    numbers = [number for number, _ in directory.options("indicator")]
    for register in list(REGISTERS.values())[1:]:
        for _ in range(draw(st.integers(0, 2 if register.own_sheet else 1))):
            fixed: dict[str, Any] = {register.placed_by: _placed(draw, register)}
            for field in register.fields:
                if field.source in RECORD_TARGETS:
                    known = (
                        firms if field.source == "enterprise" else [row["id"] for row in month[field.source]]
                    )
                    free = [] if field.required and known else [None]
                    fixed[field.name] = draw(st.sampled_from([*free, *known]))
            if register.key == "indicator":
                if not numbers:
                    continue
                number = draw(st.sampled_from(numbers))
                numbers.remove(number)
                fixed |= {"indicator_no": number, "org_code": STREET}
            elif register.key == "issue":
                fixed |= {"status": "办理中", "review_on": None}
            elif register.key == "duty":
                fixed["year"] = MAY[:4]
            elif register.key == "liaison":
                fixed["to_on"] = None
            row = draw(rows(register.key, directory, fixed))
            month[register.key].append({**row, "id": draw(keys)})
    return month


def _placed(draw: st.DrawFn, register: Register) -> Any:
    """A value that places the row in the month."""
    if register.field(register.placed_by).kind is Kind.PERIOD:
        return MAY
    return date(2024, 5, 1) + timedelta(days=draw(st.integers(0, 30)))
