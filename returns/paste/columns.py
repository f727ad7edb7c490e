"""The columns of a pasted block to fields: by the header line, by what a person chose before, or by what the cells hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from db.codes import is_uscc, normalise_uscc
from db.fields import Field, Kind
from db.periods import Period
from db.registers import REGISTERS
from db.text import fold, parse_bool, parse_date, parse_decimal, parse_period
from db.values import Lookup, match_choice
from returns.files import MemoryBook, Sheet
from returns.ledger import context as surroundings
from returns.ledger import find_header
from returns.ledger.columns import Column as Mapped
from returns.ledger.columns import map_columns
from returns.ledger.fillers import is_filler, line_of
from returns.ledger.headers import take_apart
from returns.ledger.vocabulary import Target, words
from returns.paste.block import Cells

FIRM, FIRM_CODE = "enterprise_id", "enterprise_id.code"
CODE_LABEL = "企业信用代码"
# The problem that a visit brought up stands in the same row, and becomes a record of its own.
BESIDE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "visit": (
        "issue",
        ("category", "description", "urgency", "level", "org_code", "owner", "owner_phone", "due_date"),
    )
}
NUMBERING = "#"  # a column of running numbers: understood and of no interest
LOOK_AT, MOST_LEVELS, SAMPLE = 6, 2, 40
_ENOUGH = 0.8  # of the filled cells of a column must be understood for a guess
_FIRM_NAME = re.compile(
    r".{2,}(?:公司|厂|店|中心|合作社|事务所|商行|经营部|学校|医院|酒店|社)(?:[（(].*[）)])?"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a column may go: a field people enter, or the firm's credit code. `key` is the field's name."""

    key: str
    label: str
    field: Field

    @property
    def header(self) -> str:
        return f"{self.label}（{self.field.unit}）" if self.field.unit else self.label


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the grid. `slot` "" is not taken in; `header` is how the block called it, "" without a header.

    `unit` is the unit its header states; `asof` the month up to which its figures run; `sure` whether it was
    worked out from words rather than guessed from cells.
    """

    slot: str
    header: str = ""
    unit: str = ""
    asof: Period | None = None
    sure: bool = True


@dataclass(slots=True)
class Block:
    """A block as it lies in the grid. `money` is the unit that a line above the table states for all amounts."""

    register: str
    columns: list[Column]
    rows: Cells
    header: bool = False
    money: str = ""
    period: Period | None = None
    left_out: list[str] = field(default_factory=list)  # lines that are no rows: titles, totals, signatures


@cache
def slots(register: str) -> tuple[Slot, ...]:
    """The fields a register's grid can take, in the order of its form; attachments cannot be pasted."""
    found: list[Slot] = []
    for each in REGISTERS[register].fields:
        if each.computed or each.kind is Kind.FILES:
            continue
        found.append(Slot(each.name, each.label, each))
        if each.name == FIRM:
            code = REGISTERS["enterprise"].field("uscc")
            found.append(Slot(FIRM_CODE, CODE_LABEL, replace(code, label=CODE_LABEL, required=False)))
    beside, names = BESIDE.get(register, ("", ()))
    for name in names:
        field = REGISTERS[beside].field(name)
        found.append(Slot(f"{beside}.{name}", field.label, replace(field, required=False)))
    return tuple(found)


@cache
def slot_map(register: str) -> Mapping[str, Slot]:
    return {slot.key: slot for slot in slots(register)}


def empty_block(register: str, rows: int = 1) -> Block:
    """A grid to type into: every field once; the credit code and columns that only others fill are left to be chosen."""
    columns = [Column(slot.key, "") for slot in slots(register) if slot.key != FIRM_CODE]
    return Block(register, columns, [[""] * len(columns) for _ in range(rows)])


def lay_out(
    register: str,
    cells: Cells,
    lookup: Lookup,
    remembered: Mapping[str, str] | None = None,
    order: Sequence[str] = (),
) -> Block:
    """Find the header line, if there is one, and say for each column where it goes.

    `remembered` {header as folded by `header_key`: slot, "" for none} goes before what is worked out. Without a
    header line `order` (the slots of the last such block) is taken if it has as many columns; else the cells
    decide, as far as they can.
    """
    lines = [[cell if cell.strip() else None for cell in row] for row in cells]
    sheet = MemoryBook("", {"": lines}).sheets[0]
    found = _header(register, sheet)
    if found is None:
        return _without_header(register, cells, lookup, order)
    first, last = found
    titles = {_filled(row) for row in cells[first : last + 1]}
    kept: Cells = []
    left_out = [line_of(row) for row in sheet.head[:first]]
    for row in cells[last + 1 :]:
        filled = _filled(row)
        if not filled or filled in titles:
            continue
        if is_filler(filled[:3]):  # its first words tell
            left_out.append(line_of(row))
        else:
            kept.append(row)
    context = surroundings.read(sheet.head[:first], (), "", "", lookup)
    mapped = map_columns(register, find_header.readings(sheet, first, last), year=context.year)
    by_index = {each.index: each for each in mapped}
    width = max(map(len, cells))
    columns = [_column(register, by_index.get(index), remembered or {}) for index in range(width)]
    columns = _once(_with_own(register, columns))
    block = Block(
        register, columns, kept, True, context.money, context.period, [each for each in left_out if each]
    )
    return _trimmed(block)


def _filled(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell for cell in row if cell and not cell.isspace())


def header_key(header: str) -> str:
    """What a header is remembered by: its words, blanks and width aside."""
    return fold(header).upper()


# ---------------------------------------------------------------- with a header


def _header(register: str, sheet: Sheet) -> tuple[int, int] | None:
    """First and last row of the header: the one that names most fields; None where no line names two."""
    best: tuple[int, int, int] | None = None
    for first in range(min(LOOK_AT, len(sheet.head))):
        for levels in range(1, MOST_LEVELS + 1):
            last = first + levels - 1
            if last >= len(sheet.head) or _is_data(sheet.head[last]):
                break
            score = _score(register, sheet, first, last)
            if score > 0 and (best is None or score > best[0]):
                best = (score, first, last)
    return None if best is None else best[1:]


def _score(register: str, sheet: Sheet, first: int, last: int) -> int:
    columns = map_columns(register, find_header.readings(sheet, first, last))
    columns = [each for each in columns if each.header.full]
    known = [each for each in columns if each.target is not None or _own_word(register, each) is not None]
    if len(known) < min(2, len(columns)) or 2 * len(known) < len(columns):
        return 0
    # A title over the header brings nothing in; a second line of a header must.
    return sum(max(each.confidence, 60) for each in known) - 30 * (last - first) - len(columns)


def _is_data(row: Sequence[object]) -> bool:
    """A line with a day or a figure in it is no header (a year aside)."""
    for cell in row:
        text = str(cell or "").strip()
        if not text or re.fullmatch(r"20\d\d年?", text):
            continue
        if re.fullmatch(r"[\d,.]+%?", fold(text)) or (
            text[0].isdigit() and parse_date(text).value is not None
        ):
            return True
    return False


def _column(register: str, mapped: Mapped | None, remembered: Mapping[str, str]) -> Column:
    if mapped is None:
        return Column("")
    shown, unit = mapped.header.shown, mapped.header.unit
    chosen = remembered.get(header_key(shown))
    known = slot_map(register)
    if chosen is not None and (chosen == "" or chosen in known):
        return Column(chosen, shown, unit, mapped.asof)
    slot = _slot_of(register, mapped.target)
    return Column(slot, shown, unit, mapped.asof, mapped.how != "fuzzy")


def _slot_of(register: str, target: Target | None) -> str:
    if target is None:
        return ""
    if not target.register:
        return NUMBERING
    if target.register == register:
        return target.field if target.field in slot_map(register) else ""
    if f"{target.register}.{target.field}" in slot_map(register):
        return f"{target.register}.{target.field}"
    if target.register == "enterprise" and FIRM in slot_map(register):
        return {"name": FIRM, "uscc": FIRM_CODE}.get(target.field, "")
    return ""


def _own_word(register: str, mapped: Mapped) -> str | None:
    return _own_words(register).get(mapped.header.full) or _own_words(register).get(mapped.header.base)


@cache
def _own_words(register: str) -> Mapping[str, str]:
    """Headers that name a firm or a visit: the ledger reader looks for these in its own way, or not at all."""
    known = slot_map(register)
    found: dict[str, str] = {}
    if FIRM in known:
        for key, word in words("enterprise").items():
            if word.target.register and word.target.field in ("name", "uscc"):
                found[key] = {"name": FIRM, "uscc": FIRM_CODE}[word.target.field]
        found[CODE_LABEL] = FIRM_CODE
    for key, slot in known.items():
        if slot.field.source in ("enterprise", "visit"):
            found |= {take_apart(each).full: key for each in (slot.field.label, *slot.field.aliases)}
    return found


def _with_own(register: str, columns: list[Column]) -> list[Column]:
    taken = {column.slot for column in columns}
    result = list(columns)
    for place, column in enumerate(result):
        parts = take_apart(column.header)
        slot = _own_words(register).get(parts.full) or _own_words(register).get(parts.base)
        if column.slot == "" and column.header and slot and slot not in taken:
            result[place] = replace(column, slot=slot)
            taken.add(slot)
    return result


def _once(columns: list[Column]) -> list[Column]:
    """A field is taken from one column: the first that is sure of it."""
    holders: dict[str, int] = {}
    for place, column in enumerate(columns):
        if column.slot in ("", NUMBERING):
            continue
        held = holders.get(column.slot)
        if held is None or (column.sure and not columns[held].sure):
            holders[column.slot] = place
    return [
        column
        if column.slot in ("", NUMBERING) or holders[column.slot] == place
        else replace(column, slot="")
        for place, column in enumerate(columns)
    ]


def _trimmed(block: Block) -> Block:
    """Without running numbers, and without columns that have neither header nor cells."""
    keep = [
        place
        for place, column in enumerate(block.columns)
        if column.slot != NUMBERING and (column.header or any(row[place].strip() for row in block.rows))
    ]
    block.columns = [block.columns[place] for place in keep]
    block.rows = [[row[place] for place in keep] for row in block.rows]
    return block


# ---------------------------------------------------------------- without one


def _without_header(register: str, cells: Cells, lookup: Lookup, order: Sequence[str]) -> Block:
    rows = [row for row in cells if any(cell.strip() for cell in row)]
    width = max(map(len, rows), default=0)
    if len(order) == width and all(each == "" or each in slot_map(register) for each in order):
        return Block(register, [Column(each, "") for each in order], rows)
    free = [slot for slot in slots(register) if "." not in slot.key or slot.key == FIRM_CODE]
    columns: list[Column] = []
    for place in range(width):
        sample = [row[place].strip() for row in rows if row[place].strip()][:SAMPLE]
        slot = _guess(sample, free, lookup) if sample else None
        if slot is not None:
            free.remove(slot)
        columns.append(Column(slot.key if slot else "", "", sure=False))
    return Block(register, columns, rows)


def _guess(sample: Sequence[str], free: Sequence[Slot], lookup: Lookup) -> Slot | None:
    """The field whose values these plainly are; None where that is not plain."""
    for slot in free:
        known = _recognises(slot, lookup)
        if known is not None and sum(map(known, sample)) >= _ENOUGH * len(sample):
            return slot
    if sum(map(len, sample)) >= 12 * len(sample):
        return next((slot for slot in free if slot.field.kind is Kind.LONG), None)
    return None


def _recognises(slot: Slot, lookup: Lookup) -> Callable[[str], bool] | None:
    """A test for one cell; None for a field whose cells look like any other's."""
    each = slot.field
    if slot.key == FIRM or (slot.key == "name" and each.label == "企业名称"):
        return lambda text: _FIRM_NAME.fullmatch(text) is not None
    if each.editor == "code":
        return lambda text: is_uscc(normalise_uscc(text))
    if each.kind is Kind.DATE:
        return lambda text: parse_decimal(text).value is None and parse_date(text).value is not None
    if each.kind is Kind.PERIOD:
        return lambda text: parse_decimal(text).value is None and parse_period(text).value is not None
    if each.kind is Kind.CHOICE and each.choices:
        plain = replace(each, value_aliases=None)  # 是 and √ mean something in too many fields
        return lambda text: match_choice(plain, text) is not None
    if each.kind is Kind.REF and each.source in ("unit", "street", "park", "action", "programme"):
        return lambda text: lookup.find(each.source, text) is not None
    if each.kind is Kind.BOOL:
        return lambda text: parse_bool(text).value is not None
    return None


def remember(columns: Iterable[Column]) -> dict[str, str]:
    """What a person's choices teach: {header: slot} of the columns that have a header."""
    return {header_key(column.header): column.slot for column in columns if column.header}
