"""Proves of one file that what is wanted became of it, and what is true of every file: told, kept, undone, repeatable."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from db import setup
from db.errors import KnownError
from db.models import Batch, StagedRow
from db.records import table_of
from db.registers import REGISTERS
from db.store import Store
from desktop.actions.ledger import import_ledger
from returns import receive
from returns.results import FileReport
from tests.corpus.case import CODES, HEAD, REJECTED, A, Case, Told, Unread, Want
from tests.corpus.ooxml import book
from tests.state import state_hash

LONGEST = 60.0  # seconds on the clock of a busy machine; test_process.py measures
STREET = "360103002"
GOOD = book([HEAD, [A, CODES[A], "2024-05-08", "张华", "订单饱满", None]])
_TRACE = re.compile(r"Traceback|\b[A-Z]\w+(?:Error|Exception)\b|line \d+|object at 0x|\bNone\b")


@dataclass
class Office:
    """One street's register that is as it was after every case; made anew if a case left something behind."""

    folder: Path
    number: int = 0
    opened: Store | None = None
    clean: str = ""
    files: set[Path] = field(default_factory=set)

    @property
    def store(self) -> Store:
        if self.opened is None:
            self.number += 1
            self.opened = setup.initialise(
                self.folder / f"register-{self.number}", STREET, "clerk", person="张敏"
            )
            self.clean = self.state()
        return self.opened

    def state(self) -> str:
        assert self.opened is not None
        with self.opened.read() as session:
            return state_hash(session)

    def close(self) -> None:
        if self.opened is not None:
            self.opened.close()
            self.opened = None

    @contextmanager
    def unharmed(self) -> Iterator[Store]:
        """The register, which must be at the end as it was at the beginning."""
        store = self.store
        try:
            yield store
            assert self.state() == self.clean, "the register is not as it was before"
        except BaseException:
            self.close()
            raise


def prove(case: Case, office: Office, folder: Path) -> None:
    """Import the file of a case and hold everything against what is wanted."""
    folder.mkdir(exist_ok=True)
    path = folder / case.file
    data = case.make()
    path.write_bytes(data)
    with office.unharmed() as store:
        started = time.monotonic()
        try:
            report = import_ledger(store, path, case.register, **case.options)
        except KnownError as error:
            assert error.id == case.want.error, f"raised {error.id}: {error}"
            return
        spent = time.monotonic() - started
        try:
            assert not case.want.error, f"came back {report.outcome}"
            assert spent < LONGEST, f"took {spent:.1f} s"
            assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(data).digest()
            assert sorted(each.name for each in folder.iterdir()) == [case.file], "files were left beside it"
            _sound(report)
            wanted(case.want, report, store)
            if report.outcome != REJECTED:
                _repeatable(case, path, store, report)
        finally:
            undo(store, report)
    if report.outcome == REJECTED:
        still_works(office, folder)
    if case.options.get("mapping"):
        office.close()  # which columns a person assigned is remembered, and no part of what an undo takes back


def still_works(office: Office, folder: Path) -> None:
    """After whatever was refused, a good file goes in."""
    path = folder / "好的.xlsx"
    path.write_bytes(GOOD)
    with office.unharmed() as store:
        report = import_ledger(store, path, "visit")
        assert (report.outcome, report.stored) == ("accepted", 1), said(report)
        undo(store, report)


def undo(store: Store, report: FileReport) -> None:
    """Take the report's batch back, if it was applied."""
    if report.batch is None:
        return
    with store.read() as session:
        state = session.scalar(select(Batch.state).where(Batch.id == UUID(report.batch)))
    if state == "applied":
        receive.undo(store, UUID(report.batch), store.actor, backup_first=False)


# ---------------------------------------------------------------- of every file


def said(report: FileReport) -> str:
    return "\n".join([*report.warnings, *(finding.message for finding in report.findings)])


def _sound(report: FileReport) -> None:
    """The figures agree, every sentence is one that a clerk understands, and the report can be printed."""
    assert report.rows_read == report.stored + report.unchanged + report.updated + report.bad, report
    json.dumps(report.as_json(), ensure_ascii=False).encode("utf-8")
    for sentence in [*report.warnings, *(finding.message for finding in report.findings)]:
        assert re.search(r"[\u4e00-\u9fff]", sentence), sentence
        assert not _TRACE.search(sentence), sentence
        assert len(sentence) < 2_000, f"{len(sentence)} characters: {sentence[:200]}"
    errors = [finding for finding in report.findings if finding.severity.value == "error"]
    if report.outcome == REJECTED:
        assert report.stored == report.updated == 0
        assert errors or report.warnings, "refused without a word"
    else:
        assert (report.outcome == "partial") == any(finding.row for finding in errors), said(report)


def _repeatable(case: Case, path: Path, store: Store, first: FileReport) -> None:
    """The same file again adds nothing, and says of its bad rows the same."""
    with store.read() as session:
        before = state_hash(session)
    again = import_ledger(store, path, case.register, **case.options)
    with store.read() as session:
        assert state_hash(session) == before, "the same file again changed the register"
    assert (again.stored, again.updated, again.bad) == (0, 0, first.bad), again
    if again.batch != first.batch:
        undo(store, again)


# ---------------------------------------------------------------- of this file


def wanted(want: Want, report: FileReport, store: Store) -> None:
    told = said(report)
    assert report.outcome in want.outcome, (
        f"{report.outcome}, {report.stored} stored, {report.bad} bad: {told}"
    )
    if report.outcome == REJECTED:
        reasons = {finding.id for finding in report.findings}
        assert not want.ids or reasons & set(want.ids), f"{reasons}: {told}"
    both_ways = len(want.outcome) > 1 and REJECTED in want.outcome and report.outcome == REJECTED
    for pattern in want.says:
        assert re.search(pattern, told, re.IGNORECASE) or both_ways, f"nothing says {pattern}: {told}"
    for pattern in want.unsaid:
        assert not re.search(pattern, told), told
    if report.outcome == REJECTED:
        return
    if want.stored is not None:
        assert report.stored == want.stored, f"{report.stored} stored, {report.bad} bad: {told}"
    if want.bad is not None:
        assert report.bad == want.bad, f"{report.bad} bad: {told}"
    for each in want.told:
        _finding(each, report)
    _records(want, store)
    _kept(want, store, report)


def _finding(wanted: Told, report: FileReport) -> None:
    here = [each for each in report.findings if each.row == wanted.row]
    assert any(
        each.column == wanted.column
        and each.severity.value == wanted.severity
        and re.search(wanted.says, each.message)
        for each in here
    ), (
        f"row {wanted.row}, column {wanted.column}: {[(each.column, each.severity.value, each.message) for each in here]}"
    )


def _records(want: Want, store: Store) -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    with store.read() as session:
        for key in ("enterprise", "visit", "issue", "cloud", "nurture"):
            rows = session.execute(select(table_of(REGISTERS[key]))).mappings()
            found[key] = [dict(row) for row in rows if row["deleted_at"] is None]
    names = {row["id"]: row["name"] for row in found["enterprise"]}
    guessed = {row["visit_date"] for row in found["visit"]} - set(want.days)
    assert not want.days or not guessed, f"visits on {guessed}"
    for pattern in want.absent:
        assert not [name for name in names.values() if name and re.search(pattern, name)], names.values()
    for name, fields in want.firms.items():
        assert name in names.values(), f"{name} is not there, only {list(names.values())[:30]}"
        for path, value in fields.items():
            register, _, column = path.rstrip("#").partition(".")
            rows = [
                row
                for row in found[register]
                if names.get(row["id" if register == "enterprise" else "enterprise_id"]) == name
            ]
            if path.endswith("#"):
                assert len(rows) == value, f"{name}: {len(rows)} × {register}"
            elif isinstance(value, Unread):
                texts = [(row["unparsed"] or {}).get(column) for row in rows]
                assert value.text in texts and all(row[column] is None for row in rows), (
                    f"{name}: {path} {texts} {[row[column] for row in rows]}"
                )
            else:
                assert value in [row[column] for row in rows], (
                    f"{name}: {path} {[row[column] for row in rows]}"
                )


def _kept(want: Want, store: Store, report: FileReport) -> None:
    """What was in the file is in the register: in a field, beside the record, in the side list or with the batch."""
    if not (want.aside or want.kept):
        return
    with store.read() as session:
        staged = session.scalars(select(StagedRow)).all()
        aside = json.dumps([row.values for row in staged if row.action == "bad"], ensure_ascii=False)
        everything = [aside, said(report)]
        everything += [repr((batch.cover, batch.findings)) for batch in session.scalars(select(Batch))]
        for register in REGISTERS.values():
            everything += [repr(tuple(row)) for row in session.execute(select(table_of(register)))]
    whole = "\n".join(everything)
    for text in want.aside:
        assert text in aside, f"{text} is not in the side list: {aside[:2000]}"
    for text in want.kept:
        assert text in whole or repr(text)[1:-1] in whole, f"{text} is nowhere"
