"""反馈: one file for every unit about its month, as the window and the command line write them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from db.coverage import UnitState, coverage, year_coverage
from db.errors import Refused, UsageError
from db.figures import figures_of
from db.lookup import Directory
from db.periods import Period
from db.rollup import rollup
from db.store import Store

Progress = Callable[[int, int, str], None]
_FORBIDDEN = '\\/:*?"<>|'


@dataclass(frozen=True, slots=True)
class UnitFile:
    """One file that was written. `left` rows were not taken, `changed` cells are not as the unit reported them."""

    unit: str
    name: str
    out: str
    state: str
    changed: int
    left: int
    uncounted: int
    issues: int


@dataclass(frozen=True, slots=True)
class Written:
    """The files of one month; `complete` is False where it was cancelled before the last."""

    period: str
    folder: Path
    files: tuple[UnitFile, ...]
    complete: bool = True

    @property
    def words(self) -> str:
        """“写出了 12 份反馈，其中 3 份有没采用的行。”"""
        left = sum(bool(each.left) for each in self.files)
        told = f"，其中 {left} 份有没采用的内容" if left else ""
        return f"写出了 {len(self.files)} 份反馈{told}。" + ("" if self.complete else "其余的没有写。")

    def as_json(self) -> dict[str, Any]:
        return {
            "period": self.period, "folder": str(self.folder), "complete": self.complete,
            "files": [asdict(each) for each in self.files],
        }  # fmt: skip


def write_feedback(
    store: Store, period: str, folder: Path, *, units: Collection[str] = (), progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Written:  # fmt: skip
    """Write “反馈_<unit>_<month>.xlsx” into `folder` for every unit that reports, or those named by `units` (codes).

    A file that was there is replaced. Refused: “not_supervisor”. UsageError: “no_unit”. MachineError when one can not
    be written.
    """
    from returns.feedback import gather
    from returns.feedback_book import write_book

    if store.actor.role != "supervisor":
        raise Refused("反馈由区里写给各单位。", "本单位的情况请看区里发来的反馈。", "not_supervisor")
    month, today = str(Period(period)), store.today()
    practice = bool(store.setting("practice", False))
    done: list[UnitFile] = []
    with store.read() as session:
        whole = rollup(session, month)
        figures, year = figures_of(whole), year_coverage(session, whole.period.year, today)
        office = Directory(session).name("unit", store.actor.unit_code)
        wanted = _wanted(coverage(session, month, today).all, units)
        for number, unit in enumerate(wanted):
            if cancelled is not None and cancelled():
                return Written(month, folder, tuple(done), complete=False)
            if progress is not None:
                progress(number, len(wanted), f"正在写{unit.name}的反馈")
            found = gather(session, whole, year, figures, unit, today)
            out = folder / f"反馈_{_plain(unit.name)}_{month}.xlsx"
            write_book(
                found,
                out,
                office=f"{office}　{store.actor.person}",
                made_on=today.isoformat(),
                practice=practice,
            )
            done.append(
                UnitFile(
                    unit.code, unit.name, str(out), unit.word, len(found.later), len(found.refused),
                    len(found.uncounted), len(found.issues),
                )
            )  # fmt: skip
    if progress is not None:
        progress(len(wanted), len(wanted), "写完了")
    return Written(month, folder, tuple(done))


def _wanted(all_units: tuple[UnitState, ...], codes: Collection[str]) -> list[UnitState]:
    known = {unit.code for unit in all_units}
    for code in codes:
        if code not in known:
            raise UsageError(f"没有“{code}”这个报送单位。", "请用单位代码。", "no_unit")
    return [unit for unit in all_units if not codes or unit.code in codes]


def _plain(name: str) -> str:
    return "".join(char for char in name if char not in _FORBIDDEN)
