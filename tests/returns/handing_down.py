"""What the tests of 下发 share: a plan that was re-issued, a table, sending and taking."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from db import plan_file, plan_store
from db.special import answers
from db.special.definition import ColumnDef, Definition
from db.store import Store
from returns.handdown import contract
from returns.handdown.apply import apply
from returns.handdown.compose import Order, issue
from returns.handdown.stage import stage
from returns.stage import StagedBatch
from tests.returns.offices import MAY, hash_of

EVERYTHING = tuple(contract.CONTENTS)


def new_plan(change: Callable[[dict[str, Any]], None]) -> plan_file.Plan:
    document = copy.deepcopy(dict(plan_file.default_plan().document))
    change(document)
    return plan_file.read(document)


def raised(document: dict[str, Any]) -> None:
    """The first indicator's last target is raised, a unit comes, an indicator goes."""
    first = document["indicators"][0]
    first["targets"][max(first["targets"])] = "999"
    document["units"].append({**document["units"][-1], "code": "qxsj", "name": "区新设局", "full_name": "区新设局", "aliases": []})  # fmt: skip


def reissue(store: Store, change: Callable[[dict[str, Any]], None] = raised) -> None:
    with store.write() as session:
        plan_store.install(session, new_plan(change))


def table(store: Store, **more: Any) -> Definition:
    columns = (ColumnDef("", "企业", "firm"), ColumnDef("", "面积", "number", "平方米", True))
    made = answers.new_table("楼宇摸底", MAY, columns, due_on=date(2024, 5, 20), **more)
    with store.write() as session:
        answers.keep(session, made, store.actor)
    return made


def send(store: Store, out: Path, *contents: str, **more: Any) -> Path:
    issue(store, Order(contents or EVERYTHING, period=MAY, **more), out)
    return out


def take(store: Store, path: Path, **more: Any) -> StagedBatch:
    (staged,) = stage(store, [path], store.actor)
    assert staged.batch is not None, staged.report.findings
    apply(store, staged.batch, store.actor, **more)
    return staged


def turned_away(store: Store, path: Path) -> str:
    before = hash_of(store)
    (staged,) = stage(store, [path], store.actor)
    assert staged.batch is None and staged.report.outcome == "rejected"
    assert hash_of(store) == before
    return staged.report.findings[0].message


def change_of(store: Store, staged: StagedBatch, part: str) -> list[tuple[str, str]]:
    from desktop.actions.returns import batch_rows

    assert staged.batch is not None
    return [(each.action, each.label) for each in batch_rows(store, staged.batch) if each.register == part]
