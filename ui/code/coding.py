"""Your own code: what the editor holds, and how that goes together with the recipe, with the file it is kept in, and
with the user's word that it may run.

The recipe's code follows the text in the editor. Code that came from elsewhere is shown, and is run only after the user
has said so, and so is an interpreter: every way to run asks `may_run` first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from playground import hosts
from playground.files.visible import one_line
from playground.reading.worker_name import worker_name
from playground.recipe import own_code
from playground.recipe.own_code import NAME as OWN
from playground.recipe.recipe import BadRecipe, Recipe, changed, checked, load_code
from playground.run.past_run import PastRun
from playground.run.raised import raised
from playground.run.run import Run
from playground.run.trust import Trust
from ui.code.code_file import CodeFile
from ui.code.code_page import JOB, CodePage
from ui.code.code_text import Mark
from ui.code.trusted_code import CodeTrust, unseen
from ui.kit.notices import Notice, Notices
from ui.settings.last_folder import folder_to_begin
from ui.settings.settings import SettingsFile

TYPED_MS = 300  # after the last key the text is looked at
RELOAD, KEEP = "code reload", "code keep"  # what can be done with a file that was changed by others
BACK = "code back"  # … and with a text that another one has pushed out of the editor
PASTED = "code pasted"  # … and with one that was pasted as a recipe
LEFT, DROPPED = "code left ", "code dropped "  # … and with one that another window has left behind
PYTHON_FILES = "Python (*.py)"


class Coding(QObject):
    recipe_changed = Signal(Recipe)  # by the text in the editor
    front_wanted = Signal()  # something in the code tab is to be looked at
    done = Signal(str)
    failed = Signal(str)
    pythons_allowed = Signal(list)  # the paths of interpreters that have the user's word now

    def __init__(self, page: CodePage, settings: SettingsFile, words: Trust, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._page, self._settings, self._notices = page, settings, notices
        self._editor = page.editor
        self._trust = CodeTrust(settings, words)
        self._known = True  # is all of the text the user's, or trusted?
        self._origin = ""  # of a text that is not
        self._edited = False  # has the user changed it?
        self._taking = False
        self._asked: Callable[[], object] | None = None  # what to do after a yes
        self._asked_code = False  # is the question about the text in the editor?
        self._asked_pythons: list[str] = []  # and about interpreters?
        self._origins: dict[str, str] = {}  # of code from elsewhere: what to call it
        self._opening = ""  # the file of the recipe that is being opened
        self._allowed: set[Path] = set()  # files of which a text was allowed to run
        self._on_disk: str | None = None  # what another program has put there, and the user is told of
        self._disk_notice: Notice | None = None
        self._errors: dict[int, str] = {}  # of the run that is looked at: what its workers ended with
        self._recipe = Recipe()
        self._pasted = ""
        self.file = CodeFile(self)
        self._timer = QTimer(self)
        self._timer.setObjectName("code was typed")
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPED_MS)
        self._timer.timeout.connect(self._take_typed)
        self._wire()

    def _wire(self) -> None:
        self._editor.textChanged.connect(self._on_typed)
        self._editor.save_requested.connect(self.save)
        self._page.tools.save_requested.connect(self.save)
        self._page.tools.save_as_requested.connect(self.save_as)
        self._page.tools.example_chosen.connect(self._take_example)
        self._page.tools.examples_of = lambda: [(one.title, first_of(one.summary)) for one in own_code.EXAMPLES]
        self._page.ask_bar.answered.connect(self._on_answer)
        self.file.changed.connect(self._show_file)
        self.file.changed.connect(self._forget_disk)
        self.file.changed_on_disk.connect(self._on_changed_on_disk)
        self.file.failed.connect(self.failed)

    def restore(self) -> None:
        """What was in the editor when the app was closed."""
        kept = self._settings.settings
        self._put(kept.code)
        if kept.code_file:
            self.file.find_again(Path(kept.code_file))
        if kept.code_aside and not self._known:
            self._tell_aside()
        for key in self._settings.left_behind():
            actions = [(LEFT + key, "Bring it back"), (DROPPED + key, "Forget it")]
            self._notices.add("Code from the editor of another window was set aside.", actions)
        self._show_file()

    # -- the recipe

    @property
    def text(self) -> str:
        return self._editor.text()

    def with_code(self, recipe: Recipe) -> Recipe:
        """The recipe as it is to be shown: only the user's own job has code, and it has some from the beginning."""
        if recipe.job != OWN:
            return changed(recipe, code="") if recipe.code else recipe
        if recipe.code and recipe.code == self._recipe.code:  # the same recipe, whose code may be typed on just now
            return changed(recipe, code=self.text)
        if recipe.code:
            return recipe
        begins = self._recipe.job != OWN  # who deletes all the text does not want an example
        return changed(recipe, code=self.text or (own_code.EXAMPLES[0].text if begins else ""))

    def show_recipe(self, recipe: Recipe) -> None:
        begins = recipe.job == OWN and self._recipe.job != OWN
        if self._asked_pythons and recipe.interpreter != self._recipe.interpreter:
            self._stop_asking()  # it was about another one
        self._recipe = recipe
        if recipe.job == OWN and recipe.code != self.text:
            self._put(recipe.code)
        self._page.show_recipe(recipe, edits=True)
        self._show_trouble()
        if begins:
            self._page.choose(JOB)
            self.front_wanted.emit()

    def choose_run(self, run: Run | PastRun | None) -> None:
        """The verdict is about this run: its job is shown, unless the user's own code is being edited."""
        self._errors = dict(run.errors) if run is not None else {}
        if run is None or self._recipe.job == OWN or _reads_as(run.recipe, self._recipe):
            self._page.show_recipe(self._recipe, edits=True)
        else:
            self._page.show_recipe(run.recipe)
        if run is not None and run.recipe.code != self.text:
            self._errors = {}
        self._show_trouble()

    def newest(self, recipe: Recipe) -> Recipe:
        """The recipe with the text that is in the editor now."""
        return changed(recipe, code=self.text)

    def _offer(self) -> None:
        """The text in the editor, which was not typed, is to be the job; a model that can run it comes along."""
        recipe = changed(self._recipe, job=OWN, code=self.text)
        if own_code.look_at(self.text).kind == "async" and self.problem(recipe) is not None:
            awaits = changed(recipe, model="asyncio", host=hosts.usual().name)
            recipe = awaits if self.problem(awaits) is None else recipe
        self.recipe_changed.emit(recipe)

    def problem(self, recipe: Recipe) -> tuple[str, str] | None:
        """The field of a recipe with the user's code that cannot be run, and why."""
        if recipe.job != OWN:
            return None
        found = own_code.look_at(recipe.code).problem
        if found is not None:
            return "code", f"Line {found.line}: {found.words}" if found.line else found.words
        try:
            checked(recipe)
        except BadRecipe as problem:
            return problem.field, str(problem)
        return None

    # -- what is typed

    def _put(self, text: str) -> None:
        """Another text in the editor, which the user has not typed. Ctrl+Z goes back to the one before, but never to or
        from code that nobody has looked at."""
        if text == self.text:
            return
        known = not text or self._trust.holds(text)
        undoable = known and self._known
        if not undoable:
            self._put_aside()
        self._taking = True
        if undoable:
            self._editor.put_text(text)
        else:
            self._editor.set_text(text)
        self._taking = False
        self._known, self._origin, self._edited = known, self._origins.get(text, ""), False
        self.file.close()  # saving must not put this text where that one was
        self._stop_asking()
        self._keep()

    def _put_aside(self) -> None:
        """What the user has typed, be it into code from elsewhere, and no file has, is not lost to another text."""
        text = self.text
        theirs = not self._known and (text in self._origins or not self._edited)
        if not theirs and text.strip() and text != self.file.text and not self._trust.is_example(text):
            if self._known:
                self._trust.grant(text)
            self._settings.change(code_aside=text)
            self._tell_aside()

    def _tell_aside(self) -> None:
        self._notices.add("Your previous code was set aside.", [(BACK, "Bring it back")])

    def _on_typed(self) -> None:
        if not self._taking:
            self._edited = True
            self._errors = {}
            self._page.show_worker_marks(())  # lines are others now
            self._page.show_trouble_marks(())
            self._timer.start()
            self._show_file()

    def _take_typed(self) -> None:
        self._keep()
        if self._recipe.job == OWN:
            self.recipe_changed.emit(self.newest(self._recipe))

    def flush(self) -> None:
        """Take what was typed in the last moment: the app is closing, or the code is about to be run."""
        if self._timer.isActive():
            self._timer.stop()
            self._take_typed()

    def _keep(self) -> None:
        self._settings.change(code=self.text)
        if self._known:
            self._trust.note_typed(self.text)

    def _show_trouble(self) -> None:
        """What is wrong with the text, or what workers ended with, at its line."""
        if self._page.recipe.job != OWN:
            self._page.show_problem("")
            self._page.show_trouble_marks(())
            return
        found = own_code.look_at(self.text).problem
        words = self.problem(self._recipe)
        self._page.show_problem(words[1] if words else "", found.line if found else 0)
        if found is not None and found.line:
            self._page.show_trouble_marks([Mark(found.line, ground="bad", dot=True)])
            return
        self._page.show_trouble_marks(_error_marks(self._errors))

    def _take_example(self, title: str) -> None:
        example = next(one for one in own_code.EXAMPLES if one.title == title)
        self.file.close()
        self._put(example.text)
        self._offer()

    # -- trust

    def note_opening(self, path: Path) -> None:
        self._opening = path.name

    def note_recipe(self, recipe: Recipe) -> None:
        """It was opened or pasted; its code, if any, is somebody's."""
        name, self._opening = self._opening, ""
        if recipe.job == OWN and recipe.code:
            self._origins[recipe.code] = name
            self.front_wanted.emit()

    def may_run(self, recipe: Recipe, then: Callable[[], object], pythons: Mapping[str, str] | None = None) -> bool:
        """Else what came from elsewhere is shown with the question, and `then` is done after a yes. `pythons` are the
        interpreters that need the user's word, each with where it has come from."""
        code, pythons = self._needs_word(recipe), pythons or {}
        if not (code or pythons):
            return True
        if code and recipe.code != self.text:
            self._put(recipe.code)
            self._offer()
        self._asked, self._asked_code, self._asked_pythons = then, code, list(pythons)
        parts = [self._about_code()] if code else []
        parts += [_about_python(path, whence) for path, whence in pythons.items()]
        self._page.ask_bar.ask(" ".join(parts))
        self._page.choose(JOB)
        self.front_wanted.emit()
        return False

    def _needs_word(self, recipe: Recipe) -> bool:
        """Its code does."""
        if recipe.job != OWN or not recipe.code or self._trust.holds(recipe.code):
            return False
        if self._known and recipe.code == self.text:
            self._trust.grant(recipe.code)
            return False
        return True

    def _about_code(self) -> str:
        whence = f"**{one_line(self._origin)}**" if self._origin else "elsewhere"
        if self.file.path in self._allowed:  # why else would it be asked about again?
            return f"{whence} has changed since you let it run. Look at it before it runs. {unseen(self.text)}".rstrip()
        return f"This code came from {whence}. Look at it before it runs. {unseen(self.text)}".rstrip()

    def _stop_asking(self) -> None:
        self._asked, self._asked_code, self._asked_pythons = None, False, []
        self._page.ask_bar.hide()

    def _on_answer(self, yes: bool) -> None:
        then, code, pythons = self._asked, self._asked_code, self._asked_pythons
        self._stop_asking()
        if not yes or then is None:
            return
        if code:
            self.flush()
            self._known = True
            self._editor.document().clearUndoRedoStacks()  # the word is for this text, not for those before it
            self._trust.grant(self.text)
            self._keep()
            if self.file.path is not None:
                self._allowed.add(self.file.path)
        if pythons:
            self.pythons_allowed.emit(pythons)
        then()

    # -- files

    def open_file(self, path: Path, text: str) -> None:
        """It has been read."""
        self._origins[text] = path.name
        self._put(text)
        self.file.open(path, text)
        self._offer()
        self.front_wanted.emit()

    def save(self) -> None:
        """To its file, unless another program has written there and the user does not know yet."""
        if self.file.path is None:
            self.save_as()
            return
        told = self._on_disk
        self.file.look()
        if self._on_disk in (None, told):
            self._save_to(self.file.path)
        else:
            self.done.emit(f"{self.file.name} was not saved: another program has changed it")

    def save_as(self) -> None:
        start = str(self.file.path or folder_to_begin(self._settings.settings) / "job.py")
        path, _ = QFileDialog.getSaveFileName(self._page.window(), "Save your code", start, PYTHON_FILES)
        if path:
            self._save_to(Path(path))

    def _save_to(self, path: Path) -> None:
        if self.file.save(path, self.text):
            if self._known:
                self._trust.grant(self.text)
            self.done.emit(f"Saved to {path}")

    def _show_file(self) -> None:
        self._page.show_file(self.file.name, self.file.path is not None and self.text != self.file.text)
        self._settings.change(code_file=str(self.file.path or ""))

    def _on_changed_on_disk(self, text: str) -> None:
        if text == self.text:
            self.file.keep_mine(text)
            return
        self._on_disk = text
        actions = [(RELOAD, "Reload"), (KEEP, "Keep mine")]
        self._disk_notice = self._notices.add(f"{self.file.name} was changed by another program.", actions)

    def _forget_disk(self) -> None:
        """The notice was about a file, or a text in it, that is not there any more."""
        self._on_disk = None
        if self._disk_notice is not None:
            self._notices.remove(self._disk_notice)
            self._disk_notice = None

    def _reload(self, path: Path) -> None:
        try:
            self.open_file(path, load_code(path))  # as it is now: it may have changed again
        except BadRecipe as problem:
            self.failed.emit(str(problem))

    def answer_notice(self, action: str) -> bool:
        """Was this notice one of ours?"""
        if action == BACK:
            text = self._settings.settings.code_aside
            self._settings.change(code_aside="")
            self._bring_back(text)
        elif action.startswith((LEFT, DROPPED)):
            key = action.removeprefix(LEFT).removeprefix(DROPPED)
            text = self._settings.left_behind().get(key, "")
            self._settings.forget_left_behind(key)
            if action.startswith(LEFT) and text:
                self._bring_back(text)
        elif action == PASTED:
            self._origins[self._pasted] = "the clipboard"
            self._bring_back(self._pasted)
        elif action in (RELOAD, KEEP):
            path, theirs = self.file.path, self._on_disk
            if path is not None and action == RELOAD:
                self._reload(path)
            elif path is not None and theirs is not None:
                self.file.keep_mine(theirs)
        else:
            return False
        return True

    def offer_pasted(self, text: str) -> None:
        """Python code where a recipe was to be: into the editor, if that was meant."""
        self._pasted = text
        words = "The clipboard holds Python code, not a recipe."
        self._notices.add(words, [(PASTED, "Use it as your own code")], about="RecipeLines")

    def _bring_back(self, text: str) -> None:
        self.file.close()
        self._put(text)
        self._offer()
        self.front_wanted.emit()

    def shut_down(self) -> None:
        self.flush()
        self.file.shut_down()


def _about_python(path: str, whence: str) -> str:
    return (
        f"The recipe is to run in **{one_line(path)}**, {whence}. That may be any program: run it only if you know it."
    )


def first_of(sentences: str) -> str:
    return sentences.split(". ")[0].rstrip(".")


def _reads_as(one: Recipe, other: Recipe) -> bool:
    return (one.job, one.model, one.code) == (other.job, other.model, other.code)


def _error_marks(errors: dict[int, str]) -> list[Mark]:
    """What workers, or the module itself, ended with, at the line where it happened."""
    by_line: dict[int, str] = {}
    for worker in sorted(errors):
        told = raised(errors[worker])
        if told is not None and told.line is not None:
            whose = f"{worker_name(worker)}: " if worker >= 0 else ""
            by_line.setdefault(told.line, f"{whose}{told.in_short}")
    return [Mark(line, words=words, ground="bad", dot=True, pressed="traceback") for line, words in by_line.items()]
