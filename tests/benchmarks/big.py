"""A register of 100,000 enterprises, 1,000,000 visits and every other register, built once with bare SQL and kept in the temporary folder."""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from db import find, pinyin, search, setup, tallies
from db.codes import USCC_ALPHABET
from db.store import Store, open_store

PLACES = ("江西", "南昌", "南昌市西湖区", "江西省", "", "", "深圳")
FIRST = "云海星河天宇金华瑞丰恒信鑫达博远宏图嘉禾东方明德永昌盛世长青安泰优品智联数创微光格物启航普惠"
TRADES = (
    "网络科技",
    "信息技术",
    "数据服务",
    "电子商务",
    "软件开发",
    "文化传媒",
    "商贸",
    "餐饮管理",
    "供应链管理",
    "医药",
    "教育咨询",
    "物流",
)
FORMS = ("有限公司", "有限公司", "股份有限公司", "有限责任公司", "（南昌）有限公司")
STREETS = ("001", "002", "004", "007", "009", "010", "011", "013", "014", "015")
MODES, TYPES = ("实地", "电话", "线上", "座谈会"), ("千名干部访千企", "数字化改造摸底", "升规辅导")
MOMENT = "2024-05-31T08:00:00.000000Z"


def names(count: int) -> Iterator[str]:
    dice = random.Random(1)
    for _ in range(count):
        middle = "".join(dice.choice(FIRST) for _ in range(dice.choice((2, 2, 3))))
        yield f"{dice.choice(PLACES)}{middle}{dice.choice(TRADES)}{dice.choice(FORMS)}"


def big_store(enterprises: int, visits: int, units: int = len(STREETS)) -> Store:
    """The kept register, built first where it is missing or older than the schema or this file.

    `units`: how many offices share the rows; with more than the streets each of them reports every month.
    """
    stamp = hashlib.sha256()
    for path in (
        Path(__file__),
        Path(search.__file__),
        Path(find.__file__),
        Path(pinyin.__file__),
        *sorted(Path(setup.__file__).parent.glob("migrations/versions/0*.py")),
    ):
        stamp.update(path.read_bytes())
    of = "" if units == len(STREETS) else f"x{units}"
    folder = Path(tempfile.gettempdir()) / f"qianqi-bench-{enterprises}-{visits}{of}-{stamp.hexdigest()[:10]}"
    if not (folder / "built").exists():
        for old in folder.parent.glob(f"qianqi-bench-{enterprises}-{visits}{of}-*"):
            shutil.rmtree(old, ignore_errors=True)
        print(f"building {folder} …", file=sys.stderr)
        setup.initialise(folder, "360103002").close()
        with closing(sqlite3.connect(folder / "qianqi.db", isolation_level=None)) as connection:
            _fill(connection, enterprises, visits, units)
        store = open_store(folder)
        with store.write() as session:
            find.rebuild(session)
            tallies.rebuild(session.connection())
        store.close()
        (folder / "built").touch()
    return open_store(folder)


def _fill(connection: sqlite3.Connection, enterprises: int, visits: int, units: int) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    beside = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name IN ('enterprise', 'visit') "
        "AND sql IS NOT NULL"
    ).fetchall()
    for kind, name, _sql in beside:
        connection.execute(f'DROP {kind} "{name}"')
    offices = ["360103" + street for street in STREETS] + [f"x-{n:03d}" for n in range(len(STREETS), units)]
    dice = random.Random(2)
    keys = [_key(number) for number in range(enterprises)]
    _insert(connection, "enterprise", (_enterprise(dice, key, number, name) for number, (key, name) in enumerate(zip(keys, names(enterprises), strict=True))))  # fmt: skip
    _insert(
        connection,
        "visit",
        (_visit(dice, number, number / visits, keys, offices) for number in range(visits)),
    )
    for _kind, _name, sql in beside:
        connection.execute(sql)
    if units > len(STREETS):
        _insert(connection, "org_unit", (_office(code) for code in offices[len(STREETS) :]))
        _insert(
            connection,
            "return_file",
            (_return(n, code, month) for n, code in enumerate(offices) for month in range(24)),
        )
    for table, count in OTHERS.items():
        _insert(connection, table, (_other(dice, table, number, keys) for number in range(max(10, count * enterprises // 100_000))))  # fmt: skip
    connection.execute("COMMIT")


# Rows of the other registers beside 100,000 enterprises.
OTHERS = {
    "issue": 20_000, "cloud": 10_000, "nurture": 5_000, "liaison": 2_000, "firm_plan": 1_000, "service": 3_000,
    "duty": 500, "matter": 500, "project": 1_000, "lead": 1_000, "release_batch": 300, "opportunity": 500,
    "product": 1_000, "supply_match": 500, "park_month": 500, "indicator_value": 500,
}  # fmt: skip
TROUBLES = (
    "流动资金紧张，希望对接银行",
    "缺熟练工十二人，招不到人",
    "厂房到期要搬，想留在本街道",
    "上云补贴尚未到账",
    "用电容量不够，影响扩产",
)


def _other(dice: random.Random, table: str, number: int, keys: list[bytes]) -> dict[str, Any]:
    """One row of a register beside enterprises and visits: what its list and its search read."""
    street, firm = "360103" + STREETS[number % len(STREETS)], keys[dice.randrange(len(keys))]
    day = (date(2023, 1, 1) + timedelta(days=number * 720 // OTHERS[table] % 720)).isoformat()
    base = _record(_id_of(table, number), street)
    trouble, name = (
        TROUBLES[number % len(TROUBLES)],
        f"{FIRST[number % 40]}{FIRST[(number * 7) % 40]}数字化项目{number}",
    )
    parts: dict[str, dict[str, Any]] = {
        "issue": {"issue_no": f"{street}-W{day[:4]}{day[5:7]}-{number:05d}", "enterprise_id": firm, "registered_on": day,
                  "category": "融资", "description": f"{trouble}（{number}）", "status": "办理中", "due_date": day},
        "cloud": {"enterprise_id": firm, "product": "云主机", "cloud_on": day, "verify_status": "已核实", "counted": 1},
        "nurture": {"enterprise_id": firm, "nurture_type": "升规入统", "stage": "入库培育", "asof_ym": day[:7], "reach_rate": 800},
        "liaison": {"enterprise_id": firm, "leader": "王建国", "post": "副区长", "from_on": day, "visits_owed": 1},
        "firm_plan": {"enterprise_id": firm, "made_on": day, "goal": trouble, "status": "实施中", "due_date": day},
        "service": {"enterprise_id": firm, "kind": "融资对接", "served_on": day, "subject": f"{trouble}专场", "firms": 1},
        "duty": {"year": "2024", "task": name, "status": "正常推进", "due_date": day, "asof_ym": "2024-04"},
        "matter": {"topic": f"{name}用地协调", "raised_on": day, "status": "待上会"},
        "project": {"name": name, "project_no": f"XM{number:05d}", "stage": "在建", "in_stock": 1, "asof_ym": "2024-04"},
        "lead": {"firm_name": f"{name}科技有限公司", "found_on": day, "stage": "洽谈", "next_step": trouble},
        "release_batch": {"name": f"第{number}批机会清单", "list_kind": "机会清单", "released_on": day},
        "opportunity": {"scene": f"{name}场景", "demand_side": "区政数局", "need": trouble, "registered_on": day, "status": "有效"},
        "product": {"enterprise_id": firm, "name": f"{name}平台", "scenes": "智慧社区", "registered_on": day},
        "supply_match": {"matched_on": day, "outcome": "对接中", "opportunity_id": _id_of("opportunity", number),
                         "product_id": _id_of("product", number)},
        "park_month": {"period": day[:7], "status": "已建成", "firms": number},
        "indicator_value": {"period": day[:7], "indicator_no": number % 14 + 1, "org_code": street, "value": number * 10_000},
    }  # fmt: skip
    return base | parts[table]


def _id_of(table: str, number: int) -> bytes:
    return _key((2 + list(OTHERS).index(table)) * 10**9 + number)


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    sql = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({', '.join('?' * len(first))})"
    connection.execute(sql, tuple(first.values()))
    connection.executemany(sql, (tuple(row.values()) for row in rows))


def _key(number: int) -> bytes:
    """Keys in the order of birth, as UUIDv7 gives them."""
    return UUID(int=(0x018F << 112) | (7 << 76) | (2 << 62) | number).bytes


def _record(key: bytes, unit: str) -> dict[str, Any]:
    return {
        "id": key, "rev": 1, "unit_code": unit, "created_at": MOMENT, "created_by": "张敏", "updated_at": MOMENT,
        "updated_by": "张敏", "incomplete": 0, "digest": "0" * 32,
    }  # fmt: skip


def _enterprise(dice: random.Random, key: bytes, number: int, name: str) -> dict[str, Any]:
    street = "360103" + STREETS[number % len(STREETS)]
    code = "91360103MA" + "".join(dice.choice(USCC_ALPHABET) for _ in range(2)) + f"{number:06d}"
    return _record(key, street) | {
        "name": name, "uscc": code, "entity_type": "企业法人", "street_code": street, "reg_address": f"西湖区某路{number % 900}号",
        "legal_rep": "王磊", "contact": "李伟", "phone": f"0791-86{number % 1000000:06d}", "industry_code": "I6550",
        "is_above_scale": int(number % 20 == 0), "revenue_ytd": dice.randrange(10**6), "status": "正常", "source": "导入",
    }  # fmt: skip


def _office(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"单位{code[2:]}",
        "kind": "bureau",
        "active": 1,
        "reports": 1,
        "source": "local",
    }


def _return(number: int, code: str, month: int) -> dict[str, Any]:
    period = f"{2023 + month // 12}-{month % 12 + 1:02d}"
    return {
        "id": _key(10**11 + number * 24 + month), "unit_code": code, "period": period, "revision": 1, "state": "received",
        "late_days": number % 7 // 6, "created_at": MOMENT, "created_by": "张敏",
    }  # fmt: skip


def _visit(
    dice: random.Random, number: int, part: float, keys: list[bytes], offices: list[str]
) -> dict[str, Any]:
    street = offices[number % len(offices)]
    day = date(2023, 1, 1) + timedelta(days=int(part * 720))
    return _record(_key(10**9 + number), street) | {
        "visit_no": f"{street}-{day:%Y%m}-{number:06d}", "enterprise_id": keys[dice.randrange(len(keys))],
        "visit_date": day.isoformat(), "visit_mode": MODES[number % 4], "visit_type": TYPES[number % 3], "visitors": "张敏（经发办）",
        "firm_attendees": "王磊 总经理", "operation_text": "订单饱满，较上月略有增长。", "operation_trend": "平稳", "digital_stage": "部分环节",
        "cloud_status": "拟上云", "upscale_potential": "无", "has_issue": 0, "filler": "张敏",
    }  # fmt: skip
