"""Drafts survive, replace each other and go away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

from db import drafts, setup
from db.store import Store, open_store
from tests.db.fixtures import STREET

RECORD = UUID(int=7)


def test_a_draft_is_kept_as_typed_and_replaced(store: Store) -> None:
    key = drafts.key_of("visit", None)
    drafts.save(store, key, {"visit_date": "上周二", "revenue_ytd": "约120"}, "revenue_ytd")
    drafts.save(store, key, {"visit_date": "5月7日"}, "visit_date")
    kept = drafts.load(store, key)
    assert kept is not None
    assert (kept.values, kept.focus) == ({"visit_date": "5月7日"}, "visit_date")
    assert (kept.register, kept.record_id) == ("visit", None)


def test_drafts_are_listed_newest_first_and_dropped_one_by_one(store: Store) -> None:
    keys = [drafts.key_of("visit", None), drafts.key_of("enterprise", RECORD)]
    for key in keys:
        drafts.save(store, key, {})
    assert [each.key for each in drafts.all_drafts(store)] == keys[::-1]
    assert drafts.all_drafts(store)[0].record_id == RECORD
    drafts.drop(store, keys[0])
    assert [each.key for each in drafts.all_drafts(store)] == keys[1:]
    assert drafts.load(store, keys[0]) is None


def test_a_draft_survives_a_kill(tmp_path: Path) -> None:
    setup.initialise(tmp_path, STREET).close()
    typing = (
        "import sys, time; from pathlib import Path; from db import drafts; from db.store import open_store\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "drafts.save(store, 'visit:new', {'operation_text': '订单饱满'}, 'operation_text')\n"
        "print('typed', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", typing, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None and process.stdout.readline() == "typed\n"
    os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    process.stdout.close()
    store = open_store(tmp_path)  # the dead process's lock is gone with it
    kept = drafts.load(store, "visit:new")
    store.close()
    assert kept is not None and kept.values == {"operation_text": "订单饱满"}
