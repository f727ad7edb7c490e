"""Starting the program over 50,000 enterprises, against an empty QMainWindow painted by the same interpreter.

start_program.py prints “painted” after the first paint, “ready” when 本月 is filled and takes keys, and “open” when the
register is open and 本月 was read from it again; the clock runs here, from the start of the process. “ready” may show
what the program left behind at its last end, so “open” stands in the table too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tests.benchmarks.big import big_store
from tests.benchmarks.figure import Figure

ROOT = Path(__file__).parents[2]
EMPTY = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print("painted", flush=True)
        QTimer.singleShot(0, app.quit)
app = QApplication([])
window = Window()
window.resize(1366, 768)
window.show()
app.exec()
"""

# As the empty one: neither is compiled or looked up by `-m` first.
OURS = "import sys; from tests.benchmarks.start_program import main; main(sys.argv[1], '--keep' in sys.argv)"


def figures(quick: bool) -> list[Figure]:
    store = big_store(5_000, 10_000) if quick else big_store(50_000, 100_000)
    root = store.folder.root
    store.close()
    empty: list[float] = []
    painted: list[float] = []
    ready: list[float] = []
    opened: list[float] = []
    program = [sys.executable, "-c", OURS, str(root)]
    _moments([*program, "--keep"])  # as the program leaves it; also reads everything from the disk once
    for turn in range(3 if quick else 10):
        floor = _moments([sys.executable, "-c", EMPTY])
        ours = _moments(program)
        if turn == 0:
            continue
        empty.append(floor["painted"])
        painted.append(ours["painted"])
        ready.append(ours["ready"])
        opened.append(ours["open"])
    name = "空 QMainWindow 首次绘制"
    return [
        Figure("启动：首次绘制", median(painted), name, median(empty), 2.0),
        Figure("启动：“本月”可用", median(ready), name, median(empty), 4.0),
        Figure("启动：台账打开、“本月”更新", median(opened), name, median(empty), None),
    ]


def _moments(command: list[str]) -> dict[str, float]:
    """Milliseconds from the start of a process to each word it prints. RuntimeError if it fails."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        found: dict[str, float] = {}
        for line in process.stdout:
            found[line.strip()] = (time.perf_counter() - start) * 1000
        said = process.stderr.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[1:4])}: {said.strip()[-2000:]}")
    return found
