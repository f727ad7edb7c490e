"""A return as text, sheet by sheet, for looking at before it is handed in. The workbook itself is written by write.py."""

from __future__ import annotations

from db.periods import Period
from db.values import display, to_text
from returns import workbook
from returns.cells import NOT_APPLICABLE
from returns.cover import SIGNED, labels, totals_of
from returns.workbook import COVER, NOTES, Column
from returns.write import Content

Sheet = tuple[str, str, str, tuple[str, ...], tuple[tuple[str, ...], ...]]


def sheets(content: Content) -> list[Sheet]:
    """(name, title, line, header, rows) of 封面, every register and 校验说明."""
    manifest = content.manifest
    line = f"填报单位：{manifest.unit_name}　填报期：{Period(manifest.period).display()}　第 {manifest.revision} 版"
    found = [_cover(content, line)]
    for plan in content.plans:
        rows = tuple(
            tuple(_cell(content, column, record) for column in plan.columns)
            for record in content.rows.get(plan.register.key, ())
        )
        found.append(
            (
                plan.name,
                _title(content, plan.name),
                line,
                tuple(column.header for column in plan.columns),
                rows,
            )
        )
    notes = tuple(
        (note.finding.severity.word, note.finding.id, note.place, note.finding.message, note.explanation)
        for note in content.notes
    )
    found.append((NOTES, NOTES, line, ("级别", "编号", "位置", "内容", "说明"), notes))
    return found


def _title(content: Content, name: str) -> str:
    return f"【{content.mark}】{name}" if content.mark else name


def _cover(content: Content, line: str) -> Sheet:
    fields = {each.name: each for each in workbook.cover_fields()}
    shown = {name: to_text(each, content.cover.get(name), content.lookup) for name, each in fields.items()}
    names = labels()
    rows = [
        (names[name], shown[name])
        for name in ("form_no", "issuer", "unit_note", "zero_report", "correction_reason")
    ]
    for plan in content.plans:
        total = totals_of(plan, content.rows.get(plan.register.key, ()))
        rows.append((plan.name, f"{total.rows} 行" + (f"；{total.totals}" if total.totals else "")))
    tally = content.tally
    rows.append(
        (
            "校验结果",
            f"错误 {tally.errors} 项，警告 {tally.warnings} 项（已说明 {content.explained} 项），提示 {tally.infos} 项",
        )
    )
    rows += [(names[name], shown[name]) for name in SIGNED]
    return COVER, _title(content, shown["title"]), line, ("项目", "内容"), tuple(rows)


def _cell(content: Content, column: Column, record: dict[str, object]) -> str:
    name = column.field.name
    value = record.get(name)
    if column.part in ("name", "uscc"):
        return content.firms.get(value, ("", ""))[0 if column.part == "name" else 1]  # type: ignore[call-overload,no-any-return]
    if column.part == "no":
        return content.titles.get(value, "")  # type: ignore[call-overload,no-any-return]
    if value in (None, "", []):
        unread = record.get("unparsed") or {}
        absent = record.get("not_applicable") or ()
        return str(unread.get(name, "")) or (NOT_APPLICABLE if name in absent else "")  # type: ignore[attr-defined,operator]
    return display(column.field, value, content.lookup)
