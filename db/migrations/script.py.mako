"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "${up_revision}"
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    raise NotImplementedError("千企台账不降级：请用升级前的备份")
