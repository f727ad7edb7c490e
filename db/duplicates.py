"""Which cards may mean the same enterprise, with a score and the reasons in words. Nothing is decided here.

Only an equal credit code says it for certain; names, sound, telephone and address suggest. What people decided is
in duplicate_decisions.py, joining two cards in merging.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from db.codes import uscc_problem
from db.text import fold, name_core, same_name

SUGGEST = 60  # a pair with less is not shown
SURE, LIKELY = 85, 70
SHARED_PHONE = 5  # a number of so many firms is an agent's (ENT-011): it says nothing
CROWD = 200  # cards under one key; a key that says so little is not followed
NEAR = 80  # percent of equal characters from which two names are alike
MOST = 2000  # pairs kept of one search; whoever has more begins with the surest
_LEAST_CUT = 4  # shorter cores have too many neighbours one character away
_HEAD = 4
_TABLES = 256
_FORMER = re.compile(r"[;；、,，\n]")

Progress = Callable[[int, int, str], object]
Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Card:
    """What of a firm's card is compared."""

    id: UUID
    name: str = ""
    former: tuple[str, ...] = ()
    uscc: str = ""
    phone: str = ""
    address: str = ""
    legal_rep: str = ""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Two cards that may be one firm: `score` 0 to 100, `reasons` for it, `against` what speaks against."""

    first: UUID
    second: UUID
    score: int
    reasons: tuple[str, ...]
    against: tuple[str, ...] = ()

    @property
    def pair(self) -> Pair:
        return pair_of(self.first, self.second)

    @property
    def word(self) -> str:
        return "很可能" if self.score >= SURE else "可能" if self.score >= LIKELY else "存疑"


def pair_of(one: UUID, other: UUID) -> Pair:
    """Two keys in the order they are remembered by."""
    return (one, other) if one.bytes <= other.bytes else (other, one)


def card_of(record: Mapping[str, Any]) -> Card:
    """The card of an enterprise record (typed values by column; also unsaved ones)."""
    return Card(
        record["id"],
        record.get("name") or "",
        tuple(each.strip() for each in _FORMER.split(record.get("alias") or "") if each.strip()),
        fold(record.get("uscc") or "").upper(),
        record.get("phone") or "",
        record.get("biz_address") or record.get("reg_address") or "",
        record.get("legal_rep") or "",
    )


# ---------------------------------------------------------------- what is compared


@dataclass(slots=True)
class _Keys:
    """One card, folded for comparison."""

    card: Card
    same: str
    former: frozenset[str]
    core: str
    sound: str
    phone: str
    address: str


@lru_cache(maxsize=20_000)  # every character is asked for thousands of times
def _sound_of(char: str) -> str:
    """Toneless pinyin of a character, with the pairs that southern typists mix up taken as one."""
    import pypinyin

    if char.isascii():
        return char
    sound = str(pypinyin.lazy_pinyin(char)[0])
    for written, heard in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if sound.startswith(written):
            sound = heard + sound[2:]
    return sound[:-1] if sound.endswith(("ing", "eng", "ang")) and sound[:-3] else sound


def sound(core: str) -> str:
    """How a name sounds: two names that are typed alike with pinyin have the same."""
    return " ".join(map(_sound_of, core))


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())


def _keys(card: Card, places: tuple[str, ...]) -> _Keys:
    core = name_core(card.name, places) if card.name else ""
    address = _letters(card.address)
    for place in places:
        address = address.removeprefix(place)
    return _Keys(
        card,
        same_name(card.name) if card.name else "",
        frozenset(map(same_name, card.former)),
        core,
        sound(core),
        "".join(char for char in card.phone if char.isdigit()),
        address if len(address) >= 5 else "",
    )


# ---------------------------------------------------------------- the judgement on one pair


def compare(one: Card, other: Card, places: Sequence[str] = (), *, shared: Collection[str] = ()) -> Suspect:
    """How much speaks for two cards being one firm. `shared`: telephone digits that belong to many."""
    found = tuple(places)
    return _judge(_keys(one, found), _keys(other, found), shared)


def _judge(one: _Keys, other: _Keys, shared: Collection[str]) -> Suspect:
    a, b = one.card, other.card
    if a.uscc and a.uscc == b.uscc:
        return Suspect(a.id, b.id, 100, ("统一社会信用代码相同",))
    score, reasons = _by_name(one, other)
    against: list[str] = []
    phone = bool(one.phone) and one.phone == other.phone and one.phone not in shared
    address = bool(one.address) and one.address == other.address
    if phone and address:
        reasons.append("联系电话和地址都相同")
        score = score + 18 if score else 62
    elif phone or address:
        reasons.append("联系电话相同" if phone else "地址相同")
        score = score + 10 if score else 0
    if score and a.legal_rep and a.legal_rep == b.legal_rep:
        reasons.append(f"法定代表人都是{a.legal_rep}")
        score += 8
    if a.uscc and b.uscc:
        score = _by_codes(a.uscc, b.uscc, score, reasons, against)
    elif score:
        reasons.append("都没有信用代码" if not (a.uscc or b.uscc) else "一家还没有信用代码")
    return Suspect(a.id, b.id, max(0, min(score, 99)), tuple(reasons), tuple(against))


def _by_name(one: _Keys, other: _Keys) -> tuple[int, list[str]]:
    if not one.core or not other.core:
        return 0, []
    if one.same == other.same:
        return 90, ["企业名称相同"]
    if one.same in other.former or other.same in one.former:
        return 86, ["一家的现名是另一家的曾用名"]
    if one.former & other.former:
        return 82, ["有相同的曾用名"]
    if one.core == other.core:
        return 80, [f"去掉地名和组织形式后都是“{one.core}”"]
    if one.sound == other.sound:
        return 74, [f"“{one.core}”与“{other.core}”同音"]
    from rapidfuzz import fuzz

    alike = fuzz.ratio(one.core, other.core, score_cutoff=NEAR)
    if not alike:
        return 0, []
    # Firms of one trade often differ in one character of their proper name: that alone is no hint.
    proper = one.core[:2] == other.core[:2]
    return (66 if proper else 48), [f"“{one.core}”与“{other.core}”只差一两个字"]


def _by_codes(one: str, other: str, score: int, reasons: list[str], against: list[str]) -> int:
    if len(one) == len(other) == 18 and one[8:17] == other[8:17]:
        reasons.insert(0, "代码中的组织机构代码相同")
        return 96
    if not score:
        return 0
    from rapidfuzz.distance import Levenshtein

    wrong = [code for code in (one, other) if _problem(code)]
    if Levenshtein.distance(one, other, score_cutoff=2) <= 2:
        reasons.append("信用代码只差一两位")
        return score + (15 if wrong else 0)
    if wrong:
        reasons.append("其中一家的信用代码校验不通过")
        return score
    against.append("两家的信用代码都有效，且不同")
    return score - 30


@lru_cache(maxsize=65_536)
def _problem(code: str) -> str | None:
    return uscc_problem(code)


# ---------------------------------------------------------------- finding pairs


@dataclass(slots=True)
class Index:
    """Cards by everything that two cards of one firm may share. Built once, asked per card."""

    places: tuple[str, ...] = ()
    cards: list[_Keys] = field(default_factory=list)
    # Many small tables instead of a large one: none of them takes long to grow or to be let go, and while one does
    # nothing else in the program moves.
    _blocks: list[dict[str, int | list[int]]] = field(default_factory=lambda: [{} for _ in range(_TABLES)])
    _phones: dict[str, int] = field(default_factory=dict)

    def add(self, card: Card) -> None:
        """Take a card in."""
        keys = _keys(card, self.places)
        place = len(self.cards)
        self.cards.append(keys)
        if keys.phone:
            self._phones[keys.phone] = self._phones.get(keys.phone, 0) + 1
        for key in _stored_under(keys):
            table = self._blocks[hash(key) % _TABLES]
            known = table.get(key)
            if known is None:
                table[key] = place
            elif isinstance(known, list):
                known.append(place)
            else:
                table[key] = [known, place]

    def clear(self) -> None:
        """Let everything go piece by piece."""
        while self._blocks:
            self._blocks.pop().clear()
        while self.cards:
            del self.cards[-_TABLES:]

    def suspects(self, card: Card, *, after: int = -1) -> list[Suspect]:
        """The cards of the index that may be this firm, best first; with `after`, only those added later."""
        return self._suspects(_keys(card, self.places), after)

    def _suspects(self, keys: _Keys, after: int) -> list[Suspect]:
        places: set[int] = set()
        for key in _asked_by(keys):
            block = self._blocks[hash(key) % _TABLES].get(key)
            if block is None:
                continue
            if isinstance(block, int):
                places.add(block)
            elif len(block) <= CROWD:
                places.update(block)
        shared = () if self._phones.get(keys.phone, 0) < SHARED_PHONE else (keys.phone,)
        found = [
            suspect
            for place in places
            if place > after
            and self.cards[place].card.id != keys.card.id
            and (suspect := _judge(keys, self.cards[place], shared)).score >= SUGGEST
        ]
        found.sort(key=lambda each: (-each.score, each.second.bytes))
        return found

    def pairs(
        self,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        *,
        skip: Collection[Pair] = (),
        most: int = MOST,
    ) -> tuple[list[Suspect], int]:
        """The best `most` suspected pairs among the cards of the index, and how many there are in all.

        `skip`: pairs that are settled. When cancelled, what there was so far.
        """
        found: list[Suspect] = []
        total = 0
        for place, keys in enumerate(self.cards):
            if place % 256 == 0:
                if cancelled is not None and cancelled():
                    break
                if progress is not None:
                    progress(place, len(self.cards), "比对企业")
            fresh = [each for each in self._suspects(keys, place) if not skip or each.pair not in skip]
            total += len(fresh)
            found += fresh
            if len(found) > 4 * most:  # a directory full of namesakes: nobody reads so many
                found = sorted(found, key=_best_first)[:most]
        return sorted(found, key=_best_first)[:most], total


def _best_first(suspect: Suspect) -> tuple[int, bytes, bytes]:
    return -suspect.score, suspect.pair[0].bytes, suspect.pair[1].bytes


def _stored_under(keys: _Keys) -> Iterable[str]:
    yield from _plain(keys)
    core = keys.core
    if len(core) >= _LEAST_CUT:
        for place in range(2, len(core)):
            yield f"cut:{core[:place]}{core[place + 1 :]}"
        # A character too many in the proper name: met by the whole core of the other only, as half a trade
        # has the rest in common.
        for place in (0, 1):
            yield f"core:{core[:place]}{core[place + 1 :]}"


def _asked_by(keys: _Keys) -> Iterable[str]:
    yield from _plain(keys)
    core = keys.core
    if len(core) >= _LEAST_CUT:
        for place in range(2, len(core)):
            yield f"cut:{core[:place]}{core[place + 1 :]}"
        # The other way round: the whole core of the other is this one with a character less.
        for place in (0, 1):
            yield f"whole:{core[:place]}{core[place + 1 :]}"


def _plain(keys: _Keys) -> Iterable[str]:
    """Plain texts, no tuples: a million small objects would stop everything while they are counted."""
    card, core = keys.card, keys.core
    if card.uscc:
        yield f"code:{card.uscc}"
        if len(card.uscc) == 18:
            yield f"organisation:{card.uscc[8:17]}"
    if keys.same:
        yield f"name:{keys.same}"
    for former in keys.former:
        yield f"name:{former}"
    if core:
        yield f"core:{core}"
        yield f"whole:{core}"
        yield f"sound:{keys.sound}"
    if len(core) >= _LEAST_CUT:
        yield f"cut:{core}"
        yield f"head:{core[:_HEAD]}"
    if keys.phone:
        yield f"phone:{keys.phone}"
    if keys.address:
        yield f"address:{keys.address}"
