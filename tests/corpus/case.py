"""A file of the corpus and what must become of it. How that is proved is in proof.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.returns.ledger.samples import firm

ACCEPTED, PARTIAL, REJECTED = "accepted", "partial", "rejected"
TAKEN = (ACCEPTED, PARTIAL)


@dataclass(frozen=True, slots=True)
class Unread:
    """A field that is empty in the register because what was typed (this text) was not understood."""

    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """Some finding that stands at this row and column (as Excel counts) and says this (a pattern)."""

    row: int
    column: str
    says: str = "."
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Want:
    """What must become of a file. None and () ask nothing.

    `outcome`: any of these. `ids`: a rejected file's reason is one of these. `says`: patterns that must be
    found in what is told, `unsaid` ones that must not. `firms`: by firm, fields with their values
    (“visit.visit_date”; “visit#” is how many records). `aside`: texts in rows that are kept aside. `absent`:
    patterns that no firm's name may match. `kept`: texts that must be found somewhere in the register.
    `days`: no visit is on any other day. `error`: the id of the KnownError that is raised instead of a report.
    """

    outcome: tuple[str, ...] = (ACCEPTED,)
    ids: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    stored: int | None = None
    bad: int | None = None
    told: tuple[Told, ...] = ()
    firms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    aside: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One file: its key, its name on the disk, its bytes, and what is wanted. `options` go to the import."""

    key: str
    file: str
    make: Callable[[], bytes]
    want: Want
    register: str = "visit"
    options: Mapping[str, Any] = field(default_factory=dict)
    dangerous: bool = False  # goes through the command line too, measured


class Corpus(list[Case]):
    """Cases in the order in which they were written down."""

    def add(
        self,
        key: str,
        want: Want,
        *,
        file: str = "台账.xlsx",
        register: str = "visit",
        dangerous: bool = False,
        **options: Any,
    ) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
        """Writes down the decorated maker of a file."""
        assert all(each.key != key for each in self), key

        def put(make: Callable[[], bytes]) -> Callable[[], bytes]:
            self.append(Case(key, file, make, want, register, options, dangerous))
            return make

        return put


def refused(*ids: str, says: tuple[str, ...] = ()) -> Want:
    """Rejected, for one of these reasons."""
    return Want(outcome=(REJECTED,), ids=ids, says=says)


# ---------------------------------------------------------------- the plain table that everything starts from

A, B, C, D = (firm(number)[0] for number in range(4))
CODES = {firm(number)[0]: firm(number)[1] for number in range(60)}
HEAD = ("企业名称", "统一社会信用代码", "走访日期", "走访干部", "生产经营情况", "备注")


def line(name: str = A, day: Any = "2024-05-08", *more: Any) -> list[Any]:
    """A good row under HEAD."""
    return [name, CODES.get(name), day, "张华、李敏", "订单饱满", *(more or (None,))]


ROWS = (HEAD, line(A), line(B, "2024-05-09"))
