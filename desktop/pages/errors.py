"""What a page says of a job that failed. What a person can do nothing about goes on to the error report."""

from __future__ import annotations

from db.errors import KnownError


def words_of(error: Exception) -> tuple[str, str]:
    """Message and hint of something a person can do something about; anything else is raised again."""
    if isinstance(error, KnownError):
        return error.message, error.hint
    raise error
