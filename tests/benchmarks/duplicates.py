"""Suspected duplicates: 10,000 cards against 100,000, beside rapidfuzz over all pairs; and how many planted ones are found.

The brute force is measured on a sample of the 10,000 and scaled: its cost is the same for every card.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from uuid import UUID

from rapidfuzz import fuzz, process

from db.codes import USCC_ALPHABET, uscc_problem
from db.duplicates import NEAR, Card, Index
from db.text import name_core
from tests.benchmarks.big import names
from tests.benchmarks.figure import Figure, milliseconds

PLACES = ("江西省", "南昌市", "西湖区", "江西", "南昌")
SAMPLE = 200
RECALL = 0.97  # of what a person would call the same name at a glance
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_SOUNDS = {
    "云": "芸",
    "海": "亥",
    "星": "兴",
    "河": "合",
    "天": "添",
    "宇": "雨",
    "金": "今",
    "华": "桦",
    "丰": "峰",
    "恒": "衡",
}
_WRONG = "技术服务中大新华东方"


def figures(quick: bool) -> list[Figure]:
    known, fresh = (10_000, 1_000) if quick else (100_000, 10_000)
    dice = random.Random(7)
    cards = [_card(number, name, dice) for number, name in enumerate(names(known))]
    others = list(names(known + fresh))[known:]
    queries = [_card(known + number, name, dice) for number, name in enumerate(others)]
    planted = _plant(cards, dice, 1_000 if quick else 5_000)
    index = Index(PLACES)
    found: list[int] = []

    def ours() -> None:
        for card in cards:
            index.add(card)
        found.extend(len(index.suspects(card)) for card in queries)

    measured = milliseconds(ours)
    cores = [name_core(card.name, PLACES) for card in cards]
    sample = [name_core(card.name, PLACES) for card in queries[:SAMPLE]]

    def brute() -> None:
        for core in sample:
            process.extract(core, cores, scorer=fuzz.ratio, score_cutoff=NEAR, limit=None)

    floor = milliseconds(brute) * len(queries) / SAMPLE
    missed: dict[str, int] = {}
    for kind, original, copy in planted:
        if original.id not in {suspect.second for suspect in index.suspects(copy)}:
            missed[kind] = missed.get(kind, 0) + 1
    recall = 1 - sum(missed.values()) / len(planted)
    told = "、".join(f"{kind} {count}" for kind, count in missed.items()) or "无"
    print(
        f"疑似重复：植入 {len(planted):,} 家，找回 {recall:.2%}（漏：{told}）；{len(queries):,} 家随机企业提示 {sum(found):,} 对",
        file=sys.stderr,
    )
    if recall < RECALL:
        raise RuntimeError(f"植入的重复企业只找回 {recall:.2%}")
    name = f"查重：{fresh:,} 家对 {known:,} 家（含建索引）"
    return [Figure(name, measured, f"rapidfuzz 全比对（{SAMPLE} 家实测折算）", floor, 0.2)]


def _card(number: int, name: str, dice: random.Random) -> Card:
    street = dice.choice("东西南北中") + dice.choice("山湖江河海园亭桥")
    return Card(
        UUID(int=number), name, (), _code(number), f"0791-86{dice.randrange(10**6):06d}", f"西湖区{street}路{dice.randrange(1, 900)}号",
        dice.choice("王李张刘陈杨黄赵") + dice.choice("磊伟敏洋芳静强军"),
    )  # fmt: skip


def _code(number: int) -> str:
    body = f"91360103MA{number:07d}"
    total = sum(USCC_ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    code = body + USCC_ALPHABET[(31 - total % 31) % 31]
    assert uscc_problem(code) is None
    return code


def _plant(cards: list[Card], dice: random.Random, count: int) -> list[tuple[str, Card, Card]]:
    """The same firms as another office might have entered them, without their codes unless said so."""
    found = []
    for number, original in enumerate(dice.sample(cards, count)):
        kind, spoil = _WAYS[number % len(_WAYS)]
        copy = spoil(original, dice)
        if copy is not None:
            found.append((kind, original, copy))
    return found


def _as(original: Card, name: str = "", **more: str) -> Card:
    values = {"uscc": "", "phone": "", "address": "", "legal_rep": "", **more}
    former = (original.name,) if values.pop("former", "") else ()
    return Card(UUID(int=original.id.int + 10**9), name or original.name, former, **values)


def _legal_form(original: Card, dice: random.Random) -> Card:
    return _as(
        original, original.name.replace("有限公司", "有限责任公司").replace("股份有限责任", "股份有限")
    )


def _place(original: Card, dice: random.Random) -> Card:
    return _as(original, "南昌" + name_core(original.name, PLACES) + "（西湖区）有限公司")


def _sound(original: Card, dice: random.Random) -> Card | None:
    name = next((original.name.replace(a, b, 1) for a, b in _SOUNDS.items() if a in original.name), None)
    return _as(original, name) if name else None


def _typo(original: Card, dice: random.Random) -> Card | None:
    core = name_core(original.name, PLACES)
    if len(core) < 5:
        return None
    place = dice.randrange(2, len(core))
    return _as(original, core[:place] + dice.choice(_WRONG) + core[place + 1 :] + "有限公司")


def _left_out(original: Card, dice: random.Random) -> Card | None:
    core = name_core(original.name, PLACES)
    if len(core) < 5:
        return None
    place = dice.randrange(2, len(core))
    return _as(original, core[:place] + core[place + 1 :] + "有限公司")


_WAYS: tuple[tuple[str, Callable[[Card, random.Random], Card | None]], ...] = (
    ("组织形式", _legal_form),
    ("地名", _place),
    ("同音", _sound),
    ("错字", _typo),
    ("漏字", _left_out),
    ("曾用名", lambda original, dice: _as(original, f"全新{original.id.int}商行", former="是")),
    ("代码", lambda original, dice: _as(original, f"全新{original.id.int}商行", uscc=original.uscc)),
    (
        "电话和地址",
        lambda original, dice: _as(
            original, f"全新{original.id.int}商行", phone=original.phone, address=original.address
        ),
    ),
)
