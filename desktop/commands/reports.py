"""Reports of files and findings as sentences for a terminal. JSON is made where the data is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from db.findings import Finding
from db.registers import REGISTERS
from returns.results import ACCEPTED, REJECTED, FileReport

MOST_LINES = 40
_RANK = ("error", "warning", "info")


def files_json(reports: Sequence[FileReport]) -> dict[str, Any]:
    return {"files": [report.as_json() for report in reports]}


def about_file(report: FileReport, verb: str = "导入") -> Iterator[str]:
    """What became of one file, and what should be looked at."""
    if report.outcome == REJECTED and not report.rows_read:
        yield f"“{report.file}”没有{verb}。"
    else:
        title = f"{REGISTERS[report.register].title} " if report.register in REGISTERS else ""
        word = f"没有{verb}" if report.outcome == REJECTED else _taken(report, verb)
        yield (
            f"“{report.file}”{word}：{title}共 {report.rows_read} 行，"
            f"新增 {report.stored}、已有 {report.unchanged}、补充 {report.updated}、未入库 {report.bad}。"
        )
    if report.outcome != REJECTED:
        for told in report.situations:
            if told.words not in report.warnings:
                yield f"  · {told.words}"
    found = {finding.message for finding in report.findings}
    for warning in report.warnings:
        if warning not in found:
            yield f"  · {warning}"
    yield from about_findings(report.findings)


def _taken(report: FileReport, verb: str) -> str:
    if report.outcome == ACCEPTED:
        return f"已{verb}"
    return f"部分{verb}" if report.bad else f"已{verb}，但有行错误"


def about_findings(findings: Iterable[Finding], most: int = MOST_LINES) -> Iterator[str]:
    """Findings by severity, one line each; the same sentence about many records is one line with their number."""
    counts = Counter(
        (_RANK.index(finding.severity.value), finding.severity.word, _place(finding), _told(finding))
        for finding in findings
    )
    lines = sorted(counts.items(), key=lambda item: item[0][0])
    for (_, word, place, message), count in lines[:most]:
        yield f"  [{word}] {place}{message}" + (f"（{count} 条）" if count > 1 else "")
    if len(lines) > most:
        yield f"  …… 还有 {len(lines) - most} 种，加 --json 可看全部。"


def _told(finding: Finding) -> str:
    """The sentence; of a cell with the id of what is wrong, by which it can be looked up."""
    return f"{finding.message}〔{finding.id}〕" if finding.row is not None and finding.id else finding.message


def _place(finding: Finding) -> str:
    if finding.sheet and finding.message.startswith(f"“{finding.sheet}”"):
        return ""  # it names its place itself
    if finding.row is None:
        return f"{REGISTERS[finding.register].title}：" if finding.register in REGISTERS else ""
    column = f" {finding.column} 列" if finding.column else ""
    sheet = f"{finding.sheet} " if finding.sheet else ""
    return f"{sheet}第 {finding.row} 行{column}：" if column or finding.sheet else f"第 {finding.row} 行："
