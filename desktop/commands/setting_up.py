"""qianqi init, backup, restore, verify, demo: the register itself, before and beside the monthly work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from db.errors import UsageError
from db.lookup import Directory
from desktop.commands.frame import FINDINGS, OK, Choices, Command

PATH = click.Path(path_type=Path)


@click.command("init", cls=Command, short_help="建立数据文件夹，登记本单位")
@click.option("--unit", required=True, metavar="CODE", help="单位代码、名称或简称，如 360103002。")
@click.option(
    "--role",
    type=click.Choice(["clerk", "supervisor"]),
    default="clerk",
    help="clerk 填报单位，supervisor 区级。",
)
@click.option("--practice", is_flag=True, help="填入练习年度的数据，处处标明“练习”。")
@click.option("--plan", metavar="FILE", type=PATH, help="计划文件；不写则用自带的计划。")
@click.option("--person", default="", metavar="NAME", help="经办人姓名。")
@click.pass_obj
def init(choices: Choices, unit: str, role: str, practice: bool, plan: Path | None, person: str) -> int:
    """在数据文件夹里建立台账，登记本单位、角色和经办人，装入计划。"""
    from desktop.actions import setup

    store = setup.initialise(
        choices.root, unit, role, practice=practice, plan=plan, people={"person": person}
    )
    try:
        code = store.actor.unit_code
        with store.read() as session:
            name = Directory(session).name("unit", code)
    finally:
        store.close()
    data = {"data": str(choices.root), "unit": code, "unit_name": name, "role": role, "practice": practice}
    choices.say(data, f"已在“{choices.root}”建立{'练习' if practice else ''}台账：{name}（{code}）。")
    return OK


@click.command("backup", cls=Command, short_help="备份台账，并核对备份")
@click.option("--out", required=True, metavar="FILE", type=PATH, help="备份文件，扩展名 .qqbak。")
@click.pass_obj
def backup(choices: Choices, out: Path) -> int:
    """把台账完整复制到一个文件，逐页核对后才算数。"""
    from desktop.actions.backup import back_up

    with choices.store() as store:
        made = back_up(store, out)
    data = {
        "out": str(made.backup.path), "size": made.backup.size, "sha256": made.backup.sha256, "warnings": list(made.warnings)
    }  # fmt: skip
    choices.say(
        data, f"已备份到“{made.backup.path}”（{made.backup.size:,} 字节），核对无误。", *made.warnings
    )
    return OK


@click.command("restore", cls=Command, short_help="恢复备份（先保留现有台账）")
@click.argument("file", metavar="FILE", type=PATH)
@click.pass_obj
def restore(choices: Choices, file: Path) -> int:
    """用备份替换现有台账；现有台账先另存一份。"""
    from desktop.actions import backup as actions

    done = actions.restore(choices.root, file)
    missing = done.attachments_missing
    data = {
        "restored": str(file),
        "kept": str(done.kept) if done.kept else None,
        "rows": done.rows,
        "attachments_missing": missing,
    }
    kept = [f"原来的台账保留在“{done.kept}”。"] if done.kept else []
    if missing:
        kept.append(f"有 {missing} 个附件的内容不在备份旁边，没有恢复。")
    choices.say(
        data,
        f"已恢复“{file}”：企业 {done.rows.get('enterprise', 0)} 家，走访 {done.rows.get('visit', 0)} 条。",
        *kept,
    )
    return OK


@click.command("verify", cls=Command, short_help="逐条核对台账或备份是否完好")
@click.argument("file", metavar="[FILE]", type=PATH, required=False)
@click.option("--recount", is_flag=True, help="汇总数与逐条记录不一致时重新计数；不改动记录。")
@click.pass_obj
def verify(choices: Choices, file: Path | None, recount: bool) -> int:
    """逐条核对现有台账；写了文件则核对那份备份。"""
    from desktop.actions import backup as actions

    recounted = 0
    if file is not None:
        if recount:
            raise UsageError(
                "备份只核对，不改动。", "先恢复备份，再运行 qianqi verify --recount。", "recount_backup"
            )
        report = actions.verify_backup(file)
    else:
        with choices.store() as store:
            report = actions.verify_register(store)
            if recount and report.wrong_totals:
                recounted = report.wrong_totals
                actions.recount(store)
                report = actions.verify_register(store)
    damaged = [
        {"register": each.register, "record_id": each.record_id, "what": each.what} for each in report.damaged
    ]
    damaged += [
        {"register": each.register, "record_id": each.record_id, "what": f"附件“{each.name}”{each.what}"}
        for each in report.attachments
    ]
    data: dict[str, Any] = {
        "file": str(file) if file else None,
        "ok": report.ok,
        "rows": report.rows,
        "damaged": damaged,
    }
    if recount:
        data["recounted"] = recounted
    what = f"备份“{file}”" if file else "台账"
    if report.ok:
        mended = [f"有 {recounted} 个走访汇总数不一致，已按逐条记录重新计数。"] if recounted else []
        choices.say(data, f"{what}完好，共核对 {sum(report.rows.values()):,} 条。", *mended)
        return OK
    lines = [f"  {each['register']} {each['record_id']}：{each['what']}" for each in damaged[:40]]
    if report.same_bytes is False:
        lines.insert(0, "  文件内容与备份时不一致。")
    if report.only_totals:
        way = "恢复后运行" if file is not None else "请运行"
        head = f"{what}的走访汇总数与逐条记录不一致；记录完好，{way} qianqi verify --recount 重新计数。"
    else:
        head = f"{what}有损坏，请用完好的备份恢复。"
    choices.say(data, head, *lines)
    return FINDINGS


@click.command("demo", cls=Command, short_help="用真实窗口演示一个月的工作")
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=PATH,
    help="演示结果（回报、汇总、反馈、通报、截图）写到这里。",
)
@click.pass_obj
def demo(choices: Choices, out: Path) -> int:
    """演示一个月：填走访、出回报、收表、汇总、关账、写通报和考核表，留下文件和截图；没有显示器也能运行。"""
    from desktop import demo as play

    made = play.main(out)
    if isinstance(made, int) and made:
        return made
    files = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    choices.say({"out": str(out), "files": files}, f"演示完成，结果在“{out}”，共 {len(files)} 个文件。")
    return OK
