"""Reads out of the audit what candidates, projects and tasks said of earlier months (0006): it stood nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

# Columns that the database does not store as the audit writes them: decimals by their places, JSON as text.
_SCALED: Mapping[str, Mapping[str, int]] = {
    "nurture": {"threshold": 0, "revenue_ytd": 2, "vat_ytd": 2, "reach_rate": 1, "forecast": 2},
    "project": {"invest_total": 2, "invest_plan_year": 2, "invest_done": 2},
    "duty": {"target_value": 2, "done_value": 2, "progress_pct": 0},
}
_JSON: Mapping[str, tuple[str, ...]] = {
    "nurture": ("materials",),
    "project": (),
    "duty": ("support_org_codes",),
}
_KEYS = ("enterprise_id",)  # the record's own, whatever the month
_INSERT = text(
    "INSERT OR REPLACE INTO month_state (register, record_id, period, said) VALUES (:register, :record_id, :period, :said)"
)


def read_audit(connection: Connection) -> None:
    """Each record's last word for each month before the one it stands at now."""
    for register, scaled in _SCALED.items():
        now = {key: month for key, month in connection.execute(text(f"SELECT id, asof_ym FROM {register}"))}
        states: dict[bytes, dict[str, Any]] = {}
        found: dict[tuple[bytes, str], dict[str, Any]] = {}
        entries = connection.execute(
            text(
                "SELECT record_id, after FROM audit WHERE register = :register AND after IS NOT NULL ORDER BY seq"
            ),
            {"register": register},
        )
        for key, after in entries:
            if not now.get(key):
                continue  # gone, or of no month yet
            state = states.setdefault(key, {})
            for name, value in json.loads(after).items():
                if name in _KEYS:
                    continue
                if value is not None and name in scaled:
                    value = int(Decimal(value).scaleb(scaled[name]))
                elif value is not None and name in _JSON[register]:
                    value = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                state[name] = value
            month = state.get("asof_ym")
            if month and month < now[key]:
                found[key, month] = dict(state)
        rows = [
            {
                "register": register, "record_id": key, "period": month,
                "said": json.dumps({"incomplete": 0, "digest": "", **state}, ensure_ascii=False, separators=(",", ":")),
            }
            for (key, month), state in found.items()
        ]  # fmt: skip
        if rows:
            connection.execute(_INSERT, rows)
