"""The theme for standard widgets, which do not paint themselves from it: a palette and a style sheet."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from ui.kit.theme import Theme


def palette(theme: Theme) -> QPalette:
    """The palette, for what the style sheet does not reach."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.base,
        QPalette.ColorRole.Base: theme.panel,
        QPalette.ColorRole.AlternateBase: theme.track,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.WindowText: theme.t1,
        QPalette.ColorRole.Text: theme.t1,
        QPalette.ColorRole.ButtonText: theme.t1,
        QPalette.ColorRole.PlaceholderText: theme.t3,
        QPalette.ColorRole.Highlight: theme.accent_fill,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.t1,
    }
    for role, color in roles.items():
        made.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.t3))
    return made


def style_sheet(theme: Theme) -> str:
    """The style sheet of the application, for all that does not paint itself as buttons, chips and cards do. Menus and
    tool tips are windows of their own: without a compositor a round corner would show a dark square."""
    px = theme.px
    return f"""
QMainWindow, QWidget#window {{ background: {theme.base}; }}
QToolTip {{ background: {theme.raised}; color: {theme.t1}; border: 1px solid {theme.line2};
    padding: {px(5)}px {px(8)}px; }}
QMenu {{ background: {theme.raised}; border: 1px solid {theme.line2}; padding: {px(5)}px; }}
QMenu[round="true"] {{ border-radius: {px(8)}px; }}
QMenu::item {{ padding: {px(8)}px {px(24)}px {px(8)}px {px(14)}px; border-radius: {px(6)}px; color: {theme.t1}; }}
QMenu::item:selected {{ background: {theme.hover}; }}
QMenu::item:disabled {{ color: {theme.t3}; }}
QMenu::separator {{ height: 1px; background: {theme.line1}; margin: {px(5)}px {px(9)}px; }}
QLineEdit {{ background: transparent; color: {theme.t1}; border: none; padding: 0;
    selection-background-color: {theme.accent_fill}; selection-color: {theme.on_accent}; }}
QFileDialog, QMessageBox {{ background: {theme.base}; color: {theme.t1}; }}
QFileDialog QLineEdit {{ background: {theme.panel}; border: 1px solid {theme.line1}; padding: {px(4)}px {px(6)}px; }}
QAbstractScrollArea {{ background: transparent; border: none; }}
QTableView {{ background: transparent; border: none; outline: none; gridline-color: transparent; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{ background: {theme.panel}; color: {theme.t2}; border: none; padding: {px(3)}px {px(6)}px; }}
QTableCornerButton::section {{ background: transparent; border: none; }}
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: {px(9)}px; }}
QScrollBar:horizontal {{ height: {px(9)}px; }}
QScrollBar::handle {{ background: {theme.line2}; border-radius: {px(2)}px; margin: {px(2)}px; }}
QScrollBar::handle:vertical {{ min-height: {px(32)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(32)}px; }}
QScrollBar::handle:hover {{ background: {theme.t3}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: transparent; }}
"""
