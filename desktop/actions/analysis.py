"""分析: read what a tab shows, in one session; pictures as a workbook. Shared by the page and tests; draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import month_figures, settings
from db.analysis_growth import cloud_growth, park_growth
from db.analysis_indicators import bullets, trends
from db.analysis_units import heat
from db.analysis_visits import visit_months
from db.analysis_work import ageing, funnel
from db.cloud_counting import is_due
from db.models import IndicatorUnit
from db.periods import Period
from db.store import Store
from desktop.actions.cloud import catch_up

INDICATORS, TRENDS, UNITS, UPSCALE, ISSUES, CLOUD, PARKS = (
    "indicators", "trends", "units", "upscale", "issues", "cloud", "parks",
)  # fmt: skip
TABS = (
    (INDICATORS, "指标"), (TRENDS, "走势"), (UNITS, "单位"), (UPSCALE, "升规"), (ISSUES, "问题"), (CLOUD, "上云"),
    (PARKS, "园区"),
)  # fmt: skip
NEAR = 12  # candidates close to the line
_COUNTED = (
    INDICATORS,
    TRENDS,
    UNITS,
    CLOUD,
)  # tabs with figures of the cloud, which must be counted by today's rules


@dataclass(frozen=True, slots=True)
class Shown:
    """What a tab shows: its month, whose it is (None: everybody's), the pictures' data by kind (desktop/printing/pictures.py)."""

    tab: str
    period: Period
    unit_code: str | None
    data: Mapping[str, Any] = field(default_factory=dict)


def read_tab(store: Store, tab: str, period: str, unit_code: str | None = None) -> Shown:
    """The figures of one tab. UsageError for a text that is no month, KeyError for a tab that is none."""
    month = Period(period)
    with store.read() as session:
        if tab not in _COUNTED or not is_due(session, settings.today(session)):
            return Shown(tab, month, unit_code, _READ[tab](session, month, unit_code))
    catch_up(store, store.today())
    with store.read() as session:
        return Shown(tab, month, unit_code, _READ[tab](session, month, unit_code))


def first_tab(store: Store, unit_code: str | None) -> str:
    """Where people start: a unit that reports no indicator at its visits."""
    if unit_code is None:
        return INDICATORS
    with store.read() as session:
        mine = session.scalar(
            select(IndicatorUnit.indicator_no).where(IndicatorUnit.unit_code == unit_code).limit(1)
        )
    return UNITS if mine is None else INDICATORS


def read_all(store: Store, period: str, unit_code: str | None = None) -> dict[str, Shown]:
    """Every tab, for the workbook."""
    month = Period(period)
    catch_up(store, store.today())
    with store.read() as session:
        return {
            tab: Shown(tab, month, unit_code, read(session, month, unit_code)) for tab, read in _READ.items()
        }


def write_book(store: Store, period: str, out: Path, unit_code: str | None = None) -> Path:
    """存为工作簿: every picture as a sheet with its figures and a native chart. MachineError when `out` can not be written."""
    from returns.analysis_book import write_analysis  # XlsxWriter: a window need not pay for it

    shown = read_all(store, period, unit_code)
    data = {kind: value for each in shown.values() for kind, value in each.data.items()}
    return write_analysis(data, out, month=Period(period), practice=bool(store.setting("practice", False)))


def _units(session: Session, month: Period, unit_code: str | None) -> dict[str, Any]:
    if unit_code is None:
        return {"heat": heat(session, month)}
    return {"visits": visit_months(session, month, unit_code)}


def _upscale(session: Session, month: Period, unit_code: str | None) -> dict[str, Any]:
    near, reached = month_figures.near_line(session, month, unit_code, NEAR)
    return {"funnel": funnel(session, month, unit_code), "near": near, "reached": reached}


def _issues(session: Session, month: Period, unit_code: str | None) -> dict[str, Any]:
    classes, units = ageing(session, month, unit_code)
    return {"ageing": classes} if unit_code is not None else {"ageing": classes, "ageing_units": units}


_READ: Mapping[str, Callable[[Session, Period, str | None], dict[str, Any]]] = {
    INDICATORS: lambda s, month, unit: {"bullets": bullets(s, month, unit)},
    TRENDS: lambda s, month, unit: {"trends": trends(s, month, unit)},
    UNITS: _units,
    UPSCALE: _upscale,
    ISSUES: _issues,
    CLOUD: lambda s, month, unit: {"cloud": cloud_growth(s, month, unit)},
    PARKS: lambda s, month, unit: {"parks": park_growth(s, month, unit)},
}
