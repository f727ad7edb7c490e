"""qianqi import: a foreign ledger into the register."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from db.errors import KnownError, MachineError, UsageError
from db.registers import REGISTERS
from db.store import Store
from desktop.actions import ledger
from desktop.commands.frame import FINDINGS, MACHINE, OK, Choices, Command
from desktop.commands.reports import about_file, files_json
from returns.results import REJECTED, FileReport

_REGISTERS = "、".join(f"{key} {register.title}" for key, register in REGISTERS.items())


@click.command("import", cls=Command, short_help="导入单位自己的台账（Excel、WPS、CSV 等）")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--register", required=True, metavar="NAME", help=f"台账：{_REGISTERS}。")
@click.option("--sheet", metavar="S", help="工作表名；不写则自动找。")
@click.option(
    "--map",
    "map_file",
    metavar="MAP.json",
    type=click.Path(path_type=Path),
    help='列对照：{"表头": "字段"}，null 表示不要这一列；记住后同样表头的文件不用再写。',
)
@click.option(
    "--report",
    "report_file",
    metavar="ERRORS.xlsx",
    type=click.Path(path_type=Path),
    help="有看不懂的格子时，把原表写到这里：出错的格子标红，加批注说明怎么改。",
)
@click.option("--dry-run", is_flag=True, help="只看结果，不写入。")
@click.pass_obj
def import_command(
    choices: Choices,
    file: Path,
    register: str,
    sheet: str | None,
    map_file: Path | None,
    report_file: Path | None,
    dry_run: bool,
) -> int:
    """导入单位自己的台账：自动找表头、对列、换算单位；缺项的标为待补全，不能入库的行说明原因，留着更正后重试。"""
    mapping = ledger.read_mapping(map_file) if map_file else None
    if report_file is not None and not report_file.parent.is_dir():
        raise UsageError(
            f"文件夹“{report_file.parent}”不存在。", "请先建好文件夹，或换一个位置。", "no_such_folder"
        )
    written: Path | None = None
    with choices.store() as store:
        report = ledger.import_ledger(store, file, register, sheet=sheet, mapping=mapping, dry_run=dry_run)
        failed = False
        if report_file is not None and report.findings and report.rows_read:
            try:
                written = _write(store, report, file, report_file)
            except MachineError as error:
                # What was imported stands: it is told, and then what went wrong.
                failed = True
                report = report.but(warnings=(*report.warnings, f"出错清单没有写成：{error}"))
    data: dict[str, Any] = files_json([report])
    if report_file is not None:
        data["report"] = str(written) if written is not None else None
    choices.say(data, *about_file(report), *_about_rest(report, written, report_file is not None))
    if failed:
        return MACHINE
    return OK if report.outcome != REJECTED and not report.bad else FINDINGS


def _write(store: Store, report: FileReport, source: Path, out: Path) -> Path | None:
    """The marked sheet; None where there is nothing to mark."""
    try:
        if report.batch:
            return ledger.write_error_book(store, UUID(report.batch), out, source)
        return ledger.write_error_report(report, source, out)
    except MachineError:
        raise
    except KnownError as error:
        if error.id != "no_errors":
            raise
        return None


def _about_rest(report: FileReport, written: Path | None, asked: bool) -> list[str]:
    told = []
    if report.bad and report.batch:
        told.append(f"  {report.bad} 行没有入库，留在“没有入库的行”里：在列表页更正后可以重试。")
    if written is not None:
        told.append(f"  出错清单在“{written}”：改好标红的格子，再导入一次。")
    elif asked and not report.bad:
        told.append("  没有要标的格子，没有写出错清单。")
    return told
