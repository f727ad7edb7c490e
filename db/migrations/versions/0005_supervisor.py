"""The supervisor's desk: cycles and exceptions, publications, 年度考核, totals beside the visits, plans that were in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types
from db.migrations.closed_months import move_closed_months

revision = "0005_supervisor"
down_revision = "0004_special"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _cadence()
    _publication()
    _assessment()
    _tallies()


def _cadence() -> None:
    op.create_table(
        "reporting_cycle",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("locks_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("changed_at", db.types.Moment(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_reporting_cycle")),
    )
    op.create_table(
        "reporting_exception",
        sa.Column("id", db.types.Key(length=16), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("register", sa.Text(), nullable=True),
        sa.Column("first_period", sa.Text(), nullable=False),
        sa.Column("last_period", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("made_at", db.types.Moment(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ended_at", db.types.Moment(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_reporting_exception_unit_code_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_exception")),
    )
    with op.batch_alter_table("reporting_exception", schema=None) as batch_op:
        batch_op.create_index("ix_reporting_exception_unit", ["unit_code", "first_period"], unique=False)


def _publication() -> None:
    op.create_table(
        "bulletin_draft",
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("content", db.types.Json(), nullable=False),
        sa.Column("saved_at", db.types.Moment(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_bulletin_draft")),
    )
    op.create_table(
        "publication",
        sa.Column("id", db.types.Key(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("cause", db.types.Json(), nullable=True),
        sa.Column("content", db.types.Json(), nullable=False),
        sa.Column("names", db.types.Json(), nullable=False),
        sa.Column("changes", db.types.Json(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("published_at", db.types.Moment(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("kind", "key", "version", name=op.f("uq_publication_kind")),
        sa.UniqueConstraint("number", name=op.f("uq_publication_number")),
    )
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER publication_no_{event.lower()} BEFORE {event} ON publication "
            "BEGIN SELECT RAISE(ABORT, 'publication is never changed'); END"
        )
    move_closed_months(op.get_bind())


def _assessment() -> None:
    op.create_table(
        "assessment_scheme",
        sa.Column("id", db.types.Key(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", db.types.Json(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_at", db.types.Moment(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("frozen_at", db.types.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_scheme")),
        sa.UniqueConstraint("year", "version", name=op.f("uq_assessment_scheme_year")),
    )
    op.create_table(
        "assessment_appeal",
        sa.Column("id", db.types.Key(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", db.types.Moment(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_at", db.types.Moment(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_assessment_appeal_unit_code_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_appeal")),
    )
    with op.batch_alter_table("assessment_appeal", schema=None) as batch_op:
        batch_op.create_index("ix_assessment_appeal_unit", ["year", "unit_code"], unique=False)

    op.create_table(
        "assessment_entry",
        sa.Column("id", db.types.Key(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("points", db.types.Scaled(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("made_at", db.types.Moment(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", db.types.Moment(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["org_unit.code"], name=op.f("fk_assessment_entry_unit_code_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_entry")),
    )
    with op.batch_alter_table("assessment_entry", schema=None) as batch_op:
        batch_op.create_index("ix_assessment_entry_unit", ["year", "unit_code"], unique=False)
    # A scheme that was used is not changed any more; a draft may be.
    op.execute(
        "CREATE TRIGGER assessment_scheme_frozen BEFORE UPDATE ON assessment_scheme WHEN OLD.frozen_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a frozen scheme is never changed'); END"
    )
    op.execute(
        "CREATE TRIGGER assessment_scheme_kept BEFORE DELETE ON assessment_scheme WHEN OLD.frozen_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a frozen scheme is never deleted'); END"
    )


def _tallies() -> None:
    op.create_table(
        "plan_issue",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_period", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", db.types.Json(), nullable=False),
        sa.Column("installed_at", db.types.Moment(), nullable=False),
        sa.Column("installed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_plan_issue")),
    )
    # The plan there is has held all along.
    op.execute(
        "INSERT INTO plan_issue SELECT 1, '1900-01', digest, document, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), '' FROM plan"
    )
    op.create_table(
        "visit_tally",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("enterprises", sa.Integer(), nullable=False),
        sa.Column("assessed", sa.Integer(), nullable=False),
        sa.Column("firsts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "unit_code", name=op.f("pk_visit_tally")),
    )
    op.create_table(
        "visit_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sign", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=True),
        sa.Column("visit_date", sa.Date(), nullable=False),
        sa.Column("assessed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_change")),
    )
    op.create_table(
        "register_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_register_state")),
    )
    _count_visits()
    _note_visits()
    with op.batch_alter_table("org_unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("merged_from", sa.Text(), nullable=True))
    op.create_index(
        "ix_issue_totals",
        "issue",
        ["unit_code", "status", "category", "satisfaction", "due_date", "registered_on", "deleted_at", "id"],
    )
    op.create_index(
        "ix_cloud_totals",
        "cloud",
        ["provider_org", "counted", "uncounted_reason", "cloud_on", "deleted_at", "enterprise_id"],
    )
    op.create_index("ix_enterprise_core", "enterprise", ["de_core"], sqlite_where=sa.text("de_core = 1"))
    op.create_index("ix_enterprise_honors", "enterprise", ["id"], sqlite_where=sa.text("honors IS NOT NULL"))
    _count_changes()  # at the end: a table that is rebuilt loses its triggers


def _count_visits() -> None:
    """The totals of the visits there are, by unit and for everybody (“”)."""
    there = "deleted_at IS NULL AND visit_date IS NOT NULL"
    for unit in ("unit_code", "''"):
        op.execute(
            f"INSERT INTO visit_tally SELECT substr(visit_date, 1, 7), {unit}, count(*), count(DISTINCT enterprise_id), "
            "count(DISTINCT CASE WHEN visit_mode IN ('实地', '座谈会') THEN enterprise_id END), 0 "
            f"FROM visit WHERE {there} GROUP BY 1, 2"
        )
        op.execute(
            "INSERT INTO visit_tally SELECT first, unit, 0, 0, 0, count(*) FROM ("
            f"SELECT {unit} AS unit, min(substr(visit_date, 1, 7)) AS first FROM visit "
            f"WHERE {there} AND enterprise_id IS NOT NULL GROUP BY {unit}, enterprise_id, substr(visit_date, 1, 4)) "
            "WHERE true GROUP BY 1, 2 ON CONFLICT (period, unit_code) DO UPDATE SET firsts = excluded.firsts"
        )


def _note_visits() -> None:
    """Triggers that note every visit that comes or goes, whatever wrote it. Rebuilding the table drops them."""
    counts = "{row}.deleted_at IS NULL AND {row}.visit_date IS NOT NULL"
    note = (
        "INSERT INTO visit_change (sign, unit_code, enterprise_id, visit_date, assessed) VALUES ({sign}, {row}.unit_code, "
        "{row}.enterprise_id, {row}.visit_date, coalesce({row}.visit_mode IN ('实地', '座谈会'), 0));"
    )
    columns = "unit_code, enterprise_id, visit_date, visit_mode, deleted_at"
    differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in columns.split(", "))
    for name, event, row, sign in (
        ("came", "INSERT", "NEW", 1),
        ("went", "DELETE", "OLD", -1),
        ("left", f"UPDATE OF {columns}", "OLD", -1),
        ("became", f"UPDATE OF {columns}", "NEW", 1),
    ):
        changed = f" AND ({differs})" if event.startswith("UPDATE") else ""
        op.execute(
            f"CREATE TRIGGER visit_{name} AFTER {event} ON visit WHEN {counts.format(row=row)}{changed} "
            f"BEGIN {note.format(row=row, sign=sign)} END"
        )


_COUNTED = (
    "action_item", "cloud", "duty", "enterprise", "indicator_value", "issue", "lead", "liaison", "matter", "nurture", "opportunity", "org_unit", "park", "park_month", "plan", "plan_issue", "product", "project", "publication", "release_batch", "reporting_cycle", "reporting_exception", "return_file", "service", "setting", "supply_match", "visit",
)  # fmt: skip


def _count_changes() -> None:
    """A counter for each table that a roll-up reads, moved with every row that is written."""
    for table in _COUNTED:
        op.execute(f"INSERT INTO register_state VALUES ('{table}', 0)")
        for event in ("insert", "update", "delete"):
            op.execute(
                f'CREATE TRIGGER counted_{table}_{event} AFTER {event.upper()} ON "{table}" '
                f"BEGIN UPDATE register_state SET changes = changes + 1 WHERE name = '{table}'; END"
            )
