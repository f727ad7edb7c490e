"""Writes the workbook that a release leaves to the reading tests: `python -m tests.data.make_return`, once per format."""

from __future__ import annotations

import tempfile
from pathlib import Path

from returns.workbook import FORMAT_VERSION
from tests.returns.offices import STREET, export, open_office, small_month

HERE = Path(__file__).parent


def kept(version: int) -> Path:
    return HERE / f"return_v{version}.xlsx"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        store = open_office(Path(scratch) / "register", STREET)
        small_month(store)
        export(store, kept(FORMAT_VERSION))
        store.close()
    print(kept(FORMAT_VERSION))


if __name__ == "__main__":
    main()
