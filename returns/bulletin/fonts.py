"""The faces a document asks for by name (GB/T 9704), what stands in where one is not installed, and their table in the file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

TITLE, TEXT, HEI, KAI, SONG, LATIN = (
    "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "Times New Roman",
)  # fmt: skip
# Each with the names under which systems have it, then what is used in its place, nearest first.
_SAME = {
    TITLE: ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXBSJW--GB1-0", "方正小标宋_GBK"),
    TEXT: ("仿宋_GB2312", "FangSong_GB2312"),
    HEI: ("黑体", "SimHei"),
    KAI: ("楷体_GB2312", "KaiTi_GB2312"),
    SONG: ("宋体", "SimSun", "NSimSun", "新宋体"),
    LATIN: ("Times New Roman", "Liberation Serif"),
}
_INSTEAD = {
    TITLE: ("华文中宋", "STZhongsong", "宋体", "SimSun"),
    TEXT: ("仿宋", "FangSong", "华文仿宋", "STFangsong"),
    HEI: ("华文黑体", "STHeiti", "微软雅黑", "Microsoft YaHei", "思源黑体", "Noto Sans CJK SC"),
    KAI: ("楷体", "KaiTi", "华文楷体", "STKaiti"),
    SONG: ("华文宋体", "STSong", "思源宋体", "Noto Serif CJK SC"),
    LATIN: (),
}
NONE = "系统自带字体"


@dataclass(frozen=True, slots=True)
class Replaced:
    """A standard face this machine lacks, and the face it shows and prints in its place."""

    wanted: str
    instead: str

    @property
    def words(self) -> str:
        return f"“{self.wanted}”未安装，本机用{self.shown}显示"

    @property
    def shown(self) -> str:
        """What stands in, in words."""
        return f"“{self.instead}”" if self.instead != NONE else NONE


def replaced(installed: Collection[str]) -> tuple[Replaced, ...]:
    """What this machine lacks of the standard faces, by the names of the installed families."""
    known = {name.casefold() for name in installed}
    found = []
    for wanted, names in _SAME.items():
        if any(name.casefold() in known for name in names):
            continue
        instead = next((name for name in _INSTEAD[wanted] if name.casefold() in known), NONE)
        found.append(Replaced(wanted, instead))
    return tuple(found)


def families(face: str) -> tuple[str, ...]:
    """The names to look for on this machine, the standard's own first, then what stands in for it."""
    return (*_SAME[face], *_INSTEAD[face])


def font_table() -> bytes:
    """word/fontTable.xml: each face with the name to try next, so that other machines replace it sensibly."""
    families = {TITLE: "roman", TEXT: "modern", HEI: "modern", KAI: "modern", SONG: "roman", LATIN: "roman"}
    fonts = "".join(
        f'<w:font w:name="{name}">'
        + (f'<w:altName w:val="{_INSTEAD[name][0]}"/>' if _INSTEAD[name] else "")
        + f'<w:charset w:val="{"00" if name == LATIN else "86"}"/><w:family w:val="{family}"/></w:font>'
        for name, family in families.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"{fonts}</w:fonts>"
    ).encode()
