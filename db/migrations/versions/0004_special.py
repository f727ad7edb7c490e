"""专项: one-off tables sent down by the district, their rows, who answered them; the 下发 that were made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0004_special"
down_revision = "0003_ledger_layouts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "special_table",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("columns", db.types.Json(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("optional", sa.Boolean(), nullable=False),
        sa.Column("recipients", db.types.Json(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("updated_at", db.types.Moment(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_special_table")),
    )
    op.create_table(
        "special_row",
        sa.Column("id", db.types.Key(length=16), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("created_at", db.types.Moment(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", db.types.Moment(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("deleted_at", db.types.Moment(), nullable=True),
        sa.Column("unparsed", db.types.Json(), nullable=True),
        sa.Column("not_applicable", db.types.Json(), nullable=True),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("origin", db.types.Json(), nullable=True),
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("values", db.types.Json(), nullable=False),
        sa.Column("prepared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_key"], ["special_table.key"], name=op.f("fk_special_row_table_key_special_table")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_row")),
    )
    with op.batch_alter_table("special_row", schema=None) as batch_op:
        batch_op.create_index("ix_special_row_table", ["table_key", "unit_code", "deleted_at"], unique=False)
        batch_op.create_index(
            "ix_special_row_incomplete",
            ["unit_code", "id"],
            unique=False,
            sqlite_where=sa.text("incomplete = 1"),
        )
        batch_op.create_index(
            "ix_special_row_deleted",
            ["deleted_at"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
        )
    op.create_table(
        "special_answer",
        sa.Column("table_key", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("zero", sa.Boolean(), nullable=False),
        sa.Column("sent_period", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("batch_id", db.types.Key(length=16), nullable=True),
        sa.Column("answered_at", db.types.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["table_key"], ["special_table.key"], name=op.f("fk_special_answer_table_key_special_table")
        ),
        sa.PrimaryKeyConstraint("table_key", "unit_code", name=op.f("pk_special_answer")),
    )
    op.create_table(
        "hand_down",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("contents", db.types.Json(), nullable=False),
        sa.Column("recipients", db.types.Json(), nullable=True),
        sa.Column("files", db.types.Json(), nullable=False),
        sa.Column("tables", db.types.Json(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("made_at", db.types.Moment(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_hand_down")),
    )
