"""The contract of a 下发 workbook: its hidden sheet with manifest and contents. Writer and reader meet only here.

The sheets that people read are made of the same contents; the program takes only what the hidden sheet says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from returns.digests import document_digest

FORMAT, VERSION = "qianqi-handdown", 1
SHEET = "下发清单"  # veryHidden; what a file is known by
COVER, PLAN_SHEET, UNITS_SHEET, CALENDAR_SHEET, FIRMS_SHEET = "说明", "计划与指标", "机构", "日历", "企业名录"

PLAN, UNITS, CALENDAR, FIRMS, SPECIAL = "plan", "units", "calendar", "firms", "special"
CONTENTS: Mapping[str, str] = {
    PLAN: "计划与指标", UNITS: "机构", CALENDAR: "工作日历", FIRMS: "企业名录", SPECIAL: "专项",
}  # fmt: skip
# What goes to the units of a firm: who it is and where, no contacts and no figures.
FIRM_FIELDS = (
    "name", "uscc", "alias", "entity_type", "street_code", "park_code", "reg_address", "industry_code", "de_core",
    "is_above_scale", "status",
)  # fmt: skip
_PIECE = 30_000
_TITLE, _CONTENT = "格式", "内容"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a 下发 says of itself."""

    sender: str
    sender_name: str
    region: str  # the district's code
    region_name: str
    number: int
    made_at: str  # ISO, with offset
    period: str
    contents: tuple[str, ...]
    recipients: tuple[str, ...] = ()  # unit codes; empty for all units
    note: str = ""
    person: str = ""
    phone: str = ""
    practice: bool = False
    app_version: str = ""
    version: int = VERSION
    digests: Mapping[str, str] = field(default_factory=dict)  # of each content
    sheets: Mapping[str, str] = field(default_factory=dict)  # of each sheet that people read
    digest: str = ""  # over everything above

    @property
    def whole(self) -> str:
        """The digest that the manifest should carry."""
        return document_digest({name: value for name, value in asdict(self).items() if name != "digest"})

    def sealed(self) -> Manifest:
        return replace(self, digest=self.whole)


@dataclass(frozen=True, slots=True)
class Handdown:
    """A 下发: manifest and contents by name, as JSON."""

    manifest: Manifest
    payload: Mapping[str, Any]


def manifest_rows(made: Handdown) -> Iterable[list[str]]:
    """The cells of the hidden sheet."""
    yield [_TITLE, FORMAT]
    for name, value in asdict(made.manifest).items():
        yield [name, json.dumps(value, ensure_ascii=False, separators=(",", ":"))]
    for name, value in made.payload.items():
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for start in range(0, len(text), _PIECE):
            yield [_CONTENT, name, text[start : start + _PIECE]]


class NotAHanddown(Exception):
    """The hidden sheet is not ours, or does not say what was written; the text says which."""


class OtherVersion(Exception):
    """Written by a newer program; `version` says which."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


def read_manifest(rows: Iterable[Sequence[Any]]) -> Handdown:
    """Read the hidden sheet whole and compare it with its digests."""
    data: dict[str, Any] = {}
    pieces: dict[str, list[str]] = {}
    title = ""
    for row in rows:
        cells = ["" if cell is None else str(cell) for cell in row]
        if not cells or not cells[0]:
            continue
        if cells[0] == _TITLE:
            title = cells[1] if len(cells) > 1 else ""
        elif cells[0] == _CONTENT and len(cells) > 2:
            pieces.setdefault(cells[1], []).append(cells[2])
        else:
            data[cells[0]] = _json("".join(cells[1:]), cells[0])
    if title != FORMAT:
        raise NotAHanddown("下发清单不是本程序写的")
    version = data.get("version")
    if isinstance(version, int) and version > VERSION:
        raise OtherVersion(version)
    payload = {name: _json("".join(parts), name) for name, parts in pieces.items()}
    try:
        for name in ("contents", "recipients"):
            data[name] = tuple(data[name])
        manifest = Manifest(**data)
        sound = manifest.digest == manifest.whole and set(payload) == set(manifest.contents)
        sound = sound and all(document_digest(payload[name]) == manifest.digests[name] for name in payload)
    except (TypeError, KeyError, AttributeError):
        raise NotAHanddown("下发清单内容不完整") from None
    if not sound:
        raise NotAHanddown("下发清单与校验摘要不符")
    return Handdown(manifest, payload)


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise NotAHanddown(f"下发清单中的“{name}”读不出来") from None


def sheet_digest(rows: Iterable[Sequence[str]]) -> str:
    """The fingerprint of a readable sheet: its texts row by row, empty ends and empty rows aside."""
    lines = []
    for row in rows:
        cells = list(row)
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            lines.append(cells)
    return document_digest(lines)[:32]
