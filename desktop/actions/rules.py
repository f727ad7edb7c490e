"""What an office sets of the rules: parameters. No Qt here."""

from __future__ import annotations

from typing import Any

from db import cloud_counting, parameters
from db.store import Store

# What is worked out when something is saved and goes by a parameter is worked out anew for all when it changes.
_COUNTS_CLOUD = frozenset({"telecom_words", "cloud_drop_expired"})


def save_parameter(store: Store, name: str, raw: Any) -> Any:
    """Store what was typed for a parameter (None: back to its default) and return the value in force.

    UsageError (“bad_parameter”) for one that will not do.
    """
    with store.write() as session:
        value = parameters.put(session, name, raw, store.actor)
        if name in _COUNTS_CLOUD:
            cloud_counting.recount(session)
    return value
