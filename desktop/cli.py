"""`qianqi`: the command line. Without a command it opens the window. What a command does is in actions/."""

from __future__ import annotations

import sys


def main() -> None:
    """The entry point. The window is shown before anything of the command line is imported."""
    if len(sys.argv) == 1:
        from desktop import app

        sys.exit(app.main())
    from desktop.commands.all import qianqi

    _speak_utf8()
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
