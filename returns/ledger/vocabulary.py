"""Which words in a header mean which field: labels and aliases of the register and of those that ride along."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from db.fields import Field
from db.registers import REGISTERS
from returns.ledger.headers import take_apart
from returns.ledger.synonyms import SYNONYMS

# A street's visit ledger also tells of the firm and of its problems; a list of customers also of the firm.
COMPANIONS: dict[str, tuple[str, ...]] = {
    "visit": ("enterprise", "issue"),
    "issue": ("enterprise",),
    "cloud": ("enterprise",),
    "nurture": ("enterprise",),
    "liaison": ("enterprise",),
    "firm_plan": ("enterprise",),
    "product": ("enterprise",),
}
# What a riding register never takes from a ledger: its 备注, 来源 and 状态 are those of the row, not of the firm.
_NOT_ALONG = {
    "enterprise": {"remark", "source", "status", "status_on", "status_reason", "specialty", "in_stock_ym"},
    "issue": {"source", "registered_on"},
}
# Columns that are understood and of no interest.
_NUMBERING = ("序号", "编号", "序", "序列", "no", "no.", "№", "行号", "行次", "id", "项次")

# Headers that tell of income; which year it is follows from the span that the header names.
INCOME = ("营业收入", "营收", "收入", "主营业务收入", "营业总收入", "累计营业收入", "累计营收")
TAX = ("税收", "纳税额", "纳税", "税收总额")

# Confidence in percent: the label itself, an alias, a word of other people's tables, any of them without its brackets.
LABEL, ALIAS, SYNONYM, BARE = 100, 95, 92, 90


@dataclass(frozen=True, slots=True)
class Target:
    """A field of a register; register "" is a column that is understood and not kept."""

    register: str
    field: str

    @property
    def declared(self) -> Field:
        return REGISTERS[self.register].field(self.field)


NUMBERING = Target("", "")


@dataclass(frozen=True, slots=True)
class Word:
    target: Target
    confidence: int


@cache
def words(register: str) -> dict[str, Word]:
    """Header texts (folded, without unit) with the field each means. The register itself goes before its riders."""
    found: dict[str, Word] = {key: Word(NUMBERING, LABEL) for key in _NUMBERING}
    along = (register, *COMPANIONS.get(register, ()))
    takes = {each: [f for f in REGISTERS[each].fields if _taken(register, each, f)] for each in along}
    spellings: list[tuple[str, str, Field, int]] = []
    for each in along:
        spellings += [(field.label, each, field, LABEL) for field in takes[each]]
        spellings += [(alias, each, field, ALIAS) for field in takes[each] for alias in field.aliases]
    for each in along:
        more = SYNONYMS.get(each, {})
        spellings += [
            (word, each, field, SYNONYM) for field in takes[each] for word in more.get(field.name, ())
        ]
    for spelling, each, field, confidence in spellings:
        parts = take_apart(spelling)
        target = Target(each, field.name)
        found.setdefault(parts.full, Word(target, confidence))
        found.setdefault(parts.base, Word(target, min(confidence, BARE)))
    found.pop("", None)
    return found


def _taken(register: str, each: str, field: Field) -> bool:
    if field.computed or field.source == "visit" or (field.source == "enterprise" and field.required):
        return False  # a firm is found by its name and code, not by a key
    return each == register or field.name not in _NOT_ALONG.get(each, set())


def target_named(register: str, text: str) -> Target | None:
    """The field that a --map entry names: “visit_date”, “走访日期”, “issue.org_code”, “企业.联系人”."""
    head, dot, tail = text.partition(".")
    if dot:
        for each in (register, *COMPANIONS.get(register, ())):
            if head in (each, REGISTERS[each].title, REGISTERS[each].noun):
                return _by_name(each, tail)
        return None
    for each in (register, *COMPANIONS.get(register, ())):
        if (found := _by_name(each, text)) is not None:
            return found
    return None


def _by_name(register: str, text: str) -> Target | None:
    for field in REGISTERS[register].fields:
        if (
            text in (field.name, field.label)
            and not field.computed
            and (field.source not in ("enterprise", "visit") or not field.required)
        ):
            return Target(register, field.name)
    return None
