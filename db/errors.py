"""What may go wrong that is not a clerk's mistake. Findings about data live in db/findings.py, not here."""

from __future__ import annotations


class KnownError(Exception):
    """Something a person can do something about: `message` says what happened, `hint` what to do.

    `id` is stable for automation; `exit_code` is what the command line returns
    (1 findings or a refusal, 2 wrong usage, 3 the machine failed).
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "", id: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.id = id

    def __str__(self) -> str:
        return f"{self.message}{self.hint}" if self.hint else self.message


class Refused(KnownError):
    """The action is not allowed as things stand (a closed month, an older revision …)."""


class UsageError(KnownError):
    """The request itself is wrong (an unknown unit code, a period that is no month …)."""

    exit_code = 2


class MachineError(KnownError):
    """The computer cannot do it (disk full, folder read-only, file locked, damaged database …)."""

    exit_code = 3


class StaleRecord(Refused):
    """Someone saved the record in between; `theirs` holds what is stored now."""

    def __init__(self, message: str, theirs: dict[str, object]) -> None:
        super().__init__(message, "请对照两个版本后再保存。", "stale_record")
        self.theirs = theirs


class BugError(Exception):
    """We are wrong. The window keeps the draft and shows the report."""
