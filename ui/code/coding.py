"""Your own code and the recipe: the recipe's code follows the text in the editor, and a recipe that brings code puts it
there. Draft, consent and saving have their own files; every way to run asks `may_run` first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground import hosts
from playground.reading.worker_name import worker_name
from playground.recipe import own_code
from playground.recipe.own_code import NAME as OWN
from playground.recipe.recipe import BadRecipe, Recipe, changed, checked
from playground.recipe.recipe_file import load_code
from playground.run.past_run import PastRun
from playground.run.raised import raised
from playground.run.run import Run
from playground.run.trust import Trust
from ui.code.code_consent import Consent
from ui.code.code_file import CodeFile
from ui.code.code_marks import Mark
from ui.code.code_page import JOB, CodePage
from ui.code.draft import Draft
from ui.code.saving import Saving
from ui.code.trusted_code import CodeTrust
from ui.kit.notices import Notices
from ui.settings.settings_file import SettingsFile

BACK = "code back"  # bring back a text that another one has pushed out of the editor
PASTED = "code pasted"  # … take one that was pasted as a recipe
LEFT, DROPPED = "code left ", "code dropped "  # … take or drop one that another window has left behind


class Coding(QObject):
    recipe_changed = Signal(Recipe)  # the text in the editor has changed it
    front_wanted = Signal()  # the code tab has something to look at
    done = Signal(str)
    failed = Signal(str)
    forgotten = Signal(str)  # a text that had been set aside

    def __init__(self, page: CodePage, settings: SettingsFile, words: Trust, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._page, self._settings, self._notices = page, settings, notices
        self.file = CodeFile(self)
        trust = CodeTrust(settings, words)
        self._draft = draft = Draft(page.editor, self.file, trust, settings, self)
        self.consent = Consent(page.ask_bar, draft, self.file, self)
        self.saving = Saving(self.file, draft, notices, settings, page, self)
        self.flush = draft.flush
        self._opening = ""  # name of the recipe file that is being opened
        self._errors: dict[int, str] = {}  # what the workers of the chosen run ended with
        self._recipe = Recipe()
        self._pasted = ""
        self._wire()

    def _wire(self) -> None:
        self._draft.typed.connect(self._on_typed)
        self._draft.taken.connect(self._on_taken)
        self._draft.set_aside.connect(self._tell_aside)
        self._page.editor.save_requested.connect(self.saving.save)
        self._page.tools.save_requested.connect(self.saving.save)
        self._page.tools.save_as_requested.connect(self.saving.save_as)
        self._page.tools.example_chosen.connect(self._take_example)
        self._page.tools.examples_of = lambda: [(one.title, first_of(one.summary)) for one in own_code.examples()]
        self.saving.done.connect(self.done)
        self.saving.reload_requested.connect(self._reload)
        self.file.changed.connect(self._show_file)
        self.file.failed.connect(self.failed)

    def restore(self) -> None:
        """Brings back what was in the editor when the app was closed."""
        kept = self._settings.settings
        self._draft.put(kept.code)
        if kept.code_file:
            self.file.find_again(Path(kept.code_file))
        if kept.code_aside and not self._draft.known:
            self._tell_aside()
        for key in self._settings.left_behind():
            actions = [(LEFT + key, "Bring it back"), (DROPPED + key, "Forget it")]
            self._notices.add("Code from the editor of another window was set aside.", actions)
        self._show_file()

    # -- the recipe

    @property
    def text(self) -> str:
        return self._draft.text

    def with_code(self, recipe: Recipe) -> Recipe:
        """The recipe as it is to be shown: only the user's own job has code, and it begins with an example."""
        if recipe.job != OWN:
            return changed(recipe, code="") if recipe.code else recipe
        if recipe.code and recipe.code == self._recipe.code:  # the same recipe, and its code is perhaps being typed
            return changed(recipe, code=self.text)
        if recipe.code:
            return recipe
        begins = self._recipe.job != OWN  # a user who deletes all the text does not want an example
        return changed(recipe, code=self.text or (own_code.examples()[0].text if begins else ""))

    def show_recipe(self, recipe: Recipe) -> None:
        begins = recipe.job == OWN and self._recipe.job != OWN
        if self.consent.pythons and recipe.interpreter != self._recipe.interpreter:
            self.consent.stop()  # the question was about another interpreter
        self._recipe = recipe
        if recipe.job == OWN and recipe.code != self.text:
            self._draft.put(recipe.code)
        self._page.show_recipe(recipe, edits=True)
        self._show_trouble()
        if begins:
            self._page.choose(JOB)
            self.front_wanted.emit()

    def choose_run(self, run: Run | PastRun | None) -> None:
        """The verdict is about this run now: shows its job, unless the user's own code is being edited."""
        self._errors = dict(run.errors) if run is not None and run.recipe.code == self.text else {}
        if run is None or self._recipe.job == OWN or _reads_as(run.recipe, self._recipe):
            self._page.show_recipe(self._recipe, edits=True)
        else:
            self._page.show_recipe(run.recipe)
        self._show_trouble()

    def newest(self, recipe: Recipe) -> Recipe:
        """The recipe with the text that is in the editor now."""
        return changed(recipe, code=self.text)

    def _offer(self) -> None:
        """Makes the text in the editor, which was not typed, the job, with a model that can run it."""
        recipe = changed(self._recipe, job=OWN, code=self.text)
        if own_code.look_at(self.text).kind == "async" and self.problem(recipe) is not None:
            awaits = changed(recipe, model="asyncio", host=hosts.usual().name)
            recipe = awaits if self.problem(awaits) is None else recipe
        self.recipe_changed.emit(recipe)

    def problem(self, recipe: Recipe) -> tuple[str, str] | None:
        """The field that keeps a recipe with the user's code from running, and why."""
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

    def _tell_aside(self) -> None:
        self._tell_earlier()
        self._notices.add("Your previous code was set aside.", [(BACK, "Bring it back")])

    def _tell_earlier(self) -> None:
        for key in list(self._settings.left_behind())[-1:]:
            actions = [(LEFT + key, "Bring it back"), (DROPPED + key, "Forget it")]
            self._notices.add("Earlier code was set aside as well.", actions)

    def offer_again(self, text: str) -> None:
        """A text that was forgotten is not."""
        self._settings.put_by(text)
        self._tell_earlier()

    def _on_typed(self) -> None:
        self._errors = {}
        self._page.show_worker_marks(())  # line numbers have changed
        self._page.show_trouble_marks(())
        self._show_file()

    def _on_taken(self) -> None:
        if self._recipe.job == OWN:
            self.recipe_changed.emit(self.newest(self._recipe))

    def _show_trouble(self) -> None:
        """Shows what is wrong with the text, or what workers ended with, at the line."""
        own = self._page.recipe.job == OWN
        found = own_code.look_at(self.text).problem if own else None
        words = self.problem(self._recipe) if own else None
        self._page.show_problem(words[1] if words else "", found.line if found else 0)
        marks = _error_marks(self._errors) if own else []
        if found is not None and found.line:
            marks = [Mark(found.line, ground="bad", dot=True)]
        self._page.show_trouble_marks(marks)

    def _take_example(self, title: str) -> None:
        example = next(one for one in own_code.examples() if one.title == title)
        self.file.close()
        self._draft.put(example.text)
        self._offer()

    # -- trust

    def note_opening(self, path: Path) -> None:
        self._opening = path.name

    def note_recipe(self, recipe: Recipe) -> None:
        """Notes a recipe that was opened or pasted: its code, if any, is somebody else's."""
        name, self._opening = self._opening, ""
        if recipe.job == OWN and recipe.code:
            self._draft.origins[recipe.code] = name
            self.front_wanted.emit()

    def may_run(self, recipe: Recipe, then: Callable[[], object], pythons: Mapping[str, str] | None = None) -> bool:
        """May the recipe run now? If not, what came from elsewhere is shown with the question, and `then` is done after
        a yes. `pythons` are the interpreters that need the user's word, each with where it came from."""
        code, pythons = recipe.job == OWN and self._draft.needs_word(recipe.code), pythons or {}
        if not (code or pythons):
            return True
        if code and recipe.code != self.text:
            self._draft.put(recipe.code)
            self._offer()
        self.consent.ask(code, pythons, then)
        self._page.choose(JOB)
        self.front_wanted.emit()
        return False

    # -- files

    def open_file(self, path: Path, text: str) -> None:
        """Puts the text of a file that has been read into the editor."""
        self._draft.origins[text] = path.name
        self._draft.put(text)
        self.file.open(path, text)
        self._offer()
        self.front_wanted.emit()

    def _show_file(self) -> None:
        self._page.show_file(self.file.name, self.file.path is not None and self.text != self.file.text)
        self._settings.change(code_file=str(self.file.path or ""))

    def _reload(self, path: Path) -> None:
        try:
            self.open_file(path, load_code(path))  # read again: the file may have changed once more
        except BadRecipe as problem:
            self.failed.emit(str(problem))

    def answer_notice(self, action: str) -> bool:
        """Carries out the action of a notice; was it one of ours?"""
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
            elif text:
                self.forgotten.emit(text)
        elif action == PASTED:
            self._draft.origins[self._pasted] = "the clipboard"
            self._bring_back(self._pasted)
        else:
            return self.saving.answer(action)
        return True

    def offer_pasted(self, text: str) -> None:
        """Code was pasted where a recipe belongs: offers to put it into the editor."""
        self._pasted = text
        words = "The clipboard holds Python code, not a recipe."
        self._notices.add(words, [(PASTED, "Use it as your own code")], about="RecipeLines")

    def _bring_back(self, text: str) -> None:
        self.file.close()
        self._draft.put(text)
        self._offer()
        self.front_wanted.emit()

    def shut_down(self) -> None:
        self.flush()
        self.file.shut_down()


def first_of(sentences: str) -> str:
    return sentences.split(". ")[0].rstrip(".")


def _reads_as(one: Recipe, other: Recipe) -> bool:
    return (one.job, one.model, one.code) == (other.job, other.model, other.code)


def _error_marks(errors: dict[int, str]) -> list[Mark]:
    """What workers, or the module itself, raised, at the line where that happened."""
    by_line: dict[int, str] = {}
    for worker in sorted(errors):
        told = raised(errors[worker])
        if told is not None and told.line is not None:
            whose = f"{worker_name(worker)}: " if worker >= 0 else ""
            by_line.setdefault(told.line, f"{whose}{told.in_short}")
    return [Mark(line, words=words, ground="bad", dot=True, pressed="traceback") for line, words in by_line.items()]
