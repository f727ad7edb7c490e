"""Offices that a ledger names and the plan does not know: added as local units, where the text plainly is one."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy.orm import Session

from db import local_units
from db.fields import Kind
from db.findings import Severity
from db.lookup import Directory
from db.registers import REGISTERS
from db.text import clean, fold
from returns.ledger.rows import LedgerRow

UNKNOWN_UNIT = "GEN-009"
_OFFICE = re.compile(
    r"[\u4e00-\u9fff（）()]{2,24}"
    r"(?:局|分局|办|办公室|委|委员会|中心|公司|街道|处|办事处|管理处|所|队|大队|院|站|部|厅|社区|专班|银行|支行|总工会|协会|学校)"
)
_TOO_ALIKE = 76  # of 100: closer than that to a known name, it is more likely that name mistyped


def settle(session: Session, directory: Directory, row: LedgerRow) -> bool:
    """Give units that nobody knows a place in the register and say so; True when one was added.

    A text that is no single office, or looks like a known one mistyped, stays unread and is reported.
    """
    added = False
    for register, unread in row.unparsed.items():
        for name in [name for name in unread if _is_unit(register, name)]:
            text = clean(unread[name]).text
            if not _OFFICE.fullmatch(text):
                continue
            known = directory.find("unit", text)
            if known is not None:  # an earlier row of the same file brought it in
                row.of(register)[name] = known
                del unread[name]
                row.findings = [
                    each for each in row.findings if (each.field, each.id) != (name, UNKNOWN_UNIT)
                ]
                continue
            near = _near(directory, text)
            if near:
                _say(row, name, Severity.ERROR, f"机构表中没有“{text}”，是不是“{near}”？请核对后选择。")
                continue
            row.of(register)[name] = local_units.add(session, text, note="由台账导入时登记")
            del unread[name]
            _say(row, name, Severity.WARNING, f"机构表中没有“{text}”，已登记为本地单位，请核对名称。")
            added = True
    return added


def _is_unit(register: str, name: str) -> bool:
    field = REGISTERS[register].field(name)
    return field.kind is Kind.REF and field.source == "unit" and name != "provider_org"


def _near(directory: Directory, text: str) -> str:
    from rapidfuzz import fuzz, process

    known = {
        fold(name): unit.name
        for unit in directory.units.values()
        for name in (unit.name, *(unit.aliases or ()))
    }
    found = process.extractOne(fold(text), list(known), scorer=fuzz.ratio, score_cutoff=_TOO_ALIKE)
    return known[found[0]] if found else ""


def _say(row: LedgerRow, name: str, severity: Severity, message: str) -> None:
    """In place of what the reading said of the cell."""
    row.findings = [
        replace(finding, severity=severity, message=message)
        if finding.field == name and finding.id == UNKNOWN_UNIT
        else finding
        for finding in row.findings
    ]
