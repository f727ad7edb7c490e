"""Which Chinese face the windows use, and what to say where there is none. No sizes of single widgets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

FAMILIES = (
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "思源黑体",
    "WenQuanYi Micro Hei",
    "文泉驛微米黑",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "SimHei",
    "SimSun",
    "Droid Sans Fallback",
)

_DEMI = int(QFont.Weight.DemiBold)

# Plain ASCII on purpose: this is what people see when every Chinese character would be an empty box.
NO_CHINESE_FONT = (
    "No Chinese font is installed, so Chinese text shows as empty boxes. "
    "Linux (Debian, UOS, Kylin): run  sudo apt install fonts-wqy-microhei  and start the program again. "
    "Windows: Settings > Apps > Optional features > Add > Chinese (Simplified) Supplemental Fonts. "
    "Your data is safe."
)


@cache
def chinese_families() -> Sequence[str]:
    """Installed families that can write simplified Chinese; ours first, in our order. Asked once: it is slow."""
    installed = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    ours = [name for name in FAMILIES if name in installed]
    return ours + [name for name in installed if name not in ours]


def ui_font(pixels: int, families: Sequence[str] | None = None) -> QFont:
    """The font of the program: the first Chinese face there is, unhinted, at a size in pixels."""
    names = chinese_families() if families is None else list(families)
    font = QFont()
    if names:
        # Two are enough: the face itself and one to fall back on for rare characters.
        font.setFamilies(names[:2])
    font.setPixelSize(pixels)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font


def strong_weight(families: Sequence[str]) -> int:
    """The weight for titles and figures: 600 where the face has it, else 700, which Qt thickens by itself."""
    for name in families[:1]:
        if any(QFontDatabase.weight(name, style) >= _DEMI for style in QFontDatabase.styles(name)):
            return _DEMI
    return int(QFont.Weight.Bold)


def missing_font_warning(families: Sequence[str] | None = None) -> str | None:
    """What to show where no Chinese font is installed, in ASCII; None where all is well."""
    return None if (chinese_families() if families is None else families) else NO_CHINESE_FONT
