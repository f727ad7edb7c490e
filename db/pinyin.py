"""How names are compared and spelled: folded letters, pinyin initials, pinyin syllables. No SQL here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

_ENDING = 9  # characters
SPELLED_MOST = 12  # letters of a spelling that are compared: nobody types more


@lru_cache(maxsize=256)
def letters(raw: str) -> str:
    """Letters and digits only, in one width and in upper case: what is compared. Asked several times for each name."""
    if raw.isascii() and raw.isalnum():
        return raw.upper()  # a code
    plain = unicodedata.normalize("NFKC", raw).upper()
    return plain if plain.isalnum() else "".join(filter(str.isalnum, plain))


def syllables(name: str) -> list[str]:
    """The reading of each character, lower case, without tones; what is not Chinese stands for itself."""
    found: list[str] = []
    runs = _dictionary()[0]
    for place, run in enumerate(runs.split(letters(name))):
        if place % 2:
            while len(run) > _ENDING:
                word, run = _first_word(run)
                found += _reading(word)
            found += _ending(run)
        elif run:
            found += _reading(run)
    return found


@cache
def _dictionary() -> tuple[Any, Any, Any]:
    """What tells runs of Chinese from the rest, what cuts them into words, and how the words of the dictionary begin."""
    from pypinyin.constants import RE_HANS  # two dictionaries: not before the first name is spelled
    from pypinyin.seg import mmseg

    runs = re.compile(f"({RE_HANS.pattern.removeprefix('^').removesuffix('$')})")
    return runs, mmseg.seg.cut, mmseg.p_set


def _first_word(run: str) -> tuple[str, str]:
    """The first of the words that pypinyin would read one after the other, and what is left."""
    _, cut, beginnings = _dictionary()
    if run[:2] not in beginnings:
        return run[0], run[1:]
    word: str = next(cut(run))
    return word, run[len(word) :]


@lru_cache(maxsize=20_000)
def _ending(run: str) -> tuple[str, ...]:
    """The reading of the last characters of a name: those of firms end alike."""
    _, cut, beginnings = _dictionary()
    if run in beginnings:
        # All of it begins a longer word: it is taken apart as a whole.
        return tuple(part for word in cut(run) for part in _reading(word))
    if not run:
        return ()
    word, rest = _first_word(run)
    return (*_reading(word), *_ending(rest))


@lru_cache(maxsize=20_000)
def _reading(word: str) -> tuple[str, ...]:
    """Names are made of the same words again and again."""
    import pypinyin

    read = pypinyin.pinyin(word, style=pypinyin.Style.NORMAL, strict=False, errors=_letter_by_letter)
    return tuple((part[0] if part else "").lower() for part in read)


def initials(name: str, read: list[str] | None = None) -> str:
    """Pinyin initials of a name, lower case: “yzwl”; a second variant follows after a space where the first
    character that has another common reading is read the other way (长 c/z). `read`: its syllables, if known."""
    plain = letters(name)
    first = "".join([part[:1] for part in (syllables(name) if read is None else read)])
    if len(first) != len(plain):
        return first
    for place, char in enumerate(plain[:8]):
        both = _READINGS.get(char)
        if both:
            other = both[1] if first[place] == both[0] else both[0]
            return f"{first} {first[:place]}{other}{first[place + 1 :]}"
    return first


def spelled_suffixes(read: Sequence[str]) -> list[str]:
    """The spelling of a name from each of its syllables on: what somebody who types whole pinyin begins with."""
    whole, at = "".join(read), 0
    found = []
    for each in read[:24]:
        if len(each) > 1:
            found.append(whole[at : at + SPELLED_MOST])
        at += len(each)
    return found


def _letter_by_letter(text: str) -> Any:
    """What is no Chinese character stands for itself."""
    return list(text)


# Characters of firm names with two readings in everyday use that begin with different letters.
_READINGS = {
    "长": "cz", "重": "zc", "乐": "ly", "曾": "zc", "厦": "xs", "朝": "cz", "行": "xh", "调": "td", "藏": "cz",
    "单": "ds", "盛": "sc", "传": "cz", "系": "xj", "便": "bp", "洞": "dt", "解": "jx", "仇": "cq", "沈": "sc",
    "车": "cj", "隽": "jz", "卡": "kq", "囤": "td", "贾": "jg", "覃": "qt", "翟": "zd", "尉": "wy", "阚": "kh",
    "石": "sd", "宿": "sx", "识": "sz", "奇": "qj", "度": "dd", "蔓": "mw", "弹": "td", "降": "jx", "会": "hk",
}  # fmt: skip
