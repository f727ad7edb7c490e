"""`qianqi`: the command line. Without a command it opens the window. What a command does is in actions/."""

from __future__ import annotations

import sys

from desktop.commands.window import open_window


def main() -> None:
    """The entry point. The window is shown before anything of the command line is imported."""
    _speak_utf8()
    if len(sys.argv) == 1:
        sys.exit(open_window())
    from desktop.commands.all import qianqi

    qianqi.main()


def _speak_utf8() -> None:
    """What is piped to a program is UTF-8 everywhere; a console that cannot show a character shows “?”."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()
