"""Bringing a database to this program's version, whole or not at all. The steps are in migrations/versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from db import backup, month_states
from db.errors import MachineError
from db.folder import DataFolder
from db.models import Base

MIGRATIONS = Path(__file__).parent / "migrations"


def _script(migrations: Path) -> Any:
    # alembic takes a fifth of a second to import: only where a database is opened for the first time
    # in a run, and never before the window has painted.
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)


def version_number(revision: str) -> int:
    """Revisions are named `0001_…`; the number is also kept in `user_version`, readable without alembic."""
    return int(revision.split("_")[0])


def newest(migrations: Path = MIGRATIONS) -> int:
    """The version this program writes, read from the names of the migration files."""
    return max(int(path.name[:4]) for path in (migrations / "versions").glob("[0-9]*.py*"))


def bring_up_to_date(engine: Engine, folder: DataFolder, migrations: Path = MIGRATIONS) -> None:
    """Migrate if needed; a verified backup is made first when there is something to lose.

    MachineError: the database was written by a newer program.
    """
    with engine.connect() as connection:
        found = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    ours = newest(migrations)
    if found > ours:
        raise MachineError(
            f"台账是较新版本的程序写的（第 {found} 版，本程序只认到第 {ours} 版），未做任何改动。",
            "请安装新版千企台账后再打开。",
            "newer_database",
        )
    if found == ours:
        return
    if found:
        backup.make(engine, folder, reason="升级前")
    migrate(engine, ours, migrations)


def migrate(engine: Engine, target: int, migrations: Path = MIGRATIONS) -> None:
    """Run the migrations in one transaction with foreign keys off, check them, then stamp the version."""
    from alembic.runtime.environment import EnvironmentContext

    config, script = _script(migrations)
    with engine.connect().execution_options(no_begin=True) as connection:
        # With foreign keys on, a table rebuild would cascade and delete every child row;
        # the pragma does nothing inside a transaction, so it comes before BEGIN.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            _run(EnvironmentContext, config, script, connection)
            month_states.watch(connection)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise MachineError(
                    "升级后发现数据引用不一致，已放弃升级。", "请把最近的备份交给技术人员。", "upgrade_failed"
                )
            connection.exec_driver_sql(f"PRAGMA user_version={target}")
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        finally:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _run(environment: Any, config: Any, script: Any, connection: Connection) -> None:
    def upgrade(revision: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with environment(config, script, fn=upgrade) as context:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            transactional_ddl=False,  # we hold the transaction ourselves
        )
        context.run_migrations()
