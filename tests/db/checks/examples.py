"""One record that breaks each rule and one that keeps it: a table, read by test_rules.py."""

from __future__ import annotations

from tests.db.checks.cases import Example
from tests.db.checks.examples_firms import FIRMS
from tests.db.checks.examples_ledgers import LEDGERS
from tests.db.checks.examples_projects import PROJECTS

EXAMPLES: tuple[Example, ...] = FIRMS + LEDGERS + PROJECTS
RAISED_WHERE_FILES_ARE_READ = ("RET-002", "RET-003", "RET-004", "RET-006", "RET-009")
