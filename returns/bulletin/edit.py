"""What a person changed of a draft: texts, pieces left out, what stands around the text; checked against the figures, never refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from returns.bulletin.model import (
    HEAD_CHOICES,
    HEAD_WORDS,
    PRACTICE_MARK,
    Bulletin,
    Head,
    Paragraph,
    Part,
    Ref,
)

_NUMBER = re.compile(r"(?<![\d.,])\d[\d,]*(?:\.\d+)?")
# Numbers that are no figures: days, months, years, and what is counted through.
_AFTER = re.compile(r"[年月日号时]|个月|季度")
_BEFORE = re.compile(r"(附件|第|图|表|—)$")


@dataclass(frozen=True, slots=True)
class Edits:
    """`texts` by the id of the paragraph, `left_out` keys of Bulletin.parts and ids of attachments, `head` by HEAD_WORDS and HEAD_CHOICES."""

    texts: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    head: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"texts": dict(self.texts), "left_out": sorted(self.left_out), "head": dict(self.head)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Edits:
        return cls(
            {str(key): str(text) for key, text in (kept.get("texts") or {}).items()},
            frozenset(str(each) for each in kept.get("left_out") or ()),
            {str(key): str(text) for key, text in (kept.get("head") or {}).items() if _known(key, text)},
        )

    def with_text(self, id: str, text: str | None) -> Edits:
        """Another text for a paragraph; None goes back to the draft's own."""
        texts = {key: value for key, value in self.texts.items() if key != id}
        return replace(self, texts=texts if text is None else {**texts, id: text})


@dataclass(frozen=True, slots=True)
class Edited:
    """The bulletin as it stands with the changes, and by paragraph what does not agree with the figures."""

    bulletin: Bulletin
    warnings: Mapping[str, tuple[str, ...]]


def apply(drafted: Bulletin, edits: Edits) -> Edited:
    """The draft with the changes. Texts of paragraphs that the draft no longer has are left aside, not lost."""
    warnings: dict[str, tuple[str, ...]] = {}
    paragraphs = []
    for each in drafted.paragraphs:
        text = edits.texts.get(each.id)
        if text is None or text == each.text:
            paragraphs.append(each)
            continue
        changed, found = check(each, text)
        if found:
            warnings[each.id] = found
        if changed.text.strip():
            paragraphs.append(changed)
    head = _head(drafted.head, edits.head)
    if drafted.practice and PRACTICE_MARK not in head.mark:
        head = replace(head, mark=f"{PRACTICE_MARK}{head.mark}")  # practice figures never pass for real ones
    whole = replace(drafted, paragraphs=tuple(paragraphs), head=head)
    return Edited(whole.without(edits.left_out), warnings)


def _head(drafted: Head, changed: Mapping[str, str]) -> Head:
    told: dict[str, Any] = {key: value for key, value in changed.items() if _known(key, value)}
    return replace(drafted, **told)


def _known(key: str, value: object) -> bool:
    return key in HEAD_WORDS or value in HEAD_CHOICES.get(key, {})


def check(drafted: Paragraph, text: str) -> tuple[Paragraph, tuple[str, ...]]:
    """The changed text with its figures found again, and a sentence for every number that is not what its figure says.

    A figure is found again by its printed number, in the order of the draft; numbers that stood in the draft's own
    words, days and counts (附件2, 6月) need no source.
    """
    text = " ".join(text.split()) if "\n" in text else text.strip()
    tokens = [found for found in _NUMBER.finditer(text)]
    taken: dict[int, Ref] = {}
    lost: list[tuple[int, Ref]] = []  # a figure that is gone, and the token after which it would stand
    at = 0
    for ref in drafted.refs:
        wanted = ref.text.lstrip("+-－")
        place = next(
            (n for n in range(at, len(tokens)) if tokens[n].group() == wanted and n not in taken), None
        )
        if place is None:
            place = next((n for n in range(at) if tokens[n].group() == wanted and n not in taken), None)
        else:
            at = place + 1
        if place is None:
            lost.append((at, ref))
        else:
            taken[place] = ref
    literal = {
        found.group() for part in drafted.parts if isinstance(part, str) for found in _NUMBER.finditer(part)
    }
    return (
        replace(drafted, parts=_parts(text, tokens, taken), edited=True),
        tuple(_warnings(text, tokens, taken, lost, literal)),
    )


def _parts(text: str, tokens: list[re.Match[str]], taken: Mapping[int, Ref]) -> tuple[Part, ...]:
    found: list[Part] = []
    done = 0
    for place, ref in sorted(taken.items()):
        start, end = tokens[place].span()
        if start > done:
            found.append(text[done:start])
        found.append(replace(ref, text=tokens[place].group()))
        done = end
    if done < len(text):
        found.append(text[done:])
    return tuple(found)


def _warnings(
    text: str, tokens: list[re.Match[str]], taken: Mapping[int, Ref], lost: list[tuple[int, Ref]], literal: set[str]
) -> list[str]:  # fmt: skip
    found = []
    gone = list(lost)
    for place, token in enumerate(tokens):
        number = token.group()
        if place in taken or number in literal:
            continue
        if _AFTER.match(text, token.end()) or _BEFORE.search(text[: token.start()]):
            continue
        meant = next((each for each in gone if each[0] == place), None) or next(
            (each for each in gone if each[0] < place), None
        )
        if meant is not None:
            gone.remove(meant)
            found.append(f"“{meant[1].title}”是{meant[1].text}，文中写的是{number}")
        else:
            found.append(f"“{number}”没有出处")
    return found
