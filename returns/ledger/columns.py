"""Columns of a foreign table to fields, each with a confidence. Where the header lies is find_header.py's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from db.errors import UsageError
from db.fields import Kind
from db.periods import Period
from db.registers import REGISTERS
from db.text import fold
from returns.ledger import content
from returns.ledger.headers import HeaderText
from returns.ledger.pairs import pair_named
from returns.ledger.vocabulary import BARE, COMPANIONS, INCOME, TAX, Target, target_named, words

FUZZY_FROM = 85  # of 100: below this two headers are different words
_MOST_COMPARED, _LONGEST_COMPARED = 200, 40  # columns of a table, letters of a header
# Letters that turn a header into its opposite: no likeness is enough across them.
_DECIDING = frozenset("上本去今前当次不未非无起止始终到开同新减停及和与或兼")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `target` None means not recognised. `confidence` in percent.

    `how`: exact, fuzzy, content (told by what stands in the column), map (a person said so now), remembered (a
    person said so earlier); of columns without a field: second (another column has it), against (the cells are
    no such values), pair (a name and a number together, taken apart: pairs.py).
    """

    index: int
    header: HeaderText
    target: Target | None = None
    confidence: int = 0
    how: str = ""
    asof: Period | None = None  # the month up to which the figures of the column run

    @property
    def letter(self) -> str:
        return letter_of(self.index)

    @property
    def title(self) -> str:
        """The header as a person knows it."""
        return self.header.shown


def letter_of(index: int) -> str:
    """The letters of a column as spreadsheets show them: 0 is A, 26 is AA."""
    number, name = index + 1, ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def map_columns(
    register: str,
    headers: Mapping[int, Sequence[HeaderText]],
    *,
    year: int | None = None,
    mapping: Mapping[str, str | None] | None = None,
    remembered: Mapping[str, str | None] | None = None,
    samples: Mapping[int, Sequence[Any]] | None = None,
    alike: bool = True,
) -> list[Column]:
    """The fields that the headers mean. Each column offers its readings, best first; one field takes one column.

    `year` is the year the sheet is about, for headers like “2023年”. `samples` are cells of each column, as
    evidence. `mapping` is what a person says now, `remembered` (memory.py) what one said of such a header before.
    `alike`: whether likeness counts, which takes its time. UsageError for a `mapping` entry that names no header
    or no field.
    """
    year = _reference_year(headers, year)
    columns = [_best(register, index, readings, year) for index, readings in sorted(headers.items())]
    columns = [
        replace(column, how="pair")
        if column.target is None and pair_named(column.header.shown.rsplit("·", 1)[-1])
        else column
        for column in columns
    ]
    if alike:
        left = [at for at, c in enumerate(columns) if c.target is None and not c.how][:_MOST_COMPARED]
        for at in left:
            columns[at] = _likeliest(register, columns[at], headers[columns[at].index])
    if samples:
        columns = _by_content(register, columns, samples)
    if remembered:
        columns = _by_hand(register, columns, remembered, "remembered")
    if mapping:
        columns = _by_hand(register, columns, mapping, "map")
    return _named_apart(_one_each(columns))


def _reference_year(headers: Mapping[int, Sequence[HeaderText]], year: int | None) -> int | None:
    """The year that the cumulative columns run in; else what the sheet says."""
    running = {
        each.span.year
        for readings in headers.values()
        for each in readings[:1]
        if each.span is not None and each.span.month is not None and each.span.year is not None
    }
    return running.pop() if len(running) == 1 else year


def _best(register: str, index: int, readings: Sequence[HeaderText], year: int | None) -> Column:
    found = [_match(register, index, reading, year) for reading in readings]
    best = max(found, key=lambda column: column.confidence)
    # Known by the first reading, which shows the header whole.
    if best.header is readings[0]:
        return best
    return replace(best, header=replace(best.header, shown=readings[0].shown))


def _match(register: str, index: int, header: HeaderText, year: int | None) -> Column:
    column = Column(index, header)
    if header.span is not None and header.base in (*INCOME, *TAX):
        return _money_of_a_span(register, column, year)
    known = words(register)
    for key, most in ((header.full, 100), (header.base, BARE)):
        if (word := known.get(key)) is not None:
            span = header.span.period if header.span is not None else None
            return replace(
                column, target=word.target, confidence=min(word.confidence, most), how="exact", asof=span
            )
    return column


def _likeliest(register: str, column: Column, readings: Sequence[HeaderText]) -> Column:
    """A column nobody knows by the word that one of its readings is most like, if any is."""
    best = column
    for header in readings:
        if header.span is None and len(header.base) >= 4 and (found := most_alike(register, header.base)):
            target, confidence = found
            if confidence > best.confidence:
                shown = replace(header, shown=readings[0].shown)
                best = Column(column.index, shown, target, confidence, "fuzzy")
    return best


@lru_cache(maxsize=8192)
def most_alike(register: str, base: str) -> tuple[Target, int] | None:
    """The field whose word a header is most like, with the confidence; None where nothing is like it."""
    if len(base) > _LONGEST_COMPARED:
        return None
    from rapidfuzz import fuzz, process

    known = words(register)
    for key, likeness, _ in process.extract(
        base, _spelt(register), scorer=fuzz.ratio, score_cutoff=FUZZY_FROM, limit=3
    ):
        different = Counter(base)
        different.subtract(key)
        if not any(count and letter in _DECIDING for letter, count in different.items()):
            return known[key].target, int(likeness * BARE / 100)
    return None


@cache
def _spelt(register: str) -> tuple[str, ...]:
    return tuple(words(register))


def _money_of_a_span(register: str, column: Column, year: int | None) -> Column:
    """“2023年” and “2024年1-5月” under 营业收入: last year's, and this year's so far with its month."""
    span, base = column.header.span, column.header.base
    assert span is not None
    riders = (register, *COMPANIONS.get(register, ()))

    def place(name: str) -> Target | None:
        return next(
            (Target(each, name) for each in riders if name in {f.name for f in REGISTERS[each].fields}), None
        )

    target: Target | None = None
    asof: Period | None = None
    if span.month is not None:
        asof = replace(span, year=span.year or year).period
        target = place("revenue_ytd") if base in INCOME and asof is not None else None
    elif year is not None and span.year == year - 1:
        target = place("revenue_ly" if base in INCOME else "tax_ly")
    return replace(
        column, target=target, confidence=BARE if target else 0, how="exact" if target else "", asof=asof
    )


def _named_apart(columns: list[Column]) -> list[Column]:
    """Columns of one name are told apart by their letters: what stands in them is kept by name."""
    times = Counter(column.header.shown for column in columns)
    first: set[str] = set()
    result = []
    for column in columns:
        shown = column.header.shown
        if times[shown] > 1 and shown in first:
            column = replace(column, header=replace(column.header, shown=f"{shown}（{column.letter}列）"))
        first.add(shown)
        result.append(column)
    return result


def _by_content(register: str, columns: list[Column], samples: Mapping[int, Sequence[Any]]) -> list[Column]:
    """The columns with the evidence of their cells: what cannot be under a header is not taken from it, and codes,
    firms and phone numbers under a header nobody knows are known by themselves, less surely."""
    kinds = {
        column.index: content.kind_of(samples.get(column.index, ())) if at < _MOST_COMPARED else ""
        for at, column in enumerate(columns)
    }
    result = [
        replace(column, target=None, confidence=0, how="against")
        if column.target is not None
        and column.target.register
        and kinds[column.index] in _never_in(column.target)
        else column
        for column in columns
    ]
    rides = (register, *COMPANIONS.get(register, ()))
    for kind, (owner, name, confidence) in content.MEANS.items():
        target = Target(owner, name)
        alike = [
            at for at, column in enumerate(result) if column.target is None and kinds[column.index] == kind
        ]
        # Where two such columns are unknown, nobody can tell which is meant.
        if owner in rides and len(alike) == 1 and all(column.target != target for column in result):
            at = alike[0]
            result[at] = replace(result[at], target=target, confidence=confidence, how="content")
    return result


def _never_in(target: Target) -> frozenset[str]:
    """The kinds of content that no column of this field has."""
    if (found := content.NOT_FOR.get((target.register, target.field))) is not None:
        return found
    kind = target.declared.kind
    if kind in (Kind.DATE, Kind.PERIOD):
        return content.DAYS_NOT_FOR
    return content.NUMBERS_NOT_FOR if kind in (Kind.NUMBER, Kind.INTEGER) else frozenset()


def _letter(column: Column) -> str:
    return column.letter


def _lowest(column: Column) -> str:
    return column.header.shown.split("·")[-1]


def _whole(column: Column) -> str:
    return column.header.shown


def places(columns: Sequence[Column]) -> dict[str, int]:
    """The folded names by which a person may call the columns (letter, lowest header, whole header) → place in `columns`."""
    by_name: dict[str, int] = {}
    for name_of in (_letter, _lowest, _whole):
        for place, column in reversed(list(enumerate(columns))):
            by_name[fold(name_of(column))] = place
    return by_name


def _by_hand(
    register: str, columns: list[Column], mapping: Mapping[str, str | None], how: str
) -> list[Column]:
    """The columns with what a person said about them; it goes before anything worked out."""
    by_name = places(columns)
    result = list(columns)
    for header, field in mapping.items():
        at = by_name.get(fold(header))
        if at is None:
            raise UsageError(
                f"表头里没有“{header}”这一列。", "请按表头原文写列名，也可写列号，如 C。", "unknown_header"
            )
        target = None
        if field:
            target = target_named(register, field)
            if target is None:
                names = "、".join(f.name for f in REGISTERS[register].fields if not f.computed)
                raise UsageError(
                    f"“{field}”不是{REGISTERS[register].title}的字段。",
                    f"可用的字段：{names}。",
                    "unknown_field",
                )
        result[at] = replace(columns[at], target=target, confidence=100, how=how)
        for other, column in enumerate(result):
            if other != at and target is not None and column.target == target and column.how != how:
                result[other] = replace(column, target=None, confidence=0, how="")
    return result


def _one_each(columns: list[Column]) -> list[Column]:
    """Where two columns claim one field, the surer one has it, then the one further left."""
    taken: dict[Target, Column] = {}
    for column in columns:
        if column.target is None or not column.target.register:
            continue
        holder = taken.get(column.target)
        if holder is None or column.confidence > holder.confidence:
            taken[column.target] = column
    return [
        column
        if column.target is None or not column.target.register or taken[column.target] is column
        else replace(column, target=None, how="second")
        for column in columns
    ]


def is_money(column: Column) -> bool:
    return (
        column.target is not None
        and bool(column.target.register)
        and column.target.declared.unit.endswith("元")
    )


def column_of(columns: Iterable[Column], register: str, name: str) -> Column | None:
    """The column that a field is read from."""
    wanted = (register, name)
    for column in columns:
        if column.target is not None and (column.target.register, column.target.field) == wanted:
            return column
    return None
