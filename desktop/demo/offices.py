"""The offices of the play: their registers with practice data, and the returns of those that work without a window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from db import plan_file, setup
from db.findings import Finding
from db.periods import Period
from db.plan_types import Plan, UnitDef
from db.practice.fill import fill
from db.store import Store, open_store
from desktop.actions import returns

PERIOD = Period("2024-05")
TODAY = date(2024, 5, 22)  # two working days before the return is due

CLERKS = ("张敏", "李静", "王磊", "陈洁", "刘勇", "周艳", "黄超", "赵霞", "吴刚", "徐英")
SUPERVISOR = "万志远"
PHONE = "0791-86510023"

# What an office says to a warning. It names a reason, as the check wants it.
REASONS = {
    "CLD-005": "客户已同意续约，续签合同正在用印，六月底前补传",
    "CLD-006": "套餐内含云盘和云备份，已请客户经理补充产品清单",
    "ISS-006": "责任单位正在走审批程序，已约定六月上旬答复企业",
    "VIS-009": "两次走访间隔不足一月，企业经营没有变化",
    "VIS-010": "企业周末直播促销，走访安排在现场进行",
}
REASON = "已与企业负责人电话核对，以企业提供的报表为准"


@dataclass(frozen=True, slots=True)
class Office:
    """One office of the play: its unit, where its register lies, and who works there."""

    unit: UnitDef
    folder: Path
    person: str


def streets_of(plan: Plan, data: Path, count: int) -> list[Office]:
    """The streets that play in windows. The second in the plan goes first: its month has something to explain."""
    units = [unit for unit in plan.reporting if unit.kind == "street"]
    units = units[1:2] + units[:1] + units[2:]
    return [
        Office(unit, data / unit.name, CLERKS[place % len(CLERKS)])
        for place, unit in enumerate(units[:count])
    ]


def others_of(plan: Plan, data: Path, count: int) -> list[Office]:
    """Bureaus and carriers that hand in: those with something to report but the last bureau, and one with nothing."""
    units = [unit for unit in plan.reporting if unit.kind != "street"]
    busy = [unit for unit in units if any(unit.code in each.units for each in plan.indicators)]
    idle = [unit for unit in units if unit not in busy]
    bureaus = [unit for unit in busy if unit.kind != "carrier"]
    chosen = [*bureaus[:-1], *(unit for unit in busy if unit.kind == "carrier"), *idle[:1]]
    return [
        Office(unit, data / unit.name, CLERKS[-1 - place % len(CLERKS)])
        for place, unit in enumerate(chosen[:count])
    ]


def plan_of_play() -> Plan:
    """The plan everyone in the play works to."""
    return plan_file.default_plan()


def open_office(office: Office, *, unfinished: bool = False) -> Store:
    """Make the office's register and fill it with practice data up to the day of the play."""
    store = setup.initialise(office.folder, office.unit.code, "clerk", True, None, office.person)
    fill(store, today=TODAY, unfinished=unfinished)
    _sign(store, office.person)
    return store


def reopen(office: Office) -> Store:
    """The office's register as it was left."""
    return open_store(office.folder)


def open_district(plan: Plan, data: Path) -> Store:
    """The district's register, with every month but this one received."""
    unit = plan.unit(plan.lead_unit)
    assert unit is not None
    store = setup.initialise(data / unit.name, unit.code, "supervisor", True, None, SUPERVISOR)
    fill(store, today=TODAY, arrived=False)
    _sign(store, SUPERVISOR)
    return store


def _sign(store: Store, person: str) -> None:
    """What every cover repeats."""
    for key, value in (("person", person), ("phone", PHONE), ("head", "熊建国"), ("reviewer", "罗志平")):
        store.set_setting(key, value)


def hand_in(office: Office, out: Path) -> dict[str, Any]:
    """A whole month of an office without a window: check, explain, hand in. Returns what was handed in, as JSON."""
    return _hand_in(open_office(office), office, out)


def hand_in_again(office: Office, out: Path) -> dict[str, Any]:
    """The same of an office whose register is there already."""
    return _hand_in(reopen(office), office, out)


def _hand_in(store: Store, office: Office, out: Path) -> dict[str, Any]:
    try:
        checked = returns.check(store, PERIOD)
        for finding in checked.open:
            returns.explain(store, PERIOD, finding, reason_for(finding))
        nothing = any(each.id == "RET-010" for each in checked.findings)
        target = out / file_name(office.unit)
        sent = returns.submit_return(store, PERIOD, target, zero_report=nothing)
        return sent.as_json() | {"explained": len(checked.open), "zero_report": nothing}
    finally:
        store.close()


def reason_for(finding: Finding) -> str:
    """What the office has to say to a warning."""
    return REASONS.get(finding.id, REASON)


def file_name(unit: UnitDef, revision: int = 1) -> str:
    """The name under which an office's return is kept."""
    return f"{unit.name}_{PERIOD}_回报_第{revision}版.xlsx"
