"""The rules a record must keep: pure functions, records in, findings out; one file per register.

A check takes a `Context` and a record and yields findings; run.py runs them, rules.py holds the sentences.
"""

from db.checks.context import Context, Facts
from db.checks.grades import Grade, grades, set_grade, why_fixed
from db.checks.overlay import with_rows
from db.checks.returns import check_cover, check_gate, check_late, check_zero
from db.checks.rules import RULES, Rule, finding
from db.checks.run import check_month, check_record, check_rows, context
from db.parameters import PARAMETERS, Parameters

__all__ = [
    "PARAMETERS",
    "RULES",
    "Context",
    "Facts",
    "Grade",
    "Parameters",
    "Rule",
    "check_cover",
    "check_gate",
    "check_late",
    "check_month",
    "check_record",
    "check_rows",
    "check_zero",
    "context",
    "finding",
    "grades",
    "set_grade",
    "why_fixed",
    "with_rows",
]
