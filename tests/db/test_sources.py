"""Every figure of a month is followed to its rows, and the rows give the figure back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db import setup
from db.errors import UsageError
from db.figures import Figure, figures_of
from db.lists import count
from db.rollup import rollup
from db.rows_behind import RETURN, columns_of
from db.sources import Source, rows_of, source_of
from db.store import Store
from tests.db.fixtures import cloud, firm

MAY = "2024-05"


def made_of(figure: Figure, source: Source, rows: list[Mapping[str, Any]]) -> Decimal | None:
    """What the rows come to, by the way the source says they count."""
    base = source.base or Decimal(0)
    if source.counts == "rows":
        return base + len(rows)
    if source.counts == "enterprises":
        return base + len({row["enterprise_id"] for row in rows if row["enterprise_id"] is not None})
    column = figure.key.partition(":")[0].rpartition(".")[2] if figure.key.startswith("park.") else "value"
    values = [row[column] for row in rows if row[column] is not None]
    if source.counts == "sum":
        return sum(values, base) if values else None
    assert source.counts in ("value", "ratio"), source
    assert len(values) <= 1, figure
    return Decimal(values[0]) if values else None


def test_the_rows_of_every_figure_give_the_figure_back(practice_may: Store) -> None:
    with practice_may.read() as session:
        figures = figures_of(rollup(session, MAY))
        groups = {key.partition(".")[0] for key in figures}
        assert groups >= {
            "indicator",
            "visit",
            "issue",
            "cloud",
            "nurture",
            "project",
            "park",
            "duty",
            "coverage",
        }
        assert sum(figure.value is not None and figure.value > 0 for figure in figures.values()) > 150
        for key, figure in figures.items():
            source = source_of(session, MAY, key)
            rows = list(rows_of(session, MAY, key))
            assert len(rows) == source.count, key
            assert made_of(figure, source, rows) == figure.value, key
            assert figure.name and figure.scope, key
            assert (source.title, source.scope) == (figure.name, figure.scope), key


def test_a_cloud_record_without_a_channel_is_called_the_same_with_its_rows(store: Store) -> None:
    with store.write() as session:
        cloud(session, firm(session), provider_org=None, cloud_on=date(2024, 5, 8))
    with store.read() as session:
        figure = figures_of(rollup(session, MAY))["cloud.provider.none"]
        source = source_of(session, MAY, figure.key)
    assert figure.name == source.title == "未填渠道计入的上云企业"
    assert figure.scope == source.scope == "由未填渠道报送、计入的企业数"


def test_a_list_opened_with_the_query_shows_the_same_rows(practice_may: Store) -> None:
    with practice_may.read() as session:
        for key in figures_of(rollup(session, MAY)):
            source = source_of(session, MAY, key)
            if source.query is not None:
                assert count(session, source.query) == source.count, key
            else:
                assert source.register == RETURN and key.startswith("coverage."), key


def test_the_columns_named_for_a_register_are_those_the_rows_have(practice_may: Store) -> None:
    with practice_may.read() as session:
        for key, figure in figures_of(rollup(session, MAY)).items():
            if not figure.value:
                continue
            source = source_of(session, MAY, key)
            for row in rows_of(session, MAY, key):
                assert {name for name, _ in columns_of(source.register)} <= set(row), key
                break


def test_a_key_that_is_no_figure_is_refused(practice_may: Store) -> None:
    with practice_may.read() as session:
        for key in (
            "indicator.99",
            "visit.nothing",
            "weather",
            "issue.status.",
            "park.nowhere.firms",
            "coverage.late:qfgw",
        ):
            with pytest.raises(UsageError):
                source_of(session, MAY, key)


def test_a_register_with_nothing_in_it_has_figures_and_no_rows(tmp_path: Path) -> None:
    store = setup.initialise(tmp_path / "empty", "qszjjb", "supervisor")
    with store.read() as session:
        for key, figure in figures_of(rollup(session, MAY)).items():
            source = source_of(session, MAY, key)
            assert source.count == len(list(rows_of(session, MAY, key))), key
            if not key.startswith("coverage."):
                assert not figure.value and source.count == 0, key
    store.close()
