"""A gentle hint while a card is typed that may be there already, and a word about a firm visited often enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from PySide6.QtWidgets import QWidget

from db.store import Store
from desktop.context import AppContext
from desktop.forms.quick_enterprise import QuickEnterprise
from desktop.forms.side import FollowUpsCard, ResemblingCard
from desktop.forms.view import FormView
from tests.db import fixtures
from tests.desktop.conftest import Hands

On = Callable[[QWidget], Hands]


def card_of(view: FormView) -> ResemblingCard:
    [card] = [each for each in view.cards if isinstance(each, ResemblingCard)]
    return card


def test_a_card_that_may_be_there_is_shown_beside_the_form(context: AppContext, hands: On) -> None:
    view = FormView("enterprise", context)
    person = hands(view)
    view.begin()
    person.settle()
    assert not card_of(view).isVisible()
    view.form.focus("name")
    person.type("南昌云栈网络科技有限责任公司")
    person.enter()
    person.settle(400)
    card = card_of(view)
    assert card.isVisible() and [pair.names[1] for pair in card.pairs] == ["江西云栈网络科技有限公司"]
    assert "去掉地名和组织形式后" in card.pairs[0].why
    opened: list[object] = []
    card.open_asked.connect(lambda register, key: opened.append((register, key)))
    view.form.focus("name")
    view.form.set_value("name", "完全不同的商行")
    view.look()
    person.settle()
    assert not card.isVisible(), "the hint goes with its reason"
    view.put_away()


def test_a_firm_made_inside_a_form_may_be_there_already(
    context: AppContext, hands: On, firms: dict[str, UUID]
) -> None:
    quick = QuickEnterprise(context, "走访")
    person = hands(quick)
    made: list[tuple[object, str]] = []
    quick.made.connect(lambda key, name: made.append((key, name)))
    quick.begin("云栈网络科技（南昌）有限公司")
    person.settle()
    assert quick.known.isVisible() and "江西云栈网络科技有限公司" in quick.known.text.text()
    quick.use.setFocus()
    person.enter()
    assert made == [(firms["云栈"], "江西云栈网络科技有限公司")] and not quick.is_open
    quick.begin("江西没有这家商行")
    person.settle()
    assert not quick.known.isVisible()


def test_a_firm_visited_often_enough_says_so_where_it_is_picked_and_beside_the_form(
    context: AppContext, register: Store, firms: dict[str, UUID], hands: On
) -> None:
    with register.write() as session:
        for day in (2, 6, 8):
            fixtures.add(session, "visit", enterprise_id=firms["云栈"], visit_date=date(2024, 5, day))
        fixtures.add(session, "visit", enterprise_id=firms["数澜"], visit_date=date(2024, 5, 8))
    view = FormView("visit", context)
    person = hands(view)
    view.begin()
    view.form.focus("enterprise_id")
    person.type("云栈")
    person.settle(200)
    picker = view.form.editor("enterprise_id")
    offered = picker.list.items  # type: ignore[attr-defined]
    assert "5 月已走访 3 次" in offered[0].detail
    person.enter()
    person.settle(400)
    [card] = [each for each in view.cards if isinstance(each, FollowUpsCard)]
    assert any("5 月已走访 3 次" in item.text for item in card.items)
    view.put_away()
