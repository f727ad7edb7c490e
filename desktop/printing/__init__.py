"""Paper: what is printed (blocks), how it falls onto pages (flow), how pages are drawn, and the page that shows them.

Any page prints with `ask(widget, context, make)`; `make(progress, cancelled)` reads and makes up the document aside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.context import AppContext
    from desktop.printing.blocks import Document

Make = Callable[[Any, Any], "Document"]  # (progress, cancelled), as jobs hand them out


def ask(widget: QWidget, context: AppContext, make: Make) -> None:
    """Make up a document aside and show its pages in the window of `widget`.

    What `make` refuses (KnownError) is said above the page. Nothing is shown where the person went on meanwhile.
    """

    def work(progress: Any, cancelled: Any) -> Any:
        progress(0, 0, "正在读取")
        # Here, on the worker's thread: with the first list these modules would cost a tenth of a second.
        from desktop.printing import flow, preview

        return preview, flow.lay_out(make(progress, cancelled), progress, cancelled)

    def done(found: Any) -> None:
        preview, pages = found
        if widget.isVisible():
            preview.show(widget, context, pages)

    context.jobs.run("print/lay-out", work, title="排版打印稿", on_done=done, owner=widget)
