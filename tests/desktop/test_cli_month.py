"""One street's ledger, by the command line, to the district's roll-up: what is counted at the end is in the file at the start."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from db import records
from db.registers import REGISTERS
from db.store import open_store
from tests.returns.ledger import samples
from tests.told import told as run

PEOPLE = ("--head", "王磊", "--reviewer", "李伟", "--filler", "张敏", "--phone", "0791-86510023")


def complete(root: Path) -> None:
    """Fill in, as a clerk would, what the ledger did not say."""
    store = open_store(root)
    wanted: dict[str, Any] = {
        "enterprise": lambda n, row: {
            "reg_address": f"南昌市西湖区朝阳洲街道云飞路{n}号", "legal_rep": "王磊", "contact": "李伟", "phone": f"1380013{n:04d}",
            "established_on": date(2018, 3, 1), "industry_code": "6513", "main_business": "软件开发", "de_core": True,
            "de_class": "030101", "is_above_scale": False,
        },
        "visit": lambda n, row: {
            "firm_attendees": "王磊 总经理", "operation_text": f"第{n}家：订单较上月增加，用工{n + 10}人，利润持平。",
            "operation_trend": "平稳", "upscale_potential": "无", "digital_stage": "未开展",
        },
        "issue": lambda n, row: {
            "category": "其他", "level": "街道自办", "org_code": row["org_code"] or "360103002", "owner": "张敏",
            "owner_phone": "0791-86510023", "assigned_on": row["registered_on"], "measure": "已联系有关单位协调办理",
            "due_date": date(2024, 12, 31),
        } | ({
            "result": "已解决", "result_text": "已答复企业，企业认可", "closed_on": row["registered_on"] + timedelta(days=1)
        } if row["status"] == "已办结" else {}),
    }  # fmt: skip
    with store.write() as session:
        for key, values in wanted.items():
            table = records.table_of(REGISTERS[key])
            for number, row in enumerate(session.execute(table.select()).mappings().all()):
                records.save(session, REGISTERS[key], values(number, row), store.actor, id=row["id"])
    store.close()


def test_from_the_streets_own_file_to_the_roll_up(tmp_path: Path) -> None:
    street, district = tmp_path / "street", tmp_path / "district"
    rows = samples.visit_ledger(tmp_path / "台账.xlsx")
    run("init", "--data", street, "--unit", "360103002", "--person", "张敏")
    run("import", tmp_path / "台账.xlsx", "--register", "visit", "--data", street)
    out = tmp_path / "回报.xlsx"
    refused = run("export", "--period", "2024-05", "--out", out, *PEOPLE, "--data", street, code=1)
    assert refused["error"]["id"] == "RET-007" and not out.exists()

    complete(street)
    left = run("check", "--period", "2024-05", "--data", street)
    assert left["errors"] == 0, [each for each in left["findings"] if each["severity"] == "error"]
    rules = {each["id"] for each in left["findings"] if each["severity"] == "warning"}
    texts = tmp_path / "说明.json"
    texts.write_text(json.dumps({rule: "已向企业逐一电话核对过" for rule in rules}), encoding="utf-8")
    unexplained = run("export", "--period", "2024-05", "--out", out, *PEOPLE, "--data", street, code=1)
    assert unexplained["error"]["id"] == "RET-008"
    sent = run("export", "--period", "2024-05", "--out", out, *PEOPLE, "--explain", texts, "--data", street)
    told = [row for row in rows if row.issue]
    assert (sent["sheets"]["走访记录"], sent["sheets"]["问题"]) == (len(rows), len(told))
    # The month is locked: the file again finds every row there, and a new row has nowhere to go.
    assert (
        run("import", tmp_path / "台账.xlsx", "--register", "visit", "--data", street)["files"][0][
            "unchanged"
        ]
        == 26
    )
    more = [*rows, samples.Visited(30, date(2024, 5, 30), "上门", "否", "1", "1", "", "", "")]
    samples.visit_ledger(tmp_path / "更多.xlsx", more)
    late = run("import", tmp_path / "更多.xlsx", "--register", "visit", "--data", street, code=1)["files"][0]
    assert (late["unchanged"], late["bad"], late["findings"][0]["id"]) == (26, 1, "month_locked")

    run("init", "--data", district, "--unit", "qszjjb", "--role", "supervisor")
    taken = run("receive", out, "--apply", "--data", district)["files"][0]
    assert (taken["outcome"], taken["unit"], taken["period"], taken["bad"]) == (
        "accepted",
        "360103002",
        "2024-05",
        0,
    )
    again = run("receive", out, "--apply", "--data", district)["files"][0]
    assert (again["stored"], again["updated"]) == (0, 0)
    total = run("rollup", "--period", "2024-05", "--out", tmp_path / "汇总.xlsx", "--data", district)
    assert total["coverage"]["received"] == 1
    assert total["registers"]["visit"] == {"rows": 26, "enterprises": 26}
    finished = sum(samples.STATES[row.done] == "已办结" for row in told)
    assert total["registers"]["issue"]["open"] == len(told) - finished
