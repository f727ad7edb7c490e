"""qianqi receive, undo, rollup: what the district does with the returns."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from db.errors import UsageError
from desktop.actions import handdown, receiving, returns
from desktop.actions.rollup import write_rollup
from desktop.commands.frame import FINDINGS, OK, Choices, Command, month
from desktop.commands.reports import about_file, files_json

PATH = click.Path(path_type=Path)


@click.command("receive", cls=Command, short_help="收表：读入回报，核对，接收")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=PATH)
@click.option("--apply", "apply_", is_flag=True, help="接收：写入台账；不加则只读入暂存，台账不动。")
@click.option("--period", metavar="YYYY-MM", callback=month, help="只收这个月的回报。")
@click.option("--replace", is_flag=True, help="同一版内容不同时，以这次的文件为准。")
@click.option("--restate", metavar="理由", default="", help="这个月已关账时，作为重述接收的理由。")
@click.option(
    "--report", metavar="ERRORS.xlsx", type=PATH, help="把发现的问题写成清单，并在来文的格子上标红、加批注。"
)
@click.pass_obj
def receive(
    choices: Choices,
    files: tuple[Path, ...],
    apply_: bool,
    period: str | None,
    replace: bool,
    restate: str,
    report: Path | None,
) -> int:
    """读入回报或区级的下发（文件或文件夹，可以一次多份），逐份核对并暂存；加 --apply 则在备份后写入台账，有冲突的保留现有内容。"""
    with choices.store() as store:
        down = [path for path in files if handdown.is_handdown(path)]
        up = [path for path in files if path not in down]
        sent_down = handdown.receive(store, down, write=apply_)
        if apply_:
            handed_in = returns.receive_files(store, up, period=period, replace=replace, restate=restate)
        else:
            handed_in = receiving.look(store, up, period=period, replace=replace, restate=restate)
        reports = [*sent_down, *handed_in]
        if report is not None:
            receiving.write_errors(store, handed_in, report)
    lines = [line for each in reports for line in about_file(each, "接收" if apply_ else "读入")]
    if not apply_:
        lines.append("台账没有改动；加 --apply 接收，或在“收表”里逐份查看（下发在“下发”里）。")
    choices.say(files_json(reports), *lines, *([f"问题清单：“{report}”。"] if report else []))
    return OK if all(each.outcome == "accepted" for each in reports) else FINDINGS


@click.command("undo", cls=Command, short_help="整批撤销一次接收或导入")
@click.argument("batch", metavar="BATCH")
@click.option("--restate", metavar="理由", default="", help="这个月已关账时，作为重述撤销的理由。")
@click.pass_obj
def undo(choices: Choices, batch: str, restate: str) -> int:
    """按批号（receive、import 的 batch）撤销：每条记录恢复原样；之后又被改过的不能撤销。"""
    try:
        key = UUID(batch)
    except ValueError:
        raise UsageError(
            f"“{batch}”不是批号。", "批号见 receive 或 import --json 的 batch。", "bad_batch"
        ) from None
    with choices.store() as store:
        returns.undo_batch(store, key, restate)
    choices.say({"batch": str(key), "undone": True}, "已撤销，台账恢复到这一批之前。")
    return OK


@click.command("close", cls=Command, short_help="关账：一个月从此只能重述；或重开")
@click.option("--period", required=True, metavar="YYYY-MM", callback=month, help="月份，如 2024-05。")
@click.option("--reopen", metavar="理由", default="", help="重开已关账的月份，并写明理由。")
@click.pass_obj
def close(choices: Choices, period: str, reopen: str) -> int:
    """关账：记下这个月现在的汇总数，此后它只能带理由重述；加 --reopen 理由 则重开。"""
    with choices.store() as store:
        if reopen:
            receiving.reopen_closed_month(store, period, reopen)
            choices.say({"period": period, "closed": False}, f"{period} 已重开，理由已记下。")
            return OK
        made = receiving.close_month(store, period)
    choices.say(
        {
            "period": period, "closed": True, "at": made.at.isoformat(), "by": made.by, "number": made.number,
            "version": made.version,
        },
        f"{period} 已关账（{made.words}），公布记录第 {made.number} 号，第 {made.version} 版；此后更改须写明重述理由。",
    )  # fmt: skip
    return OK


@click.command("rollup", cls=Command, short_help="汇总一个月，写出月调度汇总表")
@click.option("--period", required=True, metavar="YYYY-MM", callback=month, help="月份，如 2024-05。")
@click.option("--out", required=True, metavar="FILE.xlsx", type=PATH, help="写到哪个文件。")
@click.pass_obj
def rollup(choices: Choices, period: str, out: Path) -> int:
    """把已收到的回报汇总：各项指标的完成率、序时进度和进度差，各台账合计，每个数都带覆盖面。"""
    with choices.store() as store:
        data = write_rollup(store, period, out)
    coverage = data["coverage"]
    lines = [
        f"{data['period']} 汇总已写出：“{out}”。",
        f"已报 {coverage['received']}/{coverage['expected']}，迟报 {coverage['late']}。",
    ]
    lines += [f"  {each['no']}. {each['name']} {_shown(each)}" for each in data["indicators"]]
    if data.get("closed"):
        lines.append(f"这个月已关账（{data['closed']['by']}）。")
    lines += [
        f"  重述：{each['name']} {each['before'] or '—'} → {each['after'] or '—'}"
        for each in data.get("changed", ())
    ]
    choices.say(data, *lines)
    return OK


def _shown(line: dict[str, object]) -> str:
    if line["value"] is None:
        return f"未报（{line['units_reported']}/{line['units_expected']}）"
    done = f"，完成率 {line['completion']}%，{line['state']}" if line["completion"] is not None else ""
    return f"{line['value']}{line['unit']}{done}（{line['units_reported']}/{line['units_expected']}）"
