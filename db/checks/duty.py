"""DTY rules: the tasks of the year, who leads them, and whether 已完成 is true. The moves are in workflow."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from db.checks import general
from db.checks.context import Check, Context, Values, items_of, number
from db.findings import Finding
from db.models.duty import FINISHED


def led_by_one(ctx: Context, record: Values) -> Iterable[Finding]:
    """DTY-002: who leads is not among those who support."""
    lead = record.get("org_code")
    if lead and lead in items_of(record.get("support_org_codes")):
        yield ctx.say("DTY-002", record, "support_org_codes", 单位=ctx.directory.name("unit", lead))


def done_means_done(ctx: Context, record: Values) -> Iterable[Finding]:
    """DTY-003: a task with a figure is not done below it."""
    target, done = record.get("target_value"), record.get("done_value")
    if target is None or done is None or record.get("status") not in FINISHED or done >= target:
        return
    yield ctx.say(
        "DTY-003", record, "status", 数=number(done), 目标=number(target), 状态=record["status"],
        目标单位=record.get("target_unit") or "",
    )  # fmt: skip


def percent(ctx: Context, record: Values) -> Iterable[Finding]:
    """GEN-002 for 完成进度: nothing is more than wholly done."""
    share = record.get("progress_pct")
    if share is not None and share > Decimal(100):
        yield ctx.say("GEN-002", record, "progress_pct", more="percent", 值=number(share))


CHECKS: tuple[Check, ...] = (
    # 没有的填“无”: of problems “none” is an answer.
    *general.checks(
        missing=dict.fromkeys(("org_code", "due_date", "content"), "DTY-001"), answers=("problem_text",)
    ),
    led_by_one,
    done_means_done,
    percent,
)
