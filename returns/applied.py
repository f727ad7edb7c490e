"""What applying a return came to, and what it left for a person to decide. The writing itself is in apply.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from db.findings import Severity
from db.models import Batch
from returns import batches, results, situations
from returns.diff import BAD, CONFLICT, GONE, NEW, UPDATE, Planned
from returns.results import FileReport


def undecided(
    planned: Sequence[Planned], decided: Mapping[int, bool], choices: Mapping[int, str]
) -> tuple[str, ...]:
    """The sentences about what was left as it is because nobody said otherwise."""
    gone = sum(each.action == GONE and not decided[each.seq] for each in planned)
    open_conflicts = sum(each.action == CONFLICT and each.seq not in choices for each in planned)
    told = []
    if gone:
        told.append(f"有 {gone} 条上次报过、这次没有的记录，已保留，请在“收表”中确认。")
    if open_conflicts:
        told.append(f"有 {open_conflicts} 条与现有内容冲突，已保留现有内容，请在“收表”中选定。")
    return tuple(told)


def report_of(
    batch: Batch, planned: Sequence[Planned], decided: Mapping[int, bool], told: Sequence[str]
) -> FileReport:
    """The report of a batch whose rows were written as `decided`; `told` are sentences about what was left open."""
    own = [each for each in planned if each.row is not None and not each.named]
    bad = sum(each.action == BAD for each in own)
    stored = sum(each.action == NEW and decided[each.seq] for each in own)
    updated = sum(
        (each.action in (UPDATE, CONFLICT) and decided[each.seq])
        or (each.kept is not None and not decided[each.seq])
        for each in own
    )
    findings = tuple(batches.finding_of(each) for each in batch.findings or ())
    cases = tuple(situations.Situation(**each) for each in (batch.cover or {}).get("situations") or ())
    return FileReport(
        batch.file_name,
        results.outcome_of(bad, findings),
        unit=batch.unit_code,
        period=batch.period,
        revision=batch.revision,
        batch=batch.id.hex,
        rows_read=len(own),
        stored=stored,
        updated=updated,
        unchanged=len(own) - stored - updated - bad,
        bad=bad,
        warnings=(*situations.loud(cases), *results.words(findings, Severity.WARNING), *told),
        findings=findings,
        situations=cases,
    )
