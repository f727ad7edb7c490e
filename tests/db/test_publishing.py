"""What was published stays as it was: numbers, versions, differences, digests; what old registers knew of closed months comes along."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing as shut
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from db import closing, publishing, restating
from db.errors import Refused, UsageError
from db.publishing import Published, published
from db.rollup import rollup
from db.store import Actor, Store, open_store
from db.verify import damaged_records
from desktop.actions.backup import restore
from tests.data.make_register import kept
from tests.db.fixtures import add, firm

WHO = Actor("qszjjb", "刘科长", "supervisor")
MAY = "2024-05"


def put(
    store: Store, content: Mapping[str, str | None], reason: str = "", key: str = "2024Q2", **more: Any
) -> Published:
    with store.write() as session:
        return publishing.publish(session, "quarterly", key, "二季度通报", content, WHO, reason, **more)


def versions(store: Store, key: str = "2024Q2") -> tuple[Published, ...]:
    with store.read() as session:
        return published(session, "quarterly", key)


def test_a_first_publication_and_a_restatement(store: Store) -> None:
    first = put(store, {"a": "1", "b": None, "c": "3"}, names={"a": "走访（次）"})
    assert (first.number, first.version, first.event, first.changes) == (1, 1, "发布", ())
    second = put(store, {"a": "2", "b": None, "d": "4"}, "漏报一次")
    assert (second.number, second.version, second.event, second.reason) == (2, 2, "重述", "漏报一次")
    assert [(each.key, each.name, each.before, each.after) for each in second.changes] == [
        ("a", "走访（次）", "1", "2"), ("d", "d", None, "4"), ("c", "c", "3", None),
    ]  # fmt: skip
    assert put(store, {"a": "1"}, key="2024Q3").number == 3, "numbers run over everything"
    kept_first, kept_second = versions(store)
    assert (kept_first, kept_second) == (first, second)
    assert "刘科长重述，理由：漏报一次。走访（次） 1 → 2；d — → 4；c 3 → —。" in second.words


def test_a_restatement_needs_a_reason_and_something_to_restate(store: Store) -> None:
    put(store, {"a": "1"})
    with pytest.raises(Refused) as told:
        put(store, {"a": "2"}, "  ")
    assert told.value.id == "no_reason"
    with pytest.raises(Refused) as told:
        put(store, {"a": "1"}, "又来一次")
    assert told.value.id == "nothing_changed"
    assert len(versions(store)) == 1


def test_nothing_that_was_published_can_be_changed_or_deleted(store: Store) -> None:
    put(store, {"a": "1"})
    for statement in ("UPDATE publication SET reason = 'x'", "DELETE FROM publication"):
        with pytest.raises(IntegrityError, match="never changed"), store.write() as session:
            session.execute(text(statement))
    assert versions(store)[0].reason == ""


def test_a_look_finds_what_was_changed_behind_the_program(store: Store) -> None:
    for number in range(1, 5):
        put(store, {"a": str(number)}, "改" if number > 1 else "")

    def found() -> list[tuple[str, str, str]]:
        with store.engine.connect() as connection:
            return [(each.register, each.record_id, each.what) for each in damaged_records(connection, 0)]

    assert found() == []
    with store.engine.begin() as connection:
        for name in ("publication_no_update", "publication_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql('UPDATE publication SET content = \'{"a":"9"}\' WHERE number = 2')
        connection.exec_driver_sql("UPDATE publication SET changes = 'broken' WHERE number = 4")
        connection.exec_driver_sql("DELETE FROM publication WHERE number = 3")
    assert found() == [
        ("publication", "第 2 号", "公布内容与保存时不一致"),
        ("publication", "第 3 号", "这一号公布记录不见了"),
        ("publication", "第 4 号", "公布内容与保存时不一致"),
    ]


def test_a_number_that_is_none(store: Store) -> None:
    with pytest.raises(UsageError), store.read() as session:
        publishing.numbered(session, 7)


FIGURES = st.dictionaries(
    st.sampled_from("abcdef"), st.one_of(st.none(), st.integers(0, 3).map(str)), max_size=6
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contents=st.lists(FIGURES, min_size=1, max_size=7),
    today=FIGURES,
    just_before=st.one_of(st.none(), FIGURES),
)
def test_history_and_differences_always_tell_the_same(
    store: Store, contents: list[dict[str, str | None]], today: dict[str, str | None],
    just_before: dict[str, str | None] | None,
) -> None:  # fmt: skip
    """Whatever is published: each version is the one before with its differences, and a figure's history says just that."""
    with store.engine.begin() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM publication").scalar_one()
    key = f"Q{count}"
    for number, content in enumerate(contents):
        put(store, content, "改" if number else "", key, event="接收", before=just_before)
    found = versions(store, key)
    assert [each.version for each in found] == list(range(1, len(contents) + 1))
    assert [dict(each.content) for each in found] == contents
    running = dict(contents[0])
    for each in found[1:]:
        for change in each.changes:
            assert change.before != change.after and running.get(change.key) == change.before
            running[change.key] = change.after
        assert {k: v for k, v in running.items() if v is not None} == {
            k: v for k, v in each.content.items() if v is not None
        }
    for figure in "abcdef":
        with store.read() as session:
            told = publishing.history_of(session, "quarterly", key, figure, today)
        assert [each.value for each in told] == [content.get(figure) for content in contents] + [
            today.get(figure)
        ]
        assert told[-1].now and not any(each.now for each in told[:-1])
        for before, after in pairwise(told):
            assert (after.change is None) == (before.value == after.value)
            if after.change is not None:
                assert (after.change.before, after.change.after) == (before.value, after.value)
    with store.engine.connect() as connection:
        assert list(publishing.damaged(connection)) == []


# ---------------------------------------------------------------- months


def test_a_month_is_closed_restated_opened_and_closed_again(store: Store) -> None:
    with store.write() as session:
        add(session, "visit", enterprise_id=firm(session), visit_date=date(2024, 5, 8))
        made = restating.close_month(session, MAY, WHO)
    assert (made.number, made.version) == (1, 1) and made.made.content["visit.rows"] == "1"
    assert set(made.made.names) == set(made.made.content)
    with store.write() as session, pytest.raises(Refused) as told:
        restating.restate_month(session, MAY, "没有变化", WHO)
    assert told.value.id == "nothing_changed"
    with store.write() as session:
        # A row that belongs to no month moves a figure of a closed one.
        add(
            session, "issue", enterprise_id=firm(session, "南昌又一家有限公司", None), registered_on=date(2024, 5, 9)
        )  # fmt: skip
        assert [each.key for each in restating.since_published(session, rollup(session, MAY)) if ":" not in each.key][:2] \
            == ["issue.all", "issue.open"]  # fmt: skip
        made_2 = restating.restate_month(session, MAY, "补登记一件问题", WHO)
        assert made_2.version == 2 and "issue.open" in {each.key for each in made_2.changes}
        assert restating.since_published(session, rollup(session, MAY)) == ()
    with store.write() as session:
        restating.reopen_month(session, MAY, "集中更正", WHO)
        assert closing.closing_of(session, MAY) is None
        again = restating.close_month(session, MAY, WHO)
        assert again.version == 4
    with store.read() as session:
        found = closing.closing_of(session, MAY)
        assert found is not None and found.number == 4
        assert [each.kind for each in restating.restatements(session, MAY)] == ["重述", "重开"]
        told_history = restating.month_history(session, rollup(session, MAY), "issue.open")
        assert [(each.event, each.value) for each in told_history] == [
            ("关账", "0"), ("重述", "1"), ("重开", "1"), ("关账", "1"), ("现在", "1"),
        ]  # fmt: skip
        assert published(session, "monthly", MAY)[3].reason == "重开后再次关账（集中更正）"


def test_a_restatement_tells_what_had_moved_before(store: Store) -> None:
    with store.write() as session:
        key = firm(session)
        restating.close_month(session, MAY, WHO)
        add(session, "issue", enterprise_id=key, registered_on=date(2024, 5, 9))
        around = restating.Restating(session, MAY)
        made = around.done("接收", "补报", WHO, unit="u", unit_name="甲", revision=2, batch="")
    assert made.figures and all(each.earlier for each in made.figures)
    assert "（此前已变）" in made.words


# ---------------------------------------------------------------- registers of before

CLOSED = {
    "2024-05": {"at": "2024-06-20T02:00:00+00:00", "by": "刘科长", "figures": {"indicator.1": "56.1", "visit.rows": "3"}},
    "2024-04": {"at": "2024-05-11T02:00:00+00:00", "by": "陈芳", "figures": {"visit.rows": "9"}},
}  # fmt: skip
RESTATED = {
    "2024-05": [
        {
            "period": "2024-05", "kind": "接收", "at": "2024-06-06T02:00:00+00:00", "by": "刘科长", "reason": "漏报", "unit": "360103002",
            "unit_name": "朝阳洲街道", "revision": 2, "batch": "ab" * 16,
            "figures": [{"name": "走访（次）", "before": "1", "after": "2"}],
        },
        {
            "period": "2024-05", "kind": "重开", "at": "2024-06-10T02:00:00+00:00", "by": "刘科长", "reason": "集中更正", "unit": "",
            "unit_name": "", "revision": None, "batch": "", "figures": [],
        },
        {
            "period": "2024-05", "kind": "撤销", "at": "2024-06-21T02:00:00+00:00", "by": "陈芳", "reason": "重复", "unit": "360103002",
            "unit_name": "朝阳洲街道", "revision": 3, "batch": "cd" * 16,
            "figures": [{"name": "走访（次）", "before": "3", "after": "2"}],
        },
    ]
}  # fmt: skip
AUDIT = (
    ("2024-06-05T02:00:00.000001Z", "刘科长", "关账：2024 年 5 月"),
    ("2024-06-20T02:00:00.000001Z", "刘科长", "关账：2024 年 5 月"),
)


def test_closed_months_of_an_old_register_come_along(tmp_path: Path) -> None:
    """As version 4 kept them: settings `closed_months` and `restatements`, and the closings in the audit."""
    source = tmp_path / "old.qqbak"
    source.write_bytes(gzip.decompress(kept(4).read_bytes()))
    old = tmp_path / "plain.db"
    old.write_bytes(source.read_bytes())
    with shut(sqlite3.connect(old)) as raw, raw:
        for key, value in (("closed_months", CLOSED), ("restatements", RESTATED)):
            raw.execute(
                "INSERT INTO setting (key, value) VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False))
            )
        for at, by, note in AUDIT:
            raw.execute(
                "INSERT INTO audit (at, by, action, register, note) VALUES (?, ?, 'close', 'return', ?)",
                (at, by, note),
            )
    restore(tmp_path / "register", old)
    store = open_store(tmp_path / "register")
    try:
        with store.read() as session:
            may = published(session, "monthly", "2024-05")
            assert [(each.number, each.version, each.event, each.day, each.published_by) for each in may] == [
                (2, 1, "关账", "2024-06-05", "刘科长"),
                (3, 2, "接收", "2024-06-06", "刘科长"),
                (4, 3, "重开", "2024-06-10", "刘科长"),
                (5, 4, "关账", "2024-06-20", "刘科长"),
                (6, 5, "撤销", "2024-06-21", "陈芳"),
            ]
            assert [each.content.get("visit.rows") for each in may] == ["1", "2", "2", "3", "2"]
            assert may[1].who == "朝阳洲街道第 2 版" and may[1].cause["batch"] == "ab" * 16
            assert may[3].reason == "重开后再次关账（集中更正）" and may[3].content["indicator.1"] == "56.1"
            assert may[3].names["visit.rows"] == "走访（次）" and "（" in may[3].names["indicator.1"]
            found = closing.closing_of(session, "2024-05")
            assert found is not None and found.number == 5 and found.made.partial
            assert closing.closing_of(session, "2024-04") is not None
            # What the old program did not publish has not changed since.
            assert {each.key for each in restating.since_closing(session, rollup(session, "2024-05"))} <= {
                "indicator.1", "visit.rows",
            }  # fmt: skip
            assert (
                session.execute(
                    text("SELECT count(*) FROM setting WHERE key IN ('closed_months', 'restatements')")
                ).scalar()
                == 0
            )
        with store.engine.connect() as connection:
            assert list(publishing.damaged(connection)) == []
        with store.write() as session:
            made = restating.restate_month(session, "2024-04", "按新版重新公布", WHO)
            assert [each.key for each in made.changes] == ["visit.rows"] and len(made.content) > 20
    finally:
        store.close()
