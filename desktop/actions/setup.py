"""First steps and settings of an installation: make the register, say who works here, take over a new plan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from db import backup, plan_file, plan_store, settings, setup
from db.periods import Period
from db.practice.fill import fill
from db.store import Store

# What the cover of a return repeats every month, by the name of its setting.
PEOPLE = ("person", "phone", "head", "reviewer")


@dataclass(frozen=True, slots=True)
class Choice:
    """An office that may be chosen in the first step."""

    code: str
    name: str
    kind: str


def offices(plan: Path | None = None) -> list[Choice]:
    """Who may set up a register under a plan (None: the shipped one): streets first, then who else hands in returns."""
    chosen = plan_file.load(plan) if plan is not None else plan_file.default_plan()
    usable = [unit for unit in chosen.units if unit.active and unit.kind != "group"]
    return [
        Choice(unit.code, unit.name, unit.kind)
        for unit in sorted(usable, key=lambda unit: (unit.kind != "street", not unit.reports))
    ]


def initialise(
    root: Path,
    unit: str,
    role: str = "clerk",
    *,
    practice: bool = False,
    plan: Path | None = None,
    people: dict[str, str] | None = None,
) -> Store:
    """Make the register and note the people of its covers (`people`: person, phone, head, reviewer).

    `practice` fills it with the practice year. Errors as in db.setup.initialise.
    """
    named = people or {}
    store = setup.initialise(root, unit, role, practice, plan, named.get("person", ""))
    try:
        save_people(store, named)
        if practice:
            fill(store)
    except BaseException:
        store.close()
        raise
    return store


def save_people(store: Store, people: dict[str, str]) -> None:
    """Who fills in, answers the phone, heads and reviews; names that are not among PEOPLE are left alone."""
    with store.write() as session:
        for name in PEOPLE:
            if name in people:
                settings.put(session, name, people[name].strip())


def install_plan(store: Store, path: Path, from_period: str = "") -> plan_file.Plan:
    """Take over a re-issued plan that holds from a month on (“”: from this one); a backup is made first.

    PlanError for a bad file, UsageError for a text that is no month, Refused for another region's plan.
    """
    since = str(Period(from_period)) if from_period else ""
    plan = plan_file.load(path)
    backup.make(store.engine, store.folder, reason="换计划前")
    with store.write() as session:
        plan_store.install(session, plan, store.actor.person, since)
    return plan
