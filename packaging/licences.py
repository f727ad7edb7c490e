"""Writes the licences of everything inside the frozen program: licences.py BUNDLE OUT.

OUT/copyright names each part, its version and terms; beside it lie the texts. Run by build.sh, not shipped.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from PyInstaller.archive.readers import CArchiveReader

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
COMMON = Path("/usr/share/common-licenses")
LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)


def parts_of(bundle: Path) -> dict[str, Distribution]:
    """Each distribution that the program asks for, with all it needs at run time on this machine, by name.

    What is asked for is read from the project's own file: the metadata of an editable install is as old as that.
    """
    seen: dict[str, Distribution] = {}
    waiting = list(tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"])
    while waiting:
        requirement = Requirement(waiting.pop())
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found = distribution(requirement.name)
            if found.name.lower() not in seen:
                seen[found.name.lower()] = found
                waiting += found.requires or []
    unnamed = frozen_from(bundle) - set(seen) - {"qianqi"}
    if unnamed:
        raise SystemExit(f"in the bundle, but nobody asks for it: {', '.join(sorted(unnamed))}")
    return seen


def frozen_from(bundle: Path) -> set[str]:
    """Names of the distributions whose modules lie in the bundle."""
    modules = CArchiveReader(str(bundle / "qianqi")).open_embedded_archive("PYZ.pyz").toc
    tops = {name.partition(".")[0] for name in modules}
    tops |= {path.name.partition(".")[0] for path in (bundle / "_internal").iterdir()}
    owners = packages_distributions()
    return {owner.lower() for top in tops for owner in owners.get(top, ())}


def terms(found: Distribution) -> str:
    """The licence a distribution claims, by the most exact of the three places it may stand in."""
    metadata = found.metadata
    classifiers = [
        line.split("::")[-1].strip()
        for line in metadata.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    claims = (metadata.get("License-Expression"), metadata.get("License"), "; ".join(classifiers))
    claim = next((claim for claim in claims if claim), None)
    if claim is None:
        raise SystemExit(f"{found.name} names no licence: look it up before shipping it")
    return claim.splitlines()[0]


def texts(found: Distribution) -> list[Path]:
    """Licence files that came with a distribution."""
    files = [file for file in found.files or [] if ".dist-info" in str(file)]
    return [Path(str(file.locate())) for file in files if LICENCE_FILE.search(file.name)]


def system_packages(bundle: Path) -> dict[str, Path]:
    """Debian package → copyright file, for every library taken from the build machine's system."""
    found: dict[str, Path] = {}
    for library in sorted((bundle / "_internal").glob("*.so*")):
        answer = subprocess.run(
            ["dpkg", "-S", f"*/{library.name}"], capture_output=True, text=True, check=False
        ).stdout
        if answer and not library.is_symlink():
            package = answer.split(":")[0]
            found[package] = Path("/usr/share/doc", package, "copyright")
    return found


def main(bundle: Path, out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    lines = ["千企台账所含第三方组件及其许可 / Third-party parts of this program and their terms", ""]
    parts = parts_of(bundle)
    for found in sorted(parts.values(), key=lambda part: part.name.lower()):
        lines.append(f"{found.name} {found.version}: {terms(found)}")
        for text in texts(found):
            folder = out / found.name
            folder.mkdir(exist_ok=True)
            shutil.copyfile(text, folder / text.name)
    lines.append(f"Python {platform.python_version()}: PSF-2.0")
    lines.append("PyInstaller bootloader: GPL-2.0-or-later WITH Bootloader-exception")
    for package, text in system_packages(bundle).items():
        lines.append(f"{package}: see {package}/copyright")
        if text.exists():
            (out / package).mkdir(exist_ok=True)
            shutil.copyfile(text, out / package / "copyright")
    for name in ("GPL-2", "GPL-3", "LGPL-2.1", "LGPL-3", "Apache-2.0"):
        shutil.copyfile(COMMON / name, out / name)
    lines += [
        "",
        "Qt 与 PySide6 按 LGPL-3.0 使用，以独立的动态库形式放在 _internal/PySide6，可自行替换为修改后的版本。",
        "Qt and PySide6 are used under LGPL-3.0, as separate shared libraries in _internal/PySide6 that may be",
        "replaced by modified ones. Texts of the licences lie beside this file.",
    ]
    (out / "copyright").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
