"""The contract of a return's workbook: sheets, columns, hidden columns, manifest. Writer and reader meet only here.

How it looks is in layout.py; what the text of a cell is, in cells.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any

from db.fields import RECORD_TARGETS, Field, Kind, fields_of
from db.models import ReturnFile
from db.registers import REGISTERS, Register
from db.text import fold
from returns.digests import document_digest

FORMAT = "qianqi-return"
FORMAT_VERSION = 2  # what this program writes: 2 brought the registers after 指标
OLDEST_VERSION = 1  # the oldest it still reads

COVER, NOTES, DICTIONARY, MANIFEST = "封面", "校验说明", "字典", "清单"
FIRST = (
    "indicator",
    "visit",
    "issue",
    "cloud",
    "nurture",
    "project",
    "park",
    "duty",
)  # as a month is talked through
ORDER = (*FIRST, *(key for key in REGISTERS if key not in (*FIRST, "enterprise")), "enterprise")
COVERED_BY_1 = ("indicator", "visit", "issue", "cloud", "nurture", "enterprise")

TITLE_ROW, OFFICE_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 4
SIGNATURE = "单位负责人（签字）"  # how the line below a sheet's rows begins

REQUIRED = "*"  # behind the header of a column that must be filled

RETURN, DRAFT, TEMPLATE = "return", "draft", "template"

CELL_LIMIT = 32_767  # what one cell may hold in Excel
_PIECE = 30_000  # of a manifest value that is longer than a cell may be


@dataclass(frozen=True, slots=True)
class Column:
    """One visible column. An enterprise takes two: `part` is “name” or “uscc”; other records show their title (“no”)."""

    field: Field
    header: str
    part: str = ""

    @property
    def key(self) -> str:
        return f"{self.field.name}.{self.part}" if self.part else self.field.name

    @property
    def label(self) -> str:
        return re.sub(r"（[^（）]*）$", "", self.header) if self.field.unit else self.header

    @property
    def title(self) -> str:
        """What stands in the header row."""
        return f"{self.header} {REQUIRED}" if self.field.required and not self.field.computed else self.header

    @property
    def open(self) -> bool:
        """Whether people may type here."""
        return not self.field.computed


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """The sheet of one register: its name, its columns, and the hidden ones to their right."""

    register: Register
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        return self.register.noun

    @property
    def width(self) -> int:
        return len(self.columns)


# Identity lies to the right of what people see, and is sorted and copied along with it.
ID, REV, MARKS, FIRM, VISIT, EXTRA = "记录标识", "记录版次", "单元格校验", "企业标识", "走访标识", "附加内容"
HIDDEN = (ID, REV, MARKS, FIRM, VISIT, EXTRA)

FIRM_NAME, FIRM_CODE, VISIT_NO = "企业名称", "统一社会信用代码", "关联走访编号"


@cache
def sheet_of(key: str) -> SheetPlan:
    """The sheet of a register, derived from its fields."""
    return sheet_for(REGISTERS[key])


def sheet_for(register: Register) -> SheetPlan:
    """The sheet of anything in the shape of a register (a 专项 too)."""
    columns: list[Column] = []
    for each in register.fields:
        if not each.in_sheet:
            continue
        if each.kind is Kind.REF and each.source == "enterprise":
            plain = each.label == REGISTERS["enterprise"].title
            columns.append(Column(each, FIRM_NAME if plain else each.label, "name"))
            columns.append(Column(each, FIRM_CODE if plain else f"{each.label}信用代码", "uscc"))
        elif each.kind is Kind.REF and each.source == "visit":
            columns.append(Column(each, VISIT_NO, "no"))
        elif each.kind is Kind.REF and each.source in RECORD_TARGETS:
            columns.append(Column(each, each.header, "no"))
        else:
            columns.append(Column(each, each.header))
    return SheetPlan(register, tuple(columns))


def plans(filled: Iterable[str] | None = None) -> tuple[SheetPlan, ...]:
    """The sheets in the order of the workbook; with `filled`, without the side lists that have no rows."""
    wanted = None if filled is None else set(filled)
    return tuple(
        sheet_of(key) for key in ORDER if wanted is None or REGISTERS[key].own_sheet or key in wanted
    )


@cache
def links_of(key: str) -> tuple[Field, ...]:
    """The fields of a register that name records of another one, firms aside."""
    if key not in REGISTERS:
        return ()  # a 专项 names firms only
    return tuple(
        each
        for each in REGISTERS[key].fields
        if each.kind is Kind.REF and each.source in RECORD_TARGETS and each.source != "enterprise"
    )


def cover_fields() -> tuple[Field, ...]:
    """The fields of the cover (forms.md, 10)."""
    return fields_of(ReturnFile)


@dataclass(frozen=True, slots=True)
class Header:
    """What the header row of a sheet turned out to be: places counted from 0."""

    row: int
    columns: Mapping[int, Column]
    units: Mapping[int, str]  # a unit in the header that is not the field's own
    hidden: Mapping[str, int]
    unknown: Sequence[str]
    missing: Sequence[str]


def find_header(plan: SheetPlan, rows: Sequence[Sequence[Any]], within: int = 15) -> Header | None:
    """The row that names most columns, among the first rows; None where hardly any is named."""
    names = _names(plan)
    best: Header | None = None
    for index, row in enumerate(rows[:within]):
        columns: dict[int, Column] = {}
        units: dict[int, str] = {}
        hidden: dict[str, int] = {}
        unknown: list[str] = []
        taken: set[str] = set()
        for place, cell in enumerate(row):
            if not isinstance(cell, str) or not cell.strip():
                continue
            bare, unit = _split_header(cell)
            column = names.get(fold(cell).rstrip(REQUIRED)) or names.get(bare)
            if cell.strip() in HIDDEN:
                hidden[cell.strip()] = place
            elif column is None or column.key in taken:
                unknown.append(cell.strip())
            else:
                columns[place] = column
                taken.add(column.key)
                if unit and column.field.unit and unit != fold(column.field.unit):
                    units[place] = unit
        if best is None or len(columns) > len(best.columns):
            missing = [column.header for column in plan.columns if column.key not in taken]
            best = Header(index, columns, units, hidden, unknown, missing)
            if not missing:
                break  # no other row can name more
    return best if best is not None and len(best.columns) >= 2 else None


@cache
def _names_of(key: str) -> dict[str, Column]:
    return _all_names(sheet_of(key))


def _all_names(plan: SheetPlan) -> dict[str, Column]:
    names: dict[str, Column] = {}
    for column in plan.columns:
        for alias in column.field.aliases if not column.part else ():
            names.setdefault(fold(alias), column)
    for column in plan.columns:
        names[fold(column.label)] = column
        names[fold(column.header)] = column
        if not column.part:
            names[fold(column.field.label)] = column
    return names


def _names(plan: SheetPlan) -> dict[str, Column]:
    return _names_of(plan.register.key) if plan.register.key in REGISTERS else _all_names(plan)


def _split_header(cell: str) -> tuple[str, str]:
    """“注册资本（亿元）” is the header 注册资本 in 亿元."""
    text = fold(cell).rstrip("*")
    found = re.fullmatch(r"(.+?)[(（\[【]([^()（）]*)[)）\]】]", text)
    return (found[1], found[2]) if found else (text, "")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """What the manifest says of one register's sheet."""

    register: str
    sheet: str
    rows: int
    digest: str
    columns: tuple[str, ...]  # keys, in the order of the marks


@dataclass(frozen=True, slots=True)
class Place:
    """A unit or park that rows name and the receiver may not know: an office may add its own."""

    code: str
    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the workbook says of itself, on a sheet that is not shown."""

    kind: str  # return, draft or template
    unit: str
    unit_name: str
    region: str  # the district's code
    period: str
    revision: int
    exported_at: str  # ISO, with offset
    region_name: str = ""
    correction_reason: str = ""
    app_version: str = ""
    person: str = ""
    zero_report: bool = False
    practice: bool = False  # practice data never mixes with real data
    version: int = FORMAT_VERSION
    cover: Mapping[str, Any] = field(default_factory=dict)
    check: Mapping[str, int] = field(default_factory=dict)
    sheets: tuple[SheetEntry, ...] = ()
    units: tuple[Place, ...] = ()
    parks: tuple[Place, ...] = ()
    covers: tuple[str, ...] = ()  # the registers it speaks for, whether they have rows or not
    digest: str = ""  # over everything above

    @property
    def whole(self) -> str:
        """The digest that the manifest should carry."""
        left_out = ("digest",) if self.covers else ("digest", "covers")  # version 1 had no `covers`
        return document_digest({name: value for name, value in asdict(self).items() if name not in left_out})

    @property
    def registers(self) -> tuple[str, ...]:
        """The registers it speaks for: what is missing from them is gone."""
        return self.covers or COVERED_BY_1

    def sealed(self) -> Manifest:
        return replace(self, digest=self.whole)

    def entry(self, register: str) -> SheetEntry | None:
        return next((each for each in self.sheets if each.register == register), None)


MANIFEST_TITLE = "格式"
ROW_MARK = "行"


def manifest_rows(manifest: Manifest, digests: Iterable[tuple[str, str, str]]) -> Iterable[list[str]]:
    """The cells of the sheet 清单: key and value, then one line per row (register, record id, row digest)."""
    yield [MANIFEST_TITLE, FORMAT]
    for name, value in asdict(manifest).items():
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        yield [name, *(written[start : start + _PIECE] for start in range(0, len(written), _PIECE))]
    for register, record_id, digest in digests:
        yield [ROW_MARK, register, record_id, digest]


@dataclass(frozen=True, slots=True)
class ManifestSheet:
    """The manifest as read, with the digests of the rows by (register, record id)."""

    manifest: Manifest
    rows: Mapping[tuple[str, str], str]


class NotAReturn(Exception):
    """The sheet 清单 is missing or is not ours; the text says which."""


class OtherVersion(Exception):
    """A format this program does not read; `version` says which."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


def read_manifest(rows: Iterable[Sequence[Any]]) -> ManifestSheet:
    """Read the sheet 清单. NotAReturn or OtherVersion; the digest is not compared here."""
    data: dict[str, Any] = {}
    digests: dict[tuple[str, str], str] = {}
    title = ""
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in row]
        if not cells or not cells[0]:
            continue
        if cells[0] == MANIFEST_TITLE:
            title = cells[1]
        elif cells[0] == ROW_MARK and len(cells) >= 4:
            digests[(cells[1], cells[2])] = cells[3]
        else:
            try:
                data[cells[0]] = json.loads("".join(cells[1:]))
            except ValueError:
                raise NotAReturn(f"清单中的“{cells[0]}”读不出来") from None
    if title != FORMAT:
        raise NotAReturn("清单不是本程序写的")
    version = data.get("version")
    if not isinstance(version, int):
        raise NotAReturn("清单没有版本号")
    if not OLDEST_VERSION <= version <= FORMAT_VERSION:
        raise OtherVersion(version)
    try:
        return ManifestSheet(_manifest(data), digests)
    except (TypeError, KeyError, AttributeError):
        raise NotAReturn("清单内容不完整") from None


def _manifest(data: dict[str, Any]) -> Manifest:
    data["sheets"] = tuple(
        SheetEntry(**{**each, "columns": tuple(each["columns"])}) for each in data["sheets"]
    )
    data["units"] = tuple(Place(**each) for each in data["units"])
    data["parks"] = tuple(Place(**each) for each in data["parks"])
    data["covers"] = tuple(data.get("covers") or ())
    manifest = Manifest(**data)
    texts = (manifest.kind, manifest.unit, manifest.region, manifest.period, manifest.exported_at)
    if not all(isinstance(each, str) and each for each in texts) or not isinstance(manifest.revision, int):
        raise TypeError("manifest")
    if not isinstance(manifest.cover, dict):
        raise TypeError("cover")
    return manifest
