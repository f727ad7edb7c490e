"""The child process that reads foreign files: asked over a pipe, answers over a pipe, writes nothing, may be killed.

`python -m returns.files.worker`; in the frozen program the executable with --read-files as its only argument.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any, BinaryIO

from db.errors import KnownError, Refused
from returns.files import limits, wire
from returns.files.book import Row, Sheet
from returns.files.draft import settle
from returns.files.parse import Reading, parse
from returns.files.peek import first_rows
from returns.files.refusals import damaged, too_large, without_sheets
from returns.files.telling import Tell, to_nobody

STAY_BELOW = 140 * 1024 * 1024  # a child that ever held more gives its memory back by ending

# The parent holds all rows of a file: those of a large one pressed together, which takes time.
PRESS_BEYOND = 40 * 1024 * 1024
MOST_SENT = 120 * 1024 * 1024


def main() -> None:
    """Answer questions until the other side is gone."""
    inward, outward = _pipes()
    limits.confine()
    while (question := wire.receive(inward)) is not None:
        about = wire.from_json(question[1])
        data = _file(inward)
        if data is None:
            return
        limits.allow_seconds(about["seconds"])
        try:
            _drill(about.get("drill"))
            _answer(outward, data, about["name"], about.get("only", ""), about.get("tell", False))
        except KnownError as refusal:
            _refuse(outward, refusal)
        except MemoryError:
            data = b""
            _refuse(outward, too_large(about["name"]))
        except (BrokenPipeError, KeyboardInterrupt):
            return
        except BaseException as error:
            # Whatever a parser makes of garbage, a Rust panic too (no Exception): the file is at fault.
            if isinstance(error, SystemExit):
                raise
            _refuse(outward, damaged(about["name"]), f"{type(error).__name__}: {error}"[:500])
        outward.flush()
        del data


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent; what a library prints must not get between the frames."""
    inward, outward = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    if sys.platform == "win32":
        import msvcrt

        for pipe in (inward, outward):
            msvcrt.setmode(pipe, os.O_BINARY)
    return os.fdopen(inward, "rb"), os.fdopen(outward, "wb")


def _file(inward: BinaryIO) -> bytes | None:
    """The bytes of the file, sent in pieces; None when the other side is gone."""
    pieces: list[bytes] = []
    while (frame := wire.receive(inward)) is not None:
        if frame[0] == wire.END:
            return b"".join(pieces)
        pieces.append(frame[1])
    return None


def _answer(outward: BinaryIO, data: bytes, name: str, only: str, telling: bool) -> None:
    def told(done: int, total: int, step: str) -> None:
        wire.send(outward, wire.TOLD, wire.to_json([done, total, step]))
        outward.flush()

    tell = Tell(told if telling else to_nobody)
    reading = Reading("", first_rows(data, only)) if only else parse(data, name, tell)
    sent = 0

    def send(rows: list[Row]) -> None:
        nonlocal sent
        piece = wire.pack(rows, press=sent > PRESS_BEYOND)
        sent += len(piece)
        if sent > MOST_SENT:
            raise too_large(name)
        wire.send(outward, wire.ROWS, piece)
        tell.read(len(rows))

    sheets = 0
    for draft in reading.drafts:
        tell.expect(draft.expected)
        settle(draft, send)
        sheets += 1
        wire.send(outward, wire.SHEET, wire.to_json(_as_json(draft.sheet)))
    if not sheets:
        raise without_sheets(name)
    about = {"kind": reading.kind, "notes": list(reading.notes), "stay": _may_stay()}
    wire.send(outward, wire.BOOK, wire.to_json(about))


def _may_stay() -> bool:
    return limits.peak_memory() < STAY_BELOW


def _as_json(sheet: Sheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "hidden": sheet.hidden,
        "height": sheet.height,
        "width": sheet.width,
        "head": sheet.head,
        "tail": sheet.tail,
        "spans": sheet.spans,
        "hidden_rows": sheet.hidden_rows,
        "hidden_columns": sheet.hidden_columns,
        "troubles": [[*place, what] for place, what in sorted(sheet.troubles.items())],
        "notes": list(sheet.notes),
    }


def _refuse(outward: BinaryIO, refusal: KnownError, detail: str = "") -> None:
    rule = refusal.id if isinstance(refusal, Refused) else "damaged_file"
    about = {
        "message": refusal.message,
        "hint": refusal.hint,
        "id": rule,
        "detail": detail,
        "stay": _may_stay(),
    }
    wire.send(outward, wire.NO, wire.to_json(about))
    outward.flush()


def _drill(what: str | None) -> None:
    """For tests of the parent: misbehave as a hostile file would. Only a caller can ask for it, never a file."""
    if what == "sleep":
        time.sleep(60)
    elif what == "spin":
        while True:
            pass
    elif what == "eat":
        eaten = []
        while True:
            eaten.append(bytearray(16 << 20))
    elif what == "abort":
        os.abort()
    elif what == "write":
        with open("written-by-the-reader", "wb", buffering=0) as file:
            file.write(b"x")


if __name__ == "__main__":
    main()
