"""The three common ledgers, imported whole: what is in the register can be counted by hand in the file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from db.store import Store
from returns.ledger import import_ledger
from tests.returns.ledger import samples

Office = Callable[..., Store]
Ask = Callable[..., list[tuple[Any, ...]]]


def hundredths(*amounts: str) -> int:
    return int(sum(Decimal(each) for each in amounts) * 100)


def test_a_streets_month_of_visits(office: Office, ask: Ask, tmp_path: Path) -> None:
    rows = samples.visit_ledger(tmp_path / "街道走访台账_2024年5月.xlsx")
    store = office()
    report = import_ledger(store, tmp_path / "街道走访台账_2024年5月.xlsx", "visit")

    assert (report.outcome, report.rows_read, report.stored, report.bad) == ("accepted", 26, 26, 0)
    assert (report.register, report.unit, report.period) == ("visit", "360103002", "2024-05")
    assert ask(store, "SELECT count(*), count(DISTINCT enterprise_id) FROM visit") == [(26, 26)]
    assert [
        day for (day,) in ask(store, "SELECT visit_date FROM visit ORDER BY json_extract(origin, '$.row')")
    ] == [row.day.isoformat() for row in rows]
    assert dict(ask(store, "SELECT visit_mode, count(*) FROM visit GROUP BY 1")) == Counter(
        samples.MODES[row.mode] for row in rows
    )
    assert dict(ask(store, "SELECT cloud_status, count(*) FROM visit GROUP BY 1")) == Counter(
        samples.CLOUDS[row.cloud] for row in rows
    )
    assert ask(store, "SELECT sum(revenue_ytd) FROM visit") == [
        (hundredths(*(row.revenue_ytd for row in rows)),)
    ]
    assert ask(store, "SELECT sum(revenue_ly) FROM enterprise") == [
        (hundredths(*(row.revenue_ly for row in rows)),)
    ]
    assert ask(store, "SELECT DISTINCT street_code, source, unit_code FROM enterprise") == [
        ("360103002", "导入", "360103002")
    ]
    # The title names the kind of visit; what the ledger does not say stays open and is 待补全.
    assert ask(store, "SELECT DISTINCT visit_type, filler, operation_text, incomplete FROM visit") == [
        ("千名干部访千企", "张敏", None, 1)
    ]
    assert "26 条还缺必填内容，已标为“待补全”。" in report.warnings


def test_problems_beside_visits_become_records(office: Office, ask: Ask, tmp_path: Path) -> None:
    rows = samples.visit_ledger(tmp_path / "v.xlsx")
    store = office()
    report = import_ledger(store, tmp_path / "v.xlsx", "visit")
    told = [row for row in rows if row.issue]

    assert ask(store, "SELECT count(*) FROM issue") == [(len(told),)]
    assert dict(ask(store, "SELECT status, count(*) FROM issue GROUP BY 1")) == Counter(
        samples.STATES[row.done] for row in told
    )
    assert ask(store, "SELECT has_issue, count(*) FROM visit GROUP BY 1 ORDER BY 1") == [
        (0, len(rows) - len(told)),
        (1, len(told)),
    ]
    # Every problem hangs on the visit of the same row, on the same day.
    assert ask(
        store,
        "SELECT count(*) FROM issue i JOIN visit v ON v.id = i.visit_id AND v.enterprise_id = i.enterprise_id"
        " AND v.visit_date = i.registered_on AND i.source = '走访'",
    ) == [(len(told),)]
    # Nobody said how it ended: the finished ones wait for their result and date.
    assert ask(store, "SELECT DISTINCT incomplete FROM issue WHERE status = '已办结'") == [(1,)]
    # A row without a problem has nothing to finish: its 是否办结 stays with the visit as it stood.
    idle = [row for row in rows if not row.issue and (row.done or row.org)]
    assert sum(finding.id == "IMP-007" for finding in report.findings) == len(idle) > 0
    other = [
        json.loads(text)
        for (text,) in ask(store, "SELECT json_extract(origin, '$.other') FROM visit")
        if text
    ]
    assert sum("是否办结" in each for each in other) == sum(1 for row in rows if not row.issue and row.done)
    assert sum(each.get("备注") == "领导关注" for each in other) == 1


def test_an_office_nobody_knows_is_added_and_said(office: Office, ask: Ask, tmp_path: Path) -> None:
    rows = samples.visit_ledger(tmp_path / "v.xlsx")
    store = office()
    report = import_ledger(store, tmp_path / "v.xlsx", "visit")
    assert ask(store, "SELECT name, source FROM org_unit WHERE source = 'local'") == [("区某某办", "local")]
    named = sum(1 for row in rows if row.issue and row.org == "区某某办")
    assert ask(
        store, "SELECT count(*) FROM issue i JOIN org_unit o ON o.code = i.org_code WHERE o.source = 'local'"
    ) == [(named,)]
    warned = [finding for finding in report.findings if finding.id == "GEN-009"]
    assert [(finding.severity.value, finding.column) for finding in warned] == [("warning", "K")]


def test_an_operators_customers(office: Office, ask: Ask, tmp_path: Path) -> None:
    rows = samples.customer_list(tmp_path / "客户清单.xlsx")
    store = office("xhdx")
    report = import_ledger(store, tmp_path / "客户清单.xlsx", "cloud")

    assert (report.outcome, report.stored, report.bad) == ("partial", len(rows), 0)
    assert ask(store, "SELECT count(*) FROM enterprise") == [(len({row.firm for row in rows}),)]
    # 元/年 becomes 万元, exactly where two decimals hold it; where not, the rounding is told.
    exact = [Decimal(row.yuan) / 10000 for row in rows]
    stored = [
        Decimal(value) / 100
        for (value,) in ask(store, "SELECT amount FROM cloud ORDER BY json_extract(origin, '$.row')")
    ]
    assert stored == [each.quantize(Decimal("0.01")) for each in exact]
    assert {finding.row for finding in report.findings if finding.id == "IMP-005"} == {
        number for number, row in enumerate(rows, start=2) if row.yuan == 12345
    }
    # Broadband and leased lines are kept and do not count; nothing is verified yet.
    lines = sum(row.product in ("企业宽带", "互联网专线") for row in rows)
    assert ask(store, "SELECT count(*) FROM cloud WHERE uncounted_reason = '非云产品' AND counted = 0") == [
        (lines,)
    ]
    assert sum(finding.id == "CLD-006" for finding in report.findings) == lines
    assert ask(store, "SELECT DISTINCT verify_status, provider_org, counted FROM cloud") == [
        ("待核实", "xhdx", 0)
    ]
    # “其他” is none of the types: kept as typed, and told.
    odd = sum(row.kind == "其他" for row in rows)
    assert ask(store, "SELECT count(*) FROM cloud WHERE json_extract(unparsed, '$.cloud_type') = '其他'") == [
        (odd,)
    ]
    assert sum(finding.field == "cloud_type" for finding in report.findings) == odd
    assert any("汇总" in warning for warning in report.warnings)
    assert any("客户经理" in warning for warning in report.warnings)


def test_a_bureaus_candidates_under_two_header_rows(office: Office, ask: Ask, tmp_path: Path) -> None:
    rows = samples.candidate_list(tmp_path / "升规培育库_2024.xlsx")
    store = office("qtjj")
    report = import_ledger(store, tmp_path / "升规培育库_2024.xlsx", "nurture")

    assert (report.outcome, report.stored, report.period) == ("partial", len(rows), "2024-05")
    assert ask(store, "SELECT sum(revenue_ytd), min(asof_ym), max(asof_ym) FROM nurture") == [
        (hundredths(*(str(Decimal(row.so_far) * 10000) for row in rows)), "2024-05", "2024-05")
    ]
    assert ask(store, "SELECT sum(revenue_ly) FROM enterprise") == [
        (hundredths(*(str(Decimal(row.last_year) * 10000) for row in rows)),)
    ]
    in_order = " FROM nurture ORDER BY json_extract(origin, '$.row')"
    assert ask(store, "SELECT specialty, declare_type, unparsed" + in_order) == [
        ("零售", None, None),
        ("批发", None, None),
        (None, None, '{"specialty":"服务业"}'),  # three classes of services: which, only the office knows
        ("批发", "年度入库", None),
    ]
    assert ask(store, "SELECT reach_ym" + in_order)[:3] == [("2024-06",), ("2024-11",), ("2025-01",)]
    assert ask(store, "SELECT DISTINCT street_code, liaison_leader FROM enterprise") == [
        ("360103010", "副区长")
    ]
