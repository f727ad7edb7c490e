"""Every colour and every measure of the windows, in one light and one dark table. No Qt objects, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass

TEXT_SIZES = (13, 14, 16)
DEFAULT_TEXT = 14

# The words people read beside a colour, and the colour's name here.
STATE_OF_WORD = {"正常": "ok", "关注": "watch", "预警": "alarm"}
_STATE_ALIASES = {"error": "alarm", "warning": "watch", "": "neutral"}
STATES = ("ok", "watch", "alarm", "neutral", "info")


@dataclass(frozen=True)
class Tone:
    """One state: text on its soft ground, and the full colour for bars and lines."""

    text: str
    soft: str
    full: str


@dataclass(frozen=True)
class Palette:
    """Colours as #RRGGBB. Text colours reach 4.5:1 on every ground they are used on (see the contrast test)."""

    ground: str
    card: str
    side: str
    header: str
    field: str
    search: str
    line: str
    edge: str
    edge_hover: str
    text: str
    text2: str
    text3: str
    disabled: str
    action: str
    action_hover: str
    action_down: str
    on_action: str
    accent: str
    select: str
    hover: str
    track: str
    forecast: str
    tick: str
    ghost: str
    glow: str
    shadow: str
    tip: str
    on_tip: str
    tones: dict[str, Tone]

    def tone(self, state: str) -> Tone:
        """The tone of a state; severities (error, warning) are accepted, anything unknown is neutral."""
        state = _STATE_ALIASES.get(state, state)
        return self.tones.get(state, self.tones["neutral"])


LIGHT = Palette(
    ground="#F6F8FB",
    card="#FFFFFF",
    side="#FFFFFF",
    header="#FAFBFD",
    field="#FFFFFF",
    search="#F4F6F9",
    line="#E3E8EF",
    edge="#C9D1DC",
    edge_hover="#9AA6B6",
    text="#1B2430",
    text2="#5B6675",
    text3="#667182",
    disabled="#98A2B0",
    action="#1F5FBF",
    action_hover="#1A53A8",
    action_down="#164790",
    on_action="#FFFFFF",
    accent="#1F5FBF",
    select="#E8F0FC",
    hover="#F2F5F9",
    track="#EDF1F6",
    forecast="#C9DBF4",
    tick="#1B2430",
    ghost="#B3BDCB",
    glow="#D6E4F8",
    shadow="#1B2430",
    tip="#1B2430",
    on_tip="#FFFFFF",
    tones={
        "ok": Tone("#17704A", "#E2F4EB", "#1F8A5B"),
        "watch": Tone("#8A5A12", "#FCF1DC", "#B7791F"),
        "alarm": Tone("#B03226", "#FDE8E5", "#C0392B"),
        "neutral": Tone("#56606F", "#EDF1F6", "#8490A0"),
        "info": Tone("#1B55AC", "#E8F0FC", "#1F5FBF"),
    },
)

DARK = Palette(
    ground="#11161D",
    card="#1A212B",
    side="#151B23",
    header="#1E2631",
    field="#141A22",
    search="#1E2631",
    line="#2B3542",
    edge="#3D4958",
    edge_hover="#5D6B7D",
    text="#E7ECF2",
    text2="#A7B2C0",
    text3="#93A0B0",
    disabled="#66727F",
    action="#2B68C6",
    action_hover="#3070CC",
    action_down="#235AAF",
    on_action="#FFFFFF",
    accent="#7FB2FF",
    select="#1D3354",
    hover="#222B37",
    track="#2A3441",
    forecast="#2D4A73",
    tick="#F1F5FA",
    ghost="#5A6777",
    glow="#20426F",
    shadow="#000000",
    tip="#E7ECF2",
    on_tip="#11161D",
    tones={
        "ok": Tone("#6FD3A3", "#17372A", "#3BAA78"),
        "watch": Tone("#EDBB62", "#3B2D12", "#D19A3A"),
        "alarm": Tone("#FF9C90", "#45211E", "#E0604F"),
        "neutral": Tone("#B1BBC8", "#2A3441", "#7C8897"),
        "info": Tone("#8DBBFF", "#1D3354", "#4C8CE8"),
    },
)


@dataclass(frozen=True)
class Metrics:
    """Lengths in device-independent pixels. Spaces keep the 8-pixel grid; what holds text grows with the text."""

    text: int = DEFAULT_TEXT

    def px(self, length: float) -> int:
        """A length drawn for 14-pixel text, at the chosen text size."""
        return round(length * self.text / DEFAULT_TEXT)

    @property
    def small(self) -> int:
        return max(12, self.text - 1)

    @property
    def tiny(self) -> int:
        return max(11, self.text - 2)

    @property
    def title(self) -> int:
        return self.px(20)

    @property
    def row(self) -> int:
        return self.px(34)

    @property
    def control(self) -> int:
        """Height of a button or an input."""
        return self.px(34)

    @property
    def nav_width(self) -> int:
        return self.px(168)

    @property
    def nav_narrow(self) -> int:
        """Of a window that is narrower than `narrow`: a small screen at 150 %."""
        return self.px(132)

    @property
    def narrow(self) -> int:
        return self.px(1000)

    @property
    def top_height(self) -> int:
        return self.px(52)

    gap = 8
    pad = 12
    margin = 16
    page_margin = 24
    radius = 6
    card_radius = 8


@dataclass(frozen=True)
class Tokens:
    """The look now in force."""

    palette: Palette
    metrics: Metrics
    dark: bool


def make(dark: bool = False, size: int = DEFAULT_TEXT) -> Tokens:
    """Tokens for a theme and a text size in pixels (11 to 24; the menu offers TEXT_SIZES)."""
    return Tokens(DARK if dark else LIGHT, Metrics(min(24, max(11, size))), dark)


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB after WCAG 2.1, 0 (black) to 1 (white)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours after WCAG 2.1, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_pairs(palette: Palette) -> list[tuple[str, str, str]]:
    """Every (what, text colour, ground colour) the style sheet and the painters combine."""
    p = palette
    pairs = [
        (f"{name} on {ground}", getattr(p, name), getattr(p, ground))
        for name in ("text", "text2")
        for ground in ("ground", "card", "side", "header", "field", "search", "select", "hover")
    ]
    pairs += [
        (f"text3 on {g}", p.text3, getattr(p, g)) for g in ("card", "field", "search", "ground", "side")
    ]
    pairs += [(f"accent on {g}", p.accent, getattr(p, g)) for g in ("card", "side", "select", "ground")]
    pairs += [
        (f"on_action on {g}", p.on_action, getattr(p, g)) for g in ("action", "action_hover", "action_down")
    ]
    pairs += [("tip", p.on_tip, p.tip)]
    for state, tone in p.tones.items():
        pairs += [(f"{state} chip", tone.text, tone.soft)]
        pairs += [
            (f"{state} on {g}", tone.text, getattr(p, g)) for g in ("card", "ground", "field", "select")
        ]
    return pairs
