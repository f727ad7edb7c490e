"""The one style sheet: frames, buttons, inputs, navigation. Tables are painted by their delegate instead."""

from __future__ import annotations

from string import Template

from desktop.style.tokens import STATES, Tokens
from resources import path

# Dynamic properties it listens to: card, primary, role, state. Never a widget's own setStyleSheet.
_SHEET = Template("""
QMainWindow, QDialog, QWidget[role="page"], QScrollArea[role="page"] { background: $ground; }
QWidget { color: $text; }
QLabel { background: transparent; }
QFrame[role="line"] { background: $line; border: none; }
QWidget[role="plain"] { background: transparent; }

QFrame[card="true"] { background: $card; border: 1px solid $line; border-radius: ${card_radius}px; }
QFrame[card="flat"] { background: $card; border: none; }
QFrame[role="topbar"] { background: $side; border: none; border-bottom: 1px solid $line; }
QFrame[role="statusbar"] { background: $side; border: none; border-top: 1px solid $line; }
QFrame[role="side"], QScrollArea[role="side"] { background: $side; border: none; border-right: 1px solid $line; }
QFrame[role="sidepanel"] { background: $card; border: 1px solid $line; border-radius: ${card_radius}px; }
QFrame[role="popup"] { background: $card; border: 1px solid $edge; border-radius: ${card_radius}px; }
QFrame[role="box"] { background: $field; border: 1px solid $edge_soft; border-radius: ${radius}px; }
QFrame[role="box"][state="locked"] { background: $header; }

QFrame[role="file"] { background: $header; border: 1px solid $line; border-radius: ${radius}px; }
QFrame[role="file"][state="current"] { background: $select; border-color: $accent; }

QLabel[role="title"] { font-size: ${title}px; font-weight: $strong; }
QLabel[role="heading"] { font-weight: $strong; }
QLabel[role="brand"] { font-size: ${brand}px; font-weight: $strong; }
QLabel[role="figure"] { font-size: ${figure}px; font-weight: $strong; }
QLabel[role="label"] { color: $text2; font-size: ${small}px; }
QLabel[role="muted"] { color: $text2; font-size: ${small}px; }
QLabel[role="help"] { color: $text3; font-size: ${tiny}px; }
QLabel[role="finding"] { font-size: ${tiny}px; }
QLabel[role="fact"] { color: $text2; font-size: ${tiny}px; }
QLabel[role="strong"] { font-weight: $strong; }
QLabel[role="key"] { color: $text2; font-size: ${tiny}px; border: 1px solid $edge_soft; border-radius: 4px;
    padding: 1px 6px; background: $card; }

QPushButton { background: $card; color: $text; border: 1px solid $edge_soft; border-radius: ${radius}px;
    padding: 0 ${button_pad}px; min-height: ${inner}px; }
QPushButton:hover { background: $hover; border-color: $edge; }
QPushButton:pressed { background: $track; }
QPushButton:focus { border: 1px solid $accent; }
QPushButton:disabled { color: $disabled; background: $card; border-color: $line; }
QPushButton[primary="true"] { background: $action; color: $on_action; border: 1px solid $action; font-weight: $strong; }
QPushButton[primary="true"]:hover { background: $action_hover; border-color: $action_hover; }
QPushButton[primary="true"]:pressed { background: $action_down; border-color: $action_down; }
QPushButton[primary="true"]:focus { border: 2px solid $focus_ring; }
QPushButton[primary="true"]:disabled { background: $track; color: $disabled; border-color: $track; }
QPushButton[role="small"] { min-height: ${small_inner}px; padding: 0 12px; font-size: ${small}px; border-radius: 5px; }
QPushButton[role="link"] { border: none; background: transparent; color: $accent; padding: 0 4px;
    min-height: ${small_inner}px; }
QPushButton[role="link"]:hover { text-decoration: underline; background: transparent; }
QPushButton[role="link"]:focus { border: 1px solid $accent; }
QPushButton[role="flat"] { border: 1px solid transparent; background: transparent; padding: 0 6px; }
QPushButton[role="flat"]:hover { background: $hover; border-radius: 4px; }
QPushButton[role="flat"]:focus { border: 1px solid $accent; }
QPushButton[role="small-danger"] { min-height: ${small_inner}px; padding: 0 12px; font-size: ${small}px;
    border-radius: 5px; color: $alarm_text; }
QPushButton[role="danger"] { color: $alarm_text; }
QPushButton[role="danger"]:hover, QPushButton[role="small-danger"]:hover { background: $alarm_soft; border-color: $alarm_full; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 2px; color: $text; }
QToolButton:hover { background: $hover; }
QToolButton:focus { border: 1px solid $accent; }
QToolButton:disabled { color: $disabled; }

QLineEdit, QComboBox, QDateEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit {
    background: $field; color: $text; border: 1px solid $edge; border-radius: ${radius}px; padding: 0 10px;
    selection-background-color: $action; selection-color: $on_action; }
QLineEdit, QComboBox { min-height: ${inner}px; }
QAbstractSpinBox { min-height: ${inner_spin}px; }
QPlainTextEdit, QTextEdit { padding: 6px 7px; }
QLineEdit:hover, QComboBox:hover, QDateEdit:hover, QSpinBox:hover, QPlainTextEdit:hover, QTextEdit:hover {
    border-color: $edge_hover; }
QLineEdit:focus, QComboBox:focus, QDateEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus,
QTextEdit:focus { border: 2px solid $accent; padding-left: 9px; padding-right: 9px; }
QLineEdit:focus, QComboBox:focus { min-height: ${inner_focus}px; }
QPlainTextEdit:focus, QTextEdit:focus { padding: 5px 6px; }
QLineEdit:disabled, QComboBox:disabled, QDateEdit:disabled, QSpinBox:disabled, QPlainTextEdit:disabled,
QTextEdit:disabled, QLineEdit[readOnly="true"], QPlainTextEdit[readOnly="true"] {
    background: $header; color: $text2; border-color: $line; }
QLineEdit[role="search"] { background: $search; border-color: $edge_soft; }
QLineEdit[role="search"]:focus { background: $field; border-color: $accent; }
QLineEdit[role="cell"] { border-radius: 0; border: 2px solid $accent; padding: 0 9px; min-height: 0; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit, QAbstractSpinBox QLineEdit:focus, QComboBox QLineEdit:focus {
    border: none; padding: 0; min-height: 0; background: transparent; }
QComboBox { padding-left: 12px; combobox-popup: 0; }
QComboBox:focus { padding-left: 11px; }
$input_states

QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 26px; subcontrol-position: center right; }
QComboBox::down-arrow, QDateEdit::down-arrow { image: url("$icon_down"); width: 12px; height: 12px; }
QSpinBox::up-button, QSpinBox::down-button { border: none; background: transparent; width: 20px; }
QSpinBox::up-arrow { image: url("$icon_up"); width: 10px; height: 10px; }
QSpinBox::down-arrow { image: url("$icon_down"); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: $card; border: 1px solid $edge;
    border-radius: ${radius}px; padding: 4px; outline: 0; selection-background-color: $select;
    selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: ${item}px; padding: 0 8px; }
QComboBox QAbstractItemView::item:selected { background: $select;
    color: $text; }

QCheckBox, QRadioButton { spacing: 8px; background: transparent; min-height: ${small_inner}px; }
QCheckBox::indicator, QRadioButton::indicator, QTableView::indicator, QTreeView::indicator, QListView::indicator {
    width: 16px; height: 16px; border: 1px solid $edge_hover; background: $field; }
QCheckBox::indicator, QTableView::indicator, QTreeView::indicator, QListView::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; width: 14px; height: 14px; }
QCheckBox::indicator:checked, QTableView::indicator:checked, QTreeView::indicator:checked,
QListView::indicator:checked { background: $action; border-color: $action; image: url("$icon_check"); }
QCheckBox::indicator:indeterminate { background: $action; border-color: $action; image: url("$icon_partial"); }
QRadioButton::indicator:checked { background: $action; border-color: $action; image: url("$icon_dot"); }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line; background: $header; }

QTableView, QTreeView, QListView { background: $card; border: none; outline: 0;
    selection-background-color: $select; selection-color: $text; }
QListView[role="cards"] { background: transparent; }
QFrame[role="boardcolumn"] { background: $header; border: 1px solid $line; border-radius: ${card_radius}px; }
QHeaderView { background: $header; border: none; }
QHeaderView::section { background: $header; color: $text2; font-size: ${small}px; border: none;
    border-bottom: 1px solid $line; padding: 0 ${pad}px; }
QTableCornerButton::section { background: $header; border: none; border-bottom: 1px solid $line; }
QListWidget::item:selected { background: $select; color: $text; }

QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[role="scroll"] { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $edge; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $edge_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $track; border: none; border-radius: 3px; max-height: 6px; min-height: 6px;
    color: transparent; }
QProgressBar::chunk { background: $action; border-radius: 3px; }

QToolTip { background: $tip; color: $on_tip; border: 1px solid $tip; padding: 4px 6px; }
QMenu { background: $card; border: 1px solid $edge; padding: 4px; menu-scrollable: 1; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $select; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $line; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar::tab { background: transparent; color: $text2; padding: 6px 12px; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $accent; border-bottom: 2px solid $accent; font-weight: $strong; }
QTabBar::tab:focus { color: $accent; }
QCalendarWidget QWidget#qt_calendar_navigationbar { background: $header; }
QCalendarWidget QToolButton { color: $text; font-weight: $strong; padding: 4px 8px; }
QCalendarWidget QToolButton::menu-indicator { image: none; }
QCalendarWidget QAbstractItemView { background: $card; selection-background-color: $action;
    selection-color: $on_action; }

QFrame[role="banner"] { border: none; border-radius: ${radius}px; }
$state_rules
""")

_INPUT_STATE = Template("""
QLineEdit[state="$name"], QComboBox[state="$name"], QDateEdit[state="$name"], QSpinBox[state="$name"],
QPlainTextEdit[state="$name"], QTextEdit[state="$name"] { border-color: $full; }
""")
_STATE = Template("""
QLabel[state="$name"] { color: $text; }
QFrame[role="banner"][state="$name"] { background: $soft; }
QFrame[role="banner"][state="$name"] > QLabel { color: $text; }
QProgressBar[state="$name"]::chunk { background: $full; }
""")
# Severities of findings are accepted as states, so that a page may pass one through.
_ALSO = {"alarm": ("alarm", "error"), "watch": ("watch", "warning")}


def style_sheet(tokens: Tokens, strong: int = 600) -> str:
    """The style sheet of the whole application; `strong` is the weight of titles and figures."""
    p, m = tokens.palette, tokens.metrics
    theme = "dark" if tokens.dark else "light"
    inputs, states = [], []
    for state in STATES:
        tone = p.tone(state)
        for name in _ALSO.get(state, (state,)):
            values = {"name": name, "text": tone.text, "soft": tone.soft, "full": tone.full}
            states.append(_STATE.substitute(values))
            if state in _ALSO:
                inputs.append(_INPUT_STATE.substitute(values))
    colours = {name: value for name, value in vars(p).items() if isinstance(value, str)}
    return _SHEET.substitute(
        colours,
        strong=strong,
        edge_soft=p.edge if tokens.dark else "#D8DEE7",
        focus_ring=p.forecast if not tokens.dark else p.accent,
        alarm_text=p.tone("alarm").text,
        alarm_soft=p.tone("alarm").soft,
        alarm_full=p.tone("alarm").full,
        title=m.title,
        brand=m.px(17),
        figure=m.px(22),
        small=m.small,
        tiny=m.tiny,
        pad=m.pad,
        radius=m.radius,
        card_radius=m.card_radius,
        button_pad=16,
        inner=m.control - 2,
        inner_focus=m.control - 4,
        inner_spin=m.control - 5,  # Qt adds three of its own to a spin box
        small_inner=m.px(28) - 2,
        item=m.px(30),
        input_states="".join(inputs),
        state_rules="".join(states),
        icon_down=_icon(f"down_{theme}"),
        icon_up=_icon(f"up_{theme}"),
        icon_check=_icon("check"),
        icon_partial=_icon("partial"),
        icon_dot=_icon("dot"),
    )


def _icon(name: str) -> str:
    return path(f"icons/sheet/{name}.svg").as_posix()
