"""The limits the checks go by: one declaration each, with its Chinese label; an office may change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, get_type_hints

from db.cloud_counting import DEFAULT_TELECOM_WORDS
from db.errors import UsageError


class Limit:
    """What a limit is called, its unit, and the rules that go by it."""

    def __init__(self, label: str, unit: str, *rules: str) -> None:
        self.label, self.unit, self.rules = label, unit, rules


@dataclass(frozen=True, slots=True)
class Parameters:
    """Whole numbers are int, everything else that is a number Decimal, lists of words one text with “、”."""

    shared_phone: Annotated[int, Limit("同一电话使用企业数", "家", "ENT-011")] = 5
    highest_revenue: Annotated[Decimal, Limit("营业收入上限", "万元", "ENT-017")] = Decimal(1000000)
    revenue_change: Annotated[Decimal, Limit("营业收入与上年相比变动", "倍", "ENT-017")] = Decimal(10)
    visits_a_day: Annotated[int, Limit("同一走访人一天走访上限", "家", "VIS-004")] = 8
    short_text: Annotated[int, Limit("生产经营情况最少字数", "字", "VIS-008")] = 10
    same_visit_text: Annotated[Decimal, Limit("走访内容重复率", "%", "VIS-009")] = Decimal(90)
    urgent_days: Annotated[int, Limit("办结时限临近天数", "天", "ISS-007")] = 3
    review_days: Annotated[int, Limit("销号后回头看期限", "天", "ISS-008")] = 30
    extensions: Annotated[int, Limit("延期次数上限", "次", "ISS-009")] = 2
    same_issue_text: Annotated[Decimal, Limit("问题描述重复率", "%", "ISS-010")] = Decimal(85)
    telecom_words: Annotated[str, Limit("通信产品用词", "", "CLD-006")] = DEFAULT_TELECOM_WORDS
    cloud_share: Annotated[Decimal, Limit("单月新增上云占全年剩余任务", "%", "CLD-008")] = Decimal(50)
    cloud_average: Annotated[Decimal, Limit("单月新增上云与前三个月月均之比", "倍", "CLD-008")] = Decimal(5)
    cloud_least: Annotated[int, Limit("单月新增上云不足此数不提示", "家", "CLD-008")] = 10
    vat_difference: Annotated[Decimal, Limit("利润表与增值税申报表差异", "%", "UPS-009")] = Decimal(10)
    expiry_days: Annotated[int, Limit("认定有效期届满提前提示", "天", "UPS-011")] = 90
    month_change: Annotated[Decimal, Limit("指标较上期变动", "%", "IND-006")] = Decimal(50)
    year_change: Annotated[Decimal, Limit("指标较上年同期变动", "%", "IND-006")] = Decimal(100)
    behind: Annotated[Decimal, Limit("落后序时进度", "百分点", "IND-007")] = Decimal(10)
    tolerance: Annotated[Decimal, Limit("累计数核对允许误差", "", "IND-002")] = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One limit as the settings page shows it."""

    name: str
    label: str
    unit: str
    default: Any
    rules: tuple[str, ...]


def _declared() -> tuple[Parameter, ...]:
    hints = get_type_hints(Parameters, include_extras=True)
    defaults = Parameters()
    found = []
    for name, hint in hints.items():
        limit: Limit = hint.__metadata__[0]
        found.append(Parameter(name, limit.label, limit.unit, getattr(defaults, name), limit.rules))
    return tuple(found)


PARAMETERS: tuple[Parameter, ...] = _declared()


def read_parameters(changed: Mapping[str, Any] | None) -> Parameters:
    """The defaults with what the office changed: {"visits_a_day": 10, "vat_difference": "12.5"}.

    Names that are no parameter of the checks are left alone (other parts keep theirs in the same setting).
    UsageError (“bad_parameter”) names the one that cannot be read.
    """
    values: dict[str, Any] = {}
    for parameter in PARAMETERS:
        if changed and changed.get(parameter.name) is not None:
            values[parameter.name] = _read(parameter, changed[parameter.name])
    return Parameters(**values)


def _read(parameter: Parameter, raw: Any) -> Any:
    if isinstance(parameter.default, str):
        return str(raw)
    try:
        number = Decimal(str(raw))
        if isinstance(raw, bool) or not number.is_finite() or number < 0:
            raise ValueError
        if isinstance(parameter.default, int):
            if number != number.to_integral_value():
                raise ValueError
            return int(number)
        return number
    except (InvalidOperation, ValueError) as problem:
        raise UsageError(
            f"参数“{parameter.label}”的值“{raw}”无法识别。", "请填写 0 或正数。", "bad_parameter"
        ) from problem
