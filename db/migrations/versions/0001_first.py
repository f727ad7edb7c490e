"""first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0001_first"
down_revision = None
# fmt: off
branch_labels = None
depends_on = None


# Full text over names and codes (a space between characters, queried as a phrase) and over the
# suffixes of the pinyin initials. Both are keyed to enterprise_search.seq.
SEARCH = (
    "CREATE VIRTUAL TABLE fts_name USING fts5(folded, content='enterprise_search', content_rowid='seq', "
    "tokenize='unicode61 remove_diacritics 0')",
    "CREATE VIRTUAL TABLE fts_initials USING fts5(initials, content='', "
    "tokenize='unicode61 remove_diacritics 0')",
)


def record_columns() -> list[sa.Column[Any]]:
    """The columns that every register shared when this version was written."""
    return [
        sa.Column('id', db.types.Key(length=16), nullable=False),
        sa.Column('rev', sa.Integer(), nullable=False),
        sa.Column('unit_code', sa.Text(), nullable=False),
        sa.Column('created_at', db.types.Moment(), nullable=False),
        sa.Column('created_by', sa.Text(), nullable=False),
        sa.Column('updated_at', db.types.Moment(), nullable=False),
        sa.Column('updated_by', sa.Text(), nullable=False),
        sa.Column('deleted_at', db.types.Moment(), nullable=True),
        sa.Column('unparsed', db.types.Json(), nullable=True),
        sa.Column('not_applicable', db.types.Json(), nullable=True),
        sa.Column('incomplete', sa.Boolean(), nullable=False),
        sa.Column('digest', sa.Text(), nullable=False),
        sa.Column('origin', db.types.Json(), nullable=True),
    ]


def upgrade() -> None:
    op.create_table('audit',
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', db.types.Moment(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('register', sa.Text(), nullable=False),
    sa.Column('record_id', db.types.Key(length=16), nullable=True),
    sa.Column('before', db.types.Json(), nullable=True),
    sa.Column('after', db.types.Json(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit'))
    )
    op.create_index('ix_audit_record', 'audit', ['record_id', 'seq'], unique=False)

    op.create_table('batch',
    sa.Column('id', db.types.Key(length=16), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('file_sha256', sa.Text(), nullable=False),
    sa.Column('content_digest', sa.Text(), nullable=False),
    sa.Column('unit_code', sa.Text(), nullable=True),
    sa.Column('period', sa.Text(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('rows_read', sa.Integer(), nullable=False),
    sa.Column('cover', db.types.Json(), nullable=True),
    sa.Column('findings', db.types.Json(), nullable=True),
    sa.Column('created_at', db.types.Moment(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('applied_at', db.types.Moment(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch'))
    )
    op.create_index('ix_batch_sha', 'batch', ['file_sha256'], unique=False)
    op.create_index('ix_batch_state', 'batch', ['state', 'created_at'], unique=False)

    op.create_table('draft',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('values', db.types.Json(), nullable=False),
    sa.Column('focus', sa.Text(), nullable=True),
    sa.Column('saved_at', db.types.Moment(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_draft'))
    )
    op.create_table('enterprise_search',
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('enterprise_id', sa.LargeBinary(length=16), nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.Column('initials', sa.Text(), nullable=False),
    sa.Column('name_key', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_enterprise_search')),
    sa.UniqueConstraint('enterprise_id', name=op.f('uq_enterprise_search_enterprise_id'))
    )
    op.create_index('ix_enterprise_search_initials', 'enterprise_search', ['initials'], unique=False)
    op.create_index('ix_enterprise_search_name_key', 'enterprise_search', ['name_key'], unique=False)

    op.create_table('explanation',
    sa.Column('id', db.types.Key(length=16), nullable=False),
    sa.Column('rule_id', sa.Text(), nullable=False),
    sa.Column('register', sa.Text(), nullable=False),
    sa.Column('record_id', db.types.Key(length=16), nullable=True),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('value_key', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('created_at', db.types.Moment(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_explanation'))
    )
    op.create_index('ix_explanation_place', 'explanation', ['rule_id', 'register', 'record_id'], unique=False)

    op.create_table('indicator',
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('decimals', sa.Integer(), nullable=False),
    sa.Column('attribute', sa.Text(), nullable=False),
    sa.Column('semantics', sa.Text(), nullable=False),
    sa.Column('combine', sa.Text(), nullable=False),
    sa.Column('register', sa.Text(), nullable=True),
    sa.Column('baseline', db.types.Scaled(), nullable=True),
    sa.Column('opening', db.types.Scaled(), nullable=True),
    sa.Column('ambiguous', sa.Boolean(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('no', name=op.f('pk_indicator'))
    )
    op.create_table('org_unit',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('full_name', sa.Text(), nullable=True),
    sa.Column('aliases', db.types.Json(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('reports', sa.Boolean(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_org_unit'))
    )
    op.create_table('park',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('aliases', db.types.Json(), nullable=True),
    sa.Column('part_no', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('positioning', sa.Text(), nullable=True),
    sa.Column('facts', db.types.Json(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_park'))
    )
    op.create_table('plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), nullable=False),
    sa.Column('region_code', sa.Text(), nullable=False),
    sa.Column('start_year', sa.Integer(), nullable=False),
    sa.Column('end_year', sa.Integer(), nullable=False),
    sa.Column('baseline_year', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('document', db.types.Json(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan'))
    )
    op.create_table('programme',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme'))
    )
    op.create_table('setting',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('value', db.types.Json(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_setting'))
    )
    op.create_table('action_item',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('programme_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('targets', db.types.Json(), nullable=False),
    sa.Column('tasks', db.types.Json(), nullable=False),
    sa.Column('unit_codes', db.types.Json(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_action_item_programme_id_programme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_action_item'))
    )
    op.create_table('enterprise',
        *record_columns(),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('uscc', sa.Text(), nullable=True),
    sa.Column('no_uscc_reason', sa.Text(), nullable=True),
    sa.Column('alias', sa.Text(), nullable=True),
    sa.Column('entity_type', sa.Text(), nullable=True),
    sa.Column('street_code', sa.Text(), nullable=True),
    sa.Column('park_code', sa.Text(), nullable=True),
    sa.Column('reg_address', sa.Text(), nullable=True),
    sa.Column('biz_address', sa.Text(), nullable=True),
    sa.Column('legal_rep', sa.Text(), nullable=True),
    sa.Column('contact', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('established_on', sa.Date(), nullable=True),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('reg_capital', db.types.Scaled(), nullable=True),
    sa.Column('industry_code', sa.Text(), nullable=True),
    sa.Column('main_business', sa.Text(), nullable=True),
    sa.Column('de_core', sa.Boolean(), nullable=True),
    sa.Column('de_class', sa.Text(), nullable=True),
    sa.Column('field_tag', db.types.Json(), nullable=True),
    sa.Column('is_above_scale', sa.Boolean(), nullable=True),
    sa.Column('specialty', sa.Text(), nullable=True),
    sa.Column('in_stock_ym', sa.Text(), nullable=True),
    sa.Column('sme_title', db.types.Json(), nullable=True),
    sa.Column('honors', db.types.Json(), nullable=True),
    sa.Column('revenue_ly', db.types.Scaled(), nullable=True),
    sa.Column('revenue_ytd', db.types.Scaled(), nullable=True),
    sa.Column('revenue_asof', sa.Text(), nullable=True),
    sa.Column('tax_ly', db.types.Scaled(), nullable=True),
    sa.Column('employees', sa.Integer(), nullable=True),
    sa.Column('liaison_leader', sa.Text(), nullable=True),
    sa.Column('liaison_org', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('status_on', sa.Date(), nullable=True),
    sa.Column('status_reason', sa.Text(), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['liaison_org'], ['org_unit.code'], name=op.f('fk_enterprise_liaison_org_org_unit')),
    sa.ForeignKeyConstraint(['park_code'], ['park.code'], name=op.f('fk_enterprise_park_code_park')),
    sa.ForeignKeyConstraint(['street_code'], ['org_unit.code'], name=op.f('fk_enterprise_street_code_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enterprise'))
    )
    op.create_index('ix_enterprise_deleted', 'enterprise', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'))
    op.create_index('ix_enterprise_incomplete', 'enterprise', ['unit_code', 'id'], unique=False, sqlite_where=sa.text('incomplete = 1'))
    op.create_index('ix_enterprise_name', 'enterprise', ['name'], unique=False)
    op.create_index('ix_enterprise_phone', 'enterprise', ['phone'], unique=False)
    op.create_index('ix_enterprise_street', 'enterprise', ['street_code', 'name'], unique=False)
    op.create_index('ix_enterprise_updated', 'enterprise', ['unit_code', 'updated_at'], unique=False)
    op.create_index('uq_enterprise_uscc', 'enterprise', ['uscc'], unique=True, sqlite_where=sa.text('uscc IS NOT NULL AND deleted_at IS NULL'))

    op.create_table('indicator_target',
    sa.Column('indicator_no', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('value', db.types.Scaled(), nullable=False),
    sa.ForeignKeyConstraint(['indicator_no'], ['indicator.no'], name=op.f('fk_indicator_target_indicator_no_indicator')),
    sa.PrimaryKeyConstraint('indicator_no', 'year', name=op.f('pk_indicator_target'))
    )
    op.create_table('indicator_unit',
    sa.Column('indicator_no', sa.Integer(), nullable=False),
    sa.Column('unit_code', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['indicator_no'], ['indicator.no'], name=op.f('fk_indicator_unit_indicator_no_indicator')),
    sa.ForeignKeyConstraint(['unit_code'], ['org_unit.code'], name=op.f('fk_indicator_unit_unit_code_org_unit')),
    sa.PrimaryKeyConstraint('indicator_no', 'unit_code', name=op.f('pk_indicator_unit'))
    )
    op.create_table('indicator_value',
        *record_columns(),
    sa.Column('period', sa.Text(), nullable=True),
    sa.Column('indicator_no', sa.Integer(), nullable=True),
    sa.Column('org_code', sa.Text(), nullable=True),
    sa.Column('value_month', db.types.Scaled(), nullable=True),
    sa.Column('value', db.types.Scaled(), nullable=True),
    sa.Column('prev_value', db.types.Scaled(), nullable=True),
    sa.Column('ly_value', db.types.Scaled(), nullable=True),
    sa.Column('target', db.types.Scaled(), nullable=True),
    sa.Column('completion', db.types.Scaled(), nullable=True),
    sa.Column('time_progress', db.types.Scaled(), nullable=True),
    sa.Column('gap', db.types.Scaled(), nullable=True),
    sa.Column('yoy', db.types.Scaled(), nullable=True),
    sa.Column('scope_note', sa.Text(), nullable=True),
    sa.Column('data_source', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('next_step', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('correction_reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['org_code'], ['org_unit.code'], name=op.f('fk_indicator_value_org_code_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicator_value'))
    )
    op.create_index('ix_indicator_value_deleted', 'indicator_value', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'))
    op.create_index('ix_indicator_value_incomplete', 'indicator_value', ['unit_code', 'id'], unique=False, sqlite_where=sa.text('incomplete = 1'))
    op.create_index('ix_indicator_value_unit', 'indicator_value', ['unit_code', 'period'], unique=False)
    op.create_index('uq_indicator_value_place', 'indicator_value', ['period', 'indicator_no', 'org_code'], unique=True, sqlite_where=sa.text('deleted_at IS NULL'))

    op.create_table('return_file',
    sa.Column('id', db.types.Key(length=16), nullable=False),
    sa.Column('unit_code', sa.Text(), nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('form_no', sa.Text(), nullable=True),
    sa.Column('issuer', sa.Text(), nullable=True),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('approval_no', sa.Text(), nullable=True),
    sa.Column('valid_to', sa.Text(), nullable=True),
    sa.Column('unit_note', sa.Text(), nullable=True),
    sa.Column('submitted_on', sa.Date(), nullable=True),
    sa.Column('head_sign', sa.Text(), nullable=True),
    sa.Column('reviewer', sa.Text(), nullable=True),
    sa.Column('filler', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('template_ver', sa.Text(), nullable=True),
    sa.Column('data_ver', sa.Text(), nullable=True),
    sa.Column('summary', db.types.Json(), nullable=True),
    sa.Column('check_summary', db.types.Json(), nullable=True),
    sa.Column('zero_report', sa.Boolean(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('correction_reason', sa.Text(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('file_name', sa.Text(), nullable=True),
    sa.Column('file_sha256', sa.Text(), nullable=True),
    sa.Column('late_days', sa.Integer(), nullable=False),
    sa.Column('batch_id', db.types.Key(length=16), nullable=True),
    sa.Column('created_at', db.types.Moment(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['unit_code'], ['org_unit.code'], name=op.f('fk_return_file_unit_code_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_return_file'))
    )
    op.create_index('ix_return_file_place', 'return_file', ['period', 'unit_code', 'revision'], unique=False)

    op.create_table('staged_row',
    sa.Column('batch_id', db.types.Key(length=16), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('register', sa.Text(), nullable=False),
    sa.Column('record_id', db.types.Key(length=16), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('accepted', sa.Boolean(), nullable=False),
    sa.Column('sheet', sa.Text(), nullable=False),
    sa.Column('row_no', sa.Integer(), nullable=True),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('values', db.types.Json(), nullable=True),
    sa.Column('changes', db.types.Json(), nullable=True),
    sa.Column('before', db.types.Json(), nullable=True),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_staged_row_batch_id_batch')),
    sa.PrimaryKeyConstraint('batch_id', 'seq', name=op.f('pk_staged_row'))
    )
    op.create_index('ix_staged_row_action', 'staged_row', ['batch_id', 'action', 'seq'], unique=False)

    op.create_table('cloud',
        *record_columns(),
    sa.Column('enterprise_id', db.types.Key(length=16), nullable=True),
    sa.Column('provider_org', sa.Text(), nullable=True),
    sa.Column('provider_brand', sa.Text(), nullable=True),
    sa.Column('cloud_type', db.types.Json(), nullable=True),
    sa.Column('product', sa.Text(), nullable=True),
    sa.Column('deploy', sa.Text(), nullable=True),
    sa.Column('cloud_on', sa.Date(), nullable=True),
    sa.Column('expire_on', sa.Date(), nullable=True),
    sa.Column('amount', db.types.Scaled(), nullable=True),
    sa.Column('depth', sa.Text(), nullable=True),
    sa.Column('scene', db.types.Json(), nullable=True),
    sa.Column('evidence', db.types.Json(), nullable=True),
    sa.Column('evidence_no', sa.Text(), nullable=True),
    sa.Column('verify_status', sa.Text(), nullable=True),
    sa.Column('verified_by', sa.Text(), nullable=True),
    sa.Column('verified_on', sa.Date(), nullable=True),
    sa.Column('counted', sa.Boolean(), nullable=True),
    sa.Column('uncounted_reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_cloud_enterprise_id_enterprise')),
    sa.ForeignKeyConstraint(['provider_org'], ['org_unit.code'], name=op.f('fk_cloud_provider_org_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cloud'))
    )
    op.create_index('ix_cloud_deleted', 'cloud', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'))
    op.create_index('ix_cloud_incomplete', 'cloud', ['unit_code', 'id'], unique=False, sqlite_where=sa.text('incomplete = 1'))
    op.create_index('ix_cloud_enterprise', 'cloud', ['enterprise_id', 'cloud_on'], unique=False)
    op.create_index('ix_cloud_on', 'cloud', ['cloud_on', 'id'], unique=False)
    op.create_index('ix_cloud_unit', 'cloud', ['unit_code', 'cloud_on', 'counted', 'deleted_at'], unique=False)

    op.create_table('nurture',
        *record_columns(),
    sa.Column('nurture_type', sa.Text(), nullable=True),
    sa.Column('enterprise_id', db.types.Key(length=16), nullable=True),
    sa.Column('specialty', sa.Text(), nullable=True),
    sa.Column('threshold', db.types.Scaled(), nullable=True),
    sa.Column('declare_type', sa.Text(), nullable=True),
    sa.Column('revenue_ytd', db.types.Scaled(), nullable=True),
    sa.Column('asof_ym', sa.Text(), nullable=True),
    sa.Column('vat_ytd', db.types.Scaled(), nullable=True),
    sa.Column('reach_rate', db.types.Scaled(), nullable=True),
    sa.Column('forecast', db.types.Scaled(), nullable=True),
    sa.Column('reach_ym', sa.Text(), nullable=True),
    sa.Column('accounting', sa.Text(), nullable=True),
    sa.Column('statistician', sa.Text(), nullable=True),
    sa.Column('measure', sa.Text(), nullable=True),
    sa.Column('org_code', sa.Text(), nullable=True),
    sa.Column('owner', sa.Text(), nullable=True),
    sa.Column('stage', sa.Text(), nullable=True),
    sa.Column('materials', db.types.Json(), nullable=True),
    sa.Column('willingness', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('reason_text', sa.Text(), nullable=True),
    sa.Column('in_stock_ym', sa.Text(), nullable=True),
    sa.Column('doc_no', sa.Text(), nullable=True),
    sa.Column('certified_on', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('reward', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_nurture_enterprise_id_enterprise')),
    sa.ForeignKeyConstraint(['org_code'], ['org_unit.code'], name=op.f('fk_nurture_org_code_org_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_nurture'))
    )
    op.create_index('ix_nurture_deleted', 'nurture', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'))
    op.create_index('ix_nurture_incomplete', 'nurture', ['unit_code', 'id'], unique=False, sqlite_where=sa.text('incomplete = 1'))
    op.create_index('ix_nurture_enterprise', 'nurture', ['enterprise_id', 'nurture_type'], unique=False)
    op.create_index('ix_nurture_stage', 'nurture', ['stage', 'id'], unique=False)
    op.create_index('ix_nurture_unit', 'nurture', ['unit_code', 'nurture_type', 'stage', 'deleted_at'], unique=False)

    op.create_table('return_row',
    sa.Column('return_id', db.types.Key(length=16), nullable=False),
    sa.Column('register', sa.Text(), nullable=False),
    sa.Column('record_id', db.types.Key(length=16), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['return_id'], ['return_file.id'], name=op.f('fk_return_row_return_id_return_file')),
    sa.PrimaryKeyConstraint('return_id', 'register', 'record_id', name=op.f('pk_return_row'))
    )
    op.create_table('visit',
        *record_columns(),
    sa.Column('visit_no', sa.Text(), nullable=True),
    sa.Column('enterprise_id', db.types.Key(length=16), nullable=True),
    sa.Column('visit_date', sa.Date(), nullable=True),
    sa.Column('visit_mode', sa.Text(), nullable=True),
    sa.Column('visit_type', sa.Text(), nullable=True),
    sa.Column('leader', sa.Text(), nullable=True),
    sa.Column('visitors', sa.Text(), nullable=True),
    sa.Column('escorts', sa.Text(), nullable=True),
    sa.Column('firm_attendees', sa.Text(), nullable=True),
    sa.Column('operation_text', sa.Text(), nullable=True),
    sa.Column('operation_trend', sa.Text(), nullable=True),
    sa.Column('revenue_ytd', db.types.Scaled(), nullable=True),
    sa.Column('digital_stage', sa.Text(), nullable=True),
    sa.Column('systems', db.types.Json(), nullable=True),
    sa.Column('device_linked', sa.Text(), nullable=True),
    sa.Column('cloud_status', sa.Text(), nullable=True),
    sa.Column('digital_need', db.types.Json(), nullable=True),
    sa.Column('digital_invest', db.types.Scaled(), nullable=True),
    sa.Column('upscale_potential', sa.Text(), nullable=True),
    sa.Column('policies_told', db.types.Json(), nullable=True),
    sa.Column('has_issue', sa.Boolean(), nullable=True),
    sa.Column('plan_text', sa.Text(), nullable=True),
    sa.Column('attachments', db.types.Json(), nullable=True),
    sa.Column('firm_confirm', sa.Text(), nullable=True),
    sa.Column('filler', sa.Text(), nullable=True),
    sa.Column('filled_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_visit_enterprise_id_enterprise')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit'))
    )
    op.create_index('ix_visit_deleted', 'visit', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'))
    op.create_index('ix_visit_incomplete', 'visit', ['unit_code', 'id'], unique=False, sqlite_where=sa.text('incomplete = 1'))
    op.create_index('ix_visit_no', 'visit', ['visit_no'], unique=False)
    op.create_index('ix_visit_date', 'visit', ['visit_date', 'id'], unique=False)
    op.create_index('ix_visit_enterprise', 'visit', ['enterprise_id', 'visit_date'], unique=False)
    op.create_index('ix_visit_unit_date', 'visit', ['unit_code', 'visit_date', 'deleted_at', 'enterprise_id', 'visit_mode'], unique=False)

    op.create_table('issue',
        *record_columns(),
    sa.Column('issue_no', sa.Text(), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('enterprise_id', db.types.Key(length=16), nullable=True),
    sa.Column('visit_id', db.types.Key(length=16), nullable=True),
    sa.Column('registered_on', sa.Date(), nullable=True),
    sa.Column('category', sa.Text(), nullable=True),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('urgency', sa.Text(), nullable=True),
    sa.Column('level', sa.Text(), nullable=True),
    sa.Column('org_code', sa.Text(), nullable=True),
    sa.Column('support_org_codes', db.types.Json(), nullable=True),
    sa.Column('owner', sa.Text(), nullable=True),
    sa.Column('owner_phone', sa.Text(), nullable=True),
    sa.Column('assigned_on', sa.Date(), nullable=True),
    sa.Column('due_date', sa.Date(), nullable=True),
    sa.Column('measure', sa.Text(), nullable=True),
    sa.Column('progress_log', db.types.Json(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('extend_count', sa.Integer(), nullable=True),
    sa.Column('extend_reason', sa.Text(), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.Column('result_text', sa.Text(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('satisfaction', sa.Text(), nullable=True),
    sa.Column('written_off_on', sa.Date(), nullable=True),
    sa.Column('written_off_by', sa.Text(), nullable=True),
    sa.Column('basis', sa.Text(), nullable=True),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('review_result', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['enterprise_id'], ['enterprise.id'], name=op.f('fk_issue_enterprise_id_enterprise')),
    sa.ForeignKeyConstraint(['org_code'], ['org_unit.code'], name=op.f('fk_issue_org_code_org_unit')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_issue_visit_id_visit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issue'))
    )
    op.create_index('ix_issue_deleted', 'issue', ['deleted_at'], unique=False, sqlite_where=sa.text('deleted_at IS NOT NULL'))
    op.create_index('ix_issue_incomplete', 'issue', ['unit_code', 'id'], unique=False, sqlite_where=sa.text('incomplete = 1'))
    op.create_index('ix_issue_due', 'issue', ['status', 'due_date'], unique=False)
    op.create_index('ix_issue_no', 'issue', ['issue_no'], unique=False)
    op.create_index('ix_issue_enterprise', 'issue', ['enterprise_id', 'registered_on'], unique=False)
    op.create_index('ix_issue_registered', 'issue', ['registered_on', 'id'], unique=False)
    op.create_index('ix_issue_unit', 'issue', ['unit_code', 'registered_on', 'status', 'due_date', 'deleted_at'], unique=False)
    op.create_index('ix_issue_visit', 'issue', ['visit_id'], unique=False)

    for statement in SEARCH:
        op.execute(statement)
