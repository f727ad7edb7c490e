"""The files of one call: folders are opened, lock files and repeated files left out, and each of these is said.

What is inside a file is found out in stage.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from db.findings import Finding, Severity
from returns import files, results
from returns.digests import file_digest
from returns.results import FileReport
from returns.situations import Situation

WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(slots=True)
class Given:
    """`files`: to be read, each once. `left_out`: told, not read. `told`: what to know about files that are read."""

    files: list[Path] = field(default_factory=list)
    left_out: list[FileReport] = field(default_factory=list)
    told: dict[Path, Situation] = field(default_factory=dict)

    def about(self, path: Path, report: FileReport) -> FileReport:
        """The report of a file with what its neighbours say of it."""
        said = self.told.get(path)
        if said is None:
            return report
        return report.but(warnings=(*report.warnings, said.words), situations=(*report.situations, said))


def gather(paths: Iterable[Path]) -> Given:
    """What to read of the paths of one call, in their order; the workbooks directly in folders among them."""
    found = Given()
    wanted: list[Path] = []
    for path in dict.fromkeys(Path(each) for each in paths):
        wanted += _inside(path, found) if path.is_dir() else [path]
    seen: dict[Path, Path] = {}
    locks: list[Path] = []
    for path in wanted:
        place = path.absolute()
        if _locked_name(path):
            locks.append(path)
        elif place not in seen:
            seen[place] = path
            found.files.append(path)
    _drop_twins(found)
    for path in locks:
        found.left_out.append(_lock_file(path, {each.absolute() for each in found.files}))
    for path in found.files:
        if any((path.parent / name).exists() for name in (f"~${path.name}", f".~lock.{path.name}#")):
            found.told[path] = Situation(
                "open_elsewhere",
                f"“{path.name}”正在 Excel、WPS 或 LibreOffice 里打开，读到的是上次保存的内容。",
                "如果还在修改，请保存并关闭后再读一次。",
            )
    return found


def _inside(folder: Path, found: Given) -> list[Path]:
    names = sorted(
        each
        for each in folder.iterdir()
        if each.is_file() and each.suffix.lower() in WORKBOOKS and not _locked_name(each)
    )
    if not names:
        message = f"文件夹“{folder.name}”里没有回报文件（扩展名为 .xlsx 的工作簿）。"
        found.left_out.append(
            _left(folder, results.REJECTED, "empty_folder", message, "请选放着回报的那一层。")
        )
    return names


def _locked_name(path: Path) -> str:
    """The workbook that a lock file stands for, "" for any other file."""
    if path.name.startswith("~$"):
        return path.name[2:]
    if path.name.startswith(".~lock.") and path.name.endswith("#"):
        return path.name[7:-1]
    return ""


def _lock_file(path: Path, read: set[Path]) -> FileReport:
    workbook = path.absolute().parent / _locked_name(path)
    if workbook in read:
        return _left(
            path, results.ACCEPTED, "lock_file", f"“{path.name}”是打开工作簿时的临时锁文件，已跳过。", ""
        )
    return _left(
        path, results.REJECTED, "lock_file", f"“{path.name}”是打开工作簿时的临时锁文件，不是回报。",
        f"请选“{workbook.name}”。",
    )  # fmt: skip


def _drop_twins(found: Given) -> None:
    """The same bytes under another name are read once."""
    sizes: dict[int, list[Path]] = {}
    for path in found.files:
        try:
            sizes.setdefault(path.stat().st_size, []).append(path)
        except OSError:
            continue  # it will be said when it is read
    first: dict[str, Path] = {}
    for alike in sizes.values():
        for path in alike if len(alike) > 1 else ():
            if not files.may_be_held(path):
                continue
            try:
                digest = file_digest(path.read_bytes())
            except OSError:
                continue
            kept = first.setdefault(digest, path)
            if kept is not path:
                found.files.remove(path)
                message = f"“{path.name}”与“{kept.name}”是同一份文件，只读一次。"
                found.left_out.append(_left(path, results.ACCEPTED, "given_twice", message, ""))


def _left(path: Path, outcome: str, case: str, message: str, todo: str) -> FileReport:
    told = Situation(case, message, todo, "asks" if outcome == results.REJECTED else "warned")
    if outcome == results.REJECTED:
        finding = Finding("RET-002", Severity.ERROR, told.words)
        return FileReport(path.name, outcome, findings=(finding,), situations=(told,))
    return FileReport(path.name, outcome, warnings=(told.words,), situations=(told,))
