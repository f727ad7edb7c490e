"""The first start: make the register in the place that was chosen, and fill it as was asked. No Qt here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from db import plan_file, setup
from db.errors import MachineError, Refused
from db.folder import DataFolder, default_folder
from db.plan_types import Plan, UnitDef
from db.store import Store, open_store
from desktop.actions.ledger import import_ledger
from returns.results import FileReport

EMPTY, LEDGER, PRACTICE = "empty", "ledger", "practice"
PRACTICE_FOLDER = "练习"
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was chosen in the three steps. `plan` None is the one that is shipped; `backups` None keeps them with the data."""

    unit: str
    role: str
    person: str
    root: Path
    backups: Path | None = None
    plan: Path | None = None
    start: str = EMPTY
    ledger: Path | None = None
    register: str = "visit"


@dataclass(frozen=True, slots=True)
class Started:
    """The open register, and what became of the ledger where there was one."""

    store: Store
    report: FileReport | None = None


def practice_root(root: Path) -> Path:
    """Practice data lives in a folder of its own: it never mixes with real data."""
    return root / PRACTICE_FOLDER


def has_register(root: Path) -> bool:
    return DataFolder(root).database.exists()


def start(wishes: Wishes, progress: Progress | None = None) -> Started:
    """Make the register and fill it. Whatever fails leaves nothing half-made open.

    UsageError, PlanError, Refused (“register_exists”) and MachineError say what to do.
    """
    told = progress or _silent
    root = practice_root(wishes.root) if wishes.start == PRACTICE else wishes.root
    if wishes.backups is not None:
        check_backup_place(wishes.backups, root)
    told(0, 0, "正在建立台账")
    practice = wishes.start == PRACTICE
    store = setup.initialise(root, wishes.unit, wishes.role, practice, wishes.plan, wishes.person)
    try:
        if wishes.backups is not None:
            store.set_setting("backup_dir", str(wishes.backups))
        report = None
        if practice:
            from db.practice.fill import fill  # invents four hundred firms: nobody else needs its tables

            fill(store, progress=told)
        elif wishes.start == LEDGER and wishes.ledger is not None:
            report = import_ledger(store, wishes.ledger, wishes.register, progress=told)
        return Started(store, report)
    except BaseException:
        store.close()
        raise


def open_practice(root: Path) -> Started:
    """The practice register that was made before."""
    return Started(open_store(practice_root(root)))


def check_backup_place(place: Path, root: Path) -> None:
    """Prove that backups can be written there. Refused for a place inside the data folder's own backups' disk failing."""
    if place.resolve() == root.resolve():
        raise Refused(
            "备份不能和台账放在同一个文件夹。", "请选另一块硬盘或 U 盘上的文件夹。", "backup_in_data"
        )
    try:
        place.mkdir(parents=True, exist_ok=True)
        probe = place / ".qianqi-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise MachineError(
            f"备份位置“{place}”不能写入（{error.strerror or error}）。", "请检查 U 盘是否插好，或换一个文件夹。",
            "backup_not_writable",
        ) from error  # fmt: skip


def same_disk(one: Path, other: Path) -> bool:
    """Whether two places lie on one disk, as far as the system tells: a backup there dies with the data."""

    def device(path: Path) -> int | None:
        for each in (path, *path.parents):
            if each.exists():
                return each.stat().st_dev
        return None

    return device(one) == device(other)


def units_of(plan: Plan) -> list[UnitDef]:
    """Units that may use the program: the district's lead first, then those that report, streets before bureaus."""
    order = {"coordination": 0, "street": 1, "bureau": 2, "carrier": 3}
    usable = [unit for unit in plan.units if unit.active and unit.kind != "group"]
    return sorted(usable, key=lambda unit: (order.get(unit.kind, 4), not unit.reports, unit.code))


def usual_role(unit: UnitDef) -> str:
    """Coordinating offices sum up, all others fill in."""
    return "supervisor" if unit.kind == "coordination" else "clerk"


def read_plan(path: Path | None) -> Plan:
    """The plan of a file, or the shipped one. PlanError says what is wrong with the file."""
    return plan_file.load(path) if path is not None else plan_file.default_plan()


def usual_root() -> Path:
    return default_folder()


def _silent(_done: int, _total: int, _step: str) -> None:
    pass
