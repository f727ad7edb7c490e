"""The pictures of the program: no page of the navigation is left out, no form, and none of them is blank."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from db.registers import REGISTERS
from desktop.demo import shots
from desktop.demo.shots_registers import VIEWED
from desktop.page import CLERK, ORDER, SUPERVISOR
from desktop.pages import specs
from desktop.pages.dispatch import STEPS
from desktop.pages.settings import SECTIONS
from desktop.places import REGISTERS_OF

WORDS = {CLERK: "clerk", SUPERVISOR: "supervisor"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `python -m desktop.screens --pages` leaves, with no screen anywhere."""
    out = tmp_path_factory.mktemp("screens")
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in gone}
    ran = subprocess.run(
        [sys.executable, "-m", "desktop.screens", "--out", str(out), "--pages"],
        capture_output=True, text=True, timeout=300, env=environment, encoding="utf-8",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""  # what Qt complains of would be seen here
    return out


@pytest.mark.slow
@pytest.mark.parametrize("role", [CLERK, SUPERVISOR])
def test_every_page_of_the_navigation_has_its_picture(pictures: Path, role: str) -> None:
    wanted = {f"{WORDS[role]}_{spec.key}_light_1366x768.png" for spec in specs() if role in spec.roles}
    there = {path.name for path in pictures.iterdir() if path.name.startswith(f"{WORDS[role]}_")}
    assert wanted == there


@pytest.mark.slow
def test_no_picture_is_blank_or_another_one(pictures: Path) -> None:
    seen: dict[bytes, str] = {}
    for path in sorted(pictures.iterdir()):
        image = QImage(str(path))
        assert (image.width(), image.height()) == (1366, 768)
        content = image.copy(190, 110, 1150, 640)  # right of the navigation, below the practice line
        colours = {content.pixel(x, y) for x in range(0, 1150, 5) for y in range(0, 640, 5)}
        assert len(colours) > 12, f"{path.name} is blank"
        same = seen.setdefault(bytes(content.constBits()), path.name)
        assert same == path.name, f"{path.name} shows what {same} shows"


def test_every_form_and_every_step_is_pictured() -> None:
    shown = {name for pictured in shots.OWN.values() for name in pictured}
    assert {
        f"{key}-form" for key in REGISTERS if key != "indicator"
    } <= shown  # 指标 are filled in on their page
    steps = {"dispatch" if key == "check" else f"dispatch-{key}" for key, _ in STEPS}
    assert steps | {"dispatch-locked", "receive", "receive-back"} <= shown
    assert {"settings", *(f"settings-{key}" for key, _ in SECTIONS[1:])} <= shown


def test_every_register_and_every_view_is_pictured() -> None:
    shown = {name for pictured in shots.OWN.values() for name in pictured}
    tabs = {register for page, group in REGISTERS_OF.items() for register in group if len(group) > 1}
    # Of a page's first register the picture of the page itself is enough.
    assert {each for each in tabs if each not in {group[0] for group in REGISTERS_OF.values()}} <= shown
    assert {f"{page}-{view.key}" for page, kind in VIEWED.items() for view in kind.views} <= shown
    assert {
        "issue-board",
        "issue-urge",
        "visit-paste",
        "visit-versions",
        "visit-follow-up",
        "visit-columns",
    } <= shown


def test_what_is_pictured_tight_or_dark_is_there() -> None:
    pages = {role: {spec.key for spec in specs() if role in spec.roles} for role in ORDER}
    for chosen in (shots.TIGHT, shots.SAMPLES):
        for role, names in chosen.items():
            assert set(names) <= pages.get(role, set()) | set(shots.OWN[role])
