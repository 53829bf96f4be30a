"""How many planted copies are found in a made class, and how many honest answers are named.

A class of honest answers to exercise 3 is made (honest_answers.py): half of it writes much the
same. Then copies are planted: of a file as it is, with other names and no comments, with functions
and statements in another order, and with two of the five functions written anew. Pairs that were
not planted are false alarms.

Example
-------
    python benchmarks/similarity.py --students 300 --copies 20 --classes 5
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import platform
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from honest_answers import answer

from grader.similarity.comparison import ComparedWork, similar_pairs

ROOT: Final = Path(__file__).parent.parent
FUNCTIONS: Final = 5
KINDS: Final = ("exact", "renamed", "reordered", "partly rewritten")


@dataclass(frozen=True)
class Answer:
    """One submission: its functions in order, and how it is written."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The file."""
        return "\n\n".join(("import numpy as np\n", *self.parts))


def honest(rng: random.Random) -> Answer:
    """Return an answer of somebody who has worked alone."""
    return Answer(tuple(answer(rng)))


class Renaming(ast.NodeTransformer):
    """Gives every name that can have another one another one, parameters included."""

    def __init__(self, rng: random.Random, tree: ast.Module) -> None:
        known = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        own = {
            node.arg if isinstance(node, ast.arg) else node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.arg)
            or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        } - known
        fresh = [f"{letter}{number}" for letter in "abcdefghmnpqrstuvw" for number in range(5)]
        rng.shuffle(fresh)
        self.names = dict(zip(sorted(own), fresh, strict=False))

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Rename."""
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Rename."""
        return ast.arg(self.names.get(node.arg, node.arg))


def renamed(answer: Answer, rng: random.Random) -> Answer:
    """Return a copy with other names throughout, no comments and Python's own layout."""
    parts = []
    for part in answer.parts:
        tree = ast.parse(part)
        parts.append(ast.unparse(Renaming(rng, tree).visit(tree)) + "\n")
    return Answer(tuple(parts))


def reordered(answer: Answer, rng: random.Random) -> Answer:
    """Return a copy with its functions, and neighbouring independent lines, in another order."""
    parts = []
    for part in answer.parts:
        tree = ast.parse(part)
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                for place in range(len(body) - 1):
                    if _independent(body[place], body[place + 1]) and rng.random() < 0.7:
                        body[place], body[place + 1] = body[place + 1], body[place]
        parts.append(ast.unparse(tree) + "\n")
    rng.shuffle(parts)
    return Answer(tuple(parts))


def _independent(one: ast.stmt, other: ast.stmt) -> bool:
    if not isinstance(one, ast.Assign) or not isinstance(other, ast.Assign):
        return False
    names = [
        {node.id for node in ast.walk(each) if isinstance(node, ast.Name)} for each in (one, other)
    ]
    stored = [
        {
            node.id
            for node in ast.walk(each)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for each in (one, other)
    ]
    return not stored[0] & names[1] and not stored[1] & names[0] and bool(stored[0] and stored[1])


def rewritten(answer: Answer, other: Answer, rng: random.Random) -> Answer:
    """Return a copy with two of the functions as somebody else has them, and no comments."""
    anew = set(rng.sample(range(1, FUNCTIONS), 2))
    return Answer(
        tuple(
            other.parts[place] if place in anew else ast.unparse(ast.parse(part)) + "\n"
            for place, part in enumerate(answer.parts)
        )
    )


@dataclass(frozen=True)
class Planted:
    """A copy, and of whom."""

    kind: str
    source: int
    copy: int


def made_class(students: int, copies: int, seed: int) -> tuple[list[Answer], list[Planted]]:
    """Return a class with planted copies, each of another student's answer."""
    rng = random.Random(seed)
    answers = [honest(rng) for _ in range(students)]
    places = rng.sample(range(students), 2 * copies)
    planted = []
    for number in range(copies):
        source, copy = places[2 * number : 2 * number + 2]
        kind = KINDS[number % len(KINDS)]
        if kind == "exact":
            answers[copy] = answers[source]
        elif kind == "renamed":
            answers[copy] = renamed(answers[source], rng)
        elif kind == "reordered":
            answers[copy] = reordered(answers[source], rng)
        else:
            answers[copy] = rewritten(answers[source], honest(rng), rng)
        planted.append(Planted(kind, source, copy))
    return answers, planted


def works(answers: Sequence[Answer]) -> list[ComparedWork]:
    """Return answers as they are compared."""
    return [
        ComparedWork(one.text, hashlib.sha256(one.text.encode()).hexdigest()) for one in answers
    ]


def measured(students: int, copies: int, classes: int, first_seed: int) -> Iterator[str]:
    """Yield what is found in each class, and in all."""
    found: Counter[str] = Counter()
    planted_in_all: Counter[str] = Counter()
    alarms = 0
    handout = [(ROOT / "exercises" / "exercise3.py").read_text("utf-8")]
    for seed in range(first_seed, first_seed + classes):
        answers, planted = made_class(students, copies, seed)
        start = time.process_time()
        pairs = similar_pairs(works(answers), handout)
        seconds = time.process_time() - start
        named = {frozenset((one.first, one.second)): one for one in pairs}
        real = {frozenset((one.source, one.copy)) for one in planted}
        hit = Counter(one.kind for one in planted if frozenset((one.source, one.copy)) in named)
        false = [one for key, one in named.items() if key not in real]
        found += hit
        planted_in_all += Counter(one.kind for one in planted)
        alarms += len(false)
        yield (
            f"class {seed}: {sum(hit.values())} of {copies} copies found,"
            f" {len(false)} false alarms, {seconds:.2f} s"
        )
    for kind in KINDS:
        if planted_in_all[kind]:
            yield f"{kind}: {found[kind]} of {planted_in_all[kind]} found"
    yield (
        f"in all: {sum(found.values())} of {sum(planted_in_all.values())} found,"
        f" {alarms} false alarms in {classes} classes of {students}"
    )


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--classes", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of the first class")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for line in measured(options.students, options.copies, options.classes, options.seed):
        print(line)


if __name__ == "__main__":
    main()
