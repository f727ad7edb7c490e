"""qianqi bulletin: a quarter's 季通报 as a document, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from db.errors import UsageError
from db.periods import Period
from db.quarter_months import parse_quarter
from desktop.actions.bulletin import write_bulletin
from desktop.commands.frame import OK, Choices, Command


def _quarter(_ctx: click.Context, _param: click.Parameter, value: str) -> Period:
    return parse_quarter(value)


@click.command("bulletin", cls=Command, short_help="写出一个季度的季通报（Word）")
@click.option("--quarter", required=True, metavar="YYYYQn", callback=_quarter, help="季度，如 2024Q2。")
@click.option(
    "--out",
    required=True,
    metavar="FILE.docx",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写到哪个文件。",
)
@click.option("--no-pictures", is_flag=True, help="不放图。")
@click.pass_obj
def bulletin(choices: Choices, quarter: Period, out: Path, no_pictures: bool) -> int:
    """按党政机关公文格式写出季通报，改过的文字照改过的写；数据来源工作簿放在旁边。"""
    if out.suffix.lower() != ".docx":
        raise UsageError(f"“{out.name}”不是 .docx 文件。", "请把文件名写成 .docx 结尾。", "bad_out")
    with choices.store() as store:
        data = write_bulletin(store, quarter, out, pictures=not no_pictures)
    choices.say(data, *_told(data))
    return OK


def _told(data: dict[str, Any]) -> list[str]:
    lines = [f"《{data['title']}》已写出：“{data['out']}”，数据来源在“{Path(data['sources']).name}”。"]
    for each in data["paragraphs"]:
        lines += [f"  {each['text'][:20]}……：{warning}。" for warning in each["warnings"]]
    lines += [
        f"  “{each['wanted']}”本机未安装，显示时用{each['instead']}代替；文件中仍是标准字体。"
        for each in data["fonts_replaced"]
    ]
    return lines
