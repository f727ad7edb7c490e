"""二、各单位情况: a table of the streets and one of the offices; with names and ranks only where the office ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from db.coverage import LATE
from db.quarter_scores import Score, score_of
from db.quarter_sources import KEYS
from db.quarter_units import UnitQuarter
from returns.bulletin.model import BODY, FIRST, SECOND, Cell, Column, Paragraph, Ref, Table
from returns.bulletin.phrasing import Cite, fixed, names, of_month, parts, season

GOOD, REMIND = "先进", "提醒"
BEST = 3
LOW = Decimal(80)
PLACE = 16.0
IN_LIST_ORDER = "注：单位按机构名录的顺序排列，不作排名；数据均经校验，口径见数据来源表。"
RANKED_BELOW = "注：单位按机构名录的顺序排列，得分和名次见附件2；数据均经校验，口径见数据来源表。"


def units(cite: Cite) -> Iterator[Paragraph]:
    """The paragraphs of the section; its tables follow them."""
    q = cite.quarter
    yield Paragraph("units", ("各单位情况",), FIRST)
    if q.streets:
        yield Paragraph("units.streets", ("各街道",), SECOND, "streets")
        visits = sum(unit.visits for unit in q.streets)
        words = (
            f"{season(q)}，{len(q.streets)}个街道的走访和问题办理情况见下表。"
            if visits
            else f"{season(q)}，{len(q.streets)}个街道都没有走访记录，报送情况见下表。"
        )
        yield Paragraph("units.streets.text", (words,), BODY, "streets")
    if q.offices:
        yield Paragraph("units.offices", ("区直有关单位和运营商",), SECOND, "offices")
        until = f"截至{q.told.month}月的" if q.earlier else ""
        charged = sum(bool(unit.indicators) for unit in q.offices)
        yield Paragraph(
            "units.offices.text",
            (f"{len(q.offices)}个单位中，{charged}个单位承担目标指标，{until}进展见下表。",),
            BODY,
            "offices",
        )
    if q.ranking:
        yield from _ranked(cite)


def _ranked(cite: Cite) -> Iterator[Paragraph]:
    yield Paragraph("units.ranking", ("先进和提醒",), SECOND, "ranking")
    streets, offices = ranks(cite.quarter.streets), ranks(cite.quarter.offices)
    good = [each.unit.name for group in (streets, offices) for each, word in group if word == GOOD]
    low = [each.unit.name for group in (streets, offices) for each, word in group if word == REMIND]
    words = f"按得分，列为{GOOD}的有{names(good, 12)}。" if good else "本季度没有单位可列为先进。"
    if low:
        words += f"列为{REMIND}的有{names(low, 12)}，请对照附件2查找原因。"
    yield Paragraph("units.ranking.text", parts(words), BODY, "ranking")


def ranks(found: Sequence[UnitQuarter]) -> list[tuple[Score, str]]:
    """By score, best first; each with 先进, 提醒 or nothing. Equal scores keep the list's order.

    Units that have neither indicators nor problems to solve are not ranked: handing in is all they could be good at.
    """
    scores = [score_of(unit) for unit in found]
    told_of = [each for each in scores if each.indicators is not None or each.solved is not None]
    scored = sorted(told_of, key=lambda each: -(each.total or Decimal(0)))
    line = scored[min(BEST, len(scored)) - 1].total if scored else None
    told = []
    for each in scored:
        total = each.total
        low = total is None or total < LOW or bool(each.unit.missing)
        good = not low and total is not None and line is not None and total >= line
        told.append((each, REMIND if low else GOOD if good else ""))
    return told


def tables(cite: Cite) -> Iterator[Table]:
    """The tables inside the text."""
    q = cite.quarter
    note = RANKED_BELOW if q.ranking else IN_LIST_ORDER
    if q.streets:
        yield Table(
            "table.streets", f"{season(q)}各街道工作情况",
            (
                Column("街道", 38, "left"), Column("走访企业（家）", 23), Column("走访次数（次）", 23), Column("新登记问题（件）", 24),
                Column("办结问题（件）", 24), Column("超期未办结（件）", 24),
            ),
            tuple(_street(cite, unit) for unit in q.streets), after="units.streets.text", note=note, part="streets",
        )  # fmt: skip
    if q.offices:
        yield Table(
            "table.offices", f"{season(q)}有关单位指标进展{of_month(q)}",
            (
                Column("单位", 58, "left"), Column("承担指标（项）", 24), Column("达到序时（项）", 25),
                Column("低于序时（项）", 25), Column("未报（项）", 24),
            ),
            tuple(_office(cite, unit) for unit in q.offices), after="units.offices.text", note=note, part="offices",
        )  # fmt: skip


def _street(cite: Cite, unit: UnitQuarter) -> tuple[Cell, ...]:
    code = unit.code
    return (
        unit.name,
        cite.cell("quarter.visit.enterprises", unit.enterprises, code),
        cite.cell("quarter.visit.rows", unit.visits, code),
        cite.cell("quarter.issue.new", unit.new_issues, code),
        cite.cell("quarter.issue.closed", unit.closed_issues, code),
        cite.cell("quarter.handled.overdue", unit.handled.overdue, code),
    )


def _office(cite: Cite, unit: UnitQuarter) -> tuple[Cell, ...]:
    if not unit.indicators:
        return (unit.name, *("—",) * 4)
    missing = len(unit.indicators) - unit.on_schedule - unit.behind
    counts = (
        ("all", len(unit.indicators)),
        ("normal", unit.on_schedule),
        ("behind", unit.behind),
        ("unjudged", missing),
    )
    return (unit.name, *(cite.cell(f"quarter.indicators.{name}", count, unit.code) for name, count in counts))


# Attachments 2 and 3.


def returns_table(cite: Cite) -> Table:
    """When each unit's returns came, month by month."""
    q = cite.quarter
    months = tuple(Column(f"{month.month}月", 19) for month in q.months)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            unit.name, *(state or "—" for state in unit.returns),
            cite.cell("quarter.returns.on_time", unit.on_time, unit.code),
            cite.cell("quarter.returns.late", unit.late, unit.code),
            cite.cell("quarter.returns.missing", unit.missing, unit.code),
        )
        for unit in q.units
    )  # fmt: skip
    return Table(
        "table.returns", "",
        (Column("单位", 54, "left"), *months, Column("按时", PLACE), Column(LATE, PLACE), Column("未报", PLACE)),
        rows, note="注：零报送算按时；补报算迟报；“—”为不需报送，“待报”为未到截止日。",
    )  # fmt: skip


def score_tables(cite: Cite) -> tuple[Table, ...]:
    """The scores of the streets and of the offices, ranked: only where the office ranks."""
    q = cite.quarter
    found = []
    for id, title, group in (("streets", "街道", q.streets), ("offices", "有关单位", q.offices)):
        if not group:
            continue
        rows = []
        for place, (score, word) in enumerate(ranks(group), 1):
            code = score.unit.code
            rows.append(
                (
                    str(place), score.unit.name, _share(cite, "quarter.returns.on_time", score.returns, code),
                    fixed(score.indicators, 1), _share(cite, "quarter.handled.rate_due", score.solved, code),
                    cite.cell("quarter.score", score.total, code), word or "—",
                )
            )  # fmt: skip
        found.append(
            Table(
                f"table.score.{id}", title,
                (
                    Column("名次", 13), Column(title, 47, "left"), Column("按时报送率（%）", 21), Column("指标进度（%）", 19),
                    Column("问题办结率（%）", 21), Column("得分", 17), Column("评价", 18),
                ),
                tuple(rows), note="注：得分为单位具有的各分项的平均；指标进度为完成率÷序时进度，每项以100封顶，未报计零；只有报送一项的单位不排名。",
                empty="没有可以评分的单位",
            )
        )  # fmt: skip
    return tuple(found)


def _share(cite: Cite, key: str, value: Decimal | None, code: str) -> Cell:
    return "—" if value is None else Ref(f"{key}:{code}", fixed(value, 1), KEYS[key].name, "占比")


def issue_table(cite: Cite) -> Table:
    """Problems by the unit that has to solve them, with the whole in the last row."""
    q = cite.quarter
    rows: list[tuple[Cell, ...]] = []
    for unit in q.units:
        if not unit.handled.all:
            continue
        own, code = unit.handled, unit.code
        rows.append(
            (
                unit.name,
                *(
                    cite.cell(f"quarter.handled.{name}", getattr(own, name), code)
                    for name in ("all", "done", "open", "overdue", "rate_due", "rate_all")
                ),
            )
        )
    pile = q.month.issues
    if rows:
        rows.append(
            (
                "全区", cite.month("issue.all"), _done(cite), cite.month("issue.open"), cite.month("issue.overdue"),
                cite.cell("quarter.issue.rate_due", pile.done_rate_due), cite.cell("quarter.issue.rate_all", pile.done_rate_all),
            )
        )  # fmt: skip
    return Table(
        "table.issues", "",
        (
            Column("承办单位", 46, "left"), Column("承办（件）", 17), Column("已办结（件）", 18), Column("未办结（件）", 18),
            Column("超期（件）", 17), Column("办结率（已到期，%）", 20), Column("办结率（全部，%）", 20),
        ),
        tuple(rows), empty="截至季末没有登记的问题",
        note="注：办结率两种口径并列。已到期：办结÷（已到时限和提前办结的件数）；全部：办结÷全部登记。"
        "全区数含承办单位不在本表的问题；“暂不能解决”的不算办结，也不算未办结。",
    )  # fmt: skip


def _done(cite: Cite) -> Cell:
    from_all = sum(
        cite.quarter.month.issues.whole.by_status.get(each, 0) for each in ("已办结", "已销号", "回头看合格")
    )
    return cite.cell("quarter.handled.done", from_all)
