"""Turns a job's generator of ops into the plain function of a program for one model: each `yield Op(…)` becomes what
that model writes for it, loops count up to AMOUNT, and checks are left out. The rest stays as its author wrote it."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from playground.lab.wire import ops
from playground.script.checks import left_out
from playground.script.edits import Edits, node_text
from playground.script.python_text import Function, called, strip_annotations, waits
from playground.script.refusal import NoScript
from playground.script.subject import Subject
from playground.script.template import Template

OPS = {op.__name__: op for op in ops.ALL}
FIELDS = {name: list(inspect.signature(op.__init__).parameters)[1:] for name, op in OPS.items()}
INDENT = "    "
WORKERS, AMOUNT = "WORKERS", "AMOUNT"
NAMES = {"workers": WORKERS, "amount": AMOUNT}  # parameter → its name in every script


@dataclass
class Work:
    """The worker's function and the generators that it hands on to, as text, and what they take from outside."""

    functions: dict[str, str] = field(default_factory=dict)  # the worker's own comes last
    constants: dict[str, str] = field(default_factory=dict)  # parameter of the job → its name in the script
    things: set[str] = field(default_factory=set)  # names, in the job, of objects that workers share
    by_name: bool = False  # are shared objects looked up by name while the program runs?
    ops: set[str] = field(default_factory=set)
    one_each_round: bool = True  # is there one op in each round of its loop?

    @property
    def text(self) -> str:
        return "\n\n\n".join(self.functions.values())


class Rewriting:
    """The rewriting of a job's generators: the worker's own, and those that it hands on to, by `yield from` or by
    returning them."""

    def __init__(self, subject: Subject, template: Template, yields: bool) -> None:
        self.subject, self.template = subject, template
        self.yields = yields  # does a worker let the others go on after each call?
        functions = (one for one in subject.source.statements if isinstance(one, Function))
        self.generators = {one.name: one for one in functions if waits(one)}
        self.found = Work()

    def work(self) -> Work:
        text = _Function(self, self.subject.function, self.subject.worker).text()
        self.found.functions[self.subject.worker] = text
        return self.found

    def constant(self, name: str) -> str:
        """The name of a parameter's constant in the script. A name that the job's file uses itself is avoided."""
        names = {**NAMES, **self.subject.names}
        taken = name not in names and name.upper() in self.subject.source.definitions
        return names.get(name, f"THIS_{name.upper()}" if taken else name.upper())

    def handed_on(self, name: str) -> list[int]:
        """Rewrite a generator too. Gives the places of arguments that it does not use."""
        made = _Function(self, self.generators[name])
        if name not in self.found.functions:
            self.found.functions[name] = ""  # a generator may hand on to itself
            self.found.functions[name] = made.text()
        return made.useless


class _Function:
    def __init__(self, rewriting: Rewriting, function: Function, as_worker: str = "") -> None:
        """`as_worker`: the function's name in the script, if it is the worker's own."""
        self._rewriting, self._work, self._template = rewriting, rewriting.found, rewriting.template
        self._source = rewriting.subject.source
        self._edits = Edits(self._source.text)
        self._function, self._as_worker = function, as_worker
        self._gone, self._unused = left_out(function.body) if not rewriting.subject.is_own else (set(), set())
        self._kept = list(_within(function.body, self._gone))
        read = {node.id for node in self._kept if isinstance(node, ast.Name)}
        self.useless = [at for at, arg in enumerate(function.args.args) if not as_worker and arg.arg not in read]

    def text(self) -> str:
        function, prologue = self._function, list[str]()
        if self._as_worker:
            self._work.one_each_round = self._has_one_op_each_round()
            prologue = self._parameters()
        for node in function.body:
            strip_annotations(self._edits, node)
        self._loops()
        self._ops()
        if self._rewriting.yields:
            self._let_others_go_on()
        self._returns()
        self._results_nobody_needs()
        self._remove()
        first = self._first_line()
        lines = self._edits.of(self._edits.lines(first, function.end_lineno or first)).rstrip().split("\n")
        return "\n".join([self._header(), *prologue, *_tidied(lines)])

    def _header(self) -> str:
        given = [arg.arg for at, arg in enumerate(self._function.args.args) if at not in self.useless]
        if self._as_worker:
            return self._template.header(self._as_worker, given[:1], shares=True)
        return self._template.header(self._function.name, given, shares=self.shares())

    def shares(self) -> bool:
        return any(_is_named(node) for node in ast.walk(self._function))

    def _first_line(self) -> int:
        """The first line of the body, with comments above its first statement."""
        line = self._function.body[0].lineno
        while not self._edits.line(line - 1).split("#")[0].rstrip().endswith(":"):
            line -= 1
        return line

    # -- parameters

    def _parameters(self) -> list[str]:
        arguments = self._function.args
        names = {arg.arg for arg in (*arguments.args[1:], *arguments.kwonlyargs)}
        found = [node for node in self._kept if isinstance(node, ast.Name) and node.id in names]
        stored = {node.id for node in found if not isinstance(node.ctx, ast.Load)}
        for node in found:
            constant = self._work.constants.setdefault(node.id, self._rewriting.constant(node.id))
            if node.id not in stored:
                self._edits.replace(self._edits.span(node), constant)
        return [f"{INDENT}{name} = {self._work.constants[name]}" for name in sorted(stored)]

    # -- loops and ops

    def _loops(self) -> None:
        for node in self._kept:
            if isinstance(node, ast.Call) and called(node) == "rounds":
                self._edits.replace(self._edits.span(node.func), "range")

    def _has_one_op_each_round(self) -> bool:
        nodes = list(ast.walk(self._function))
        loops = [node for node in nodes if isinstance(node, ast.For) and called(node.iter) == "rounds"]
        inside = [one for loop in loops for one in loop.body if waits(one)]
        ops_in_all = sum(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes)
        return len(inside) == ops_in_all == 1 and isinstance(inside[0], ast.Assign | ast.AugAssign | ast.Expr)

    def _ops(self) -> None:
        """Replace the ops, the innermost first, as an op may be an argument of another."""
        found: list[ast.expr] = [node for node in self._kept if isinstance(node, ast.Yield | ast.YieldFrom)]
        if not waits(self._function):  # it returns a generator
            returned = (node.value for node in self._kept if isinstance(node, ast.Return))
            found += [node for node in returned if isinstance(node, ast.Call)]
        for node in sorted(found, key=self._length):
            text = self._op(node) if isinstance(node, ast.Yield) else self._hand_on(node)
            first, last = self._edits.span(node)
            around = self._edits.text[first - 1 : first] + self._edits.text[last : last + 1]
            used_at_once = self._edits.text[last + 1 : last + 2] in (b".", b"[", b"(")
            needed = text.startswith("yield ") or (text.startswith("await ") and used_at_once)
            if around == b"()" and not needed:
                first, last = first - 1, last + 1  # brackets that only the yield needed
            self._edits.replace((first, last), text)

    def _length(self, node: ast.AST) -> int:
        first, last = self._edits.span(node)
        return last - first

    def _hand_on(self, node: ast.expr) -> str:
        call = node.value if isinstance(node, ast.YieldFrom) else node
        name = called(call)
        if not isinstance(call, ast.Call) or not name:
            raise NoScript("the job hands on to something that is not a function of its own")
        if name not in self._rewriting.generators:
            raise NoScript(f"what {name}(…) yields is not known")
        useless = self._rewriting.handed_on(name)
        given = [node_text(self._edits, one) for at, one in enumerate(call.args) if at not in useless]
        given += [f"{one.arg}={node_text(self._edits, one.value)}" for one in call.keywords]
        other = _Function(self._rewriting, self._rewriting.generators[name])
        return self._template.handed_on(name, given, shares=other.shares())

    def _op(self, node: ast.Yield) -> str:
        call, op = node.value, called(node.value)
        if not isinstance(call, ast.Call) or op not in OPS:
            raise NoScript("the job yields something other than an op")
        self._work.ops.add(op)
        given = [node_text(self._edits, one) for one in call.args]
        named = {one.arg or "**": node_text(self._edits, one.value) for one in call.keywords}
        if issubclass(OPS[op], ops.Call):
            keywords = [f"{name}={text}" for name, text in named.items()]
            return self._template.call(op, given[0], [*given[1:], *keywords])
        fields = {**dict(zip(FIELDS[op], given, strict=False)), **named}
        if issubclass(OPS[op], ops.Named):
            fields["thing"] = self._thing(call, fields.pop("name"))
        return self._template.op(op, fields, self._size_of(call))

    def _size_of(self, call: ast.Call) -> int:
        """The size of the queue that an op is about; the largest of all if its name is only known at run time."""
        name, shared = call.args[0] if call.args else None, self._rewriting.subject.shared
        if isinstance(name, ast.Constant):
            return shared[str(name.value)].size or 0 if str(name.value) in shared else 0
        return max((thing.size or 0 for thing in shared.values()), default=0)

    def _thing(self, call: ast.Call, text: str) -> str:
        name = call.args[0] if call.args else None
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            self._work.things.add(name.value)
            return thing_name(name.value)
        self._work.by_name = True
        return f"things[{text}]"

    def _let_others_go_on(self) -> None:
        line = self._template.yields
        statements = (node for node in self._kept if isinstance(node, ast.stmt) and not isinstance(node, ast.Return))
        for statement in statements:
            if any(map(_is_call, _own_expressions(statement))):
                if isinstance(statement, (ast.If, ast.For, ast.While, ast.With, ast.Try)):
                    raise NoScript("the job computes within a condition, where it cannot let others go on")
                indent = " " * statement.col_offset
                self._edits.insert_after_line(statement.end_lineno or statement.lineno, indent + line)
                line = line.partition("  #")[0]

    def _returns(self) -> None:
        for node in self._kept:
            if isinstance(node, ast.Return) and node.value is not None:
                value = node_text(self._edits, node.value)
                self._edits.replace(self._edits.span(node), self._template.returned(value))

    # -- what is left out

    def _results_nobody_needs(self) -> None:
        for node in self._kept:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Yield):
                names = {target.id for target in node.targets if isinstance(target, ast.Name)}
                if names <= self._unused and len(names) == len(node.targets):
                    self._edits.replace((self._edits.span(node)[0], self._edits.span(node.value)[0]), "")

    def _remove(self) -> None:
        for statement in self._gone:
            first = statement.lineno
            indent = " " * statement.col_offset
            while self._edits.line(first - 1).startswith(indent + "#"):
                first -= 1
            self._edits.remove_lines(range(first, (statement.end_lineno or first) + 1))


def thing_name(name: str) -> str:
    return re.sub(r"\W", "_", name)


def value_text(value: object) -> str:
    """A number or word as it is written in source."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return f"{value:_}"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _within(nodes: Iterable[ast.AST], gone: set[ast.stmt]) -> Iterator[ast.AST]:
    for node in nodes:
        if node not in gone:
            yield node
            yield from _within(ast.iter_child_nodes(node), gone)


def _own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement itself, without the statements in its blocks."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, (ast.stmt, ast.excepthandler)):
            yield from ast.walk(child)


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Yield) and called(node.value) in ("Call", "Block")


def _is_named(node: ast.AST) -> bool:
    """Is it an op on an object that workers share?"""
    name = called(node)
    return name in OPS and issubclass(OPS[name], ops.Named)


def _tidied(lines: list[str]) -> list[str]:
    """Lines without a blank line at the beginning or after another blank line."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line.rstrip())
    return kept
