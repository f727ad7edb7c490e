"""Moves the closed months and restatements of old registers from the settings into the publications (0005)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from db.publishing import digest_of
from db.types import new_key

_NAMES = {
    "visit.rows": "走访（次）",
    "visit.enterprises": "走访企业（家）",
    "cloud.counted": "计入的上云企业（家）",
    "issue.open": "未办结问题（件）",
    "issue.overdue": "超期问题（件）",
    "issue.written_off": "已销号问题（件）",
    "coverage.received": "已报单位（个）",
}
_INSERT = text(
    "INSERT INTO publication (id, number, kind, key, version, event, title, reason, cause, content, names, changes,"
    " digest, published_at, published_by) VALUES (:id, :number, :kind, :key, :version, :event, :title, :reason,"
    " :cause, :content, :names, :changes, :digest, :published_at, :published_by)"
)


def move_closed_months(connection: Connection) -> None:
    """Every closing and every restatement becomes a version, in the order they happened.

    Of a month that was opened again the old program kept no figures: of its first closing only those are known that
    a restatement changed.
    """
    closed = _setting(connection, "closed_months") or {}
    restated = _setting(connection, "restatements") or {}
    names = _NAMES | {
        f"indicator.{no}": f"{name}（{unit}）"
        for no, name, unit in connection.execute(text("SELECT no, name, unit FROM indicator"))
    }
    keys = {name: key for key, name in names.items()}
    audits = connection.execute(
        text("SELECT at, by, note FROM audit WHERE action = 'close' ORDER BY seq")
    ).all()
    events: list[tuple[datetime, str, dict[str, Any]]] = []
    for month in {*closed, *restated}:
        said = f"关账：{int(month[:4])} 年 {int(month[5:])} 月"
        times = [(_moment(at), by) for at, by, note in audits if note == said]
        if month in closed:
            at, by = _moment(closed[month]["at"]), closed[month]["by"]
            times = [*times[:-1], (at, by)]
        elif not times:
            first = restated[month][0]
            times = [(_moment(first["at"]), first["by"])]
        for place, (at, by) in enumerate(times):
            last = month in closed and place == len(times) - 1
            figures = (closed[month].get("figures") or {}) if last else None
            events.append((at, month, {"kind": "关账", "by": by, "content": figures}))
        events += [(_moment(each["at"]), month, each) for each in restated.get(month, ())]
    # A closing comes before what was restated in the same moment.
    events.sort(key=lambda each: (each[0], each[2]["kind"] != "关账"))
    now: dict[str, dict[str, Any]] = {}
    versions: dict[str, int] = {}
    reasons: dict[str, str] = {}
    for number, (at, month, event) in enumerate(events, 1):
        version = versions[month] = versions.get(month, 0) + 1
        before = now.get(month)
        content, changes = _content(event, before, restated.get(month, ()), names, keys)
        now[month] = content
        row: dict[str, Any] = {
            "number": number, "kind": "monthly", "key": month, "version": version, "event": event["kind"],
            "title": f"{int(month[:4])} 年 {int(month[5:])} 月月调度",
            "reason": event.get("reason") or (f"重开后再次关账（{reasons[month]}）" if month in reasons else None),
            "cause": _cause(event), "content": content, "names": {key: names.get(key, key) for key in content},
            "changes": changes if version > 1 else None, "published_at": at, "published_by": event["by"],
        }  # fmt: skip
        reasons[month] = event.get("reason") or ""
        row["digest"] = digest_of(row)
        stored = {
            name: _json(value) if name in ("cause", "content", "names", "changes") else value
            for name, value in row.items()
        }
        stored |= {"id": new_key().bytes, "published_at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        connection.execute(_INSERT, stored)
    connection.execute(text("DELETE FROM setting WHERE key IN ('closed_months', 'restatements')"))


def _content(
    event: Mapping[str, Any], before: Mapping[str, Any] | None, later: Any, names: Mapping[str, str],
    keys: Mapping[str, str],
) -> tuple[dict[str, Any], list[list[Any]]]:  # fmt: skip
    """The figures that hold after an event, and what it changed."""
    if event["kind"] == "关账":
        figures = event["content"]
        if figures is None:
            figures = dict(before or {})
            for each in later if before is None else ():
                for moved in each.get("figures", ()):
                    if moved["name"] in keys:
                        figures.setdefault(keys[moved["name"]], moved["before"])
        held = before or {}
        found = [
            [key, names.get(key, key), held.get(key), figures.get(key), False]
            for key in {**figures, **held}
            if held.get(key) != figures.get(key)
        ]
        return dict(figures), found
    content, changes = dict(before or {}), []
    for moved in event.get("figures", ()):
        key = keys.get(moved["name"], "")
        if key:
            content[key] = moved["after"]
        changes.append([key, moved["name"], moved["before"], moved["after"], False])
    return content, changes


def _cause(event: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: event[name] for name in ("unit", "unit_name", "revision", "batch") if event.get(name)}
    return {**named, "partial": True}


def _setting(connection: Connection, key: str) -> Any:
    stored = connection.execute(text("SELECT value FROM setting WHERE key = :key"), {"key": key}).scalar()
    return None if stored is None else json.loads(stored)


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
