"""qianqi import: a foreign ledger into the register."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.actions.ledger import import_ledger, read_mapping
from desktop.commands.frame import FINDINGS, OK, Choices, Command
from desktop.commands.reports import about_file, files_json


@click.command("import", cls=Command, short_help="导入单位自己的台账（Excel）")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--register",
    required=True,
    metavar="NAME",
    help="台账：visit 走访、enterprise 企业、issue 问题、cloud 上云、nurture 培育、indicator 指标。",
)
@click.option("--sheet", metavar="S", help="工作表名；不写则自动找。")
@click.option(
    "--map",
    "map_file",
    metavar="MAP.json",
    type=click.Path(path_type=Path),
    help='列对照：{"表头": "字段"}，null 表示不要这一列。',
)
@click.option("--dry-run", is_flag=True, help="只看结果，不写入。")
@click.pass_obj
def import_command(
    choices: Choices, file: Path, register: str, sheet: str | None, map_file: Path | None, dry_run: bool
) -> int:
    """导入单位自己的台账：自动找表头、对列、换算单位；缺项的标为待补全，不能入库的行说明原因。"""
    mapping = read_mapping(map_file) if map_file else None
    with choices.store() as store:
        report = import_ledger(store, file, register, sheet=sheet, mapping=mapping, dry_run=dry_run)
    choices.say(files_json([report]), *about_file(report))
    return OK if report.outcome == "accepted" else FINDINGS
