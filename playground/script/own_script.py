"""The user's own code as a script: the code as it was written, and the model's few lines below it. The code is only
read here, never run."""

from __future__ import annotations

import ast

from playground.lab.wire import ops
from playground.lab.wire.ops import Shared
from playground.recipe import own_code
from playground.recipe.python_tree import tree_of
from playground.recipe.recipe import Recipe
from playground.script.edits import Edits
from playground.script.python_text import Function, Source, blocks, bound, called, first_line, is_text
from playground.script.refusal import NoScript
from playground.script.subject import Subject

CALLED = {
    "plain": "result = yield Call(job, worker, WORKERS)",
    "async": "result = await job(worker, WORKERS)",
    "ops": "result = yield from job(worker, WORKERS)",
}
ONCE = "\n\ndef ops(worker):\n    {call}\n    return result\n"
OFTEN = "\n\ndef ops(worker, amount):\n    for _ in rounds(amount):\n        {call}\n    return result\n"


def own_subject(recipe: Recipe, amount: int | None) -> Subject:
    facts = own_code.look_at(recipe.code)
    if facts.problem is not None:
        raise NoScript(f"line {facts.problem.line}: {facts.problem.words}")
    many = amount or recipe.amount or 1
    text = without_checkpoints(recipe.code)
    job = Source(text).function("job")
    if job is None:
        raise NoScript("job is not a function that stands by itself")
    names = {job.args.args[1].arg: "WORKERS"} if len(job.args.args) > 1 else {}
    if facts.kind != "ops" or many > 1:
        text += (ONCE if many == 1 else OFTEN).format(call=CALLED[facts.kind])
        names = {}
    source = Source(text)
    function = source.function("ops" if names == {} and source.function("ops") else "job")
    assert function is not None
    return Subject(
        summary="your function job(i, n)",
        unit="calls",
        source=source,
        function=function,
        values={},
        amount=many,
        shared=shared_of(source),
        names=names,
        worker=worker_name(source, function),
        longest=None,
        own=verbatim(source, function),
    )


def worker_name(source: Source, function: Function) -> str:
    """The name of the worker's function, which is the user's own job, or calls it."""
    if function.name == "job":
        return "job"
    return "work" if "work" not in {*source.definitions, *source.imports} else "call_job"


def verbatim(source: Source, function: Function) -> str:
    """The user's code without the docstring, without the imports, which go to the top, and without the parts that are
    rewritten: SHARED and generators of ops."""
    edits = Edits(source.text)
    for statement in source.statements:
        anew = statement is function or (isinstance(statement, Function) and is_generator(statement))
        elsewhere = is_text(statement) or isinstance(statement, ast.Import | ast.ImportFrom)
        if anew or elsewhere or "SHARED" in bound(statement):
            first = first_line(statement)
            edits.remove_lines(range(first, (statement.end_lineno or first) + 1))
    return edits.of((0, len(edits.text))).strip("\n")


def is_generator(function: Function) -> bool:
    """Is the function a generator of ops?"""
    names = {called(node.value) for node in ast.walk(function) if isinstance(node, ast.Yield)}
    handed_on = any(isinstance(node, ast.YieldFrom) for node in ast.walk(function))
    return bool(names & set(ops.names(ops.ALL))) or handed_on


def without_checkpoints(text: str) -> str:
    tree, edits = tree_of(text), Edits(text)
    for block in blocks(tree):
        for statement in block:
            if is_checkpoint(statement):
                only = all(map(is_checkpoint, block))
                span = edits.lines(statement.lineno, statement.end_lineno or statement.lineno)
                edits.replace(edits.span(statement) if only else span, "pass" if only else "")
    return edits.of((0, len(edits.text)))


def is_checkpoint(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and called(statement.value) == "checkpoint"


def shared_of(source: Source) -> dict[str, Shared]:
    try:
        return own_code.shared(source.text)
    except ValueError as problem:
        raise NoScript(str(problem)) from problem
