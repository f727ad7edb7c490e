"""qianqi handdown: what the district sends down to its units."""

from __future__ import annotations

from pathlib import Path

import click

from desktop.commands.frame import OK, Choices, Command, month


@click.command("handdown", cls=Command, short_help="下发：计划、机构、日历、企业名录、专项")
@click.option(
    "--out", required=True, metavar="FILE.xlsx", type=click.Path(path_type=Path), help="写到哪个文件。"
)
@click.option("--unit", "unit", metavar="CODE", help="只给这个单位；不写则给全区各单位。")
@click.option("--period", metavar="YYYY-MM", callback=month, help="所属月份；不写则为本月。")
@click.option(
    "--contents", default="plan,units,calendar,firms", metavar="LIST",
    help="内容，逗号隔开：plan 计划与指标、units 机构、calendar 日历、firms 企业名录、special 专项。",
)  # fmt: skip
@click.pass_obj
def handdown(choices: Choices, out: Path, unit: str | None, period: str | None, contents: str) -> int:
    """写一份下发工作簿，由各单位用“导入下发”或 qianqi receive 读入；只有区级可以下发。"""
    from desktop.actions import handdown as actions

    wanted = [name.strip() for name in contents.split(",") if name.strip()]
    with choices.store() as store:
        made = actions.issue(
            store, wanted, out, units=[unit] if unit else [], period=period or "", firms_by_street=bool(unit)
        )
    data = {
        "number": made.number,
        "contents": list(made.contents),
        "files": [str(path) for path in made.files],
    }
    choices.say(data, *(f"第 {made.number} 号下发已写到“{path}”。" for path in made.files))
    return OK
