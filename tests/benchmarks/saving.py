"""Saving a visit with its audit entry and everything worked out, against a bare INSERT of the same row."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from db import backup, records, setup
from db.registers import REGISTERS
from db.store import Actor
from db.types import new_key
from tests.benchmarks.figure import Figure, alternating

STREET = "360103002"
VISIT = {
    "visit_mode": "实地",
    "visit_type": "千名干部访千企",
    "visitors": "张敏（经发办）、李伟（社区）",
    "firm_attendees": "王磊 总经理",
    "operation_text": "订单饱满，产能利用率八成，较上月略有增长，用工稳定。" * 2,
    "operation_trend": "平稳",
    "digital_stage": "部分环节",
    "systems": ["OA", "财务软件"],
    "cloud_status": "拟上云",
    "upscale_potential": "无",
    "has_issue": False,
    "filler": "张敏",
}


def figures(quick: bool) -> list[Figure]:
    rounds = 60 if quick else 400
    with tempfile.TemporaryDirectory() as scratch:
        store = setup.initialise(Path(scratch) / "register", STREET, person="张敏")
        actor, register = Actor(STREET, "张敏"), REGISTERS["visit"]
        with store.write() as session:
            firms = [
                records.save(
                    session,
                    REGISTERS["enterprise"],
                    {"name": f"南昌第{number}号网络科技有限公司", "street_code": STREET},
                    actor,
                ).id
                for number in range(200)
            ]
            some = records.save(
                session, register, {**VISIT, "enterprise_id": firms[0], "visit_date": date(2024, 5, 8)}, actor
            )
        # The floor writes into the same schema with the same indexes, in a file of its own.
        other = backup.make(store.engine, store.folder, out=Path(scratch) / "raw.db").path
        turn = iter(range(10_000))

        def ours() -> None:
            number = next(turn)
            values = {
                **VISIT,
                "enterprise_id": firms[number % len(firms)],
                "visit_date": date(2024, 1, 1) + timedelta(days=number % 300),
                "digital_invest": Decimal(number),
            }
            with store.write() as session:
                records.save(session, register, values, actor)

        with closing(sqlite3.connect(other, isolation_level=None)) as raw:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("PRAGMA foreign_keys=ON")
            cursor = raw.execute("SELECT * FROM visit WHERE id = ?", (some.id.bytes,))
            row = list(cursor.fetchone())
            insert = f"INSERT INTO visit VALUES ({','.join('?' * len(row))})"

            def bare() -> None:
                row[0] = new_key().bytes
                raw.execute("BEGIN IMMEDIATE")
                raw.execute(insert, row)
                raw.execute("COMMIT")

            alternating(ours, bare, 20)  # warm: statements compiled, pages in memory
            measured, floor = alternating(ours, bare, rounds)
            reckoned, least = alternating(ours, bare, rounds, time.process_time)
        store.close()
    return [
        Figure(
            "保存一条走访（记录、修改记录、编号）",
            measured,
            "同一行裸 INSERT（WAL + FULL）",
            floor,
            1.0,
            apart=True,
        ),
        Figure("其中处理器时间", reckoned, "裸 INSERT 的处理器时间", least, None, apart=True),
    ]
