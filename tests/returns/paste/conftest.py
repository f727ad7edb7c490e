"""A street's register with a few firms, and blocks pasted into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db import setup
from db.lookup import Directory
from db.store import Store
from returns.paste.block import read_clipboard
from returns.paste.check import check
from returns.paste.columns import Block, lay_out
from returns.paste.verdict import Checked
from tests.db.fixtures import CLERK, CODES, STREET, firm

TODAY, PERIOD = date(2024, 5, 21), "2024-05"
Look = Callable[..., tuple[Block, Checked]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = setup.initialise(tmp_path / "register", STREET, person="张敏")
    with opened.write() as session:
        firm(session, industry_code="I6550", alias="云栈信息技术有限公司")
        firm(session, "南昌数澜软件有限公司", CODES[1])
        firm(session, "（南昌）元栖文化创意有限公司", CODES[2])
        firm(session, "同名商行", None)
        firm(session, "同名商行", CODES[3])
    yield opened
    opened.close()


@pytest.fixture
def look(store: Store) -> Look:
    """Read a pasted text into a register's block and check it."""

    def do(register: str, text: str, **more: Any) -> tuple[Block, Checked]:
        with store.read() as session:
            block = lay_out(register, read_clipboard(text), Directory(session), more.pop("remembered", None))
            block.period = block.period or more.pop("working", None)
            defaults = {"filler": "张敏"}
            return block, check(session, block, CLERK, today=TODAY, period=PERIOD, defaults=defaults, **more)

    return do
