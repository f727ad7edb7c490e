"""上云 by channel where one operator was merged into another: everything of both stands with the successor."""

from __future__ import annotations

from datetime import date

from db import cloud_counting, cloud_views, local_units, totals
from db.analysis_growth import cloud_growth
from db.figures import figures_of
from db.lists import ListQuery, count
from db.periods import Period
from db.rollup import rollup
from db.sources import rows_of, source_of
from db.store import Actor, Store
from tests.db.fixtures import CODES, cloud, firm

DISTRICT = Actor("qszjj", "李明", "supervisor")
APRIL, MAY, TODAY = Period("2024-04"), Period("2024-05"), date(2024, 5, 24)


def test_a_merged_carrier_counts_with_its_successor_from_then_on(store: Store) -> None:
    with store.write() as session:
        both = firm(session, code=CODES[0])
        cloud(session, both, provider_org="xhyd", cloud_on=date(2023, 4, 21))
        cloud(session, both, provider_org="xhdx", cloud_on=date(2024, 1, 8))
        cloud(
            session,
            firm(session, name="南昌乙科技有限公司", code=CODES[1]),
            provider_org="xhdx",
            cloud_on=date(2024, 2, 1),
        )
        cloud_counting.recount(session, today=TODAY)
        local_units.merge(session, "xhdx", "xhyd", "2024-05", DISTRICT)
    with store.read() as session:
        april, may = (totals.clouds(session, month, 2022) for month in (APRIL, MAY))
        assert {each.code: (each.rows, each.counted) for each in april.providers} == {
            "xhyd": (1, 1), "xhdx": (2, 1),
        }  # fmt: skip
        assert {each.code: (each.rows, each.counted) for each in may.providers} == {"xhyd": (3, 2)}
        for month in (APRIL, MAY):
            shown = {
                key: each
                for key, each in figures_of(rollup(session, month)).items()
                if key.startswith("cloud.provider")
            }
            assert shown
            for key, each in shown.items():
                rows = list(rows_of(session, str(month), key))
                assert source_of(session, str(month), key).count == len(rows) == each.value
        growth = cloud_growth(session, MAY)
        (channel,) = growth.channels
        assert (channel.code, channel.counted[-1], channel.duplicates[-1]) == ("xhyd", 2, 1)
        # A month before the merger: the picture takes both together, and so does the list behind it.
        place = growth.months.index(Period("2024-01"))
        behind = growth.rows(channel, place)
        assert channel.counted[place] == 1 and behind.register == "cloud"
        assert count(session, ListQuery("cloud", dict(behind.filters))) == 2, (
            "the list itself is of all months"
        )
        compared = cloud_views.compare(session, MAY, TODAY)
        (only,) = compared.operators
        assert (only.code, only.members, only.rows, only.firms, only.provable, only.shared) == (
            "xhyd", ("xhyd", "xhdx"), 3, 2, 2, 0,
        )  # fmt: skip
        assert len(cloud_views.compare(session, APRIL, TODAY).operators) == 2
        # A firm that both proved is no dispute any more.
        assert [len(cloud_views.conflicts(session, day)) for day in (date(2024, 4, 30), TODAY)] == [1, 0]
