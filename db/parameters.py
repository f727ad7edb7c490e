"""Everything an office may set for itself: each parameter declared once, here, with what a person reads of it.

To add one: a line in `Parameters` — its type, its `Limit` (label, unit, group, help, the rules that go by it) and
its default. It appears on the page 参数 in its group, beside each rule that names it, and is read as
`parameters.read(session).name`; nothing else needs to know of it. The type chooses the editor and what is
accepted: `int` a whole number, `Decimal` a number, `bool` 是/否, `str` with `choices` one of them, `str` with
`words=True` a list written with “、”, any other `str` a line of text (`check` may refuse it, in words).
What an office changed is kept in the setting “parameters” ({name: value}), everything else stays at its default.
Lists with a shape of their own (thresholds, holidays, policies) are settings by themselves, not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_type_hints

from sqlalchemy.orm import Session

from db import settings
from db.errors import UsageError
from db.models import AuditEntry
from db.once import once
from db.store import Actor
from db.text import parse_decimal
from db.types import now

SETTING = "parameters"
GROUPS = ("企业", "走访", "问题", "上云", "升规培育", "指标", "项目与园区", "任务", "报送", "附件")
_BETWEEN = re.compile(r"[、,，;；\n]+")


class Limit:
    """What a parameter is called, its unit, the rules that go by it, and what it may be.

    `least` and `most` bound numbers; `check` returns a sentence for a text that will not do, None for one that will.
    """

    def __init__(
        self,
        label: str,
        unit: str = "",
        *rules: str,
        group: str,
        help: str = "",
        least: int = 0,
        most: int | Decimal | None = None,
        choices: tuple[str, ...] = (),
        words: bool = False,
        check: Callable[[str], str | None] | None = None,
    ) -> None:
        self.label, self.unit, self.rules, self.group, self.help = label, unit, rules, group, help
        self.least, self.most, self.choices, self.words, self.check = least, most, choices, words, check


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters in force. Whole numbers are int, other numbers Decimal, lists of words one text with “、”."""

    # 企业
    shared_phone: Annotated[
        int, Limit("同一电话使用企业数", "家", "ENT-011", group="企业", least=2,
                   help="同一个电话登记在这么多家企业名下就提醒。"),
    ] = 5  # fmt: skip
    highest_revenue: Annotated[
        Decimal, Limit("营业收入上限", "万元", "ENT-017", group="企业", least=1,
                       help="高于此数多半是把元当成了万元。"),
    ] = Decimal(1000000)  # fmt: skip
    revenue_change: Annotated[
        Decimal, Limit("营业收入与上年相比变动", "倍", "ENT-017", group="企业", least=1,
                       help="比上年多出此倍数以上，或不到上年的此倍数分之一，就提醒。"),
    ] = Decimal(10)  # fmt: skip
    # 走访
    visits_a_day: Annotated[
        int, Limit("同一走访人一天走访上限", "家", "VIS-004", group="走访", least=1,
                   help="一天走访的企业超过此数要说明。"),
    ] = 8  # fmt: skip
    short_text: Annotated[
        int, Limit("生产经营情况最少字数", "字", "VIS-008", group="走访", help="少于此数提示补充。"),
    ] = 10  # fmt: skip
    same_visit_text: Annotated[
        Decimal, Limit("走访内容重复率", "%", "VIS-009", group="走访", least=50, most=100,
                       help="与该企业上一次走访的文字相同超过此比例就提醒。"),
    ] = Decimal(90)  # fmt: skip
    visits_a_month: Annotated[
        int, Limit("同一企业一个月走访上限", "次", group="走访", least=1, most=31,
                   help="本机所知各单位的走访合计达到此数，再去之前给出提醒（减负）。"),
    ] = 3  # fmt: skip
    visits_apart: Annotated[
        int, Limit("别的单位刚走访过", "天", group="走访", most=90,
                   help="别的单位在这么多天内走访过同一家企业，登记走访和查看档案时给出提醒；0 为不提醒。"),
    ] = 7  # fmt: skip
    # 问题
    issue_due_workdays: Annotated[
        int, Limit("问题默认办结时限", "个工作日", group="问题", least=1, most=250,
                   help="一般问题登记后按此推算办结时限，登记时可改；改动只影响以后登记的问题。"),
    ] = 15  # fmt: skip
    issue_due_urgent: Annotated[
        int, Limit("紧急问题办结时限", "个工作日", group="问题", least=1, most=250, help="紧急程度为“紧急”的按此推算。"),
    ] = 7  # fmt: skip
    issue_due_top: Annotated[
        int, Limit("特急问题办结时限", "个工作日", group="问题", least=0, most=250,
                   help="紧急程度为“特急”的按此推算；0 是登记当天。"),
    ] = 3  # fmt: skip
    issue_assign: Annotated[
        int, Limit("交办时限", "个工作日", group="问题", most=250, help="登记后这么多个工作日内交办。"),
    ] = 3  # fmt: skip
    issue_assign_urgent: Annotated[
        int, Limit("紧急问题交办时限", "个工作日", group="问题", most=250, help="登记后这么多个工作日内交办。"),
    ] = 1  # fmt: skip
    issue_assign_top: Annotated[
        int, Limit("特急问题交办时限", "个工作日", group="问题", most=250, help="0 是登记当天交办。"),
    ] = 0  # fmt: skip
    issue_clear: Annotated[
        int, Limit("销号时限", "个工作日", group="问题", least=1, most=250, help="办结后这么多个工作日内回访并销号。"),
    ] = 10  # fmt: skip
    issue_clear_urgent: Annotated[
        int, Limit("紧急问题销号时限", "个工作日", group="问题", least=1, most=250, help="办结后这么多个工作日内回访并销号。"),
    ] = 5  # fmt: skip
    issue_clear_top: Annotated[
        int, Limit("特急问题销号时限", "个工作日", group="问题", least=1, most=250, help="办结后这么多个工作日内回访并销号。"),
    ] = 3  # fmt: skip
    urgent_days: Annotated[
        int, Limit("办结时限临近天数", "天", "ISS-007", group="问题", help="离办结时限不足这么多天就提示。"),
    ] = 3  # fmt: skip
    review_days: Annotated[
        int, Limit("销号后回头看期限", "天", "ISS-008", group="问题", least=1, help="销号后这么多天内要回头看。"),
    ] = 30  # fmt: skip
    extensions: Annotated[
        int, Limit("延期次数上限", "次", "ISS-009", group="问题", help="延期多于此数要提级协调并说明。"),
    ] = 2  # fmt: skip
    same_issue_text: Annotated[
        Decimal, Limit("问题描述重复率", "%", "ISS-010", group="问题", least=50, most=100,
                       help="与同一企业未办结问题的描述相同达到此比例就提醒。"),
    ] = Decimal(85)  # fmt: skip
    # 上云
    telecom_words: Annotated[
        str, Limit("通信产品用词", "", "CLD-006", group="上云", words=True,
                   help="产品名称里只有这些词的不算上云；词之间用“、”隔开。"),
    ] = "宽带、短信、专线、套餐、固话、彩铃、流量包、话费、手机卡、号卡、IPTV"  # fmt: skip
    cloud_drop_expired: Annotated[
        bool, Limit("到期未续的不再计数", "", group="上云", help="选“是”则到期未续转的服务从累计数中核减。"),
    ] = False  # fmt: skip
    cloud_share: Annotated[
        Decimal, Limit("单月新增上云占全年剩余任务", "%", "CLD-008", group="上云", least=1,
                       help="一个月新增超过剩余任务的这个比例要说明。"),
    ] = Decimal(50)  # fmt: skip
    cloud_average: Annotated[
        Decimal, Limit("单月新增上云与前三个月月均之比", "倍", "CLD-008", group="上云", least=1,
                       help="一个月新增超过前三个月月均的这么多倍要说明。"),
    ] = Decimal(5)  # fmt: skip
    cloud_least: Annotated[
        int, Limit("单月新增上云不足此数不提示", "家", "CLD-008", group="上云", help="数目小的月份波动大，不必说明。"),
    ] = 10  # fmt: skip
    # 升规培育
    vat_difference: Annotated[
        Decimal, Limit("利润表与增值税申报表差异", "%", "UPS-009", group="升规培育", help="差异超过此比例要准备说明。"),
    ] = Decimal(10)  # fmt: skip
    expiry_days: Annotated[
        int, Limit("认定有效期届满提前提示", "天", "UPS-011", group="升规培育", help="届满前这么多天开始提醒复核。"),
    ] = 90  # fmt: skip
    upscale_near: Annotated[
        Decimal, Limit("接近升规线的比例", "%", group="升规培育", least=1,
                       help="未入库企业的累计收入达到序时线、或上年收入达到升规线的这个比例，就列入建议名单。"),
    ] = Decimal(60)  # fmt: skip
    upscale_stale_months: Annotated[
        int, Limit("规上企业没有新收入数", "个月", group="升规培育", most=24,
                   help="已入库企业超过这么多个月没有新的营业收入就列入退库预警；0 为不提醒。"),
    ] = 3  # fmt: skip
    # 指标
    month_change: Annotated[
        Decimal, Limit("指标较上期变动", "%", "IND-006", group="指标", help="变动超过此比例要填写原因。"),
    ] = Decimal(50)  # fmt: skip
    year_change: Annotated[
        Decimal, Limit("指标较上年同期变动", "%", "IND-006", group="指标", help="变动超过此比例要填写原因。"),
    ] = Decimal(100)  # fmt: skip
    behind: Annotated[
        Decimal, Limit("落后序时进度", "百分点", "IND-007", group="指标", help="落后达到此数就提示。"),
    ] = Decimal(10)  # fmt: skip
    tolerance: Annotated[
        Decimal,
        Limit("累计数核对允许误差", "", "IND-002", group="指标", most=Decimal("0.01"),
              help="上月累计加本月数与本月累计之差不超过此数算相等；只能定得比 0.01 更严。"),
    ] = Decimal("0.01")  # fmt: skip
    core_scope: Annotated[
        str, Limit("核心产业企业台账数的口径", "", group="指标", choices=("行业分类", "认定有效"),
                   help="“行业分类”数行业属核心产业的在档企业；“认定有效”只数认定在有效期内的。"),
    ] = "行业分类"  # fmt: skip
    lists_scope: Annotated[
        str, Limit("清单发布台账数的口径", "", group="指标", choices=("按计划", "累计", "当年"),
                   help="原表没有写明累计还是当年；“按计划”随计划中这项指标的口径。"),
    ] = "按计划"  # fmt: skip
    specialised_scope: Annotated[
        str, Limit("专精特新台账数的口径", "", group="指标", choices=("按计划", "累计", "当年"),
                   help="“累计”从基础年之后数起，“当年”只数当年认定的；“按计划”随计划中这项指标的口径。"),
    ] = "按计划"  # fmt: skip
    rankings: Annotated[
        bool, Limit("按数值排名", "", group="指标",
                    help="选“否”各单位一律按代码排列；减负规定不提倡按月、按季排名，本单位可以排名的才选“是”。"),
    ] = False  # fmt: skip
    # 项目与园区
    invest_over: Annotated[
        Decimal,
        Limit(
            "累计投资与总投资之比上限",
            "%",
            "PRJ-001",
            group="项目与园区",
            least=100,
            most=110,
            help="超过总投资的要说明，超过此比例的不能上报；只能定得比 110 更严。",
        ),
    ] = Decimal(110)
    stalled_months: Annotated[
        int,
        Limit("在建项目连续无进展", "个月", "PRJ-003", group="项目与园区", least=1, most=12,
              help="投资和进展连续这么多个月没有变化就提醒。"),
    ] = 3  # fmt: skip
    occupancy_difference: Annotated[
        Decimal,
        Limit("入驻率与面积推算值之差", "百分点", "PRK-002", group="项目与园区", help="相差超过此数要核对。"),
    ] = Decimal(5)
    tax_share: Annotated[
        Decimal,
        Limit("税收占营业收入上限", "%", "PRK-003", group="项目与园区", least=1, most=100,
              help="高于此比例多半是单位弄错了。"),
    ] = Decimal(30)  # fmt: skip
    # 报送
    cycle_opens: Annotated[
        int, Limit("报送开始", "个工作日（截止日之前）", group="报送", most=60,
                   help="截止日之前这么多个工作日开始收；0 是截止当天。单独改过日子的周期不受影响。"),
    ] = 5  # fmt: skip
    cycle_locks: Annotated[
        int, Limit("报送锁定", "个工作日（截止日之后）", group="报送", most=120,
                   help="截止日之后这么多个工作日锁定，此后到的记为补报；0 是截止当天。单独改过日子的周期不受影响。"),
    ] = 10  # fmt: skip
    # 附件
    attachment_limit_mb: Annotated[
        int, Limit("单个附件大小上限", "MB", group="附件", least=1, most=2000,
                   help="超过此数的文件不附上；上限越大，备份和附件包越大。"),
    ] = 50  # fmt: skip


class Sort(StrEnum):
    """How a parameter is edited."""

    WHOLE = "整数"
    NUMBER = "数"
    YES_NO = "是否"
    CHOICE = "选项"
    WORDS = "词表"
    TEXT = "文字"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as the pages show it."""

    name: str
    label: str
    unit: str
    default: Any
    rules: tuple[str, ...]
    group: str
    help: str
    sort: Sort
    limit: Limit = field(repr=False, compare=False)

    @property
    def range(self) -> str:
        """What is accepted, as a person is told it."""
        least, most = self.limit.least, self.limit.most
        if self.sort is Sort.YES_NO:
            return "“是”或“否”"
        if self.sort is Sort.CHOICE:
            return "、".join(self.limit.choices) + "之一"
        if self.sort not in (Sort.WHOLE, Sort.NUMBER):
            return "文字"
        kind = "整数" if self.sort is Sort.WHOLE else "数"
        return f"{least} 至 {most} 之间的{kind}" if most is not None else f"不小于 {least} 的{kind}"


def _sort_of(default: Any, limit: Limit) -> Sort:
    if isinstance(default, bool):
        return Sort.YES_NO
    if isinstance(default, int):
        return Sort.WHOLE
    if isinstance(default, Decimal):
        return Sort.NUMBER
    return Sort.CHOICE if limit.choices else Sort.WORDS if limit.words else Sort.TEXT


def _declared() -> tuple[Parameter, ...]:
    hints = get_type_hints(Parameters, include_extras=True)
    defaults = Parameters()
    found = []
    for name, hint in hints.items():
        limit: Limit = hint.__metadata__[0]
        default = getattr(defaults, name)
        found.append(
            Parameter(
                name, limit.label, limit.unit, default, limit.rules, limit.group, limit.help,
                _sort_of(default, limit), limit,
            )
        )  # fmt: skip
    return tuple(found)


PARAMETERS: tuple[Parameter, ...] = _declared()


@cache
def parameter(name: str) -> Parameter:
    """The declaration of a parameter. KeyError for a name that is none."""
    return {each.name: each for each in PARAMETERS}[name]


def read_parameters(changed: Mapping[str, Any] | None) -> Parameters:
    """The defaults with what the office changed: {"visits_a_day": 10, "vat_difference": "12.5"}.

    Names that are no parameter are left alone (lists of their own shape lie in the same setting).
    UsageError (“bad_parameter”) names the one that cannot be read.
    """
    values = {
        each.name: understood(each, changed[each.name])
        for each in PARAMETERS
        if changed and changed.get(each.name) is not None
    }
    return Parameters(**values)


def read(session: Session) -> Parameters:
    """The parameters in force."""
    return once(session, "parameters", lambda: read_parameters(settings.parameters(session)))


def understood(parameter: Parameter, raw: Any) -> Any:
    """A typed or stored value as the parameter's own type. UsageError (“bad_parameter”) says what is accepted."""
    if parameter.sort is Sort.YES_NO:
        given = {"是": True, "否": False}.get(raw.strip()) if isinstance(raw, str) else raw
        if isinstance(given, bool):
            return given
        raise _refused(parameter, raw)
    if parameter.sort in (Sort.WHOLE, Sort.NUMBER):
        return _number(parameter, raw)
    text = str(raw).strip()
    if parameter.sort is Sort.CHOICE and text not in parameter.limit.choices:
        raise _refused(parameter, raw)
    if parameter.sort is Sort.WORDS:
        text = "、".join(dict.fromkeys(word for each in _BETWEEN.split(text) if (word := each.strip())))
        if not text:
            raise _refused(parameter, raw, "请至少写一个词。")
    reason = parameter.limit.check(text) if parameter.limit.check is not None else None
    if reason:
        raise _refused(parameter, raw, reason)
    return text


def _number(parameter: Parameter, raw: Any) -> int | Decimal:
    number = None if isinstance(raw, bool) else parse_decimal(raw, parameter.unit).value
    if number is None or (parameter.sort is Sort.WHOLE and number != number.to_integral_value()):
        raise _refused(parameter, raw)
    if number < parameter.limit.least or (parameter.limit.most is not None and number > parameter.limit.most):
        raise _refused(parameter, raw)
    return int(number) if parameter.sort is Sort.WHOLE else number


def _refused(parameter: Parameter, raw: Any, reason: str = "") -> UsageError:
    return UsageError(
        f"参数“{parameter.label}”的值“{raw}”不行。", reason or f"请填写{parameter.range}。", "bad_parameter"
    )


def shown(parameter: Parameter, value: Any) -> str:
    """A value as a person writes it, without its unit."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def put(session: Session, name: str, raw: Any, actor: Actor) -> Any:
    """Store what the office typed for a parameter (None: back to the default) and note who did it; the value in force.

    A value equal to the default is stored as none, so that a better default of a later version is not missed.
    UsageError (“bad_parameter”) for one that will not do.
    """
    wanted = parameter(name)
    value = wanted.default if raw is None else understood(wanted, raw)
    stored = dict(settings.parameters(session))
    before = understood(wanted, stored[name]) if stored.get(name) is not None else wanted.default
    if value == before and name not in stored:
        return value
    if value == wanted.default:
        stored.pop(name, None)
    else:
        stored[name] = str(value) if isinstance(value, Decimal) else value
    settings.put(session, SETTING, stored)
    if value != before:
        note(session, name, shown(wanted, before), shown(wanted, value), actor)
    return value


def note(session: Session, name: str, before: Any, after: Any, actor: Actor, reason: str = "") -> None:
    """One line of the history of a setting: what it was, what it is, who, when, why."""
    session.add(
        AuditEntry(
            at=now(), by=actor.person, action="set", register="setting", record_id=None,
            before={name: before}, after={name: after}, note=reason or None,
        )
    )  # fmt: skip
    session.flush()
