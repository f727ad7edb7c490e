"""The findings about received files as a workbook to pass on. The sender's own marked workbook is send_back.py."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from returns.results import FileReport
from returns.write import write_atomically

COLUMNS = (("文件", 36), ("工作表", 14), ("行", 8), ("列", 18), ("级别", 8), ("规则", 12), ("说明", 70))


def write_findings(reports: Sequence[FileReport], out: Path) -> int:
    """One line per finding; the number of lines. MachineError when `out` can not be written."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "问题清单"
    sheet.append([name for name, _ in COLUMNS])
    for index, (_, width) in enumerate(COLUMNS, start=1):
        sheet.cell(1, index).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = width
    lines = 0
    for report in reports:
        for finding in report.findings:
            lines += 1
            values = (
                report.file, finding.sheet, finding.row, finding.column, finding.severity.word, finding.id, finding.message
            )  # fmt: skip
            for index, value in enumerate(values, start=1):
                cell = sheet.cell(lines + 1, index, value)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if isinstance(value, str):
                    cell.data_type = "s"  # a name that begins with “=” is a name
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    buffer = io.BytesIO()
    book.save(buffer)
    write_atomically(out, buffer.getvalue())
    return lines
