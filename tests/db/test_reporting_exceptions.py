"""延期 and 免报: granted with a reason and an approver, refused otherwise, ended early, listed, noted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from db import reporting_exceptions as exceptions
from db.errors import KnownError
from db.models import AuditEntry
from db.store import Actor, Store
from tests.db.fixtures import STREET

SUPERVISOR = Actor("qszjjb", "张敏", "supervisor")
USUAL: dict[str, Any] = {"reason": "系统更换", "approver": "刘科长", "actor": SUPERVISOR}


def extend(session: Any, period: str = "2024-05", **more: Any) -> exceptions.Allowed:
    return exceptions.grant(
        session, STREET, "延期", period, period, **{"due_on": date(2024, 6, 5), **USUAL, **more}
    )


def exempt(session: Any, first: str = "2024-05", last: str = "2024-07", **more: Any) -> exceptions.Allowed:
    return exceptions.grant(session, STREET, "免报", first, last, **{**USUAL, **more})


def test_what_was_allowed_is_told_in_words_and_noted(store: Store) -> None:
    with store.write() as session:
        later, free = extend(session), exempt(session, register="visit")
        assert later.words == "延期至 2024-06-05：系统更换；刘科长批准"
        assert (free.span, free.words) == ("2024 年 5 月至 7 月", "免报（走访）：系统更换；刘科长批准")
        assert [each.id for each in exceptions.of_unit(session, STREET)] == [free.id, later.id]
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.register == "reporting_exception")
        ).all()
    assert [each.action for each in entries] == ["grant", "grant"] and entries[0].by == "张敏"
    assert "刘科长批准" in str(entries[0].after)


@pytest.mark.parametrize(
    ("kind", "first", "last", "more", "id"),
    [
        ("免报", "2024-05", "2024-05", {"reason": "  "}, "no_reason"),
        ("免报", "2024-05", "2024-05", {"approver": ""}, "no_approver"),
        ("免报", "2024-07", "2024-05", {}, "bad_span"),
        ("免报", "2024-05", "2027-05", {}, "bad_span"),
        ("免报", "2024-05", "2024-05", {"due_on": date(2024, 6, 1)}, "bad_due"),
        ("免报", "五月", "2024-05", {}, "bad_period"),
        ("免报", "2024-05", "2024-05", {"register": "weather"}, "unknown_sheet"),
        ("缓报", "2024-05", "2024-05", {}, "bad_kind"),
        ("延期", "2024-05", "2024-06", {"due_on": date(2024, 6, 5)}, "bad_span"),
        ("延期", "2024-05", "2024-05", {}, "bad_due"),
        ("延期", "2024-05", "2024-05", {"due_on": date(2024, 5, 24), "base": date(2024, 5, 24)}, "bad_due"),
        ("延期", "2024-05", "2024-05", {"due_on": date(2034, 6, 5)}, "bad_due"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(
    store: Store, kind: str, first: str, last: str, more: dict[str, Any], id: str
) -> None:
    with store.write() as session:
        with pytest.raises(KnownError) as refused:
            exceptions.grant(session, STREET, kind, first, last, **{**USUAL, **more})
        assert refused.value.id == id and refused.value.message.endswith("。")
        assert exceptions.of_unit(session, STREET) == ()


def test_an_unknown_unit_is_refused(store: Store) -> None:
    with store.write() as session, pytest.raises(KnownError) as refused:
        exceptions.grant(session, "nobody", "免报", "2024-05", "2024-05", **USUAL)
    assert refused.value.id == "unknown_unit"


def test_the_same_months_are_not_allowed_twice_but_more_time_is(store: Store) -> None:
    with store.write() as session:
        exempt(session)
        with pytest.raises(KnownError) as refused:
            exempt(session, "2024-07", "2024-08", register="visit")
        assert refused.value.id == "already_allowed"
        exempt(session, "2024-08", "2024-08")
        extend(session)
        extend(session, due_on=date(2024, 6, 12))
        assert exceptions.extended_due(session, "2024-05", STREET) == date(2024, 6, 12)


def test_one_that_is_ended_counts_no_more_and_stays_on_the_list(store: Store) -> None:
    with store.write() as session:
        made = exempt(session)
        ended = exceptions.end(session, made.id, SUPERVISOR, "恢复报送")
        assert ended.ended and ended.ended_by == "张敏" and not ended.covers("2024-06")
        assert made.covers("2024-06") and not made.covers("2024-08")
        with pytest.raises(KnownError) as refused:
            exceptions.end(session, made.id, SUPERVISOR)
        assert refused.value.id == "already_ended"
        assert len(exceptions.listed(session, "2024-01", "2024-12")) == 1
        assert exceptions.listed(session, "2024-01", "2024-12", ended=False) == ()
        assert exceptions.by_unit(exceptions.listed(session, "2024-01", "2024-12")) == {}


def test_the_list_is_of_the_months_asked_for(store: Store) -> None:
    with store.write() as session:
        exempt(session)
        assert [
            len(exceptions.listed(session, *span))
            for span in (("2024-01", "2024-04"), ("2024-07", "2024-12"), ("2024-08", "2024-12"))
        ] == [0, 1, 0]


def test_those_that_end_soon(store: Store) -> None:
    with store.write() as session:
        extend(session)
        exempt(session)
        assert [each.kind for each in exceptions.ending(session, date(2024, 5, 30), 10)] == ["延期"]
        assert [each.kind for each in exceptions.ending(session, date(2024, 7, 25), 10)] == ["免报"]
        assert exceptions.ending(session, date(2024, 6, 10), 10) == ()
