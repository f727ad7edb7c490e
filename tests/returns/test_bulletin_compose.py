"""What stands in a bulletin, block by block: 落款 with a seal, without one and with a stamped signature; turns of the page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.periods import Period
from db.store import Store
from desktop.actions.bulletin import keep_edits, read_desk
from returns.bulletin import layout
from returns.bulletin.compose import STAMP, Block, Imprint, Line, SourceLine, Turn, compose, sign_indents
from returns.bulletin.edit import Edits
from returns.bulletin.model import SEALED, SEALS, SIGNED, UNSEALED, Bulletin

Q2, Q3 = Period("2024-06"), Period("2024-09")


@pytest.fixture(scope="module")
def bulletin(practice_year: Store) -> Bulletin:
    return read_desk(practice_year, Q2).bulletin


def composed(bulletin: Bulletin) -> list[Block]:
    lines = {ref.key: SourceLine(ref.key, ref.name, ref.text, "口径", "", "1行") for ref in bulletin.refs()}
    return compose(bulletin, lines)


def closing(bulletin: Bulletin, seal: str, post: str = "") -> list[Line]:
    """The lines after 附件说明, to the date."""
    found = composed(replace(bulletin, head=replace(bulletin.head, seal=seal, post=post)))
    lines = [each for each in found[: _turn(found)] if isinstance(each, Line)]
    last = max(place for place, each in enumerate(lines) if each.style == layout.LISTED)
    return lines[last + 1 :]


def _turn(found: list[Block]) -> int:
    return next(place for place, each in enumerate(found) if isinstance(each, Turn))


def test_a_seal_has_two_lines_above_the_name_and_the_date_four_from_the_edge(bulletin: Bulletin) -> None:
    lines = closing(bulletin, SEALED)
    assert [each.text for each in lines] == ["", "", bulletin.head.issuer, bulletin.head.date]
    assert (lines[2].right, lines[3].right) == sign_indents(
        bulletin.head.issuer, bulletin.head.date, sealed=True
    )
    assert lines[3].right == 4


def test_without_a_seal_the_name_stands_one_line_below_and_the_date_two_in(bulletin: Bulletin) -> None:
    lines = closing(bulletin, UNSEALED)
    assert [each.text for each in lines] == ["", bulletin.head.issuer, bulletin.head.date]
    assert min(each.right for each in lines[1:]) == 2
    assert (lines[1].right, lines[2].right) == sign_indents(
        bulletin.head.issuer, bulletin.head.date, sealed=False
    )


def test_a_stamped_signature_has_its_post_beside_it_and_no_name_of_the_office(bulletin: Bulletin) -> None:
    lines = closing(bulletin, SIGNED, "主任")
    assert [each.text for each in lines] == ["", "", "主任", "", bulletin.head.date]
    assert (lines[2].right, lines[4].right) == (4 + STAMP + 2, 4)


@pytest.mark.parametrize("seal", SEALS)
def test_the_closing_stays_on_one_page_with_the_end_of_the_text(bulletin: Bulletin, seal: str) -> None:
    found = composed(replace(bulletin, head=replace(bulletin.head, seal=seal)))
    lines = [each for each in found[: _turn(found)] if isinstance(each, Line)]
    text = max(place for place, each in enumerate(lines) if each.style == layout.PLAIN)
    assert all(each.keep for each in lines[text:-1]) and not lines[-1].keep


def test_the_office_says_it_once_for_all_its_bulletins(practice_year: Store) -> None:
    assert read_desk(practice_year, Q3).bulletin.head.seal == SEALED
    keep_edits(practice_year, "2024Q2", Edits(head={"seal": UNSEALED}))
    assert read_desk(practice_year, Q2).bulletin.head.seal == UNSEALED
    assert read_desk(practice_year, Q3).bulletin.head.seal == UNSEALED, "as it was last chosen"
    keep_edits(practice_year, "2024Q3", Edits(head={"seal": SEALED}))
    assert read_desk(practice_year, Q2).bulletin.head.seal == UNSEALED, "what was chosen there stays"
    assert read_desk(practice_year, Period("2024-12")).bulletin.head.seal == SEALED
    for key in ("2024Q2", "2024Q3"):
        keep_edits(practice_year, key, Edits())


def test_what_is_no_way_of_sealing_is_left_aside() -> None:
    kept = Edits.from_json({"head": {"seal": "wax", "post": "主任", "colour": "red"}})
    assert kept.head == {"post": "主任"}


def test_pages_turn_for_the_wide_table_and_back_and_the_imprint_is_last(bulletin: Bulletin) -> None:
    found = composed(bulletin)
    turns = [each.landscape for each in found if isinstance(each, Turn)]
    assert turns == [False, True], "upright before the first, turned round before the second"
    assert isinstance(found[-1], Imprint)
