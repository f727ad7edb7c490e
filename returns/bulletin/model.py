"""What a bulletin is made of: paragraphs with ids, figures that know their source, tables, attachments. No sentences, no Word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

DRAFT_MARK, PRACTICE_MARK = "（征求意见稿）", "（练习）"
# 落款 (GB/T 9704 7.3.5): a seal over name and date, neither, or the stamp of the signature of who issues it.
SEALED, UNSEALED, SIGNED = "seal", "none", "signature"
SEALS: Mapping[str, str] = {SEALED: "加盖印章", UNSEALED: "不加盖印章", SIGNED: "加盖签发人签名章"}
BODY, FIRST, SECOND = 0, 1, 2  # level of a paragraph: text, “一、”, “（一）”


@dataclass(frozen=True, slots=True)
class Ref:
    """A figure in the text. `text`: as it is printed; `aspect`: which number of the figure (完成率 …), “” for itself."""

    key: str
    text: str
    name: str
    aspect: str = ""

    @property
    def title(self) -> str:
        """“企业上云数量 完成率”."""
        return f"{self.name} {self.aspect}".strip()


Part = str | Ref
Cell = str | Ref


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`id` stays the same from draft to draft. `numbered`: a heading whose number is given when it is written.

    `part`: the piece of the bulletin it belongs to, by which it can be left out. `facts`: whether it can be dropped
    without breaking the form (headings follow their text).
    """

    id: str
    parts: tuple[Part, ...]
    level: int = BODY
    part: str = ""
    edited: bool = False

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def refs(self) -> tuple[Ref, ...]:
        return tuple(part for part in self.parts if isinstance(part, Ref))


@dataclass(frozen=True, slots=True)
class Column:
    """`width`: in millimetres; `align`: left, center or right."""

    title: str
    width: float
    align: str = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """`after`: the id of the paragraph it follows; “” for one of an attachment. `total`: the last row is a sum."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    after: str = ""
    note: str = ""
    empty: str = "（无）"
    part: str = ""

    @property
    def refs(self) -> tuple[Ref, ...]:
        return tuple(cell for row in self.rows for cell in row if isinstance(cell, Ref))


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a picture: after which paragraph, what it is called, what it shows in words."""

    id: str
    after: str
    caption: str
    alt: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """`title` names it in the list of attachments and above it. `landscape`: a wide table on a page turned round."""

    id: str
    title: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    landscape: bool = False
    sources: bool = False  # the list of sources: its lines are made when the document is written


@dataclass(frozen=True, slots=True)
class Head:
    """What stands around the text; all of it is for a person to set."""

    title: str
    recipients: str
    issuer: str
    date: str
    number: str = ""
    mark: str = ""
    copies: str = ""
    printer: str = ""
    printed: str = ""
    seal: str = SEALED
    post: str = ""  # of the person whose signature is stamped


HEAD_WORDS: Mapping[str, str] = {
    "title": "标题",
    "number": "发文字号",
    "mark": "稿样标记",
    "recipients": "主送机关",
    "issuer": "署名",
    "date": "成文日期",
    "post": "签发人职务",
    "copies": "抄送",
    "printer": "印发机关",
    "printed": "印发日期",
}


# What is chosen rather than typed: by name, value → word.
HEAD_CHOICES: Mapping[str, Mapping[str, str]] = {"seal": SEALS}
HEAD_CHOICE_WORDS: Mapping[str, str] = {"seal": "盖章"}


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A whole draft. `parts`: what can be left out, by key, in the words of a check box."""

    quarter: str
    period: str
    head: Head
    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Table, ...] = ()
    slots: tuple[Slot, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    practice: bool = False

    def paragraph(self, id: str) -> Paragraph | None:
        return next((each for each in self.paragraphs if each.id == id), None)

    def refs(self) -> Iterator[Ref]:
        """Every figure, in the order of the document."""
        for paragraph in self.paragraphs:
            yield from paragraph.refs
            for table in self.tables:
                if table.after == paragraph.id:
                    yield from table.refs
        for attachment in self.attachments:
            for table in attachment.tables:
                yield from table.refs

    def without(self, parts: frozenset[str] | set[str]) -> Bulletin:
        """The bulletin with these pieces left out; a heading with nothing under it goes too."""
        kept = [each for each in self.paragraphs if each.part not in parts]
        there = {each.id for each in kept}
        tables = tuple(each for each in self.tables if each.part not in parts and each.after in there)
        slots = tuple(each for each in self.slots if each.part not in parts and each.after in there)
        followed = {each.after for each in tables} | {each.after for each in slots}
        return replace(
            self,
            paragraphs=tuple(_without_empty_headings(kept, followed)),
            tables=tables,
            slots=slots,
            attachments=tuple(each for each in self.attachments if each.id not in parts),
        )


def _without_empty_headings(paragraphs: list[Paragraph], followed: set[str]) -> Iterator[Paragraph]:
    """A heading stands while text (or a table) stands under it: up to the next one of its kind."""
    for place, each in enumerate(paragraphs):
        rest = paragraphs[place + 1 :]
        if each.level == BODY or each.id in followed or _holds_text(rest, each.level):
            yield each


def _holds_text(rest: list[Paragraph], level: int) -> bool:
    for each in rest:
        if each.level == BODY:
            return True
        if each.level <= level:
            return False
    return False


FIRST_NUMBERS = "一二三四五六七八九十"


def numbered(paragraphs: tuple[Paragraph, ...]) -> Iterator[tuple[str, Paragraph]]:
    """Each paragraph with the number that stands before it: “一、”, “（一）” or nothing."""
    first = second = 0
    for each in paragraphs:
        if each.level == FIRST:
            first, second = first + 1, 0
            yield f"{FIRST_NUMBERS[first - 1]}、", each
        elif each.level == SECOND:
            second += 1
            yield f"（{FIRST_NUMBERS[second - 1]}）", each
        else:
            yield "", each
