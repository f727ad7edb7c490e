"""Making a new register for one office: its unit, role and plan. Opening one that exists is in store.py."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import find, plan_file, plan_store
from db.errors import Refused, UsageError
from db.folder import DataFolder
from db.models import Plan, Setting
from db.store import Store, open_store

ROLES = ("clerk", "supervisor")


def initialise(
    root: Path,
    unit: str,
    role: str = "clerk",
    practice: bool = False,
    plan: Path | None = None,
    person: str = "",
) -> Store:
    """Make a register in `root` for `unit` (its code, name or alias) and return it open.

    `plan` is a plan file, None the one that is shipped. `practice` only marks the register 练习.
    UsageError: “unknown_unit”, “bad_role”. PlanError for a plan file that does not hold together.
    Refused (“register_exists”): there is one already; nothing of it is touched.
    """
    if role not in ROLES:
        raise UsageError(f"没有“{role}”这种角色。", "街道和部门用 clerk，区级用 supervisor。", "bad_role")
    chosen = plan_file.load(Path(plan)) if plan is not None else plan_file.default_plan()
    code = find_unit(chosen, unit)
    folder = DataFolder(Path(root))
    existed = folder.has_register()
    store = open_store(folder.root, create=True)
    try:
        with store.write() as session:
            # A set-up that was interrupted leaves an empty register behind: it may be finished.
            if existed and session.scalar(select(Plan.id).limit(1)) is not None:
                raise Refused(
                    f"“{folder.root}”里已经有台账。", "请直接打开它，或换一个空文件夹。", "register_exists"
                )
            plan_store.install(session, chosen)
            settings = {
                "unit": code, "role": role, "practice": practice, "person": person, find.SETTING: find.VERSION,
            }  # fmt: skip
            for key, value in settings.items():
                session.merge(Setting(key=key, value=value))
    except BaseException:
        store.close()
        raise
    return store


def find_unit(plan: plan_file.Plan, unit: str) -> str:
    """The code of a unit in force by code, name or alias. UsageError (“unknown_unit”) lists a few codes."""
    found = plan.unit(unit.strip()) if unit.strip() else None
    if found is not None and found.active and found.kind != "group":
        return found.code
    examples = "、".join(
        f"{each.code} {each.name}"
        for each in (*plan.streets[:3], *(u for u in plan.reporting if u.kind != "street"))[:4]
    )
    if found is not None:
        reason = f"“{found.name}”已停用" if not found.active else f"“{found.name}”不是一个单位"
    else:
        reason = f"计划里没有单位“{unit}”"
    raise UsageError(f"{reason}。", f"可用的单位代码如：{examples}……", "unknown_unit")


def is_set_up(session: Session) -> bool:
    """Whether the register has a plan and knows whose it is."""
    return (
        session.scalar(select(Plan.id).limit(1)) is not None
        and session.scalar(select(Setting.value).where(Setting.key == "unit")) is not None
    )
