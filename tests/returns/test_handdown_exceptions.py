"""延期 and 免报 travel with a 下发: each unit takes its own, an ended one ends, the same again changes nothing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from db import cadence, deadlines, reporting_exceptions, reporting_start, to_do
from db.reporting_exceptions import EXEMPT, EXTENDED, Allowed
from db.store import Store
from desktop.pages import dispatch_model
from returns.handdown import exception_part
from returns.handdown.apply import apply
from returns.handdown.compose import Order, issue
from returns.handdown.contract import CALENDAR, SHEET
from returns.handdown.stage import stage
from returns.undo import undo
from tests.returns.handing_down import change_of, send, take
from tests.returns.offices import DISTRICT, MAY, OTHER, STREET, hash_of, open_office

DUE = date(2024, 6, 5)
WHY = "系统更换，数据迁移中"


def grant(store: Store, unit: str, kind: str, first: str = MAY, **more: Any) -> Allowed:
    told = {"reason": WHY, "approver": "刘科长", **({"due_on": DUE} if kind == EXTENDED else {}), **more}
    with store.write() as session:
        return reporting_exceptions.grant(session, unit, kind, first, first, actor=store.actor, **told)


def end(store: Store, given: Allowed) -> None:
    with store.write() as session:
        reporting_exceptions.end(session, given.id, store.actor)


def due(store: Store, unit: str = STREET, today: date = date(2024, 5, 20)) -> deadlines.Deadline:
    with store.read() as session:
        return deadlines.deadline(session, MAY, today, unit)


def all_of(store: Store, unit: str) -> tuple[Allowed, ...]:
    with store.read() as session:
        return reporting_exceptions.of_unit(session, unit)


def text_of(path: Path) -> str:
    """Everything in a workbook, the hidden sheet too."""
    book = openpyxl.load_workbook(path)
    return "\n".join(
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    )


def test_the_unit_sees_its_own_deadline_and_that_it_goes_back(
    district: Store, street: Store, tmp_path: Path
) -> None:
    assert due(street).day == date(2024, 5, 24) and not due(street).extended
    given = grant(district, STREET, EXTENDED)
    before = hash_of(street)
    first = take(street, send(district, tmp_path / "一.xlsx", CALENDAR, units=(STREET,)))
    assert change_of(street, first, "exception") == [("new", "2024 年 5 月延期至 2024-06-05")]
    with street.read() as session:
        assert cadence.due_for(session, MAY, STREET) == DUE
        month = to_do.month_of_unit(session, STREET, MAY, date(2024, 5, 20))
    assert month.deadline.words == "延期至 6 月 5 日（周三），还剩 12 个工作日"
    assert f"延期至 2024-06-05：{WHY}；刘科长批准" in month.tasks[-1].detail
    undo(street, first.batch, street.actor)
    assert hash_of(street) == before and due(street).day == date(2024, 5, 24)
    take(street, send(district, tmp_path / "二.xlsx", CALENDAR))
    end(district, given)
    ended = take(street, send(district, tmp_path / "三.xlsx", CALENDAR))
    assert change_of(street, ended, "exception") == [("update", "2024 年 5 月延期至 2024-06-05")]
    assert due(street).day == date(2024, 5, 24)
    (kept,) = all_of(street, STREET)
    assert kept.ended, "it is ended, not forgotten"


def test_an_excused_unit_is_told_so_and_asked_for_nothing(
    district: Store, street: Store, tmp_path: Path
) -> None:
    with street.read() as session:
        asked = to_do.month_of_unit(session, STREET, MAY, date(2024, 5, 30))
    assert asked.deadline.state == "alarm" and not asked.tasks[-1].done
    grant(district, STREET, EXEMPT)
    take(street, send(district, tmp_path / "下发.xlsx", CALENDAR))
    with street.read() as session:
        month = to_do.month_of_unit(session, STREET, MAY, date(2024, 5, 30))
    assert (month.deadline.words, month.deadline.state) == ("本月免报", "neutral")
    last = month.tasks[-1]
    assert (last.title, last.chip, last.done) == ("5 月免报", "免报", True)
    assert "visits" in [task.kind for task in asked.tasks] and "visits" not in [t.kind for t in month.tasks]


def test_one_sheet_excused_leaves_the_return_owed(district: Store, street: Store, tmp_path: Path) -> None:
    grant(district, STREET, EXEMPT, register="cloud")
    take(street, send(district, tmp_path / "下发.xlsx", CALENDAR))
    with street.read() as session:
        month = to_do.month_of_unit(session, STREET, MAY, date(2024, 5, 20))
    assert not month.deadline.exempt and "区里准予免报（上云）" in month.tasks[-1].detail


def test_a_return_within_the_time_given_later_is_no_longer_late(
    district: Store, street: Store, tmp_path: Path
) -> None:
    from sqlalchemy import insert

    from db.models import ReturnFile
    from db.types import new_key, now

    with street.write() as session:
        values = {
            "id": new_key(), "unit_code": STREET, "period": MAY, "revision": 1, "state": "sent",
            "submitted_on": date(2024, 5, 28), "due_on": date(2024, 5, 24), "late_days": 4, "summary": {"visit": 3},
            "created_at": now(), "created_by": "张敏",
        }  # fmt: skip
        session.execute(insert(ReturnFile), [values])
    assert dispatch_model.read(street, MAY).history[0].late_days == 4
    grant(district, STREET, EXTENDED)
    take(street, send(district, tmp_path / "下发.xlsx", CALENDAR))
    assert dispatch_model.read(street, MAY).history[0].late_days == 0


def test_why_and_by_whom_is_told_to_that_unit_alone(district: Store, street: Store, tmp_path: Path) -> None:
    grant(district, STREET, EXTENDED, reason="机房进水", approver="周主任")
    grant(district, OTHER, EXEMPT, reason="经办人住院", approver="钱主任")
    files = [
        send(district, tmp_path / "全区.xlsx", CALENDAR),
        send(district, tmp_path / "两家.xlsx", CALENDAR, units=(STREET, OTHER)),
    ]
    for path in files:
        assert not any(word in text_of(path) for word in ("机房进水", "经办人住院", "周主任", "钱主任"))
        assert "延期、免报 2 项" in text_of(path)
    issued = issue(district, Order((CALENDAR,), (STREET, OTHER), each=True, period=MAY), tmp_path)
    mine, others = (text_of(path) for path in issued.files)
    assert "机房进水" in mine and "周主任" in mine and "经办人住院" not in mine and OTHER not in mine
    assert "经办人住院" in others and "机房进水" not in others
    sheet = openpyxl.load_workbook(issued.files[0])["日历"]
    assert ("2024-06-05", "延期", "2024 年 5 月延期至 2024-06-05：机房进水；周主任批准") in [
        tuple(cell.value for cell in row) for row in sheet.iter_rows(max_col=3)
    ]
    take(street, files[0])
    assert [each.unit_code for each in all_of(street, STREET)] == [STREET] and not all_of(street, OTHER)
    assert all_of(street, STREET)[0].words == "延期至 2024-06-05"
    told = take(street, issued.files[0])
    assert change_of(street, told, "exception") == [("update", "2024 年 5 月延期至 2024-06-05")]
    assert all_of(street, STREET)[0].words == "延期至 2024-06-05：机房进水；周主任批准"
    again = take(street, send(district, tmp_path / "再.xlsx", CALENDAR))
    assert change_of(street, again, "exception") == [("same", "2024 年 5 月延期至 2024-06-05")]
    assert all_of(street, STREET)[0].reason == "机房进水", "what is known already stays"


def test_an_older_program_sends_none_and_ends_none(district: Store, street: Store, tmp_path: Path) -> None:
    grant(district, STREET, EXTENDED)
    take(street, send(district, tmp_path / "一.xlsx", CALENDAR))
    with district.read() as session:
        from returns.handdown import compose

        made = compose.gather(session, Order((CALENDAR,), period=MAY), (), 9, district.actor)
    for name in ("exceptions", "from"):
        made.payload[CALENDAR].pop(name)
    with street.read() as session:
        from returns.handdown.stage import find_changes

        changes, _ = find_changes(session, made, street.actor, frozenset())
    assert [each for each in changes if each.action != "same"] == []


def test_the_first_month_travels_and_last_month_is_no_longer_asked_for(
    district: Store, street: Store, tmp_path: Path
) -> None:
    from tests.returns.offices import small_month

    small_month(street)  # a visit in May

    def earlier() -> list[str]:
        with street.read() as session:
            tasks = to_do.month_of_unit(session, STREET, "2024-06", date(2024, 6, 20)).tasks
        return [task.title for task in tasks if task.kind == "earlier"]

    assert earlier() == ["补报 5 月回报"]
    before = hash_of(street)
    with district.write() as session:
        reporting_start.choose(session, "2024-06", district.actor)
    first = take(street, send(district, tmp_path / "一.xlsx", CALENDAR))
    assert change_of(street, first, "cycle") == [("update", "从哪个月起收表")]
    assert earlier() == []
    undo(street, first.batch, street.actor)
    assert hash_of(street) == before and earlier() == ["补报 5 月回报"]
    take(street, send(district, tmp_path / "二.xlsx", CALENDAR))
    with district.write() as session:
        reporting_start.choose(session, "", district.actor)
    take(street, send(district, tmp_path / "三.xlsx", CALENDAR))
    assert earlier() == ["补报 5 月回报"]
    with district.write() as session:
        reporting_start.choose(session, "2024-06", district.actor)
    grant(district, STREET, EXEMPT)
    with district.write() as session:
        reporting_start.choose(session, "", district.actor)
    take(street, send(district, tmp_path / "四.xlsx", CALENDAR))
    assert earlier() == [], "a month that was excused is not owed either"


# ---------------------------------------------------------------- whatever was granted and ended


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["延期", "免报", "结束", "下发", "各发一份"]),
        st.sampled_from([STREET, OTHER]),
        st.integers(1, 6),
        st.sampled_from([None, "visit", "cloud"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=8)
@given(steps=STEPS)
def test_after_a_handdown_the_unit_stands_where_the_district_does_and_twice_is_once(steps: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        district = open_office(root / "district", DISTRICT, "supervisor", "刘科长")
        street = open_office(root / "street", STREET)
        try:
            for number, (what, unit, month, register) in enumerate(steps):
                _step(district, street, root / f"{number}.xlsx", what, unit, f"2024-{month:02d}", register)
            agree(district, street, root / "last.xlsx")
        finally:
            district.close()
            street.close()


def _step(
    district: Store, street: Store, out: Path, what: str, unit: str, month: str, register: str | None
) -> None:
    running = [each for each in all_of(district, unit) if not each.ended]
    if what in ("延期", "免报"):
        if any(str(each.first) == month and each.kind == what for each in running):
            return
        later = {"due_on": date(int(month[:4]), int(month[5:]) + 1, 5)} if what == "延期" else {}
        grant(district, unit, what, month, register=register, **later)
    elif what == "结束" and running:
        end(district, running[0])
    elif what == "下发":
        take(street, send(district, out, CALENDAR))
    elif what == "各发一份":
        take(street, send(district, out, CALENDAR, units=(STREET,)))


def agree(district: Store, street: Store, out: Path) -> None:
    take(street, send(district, out, CALENDAR, units=(STREET,)))

    def running(store: Store) -> set[tuple[Any, ...]]:
        return {
            (
                each.id,
                each.kind,
                each.register,
                each.first,
                each.last,
                each.due_on,
                each.reason,
                each.approver,
            )
            for each in all_of(store, STREET)
            if not each.ended
        }

    assert running(street) == running(district) and not all_of(street, OTHER)
    with district.read() as here, street.read() as there:
        for month in range(1, 7):
            period = f"2024-{month:02d}"
            assert cadence.due_for(there, period, STREET) == cadence.due_for(here, period, STREET)
    left = hash_of(street)
    (same,) = stage(street, [out], street.actor)
    assert same.state == "applied" and hash_of(street) == left, "the same file is known"
    again = send(district, out.with_name("again.xlsx"), CALENDAR, units=(STREET,))
    staged = take(street, again)
    assert {action for action, _ in change_of(street, staged, "exception")} <= {"same"}
    assert hash_of(street) == left, "the same content under another number changes nothing"


def test_a_line_that_is_not_taken_leaves_things_as_they_are(
    district: Store, street: Store, tmp_path: Path
) -> None:
    grant(district, STREET, EXTENDED)
    (staged,) = stage(street, [send(district, tmp_path / "下发.xlsx", CALENDAR)], street.actor)
    assert staged.batch is not None
    apply(street, staged.batch, street.actor, accept=())
    assert due(street).day == date(2024, 5, 24) and not all_of(street, STREET)


def test_the_hidden_sheet_says_when_each_was_ended(district: Store, tmp_path: Path) -> None:
    given = grant(district, STREET, EXTENDED)
    end(district, given)
    book = openpyxl.load_workbook(send(district, tmp_path / "下发.xlsx", CALENDAR))
    pieces = [row[2].value for row in book[SHEET].iter_rows(max_col=3) if row[0].value == "内容"]
    (entry,) = json.loads("".join(pieces))["exceptions"]
    told = exception_part.read(entry)
    assert told.ended and told.id == given.id and told.made_at - given.made_at < timedelta(seconds=1)
    assert exception_part.words([entry]) == ""
