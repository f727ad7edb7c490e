"""The README tells the truth: commands, targets and folders it names exist, and none is left out."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from desktop.commands.all import qianqi as main

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def table(heading: str) -> dict[str, str]:
    """First column (without its backticks) → second, of the table under a heading."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` *\| *(.+?) *\|$", section, re.MULTILINE)
    assert rows, f"no table under {heading}"
    return dict(rows)


def commands() -> dict[str, click.Command]:
    assert isinstance(main, click.Group)
    return {name: command for name, command in main.commands.items() if not command.hidden}


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    assert set(table("Command line")) == set(commands())


@pytest.mark.parametrize("name", sorted(table("Command line")))
def test_each_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert re.search(r"[\u4e00-\u9fff]", result.output), "the help of a command is for Chinese readers"
    unexplained = [
        option.opts
        for option in commands()[name].params
        if isinstance(option, click.Option) and not option.help
    ]
    assert unexplained == []


def test_every_target_of_make_is_documented_and_exists() -> None:
    documented = {name.removeprefix("make ") for name in table("Quick start")}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) - {"setup", "setup-test"}
    assert documented == targets


def test_the_folders_named_exist() -> None:
    folders = {name for name in table("How it is laid out") if name.endswith("/")}
    assert len(folders) >= 8
    assert {name for name in folders if not (ROOT / name).is_dir()} == set()


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("guide", ["docs/it-guide.md"])
def test_the_guide_names_only_commands_that_exist(guide: str) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    named = set(re.findall(r"qianqi ([a-z]+)", text))
    assert named
    assert named <= set(commands())
