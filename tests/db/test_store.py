"""Opening the register: durable settings, one program at a time, and what a bad machine is told in words."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from db import folder as folders
from db import setup
from db.errors import KnownError, MachineError, UsageError
from db.folder import DataFolder
from db.models import Setting
from db.store import Store, open_store
from tests.db.fixtures import STREET, firm

ROOT = Path(__file__).parents[2]


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=120,
    )  # fmt: skip


OPEN = """
import sys
from pathlib import Path
from db.errors import KnownError
from db.store import open_store
try:
    store = open_store(Path(sys.argv[1]))
except KnownError as error:
    print(error.id, error)
else:
    print("opened", flush=True)
    if len(sys.argv) > 2:
        import time
        time.sleep(60)
    store.close()
"""


def test_every_connection_is_set_for_a_power_cut(store: Store) -> None:
    with store.read() as one, store.read() as two:
        for session in (one, two):
            ask = session.connection().exec_driver_sql
            assert ask("PRAGMA journal_mode").scalar_one() == "wal"
            assert ask("PRAGMA synchronous").scalar_one() == 2, "FULL"
            assert ask("PRAGMA foreign_keys").scalar_one() == 1


def test_a_reader_sees_one_state(store: Store) -> None:
    with store.read() as reader:
        assert reader.connection().exec_driver_sql("SELECT count(*) FROM enterprise").scalar_one() == 0
        with store.write() as session:
            firm(session)
        assert reader.connection().exec_driver_sql("SELECT count(*) FROM enterprise").scalar_one() == 0
    with store.read() as reader:
        assert reader.connection().exec_driver_sql("SELECT count(*) FROM enterprise").scalar_one() == 1


def test_a_reader_cannot_leave_anything_behind(store: Store) -> None:
    with store.read() as session:
        session.add(Setting(key="x", value=1))
        session.flush()
    assert store.setting("x") is None


def test_writers_on_several_threads_take_turns(store: Store) -> None:
    def work(number: int) -> None:
        for step in range(5):
            with store.write() as session:
                old = session.scalar(select(Setting.value).where(Setting.key == "count")) or 0
                session.merge(Setting(key="count", value=old + 1))
                session.merge(Setting(key=f"{number}-{step}", value=True))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.setting("count") == 20, "BEGIN IMMEDIATE: nobody works on what another is changing"


def test_settings_and_actor(store: Store) -> None:
    assert store.setting("nothing", "default") == "default"
    store.set_setting("parameters", {"a": [1, "二"]})
    assert store.setting("parameters") == {"a": [1, "二"]}
    assert (store.actor.unit_code, store.actor.person, store.actor.role) == (STREET, "张敏", "clerk")


def test_no_register_yet(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        open_store(tmp_path / "nothing")
    assert refused.value.id == "no_register" and "qianqi init" in refused.value.hint
    assert not (tmp_path / "nothing").exists()


def test_a_second_program_is_refused_and_told_who_is_in(store: Store) -> None:
    done = run(OPEN, store.folder.root)
    assert done.stdout.startswith("second_instance")
    assert f"进程 {os.getpid()}" in done.stdout and "请先关闭" in done.stdout


def test_a_killed_program_leaves_no_stale_lock(tmp_path: Path) -> None:
    setup.initialise(tmp_path, STREET).close()
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN, str(tmp_path), "stay"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None and process.stdout.readline() == "opened\n"
    with pytest.raises(MachineError) as refused:
        open_store(tmp_path)
    assert refused.value.id == "second_instance"
    os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    process.stdout.close()
    open_store(tmp_path).close()


def test_what_was_committed_survives_a_kill(tmp_path: Path) -> None:
    setup.initialise(tmp_path, STREET).close()
    script = """
        import os, signal, sys
        from pathlib import Path
        from db.store import open_store
        from tests.db.fixtures import firm
        store = open_store(Path(sys.argv[1]))
        with store.write() as session:
            firm(session)
        with store.write() as session:
            firm(session, "南昌没有提交有限公司", None)
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    """
    run(script, tmp_path)
    store = open_store(tmp_path)
    with store.read() as session:
        found = session.connection().exec_driver_sql("SELECT name FROM enterprise").scalars().all()
    store.close()
    assert found == ["江西云栈网络科技有限公司"]


# ---------------------------------------------------------------- bad machines


def test_a_full_disk_saves_nothing_and_says_so(store: Store) -> None:
    with store.write() as session:
        firm(session)
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with pytest.raises(MachineError) as refused, store.write() as session:
        # SQLite's own limit on pages answers as a full disk does.
        session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for number in range(500):
            firm(session, f"南昌第{number}号有限公司", None, remark="说明" * 200)
    assert refused.value.id == "disk_full" and "已保存的数据没有损失" in refused.value.hint
    with store.write() as session:
        session.connection().exec_driver_sql("PRAGMA max_page_count=1073741823")
        assert session.connection().exec_driver_sql("SELECT count(*) FROM enterprise").scalar_one() == 1
        assert firm(session, "南昌又能保存有限公司", None)


READ_ONLY = """
    import os, sys
    from pathlib import Path
    import sqlalchemy.dialects.sqlite.pysqlite, db.store  # while Python's own folders can be read
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)  # root may write everywhere
    exec(sys.argv[2])
"""


@pytest.fixture
def open_to_all(tmp_path: Path) -> Path:
    """A folder that another user may enter: pytest's own are closed to them."""
    for folder in (tmp_path, *tmp_path.parents):
        if Path(tempfile.gettempdir()) in folder.parents and folder.owner() == tmp_path.owner():
            folder.chmod(0o755)
    return tmp_path


@pytest.mark.skipif(os.name == "nt", reason="permissions work another way")
@pytest.mark.parametrize(("mode", "id"), [(0o555, "folder_not_writable"), (0o000, "folder_not_writable")])
def test_a_read_only_folder(open_to_all: Path, mode: int, id: str) -> None:
    root = open_to_all / "register"
    setup.initialise(root, STREET).close()
    for part in root.iterdir():
        part.chmod(0o666)
    root.chmod(mode)
    try:
        done = run(READ_ONLY, root, OPEN)
    finally:
        root.chmod(0o755)
    assert done.stdout.startswith(id), done.stdout + done.stderr
    assert "没有权限" in done.stdout and "请" in done.stdout and "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="permissions work another way")
def test_a_read_only_database(open_to_all: Path) -> None:
    root = open_to_all / "register"
    setup.initialise(root, STREET).close()
    root.chmod(0o777)
    for part in root.iterdir():
        part.chmod(0o666 if part.suffix == ".lock" else 0o444)
    done = run(READ_ONLY, root, OPEN)
    assert done.stdout.startswith("database_read_only"), done.stdout + done.stderr


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 a workbook" * 300, b"\0" * 4096, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    database = DataFolder(tmp_path).database
    database.write_bytes(content)
    with pytest.raises(KnownError) as refused:
        open_store(tmp_path)
    assert refused.value.id == "database_damaged"
    assert database.read_bytes() == content


def test_a_network_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # No share can be mounted here: the answer of the system is set instead.
    monkeypatch.setattr(folders, "on_network", lambda path: True)
    with pytest.raises(MachineError) as refused:
        setup.initialise(tmp_path, STREET)
    assert refused.value.id == "folder_on_network" and "本机硬盘" in refused.value.hint
    assert not DataFolder(tmp_path).database.exists()


def test_a_database_busy_elsewhere_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(store.folder.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
        with pytest.raises(MachineError) as refused, store.write() as session:
            firm(session)
        assert refused.value.id == "database_busy"
    with store.write() as session:
        assert firm(session)
