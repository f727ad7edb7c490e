"""The list of a register worked out from its declared fields; the words of each are here, nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from db.fields import Kind
from db.registers import REGISTERS
from desktop.pages.list_view import ListPlan

_FILTERS = 3  # choices beside the search field: more do not fit a small screen
_LONGEST = 16  # options of one choice


class Words(NamedTuple):
    """What the list of a register says: its tab, its main action, what belongs here, the first step."""

    tab: str
    new: str
    empty: str
    first_step: str
    icon: str = "document"


WORDS: Mapping[str, Words] = {
    "visit": Words(
        "走访记录", "登记走访", "这个月还没有走访记录",
        "登记第一家：选企业、写日期和情况，其余可按 Ctrl+D 从上次带出。", "pin",
    ),
    "liaison": Words(
        "挂点", "登记挂点", "还没有挂点安排",
        "哪位领导、哪个单位挂点哪家企业，从何时到何时，每季度应走访几次，一条登记一家。", "person",
    ),
    "firm_plan": Words(
        "一企一策", "新建一企一策", "还没有一企一策方案",
        "为重点企业写明情况、目标、措施、责任单位和时限；走访里写的“一企一策意见”可以带出来。", "document",
    ),
    "service": Words(
        "服务", "登记服务", "还没有服务记录",
        "政策宣讲、减免租金、招聘会、融资对接、帮办代办，办一次记一次，写明惠及多少家、多少人。", "shield",
    ),
    "duty": Words(
        "责任清单", "新建任务", "责任清单还是空的",
        "行动计划里由本单位牵头、配合的任务一项一条，每月写一次进展，完成后凭依据销号。", "tasks",
    ),
    "matter": Words(
        "联席议题", "提交议题", "还没有提交联席会议的议题",
        "部门之间协调不下来的事提交联席会议：写明由谁提出、关联哪个问题、希望怎么定。", "board",
    ),
    "project": Words(
        "项目", "新建项目", "还没有项目",
        "从洽谈、签约、入库到开工、竣工、投产，一个项目一条，每月写一次进展。", "folder",
    ),
    "lead": Words(
        "招引线索", "登记线索", "还没有招引线索",
        "专班在谈的企业一家一条：哪个领域、谈到哪一步、下一步做什么。", "link",
    ),
    "opportunity": Words(
        "机会清单", "登记机会", "机会清单还是空的",
        "哪里有应用场景、谁有需求、预算和期限是多少，登记后可以与产品对接。", "play",
    ),
    "product": Words(
        "产品清单", "登记产品", "产品清单还是空的",
        "企业能提供什么产品、适合什么场景、有哪些案例，登记后可以与机会对接。", "copy",
    ),
    "match": Words(
        "供需对接", "登记对接", "还没有供需对接", "把一条机会和一个产品对上，记下谈得怎么样、成没成。", "link",
    ),
    "release": Words(
        "发布批次", "新建发布批次", "还没有发布过清单", "机会清单、产品清单分批发布：记下第几批、哪天发、发了多少条。",
        "upload",
    ),
    "park": Words(
        "园区", "填报园区月报", "还没有园区月报",
        "每个园区每月一条：面积、入驻、收入、税收；没有变化的可按 Ctrl+D 从上月带出。", "park",
    ),
}  # fmt: skip


def plan_for(register: str) -> ListPlan:
    """The list plan of a register: filters from its state and its listed choices. KeyError for one without words."""
    words = WORDS[register]
    fields, state = REGISTERS[register].fields, REGISTERS[register].state_field
    wanted = [
        field
        for field in fields
        if field.kind is Kind.CHOICE
        and 0 < len(field.choices) <= _LONGEST
        and (field.name == state or field.in_list)
    ]
    wanted.sort(key=lambda field: field.name != state)
    choices = tuple(
        (field.name, field.short or field.label.split("（")[0], [(each, each) for each in field.choices])
        for field in wanted[:_FILTERS]
    )
    scope = "month" if REGISTERS[register].scope == "month" else None
    return ListPlan(
        register, words.tab, words.new, (words.empty, words.first_step), words.icon, choices, scope=scope, state_field=state
    )  # fmt: skip
