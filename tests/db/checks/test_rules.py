"""Every rule is broken once and kept once, and says a whole Chinese sentence when it speaks."""

from __future__ import annotations

import re
import string
from collections import Counter
from dataclasses import replace

import pytest

from db.checks import RULES, finding
from db.checks.run import CHECKS
from db.errors import BugError
from db.findings import Severity
from db.registers import REGISTERS
from tests.db.checks.cases import Example
from tests.db.checks.examples import EXAMPLES, RAISED_WHERE_FILES_ARE_READ
from tests.db.checks.fake import AROUND, CLEAN, judge

SCOPES = {
    "通用", "企业档案", "走访记录", "问题台账", "上云记录", "升规培育", "指标月报", "项目台账", "园区台账", "责任清单", "月度回报",
}  # fmt: skip
SENTENCES = [
    (rule.id, which, text)
    for rule in RULES.values()
    for which, text in {"": rule.message, **rule.more}.items()
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_rule_speaks_when_it_is_broken_and_only_then(example: Example) -> None:
    said = [each for each in example.bad() if each.id == example.rule]
    assert [(each.severity, each.field) for each in said] == [(example.severity, example.field)]
    assert [each.message for each in example.good() if each.id == example.rule] == []


def test_every_rule_has_an_example() -> None:
    shown = {example.rule for example in EXAMPLES}
    assert shown | set(RAISED_WHERE_FILES_ARE_READ) == set(RULES)
    assert not shown & set(RAISED_WHERE_FILES_ARE_READ)


def test_every_sentence_is_said_in_an_example() -> None:
    said = {(each.id, each.message) for example in EXAMPLES for each in example.bad()}
    for rule, which, text in SENTENCES:
        if rule in RAISED_WHERE_FILES_ARE_READ:
            continue
        pattern = re.compile(
            "".join(".+?" if gap else re.escape(part) for part, gap in _parts(text)), re.DOTALL
        )
        assert any(rule == other and pattern.fullmatch(message) for other, message in said), (
            f"{rule} {which}: {text}"
        )


def _parts(text: str) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    for literal, name, _spec, _conversion in string.Formatter().parse(text):
        parts.append((literal, False))
        if name is not None:
            parts.append((name, True))
    return parts


@pytest.mark.parametrize("register", REGISTERS)
def test_a_sound_record_has_no_findings(register: str) -> None:
    assert judge(register, CLEAN[register], AROUND) == []


def test_the_catalogue() -> None:
    assert len(RULES) == 102
    for rule in RULES.values():
        assert rule.why.endswith("。") and rule.source
        assert not rule.fixed or (rule.fixed.endswith("。") and rule.severity is not Severity.ERROR)
    assert {rule.scope for rule in RULES.values()} == SCOPES
    assert Counter(rule.severity for rule in RULES.values()).keys() == set(Severity)
    assert set(CHECKS) == set(REGISTERS)


@pytest.mark.parametrize(
    ("rule", "which", "text"), SENTENCES, ids=[f"{rule}-{which}" for rule, which, _ in SENTENCES]
)
def test_sentences_are_whole_and_chinese(rule: str, which: str, text: str) -> None:
    plain = re.sub(r"\{\w+\}", "某", text)
    assert plain.endswith("。") and not re.search(r"[,;:!?()\"]", plain)
    assert re.sub(r"[\u4e00-\u9fff]", "", plain) != plain
    assert finding(rule, more=which, **{name: "某" for name, gap in _parts(text) if gap}).message == plain


def test_no_gap_is_left_open() -> None:
    with pytest.raises(BugError, match=r"RET-003.*版本"):
        finding("RET-003", 单位="南浦街道", 期间="2024 年 5 月")
    told = finding("RET-003", 单位="南浦街道", 期间="2024 年 5 月", 版本=2, sheet="封面", row=3)
    assert told.message == "南浦街道2024 年 5 月已导入第 2 版，请确认是否覆盖。"
    assert (told.severity, told.sheet, told.row) == (Severity.ERROR, "封面", 3)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_nobody_hears_a_complaint_twice(example: Example) -> None:
    found = example.bad()
    places = Counter(
        (each.register, each.field) for each in found if each.field and each.severity is Severity.ERROR
    )
    assert [place for place, times in places.items() if times > 1] == []
    assert len(found) == len(set(found))


def test_quotes_inside_quotes_are_single() -> None:
    template = "指标“{指标}”为{原因}"
    rule = replace(next(iter(RULES.values())), message=template)
    said = rule.sentence("", {"指标": "“机会清单”发布", "原因": "“无”"})
    assert said == "指标“‘机会清单’发布”为“无”"
