"""Which options a few typed characters mean: fragment, code, full pinyin, pinyin initials, a place number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from db.text import fold

Option = tuple[Any, str]  # a value and what people call it


@lru_cache(maxsize=8192)
def spelled(name: str) -> tuple[str, str]:
    """(full pinyin, initials) of a name, lower case; what is not Chinese stays as it is."""
    # Heavy: two dictionaries. Nobody needs them before the first letter is typed.
    from pypinyin import Style, lazy_pinyin

    plain = fold(name).lower()
    full = "".join(lazy_pinyin(plain, style=Style.NORMAL))
    initials = "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
    return full, initials


def rank(name: str, typed: str) -> int | None:
    """How well a name answers what was typed (0 best), None where it does not. `typed` is folded, lower case."""
    plain = fold(name).lower()
    if plain == typed:
        return 0
    if plain.startswith(typed):
        return 1
    if typed in plain:
        return 2
    if not typed.isascii():
        return None
    full, initials = spelled(name)
    if initials.startswith(typed):
        return 3
    if full.startswith(typed):
        return 4
    return 5 if typed in initials else None


def matches(options: Sequence[Option], typed: str, limit: int = 60) -> list[Option]:
    """The options that answer what was typed, best first; all of them (up to `limit`) for nothing typed."""
    wanted = fold(typed).lower()
    if not wanted:
        return list(options[:limit])
    found = [
        (place, index) for index, (_, name) in enumerate(options) if (place := rank(name, wanted)) is not None
    ]
    found.sort()
    return [options[index] for _, index in found[:limit]]


def numbered(options: Sequence[Option], typed: str) -> Option | None:
    """The option in the place a single digit names (1 is the first), unless names begin with that digit.

    Only where there are at most nine: in longer lists a digit is the beginning of a code.
    """
    digit = fold(typed)
    if (
        len(options) > 9
        or len(digit) != 1
        or not digit.isdigit()
        or digit == "0"
        or int(digit) > len(options)
    ):
        return None
    if any(fold(name).startswith(digit) for _, name in options):
        return None
    return options[int(digit) - 1]
