"""导入: take a foreign ledger into the register. Shared by the window and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from db.errors import MachineError, UsageError
from db.store import Store
from returns.results import FileReport


def import_ledger(
    store: Store,
    path: Path,
    register: str,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    dry_run: bool = False,
    day: date | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> FileReport:
    """Import one file; what `qianqi import --json` prints for it. See returns.ledger for what becomes of a row."""
    from returns import ledger  # rapidfuzz and the reader: not before someone imports

    return ledger.import_ledger(
        store,
        path,
        register,
        sheet=sheet,
        mapping=mapping,
        dry_run=dry_run,
        day=day,
        progress=progress,
        cancelled=cancelled,
    )


def read_mapping(path: Path) -> dict[str, str | None]:
    """A --map file: {header or column letter: field}, null to leave a column out. UsageError if it is not that."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise UsageError(f"找不到列对照文件“{path}”。", "请检查路径。", "no_such_file") from error
    except OSError as error:
        raise MachineError(f"列对照文件“{path}”读不出来。", "请检查文件权限。", "file_unreadable") from error
    except ValueError as error:
        raise UsageError(f"列对照文件“{path.name}”不是有效的 JSON。", _SHAPE, "bad_map") from error
    if not isinstance(data, dict) or not all(
        value is None or isinstance(value, str) for value in data.values()
    ):
        raise UsageError(f"列对照文件“{path.name}”的内容不对。", _SHAPE, "bad_map")
    return data


_SHAPE = '写法如：{"走访时间": "visit_date", "备注": null}。'
