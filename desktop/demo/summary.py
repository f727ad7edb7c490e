"""What came of the play, in figures: 摘要.json for programs, 摘要.txt for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from db import progress
from db.periods import Period
from db.rollup import IndicatorLine, Rollup
from desktop.demo.reporting import FEEDBACK, FILES, Published


def write(
    out: Path, *, before: Rollup, after: Rollup, last_month: Rollup, facts: dict[str, Any], published: Published
) -> dict[str, Any]:  # fmt: skip
    """Write both files; returns what is in the first."""
    data = {
        "period": str(after.period),
        **facts,
        "published": published.as_json(),
        "files": list(FILES),
        "coverage": after.as_json()["coverage"],
        "indicators": [
            {
                "no": line.no,
                "name": line.name,
                "unit": line.unit,
                "last_month": old.as_json()["value"],
                "before": earlier.as_json()["value"],
                "after": line.as_json()["value"],
                "target": line.as_json()["target"],
                "completion": line.as_json()["completion"],
                "time_progress": line.as_json()["time_progress"],
                "state_before": earlier.state,
                "state_after": line.state,
                "units_reported": line.units_reported,
                "units_expected": line.units_expected,
            }
            for line, earlier, old in zip(
                after.indicators, before.indicators, last_month.indicators, strict=True
            )
        ],
        "registers": {"before": before.as_json()["registers"], "after": after.as_json()["registers"]},
    }
    (out / "摘要.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (out / "摘要.txt").write_text(_in_words(data, before, after, last_month), encoding="utf-8")
    return data


def _in_words(data: dict[str, Any], before: Rollup, after: Rollup, last_month: Rollup) -> str:
    month = Period(data["period"])
    seen, told = data["coverage"], data["published"]
    lines = [
        f"千企台账演示：{month.display()}（练习数据，企业和数字均为虚构）",
        "",
        f"街道 {data['streets']} 个，在窗口里逐键登记走访 {data['visits_typed']} 条，补全 {data['completed']} 条，"
        f"由走访一键带出问题 {data['problems']} 件，说明警告 {data['explained']} 条。",
        f"另粘贴服务 {data['services']} 条，登记挂点 {data['liaisons']} 条，在看板上办理问题 {data['issue_steps']} 步，"
        f"打印存档 {data['printed']} 份；项目推进 {data['projects']} 个，任务进展 {data['tasks']} 项，"
        f"供需对接 {data['matches']} 次，园区月报 {data['parks']} 份。",
        f"收到回报 {data['returns']} 份，接收 {data['applied']} 份，退回 {data['sent_back']} 份；"
        f"已报 {seen['received']}/{seen['expected']}，未报 {len(seen['missing'])} 个单位。",
        f"已关账，公布第 {told['number']} 号“{told['title']}”第 {told['version']} 版，共 {told['figures']} 个数；"
        f"给各单位的反馈 {data['feedback']} 份，在“{FEEDBACK}”文件夹。",
        f"写出：{'、'.join(data['files'])}。",
        "",
        f"十四项指标，{last_month.period.display()} → {month.display()}收表前 → 收表后：",
    ]
    for line, earlier, old in zip(after.indicators, before.indicators, last_month.indicators, strict=True):
        lines.append(
            f"  {line.no:>2} {line.name}：{_value(old)} → {_value(earlier)} → {_value(line)} {line.unit}"
            f"（目标 {progress.show_number(line.progress.target, line.decimals)}，"
            f"完成率 {progress.show_pct(line.progress.completion)}，"
            f"序时进度 {progress.show_pct(line.progress.time_progress)}，{line.state}，"
            f"已报 {line.units_reported}/{line.units_expected}）"
        )
    was, now = data["registers"]["before"], data["registers"]["after"]
    lines += [
        "",
        f"走访 {was['visit']['rows']} → {now['visit']['rows']} 条（企业 {now['visit']['enterprises']} 家）；"
        f"上云去重计数 {was['cloud']['counted']} → {now['cloud']['counted']} 家；"
        f"未办结问题 {was['issue']['open']} → {now['issue']['open']} 件，其中超期 {now['issue']['overdue']} 件；"
        f"培育对象 {sum(was['nurture'].values())} → {sum(now['nurture'].values())} 家。",
    ]
    return "\n".join(lines) + "\n"


def _value(line: IndicatorLine) -> str:
    return progress.show_number(line.value, line.decimals)
