"""What 收表 shows: the grid of units, the files, and a file's changes cell by cell. The actions are elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from db import to_do_district
from db.coverage import Coverage, UnitState
from db.deadlines import Deadline
from db.periods import Period
from db.registers import REGISTERS
from db.special.definition import PREFIX
from db.store import Store
from desktop.actions import receiving
from desktop.actions import returns as actions
from desktop.actions.returns import BatchLine, RowLine
from desktop.pages import receive_year_model as year_model
from desktop.tables.cells import Change, Mark
from desktop.tables.model import Column, Row
from desktop.widgets.grid import GridCell
from returns.handdown.change import PARTS

if TYPE_CHECKING:
    from returns.results import FileReport
    from returns.stage import StagedBatch

SHOWN = ("new", "update", "gone", "conflict", "bad")
FILE_COLUMNS = (
    Column("unit", "单位", width=240, kind="strong", stretch=True),
    Column("revision", "版本", width=84),
    Column("rows", "行数", width=72, kind="figure"),
    Column("new", "新增", width=72, kind="figure"),
    Column("update", "变更", width=72, kind="figure"),
    Column("gone", "缺失", width=72, kind="figure"),
    Column("conflict", "冲突", width=72, kind="figure"),
    Column("state", "状态", width=150, kind="chip"),
)
CHANGE_COLUMNS = (
    Column("register", "登记簿", width=80, kind="muted", sort=False),
    Column("record", "记录", width=200, stretch=True, sort=False),
    Column("field", "字段", width=150, stretch=True, sort=False),
    Column("old", "原值", width=116, kind="change", sort=False),
    Column("new", "新值", width=160, kind="strong", stretch=True, sort=False),
    Column("kind", "变化", width=112, kind="chip", sort=False),
    Column("decision", "处理", width=88, kind="chip", sort=False),
)
FINDING_COLUMNS = (
    Column("severity", "级别", width=76, kind="chip", sort=False),
    Column("sheet", "表", width=100, kind="muted", sort=False),
    Column("row", "行", width=60, kind="figure", sort=False),
    Column("column", "栏", width=140, sort=False),
    Column("message", "问题", width=420, stretch=True, sort=False),
)
_KINDS = {
    "new": ("新增", "ok"), "update": ("变更", "watch"), "gone": ("缺失，请确认", "alarm"), "conflict": ("冲突", "alarm"),
    "bad": ("读不出", "alarm"),
}  # fmt: skip
_ASKS = {
    "other_content": "同一版内容不同", "month_closed": "已关账，须重述", "rival": "同一版有几份", "future_month": "月份还没到",
    "sent_back_unchanged": "退回后没有改", "older_revision": "已有更新的版",
}  # fmt: skip
_WEIGHTS = {"asks": ("请确认", "alarm"), "warned": ("注意", "watch"), "told": ("提示", "neutral")}
_SEVERITIES = {"error": ("错误", "alarm"), "warning": ("警告", "watch"), "info": ("提示", "neutral")}


@dataclass(frozen=True)
class Desk:
    """Everything on the page except the details of one file."""

    coverage: Coverage
    deadline: Deadline
    files: tuple[BatchLine, ...]
    waiting: int  # staged files of all months
    month: receiving.MonthState = field(default_factory=receiving.MonthState)

    @property
    def clean(self) -> list[BatchLine]:
        return [each for each in self.files if is_clean(each)]


def is_clean(each: BatchLine) -> bool:
    """Nothing in it asks for a decision, and the check found no error."""
    return each.clean and not errors_of(each)


def errors_of(each: BatchLine) -> int:
    return sum(finding.get("severity") == "error" for finding in each.findings)


def read(store: Store, period: str) -> Desk:
    """The month's coverage and files; runs aside."""
    found, due = receiving.read_coverage(store, period)
    with store.read() as session:
        waiting = to_do_district.staged_count(session)
    return Desk(
        found, due, tuple(actions.batches(store, period)), waiting, receiving.month_state(store, period)
    )


def chip(desk: Desk) -> tuple[str, str]:
    """“已报 8/10 街道 · 9/11 部门”."""
    if desk.coverage.unused:
        return "未启用收表", "neutral"
    streets, others = desk.coverage.of_kind(True), desk.coverage.of_kind(False)
    words = f"已报 {streets.received}/{streets.expected} 街道 · {others.received}/{others.expected} 部门"
    return words, "watch" if desk.coverage.missing else "ok"


def chips(desk: Desk) -> list[tuple[str, str]]:
    """What stands beside the tabs: who is in, and until when; a closed month waits for no day any more."""
    if desk.month.closing is not None:
        times = len(desk.month.restatements)
        return [chip(desk), (f"已关账{f' · 重述 {times} 次' if times else ''}", "neutral")]
    if desk.coverage.unused:
        return [chip(desk)]
    return [chip(desk), (desk.deadline.words, desk.deadline.state)]


def grid(
    units: Sequence[UnitState], files: Iterable[BatchLine]
) -> tuple[list[tuple[str, str]], dict[tuple[str, str], GridCell]]:
    """Units and their cells; a unit whose file waits on the desk says so."""
    waiting = {each.unit for each in files if each.state == "staged"}
    cells = {}
    for unit in units:
        word, state = year_model.short(unit), year_model.look(unit)
        if unit.code in waiting:
            word, state = ("待收" if not unit.received else "有新版"), "info"
        cells[(unit.code, "")] = GridCell(word, state, _told(unit))
    return [(unit.code, unit.name.removesuffix("街道")) for unit in units], cells


def _told(unit: UnitState) -> str:
    if not unit.received:
        return year_model.told(unit)
    rows = "，".join(
        f"{REGISTERS[key].title} {number}"
        for key, number in (unit.rows or {}).items()
        if key in REGISTERS and number
    )
    late = f"，迟 {unit.late_days} 天" if unit.late_days else ""
    return f"第 {unit.revision} 版，{unit.word}{late}" + (f"\n{rows}" if rows else "")


def file_row(each: BatchLine) -> Row:
    counts = each.counts
    word, state = standing(each)
    return Row(
        each.id.hex,
        {
            "unit": each.unit_name, "revision": f"第 {each.revision} 版", "rows": each.rows_read,
            "new": counts.get("new", 0), "update": counts.get("update", 0), "gone": counts.get("gone", 0),
            "conflict": counts.get("conflict", 0), "state": Mark(word, state),
        },
    )  # fmt: skip


def standing(each: BatchLine) -> tuple[str, str]:
    """What a file waits for, in a word with its colour."""
    if each.state != "staged":
        return {
            "applied": ("已接收", "ok"),
            "sent_back": ("已退回", "neutral"),
            "undone": ("已撤销", "neutral"),
        }[each.state]
    for case in each.situations:
        if case["weight"] == "asks":
            return _ASKS.get(case["id"], "请确认"), "alarm"
    if errors := errors_of(each):
        return f"{errors} 处错误", "alarm"
    if each.counts.get("conflict"):
        return f"{each.counts['conflict']} 处冲突", "alarm"
    if not is_clean(each):
        return "待审核", "watch"
    return "可接收", "ok"


def rejected_row(place: int, report: FileReport) -> Row:
    """A file that could not be taken, with its sentence."""
    return Row(
        f"rejected:{place}",
        {"unit": report.file, "revision": "—", "rows": None, "state": Mark("不能接收", "alarm")},
    )


@dataclass(frozen=True)
class TakenIn:
    """What became of files that were added, in words; `other_month` where some belong to another month."""

    text: str
    hint: str
    state: str
    other_month: str


def taken_in(found: Sequence[StagedBatch], period: str) -> TakenIn:
    """The words for a round of files."""
    rejected = [each.report for each in found if each.report.outcome == "rejected"]
    again = sum(each.state == "applied" for each in found)
    read = [each for each in found if each.batch is not None and each.state == "staged"]
    months = sorted({each.report.period or "" for each in read} - {period})
    parts = [f"读了 {len(read)} 份"] if read else []
    if again:
        parts.append(f"{again} 份以前接收过，没有再写入")
    if rejected:
        parts.append(f"{len(rejected)} 份不能接收")
    if months:
        parts.append(f"其中有 {'、'.join(f'{Period(each).month} 月' for each in months)}的回报")
    hint = rejected[0].findings[0].message if len(rejected) == 1 and rejected[0].findings else ""
    packs = dict.fromkeys(
        said for each in found for said in each.report.warnings if said.startswith("附件包")
    )
    aside = [said for each in found if each.state == "left_out" and each.report.outcome != "rejected"
             for said in each.report.warnings]  # fmt: skip
    aside += [case.words for each in found for case in each.situations if case.id == "open_elsewhere"]
    hint = "".join((hint, *packs, *dict.fromkeys(aside)))
    parts = parts or ["读了附件包"]
    return TakenIn(
        "，".join(parts) + "。", hint, "watch" if rejected else "info", months[0] if months else ""
    )


@dataclass
class Decisions:
    """What was decided about the rows of one file; starts as the reading suggests."""

    rows: Sequence[RowLine]
    taken: set[int] = field(default_factory=set)
    chosen: dict[int, receiving.Choice] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[RowLine]) -> Decisions:
        return cls(rows, {row.seq for row in rows if row.action in ("new", "update")})

    def row(self, seq: int) -> RowLine:
        return next(row for row in self.rows if row.seq == seq)

    def toggle(self, seq: int) -> None:
        """The next answer for a row: take it or not; drop it or keep it; incoming, present."""
        action = self.row(seq).action
        if action == "conflict":
            self.chosen[seq] = "present" if self.chosen.get(seq) == "incoming" else "incoming"
        elif action == "gone":
            if self.chosen.pop(seq, None) is None:
                self.chosen[seq] = "incoming"
        elif action in ("new", "update"):
            self.taken ^= {seq}

    @property
    def accept(self) -> Any:
        """“all”, or the numbers of the rows to take, as apply wants it."""
        offered = {row.seq for row in self.rows if row.action in ("new", "update")}
        return "all" if self.taken == offered else sorted(self.taken)

    @property
    def undecided(self) -> int:
        """Conflicts nobody has looked at: what is stored stays."""
        return sum(row.action == "conflict" and row.seq not in self.chosen for row in self.rows)

    @property
    def wants_reason(self) -> bool:
        return any(
            self.row(seq).action == "conflict" for seq, choice in self.chosen.items() if choice == "incoming"
        )

    def mark(self, row: RowLine) -> Mark:
        """The answer as it stands."""
        if row.action == "conflict":
            answer = self.chosen.get(row.seq)
            return {
                None: Mark("留原值", "neutral"), "present": Mark("留原值 ✓", "ok"), "incoming": Mark("用新值 ✓", "info"),
            }[answer]  # fmt: skip
        if row.action == "gone":
            return Mark("删除", "alarm") if row.seq in self.chosen else Mark("保留", "neutral")
        if row.action == "bad":
            return Mark("不接收", "neutral")
        return Mark("采用", "ok") if row.seq in self.taken else Mark("不采用", "neutral")


def change_rows(decisions: Decisions) -> list[Row]:
    """One line per changed cell, or per row that is new, gone or unreadable."""
    found: list[Row] = []
    for row in decisions.rows:
        kind, state = _KINDS[row.action]
        common = {
            "register": _word_of(row),
            "record": row.label, "kind": Mark(kind, state), "decision": decisions.mark(row),
        }  # fmt: skip
        cells = _cells(row)
        for place, cell in enumerate(cells):
            found.append(Row(f"{row.seq}:{place}", {**common, **cell}))
    return found


def _word_of(row: RowLine) -> str:
    if row.register in REGISTERS:
        return REGISTERS[row.register].title
    return "专项" if row.register.startswith(PREFIX) else PARTS.get(row.register, row.register)


def _cells(row: RowLine) -> list[Mapping[str, Any]]:
    if row.action in ("update", "conflict") and row.changes:
        return [
            {
                "field": str(change.get("label") or change.get("field") or ""),
                "old": Change(str(change.get("old") or "")), "new": str(change.get("new") or "") or "—",
            }
            for change in row.changes
        ]  # fmt: skip
    if row.action == "gone":
        return [{"field": "（整行）", "old": Change("有"), "new": "无"}]
    if row.action == "bad":
        return [{"field": "（整行）", "old": Change(""), "new": row.reason or "读不出"}]
    return [{"field": "（整行）", "old": Change(""), "new": row.reason or "新增"}]


def asks(each: BatchLine, case: str) -> bool:
    """Whether a file is in this situation (returns/situations.py) and waits for an answer to it."""
    return any(told["id"] == case and told["weight"] == "asks" for told in each.situations)


def told(each: BatchLine) -> list[Mapping[str, Any]]:
    """The situations that the findings do not say themselves."""
    said = {finding.get("message") for finding in each.findings}
    return [case for case in each.situations if f"{case['message']}{case['todo']}" not in said]


def reason_words(each: BatchLine) -> tuple[str, str, str]:
    """What a reason is called, the button behind it, and what becomes of it."""
    if asks(each, "month_closed"):
        return "重述理由", "作为重述接收", "为什么要改动已公布的数，会记在这个月的重述记录里"
    return "选定理由", "接收", "为什么用新报来的内容，会记在修改记录里"


def finding_rows(each: BatchLine) -> list[Row]:
    """校验: first what kind of case the file is, then the findings."""
    rows = []
    for place, case in enumerate(told(each)):
        word, state = _WEIGHTS[case["weight"]]
        cells = {"severity": Mark(word, state), "message": f"{case['message']}{case['todo']}"}
        rows.append(Row(f"case:{place}", cells))
    return rows + [finding_row(place, finding) for place, finding in enumerate(each.findings)]


def finding_row(place: int, each: Mapping[str, Any]) -> Row:
    word, state = _SEVERITIES.get(str(each.get("severity")), ("提示", "neutral"))
    cells = {
        "severity": Mark(word, state), "sheet": each.get("sheet") or None, "row": each.get("row"),
        "column": each.get("column") or None, "message": each.get("message"),
    }  # fmt: skip
    return Row(str(place), cells)


def heading(each: BatchLine, before: int) -> tuple[str, str]:
    """Title and note of the details: “朝阳洲街道 第 2 版 与已接收的第 1 版相比”."""
    compared = f"与已接收的第 {before} 版相比" if before else "第一次报送"
    if each.state != "staged":
        compared = standing(each)[0]
    note = f"更正理由：{each.correction_reason}" if each.correction_reason else ""
    if each.note:
        note = f"{note}　{'退回理由' if each.state == 'sent_back' else '选定理由'}：{each.note}".strip("　")
    if each.state == "staged":
        named = f"{each.unit_name} {Period(each.period).display()}第 {each.revision} 版"
        asked = [
            str(case["message"]).removeprefix(named).lstrip("：")
            for case in each.situations
            if case["weight"] == "asks"
        ]
        note = "　".join([*asked, note]).strip("　")
    return f"{each.unit_name} 第 {each.revision} 版　{compared}", note


def suggested_reason(each: BatchLine) -> str:
    """The first thing that is wrong with a file, as a reason for sending it back."""
    errors = [
        str(finding.get("message") or "") for finding in each.findings if finding.get("severity") == "error"
    ]
    if errors:
        more = f"等 {len(errors)} 处" if len(errors) > 1 else ""
        return errors[0].rstrip("。") + more
    return ""
