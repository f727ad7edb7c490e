"""One file per page of the navigation. `specs` is the list the window is built from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop.page import CLERK, SUPERVISOR, Page, PageSpec
from desktop.pages.cloud import CloudPage
from desktop.pages.enterprises import EnterprisesPage
from desktop.pages.issues import IssuesPage
from desktop.pages.nurture import NurturePage
from desktop.pages.visits import VisitsPage

BOTH = frozenset({CLERK, SUPERVISOR})


def spec(page: type[Page], roles: frozenset[str] = BOTH, group: int = 0) -> PageSpec:
    """The entry of a page that names itself."""
    make: Callable[[Any], Page] = page
    return PageSpec(page.key, page.word, page.icon, group, roles, make)


def specs(context: Any) -> list[PageSpec]:
    """All pages; the window shows those of the role, in the order of the navigation."""
    return [spec(page) for page in (EnterprisesPage, VisitsPage, IssuesPage, CloudPage, NurturePage)]
