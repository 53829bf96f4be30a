"""Wrong submissions: right files in six styles (styles/) with one or two blind edits, and where.

And those with a learner's mistake, as found in public questions, from the tests' corpus.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from wrong_programs import edits_of

STYLES = Path(__file__).parent / "styles"
CORPUS = Path(__file__).parent.parent / "tests" / "corpus" / "exercise3"


@dataclass(frozen=True)
class WrongFile:
    """A file that was made wrong.

    `lines` holds, for each fault, the lines that it has changed: either of two that were swapped.
    `alone` holds the file with each of the faults alone.
    """

    style: str
    faults: tuple[str, ...]
    lines: tuple[frozenset[int], ...]
    source: str
    alone: tuple[str, ...]


def wrong_files(seed: int, faults: int) -> Iterator[WrongFile]:
    """Yield files without end, each style in turn, all different; some are right none the less."""
    rng = random.Random(seed)
    right = {path.stem: _plain(path.read_text("utf-8")) for path in sorted(STYLES.glob("*.py"))}
    seen: set[str] = set()
    while True:
        for style, tree in right.items():
            found = _wrong(style, tree, faults, rng)
            if found is not None and found.source not in seen:
                seen.add(found.source)
                yield found


def learners_files() -> Iterator[WrongFile]:
    """Yield the files with a learner's mistake; a comment marks its lines."""
    for path in sorted(CORPUS.glob("learner_*.py")):
        source = path.read_text("utf-8")
        marked = [
            number for number, line in enumerate(source.split("\n"), 1) if line.endswith("# wrong")
        ]
        name = path.stem.removeprefix("learner_").replace("_", " ")
        yield WrongFile("learners", (name,), (frozenset(marked),), source, ())


def _plain(source: str) -> ast.Module:
    """Return the tree of a file with every statement on one line, so that a diff says where."""
    return ast.parse(ast.unparse(ast.parse(source)))


def _wrong(style: str, right: ast.Module, faults: int, rng: random.Random) -> WrongFile | None:
    count = sum(isinstance(node, ast.FunctionDef) for node in ast.walk(right))
    chosen = rng.sample(range(count), faults)
    seeds = [rng.random() for _ in chosen]
    tree = copy.deepcopy(right)
    told, lines, alone = [], [], []
    for number, seed in zip(chosen, seeds, strict=True):
        before = ast.unparse(tree).split("\n")
        told.append(_edit(tree, number, seed))
        after = ast.unparse(tree).split("\n")
        if len(before) != len(after):
            return None
        lines.append(_changed(before, after))
        single = copy.deepcopy(right)
        _edit(single, number, seed)
        alone.append(ast.unparse(single) + "\n")
    return WrongFile(style, tuple(told), tuple(lines), "\n".join(after) + "\n", tuple(alone))


def _edit(tree: ast.Module, number: int, seed: float) -> str:
    """Make a blind edit in one of a file's functions; return its kind."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    rng = random.Random(seed)
    kinds: dict[str, list] = {}
    for kind, edit in edits_of(functions[number]):
        kinds.setdefault(kind, []).append(edit)
    kind = rng.choice(list(kinds))
    rng.choice(kinds[kind])()
    ast.fix_missing_locations(tree)
    return kind


def _changed(before: list[str], after: list[str]) -> frozenset[int]:
    same = {
        block.b + offset
        for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        for offset in range(block.size)
    }
    pairs = enumerate(zip(before, after, strict=True))
    moved = {number for number, (old, new) in pairs if old != new}
    return frozenset(number + 1 for number in moved | (set(range(len(after))) - same))
