"""All tables of the register; importing this makes the metadata complete."""

from sqlalchemy import Index, Table, text

from db.models.account import Draft, Setting
from db.models.assessment import AssessmentAppeal, AssessmentEntry, AssessmentScheme
from db.models.audit import AuditEntry
from db.models.base import Base, Record
from db.models.cloud import Cloud
from db.models.cloud_choice import CloudChoice
from db.models.cycle import Batch, Explanation, ReturnFile, ReturnRow, RuleFired, StagedRow
from db.models.duty import Duty
from db.models.enterprise import Enterprise, EnterpriseSearch
from db.models.firm_plan import FirmPlan
from db.models.indicator_value import IndicatorValue
from db.models.issue import Issue
from db.models.lead import Lead
from db.models.ledger_layout import LedgerLayout
from db.models.liaison import Liaison
from db.models.lineage import DuplicateDecision, EnterpriseEvent, EnterpriseMerge
from db.models.lists import Match, Opportunity, Product, Release
from db.models.matter import Matter
from db.models.month_state import MonthState
from db.models.nurture import Nurture
from db.models.org import OrgUnit, Park
from db.models.park_month import ParkMonth
from db.models.plan import ActionItem, Indicator, IndicatorTarget, IndicatorUnit, Plan, Programme
from db.models.project import Project
from db.models.record_search import RecordSearch
from db.models.reporting import BulletinDraft, Publication, ReportingCycle, ReportingException
from db.models.service import Service
from db.models.special_table import HandDown, SpecialAnswer, SpecialRow, SpecialTable
from db.models.tally import PlanIssue, RegisterState, VisitChange, VisitTally
from db.models.visit import Visit

# Rows to be completed and rows put aside are few: small indexes of their own find them among a million.
for _model in (
    Cloud, Duty, Enterprise, FirmPlan, IndicatorValue, Issue, Lead, Liaison, Match, Matter, Nurture, Opportunity,
    ParkMonth, Product, Project, Release, Service, SpecialRow, Visit,
):  # fmt: skip
    _table: Table = _model.__table__  # type: ignore[assignment]
    Index(
        f"ix_{_table.name}_incomplete", _table.c.unit_code, _table.c.id, sqlite_where=text("incomplete = 1")
    )
    Index(f"ix_{_table.name}_deleted", _table.c.deleted_at, sqlite_where=text("deleted_at IS NOT NULL"))

__all__ = [
    "ActionItem", "AssessmentAppeal", "AssessmentEntry", "AssessmentScheme", "AuditEntry", "Base", "Batch",
    "BulletinDraft", "Cloud", "CloudChoice", "Draft", "DuplicateDecision", "Duty", "Enterprise", "EnterpriseEvent",
    "EnterpriseMerge", "EnterpriseSearch", "Explanation", "FirmPlan", "HandDown", "Indicator", "IndicatorTarget",
    "IndicatorUnit", "IndicatorValue", "Issue", "Lead", "LedgerLayout", "Liaison", "Match", "Matter", "MonthState", "Nurture",
    "Opportunity", "OrgUnit", "Park", "ParkMonth", "Plan", "PlanIssue", "Product", "Programme", "Project",
    "Publication", "Record", "RecordSearch", "RegisterState", "Release", "ReportingCycle", "ReportingException", "ReturnFile",
    "ReturnRow", "RuleFired", "Service", "Setting", "SpecialAnswer", "SpecialRow", "SpecialTable", "StagedRow",
    "Visit", "VisitChange", "VisitTally",
]  # fmt: skip
