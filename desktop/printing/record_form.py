"""A record of any register as a form on paper, blank or filled; everything follows from the declared fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from db.fields import Field, Kind
from db.registers import REGISTERS
from desktop.printing.blocks import Block, Cell, Document, Grid, Line, Signatures, Title
from desktop.printing.office import Office, blank, filled, is_wide

LABEL, VALUE = 2.62, 6.08
WIDTHS = (LABEL, VALUE, LABEL, VALUE)
_ROOM = 4  # lines left for a long text that is written by hand
TITLES = {"visit": "企业走访记录表"}
SIGNED = {"visit": ("走访人签字：", "企业代表签字（盖章）：", "日期：")}
# What is told of the firm at the head of a form about it.
_FIRM = ("uscc", "street_code", "contact", "phone")


def record_form(
    register: str, record: Mapping[str, Any] | None, office: Office, firm: Mapping[str, Any] | None = None
) -> Document:
    """The form of one register: `record` filled in, or (None) empty boxes and room to write.

    `firm`: its card, for registers about a firm; a blank form may be for a known firm.
    """
    known = REGISTERS[register]
    title = TITLES.get(register, f"{known.noun}登记表")
    number = _number(register, record)
    rows: list[Sequence[Cell]] = []
    for heading, fields in _sections(register, record):
        if heading:
            rows.append([_part(heading)])
        place = next((n for n, field in enumerate(fields, 1) if field.name == "enterprise_id"), 0)
        for part in (fields[:place], fields[place:]):
            rows += _rows(part, lambda field: _text(field, record, office, firm), blank_form=record is None)
            if part and part[-1].name == "enterprise_id":
                rows += _firm_rows(firm, office)
    blocks: list[Block] = [
        Title(office.title(title)),
        Line(f"填报单位：{_unit(record, office)}", "", f"编号：{number}" if number or record is None else ""),
        Grid(WIDTHS, rows),
        Signatures(SIGNED.get(register, ("填报人签字：", "审核人签字：", "日期："))),
    ]
    name = (
        title
        if record is None
        else f"{title}_{firm['name'] if firm and firm.get('name') else ''}{_day(register, record)}"
    )
    return Document(title, blocks, name=name, number=number, foot=office.foot, printed=office.printed)


def pairs(fields: Iterable[Field], text: Callable[[Field], str]) -> list[Sequence[Cell]]:
    """Fields two to a row, wide ones across: label and value each."""
    return _rows(fields, text, blank_form=False)


def _sections(register: str, record: Mapping[str, Any] | None) -> list[tuple[str, list[Field]]]:
    """The fields that are asked for, by the heading of their part."""
    found: list[tuple[str, list[Field]]] = []
    for field in REGISTERS[register].fields:
        if field.group or not found:
            found.append((field.group, []))
        # Photos are no matter of a pen.
        asked = field.kind is not Kind.FILES if record is None else _is_asked(field, record)
        if not field.computed and asked:
            found[-1][1].append(field)
    return [(heading, fields) for heading, fields in found if fields]


def _is_asked(field: Field, record: Mapping[str, Any]) -> bool:
    if field.required_when is None or field.is_required(record):
        return True
    return record.get(field.name) not in (None, "", []) or field.name in (record.get("unparsed") or {})


def _text(
    field: Field, record: Mapping[str, Any] | None, office: Office, firm: Mapping[str, Any] | None
) -> str:
    if field.name == "enterprise_id" and firm is not None:
        return str(firm.get("name") or "")
    return blank(field, office.lookup) if record is None else filled(field, record, office.lookup)


def _rows(fields: Iterable[Field], text: Callable[[Field], str], *, blank_form: bool) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    waiting: list[Cell] = []
    for field in fields:
        shown = text(field)
        room = _ROOM if blank_form and field.kind in (Kind.LONG, Kind.LOG) else 1
        if is_wide(field, shown):
            rows += _last(waiting)
            waiting = []
            rows.append([_label(field), Cell(shown, span=3, room=room)])
        else:
            waiting += [_label(field), Cell(shown, room=room)]
            if len(waiting) == 4:
                rows.append(waiting)
                waiting = []
    return [*rows, *_last(waiting)]


def _last(waiting: list[Cell]) -> list[Sequence[Cell]]:
    """A field that is left without a neighbour takes the whole row."""
    if not waiting:
        return []
    label, value = waiting
    return [[label, Cell(value.text, span=3, room=value.room)]]


def _label(field: Field) -> Cell:
    return Cell(field.label, label=True)


def _part(heading: str) -> Cell:
    return Cell(heading, label=True, span=4, strong=True, side="left")


def _firm_rows(firm: Mapping[str, Any] | None, office: Office) -> list[Sequence[Cell]]:
    fields = [REGISTERS["enterprise"].field(name) for name in _FIRM]
    return _rows(
        fields, lambda field: "" if firm is None else filled(field, firm, office.lookup), blank_form=False
    )


def _number(register: str, record: Mapping[str, Any] | None) -> str:
    """The number the program gave the record, where the register numbers its rows."""
    name = f"{register}_no"
    numbered = any(field.name == name and field.kind is Kind.TEXT for field in REGISTERS[register].fields)
    return str((record or {}).get(name) or "") if numbered else ""


def _unit(record: Mapping[str, Any] | None, office: Office) -> str:
    code = (record or {}).get("unit_code")
    return office.lookup.name("unit", code) if code else office.unit


def _day(register: str, record: Mapping[str, Any]) -> str:
    value = record.get(REGISTERS[register].placed_by)
    return f"_{value}" if value else ""
