"""The editor and the text it is made of: keys, undo, marks, colours, and how quick it stays with many lines."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.code import highlight
from ui.code.code_editor import CodeEditor
from ui.code.code_marks import BADGE, CUT, LINE, RIGHT, Mark
from ui.code.code_text import CodeText
from ui.code.highlight import COLORS, read_line
from ui.kit.fonts import load_fonts
from ui.kit.theme import DARK, LIGHT, Theme, contrast, mix

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # so says offscreen of every window

PROGRAM = '''def job(i, n):
    """Two
    lines."""
    total = 0
    for number in range(n):
        total += number  # so far
    return f"{total} of {n!r}"
'''
Key = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def editor(qtbot: QtBot) -> CodeEditor:
    load_fonts()
    editor = CodeEditor(DARK)
    qtbot.addWidget(editor)
    editor.resize(420, 300)
    editor.show()
    qtbot.waitExposed(editor)
    editor.setFocus()
    return editor


def typed(editor: CodeEditor, words: str) -> None:
    QTest.keyClicks(editor, words)


def press(editor: CodeEditor, key: Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(editor, key, modifiers)


def select(editor: CodeText, first: int, last: int) -> None:
    """From the beginning of a line to the end of another, from 1."""
    cursor = editor.textCursor()
    end = editor.document().findBlockByNumber(last - 1)
    cursor.setPosition(editor.document().findBlockByNumber(first - 1).position())
    cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def picture(widget: CodeText) -> QImage:
    return widget.viewport().grab().toImage()


def has(image: QImage, color: str, part: QRect | None = None) -> bool:
    wanted, rect = QColor(color).rgb(), part or image.rect()
    columns, rows = range(rect.left(), rect.right() + 1), range(rect.top(), rect.bottom() + 1)
    return any(image.pixel(x, y) == wanted for y in rows for x in columns)


# -- keys


def test_tab_is_four_spaces_up_to_the_next_stop(editor: CodeEditor) -> None:
    press(editor, Key.Key_Tab)
    typed(editor, "ab")
    press(editor, Key.Key_Tab)
    typed(editor, "c")
    assert editor.text() == "    ab  c"
    press(editor, Key.Key_Backtab, SHIFT)
    assert editor.text() == "ab  c"


def test_tab_moves_all_lines_that_are_selected(editor: CodeEditor) -> None:
    editor.put_text("a\n\n  b\nc")
    select(editor, 1, 3)
    press(editor, Key.Key_Tab)
    assert editor.text() == "    a\n\n      b\nc"
    press(editor, Key.Key_Backtab, SHIFT)
    press(editor, Key.Key_Backtab, SHIFT)
    assert editor.text() == "a\n\nb\nc"
    press(editor, Key.Key_Z, CONTROL)
    assert editor.text() == "a\n\n  b\nc"  # one step each
    press(editor, Key.Key_Z, CONTROL)
    assert editor.text() == "    a\n\n      b\nc"


def test_a_line_at_whose_beginning_the_selection_ends_is_not_moved(editor: CodeEditor) -> None:
    editor.put_text("a\nb\nc")
    cursor = editor.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(4, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    press(editor, Key.Key_Tab)
    assert editor.text() == "    a\n    b\nc"


def test_enter_keeps_the_indent_and_goes_deeper_after_a_colon(editor: CodeEditor) -> None:
    typed(editor, "def job(i, n):")
    press(editor, Key.Key_Return)
    typed(editor, "for a in b:")
    press(editor, Key.Key_Return)
    typed(editor, "pass")
    press(editor, Key.Key_Return)
    press(editor, Key.Key_Backspace)
    typed(editor, "return (")
    assert editor.text() == "def job(i, n):\n    for a in b:\n        pass\n    return ("  # no bracket comes by itself


def test_control_and_slash_makes_comments_and_unmakes_them(editor: CodeEditor) -> None:
    editor.put_text("def f():\n    a\n\n        b\n#c")
    select(editor, 2, 4)
    press(editor, Key.Key_Slash, CONTROL)
    assert editor.text() == "def f():\n    # a\n\n    #     b\n#c"
    press(editor, Key.Key_Slash, CONTROL)
    assert editor.text() == "def f():\n    a\n\n        b\n#c"
    select(editor, 5, 5)
    press(editor, Key.Key_Slash, CONTROL)
    assert editor.text().endswith("\nc")


def test_another_text_can_be_taken_back(editor: CodeEditor) -> None:
    typed(editor, "mine")
    editor.put_text("theirs\nof two lines")
    assert editor.text() == "theirs\nof two lines"
    press(editor, Key.Key_Z, CONTROL)
    assert editor.text() == "mine"


def test_spaces_that_do_not_break_stay_what_they_are(editor: CodeEditor) -> None:
    text = "a = '\N{NO-BREAK SPACE}\N{LINE SEPARATOR}é🙂'\n"
    editor.set_text(text)
    assert editor.text() == text


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_P, Key.Key_Plus])
def test_keys_that_write_are_not_the_windows(editor: CodeEditor, key: Key) -> None:
    assert asks_for(editor, key, Qt.KeyboardModifier.NoModifier)


@pytest.mark.parametrize("key", [Key.Key_K, Key.Key_E, Key.Key_Return, Key.Key_Period, Key.Key_O, Key.Key_T])
def test_the_windows_keys_stay_the_windows(editor: CodeEditor, key: Key) -> None:
    assert not asks_for(editor, key, CONTROL)


def asks_for(editor: CodeEditor, key: Key, modifiers: Qt.KeyboardModifier) -> bool:
    """Does it want a key for itself that may be somebody's shortcut?"""
    words = chr(key) if modifiers == Qt.KeyboardModifier.NoModifier else ""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers, words)
    event.ignore()
    QApplication.sendEvent(editor, event)
    return event.isAccepted()


def test_it_saves_with_the_usual_key_and_leaves_with_escape(qtbot: QtBot, editor: CodeEditor) -> None:
    with qtbot.waitSignal(editor.save_requested):
        press(editor, Key.Key_S, CONTROL)
    assert asks_for(editor, Key.Key_S, CONTROL)
    with qtbot.waitSignal(editor.escaped):
        press(editor, Key.Key_Escape)


def test_a_copy_is_words_alone(editor: CodeEditor) -> None:
    editor.put_text(PROGRAM)
    editor.selectAll()
    editor.copy()
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.text() == PROGRAM
    assert not mime.hasHtml()


# -- colours


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_every_colour_can_be_read_on_every_ground_but_the_troubled(theme: Theme) -> None:
    grounds = (theme.panel, theme.accent_soft, mix(theme.panel, theme.hover, 0.45))
    for _, name in COLORS:
        color = getattr(theme, name) if name else theme.t1
        for ground in grounds:
            assert contrast(color, ground) >= 4.5, (name, ground)


def test_a_string_of_several_lines_is_one_to_its_end() -> None:
    words, state = read_line('    """Two')
    assert words[-1][0] == "code_string"
    words, state = read_line("    for lines", state)
    assert {color for color, _ in words} == {"code_string"}
    words, state = read_line('    more.""" + 1', state)
    assert [word for word in words if word[0] == "code_number"] == [("code_number", "1")]
    assert read_line("for", state)[0][0] == ("code_keyword", "for")


def test_what_opens_a_string_colours_the_lines_below(qtbot: QtBot, editor: CodeEditor) -> None:
    editor.set_text("a = 1\n" + "for b in c: pass\n" * 400)
    assert color_at(editor, 1, 0) == DARK.code_keyword, "what is seen is coloured at once"
    qtbot.waitUntil(lambda: editor.highlighter.done)
    assert color_at(editor, 300, 0) == DARK.code_keyword
    cursor = editor.textCursor()
    cursor.setPosition(4)
    cursor.insertText('"""')
    assert color_at(editor, 3, 0) == DARK.code_string
    qtbot.waitUntil(lambda: editor.highlighter.done)
    assert color_at(editor, 300, 0) == DARK.code_string
    editor.undo()
    qtbot.waitUntil(lambda: editor.highlighter.done)
    assert color_at(editor, 3, 0) == color_at(editor, 399, 0) == DARK.code_keyword


def color_at(editor: CodeText, line: int, column: int) -> str:
    formats = editor.document().findBlockByNumber(line).layout().formats()
    found = [one.format.foreground().color() for one in formats if one.start <= column < one.start + one.length]
    return found[0].name().upper() if found else ""


def test_the_theme_changes_every_colour(qtbot: QtBot, editor: CodeEditor) -> None:
    editor.set_text(PROGRAM)
    before = picture(editor)
    assert has(before, DARK.panel)
    assert color_at(editor, 0, 0) == DARK.code_keyword
    editor.set_theme(LIGHT)
    qtbot.waitUntil(lambda: editor.highlighter.done)
    assert color_at(editor, 0, 0) == LIGHT.code_keyword
    assert has(picture(editor), LIGHT.panel)


def test_typing_reads_one_line_however_many_there_are(
    qtbot: QtBot, editor: CodeEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor.set_text('def job(i, n):\n    """Two\n    lines."""\n    return i\n\n' * 500)
    qtbot.waitUntil(lambda: editor.highlighter.done, timeout=20_000)
    lines: list[str] = []

    def noted(line: str, state: highlight.State) -> tuple[list[highlight.Word], highlight.State]:
        lines.append(line)
        return read_line(line, state)

    monkeypatch.setattr(highlight, "read_line", noted)
    editor.go_to_line(1000)
    typed(editor, "ab")
    assert len(lines) <= 4
    press(editor, Key.Key_Return)
    assert len(lines) <= 8


# -- marks


def test_a_mark_is_on_the_ground_of_its_line_and_nowhere_else(editor: CodeEditor) -> None:
    editor.set_text(PROGRAM)
    editor.set_marks([Mark(4, (("A", DARK.worker(0)),), "is here", "accent"), Mark(6, words="Wrong", ground="bad")])
    shown = picture(editor)
    rows = {number: QRect(0, 2 + (number - 1) * LINE, shown.width(), LINE) for number in range(1, 8)}
    for number, row in rows.items():
        assert has(shown, DARK.accent_soft, row) == (number == 4), number
        assert has(shown, DARK.worker(0), row) == (number == 4), number
        assert has(shown, DARK.bad_soft, row) == (number == 6), number
    assert editor.accessibleDescription() == "line 4: A is here; line 6: Wrong"
    editor.set_marks([])
    assert not has(picture(editor), DARK.accent_soft)


def on_screen(text: CodeText) -> QImage:
    """What has been painted, part by part; a picture made by the widget is always painted anew."""
    return text.screen().grabWindow(text.winId()).toImage()


def test_a_mark_stays_at_the_right_when_the_text_is_scrolled(qtbot: QtBot, editor: CodeEditor) -> None:
    editor.set_text(PROGRAM + "long = " + "1 + " * 200)
    editor.set_marks([Mark(4, (("A", DARK.worker(0)),))])
    row = QRect(editor.width() - 60, 2 + 3 * LINE, 60, LINE)
    qtbot.waitUntil(lambda: has(on_screen(editor), DARK.worker(0), row))
    before = on_screen(editor)
    editor.horizontalScrollBar().setValue(30)

    def scrolled_but_for_the_mark() -> bool:
        now, rest = on_screen(editor), QRect(0, row.top(), row.left() - 60, LINE)
        return now.copy(rest) != before.copy(rest) and now.copy(row) == before.copy(row)

    qtbot.waitUntil(scrolled_but_for_the_mark)


def test_a_press_on_a_mark_asks_for_what_it_is_for(qtbot: QtBot, editor: CodeEditor) -> None:
    editor.set_text(PROGRAM)
    editor.set_marks([Mark(2, words="ValueError: no", ground="bad", pressed="traceback")])
    place = QPoint(editor.viewport().width() - 20, 2 + LINE + LINE // 2)
    with qtbot.waitSignal(editor.mark_pressed) as asked:
        QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == ["traceback"]
    with qtbot.assertNotEmitted(editor.mark_pressed, wait=50):
        QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, place.y()))


def test_a_line_that_goes_on_below_its_mark_says_so_and_the_mouse_uncovers_it(editor: CodeEditor) -> None:
    color = "#FF00FF"
    editor.set_text("# here is the cursor\nx = 1\n" + "y" * 400)
    editor.set_marks([Mark(line, badges=(("A", color),)) for line in (2, 3)])
    right = editor.viewport().width() - 40

    def sign(line: int) -> bool:
        """Something quieter than code stands left of the mark."""
        shown, left = picture(editor), editor.viewport().width() - 1 - RIGHT - BADGE - 3 - 8 - CUT
        pixels = [shown.pixelColor(left + x, 2 + (line - 1) * LINE + y) for x in range(CUT) for y in range(LINE - 4)]
        return any(pixel != QColor(DARK.panel) for pixel in pixels) and max(pixel.lightness() for pixel in pixels) < 160

    def marked(line: int) -> bool:
        return has(picture(editor), color, QRect(right, (line - 1) * LINE, 40, LINE))

    assert [(sign(line), marked(line)) for line in (2, 3)] == [(False, True), (True, True)]
    for line, seen in ((3, (True, False)), (2, (True, True))):
        QTest.mouseMove(editor.viewport(), QPoint(60, 2 + (line - 1) * LINE + LINE // 2))
        assert (marked(2), marked(3)) == seen
    QTest.mouseMove(editor.viewport(), QPoint(editor.viewport().width() - 16, 2 + 2 * LINE + LINE // 2))
    assert marked(3)  # the mouse is on the mark


def test_the_gutter_tells_which_line_is_wrong(editor: CodeEditor) -> None:
    editor.set_text(PROGRAM)
    assert not has(editor.gutter.grab().toImage(), DARK.bad)
    editor.set_marks([Mark(3, ground="bad", dot=True)])
    assert has(editor.gutter.grab().toImage(), DARK.bad, QRect(0, 2 + 2 * LINE, 14, LINE))


def test_what_is_selected_has_a_ground_as_high_as_its_lines(editor: CodeEditor) -> None:
    editor.set_text(PROGRAM)
    select(editor, 4, 5)
    ground = mix(DARK.panel, DARK.accent_fill, 0.38)
    shown = picture(editor)
    x = 8
    column = [QColor(shown.pixel(x, y)).name().upper() for y in range(2 + 3 * LINE, 2 + 5 * LINE)]
    assert column == [ground] * (2 * LINE)


def test_a_text_that_is_only_read_cannot_be_changed(qtbot: QtBot) -> None:
    text = CodeText(DARK, "source", "Source")
    qtbot.addWidget(text)
    text.set_text(PROGRAM)
    text.show()
    QTest.keyClicks(text, "x")
    assert text.text() == PROGRAM
