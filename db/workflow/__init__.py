"""The allowed moves of problems, candidates, projects, duties, matters and returns, and who may make them.

Each is a state table in a file of its own; what a table is, is in machine.py. Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.workflow import machine as _machine
from db.workflow.duty import DUTY
from db.workflow.issue import ISSUE, people_of, write_off_problem
from db.workflow.machine import BOTH, CLERK, DISTRICT, SUPERVISOR, Machine, Move, Moves
from db.workflow.matter import MATTER
from db.workflow.nurture import NURTURE
from db.workflow.project import PAUSED, PROJECT, resumed_at
from db.workflow.returns import RETURN, RETURN_WORDS

__all__ = [
    "BOTH", "CLERK", "DISTRICT", "ISSUE_MOVES", "MACHINES", "NURTURE_MOVES", "RETURN_MOVES", "RETURN_WORDS", "SUPERVISOR",
    "Machine", "Move", "Moves", "allowed", "check_move", "missing", "move_to", "moves_for", "people_of", "refusal", "values_of",
    "write_off_problem",
]  # fmt: skip

MACHINES: Mapping[str, Machine] = {
    "issue": ISSUE,
    "nurture": NURTURE,
    "project": PROJECT,
    "duty": DUTY,
    "matter": MATTER,
    "return": RETURN,
}
ISSUE_MOVES: Moves = ISSUE.moves
NURTURE_MOVES: Moves = NURTURE.moves
RETURN_MOVES: Moves = RETURN.moves


def allowed(machine: str, from_state: str, role: str = SUPERVISOR) -> tuple[str, ...]:
    """Where a record may go next from a state, in the order of the table; empty for a state nobody knows."""
    return tuple(each.after for each in _machine.moves_from(MACHINES[machine], from_state, role))


def check_move(machine: str, old: str | None, new: str | None, role: str = SUPERVISOR) -> str | None:
    """The id of the rule that a move breaks, or None. Staying, and where a record starts, is always allowed."""
    if old is None or new is None or old == new or new in allowed(machine, old, role):
        return None
    return MACHINES[machine].rule


def moves_for(machine: str, record: Mapping[str, Any], role: str = SUPERVISOR) -> tuple[Move, ...]:
    """The moves that are open to this very record: a paused project goes on only where it stood."""
    table = MACHINES[machine]
    state = str(record.get(table.field) or table.start)
    found = _machine.moves_from(table, state, role)
    if machine == "project" and state == PAUSED:
        places = resumed_at(record)
        found = tuple(each for each in found if each.after in (*places, "终止"))
    return found


def refusal(machine: str, record: Mapping[str, Any], after: str, role: str) -> tuple[str, str] | None:
    """Why this record may not go to a state and what is possible instead (two sentences), or None where it may."""
    table = MACHINES[machine]
    state = str(record.get(table.field) or table.start)
    possible = moves_for(machine, record, role)
    if any(each.after == after for each in possible):
        return None
    return _machine.refusal(table, state, after, role, possible)


def move_to(machine: str, record: Mapping[str, Any], after: str) -> Move | None:
    """The row of the table that leads this record to a state, whoever may make it."""
    table = MACHINES[machine]
    return _machine.move_of(table, str(record.get(table.field) or table.start), after)


values_of = _machine.values_of
missing = _machine.missing
