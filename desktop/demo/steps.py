"""The steps of a play: said as they begin, timed, and named when one does not come through. Pictures by number."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from db.errors import KnownError
from desktop.demo.driver import Driver

Say = Callable[[str], object]


class StepFailed(KnownError):
    """A step of the play did not come through; the message names it."""


@dataclass
class Steps:
    """What was done so far. `out` is where pictures and a failure's account go."""

    out: Path
    say: Say
    done: list[dict[str, object]] = field(default_factory=list)
    pictures: list[Path] = field(default_factory=list)
    _broken: list[BaseException] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step. StepFailed, naming it, for whatever goes wrong inside, in the windows' own slots too."""
        self.say(name)
        began = time.monotonic()
        hook, sys.excepthook = sys.excepthook, self._caught
        try:
            yield
            if self._broken:
                raise self._broken[0]
        except StepFailed:
            raise
        except Exception as stuck:
            # What broke in a slot is why the window did not come to what was waited for.
            error = self._broken[0] if self._broken else stuck
            account = self.out / "演示中断.txt"
            account.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
            raise StepFailed(
                f"演示停在“{name}”这一步：{error}", f"详情见“{account}”。", "demo_failed"
            ) from error
        finally:
            sys.excepthook = hook
        self.done.append({"step": name, "seconds": round(time.monotonic() - began, 1)})

    def picture(self, driver: Driver, name: str) -> Path:
        """Keep what the window shows, numbered in the order of the play."""
        path = self.out / "截图" / f"{len(self.pictures) + 1:02d}_{name}.png"
        driver.picture(path)
        self.pictures.append(path)
        return path

    def _caught(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        # PySide hands exceptions of slots here and goes on: the play must not.
        self._broken.append(error)
