"""三、存在问题 and 四、下步工作: what is behind and why as the units said, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.progress import State
from db.rollup import IndicatorLine
from returns.bulletin.model import BODY, FIRST, SECOND, Paragraph, Part
from returns.bulletin.phrasing import Cite, due_words, gap_words, listed, names, parts, season, short_name


def problems(cite: Cite) -> Iterator[Paragraph]:
    """The paragraphs of the section; one sentence where there is nothing to say."""
    q = cite.quarter
    yield Paragraph("problems", ("存在问题",), FIRST)
    found = [*_behind(cite), *_unreported(cite), *_late(cite), *_overdue(cite)]
    if not found:
        words = (
            f"{season(q)}没有收到任何单位的数据，问题情况无法分析，请先组织补报。"
            if q.nothing
            else f"{season(q)}未发现指标低于进度、报送迟漏和问题超期的情形，各项工作仍需持续推进。"
        )
        found = [Paragraph("problems.none", (words,), BODY, "problems")]
    yield from found


def _who(line: IndicatorLine) -> list[str]:
    return [unit.unit for unit in line.units if unit.responsible]


def _behind(cite: Cite) -> Iterator[Paragraph]:
    lines = cite.quarter.lines(State.ALARM) + cite.quarter.lines(State.WATCH)
    if not lines:
        return
    yield Paragraph(
        "problems.indicators", (f"部分指标低于{due_words(cite.quarter)}",), SECOND, "problems.indicators"
    )
    items: list[list[Part]] = []
    for line in lines:
        item: list[Part] = [short_name(line.name), *gap_words(cite, line)]
        said = _said([(unit.unit, unit.reason) for unit in line.units if unit.responsible])
        item.append(f"，{said}" if said else f"，{names(_who(line))}未说明原因" if _who(line) else "")
        items.append(item)
    yield Paragraph("problems.indicators.text", parts(listed(items)), BODY, "problems.indicators")


def _said(told: Sequence[tuple[str, str]]) -> str:
    """“区商务局说明：……”: several units with the same words together, an end mark of theirs left off."""
    by_words: dict[str, list[str]] = {}
    for unit, words in told:
        cleaned = words.strip().rstrip("。；;.，, ")
        if cleaned:
            by_words.setdefault(cleaned, []).append(unit)
    return "，".join(f"{names(units)}说明“{words}”" for words, units in by_words.items())


def _unreported(cite: Cite) -> Iterator[Paragraph]:
    lines = cite.quarter.unjudged
    if not lines:
        return
    yield Paragraph("problems.unreported", ("部分指标未报或未报齐",), SECOND, "problems.unreported")
    items = []
    for line in lines:
        silent = [unit.unit for unit in line.units if unit.responsible and unit.value is None]
        items.append(
            f"{short_name(line.name)}（{names(silent)}未报）"
            if silent
            else f"{short_name(line.name)}（多个单位的数未能合并）"
        )
    text = f"{'；'.join(items)}。以上指标本季度不作评价，补报后另行通报。"
    yield Paragraph("problems.unreported.text", (text,), BODY, "problems.unreported")


def _late(cite: Cite) -> Iterator[Paragraph]:
    q = cite.quarter
    if not q.late and not q.missing:
        return
    yield Paragraph("problems.returns", ("数据报送不够及时",), SECOND, "problems.returns")
    late = [unit.name for unit in q.units if unit.late]
    missing = [unit.name for unit in q.units if unit.missing]
    words: list[Part] = []
    if q.missing:
        told = names(missing) if q.ranking or len(missing) <= 6 else f"{len(missing)}个单位"
        words += [
            f"{told}未报",
            *(["，计"] if len(missing) > 1 or q.missing > 1 else []),
            cite.own("quarter.returns.missing", q.missing),
            "份；",
        ]
    if q.late:
        told = names(late) if q.ranking else f"{len(late)}个单位"
        words += [f"{told}迟报", cite.own("quarter.returns.late", q.late), "份；"]
    words[-1] = str(words[-1]).removesuffix("；")
    yield Paragraph(
        "problems.returns.text",
        parts(words, "，影响当月汇总，各单位情况见附件2。"),
        BODY,
        "problems.returns",
    )


def _overdue(cite: Cite) -> Iterator[Paragraph]:
    q = cite.quarter
    if not q.month.issues.overdue:
        return
    yield Paragraph("problems.issues", ("部分企业问题超过办结时限",), SECOND, "problems.issues")
    units = [unit for unit in q.units if unit.handled.overdue]
    words: list[Part] = [
        "有",
        cite.month("issue.overdue"),
        "件问题超过办结时限尚未办结",
    ]
    if q.ranking and units:
        words.append("，其中")
        for place, unit in enumerate(sorted(units, key=lambda each: -each.handled.overdue)):
            overdue = cite.own("quarter.handled.overdue", unit.handled.overdue, unit.code)
            words += ["、" if place else "", unit.name, overdue, "件"]
    elif units:
        words.append(f"，涉及{len(units)}个承办单位")
    yield Paragraph("problems.issues.text", parts(words, "，详见附件3。"), BODY, "problems.issues")


def next_steps(cite: Cite) -> Iterator[Paragraph]:
    """The paragraphs of the section: what the units said they will do, and what the figures ask for."""
    q = cite.quarter
    yield Paragraph("next", ("下步工作",), FIRST)
    lines = q.lines(State.ALARM) + q.lines(State.WATCH)
    last = q.told.month == 12
    if lines:
        yield Paragraph(
            "next.indicators", (f"紧盯{due_words(cite.quarter)}，补齐短板",), SECOND, "next.indicators"
        )
        items = []
        for line in lines:
            steps = _steps([(unit.unit, unit.next_step) for unit in line.units if unit.responsible])
            who = names(_who(line)) or "责任单位"
            asked = "下年一季度" if last else "下月"
            items.append(
                [f"{short_name(line.name)}：{steps or f'{who}要查明原因，{asked}随月度回报报送追赶措施'}"]
            )
        yield Paragraph("next.indicators.text", parts(listed(items)), BODY, "next.indicators")
    yield Paragraph("next.issues", ("统筹走访，办好企业反映的问题",), SECOND, "next.issues")
    if q.month.issues.overdue:
        issues: tuple[Part, ...] = parts(
            "对超期的", cite.month("issue.overdue"),
            "件问题，承办单位要逐件说明原因、重新明确时限和责任人，办结后及时回访企业；走访中发现的新问题当场登记、按时交办。",
        )  # fmt: skip
    elif q.month.issues.open:
        issues = parts(
            "对正在办理的", cite.month("issue.open"),
            "件问题，承办单位要盯住时限，办结后及时回访企业；走访中发现的新问题当场登记、按时交办。",
        )  # fmt: skip
    else:
        issues = (
            "各街道要统筹安排走访，避免对同一企业重复走访；走访中发现的问题当场登记、按时交办、办结后回访企业。",
        )
    yield Paragraph("next.issues.text", issues, BODY, "next.issues")
    yield Paragraph("next.returns", ("按时报送，保证数据真实",), SECOND, "next.returns")
    due = q.next_due
    owed = "未报的单位要尽快补报；" if q.missing else ""
    text = (
        f"{owed}{q.end.next.month}月的月度回报请于{due.year}年{due.month}月{due.day}日前报送，"
        "没有新增的也要零报送；数据有变动的随月度回报更正并写明理由。"
    )
    yield Paragraph("next.returns.text", (text,), BODY, "next.returns")


def _steps(told: Sequence[tuple[str, str]]) -> str:
    """“区商务局按月跟踪重点企业……”: what each unit said, in its own words."""
    by_words: dict[str, list[str]] = {}
    for unit, words in told:
        cleaned = words.strip().rstrip("。；;.，, ")
        if cleaned:
            by_words.setdefault(cleaned, []).append(unit)
    return "，".join(f"由{names(units)}{words}" for words, units in by_words.items())
