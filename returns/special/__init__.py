"""专项 in a return: one sheet per table, with identity and digests as every sheet has them. The tables are in db/special."""

from returns.special.carry import Carried, asked_for, carried, mark_sent, plan_of, with_firms

__all__ = ["Carried", "asked_for", "carried", "mark_sent", "plan_of", "with_firms"]
