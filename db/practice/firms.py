"""Invented enterprises: names, valid credit codes, addresses, trades. The same plan always gives the same firms."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from stdnum.cn import uscc

from db import classifications
from db.codes import USCC_ALPHABET, organisation_code_ok
from db.plan_types import Plan

WORDS = (
    "云栈", "梦驰", "青穹", "绿梧", "启衡", "瓴羽", "赣橙", "知微", "象湖云", "蓝图桥", "豫章码", "万象格",
    "江右星", "洪都智联", "元栖", "数澜", "滕云", "进贤仓", "赣芯", "星河里", "北斗湾", "拾光", "墨舟", "翠屏",
)  # fmt: skip
# What the firm does: word in the name, industry, business, yearly revenue in 万元 (low, high), weight.
TRADES = (
    ("软件", "I6513", "应用软件开发与运维", 300, 2600, 14),
    ("网络科技", "I6432", "本地生活服务平台运营", 200, 2400, 12),
    ("大数据服务", "I6450", "数据采集、治理与分析服务", 300, 2800, 8),
    ("信息技术", "I6531", "信息系统集成与技术服务", 400, 3200, 10),
    ("智慧交通", "I6550", "交通数据处理与平台运维", 500, 3600, 5),
    ("网络安全", "I6440", "网络安全防护与测评服务", 300, 2200, 4),
    ("通信工程", "I6560", "通信网络建设咨询与维护", 500, 3000, 5),
    ("电子商务", "F5292", "网上零售与直播带货", 120, 900, 14),
    ("数字传媒", "L7251", "互联网广告与短视频制作", 150, 1400, 9),
    ("供应链管理", "L7259", "供应链管理与商务咨询", 300, 1600, 7),
    ("文化创意", "M7491", "文创产品设计与展陈服务", 100, 1200, 6),
    ("教育科技", "P8391", "职业技能线上培训", 100, 1300, 3),
    ("餐饮管理", "H6210", "连锁餐饮经营与线上订餐", 80, 420, 3),
)  # fmt: skip
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "敏伟芳强磊洁静勇艳杰涛明超霞平刚桂英华慧建国志远思源雨桐"
ROADS = (
    "中山路",
    "洪城路",
    "象山南路",
    "桃苑大街",
    "站前路",
    "桃花路",
    "朝阳中路",
    "抚生路",
    "灌婴路",
    "云锦路",
)
BUILDINGS = ("数字大厦", "创业中心", "商务广场", "科技园", "商贸城")


@dataclass(frozen=True, slots=True)
class Firm:
    """An invented firm: its card, its yearly revenue in 万元 and how brisk its business is."""

    id: UUID
    street: str
    card: dict[str, Any]
    yearly: Decimal
    trend: Decimal


def person(rng: random.Random) -> str:
    """A name of two or three characters."""
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 1, 2))))


def mobile(rng: random.Random) -> str:
    """A mobile number of the right form."""
    return f"1{rng.choice('35789')}0{rng.randrange(10**8):08d}"


def key(rng: random.Random, born: date) -> UUID:
    """A UUIDv7 that is the same each time: the month's milliseconds and the generator's bits."""
    stamp = int((born - date(1970, 1, 1)) / timedelta(milliseconds=1))
    return UUID(int=stamp << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62))


def credit_code(region: str, number: int) -> str:
    """A credit code whose both check digits are right, made of a serial number."""
    # MA plus six characters of serial is how the offices number companies since 2015.
    digits = ""
    for _ in range(5):
        number, rest = divmod(number, len(USCC_ALPHABET))
        digits = USCC_ALPHABET[rest] + digits
    for last in "0123456789X":
        body = f"91{region}MA0{digits}{last}"
        if organisation_code_ok(body + "0"):
            return body + str(uscc.calc_check_digit(body))
    raise AssertionError("one of eleven check characters always fits")


def invent(plan: Plan, count: int, last: date) -> list[Firm]:
    """`count` firms spread over the plan's streets, founded before `last`."""
    rng = random.Random(f"firms {plan.region_code}")
    streets = [unit for unit in plan.units if unit.kind == "street" and unit.active]
    places = [name for name in plan.name_places if not name.endswith(("区", "市", "省"))] or ["本地"]
    names: set[str] = set()
    firms: list[Firm] = []
    while len(firms) < count:
        word, code, business, low, high, _weight = rng.choices(TRADES, [trade[5] for trade in TRADES])[0]
        name = f"{rng.choice(places)}{rng.choice(WORDS)}{word}{rng.choice(FORMS)}"
        if name in names:
            continue
        names.add(name)
        street = rng.choice(streets)
        firms.append(
            _firm(rng, plan, street.code, street.name, name, code, business, low, high, len(firms) + 1, last)
        )
    for firm in firms[: count // 100]:
        firms.append(_twin(rng, firm, places[0], last))
    return firms


def _twin(rng: random.Random, firm: Firm, place: str, last: date) -> Firm:
    """The same firm once more under another spelling and without its code: someone did not search first."""
    name = str(firm.card["name"]).removeprefix(place)
    for form in ("股份有限公司", "有限责任公司", "有限公司"):
        if name.endswith(form):
            name = f"{name.removesuffix(form)}（{place}）{form}"
            break
    card = firm.card | {
        "name": name, "uscc": None, "no_uscc_reason": "走访时未见到营业执照", "source": "走访", "is_above_scale": False,
        "specialty": None, "in_stock_ym": None,
    }  # fmt: skip
    return Firm(key(rng, last), firm.street, card, firm.yearly, firm.trend)


def _firm(
    rng: random.Random, plan: Plan, street: str, street_name: str, name: str, code: str, business: str,
    low: int, high: int, number: int, last: date,
) -> Firm:  # fmt: skip
    founded = date(rng.randrange(2008, last.year), rng.randrange(1, 13), rng.randrange(1, 29))
    yearly = Decimal(rng.randrange(low * 100, high * 100)) / 100
    threshold = classifications.threshold_for(code)
    line = threshold.threshold_wan if threshold else None
    above = line is not None and yearly > line * Decimal("1.25")
    core = classifications.is_digital_core(code) == "yes"
    classes = classifications.digital_classes_for(code)
    road = f"{rng.choice(ROADS)}{rng.randrange(1, 399)}号{rng.choice(BUILDINGS)}{rng.randrange(2, 26)}0{rng.randrange(1, 9)}室"
    parks = [park for park in plan.parks if park.active]
    card: dict[str, Any] = {
        "name": name,
        "uscc": credit_code(plan.region_code, number * 7919 % 887_503),
        "entity_type": "企业法人",
        "street_code": street,
        "park_code": rng.choice(parks).code if parks and rng.random() < 0.3 else None,
        "reg_address": f"{plan.region_name}{street_name}{road}",
        "legal_rep": person(rng),
        "contact": person(rng),
        "phone": mobile(rng),
        "established_on": founded,
        "opened_on": founded + timedelta(days=rng.randrange(20, 120)),
        "reg_capital": Decimal(rng.choice((50, 100, 200, 500, 1000, 2000))),
        "industry_code": code,
        "main_business": business,
        "de_core": core,
        "de_class": classes[0].code if core and classes else None,
        "is_above_scale": above,
        "specialty": threshold.stock_specialty if above and threshold else None,
        "in_stock_ym": f"{rng.randrange(founded.year + 1, last.year + 1)}-01" if above else None,
        "revenue_ly": (yearly * Decimal(rng.randrange(82, 108)) / 100).quantize(Decimal("0.01")),
        "employees": rng.randrange(5, 180),
        "liaison_leader": f"副区长{rng.choice(SURNAMES)}某" if rng.random() < 0.2 else None,
        "status": "正常",
        "source": "部门共享",
    }
    return Firm(key(rng, founded), street, card, yearly, Decimal(rng.randrange(88, 118)) / 100)
