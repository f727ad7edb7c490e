"""What candidates, projects and tasks said of earlier months; the dates of a problem beside its totals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types
from db.migrations.earlier_months import read_audit

revision = "0006_month_state"
down_revision = "0005_supervisor"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_state",
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("record_id", db.types.Key(length=16), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("said", db.types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("register", "record_id", "period", name=op.f("pk_month_state")),
    )
    read_audit(op.get_bind())
    op.execute("INSERT INTO register_state VALUES ('month_state', 0)")
    for event in ("insert", "update", "delete"):
        op.execute(
            f"CREATE TRIGGER counted_month_state_{event} AFTER {event.upper()} ON month_state "
            "BEGIN UPDATE register_state SET changes = changes + 1 WHERE name = 'month_state'; END"
        )
    # How a problem stood at the end of a month is told by its days.
    op.drop_index("ix_issue_totals", "issue")
    op.create_index(
        "ix_issue_totals",
        "issue",
        [
            "unit_code", "status", "category", "satisfaction", "due_date", "registered_on", "assigned_on", "closed_on",
            "written_off_on", "review_on", "deleted_at", "id",
        ],
    )  # fmt: skip
