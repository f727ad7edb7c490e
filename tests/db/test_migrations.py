"""The migrations make what the models declare, whole or not at all, with a backup first."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from db import backup, setup, upgrade
from db.errors import MachineError
from db.folder import DataFolder
from db.models import Base
from db.store import Store, make_engine, open_store
from tests.db.fixtures import STREET, add, firm

pytestmark = pytest.mark.usefixtures("made_anew")

NEXT = '''"""A column more."""
import sqlalchemy as sa
from alembic import op

revision = "{number:04d}_test"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
'''


def next_version(tmp_path: Path, body: str) -> Path:
    """A copy of the migrations with one more, as the next release would bring it."""
    folder = tmp_path / "migrations"
    shutil.copytree(upgrade.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    newest = max((folder / "versions").glob("[0-9]*.py"))
    found = re.search(r'^revision = "(.+)"', newest.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    number = upgrade.newest() + 1
    (folder / "versions" / f"{number:04d}_test.py").write_text(
        NEXT.format(number=number, before=found[1], body=body), encoding="utf-8"
    )
    return folder


def test_the_migrations_make_what_the_models_declare(store: Store) -> None:
    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return not (kind == "table" and (name or "").startswith("fts_"))

    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": ours, "render_as_batch": True}
        )
        assert [
            each for each in compare_metadata(context, Base.metadata) if "alembic_version" not in str(each)
        ] == []


def test_partial_indexes_keep_their_conditions(store: Store) -> None:
    """The comparison above does not look at the WHERE of an index."""
    with store.engine.connect() as connection:
        stored = {
            row[0]: row[1]
            for row in connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            )
        }
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            where = index.dialect_options["sqlite"]["where"]
            assert ("WHERE" in stored[str(index.name)]) == (where is not None)
            if where is not None:
                assert stored[str(index.name)].endswith(f"WHERE {where}")


def test_every_constraint_has_a_name(store: Store) -> None:
    """An unnamed one could not be changed by a later migration."""
    inspector = inspect(store.engine)
    for table in Base.metadata.tables:
        for found in (*inspector.get_foreign_keys(table), *inspector.get_unique_constraints(table)):
            assert found["name"], (table, found)
    for each in Base.metadata.tables.values():
        assert all(check.name for check in each.constraints if isinstance(check, CheckConstraint))


def test_a_new_register_carries_its_version_and_makes_no_backup(store: Store) -> None:
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == upgrade.newest()
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    assert backup.latest(store.folder) is None


def test_an_upgrade_makes_a_backup_first_and_loses_nothing(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        enterprise = firm(session)
        add(session, "visit", enterprise_id=enterprise)
    # A rebuilt table: with foreign keys on, dropping the old one would delete every visit.
    body = (
        'with op.batch_alter_table("enterprise", recreate="always") as batch:\n'
        '        batch.add_column(sa.Column("extra", sa.Text()))'
    )
    upgrade.bring_up_to_date(store.engine, store.folder, next_version(tmp_path, body))
    kept = backup.latest(store.folder)
    assert kept is not None and "升级前" in kept.path.name
    with closing(sqlite3.connect(kept.path)) as before:
        assert before.execute("PRAGMA user_version").fetchone()[0] == upgrade.newest()
        assert "extra" not in [row[1] for row in before.execute("PRAGMA table_info(enterprise)")]
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == upgrade.newest() + 1
        assert connection.exec_driver_sql("SELECT name, extra FROM enterprise").fetchall() == [
            ("江西云栈网络科技有限公司", None)
        ]
        assert connection.exec_driver_sql("SELECT count(*) FROM visit").scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        indexes = {row[1] for row in connection.exec_driver_sql("PRAGMA index_list(enterprise)")}
        assert "uq_enterprise_uscc" in indexes


@pytest.mark.parametrize(
    "body",
    [
        'op.add_column("enterprise", sa.Column("extra", sa.Text())); raise RuntimeError("half way")',
        'op.execute("PRAGMA foreign_keys=OFF"); op.execute("DELETE FROM org_unit")',
    ],
    ids=["an error", "references left hanging"],
)
def test_a_failed_upgrade_changes_nothing(store: Store, tmp_path: Path, body: str) -> None:
    with store.write() as session:
        firm(session)
    with pytest.raises((RuntimeError, MachineError)):
        upgrade.bring_up_to_date(store.engine, store.folder, next_version(tmp_path, body))
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == upgrade.newest()
        assert "extra" not in [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(enterprise)")]
        assert connection.exec_driver_sql("SELECT count(*) FROM org_unit").scalar_one() > 0
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    with store.write() as session:
        assert firm(session, "南昌又一家有限公司", None)


def test_a_newer_register_is_refused_untouched(tmp_path: Path) -> None:
    root = tmp_path / "register"
    setup.initialise(root, STREET).close()
    database = DataFolder(root).database
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA user_version={upgrade.newest() + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = database.read_bytes()
    with pytest.raises(MachineError) as refused:
        open_store(root)
    assert refused.value.id == "newer_database" and "新版" in refused.value.hint
    assert database.read_bytes() == before
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA user_version={upgrade.newest()}")
    open_store(root).close()


def test_nobody_is_left_locked_out_by_a_refused_opening(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.database.write_bytes(b"this is no database" * 100)
    for _ in range(2):
        with pytest.raises(MachineError) as refused:
            open_store(tmp_path)
        assert refused.value.id == "database_damaged"


def test_an_engine_on_an_empty_file_is_brought_up(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    engine = make_engine(folder.database)
    upgrade.bring_up_to_date(engine, folder)
    engine.dispose()
    assert backup.latest(folder) is None, "nothing to lose, nothing to keep"
