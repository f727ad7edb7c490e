"""qianqi check, template, export: the month of an office."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from db import locks
from db.errors import UsageError
from db.periods import Period
from db.store import Store
from desktop.actions import returns
from desktop.actions.attachments import with_attachments
from desktop.commands.frame import FINDINGS, OK, Choices, Command, Misused, month
from desktop.commands.reports import about_findings

PATH = click.Path(path_type=Path)
PERIOD_HELP = "月份，如 2024-05。"


@click.command("check", cls=Command, short_help="核对一个月")
@click.option("--period", required=True, metavar="YYYY-MM", callback=month, help=PERIOD_HELP)
@click.pass_obj
def check(choices: Choices, period: str) -> int:
    """核对本单位一个月的全部数据：错误须改正，警告须说明，提示供参考。"""
    with choices.store() as store:
        checked = returns.check(store, period)
        data = returns.check_month(store, period)
    explained = len(checked.explained)
    choices.say(
        data,
        f"{data['period']} 核对结果：错误 {data['errors']}，警告 {data['warnings']}（已说明 {explained}），提示 {data['infos']}。",
        *about_findings(checked.findings),
    )
    return FINDINGS if data["errors"] else OK


@click.command("template", cls=Command, short_help="写出空白回报，给没有装本程序的单位")
@click.option("--unit", required=True, metavar="CODE", help="单位代码或名称。")
@click.option("--period", required=True, metavar="YYYY-MM", callback=month, help=PERIOD_HELP)
@click.option("--out", required=True, metavar="FILE.xlsx", type=PATH, help="写到哪个文件。")
@click.pass_obj
def template(choices: Choices, unit: str, period: str, out: Path) -> int:
    """写出空白的月度回报工作簿，下拉、说明、保护都在，填好后可以直接接收。"""
    from db.folder import DataFolder
    from db.plan_file import default_plan

    if choices.data is None and not DataFolder(choices.root).database.exists():
        made = returns.make_template(default_plan(), unit, period, out)  # an office that has no register yet
    else:
        with choices.store() as store:
            made = returns.make_template(store, unit, period, out)
    choices.say(made.as_json(), f"已写出 {made.period} 的空白回报：“{made.out}”。")
    return OK


@click.command("export", cls=Command, short_help="上报：写出回报并锁定这个月")
@click.option("--period", required=True, metavar="YYYY-MM", callback=month, help=PERIOD_HELP)
@click.option("--out", metavar="FILE.xlsx", type=PATH, help="写到哪个文件（或文件夹）。")
@click.option("--head", "head_sign", metavar="NAME", help="单位负责人。")
@click.option("--reviewer", metavar="NAME", help="审核人。")
@click.option("--filler", metavar="NAME", help="填表人。")
@click.option("--phone", metavar="NUMBER", help="联系电话。")
@click.option("--form-no", metavar="TEXT", help="表号；不写则取计划中的表号。")
@click.option("--zero", is_flag=True, help="零报送：本期确无新增。")
@click.option(
    "--explain",
    "explain_file",
    metavar="FILE.json",
    type=PATH,
    help='警告的说明：{"规则": "说明"}，只说明一条记录写“规则/记录号”。',
)
@click.option("--reason", default="", metavar="TEXT", help="更正理由；已上报的月份写明理由后出新一版。")
@click.option("--reopen", is_flag=True, help="只按 --reason 重新打开已上报的月份，不写文件。")
@click.option("--attachments", "pack", is_flag=True, help="把本月的附件打包，放在回报旁边。")
@click.option("--draft", is_flag=True, help="只写草稿：不核对是否齐全，不锁定。")
@click.pass_obj
def export(
    choices: Choices,
    /,
    period: str,
    out: Path | None,
    zero: bool,
    explain_file: Path | None,
    reason: str,
    reopen: bool,
    pack: bool,
    draft: bool,
    **cover: str | None,
) -> int:
    """核对通过后写出正式回报、留存一份并锁定这个月；有错误则列出，不写文件。"""
    if out is None and not reopen:
        raise Misused("缺少选项 --out。")
    if reopen and not reason:
        raise Misused("重新打开一个月须用 --reason 写明更正理由。")
    texts = read_explanations(explain_file) if explain_file else {}
    with choices.store() as store:
        unit = store.actor.unit_code
        if reopen:
            revision = returns.reopen_month(store, period, reason)
            data: dict[str, Any] = {
                "out": None,
                "period": period,
                "unit": unit,
                "revision": revision,
                "sheets": {},
            }
            choices.say(data, f"{period} 已重新打开，改好后再上报，为第 {revision} 版。")
            return OK
        assert out is not None
        unused = explain_all(store, period, texts)
        if draft:
            written = returns.export_draft(store, period, out)
            data = {
                "out": str(written.out), "period": period, "unit": unit, "revision": written.manifest.revision,
                "sheets": written.sheets, "draft": True,
            }  # fmt: skip
            choices.say(data, f"已写出草稿：“{written.out}”。草稿不能当作正式回报。")
            return OK
        sent = _is_sent(store, period)
        if sent and not reason:
            made = returns.rewrite_return(store, period, out)
        else:
            if sent:
                returns.reopen_month(store, period, reason)
            given = {name: value for name, value in cover.items() if value is not None}
            made = returns.submit_return(
                store, period, out, cover=given, zero_report=zero, correction_reason=reason, sign_later=True
            )
        if pack:
            made = with_attachments(store, period, made)
    rows = "，".join(f"{name} {count}" for name, count in made.sheets.items())
    told = [*made.warnings, *(f"说明“{key}”没有用到：没有这样的警告。" for key in unused)]
    data = {**made.as_json(), "warnings": told}
    choices.say(data, f"{made.period} 已上报（第 {made.revision} 版）：“{made.out}”。{rows}。", *told)
    return OK


def _is_sent(store: Store, period: str) -> bool:
    with store.read() as session:
        return locks.is_locked(session, store.actor.unit_code, str(Period(period)))


def read_explanations(path: Path) -> dict[str, str]:
    """{rule, or rule/record: text}. UsageError for a file that is not that."""
    shape = '写法如：{"VIS-010": "节假日应企业要求走访"}。'
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise UsageError(f"找不到说明文件“{path}”。", "请检查路径。", "no_such_file") from error
    except ValueError as error:
        raise UsageError(f"说明文件“{path.name}”不是有效的 JSON。", shape, "bad_explanations") from error
    if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
        raise UsageError(f"说明文件“{path.name}”的内容不对。", shape, "bad_explanations")
    return data


def explain_all(store: Store, period: str, texts: dict[str, str]) -> list[str]:
    """Explain the warnings that the texts are about, the text for one record first; returns the unused keys."""
    used: set[str] = set()
    if texts:
        for finding in returns.check(store, period).open:
            record = finding.record_id
            keys = (f"{finding.id}/{record}", f"{finding.id}/{record.hex}") if record else ()
            key = next((each for each in (*keys, finding.id) if each in texts), None)
            if key is not None:
                returns.explain(store, period, finding, texts[key])
                used.add(key)
    return [key for key in texts if key not in used]
