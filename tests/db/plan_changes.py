"""Plans that follow one another, for tests: a changed copy put into force, and changes to make."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from db import plan_file, plan_store, settings
from db.store import Store

Document = dict[str, Any]


def reissue(
    store: Store,
    change: Callable[[Document], None],
    from_period: str = "2024-07",
    day: date = date(2024, 7, 10),
) -> plan_file.Plan:
    """Put a changed copy of the plan into force on a day; `change(document)` edits it."""
    with store.write() as session:
        settings.put(session, "practice", True)
        settings.put(session, "practice_today", day.isoformat())
        document = copy.deepcopy(dict(plan_store.as_printed(session).document))
        change(document)
        plan = plan_file.read(document)
        plan_store.install(session, plan, "刘科长", from_period)
    return plan


def drop_twelfth(document: Document) -> None:
    """The plan without indicator 12, wherever it is named."""
    document["indicators"] = [each for each in document["indicators"] if each["no"] != 12]
    for each in document["inconsistencies"]:
        each["indicators"] = [no for no in each.get("indicators", []) if no != 12]
    for target in targets(document):
        if target.get("indicator") == 12:
            target["indicator"] = None


def targets(part: Any) -> Iterator[Document]:
    """The measured targets of a plan document, wherever they are."""
    if isinstance(part, dict):
        if "operator" in part and "frequency" in part:
            yield part
        part = list(part.values())
    for each in part if isinstance(part, list) else ():
        yield from targets(each)
