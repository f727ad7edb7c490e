"""QPalette roles from the tokens, so that Qt's own dialogs agree with the style sheet."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from desktop.style.tokens import Tokens


def qpalette(tokens: Tokens) -> QPalette:
    """A palette for Fusion with our colours in every role and group."""
    p = tokens.palette
    role = QPalette.ColorRole
    colours = {
        role.Window: p.ground,
        role.WindowText: p.text,
        role.Base: p.field,
        role.AlternateBase: p.header,
        role.Text: p.text,
        role.PlaceholderText: p.text3,
        role.Button: p.card,
        role.ButtonText: p.text,
        role.BrightText: p.tone("alarm").text,
        role.Highlight: p.action,
        role.HighlightedText: p.on_action,
        role.Link: p.accent,
        role.LinkVisited: p.accent,
        role.ToolTipBase: p.tip,
        role.ToolTipText: p.on_tip,
        role.Light: p.card,
        role.Midlight: p.hover,
        role.Mid: p.edge,
        role.Dark: p.edge_hover,
        role.Shadow: p.shadow,
        role.Accent: p.action,
    }
    made = QPalette()
    for where, colour in colours.items():
        made.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(p.disabled))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(p.track))
    made.setColor(QPalette.ColorGroup.Disabled, role.HighlightedText, QColor(p.disabled))
    return made
