"""What an office sets for itself: look, second backup place, policies, practice. No Qt here."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from db import plan_store, setup
from db.errors import UsageError
from db.lookup import DEFAULT_POLICIES
from db.store import Store
from desktop.actions.first_run import check_backup_place, has_register, practice_root

THEMES = (("light", "浅色"), ("dark", "深色"), ("system", "跟随系统"))
SIZES = ((13, "小"), (14, "中"), (16, "大"))


@dataclass(frozen=True, slots=True)
class About:
    """What the program is and what it works with."""

    version: str
    plan: str
    region: str
    years: str
    folder: Path


def about(store: Store) -> About:
    """The program's version, the plan in force, where the data lies."""
    try:
        version = metadata.version("qianqi")
    except metadata.PackageNotFoundError:
        version = "未知"
    with store.read() as session:
        plan = plan_store.current(session)
    return About(version, plan.title, plan.region, f"{plan.start_year}—{plan.end_year}", store.folder.root)


def save_look(store: Store, theme: str, size: int) -> None:
    """Light, dark or the system's; the text size in pixels."""
    if theme not in dict(THEMES) or size not in dict(SIZES):
        raise UsageError("没有这种外观。", "请从列出的几种中选。", "bad_look")
    store.set_setting("theme", theme)
    store.set_setting("text_size", size)


def save_backup_place(store: Store, place: Path | None) -> None:
    """Where the second copy of every backup goes; None for nowhere. MachineError where it cannot be written."""
    if place is not None:
        check_backup_place(place, store.folder.root)
    store.set_setting("backup_dir", str(place) if place is not None else None)


def policies(store: Store) -> list[str]:
    """The policy papers a visit may record as delivered."""
    return list(store.setting("policies") or DEFAULT_POLICIES)


def save_policies(store: Store, names: Sequence[str]) -> None:
    """Replace the list. UsageError for an empty one: the form would offer nothing."""
    kept = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not kept:
        raise UsageError("政策清单至少留一项。", "先添加新的，再删旧的。", "no_policies")
    store.set_setting("policies", kept)


def practice_command(store: Store) -> list[str]:
    """Make this office's practice register if there is none, and the command that opens a window over it.

    It lies in a folder of its own, so that nothing of it mixes with real data.
    """
    from db.practice.fill import fill  # invents four hundred firms: nobody else needs its tables

    root = practice_root(store.folder.root)
    if not has_register(root):
        actor = store.actor
        plan = (
            root / "计划.json"
        )  # this office's own plan, which may be another district's than the shipped one
        root.mkdir(parents=True, exist_ok=True)
        with store.read() as session:
            document = plan_store.current(session).document
        plan.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        made = setup.initialise(
            root, actor.unit_code, actor.role, True, plan, store.setting("person", "") or ""
        )
        try:
            fill(made)
        finally:
            made.close()
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "desktop"]
    return [*program, "--data", str(root)]
