"""qianqi feedback: one file for every unit about its month."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.actions.feedback import write_feedback
from desktop.commands.frame import OK, Choices, Command, month


@click.command("feedback", cls=Command, short_help="写出给各单位的反馈")
@click.option("--period", required=True, metavar="YYYY-MM", callback=month, help="月份，如 2024-05。")
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="写到哪个文件夹；没有就新建。",
)
@click.option("--unit", "units", metavar="CODE", multiple=True, help="只写这个单位（代码），可以写多次。")
@click.pass_obj
def feedback(choices: Choices, period: str, out: Path, units: tuple[str, ...]) -> int:
    """每个单位一份：所报的接收了哪些、改了哪些、没采用哪些和原因，进入汇总的数，未了结的问题，接下来要办的事。"""
    with choices.store() as store:
        made = write_feedback(store, period, out, units=units)
    lines = [f"{period}：{made.words}", f"文件夹：“{out}”"]
    lines += [
        f"  {each.name}（{each.state}）：改动 {each.changed} 处，未采用 {each.left} 处，不计入 {each.uncounted} 条"
        for each in made.files
        if each.changed or each.left or each.uncounted
    ]
    choices.say(made.as_json(), *lines)
    return OK
