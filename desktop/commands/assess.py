"""qianqi assess: a year's 年度考核 as a workbook, without a window."""

from __future__ import annotations

from pathlib import Path

import click

from db.errors import UsageError
from desktop.actions.assessment import write_workbook
from desktop.commands.frame import OK, Choices, Command


@click.command("assess", cls=Command, short_help="按评分方案算出年度考核得分，写出考核表")
@click.option(
    "--year", required=True, metavar="YYYY", type=click.IntRange(2000, 2100), help="年度，如 2024。"
)
@click.option(
    "--out",
    required=True,
    metavar="FILE.xlsx",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写到哪个文件。",
)
@click.option(
    "--scheme",
    metavar="N",
    type=click.IntRange(min=1),
    help="用第几版评分方案；不写则用最新一版，没有则用默认方案。",
)
@click.pass_obj
def assess(choices: Choices, year: int, out: Path, scheme: int | None) -> int:
    """算出各单位各项得分、加减分、总分和等次，写出带公式的考核表；用过的评分方案从此不改。"""
    if out.suffix.lower() != ".xlsx":
        raise UsageError(f"“{out.name}”不是 .xlsx 文件。", "请把文件名写成 .xlsx 结尾。", "bad_out")
    with choices.store() as store:
        data = write_workbook(store, year, out, scheme)
    used = data["scheme"]
    lines = [
        f"{year} 年度考核表已写出：“{out}”（{used['name']}第 {used['version']} 版，数据截至 {data['as_of']}）。"
    ]
    lines += [f"  {note}" for note in data["notes"]]
    for unit in data["units"]:
        told = f"{unit['total']} 分 {unit['grade'] or ''}".rstrip()
        if unit["total"] is None:
            told = unit["grade"] or "不单独计分"  # 无数据
        lines.append(f"  {unit['name']} {told}")
    lines += [
        f"  [{'错误' if each['severity'] == 'error' else '警告'}] {each['message']}"
        for each in data["findings"]
    ]
    choices.say(data, *lines)
    return OK
