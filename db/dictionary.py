"""数据字典: docs/data-dictionary.md, written from the fields. `python -m db.dictionary` prints it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from db.fields import Field, When, field_map, fields_of
from db.models import Base, ReturnFile
from db.registers import REGISTERS

INTRO = """# 数据字典

本文件由程序按字段声明生成（`python -m db.dictionary`），测试会核对它与程序一致，请勿手改。

- 必填：“是”为必填；写明条件的为条件必填；“算”为程序自动计算，不可改。
- 金额单位为万元（注明的除外），比率为百分数，日期 YYYY-MM-DD，期间 YYYY-MM。
- 数值区分“未填”“0”“不适用”。
- 别名：导入台账时，表头写成这些名称也能认出。
"""

SOURCES = {
    "unit": "机构表", "street": "街道表", "park": "园区表", "enterprise": "企业档案", "visit": "走访记录",
    "indicator": "指标表", "industry": "GB/T 4754—2017", "de_class": "数字经济分类（2021）", "policy": "政策清单",
    "materials": "按专业的材料模板", "issue": "问题台账", "release": "发布批次", "opportunity": "机会清单", "product": "产品清单",
    "action": "计划的行动", "programme": "计划的工程", "year": "计划年度",
}  # fmt: skip


def dictionary() -> str:
    """The whole document."""
    parts = [INTRO]
    for register in REGISTERS.values():
        parts.append(_table(f"{register.form}（`{register.key}`）", register.model))
    parts.append(_table("10 月度回报封面（`return_file`）", ReturnFile))
    return "\n".join(parts)


def _table(title: str, model: type[Base]) -> str:
    rows = [
        f"## {title}",
        "",
        "| 字段 | 标识 | 类型 | 必填 | 单位 | 可选值或来源 | 填写说明 | 别名 |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(field, model) for field in fields_of(model)),
        "",
    ]
    return "\n".join(rows)


def _row(field: Field, model: type[Base]) -> str:
    cells: Iterable[str] = (
        field.label,
        f"`{field.name}`",
        _kind(field),
        _required(field, model),
        field.unit,
        "、".join(field.choices) or SOURCES.get(field.source, field.source),
        field.help,
        "、".join(field.aliases),
    )
    return "| " + " | ".join(cells) + " |"


def _kind(field: Field) -> str:
    if field.places:
        return f"{field.kind.value}{field.places}"
    return f"{field.kind.value}{field.limit}" if field.limit else field.kind.value


def _required(field: Field, model: type[Base]) -> str:
    if field.computed:
        return "算"
    if field.required:
        return "是"
    return condition(field.required_when, model) if field.required_when else "否"


def condition(when: When, model: type[Base]) -> str:
    """A condition in words: “状态”为“已销号、回头看合格”时; two with “且” between them."""
    if when.also is not None:
        return (
            f"{condition(when.also, model).removesuffix('时')}且{condition(replace(when, also=None), model)}"
        )
    label = field_map(model)[when.field].label
    if when.absent:
        return f"“{label}”未填时"
    if not when.values:
        return f"“{label}”有值时"
    words = "、".join(
        "是" if value is True else "否" if value is False else str(value) for value in when.values
    )
    return f"“{label}”为“{words}”时"


if __name__ == "__main__":
    print(dictionary(), end="")
