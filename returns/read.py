"""A workbook becomes rows with typed values, what could not be read, and findings. Writes nothing.

Matching rows with what is stored is in diff.py; other offices' own ledgers are read in ledger/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import MachineError, Refused
from db.findings import Finding, Severity
from db.periods import Period
from db.text import fold
from db.values import Lookup, from_json
from returns import files, workbook
from returns.cover import read_cover, rows_on_cover
from returns.digests import document_digest, file_digest
from returns.files.draft import error_value
from returns.pace import UNHURRIED, Pace
from returns.read_sheet import RowRead, SheetReader
from returns.renamed import renamed_sheets
from returns.situations import TurnedAway
from returns.workbook import (
    COVER,
    MANIFEST,
    TEMPLATE,
    Manifest,
    SheetPlan,
)

Grid = Sequence[Sequence[Any]]


@dataclass(slots=True)
class ReadReturn:
    """A return as read; nothing of it is stored yet."""

    file: str
    sha256: str
    manifest: Manifest
    cover: dict[str, Any]
    rows: dict[str, list[RowRead]]
    fields: dict[str, frozenset[str]]  # by register: the fields that its sheet has a column for
    findings: list[Finding]
    new_units: tuple[workbook.Place, ...] = ()  # named by rows and unknown here
    new_parks: tuple[workbook.Place, ...] = ()
    content_digest: str = ""
    removed: int = 0  # rows that were exported and are no longer there

    @property
    def count(self) -> int:
        return sum(map(len, self.rows.values()))

    @property
    def by_hand(self) -> bool:
        return self.manifest.kind == TEMPLATE


def load(path: Path) -> bytes:
    """The bytes of a file. MachineError when it can not be read, Refused (too_large) when there are too many."""
    files.check_size(Path(path))
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise MachineError(
            f"文件“{Path(path).name}”读不了（{error.strerror or error}）。",
            "请检查文件是否还在、U 盘是否松动。",
            "cannot_read",
        ) from error


def read_return(
    path: Path, lookup: Lookup, data: bytes | None = None, specials: Sequence[SheetPlan] = (),
    book: files.Book | None = None, pace: Pace = UNHURRIED,
) -> ReadReturn:  # fmt: skip
    """Read a return; `specials` are the sheets of the 专项 that it may carry, `book` its content where it is open already.

    Refused, with the rule that it breaks as id, for a file that is none or can not be used.
    """
    name = Path(path).name
    content = load(path) if data is None else data
    sheets, doubtful = open_sheets(content, name, book, pace)
    if MANIFEST not in sheets:
        raise _not_ours(name, "里面没有隐藏的“清单”表，可能被删除了，或者本来就不是回报", "no_manifest")
    try:
        stated = workbook.read_manifest(sheets[MANIFEST])
    except workbook.OtherVersion as other:
        raise _other_version(other.version) from None
    except workbook.NotAReturn as reason:
        raise _not_ours(name, str(reason)) from None
    manifest = stated.manifest
    if manifest.digest != manifest.whole:
        raise _not_ours(name, "隐藏的清单被改过，与校验摘要不符", "manifest_changed")
    if manifest.kind == workbook.DRAFT:
        whose = f"{manifest.unit_name} {Period(manifest.period).display()}"
        raise TurnedAway(
            "draft", f"“{name}”是{whose}的草稿，不是正式回报。", "请让对方处理完错误后正式上报。",
            unit=manifest.unit, period=manifest.period,
        )  # fmt: skip
    known = _Known(lookup, manifest)
    found = ReadReturn(name, file_digest(content), manifest, {}, {}, {}, [])
    digests: dict[str, dict[str, str]] = {}
    for (register, record), digest in stated.rows.items():
        digests.setdefault(register, {})[record] = digest
    plans = (*workbook.plans(), *specials)
    renamed = renamed_sheets(sheets, manifest, plans)
    for plan in plans:
        of_sheet = digests.get(plan.register.key, {})
        name_now = renamed.get(plan.name, plan.name)
        view = sheets if name_now == plan.name else {plan.name: sheets[name_now]}
        _read_sheet(found, plan, view, doubtful.get(name_now, {}), of_sheet, known, pace)
        if name_now != plan.name:
            said = f"工作表“{plan.name}”被改名为“{name_now}”，已按原表读入。"
            found.findings.append(
                Finding("RET-002", Severity.WARNING, said, plan.register.key, sheet=plan.name)
            )
    cover = sheets.get(COVER, [])
    found.cover = _cover(manifest, cover, known)
    _compare_counts(found, cover)
    found.new_units, found.new_parks = known.missing("unit"), known.missing("park")
    found.content_digest = _content_digest(found)
    return found


def _not_ours(name: str, why: str, case: str = "not_a_return") -> Refused:
    return TurnedAway(
        case,
        f"文件“{name}”不是有效的回报文件或已被改动（{why}）。",
        "请让对方用“上报”得到的原文件重发；街道自己的台账请用“导入”。",
    )


def _other_version(version: int) -> Refused:
    if version > workbook.FORMAT_VERSION:
        return TurnedAway(
            "newer_format",
            f"回报是较新版本的程序写的（格式第 {version} 版，本程序认到第 {workbook.FORMAT_VERSION} 版）。",
            "请先升级本机的千企台账。",
            "RET-004",
        )
    return TurnedAway("older_format", f"回报模板版本{version}过旧，请使用新模板重新导出。", "", "RET-004")


def open_sheets(
    data: bytes, name: str, book: files.Book | None = None, pace: Pace = UNHURRIED
) -> tuple[dict[str, Grid], dict[str, dict[tuple[int, int], str]]]:
    """All sheets as grids from A1 (empty cells are None), and by sheet what is wrong with cells that hold no value.

    Refused for what is no workbook, or none that may be opened. Nothing of the file is parsed in this process.
    """
    if book is None:
        book = files.open_bytes(data, name, progress=pace.progress, cancelled=pace.cancelled)
    sheets, troubles = files.sheets_of(book)
    # What the cell shows is kept as what was typed; the rest of the sentence the finding says.
    shown = {
        sheet: {place: what.removeprefix(_ERROR_VALUE) for place, what in found.items()}
        for sheet, found in troubles.items()
    }
    return dict(sheets), shown


_ERROR_VALUE = error_value("").strip() + " "


class _Known:
    """The receiver's names, and behind them those that the return brings along."""

    def __init__(self, lookup: Lookup, manifest: Manifest) -> None:
        self._lookup = lookup
        self._brought: dict[str, dict[str, workbook.Place]] = {"unit": {}, "park": {}}
        self._used: dict[str, dict[str, workbook.Place]] = {"unit": {}, "park": {}}
        for source, places in (("unit", manifest.units), ("park", manifest.parks)):
            for place in places:
                if lookup.find(source, place.name) is None:
                    # A code that means another office here gets the sender's code behind it.
                    taken = lookup.name(source, place.code) not in (place.code, place.name)
                    code = f"{place.code}-{manifest.unit}" if taken else place.code
                    self._brought[source][fold(place.name)] = workbook.Place(code, place.name, place.kind)

    def find(self, source: str, raw: str) -> Any | None:
        found = self._lookup.find(source, raw)
        if found is not None:
            return found
        kind = "unit" if source == "street" else source
        place = self._brought.get(kind, {}).get(fold(raw))
        if place is None or (source == "street" and place.kind != "street"):
            return None
        self._used[kind][place.code] = place
        return place.code

    def name(self, source: str, value: Any) -> str:
        for place in self._brought.get("unit" if source == "street" else source, {}).values():
            if place.code == value:
                return place.name
        return self._lookup.name(source, value)

    def options(self, source: str) -> Iterable[tuple[Any, str]]:
        return self._lookup.options(source)

    def missing(self, source: str) -> tuple[workbook.Place, ...]:
        return tuple(self._used[source].values())


def _read_sheet(
    found: ReadReturn, plan: SheetPlan, sheets: Mapping[str, Grid], doubtful: Mapping[tuple[int, int], str],
    digests: Mapping[str, str], known: _Known, pace: Pace,
) -> None:  # fmt: skip
    key = plan.register.key
    found.rows[key], found.fields[key] = [], frozenset()
    entry = found.manifest.entry(key)
    grid = sheets.get(plan.name)
    header = workbook.find_header(plan, grid) if grid else None
    if grid is None or header is None:
        if grid is None and (entry is None or entry.rows == 0):
            return  # nothing was said of this register, or only that it is empty
        what = "缺少工作表" if grid is None else "找不到表头："
        raise _not_ours(found.file, f"{what}“{plan.name}”", "sheet_missing")
    found.fields[key] = frozenset(column.field.name for column in header.columns.values())
    for name in header.unknown:
        message = f"“{plan.name}”有一列“{name}”不认识，没有读入。"
        found.findings.append(
            Finding("RET-002", Severity.WARNING, message, key, sheet=plan.name, row=header.row + 1)
        )
    stated = {column.header for column in plan.columns if entry is None or column.key in entry.columns}
    for name in header.missing:
        if name not in stated:
            continue  # the file is older than the column
        message = f"“{plan.name}”少了“{name}”一列，这一栏按原样保留。"
        found.findings.append(
            Finding("RET-002", Severity.WARNING, message, key, sheet=plan.name, row=header.row + 1)
        )
    reader = SheetReader(
        plan, header, known, order=entry.columns if entry else (), doubtful=doubtful, by_hand=found.by_hand,
        digests=digests,
    )  # fmt: skip
    reader.read_all(grid, header.row + 1, pace)
    reader.finish()
    found.rows[key] = reader.rows
    found.removed += reader.removed
    found.findings += reader.findings


def _cover(manifest: Manifest, rows: Grid, lookup: Lookup) -> dict[str, Any]:
    """The cover by field: as exported, or as filled in by hand."""
    known = {each.name: each for each in workbook.cover_fields()}
    values = {name: from_json(known[name], value) for name, value in manifest.cover.items() if name in known}
    if manifest.kind == TEMPLATE:
        values.update(read_cover(rows, lookup))
    return values


def _compare_counts(found: ReadReturn, cover: Grid) -> None:
    """RET-006: the rows that the cover states are the rows that came."""
    if found.by_hand:
        return
    stated = rows_on_cover(cover)
    for plan in workbook.plans():
        count, rows = stated.get(plan.name), len(found.rows[plan.register.key])
        if count is not None and count != rows:
            message = f"“{plan.name}”汇总数{count}与明细{rows}不一致。"
            found.findings.append(
                Finding("RET-006", Severity.WARNING, message, plan.register.key, sheet=COVER)
            )


def _content_digest(found: ReadReturn) -> str:
    """What the return says, whatever file it came in: the same content saved again gives the same digest."""
    rows = sorted(
        (row.register, row.record_id.hex if row.record_id else "", row.digest)
        for records in found.rows.values()
        for row in records
    )
    return document_digest([found.manifest.unit, found.manifest.period, found.manifest.zero_report, rows])[
        :32
    ]
