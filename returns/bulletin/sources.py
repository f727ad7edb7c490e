"""Where each figure of a bulletin comes from: its line of 数据来源, and the workbook beside it with the rows themselves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from db.figures import Figure, figures_of
from db.quarter import Quarter
from db.quarter_sources import KEYS, rows_of, source_of
from db.sources import Source
from returns.bulletin.compose import SourceLine
from returns.bulletin.model import Bulletin, Ref
from returns.bulletin.phrasing import plain
from returns.report_book import Book
from returns.source_sheets import Sources

SUFFIX = "_数据来源.xlsx"
_NO_ROWS = "没有记录"


def companion_of(out: Path) -> Path:
    """The workbook beside a bulletin: “季通报.docx” → “季通报_数据来源.xlsx”."""
    return out.with_name(f"{out.stem}{SUFFIX}")


def source_lines(session: Session, quarter: Quarter, bulletin: Bulletin) -> dict[str, SourceLine]:
    """The line of every figure of the bulletin, by key, without places."""
    figures = figures_of(quarter.month)
    found: dict[str, SourceLine] = {}
    own: set[str] = set()  # those whose line tells the figure itself, not only a part of it
    for ref in bulletin.refs():
        if ref.key in own or (ref.aspect and ref.key in found):
            continue
        source = source_of(session, bulletin.period, ref.key, quarter)
        found[ref.key] = _line(ref, source, figures.get(ref.key))
        if not ref.aspect:
            own.add(ref.key)
    return found


def _line(ref: Ref, source: Source, figure: Figure | None) -> SourceLine:
    scope = figure.scope if figure is not None else source.scope
    if figure is not None:
        value = f"{plain(figure.value, figure.places)}{figure.unit}" if figure.value is not None else "—"
    else:
        told = KEYS.get(ref.key.partition(":")[0])
        value = "见表" if ref.aspect else f"{ref.text}{told.unit if told is not None else ''}"
    name = source.title.replace("(", "（").replace(")", "）")
    rows = f"{source.count:,}行" if source.count else _NO_ROWS
    if source.base:
        scope = f"{scope}；含没有名单的期初数{plain(source.base)}"
    coverage = figure.coverage if figure is not None and figure.coverage else "—"
    return SourceLine(ref.key, name, value, scope, coverage, rows)


def write_sources(
    session: Session, quarter: Quarter, bulletin: Bulletin, lines: dict[str, SourceLine], out: Path
) -> dict[str, SourceLine]:
    """Write the workbook in place of `out`; the lines with their places in it. MachineError when it can not be written."""
    book = Book(f"{bulletin.head.title}：数据来源", practice=bulletin.practice)
    sources = Sources(
        book,
        session,
        bulletin.period,
        figures_of(quarter.month),
        source_of=partial(source_of, known=quarter),
        rows_of=partial(rows_of, known=quarter),
    )
    placed = {}
    for key, line in lines.items():
        link = sources.link(key, name=line.name)
        placed[key] = replace(line, place=link.removeprefix("internal:"))
    sources.finish()
    try:
        book.save(out)
    finally:
        sources.close()
    return placed
