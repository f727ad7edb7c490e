"""What a 专项 is: title, month, columns. A column becomes a `Field`, so values are parsed and shown as everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from db.errors import Refused
from db.fields import NOTE_LIMIT, Field, Kind
from db.models import SpecialRow, SpecialTable
from db.periods import Period
from db.plan_file import digest_of
from db.registers import REGISTERS, Register
from db.text import clean, fold

PREFIX = "special:"  # before the key, where a register is named
FIRM = "enterprise_id"  # the key of the column that names a firm
KINDS: Mapping[str, str] = {
    "text": "文字", "number": "数字", "date": "日期", "choice": "选项", "yes_no": "是否", "firm": "企业",
}  # fmt: skip
_FIELD_KINDS = {
    "text": Kind.TEXT, "number": Kind.NUMBER, "date": Kind.DATE, "choice": Kind.CHOICE, "yes_no": Kind.BOOL,
    "firm": Kind.REF,
}  # fmt: skip
MOST_COLUMNS, TITLE_LIMIT, LABEL_LIMIT = 40, 25, 30
PLACES = 4
DRAFT, OPEN, CLOSED = "draft", "open", "closed"
_TAKEN = ("封面", "校验说明", "字典", "清单", "说明", "计划与指标", "机构", "日历", "企业名录", "样式")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class ColumnDef:
    """One column. `kind` is one of KINDS; a firm takes two columns of a sheet (name and credit code)."""

    key: str
    label: str
    kind: str = "text"
    unit: str = ""
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()

    @property
    def field(self) -> Field:
        """The field that this column is."""
        return Field(
            self.label, _FIELD_KINDS[self.kind], self.help or f"按“{self.label}”的要求填写。", name=self.key,
            required=self.required, unit=self.unit if self.kind == "number" else "",
            choices=self.choices if self.kind == "choice" else (), source="enterprise" if self.kind == "firm" else "",
            limit=NOTE_LIMIT if self.kind == "text" else None, places=PLACES if self.kind == "number" else 0,
            negative=self.kind == "number",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Definition:
    """A 专项 as data. `recipients` are unit codes, empty for whoever reports."""

    key: str
    title: str
    period: str
    columns: tuple[ColumnDef, ...]
    due_on: date | None = None
    note: str = ""
    optional: bool = False
    recipients: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The key under which registers are named."""
        return PREFIX + self.key

    @property
    def register(self) -> SpecialRegister:
        return register_of(self)

    def asks(self, unit: str) -> bool:
        """Whether a unit is to fill it in."""
        return not self.recipients or unit in self.recipients

    def as_json(self) -> dict[str, Any]:
        """What travels and what the digest is taken of."""
        data = asdict(self)
        data["columns"] = [{**asdict(each), "choices": list(each.choices)} for each in self.columns]
        data["due_on"] = self.due_on.isoformat() if self.due_on else None
        data["recipients"] = list(self.recipients)
        return data

    @property
    def digest(self) -> str:
        return digest_of(self.as_json())[:32]


@dataclass(frozen=True, slots=True)
class SpecialRegister(Register):
    """A 专项 in the shape of a register, for whatever reads only its key, its noun and its fields."""

    own: tuple[Field, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.own

    def field(self, name: str) -> Field:
        return next(each for each in self.own if each.name == name)

    @property
    def of_firm(self) -> bool:
        return self.has_enterprise and self.field(FIRM).required

    @property
    def has_enterprise(self) -> bool:
        return any(each.name == FIRM for each in self.own)


@cache
def register_of(definition: Definition) -> SpecialRegister:
    """The register that a definition is."""
    fields = tuple(replace(each.field, order=place) for place, each in enumerate(definition.columns))
    return SpecialRegister(
        definition.name, definition.title, definition.title, SpecialRow, "month", "", (), "专项", fields[0].name,
        own=fields,
    )  # fmt: skip


def of_json(data: Mapping[str, Any]) -> Definition:
    """The definition that `as_json` wrote, checked. Refused (“bad_definition”) where it does not hang together."""
    try:
        columns = tuple(
            ColumnDef(**{**each, "choices": tuple(each.get("choices") or ())}) for each in data["columns"]
        )
        made = Definition(
            str(data["key"]), str(data["title"]), str(Period(str(data["period"]))), columns,
            date.fromisoformat(data["due_on"]) if data.get("due_on") else None, str(data.get("note") or ""),
            bool(data.get("optional")), tuple(data.get("recipients") or ()),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused("专项表的定义读不出来。", "请让下发单位重新下发。", "bad_definition") from error
    return check(made)


def of_table(table: SpecialTable) -> Definition:
    """The definition of a stored table."""
    return of_row({column.key: getattr(table, column.key) for column in SpecialTable.__mapper__.columns})


def of_row(row: Mapping[str, Any]) -> Definition:
    """The definition of a table's row, by column name."""
    columns = (ColumnDef(**{**each, "choices": tuple(each.get("choices") or ())}) for each in row["columns"])
    return Definition(
        row["key"], row["title"], row["period"], tuple(columns), row["due_on"], row["note"] or "", row["optional"],
        tuple(row["recipients"] or ()),
    )  # fmt: skip


def check(definition: Definition) -> Definition:
    """The same definition. Refused (“bad_definition”) says what is wrong with it."""
    wrong = _wrong(definition)
    if wrong:
        raise Refused(wrong[0], wrong[1], "bad_definition")
    return definition


def _wrong(definition: Definition) -> tuple[str, str] | None:
    title, columns = definition.title.strip(), definition.columns
    if not title:
        return "专项表没有名称。", "请写明名称，如“算力需求摸底”。"
    if len(title) > TITLE_LIMIT or _FORBIDDEN.search(title):
        return f"名称“{title}”不能用作工作表名。", f"最多 {TITLE_LIMIT} 个字，不含 [ ] : * ? / \\ 和单引号。"
    if title in _TAKEN or any(title in (each.title, each.noun) for each in REGISTERS.values()):
        return f"“{title}”已经是一张表的名称。", "请换一个名称。"
    if not columns:
        return "专项表没有任何栏目。", "请至少加一栏。"
    if len(columns) > MOST_COLUMNS:
        return f"栏目太多（{len(columns)} 栏）。", f"一张专项表最多 {MOST_COLUMNS} 栏。"
    if sum(each.kind == "firm" for each in columns) > 1:
        return "一张专项表只能有一栏“企业”。", "其余企业请用文字栏填写名称。"
    seen: set[str] = set()
    for each in columns:
        if not each.label.strip() or len(each.label) > LABEL_LIMIT:
            return f"有一栏的名称是空的，或超过 {LABEL_LIMIT} 个字。", "请写明每一栏的名称。"
        if fold(each.label) in seen:
            return f"有两栏都叫“{each.label}”。", "请改其中一栏的名称。"
        seen.add(fold(each.label))
        if each.kind not in KINDS:
            return f"“{each.label}”的类型“{each.kind}”不认识。", f"类型有{'、'.join(KINDS.values())}。"
        if (each.kind == "firm") != (each.key == FIRM) or not each.key:
            return f"“{each.label}”的编号不对。", "请重新添加这一栏。"
        if each.kind == "choice" and len(each.choices) < 2:
            return f"“{each.label}”是选项，却没有写出选项。", "请至少写两个选项，用顿号隔开。"
    if len({each.key for each in columns}) < len(columns):
        return "两栏有相同的编号。", "请重新添加其中一栏。"
    return None


def number_columns(columns: Iterable[ColumnDef]) -> tuple[ColumnDef, ...]:
    """The columns with keys: those that have one keep it, a firm's is always the same."""
    given = list(columns)
    used = {each.key for each in given}
    made: list[ColumnDef] = []
    serial = 0
    for each in given:
        key = FIRM if each.kind == "firm" else "" if each.key == FIRM else each.key
        while not key:
            serial += 1
            key = f"c{serial}" if f"c{serial}" not in used else ""
        used.add(key)
        made.append(replace(each, key=key, label=clean(each.label).text))
    return tuple(made)


_GUESSES = (
    ("firm", ("企业名称", "企业", "单位名称", "公司名称")),
    ("date", ("日期", "时间")),
    ("yes_no", ("是否",)),
    ("number", ("万元", "亿元", "金额", "数量", "人数", "家数", "个数", "台数", "面积", "投资额", "（元）")),
)
_UNIT = re.compile(r"^(.+?)[（(]([^（）()]{1,8})[）)]$")
_CODES = ("统一社会信用代码", "信用代码")


def columns_of_headers(headers: Sequence[str]) -> tuple[ColumnDef, ...]:
    """Columns for the headers of somebody's sheet: “投资额（万元）*” is a number in 万元 that must be filled."""
    found: list[ColumnDef] = []
    for raw in headers:
        text = clean(raw).text
        required = text.endswith(("*", "＊"))
        text = text.rstrip("*＊ ")
        if not text or fold(text) in ("序号", "编号") or text in _CODES:
            continue  # a firm brings its code along
        kind = next((kind for kind, words in _GUESSES if any(word in text for word in words)), "text")
        if kind == "firm" and (text not in _GUESSES[0][1] or any(each.kind == "firm" for each in found)):
            kind = "text"
        unit = _UNIT.match(text)
        label, word = (unit[1], unit[2]) if unit and kind in ("number", "text") else (text, "")
        kind = (
            "number"
            if word in ("万元", "亿元", "元", "家", "个", "人", "台", "套", "平方米", "%", "％")
            else kind
        )
        if not any(fold(each.label) == fold(label) for each in found):
            found.append(ColumnDef("", label, kind, word if kind == "number" else "", required))
    return number_columns(found)
