"""The look is on before any widget is made."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from desktop.style import theme


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """Light, 14 pixels: what the measures in these tests are taken at."""
    if theme.tokens().dark or not qapp.styleSheet() or theme.tokens().metrics.text != 14:
        theme.apply(qapp)
