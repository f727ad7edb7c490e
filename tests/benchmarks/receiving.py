"""100 returns of 2,000 rows, staged, compared and applied, against a plain executemany of the rows that they bring; then taken back."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

import db
import returns as returns_package
from db import plan_file, setup
from db.lookup import Directory
from db.models import AuditEntry, Batch, OrgUnit, Park, ReturnFile, ReturnRow, StagedRow
from db.records import table_of
from db.registers import REGISTERS
from db.save_many import Entry, save_many
from db.store import Actor, Store
from db.types import new_key
from returns import compose
from returns.receive import receive, undo
from returns.results import ACCEPTED
from returns.write import write_return
from tests.benchmarks.big import names
from tests.benchmarks.figure import Figure
from tests.benchmarks.saving import VISIT
from tests.state import state_hash

RETURNS, MONTH, TODAY = 100, "2024-05", date(2024, 5, 31)
# The rows of one return: 2,000 in all.
FIRMS, VISITS, ISSUES, CLOUDS, CANDIDATES = 500, 800, 300, 250, 150
PLAN = Path(__file__).parent.parent / "data" / "plan_qinghe.json"
_AT_ONCE = 5_000


def figures(quick: bool) -> list[Figure]:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        plan = _plan(root)
        files = _files(plan, RETURNS // 10 if quick else RETURNS)
        store = setup.initialise(root / "district", "sjj", "supervisor", plan=plan, person="刘科长")
        actor = store.actor
        before = _hash(store)
        start, spent = time.perf_counter(), _cpu()
        reports = receive(store, files, actor, today=TODAY)
        ours, ours_cpu = (time.perf_counter() - start) * 1000, (_cpu() - spent) * 1000
        rows = sum(report.stored for report in reports)
        if any(report.outcome != ACCEPTED for report in reports) or rows != 2_000 * len(files):
            raise RuntimeError(f"received {rows} rows: {[each.as_json() for each in reports][:1]}")
        plain, plain_cpu = _plain(store, root / "plain", plan, _registers())
        everything, _ = _plain(store, root / "all", plan, [*_registers(), *_around()])
        start = time.perf_counter()
        for report in reversed(reports):
            undo(store, UUID(report.batch), actor, backup_first=False)
        back = (time.perf_counter() - start) * 1000
        after = _hash(store)
        store.close()
    if after != before:
        raise RuntimeError("the register is not as it was before the returns were received and taken back")
    what = f"收 {len(files)} 份回报共 {rows:,} 行"
    core = "同样的行 Core executemany"
    return [
        Figure(what, ours, core, plain, 2.5),
        Figure(f"{what}（CPU）", ours_cpu, f"{core}（CPU）", plain_cpu, None),
        Figure(what, ours, "连同修改记录、暂存行、回报行的 executemany", everything, None),
        Figure(f"撤销这 {len(files)} 份（状态哈希复原）", back, core, plain, None),
    ]


def _hash(store: Store) -> str:
    with store.read() as session:
        return state_hash(session)


def _cpu() -> float:
    """Seconds of processor time, of this process and of those it started (reading a file is another's work)."""
    own = os.times()
    spent = own.user + own.system + own.children_user + own.children_system
    ticks = os.sysconf("SC_CLK_TCK")
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(parts[1]) == os.getpid():
            spent += (int(parts[11]) + int(parts[12])) / ticks
    return spent


# ---------------------------------------------------------------- the floor


def _registers() -> list[Any]:
    return [table_of(register) for register in REGISTERS.values()]


def _around() -> list[Any]:
    """What receiving writes beside the records."""
    return [each.__table__ for each in (OrgUnit, Park, Batch, ReturnFile, AuditEntry, StagedRow, ReturnRow)]


def _plain(store: Store, folder: Path, plan: Path, tables: Sequence[Any]) -> tuple[float, float]:
    """Milliseconds and processor milliseconds of writing the same rows into a fresh register in one transaction."""
    other = setup.initialise(folder, "sjj", "supervisor", plan=plan, person="刘科长")
    wall = spent = 0.0
    with store.read() as source, other.engine.connect() as target:
        target = target.execution_options(immediate=True)
        known = {
            table.name: {tuple(row) for row in target.execute(select(*table.primary_key.columns))}
            for table in tables
        }
        for table in tables:
            keys = [column.name for column in table.primary_key.columns]
            query = select(table).order_by(*table.primary_key.columns)
            for part in (
                source.execute(query, execution_options={"yield_per": _AT_ONCE}).mappings().partitions()
            ):
                rows = [dict(row) for row in part if tuple(row[key] for key in keys) not in known[table.name]]
                if not rows:
                    continue
                start, used = time.perf_counter(), time.process_time()
                target.execute(insert(table), rows)
                wall, spent = wall + time.perf_counter() - start, spent + time.process_time() - used
        start, used = time.perf_counter(), time.process_time()
        target.commit()
        wall, spent = wall + time.perf_counter() - start, spent + time.process_time() - used
    other.close()
    return wall * 1000, spent * 1000


# ---------------------------------------------------------------- the returns


def _plan(folder: Path) -> Path:
    """The invented district with a hundred streets."""
    document = json.loads(PLAN.read_text(encoding="utf-8"))
    document["streets"] = [
        {"code": f"999901{number:03d}", "name": f"第{number}街道", "full_name": f"第{number}街道办事处",
         "aliases": [], "kind": "street", "reports": True}
        for number in range(1, RETURNS + 1)
    ]  # fmt: skip
    path = folder / "plan.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def _files(plan: Path, count: int) -> list[Path]:
    """The first so many returns, written once and kept in the temporary folder until the program writes them another way."""
    stamp = hashlib.sha256(Path(__file__).read_bytes() + plan.read_bytes())
    models, contract = Path(db.__file__ or "").parent / "models", Path(returns_package.__file__ or "").parent
    kept = [models / f"{name}.py" for name in ("enterprise", "visit", "issue", "cloud", "nurture", "base")]
    for path in (*kept, contract / "digests.py", contract / "cells.py"):
        stamp.update(path.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"qianqi-bench-returns-{count}-{stamp.hexdigest()[:10]}"
    if not folder.exists():
        for old in folder.parent.glob(f"qianqi-bench-returns-{count}-*"):
            shutil.rmtree(old, ignore_errors=True)
        print(f"writing {count} returns into {folder} …", file=sys.stderr)
        fresh = Path(tempfile.mkdtemp(prefix="qianqi-bench-being-written-"))
        _write_all(plan, fresh, count)
        try:
            fresh.rename(folder)
        except OSError:
            shutil.rmtree(fresh)  # another run was quicker
    return sorted(folder.glob("*.xlsx"))


def _write_all(plan: Path, folder: Path, count: int) -> None:
    streets = [unit.code for unit in plan_file.load(plan).streets][:count]
    with tempfile.TemporaryDirectory() as scratch:
        store = setup.initialise(Path(scratch) / "street", streets[0], plan=plan, person="张敏")
        with store.write() as session:
            _fill(session, Actor(streets[0], "张敏"))
        with store.read() as session:
            cover = {"filler": "张敏", "submitted_on": TODAY}
            first = compose.gather(
                session, streets[0], MONTH, kind="return", revision=1, cover=cover, person="张敏"
            )
            directory = Directory(session)
            for number, street in enumerate(streets):
                rows = _moved(first.rows, streets[0], street, number)
                manifest = replace(first.manifest, unit=street, unit_name=directory.name("unit", street))
                firms = {row["id"]: (row["name"], row["uscc"]) for row in rows["enterprise"]}
                titles = {row["id"]: row["visit_no"] for row in rows["visit"]}
                content = replace(first, manifest=manifest, rows=rows, firms=firms, titles=titles)
                write_return(content, folder / f"{street}.xlsx")
        store.close()


def _moved(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], was: str, street: str, number: int
) -> dict[str, list[dict[str, Any]]]:
    """The same month of another street: other keys, other firms, its own code in the numbers."""
    keys: dict[UUID, UUID] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    for register, records in rows.items():
        found[register] = []
        for row in records:
            moved = {
                name: keys.setdefault(value, new_key()) if isinstance(value, UUID)
                else value.replace(was, street) if isinstance(value, str) else value
                for name, value in row.items()
            }  # fmt: skip
            if register == "enterprise":
                moved["name"] = f"{row['name'].removesuffix('有限公司')}{number}部有限公司"
                moved["uscc"] = f"{row['uscc'][:8]}MA{number:03d}{row['uscc'][13:]}"
            found[register].append(moved)
    return found


def _fill(session: Any, actor: Actor) -> None:
    dice = random.Random(3)
    street = actor.unit_code
    day = lambda: date(2024, 5, 1) + timedelta(days=dice.randrange(31))  # noqa: E731

    def add(register: str, rows: list[dict[str, Any]]) -> list[UUID]:
        return [each.id for each in save_many(session, REGISTERS[register], [Entry(row) for row in rows], actor).saved]  # fmt: skip

    firms = add(
        "enterprise",
        [
            {
                "name": f"{name.removesuffix('有限公司')}{number}有限公司", "uscc": f"99990103MA{number:08d}", "street_code": street,
                "entity_type": "企业法人", "legal_rep": "王磊", "contact": "李伟", "phone": f"0791-86{number:06d}",
                "reg_address": f"清河区朝阳洲中路{number}号", "industry_code": "I6513", "main_business": "软件开发与信息服务",
                "established_on": date(2019, 3, 1) + timedelta(days=number), "de_core": True, "is_above_scale": False,
                "revenue_ly": Decimal(number), "status": "正常", "source": "走访",
            }
            for number, name in enumerate(names(FIRMS))
        ],
    )  # fmt: skip
    visits = add(
        "visit",
        [
            {**VISIT, "enterprise_id": firms[number % FIRMS], "visit_date": day(), "revenue_ytd": Decimal(number) / 4,
             "operation_text": f"订单饱满，产能利用率{dice.randrange(40, 99)}%，较上月略有增长，用工稳定；计划下半年扩招 {number} 人。"}
            for number in range(VISITS)
        ],
    )  # fmt: skip
    add(
        "issue",
        [
            {"enterprise_id": firms[number % FIRMS], "visit_id": visits[number % FIRMS], "source": "走访", "registered_on": day(),
             "category": dice.choice(("融资", "用工", "用地（用房、厂房）")), "urgency": "一般", "level": "街道自办", "org_code": street,
             "description": f"流动资金紧张，希望对接银行贷款{dice.randrange(50, 900)}万元，期限一年（{number}）。", "owner": "刘洋",
             "owner_phone": "13800000000", "status": "待交办", "due_date": date(2024, 6, 30)}
            for number in range(ISSUES)
        ],
    )  # fmt: skip
    add(
        "cloud",
        [
            {"enterprise_id": firms[number % FIRMS], "provider_org": "qhlt", "provider_brand": "联通云", "cloud_type": ["业务应用上云"],
             "product": dice.choice(("云主机、OA", "云桌面", "对象存储")), "cloud_on": day(), "depth": "浅层（单一通用应用）",
             "evidence": ["合同", "发票"], "verify_status": "已核实", "amount": Decimal(dice.randrange(1, 99)) / 10}
            for number in range(CLOUDS)
        ],
    )  # fmt: skip
    add(
        "nurture",
        [
            {"enterprise_id": firms[number], "nurture_type": "升规入统", "specialty": "服务业2000万档", "declare_type": "年度入库",
             "revenue_ytd": Decimal(900 + number), "asof_ym": MONTH, "accounting": "自有会计", "org_code": street,
             "owner": "张敏", "stage": "摸底", "willingness": "愿意"}
            for number in range(CANDIDATES)
        ],
    )  # fmt: skip
