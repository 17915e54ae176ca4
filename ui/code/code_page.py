"""The code tab: the source files of job and model, and a stand-alone program that does the same; for the job *Your own
code*, the editor. It shows and asks; what follows is decided in `ui/code/coding.py`."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from playground.recipe.own_code import NAME as OWN
from playground.recipe.recipe import Recipe
from playground.script import shown_source
from playground.script.shown_source import Source
from ui.code.code_editor import CodeEditor
from ui.code.code_marks import Mark
from ui.code.code_parts import EDGE, AskBar, CodeProblem, EditorTools, Footer, small_button
from ui.code.code_text import CodeText
from ui.code.compared_script import ComparedScript
from ui.kit.button import icon_button
from ui.kit.cards import Separator
from ui.kit.choosing import Segments
from ui.kit.drawing import RING, Themed
from ui.kit.labels import Label
from ui.kit.theme import Theme

JOB, MODEL, SCRIPT = "Job", "Model", "Script"
UNSAVED = "•"
ROOM_FOR_FOOTER = 200
LEAST_TEXT = 60  # px, below a question
COPY_SCRIPT = "One program that does the same, without anything of this project"


class CodePage(Themed, QWidget):
    told = Signal(str)  # what just happened, in words
    shown_changed = Signal()  # another text is shown now

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "code_page")
        self.recipe = Recipe()
        self.edits = False  # is the recipe's code what the editor holds?
        self._stale = True  # what is shown belongs to another recipe
        self.script = ComparedScript(self)
        self._file, self._source_name = "", ""
        self._problem = ("", 0)
        self._worker_marks: tuple[Mark, ...] = ()
        self._trouble_marks: tuple[Mark, ...] = ()
        self._points_at_changes = False
        self._make_parts(theme)
        self._lay_out(theme)

    # -- its parts

    def _make_parts(self, theme: Theme) -> None:
        self.ask_bar = AskBar(theme)
        self.views = Segments(theme, "code_view", "Which text is shown")
        self.views.set_choices([JOB, MODEL, SCRIPT], JOB)
        self.copy_script = small_button(theme, "copy_script", "Copy as script", press=self.copy_as_script)
        self.copy = icon_button(theme, "code_copy", "copy", "Copy what is shown", side=28, icon_px=14)
        self.tools = EditorTools(theme)
        self.caption = Label(theme, "", 11, color="t3")
        self.caption.setObjectName("code_file")
        self.source = CodeText(theme, "code_source", "Source")
        self.editor = CodeEditor(theme)
        self.nothing = Label(theme, "", 13, color="t2", wrap=True, line=19)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.fit(self.nothing.setContentsMargins, EDGE + 2, 10, EDGE + 2, EDGE)
        self.problem = CodeProblem(theme)
        self.footer = Footer(theme)
        self.ask_bar.seen.connect(self._fit)
        self.views.chosen.connect(lambda _: self._show())
        self.copy.clicked.connect(self._copy_shown)
        self.problem.pressed.connect(lambda: self.editor.go_to_line(self._problem[1]))
        self.script.tried.connect(self._note_tried)
        self.script.found.connect(self._fit_footer)
        self.footer.pointed.connect(self._point_at_changes)
        self.footer.clicked.connect(self._show_next_change)

    def _lay_out(self, theme: Theme) -> None:
        self._rows = QWidget()  # what stands between a question and the text
        head = self.in_row(self.views, ..., self.copy_script, edges=(EDGE, 6, EDGE - RING, 0), gap=0)
        self.in_column(head, self.tools, self.caption, of=self._rows, gap=0)
        self.fit(self.caption.setContentsMargins, EDGE + 2, 2, EDGE, 6)
        self._stack = QStackedWidget()
        for page in (self.source, self.editor, self.nothing):
            self._stack.addWidget(page)
        foot = self.in_row(self.footer, edges=(EDGE - RING - 8, 0, EDGE - RING - 8, 0))
        self._foot_line = Separator(theme)
        above = (self.ask_bar, self._rows, (self._stack, 1))
        self.in_column(*above, self.problem, self._foot_line, foot, of=self, gap=0)
        self.tools.hide()
        self._foot_line.hide()

    def _fit(self) -> None:
        """A question is shown whole even in a low window: people must read which program it is about."""
        asks = not self.ask_bar.isHidden()
        needed = self.ask_bar.heightForWidth(self.width()) + self._rows.sizeHint().height() + self.px(LEAST_TEXT)
        self._rows.setVisible(not asks or self.height() >= needed)

    # -- what the window calls

    @property
    def view(self) -> str:
        return self.views.taken() or JOB

    def show_recipe(self, recipe: Recipe, edits: bool = False) -> None:
        """`edits`: the code is what the editor holds, not that of some run."""
        if (recipe, edits) != (self.recipe, self.edits):
            self.recipe, self.edits = recipe, edits
            self._stale = True
            self.script.take(recipe)
            if self.isVisible():
                self._show()

    def choose(self, view: str) -> None:
        self.views.choose(view)
        self._show()

    def show_file(self, name: str, changed: bool) -> None:
        """Shows the name of the editor's file, and whether the text has changed since."""
        self._file = f"{name or 'not saved as a file'}{f' {UNSAVED}' if changed else ''}"
        self._show_caption()

    def show_problem(self, words: str, line: int = 0) -> None:
        """Shows what is wrong with the text in the editor."""
        self._problem = (words, line)
        self._show_problem()

    def show_worker_marks(self, marks: Iterable[Mark]) -> None:
        """Shows where workers are in the job's text."""
        self._worker_marks = tuple(marks)
        self._show_marks()

    def show_trouble_marks(self, marks: Iterable[Mark]) -> None:
        """Shows what is wrong, or went wrong, in the job's text."""
        self._trouble_marks = tuple(marks)
        self._show_marks()

    def shown_text(self) -> CodeText | None:
        """The text that is shown; None where a message is shown instead."""
        page = self._stack.currentWidget()
        return page if isinstance(page, CodeText) else None

    def copy_as_script(self) -> None:
        script = self.script.text()
        if isinstance(script, str):
            self._copy(script)
        else:
            self.told.emit(str(script))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.told.emit("Copied")

    # -- showing

    def _show(self) -> None:
        """Shows what belongs to the recipe and the view."""
        if self._stale:
            self._stale = False
            self.script.think_soon()
        match self.view:
            case "Model":
                self._show_source(shown_source.of_model(self.recipe.model), "run")
            case "Script":
                self._show_script()
            case _ if self.recipe.job != OWN:
                self._show_source(shown_source.of_job(self.recipe.job), "ops")
            case _ if self.edits:
                self._stack.setCurrentWidget(self.editor)
            case _:
                self._show_source(Source("the code of this run", self.recipe.code), "job")
        self.tools.setVisible(self._stack.currentWidget() is self.editor)
        self.copy.setEnabled(self.shown_text() is not None)
        self._show_caption()
        self._show_problem()
        self._show_marks()
        self._fit_footer()
        self.shown_changed.emit()

    def _show_source(self, source: Source, function: str) -> None:
        self._stack.setCurrentWidget(self.source)
        if source.text != self.source.text():
            self.source.set_text(source.text)
            self.source.show_line(source.line_of(function))
        self._source_name = source.name

    def _show_script(self) -> None:
        script = self.script.text()
        if isinstance(script, str):
            self._show_source(Source("stand-alone program", script.rstrip("\n")), "")
        else:
            self._stack.setCurrentWidget(self.nothing)
            self.nothing.set_words(str(script))

    def _note_tried(self, why: str) -> None:
        self.copy_script.setEnabled(not why)
        self.copy_script.setToolTip(why or COPY_SCRIPT)

    def _fit_footer(self) -> None:
        """The footer is about the script, and says so below another text. It is not shown below the user's own code,
        which would look as if it had to be changed, nor where there is little room."""
        found, script = self.script.changes, self.view == SCRIPT
        words = "" if found is None else found.words if script else f"Script: {found.words[0].lower()}{found.words[1:]}"
        self.footer.set_words(words)
        there = found is not None and (script or self.recipe.job != OWN) and self.height() >= self.px(ROOM_FOR_FOOTER)
        self.footer.setVisible(there)
        self._foot_line.setVisible(there)

    def _show_caption(self) -> None:
        page = self._stack.currentWidget()
        words = self._file if page is self.editor else self._source_name if page is self.source else ""
        self.caption.set_words(words)
        self.caption.setVisible(bool(words))

    def _show_problem(self) -> None:
        words, line = self._problem
        self.problem.set_words(words if self._stack.currentWidget() is self.editor else "")
        self.problem.setEnabled(line > 0)

    def _show_marks(self) -> None:
        text = self.shown_text()
        if text is None:
            return
        if self.view == JOB:
            text.set_marks([*self._worker_marks, *self._trouble_marks])
        elif self.view == SCRIPT and self._points_at_changes and self.script.changes is not None:
            text.set_marks([Mark(line, ground="accent") for line in self.script.changes.lines])
        else:
            text.set_marks([])

    def _point_at_changes(self, on: bool) -> None:
        self._points_at_changes = on
        self._show_marks()

    def _show_next_change(self) -> None:
        """Scrolls to the next changed line below those in sight; after the last one, to the first."""
        if self.view != SCRIPT:
            self.choose(SCRIPT)
        elif (line := self.script.next_change(self.source.last_line_seen())) is not None:
            self.source.show_line(line, above=3)

    def _copy_shown(self) -> None:
        text = self.shown_text()
        if text is not None:
            self._copy(text.text())

    def rethemed(self) -> None:
        self.tools.menu.set_theme(self.theme)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._fit_footer()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()
