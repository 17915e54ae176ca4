"""Puts a script together: head, imports, values, the job's functions, the worker's, and the model's program."""

from __future__ import annotations

import ast
import builtins
import re

from playground.files.visible import visible
from playground.interpreters import known as interpreters
from playground.lab.wire.knob import SWITCH_INTERVAL
from playground.recipe.recipe import Recipe, sentence
from playground.script import text_layout
from playground.script.edits import Edits
from playground.script.folding import folded
from playground.script.python_text import Definition, Source, used
from playground.script.refusal import NoScript
from playground.script.rewrite import AMOUNT, WORKERS, Rewriting, Work, thing_name, value_text
from playground.script.subject import Subject
from playground.script.template import Template
from playground.start import command


class Program:
    def __init__(self, recipe: Recipe, subject: Subject, template: Template) -> None:
        self._recipe, self._subject, self._template = recipe, subject, template
        self._beside = [] if subject.beside is None else [Source(folded(subject.beside.text, self._knobs))]

    def text(self) -> str:
        subject, template, knobs = self._subject, self._template, self._knobs
        yields = template.always_yields or self._recipe.knobs.get("yields") == "after each call"
        work = Rewriting(subject, template, yields).work()
        program = self._with_report(self._with_shared(folded(self._program, self._knobs), work), work)
        worker = self._with_names_of_shared(work.text, work)
        beside = [str(source.value("BESIDE")).strip() for source in self._beside]
        program = text_layout.line_replaced(program, "beside", "\n".join(beside).splitlines())
        functions, values, above, imports = self._needed(f"{subject.own}\n{worker}\n{program}", set(work.functions))
        patched = {"own"} if subject.is_own and knobs.get("MONKEY_PATCH") == "yes" else set()
        interval = self._recipe.knob("switch_interval")
        if interval != SWITCH_INTERVAL.default:
            imports.add("import sys")
            values.append(f"sys.setswitchinterval({interval})")
        parts = text_layout.Parts(
            about=self._about(),
            first=template.first(work.ops | patched),
            imports=imports,
            constants=self._constants(work, "\n".join([worker, program, *values, *functions])),
            values=values,
            functions=[*above, *functions, *filter(None, [subject.own]), worker],
            program=program,
        )
        return text_layout.laid_out(parts, subject.longest)

    @property
    def _program(self) -> str:
        """The model's program, with the name that the worker's function has in this script."""
        return re.sub(r"\bwork\b(?=[(,])", self._subject.worker, self._template.program)

    @property
    def _knobs(self) -> dict[str, object]:
        """The knobs, under the names that they have in a script."""
        return {name.upper(): value for name, value in self._recipe.all_knobs().items()}

    # -- what workers share

    def _with_names_of_shared(self, text: str, work: Work) -> str:
        """The text with the script's variables for the objects that workers share, in place of `*shared`."""
        names = ["things"] if work.by_name else sorted(map(thing_name, work.things))
        return text.replace("*shared", ", ".join(names)) if names else text.replace(", *shared", "")

    def _with_shared(self, text: str, work: Work) -> str:
        made = {name: self._template.shared(thing) for name, thing in self._subject.shared.items()}
        numbered = {re.sub(r"\d+", "%d", name): how for name, how in made.items()}
        if work.by_name and len(numbered) == 1 < len(made) == self._recipe.workers:
            [(name, how)] = numbered.items()
            lines = [f'things = {{"{name}" % worker: {how} for worker in range({WORKERS})}}']
        elif work.by_name:
            lines = [f"things = {{{', '.join(f'{name!r}: {how}' for name, how in made.items())}}}"]
        else:
            lines = [f"{thing_name(name)} = {made[name]}" for name in sorted(work.things)]
        return self._with_names_of_shared(text_layout.line_replaced(text, "shared", lines), work)

    # -- figures

    def _with_report(self, text: str, work: Work) -> str:
        """`report(results, seconds)` becomes two lines that print the answer and the throughput."""
        unit = self._subject.unit if work.one_each_round or self._subject.is_own else "rounds"
        count = WORKERS if self._subject.is_own and self._subject.amount == 1 else f"{WORKERS} * {AMOUNT}"
        rate = f"{{{count} / seconds:.1f}} {unit}/s"
        lines = [f'print("answer:", {self._answer()})', f'print(f"{rate}")']
        return text_layout.line_replaced(text, "report(results, seconds)", lines)

    def _answer(self) -> str:
        function = self._subject.answer
        if function is None:
            return f"{self._subject.answered_by}(results)" if self._subject.answered_by else "results"
        edits, parameter = Edits(self._subject.source.text), function.args.args[0].arg
        last = function.body[-1]
        if len(function.body) > 1 or not isinstance(last, ast.Return) or last.value is None:
            return "answer(results)"
        for node in ast.walk(last.value):
            if isinstance(node, ast.Name) and node.id == parameter:
                edits.replace(edits.span(node), "results")
        return edits.of(edits.span(last.value))

    # -- what the code needs

    def _needed(self, code: str, known: set[str]) -> tuple[list[str], list[str], list[str], set[str]]:
        """All that the code uses, directly or not: the job's functions and values, the functions of the model's file,
        and imports."""
        own = [self._subject.source, *self._beside, *([self._subject.whole] if self._subject.whole else [])]
        found: dict[int, tuple[Source, Definition]] = {}
        imports: set[str] = set()
        model = self._template.source
        todo, seen = [(name, [*own, model]) for name in used(code)], set(known)
        if self._subject.is_own:
            self._keep_apart()
            seen |= set(self._subject.source.definitions)
        while todo:
            name, sources = todo.pop()
            if name in seen or hasattr(builtins, name):
                continue
            seen.add(name)
            for source in sources:
                definition = source.definitions.get(name)
                if definition is not None and (source is not model or self._template.offers(name)):
                    found[id(definition)] = source, definition
                    todo += [(other, [source, *sources]) for other in used(definition.text)]
                    break
                if name in source.imports:
                    imports.add(source.imports[name])
                    break
                if name in source.others and source.others[name].is_file():
                    path = source.others[name]
                    todo.append((name, [Source(path.read_text(encoding="utf-8"), path)]))
                    seen.discard(name)
                    break
        ordered = sorted(found.values(), key=lambda one: one[1].line)
        own_first = sorted(ordered, key=lambda one: one[0] is model)
        values = [one.text for _, one in own_first if not one.is_code]
        functions = [one.text for source, one in ordered if one.is_code and source is not model]
        of_model = [one.text for source, one in ordered if one.is_code and source is model]
        return functions, values, of_model, imports

    def _keep_apart(self) -> None:
        """Refuse code of the user that has a name which the model's program needs."""
        own, model = self._subject.source, self._template.source
        needed = (set(model.definitions) | set(model.imports)) - {"work"}
        both = (set(own.definitions) - {"job", "ops", "SHARED"}) & needed
        both |= {name for name in own.imports if own.imports[name] != model.imports.get(name, own.imports[name])}
        both |= set(own.imports) & set(model.definitions)
        if both:
            raise NoScript(f"your code has a name that the program of the model needs: {', '.join(sorted(both))}")

    # -- values

    def _constants(self, work: Work, code: str) -> list[tuple[str, str, str]]:
        """Name, value and note of each constant that the code uses."""
        subject, names = self._subject, used(code)
        unit = subject.unit if work.one_each_round else "rounds"
        amount = (AMOUNT, value_text(subject.amount), f"{unit} for each worker")
        found = [(WORKERS, value_text(self._recipe.workers), ""), *([amount] if AMOUNT in names else [])]
        fixed = {name for source in self._beside for name in source.definitions}
        for parameter, name in work.constants.items():
            if name in names - {WORKERS, AMOUNT, *fixed}:
                found.append((name, self._value(parameter), self._note(parameter, work)))
        others = {**self._knobs, **{name.upper(): value for name, value in subject.values.items()}}
        if others.get("INTERPRETERS") == 0:  # one for each worker
            others["INTERPRETERS"] = self._recipe.workers
        known = {name for name, _, _ in found} | fixed | set(subject.source.definitions)
        wanted = [name for name in others if name in names - known]
        return found + [(name, value_text(others[name]), self._note(name.lower(), work)) for name in wanted]

    def _note(self, parameter: str, work: Work) -> str:
        """The note for a value; empty if the job has changed the knob's value, so that the note may be wrong."""
        given = self._recipe.all_knobs().get(parameter)
        right = work.one_each_round if given is None else given == self._subject.values.get(parameter, given)
        return self._subject.notes.get(parameter, "") if right else ""

    def _value(self, parameter: str) -> str:
        if parameter not in self._subject.values:
            raise NoScript(f"what the lab makes for {parameter!r} has no place in a short program")
        text = value_text(self._subject.values[parameter])
        if len(text) > text_layout.WIDTH - 20:
            raise NoScript(f"{parameter!r} of this job is too long for a short program")
        return text

    # -- words

    def _about(self) -> str:
        subject = self._subject
        summary = subject.summary
        word = summary.partition(" ")[0]
        if word == "A" or word[1:].islower():  # but not C code
            summary = summary[0].lower() + summary[1:]
        what = f"{sentence(self._recipe)}: {summary.rstrip('.')}."
        install = f"\n\nIt needs: pip install {self._template.install}" if self._template.install else ""
        return text_layout.rewrapped(f"{what}\n\n{self._template.about}{self._python()}{install}".replace("?.", "?"))

    def _python(self) -> str:
        """How to run the script, if not by `python3` as usual."""
        options = command.GIL_OPTIONS[str(self._recipe.knob("gil"))]
        text = self._recipe.interpreter
        if not text and not options:
            return ""
        known = interpreters.known(text)
        python = known.path if known is not None else f"python{text}" if text[:1].isdigit() else text
        words = visible(" ".join([python or "python3", *options]))
        return "\n\nRun it with: " + words.replace("\\", "\\\\").replace('"', '\\"')  # it stands in a docstring
