"""Backups: verified, pruned, copied to a second place; restored over good and broken registers; nothing left half done."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from db import backup, setup, upgrade, verify
from db.errors import MachineError, Refused, UsageError
from db.store import Store, open_store
from desktop.actions import backup as actions
from tests.db.fixtures import CODES, STREET, add, change, firm

ROOT = Path(__file__).parents[2]


def names(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM enterprise ORDER BY name")]


def test_a_backup_holds_what_was_committed_and_passes_its_check(store: Store) -> None:
    with store.write() as session:
        firm(session)
    made = backup.make(store.engine, store.folder)
    assert names(made.path) == ["江西云栈网络科技有限公司"]
    assert made.path.parent == store.folder.backups and made.size == made.path.stat().st_size
    assert backup.check_file(made.path)["enterprise"] == 1
    assert backup.check_hash(made.path) is True
    assert backup.latest(store.folder) == backup.list_backups(store.folder)[0]
    assert not list(store.folder.backups.glob("*.tmp"))


def test_a_backup_is_made_while_someone_writes(store: Store) -> None:
    with store.write() as session:
        firm(session)
        session.flush()
        made = backup.make(store.engine, store.folder)
    assert names(made.path) == [], "what is not committed yet is not in it"
    with store.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM enterprise").scalar_one() == 1


def test_only_the_newest_are_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "KEEP", 3)
    made = [backup.make(store.engine, store.folder).path for _ in range(5)]
    assert {path.name for path in store.folder.backups.glob("*.qqbak")} == {path.name for path in made[2:]}
    assert len(list(store.folder.backups.glob("*.sha256"))) == 3


def test_a_backup_never_goes_over_the_register(store: Store) -> None:
    with pytest.raises(Refused) as refused:
        backup.make(store.engine, store.folder, out=store.folder.database)
    assert refused.value.id == "backup_over_register"


def test_a_place_that_cannot_be_written_is_said(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(MachineError) as refused:
        backup.make(store.engine, store.folder, out=tmp_path / "file" / "x.qqbak")
    assert refused.value.id == "backup_failed" and "已有同名的文件" in refused.value.message


@pytest.mark.skipif(os.name == "nt", reason="the system has no limit on the size of files")
def test_a_disk_that_fills_up_leaves_nothing_behind(store: Store) -> None:
    """The limit on file sizes stands in for a full disk: writing beyond it fails in the middle."""
    with store.write() as session:
        for number in range(50):
            firm(session, f"南昌第{number}号有限公司", None, remark="说明" * 200)
    store.close()
    script = """
        import resource, signal, sys
        from pathlib import Path
        from db import backup
        from db.errors import MachineError
        from db.store import open_store
        store = open_store(Path(sys.argv[1]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
        try:
            backup.make(store.engine, store.folder)
        except MachineError as error:
            print(error.id)
        store.close()
    """
    done = run(script, store.folder.root)
    assert done.stdout.strip() == "backup_failed", done.stderr
    assert list(store.folder.backups.iterdir()) == []
    again = open_store(store.folder.root)
    assert len(names(backup.make(again.engine, again.folder).path)) == 50
    again.close()


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=120,
    )  # fmt: skip


# ---------------------------------------------------------------- on close, second place


def test_closing_backs_up_only_what_changed(store: Store) -> None:
    assert actions.back_up_on_close(store) is not None
    assert actions.back_up_on_close(store) is None
    with store.write() as session:
        key = firm(session)
    assert actions.back_up_on_close(store) is not None
    with store.write() as session:
        change(session, "enterprise", key, name="江西云栈网络科技有限公司")  # nothing new
    store.set_setting("memory", {"column widths": [1, 2]})
    assert actions.back_up_on_close(store) is None
    store.set_setting("head", "王主任")
    assert actions.back_up_on_close(store) is not None
    newest = backup.latest(store.folder)
    assert newest is not None
    newest.path.write_bytes(b"")
    assert actions.back_up_on_close(store) is not None, "a backup that is none does not count"


def test_the_second_place_gets_a_copy(store: Store, tmp_path: Path) -> None:
    stick = tmp_path / "U盘"
    stick.mkdir()
    store.set_setting("backup_dir", str(stick))
    made = actions.back_up(store)
    assert made.warnings == ()
    copy = stick / made.backup.path.name
    assert copy.read_bytes() == made.backup.path.read_bytes() and backup.check_hash(copy) is True


def test_a_missing_stick_is_a_warning(store: Store, tmp_path: Path) -> None:
    store.set_setting("backup_dir", str(tmp_path / "not plugged in"))
    made = actions.back_up(store)
    assert made.backup.path.exists()
    assert len(made.warnings) == 1 and "第二备份位置" in made.warnings[0]


# ---------------------------------------------------------------- restoring


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A closed register with one firm, backed up, and then a second firm."""
    root = tmp_path / "register"
    store = setup.initialise(root, STREET)
    with store.write() as session:
        firm(session)
    backup.make(store.engine, store.folder, out=tmp_path / "first.qqbak")
    with store.write() as session:
        firm(session, "南昌后来有限公司", CODES[1])
    store.close()
    return root


def test_restoring_brings_back_and_keeps_the_present(root: Path, tmp_path: Path) -> None:
    done = actions.restore(root, tmp_path / "first.qqbak")
    assert done.rows["enterprise"] == 1
    store = open_store(root)
    assert names(store.folder.database) == ["江西云栈网络科技有限公司"]
    store.close()
    assert done.kept is not None and len(names(done.kept)) == 2
    actions.restore(root, done.kept)
    assert len(names(store.folder.database)) == 2, "and back again"


@pytest.mark.parametrize(
    ("spoil", "kind", "id"),
    [
        (lambda path: path.write_bytes(b"no database"), MachineError, "backup_damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), MachineError, "backup_damaged"),
        (lambda path: path.unlink(), UsageError, "no_such_file"),
    ],
    ids=["not a database", "cut short", "gone"],
)
def test_a_bad_backup_changes_nothing(root: Path, tmp_path: Path, spoil: object, kind: type, id: str) -> None:
    source = tmp_path / "first.qqbak"
    spoil(source)  # type: ignore[operator]
    with pytest.raises(kind) as refused:
        actions.restore(root, source)
    assert refused.value.id == id
    assert len(names(root / "qianqi.db")) == 2 and not (root / "restoring.tmp").exists()


def test_some_other_database_is_no_backup(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.qqbak"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE enterprise (id)")
    with pytest.raises(UsageError) as refused:
        actions.restore(root, other)
    assert refused.value.id == "not_a_backup"


def test_a_backup_of_a_newer_program_is_refused(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "newer.qqbak"
    shutil.copyfile(tmp_path / "first.qqbak", source)
    with closing(sqlite3.connect(source)) as connection:
        connection.execute(f"PRAGMA user_version={upgrade.newest() + 1}")
    with pytest.raises(MachineError) as refused:
        actions.restore(root, source)
    assert refused.value.id == "newer_database" and len(names(root / "qianqi.db")) == 2


def test_an_open_register_is_not_restored_over(root: Path, tmp_path: Path) -> None:
    store = open_store(root)
    try:
        with pytest.raises(MachineError) as refused:
            actions.restore(root, tmp_path / "first.qqbak")
    finally:
        store.close()
    assert refused.value.id == "second_instance"


def test_a_broken_register_is_kept_as_it_lies_and_replaced(root: Path, tmp_path: Path) -> None:
    database = root / "qianqi.db"
    database.write_bytes(b"\0" * 8192)
    done = actions.restore(root, tmp_path / "first.qqbak")
    assert done.kept is not None and (done.kept / "qianqi.db").read_bytes() == b"\0" * 8192
    assert names(database) == ["江西云栈网络科技有限公司"]


def test_restoring_into_an_empty_folder(tmp_path: Path, root: Path) -> None:
    done = actions.restore(tmp_path / "new computer", tmp_path / "first.qqbak")
    assert done.kept is None
    store = open_store(tmp_path / "new computer")
    assert store.actor.unit_code == STREET
    store.close()


# ---------------------------------------------------------------- verifying


def flip(path: Path, wanted: bytes) -> None:
    """Turn one bit of the first byte of `wanted`, wherever it stands in the file."""
    content = bytearray(path.read_bytes())
    places = [at for at in range(len(content)) if content.startswith(wanted, at)]
    assert places
    for at in places:
        content[at] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("value", ["0791-86510023", "LegalRep", "2019-03-01"])
def test_a_flipped_bit_is_found_and_named(root: Path, tmp_path: Path, value: str) -> None:
    store = open_store(root)
    with store.write() as session:
        key = firm(
            session, "南昌星河软件有限公司", None, phone="0791-86510023", legal_rep="LegalRep",
            established_on=date(2019, 3, 1),
        )  # fmt: skip
    made = backup.make(store.engine, store.folder)
    store.close()
    assert verify.verify_file(made.path).ok
    flip(made.path, value.encode())
    backup.check_file(made.path)  # SQLite itself sees nothing wrong
    report = verify.verify_file(made.path)
    assert not report.ok and report.same_bytes is False
    assert {each.record_id for each in report.damaged} == {key.hex}
    made.path.with_name(made.path.name + ".sha256").unlink()
    assert verify.verify_file(made.path).same_bytes is None and not verify.verify_file(made.path).ok


def test_verifying_the_open_register_reads_every_row(store: Store) -> None:
    with store.write() as session:
        enterprise = firm(session)
        for _ in range(3):
            add(session, "visit", enterprise_id=enterprise)
    seen: list[tuple[int, int]] = []
    report = actions.verify_register(store, lambda done, total: seen.append((done, total)))
    assert report.ok and report.rows["visit"] == 3 and seen[-1][0] >= 4
    with store.write() as session:
        session.connection().exec_driver_sql(
            "UPDATE visit SET visitors = '改过' WHERE rowid = (SELECT min(rowid) FROM visit)"
        )
        session.connection().exec_driver_sql("UPDATE enterprise SET honors = '[broken'")
    damaged = actions.verify_register(store).damaged
    assert sorted(each.register for each in damaged) == ["enterprise", "visit"]
    assert actions.verify_register(store, cancelled=lambda: True).damaged == []
