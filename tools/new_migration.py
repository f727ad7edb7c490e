"""Write the next migration from the difference between the models and the newest database.

Use: .venv/bin/python tools/new_migration.py "visit: 接待时长"
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from db import upgrade
from db.folder import DataFolder
from db.models import Base
from db.store import make_engine

HEAD = '''"""{message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    {body}
'''


def main(message: str) -> Path:
    """The path of the file that was written."""
    versions = upgrade.MIGRATIONS / "versions"
    names = sorted(path.stem for path in versions.glob("[0-9]*.py"))
    down = names[-1] if names else None
    number = upgrade.version_number(down) + 1 if down else 1
    with tempfile.TemporaryDirectory() as place:
        folder = DataFolder(Path(place))
        engine = make_engine(folder.database)
        if names:
            upgrade.bring_up_to_date(engine, folder)
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"render_as_batch": True, "include_object": _ours, "compare_type": True}
            )
            script = produce_migrations(context, Base.metadata)
            code = render_python_code(script.upgrade_ops, render_as_batch=True)
        engine.dispose()
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_") or "change"
    revision = f"{number:04d}_{slug}"
    body = "\n".join(line for line in code.splitlines() if not line.strip().startswith("#")).strip()
    path = versions / f"{revision}.py"
    imports = "\nimport db.types\n" if "db.types." in body else ""
    text = HEAD.format(message=message, revision=revision, down=down, body=body, imports=imports)
    path.write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(path)], check=True)
    return path


def _ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    # The full-text tables are made by hand in the first migration; the models do not know them.
    return not (kind == "table" and name is not None and name.startswith(("fts_", "alembic_version")))


if __name__ == "__main__":
    print(main(" ".join(sys.argv[1:]) or "change"))
