"""What a state table is: moves with who may make them and what they need, and the questions asked of it.

One table per file beside this one. Nothing is stored here; roles are what an installation was set up as.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

CLERK, SUPERVISOR = "clerk", "supervisor"
BOTH = frozenset({CLERK, SUPERVISOR})
DISTRICT = frozenset({SUPERVISOR})

Moves = Mapping[str, Mapping[str, frozenset[str]]]
TODAY, PERSON = "today", "person"


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move: a row of a state table.

    `word` is what people call it. `asks` are the fields that must be filled with it, `offers` those that may be.
    `stamps` are filled by themselves where empty: (field, TODAY, PERSON or the value itself). `clears` are emptied
    first: what they said was of the round before. `reason` names the sentence that goes with the move, "" for none.
    """

    before: str
    after: str
    word: str
    roles: frozenset[str] = BOTH
    asks: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    stamps: tuple[tuple[str, Any], ...] = ()
    clears: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """One state table: the field that holds the state, where it starts, the rule a wrong move breaks.

    `days` are the dates of the way: each not before the one before it, and none after today. `log` is the field of
    entries to which every move adds one, "" where the register has none.
    """

    field: str
    start: str
    rule: str
    states: tuple[str, ...]
    table: tuple[Move, ...]
    moves: Moves
    days: tuple[str, ...] = ()
    log: str = ""


def machine(
    field: str,
    start: str,
    rule: str,
    states: Sequence[str],
    table: Sequence[Move],
    *,
    days: tuple[str, ...] = (),
    log: str = "",
) -> Machine:
    """A machine of its table. ValueError where the table names an unknown state or the same move twice."""
    moves: dict[str, dict[str, frozenset[str]]] = {state: {} for state in states}
    for each in table:
        if each.after not in moves or each.after in moves[each.before]:
            raise ValueError(f"{each.before} → {each.after}")
        moves[each.before][each.after] = each.roles
    return Machine(field, start, rule, tuple(states), tuple(table), moves, days, log)


def moves_from(machine: Machine, state: str, role: str = SUPERVISOR) -> tuple[Move, ...]:
    """The moves a role may make from a state, in the order of the table; none from a state nobody knows."""
    return tuple(each for each in machine.table if each.before == state and role in each.roles)


def move_of(machine: Machine, before: str, after: str) -> Move | None:
    """The row of the table for this move, whoever may make it."""
    return next((each for each in machine.table if (each.before, each.after) == (before, after)), None)


def refusal(
    machine: Machine, before: str, after: str, role: str, possible: Sequence[Move] | None = None
) -> tuple[str, str]:
    """Why a move is refused and what is possible instead, as two sentences for people."""
    known = move_of(machine, before, after)
    nexts = moves_from(machine, before, role) if possible is None else possible
    words = "、".join(f"{each.word}（到“{each.after}”）" for each in nexts)
    hint = f"现在可以：{words}。" if words else f"“{before}”之后没有可走的步骤。"
    if known is not None and role not in known.roles:
        return f"从“{before}”改为“{after}”须由区级办理。", hint
    return f"“{before}”不能直接改为“{after}”。", hint


def values_of(move: Move, record: Mapping[str, Any], person: str, today: date) -> dict[str, Any]:
    """What a move changes by itself: emptied fields, and the day and name that go without saying."""
    found: dict[str, Any] = dict.fromkeys(move.clears)
    for name, stamp in move.stamps:
        if name in move.clears or record.get(name) in (None, "", []):
            found[name] = today if stamp == TODAY else person if stamp == PERSON else stamp
    return found


def missing(move: Move, record: Mapping[str, Any]) -> list[str]:
    """The fields a move asks for that are empty in the record as it would be stored."""
    return [name for name in move.asks if record.get(name) in (None, "", [])]
