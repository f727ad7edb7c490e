"""Assignments of columns, remembered by office and header."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0003_ledger_layouts"
down_revision = "0002_registers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_layout",
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("mapping", db.types.Json(), nullable=False),
        sa.Column("used_at", db.types.Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit_code", "register", "signature", name=op.f("pk_ledger_layout")),
    )
