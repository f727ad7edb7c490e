"""What 本月 says of 专项 and of 下发 that wait to be taken in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Batch
from db.special import answers
from db.to_do_task import HANDDOWN, SPECIAL, Task


def tasks(session: Session, unit: str, period: str, today: date) -> list[Task]:
    """The tables of the month that are not filled in, by their due dates; before them the 下发 to be looked at."""
    found = waiting(session)
    for each in answers.asked(session, unit, period):
        if each.answered and not each.incomplete:
            continue
        definition = each.definition
        words, state = answers.due_words(definition, today)
        if not each.answered:
            detail = "可以不填" if definition.optional else "还没有填；没有内容的选零报"
        else:
            detail = f"{each.rows} 行里有 {each.incomplete} 行没填完"
        found.append(
            Task(
                SPECIAL, f"填专项“{definition.title}”", detail, words, state, "去填", period=period,
                count=max(1, each.incomplete), name=definition.key,
            )
        )  # fmt: skip
    return found


def waiting(session: Session) -> list[Task]:
    """下发 that were read and not taken yet."""
    numbers = session.scalars(
        select(Batch.revision)
        .where(Batch.kind == "handdown", Batch.state == "staged")
        .order_by(Batch.revision)
    ).all()
    if not numbers:
        return []
    named = "、".join(f"第 {number} 号" for number in numbers[:3])
    return [
        Task(HANDDOWN, f"核对 {len(numbers)} 份下发", named, "待核对", "watch", "去核对", count=len(numbers))
    ]
