"""Projects, parks, tasks and the lists beside them; lineage of cards; counts of rules; search of records."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

import db.types

revision = "0002_registers"
down_revision = "0001_first"
branch_labels = None
depends_on = None


# Full text of what records other than enterprises say, keyed to record_search.seq.
SEARCH = (
    "CREATE VIRTUAL TABLE fts_record USING fts5(folded, content='record_search', content_rowid='seq', "
    "tokenize='unicode61 remove_diacritics 0')"
)


def _record() -> list[sa.Column[Any]]:
    """The columns that every record has: identity, history, what could not be read."""
    return [
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
    ]


def _put_aside(batch_op: BatchOperations, table: str) -> None:
    """The small indexes that find what is to be completed and what was deleted."""
    batch_op.create_index(
        f"ix_{table}_incomplete", ["unit_code", "id"], unique=False, sqlite_where=sa.text("incomplete = 1")
    )
    batch_op.create_index(
        f"ix_{table}_deleted", ["deleted_at"], unique=False, sqlite_where=sa.text("deleted_at IS NOT NULL")
    )


def upgrade() -> None:
    op.create_table(
        "record_search",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_record_search")),
        sa.UniqueConstraint("record_id", name=op.f("uq_record_search_record_id")),
    )
    op.execute(SEARCH)
    op.create_table(
        "duplicate_decision",
        sa.Column("first_id", db.types.Key(length=16), nullable=False),
        sa.Column("second_id", db.types.Key(length=16), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", db.types.Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_duplicate_decision")),
    )
    op.create_table(
        "enterprise_event",
        sa.Column("id", db.types.Key(length=16), nullable=False),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("old", db.types.Json(), nullable=True),
        sa.Column("new", db.types.Json(), nullable=True),
        sa.Column("at", db.types.Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("undone_at", db.types.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_event")),
    )
    with op.batch_alter_table("enterprise_event", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_event_firm", ["enterprise_id", "happened_on"], unique=False)

    op.create_table(
        "enterprise_merge",
        sa.Column("id", db.types.Key(length=16), nullable=False),
        sa.Column("kept_id", db.types.Key(length=16), nullable=False),
        sa.Column("gone_id", db.types.Key(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("image", db.types.Json(), nullable=False),
        sa.Column("at", db.types.Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("undone_at", db.types.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_merge")),
    )
    with op.batch_alter_table("enterprise_merge", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_merge_gone", ["gone_id"], unique=False)
        batch_op.create_index("ix_enterprise_merge_kept", ["kept_id"], unique=False)

    op.create_table(
        "rule_fired",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("registers", db.types.Json(), nullable=True),
        sa.Column("at", db.types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "period", "unit_code", name=op.f("pk_rule_fired")),
    )
    op.create_table(
        "park_month",
        *_record(),
        sa.Column("park_code", sa.Text(), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("area_total", db.types.Scaled(), nullable=True),
        sa.Column("area_usable", db.types.Scaled(), nullable=True),
        sa.Column("area_used", db.types.Scaled(), nullable=True),
        sa.Column("occupancy", db.types.Scaled(), nullable=True),
        sa.Column("firms", sa.Integer(), nullable=True),
        sa.Column("firms_de", sa.Integer(), nullable=True),
        sa.Column("firms_above", sa.Integer(), nullable=True),
        sa.Column("in_month", sa.Integer(), nullable=True),
        sa.Column("out_month", sa.Integer(), nullable=True),
        sa.Column("introduced", sa.Text(), nullable=True),
        sa.Column("revenue_ytd", db.types.Scaled(), nullable=True),
        sa.Column("tax_ytd", db.types.Scaled(), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("operator_head", sa.Text(), nullable=True),
        sa.Column("operator_phone", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["park_code"], ["park.code"], name=op.f("fk_park_month_park_code_park")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_month")),
    )
    with op.batch_alter_table("park_month", schema=None) as batch_op:
        _put_aside(batch_op, "park_month")
        batch_op.create_index("ix_park_month_park", ["park_code", "period"], unique=False)
        batch_op.create_index("ix_park_month_place", ["period", "park_code"], unique=False)
        batch_op.create_index("ix_park_month_unit", ["unit_code", "period", "deleted_at"], unique=False)

    op.create_table(
        "release_batch",
        *_record(),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("list_kind", sa.Text(), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("org_code", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_code"], ["org_unit.code"], name=op.f("fk_release_batch_org_code_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_batch")),
    )
    with op.batch_alter_table("release_batch", schema=None) as batch_op:
        _put_aside(batch_op, "release_batch")
        batch_op.create_index("ix_release_batch_released", ["released_on", "id"], unique=False)
        batch_op.create_index(
            "ix_release_batch_unit", ["unit_code", "released_on", "deleted_at"], unique=False
        )

    op.create_table(
        "duty",
        *_record(),
        sa.Column("year", sa.Text(), nullable=True),
        sa.Column("action_id", sa.Text(), nullable=True),
        sa.Column("programme_id", sa.Text(), nullable=True),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("target_value", db.types.Scaled(), nullable=True),
        sa.Column("target_unit", sa.Text(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("org_code", sa.Text(), nullable=True),
        sa.Column("support_org_codes", db.types.Json(), nullable=True),
        sa.Column("leader", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("asof_ym", sa.Text(), nullable=True),
        sa.Column("done_value", db.types.Scaled(), nullable=True),
        sa.Column("progress_pct", db.types.Scaled(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("progress_text", sa.Text(), nullable=True),
        sa.Column("problem_text", sa.Text(), nullable=True),
        sa.Column("next_text", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action_item.id"], name=op.f("fk_duty_action_id_action_item")
        ),
        sa.ForeignKeyConstraint(["org_code"], ["org_unit.code"], name=op.f("fk_duty_org_code_org_unit")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_duty_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index("ix_duty_action", ["year", "action_id"], unique=False)
        batch_op.create_index("ix_duty_due", ["due_date", "id"], unique=False)
        _put_aside(batch_op, "duty")
        batch_op.create_index("ix_duty_unit", ["unit_code", "year", "status", "deleted_at"], unique=False)

    op.create_table(
        "lead",
        *_record(),
        sa.Column("firm_name", sa.Text(), nullable=True),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("invest", db.types.Scaled(), nullable=True),
        sa.Column("task_force_code", sa.Text(), nullable=True),
        sa.Column("leader", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_lead_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["task_force_code"], ["org_unit.code"], name=op.f("fk_lead_task_force_code_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
    )
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.create_index("ix_lead_enterprise", ["enterprise_id"], unique=False)
        batch_op.create_index("ix_lead_found", ["found_on", "id"], unique=False)
        _put_aside(batch_op, "lead")
        batch_op.create_index("ix_lead_unit", ["unit_code", "found_on", "stage", "deleted_at"], unique=False)

    op.create_table(
        "liaison",
        *_record(),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=True),
        sa.Column("leader", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("org_code", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("visits_owed", sa.Integer(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_liaison_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["org_code"], ["org_unit.code"], name=op.f("fk_liaison_org_code_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liaison")),
    )
    with op.batch_alter_table("liaison", schema=None) as batch_op:
        batch_op.create_index("ix_liaison_enterprise", ["enterprise_id", "from_on"], unique=False)
        batch_op.create_index("ix_liaison_from", ["from_on", "id"], unique=False)
        _put_aside(batch_op, "liaison")
        batch_op.create_index(
            "ix_liaison_unit", ["unit_code", "from_on", "to_on", "deleted_at"], unique=False
        )

    op.create_table(
        "opportunity",
        *_record(),
        sa.Column("scene", sa.Text(), nullable=True),
        sa.Column("demand_side", sa.Text(), nullable=True),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=True),
        sa.Column("need", sa.Text(), nullable=True),
        sa.Column("budget", db.types.Scaled(), nullable=True),
        sa.Column("term", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("release_id", db.types.Key(length=16), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_opportunity_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release_batch.id"], name=op.f("fk_opportunity_release_id_release_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunity")),
    )
    with op.batch_alter_table("opportunity", schema=None) as batch_op:
        batch_op.create_index("ix_opportunity_enterprise", ["enterprise_id"], unique=False)
        _put_aside(batch_op, "opportunity")
        batch_op.create_index("ix_opportunity_registered", ["registered_on", "id"], unique=False)
        batch_op.create_index("ix_opportunity_release", ["release_id"], unique=False)
        batch_op.create_index(
            "ix_opportunity_unit", ["unit_code", "registered_on", "deleted_at"], unique=False
        )

    op.create_table(
        "product",
        *_record(),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("scenes", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("cases", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("release_id", db.types.Key(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_product_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release_batch.id"], name=op.f("fk_product_release_id_release_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index("ix_product_enterprise", ["enterprise_id"], unique=False)
        _put_aside(batch_op, "product")
        batch_op.create_index("ix_product_registered", ["registered_on", "id"], unique=False)
        batch_op.create_index("ix_product_release", ["release_id"], unique=False)
        batch_op.create_index("ix_product_unit", ["unit_code", "registered_on", "deleted_at"], unique=False)

    op.create_table(
        "project",
        *_record(),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("project_no", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("field_tag", sa.Text(), nullable=True),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=True),
        sa.Column("owner_name", sa.Text(), nullable=True),
        sa.Column("street_code", sa.Text(), nullable=True),
        sa.Column("park_code", sa.Text(), nullable=True),
        sa.Column("org_code", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("invest_total", db.types.Scaled(), nullable=True),
        sa.Column("invest_plan_year", db.types.Scaled(), nullable=True),
        sa.Column("invest_done", db.types.Scaled(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("in_stock", sa.Boolean(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("stocked_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("produced_on", sa.Date(), nullable=True),
        sa.Column("asof_ym", sa.Text(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("issues", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_project_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["org_code"], ["org_unit.code"], name=op.f("fk_project_org_code_org_unit")),
        sa.ForeignKeyConstraint(["park_code"], ["park.code"], name=op.f("fk_project_park_code_park")),
        sa.ForeignKeyConstraint(
            ["street_code"], ["org_unit.code"], name=op.f("fk_project_street_code_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index("ix_project_enterprise", ["enterprise_id"], unique=False)
        _put_aside(batch_op, "project")
        batch_op.create_index("ix_project_name", ["name", "id"], unique=False)
        batch_op.create_index("ix_project_no", ["project_no"], unique=False)
        batch_op.create_index("ix_project_stage", ["stage", "id"], unique=False)
        batch_op.create_index(
            "ix_project_unit", ["unit_code", "asof_ym", "stage", "deleted_at"], unique=False
        )

    op.create_table(
        "service",
        *_record(),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=True),
        sa.Column("firms", sa.Integer(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=True),
        sa.Column("amount", db.types.Scaled(), nullable=True),
        sa.Column("org_code", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_service_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["org_code"], ["org_unit.code"], name=op.f("fk_service_org_code_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index("ix_service_enterprise", ["enterprise_id"], unique=False)
        _put_aside(batch_op, "service")
        batch_op.create_index("ix_service_served", ["served_on", "id"], unique=False)
        batch_op.create_index("ix_service_unit", ["unit_code", "served_on", "deleted_at"], unique=False)

    op.create_table(
        "firm_plan",
        *_record(),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=True),
        sa.Column("visit_id", db.types.Key(length=16), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("situation", sa.Text(), nullable=True),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("org_code", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_firm_plan_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["org_code"], ["org_unit.code"], name=op.f("fk_firm_plan_org_code_org_unit")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_firm_plan_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_plan")),
    )
    with op.batch_alter_table("firm_plan", schema=None) as batch_op:
        batch_op.create_index("ix_firm_plan_enterprise", ["enterprise_id", "made_on"], unique=False)
        _put_aside(batch_op, "firm_plan")
        batch_op.create_index("ix_firm_plan_made", ["made_on", "id"], unique=False)
        batch_op.create_index(
            "ix_firm_plan_unit", ["unit_code", "made_on", "status", "deleted_at"], unique=False
        )
        batch_op.create_index("ix_firm_plan_visit", ["visit_id"], unique=False)

    op.create_table(
        "supply_match",
        *_record(),
        sa.Column("opportunity_id", db.types.Key(length=16), nullable=True),
        sa.Column("product_id", db.types.Key(length=16), nullable=True),
        sa.Column("matched_on", sa.Date(), nullable=True),
        sa.Column("org_code", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("amount", db.types.Scaled(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunity.id"], name=op.f("fk_supply_match_opportunity_id_opportunity")
        ),
        sa.ForeignKeyConstraint(
            ["org_code"], ["org_unit.code"], name=op.f("fk_supply_match_org_code_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_supply_match_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_match")),
    )
    with op.batch_alter_table("supply_match", schema=None) as batch_op:
        _put_aside(batch_op, "supply_match")
        batch_op.create_index("ix_supply_match_matched", ["matched_on", "id"], unique=False)
        batch_op.create_index("ix_supply_match_opportunity", ["opportunity_id"], unique=False)
        batch_op.create_index("ix_supply_match_product", ["product_id"], unique=False)
        batch_op.create_index("ix_supply_match_unit", ["unit_code", "matched_on", "deleted_at"], unique=False)

    op.create_table(
        "matter",
        *_record(),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("raised_by_code", sa.Text(), nullable=True),
        sa.Column("raised_on", sa.Date(), nullable=True),
        sa.Column("issue_id", db.types.Key(length=16), nullable=True),
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("org_code", sa.Text(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_matter_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_matter_issue_id_issue")),
        sa.ForeignKeyConstraint(["org_code"], ["org_unit.code"], name=op.f("fk_matter_org_code_org_unit")),
        sa.ForeignKeyConstraint(
            ["raised_by_code"], ["org_unit.code"], name=op.f("fk_matter_raised_by_code_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
    )
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.create_index("ix_matter_enterprise", ["enterprise_id"], unique=False)
        _put_aside(batch_op, "matter")
        batch_op.create_index("ix_matter_issue", ["issue_id"], unique=False)
        batch_op.create_index("ix_matter_raised", ["raised_on", "id"], unique=False)
        batch_op.create_index(
            "ix_matter_unit", ["unit_code", "raised_on", "status", "deleted_at"], unique=False
        )

    op.create_table(
        "cloud_choice",
        sa.Column("enterprise_id", db.types.Key(length=16), nullable=False),
        sa.Column("cloud_id", db.types.Key(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", db.types.Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f("pk_cloud_choice")),
    )
    with op.batch_alter_table("cloud", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attachments", db.types.Json(), nullable=True))
        batch_op.add_column(sa.Column("opening", sa.Boolean(), nullable=True))

    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into", db.types.Key(length=16), nullable=True))
        batch_op.create_index(
            "ix_enterprise_merged",
            ["merged_into"],
            unique=False,
            sqlite_where=sa.text("merged_into IS NOT NULL"),
        )

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attachments", db.types.Json(), nullable=True))
