"""An assignment as an exercise of this project's: reference, checks, points and task text."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Final

from grader.author.importing.assignment import (
    Assignment,
    AuthorsTest,
    ByHand,
    Code,
    ImportFinding,
    ImportPlace,
    Level,
    TaskText,
)
from grader.author.importing.checks import ImportedCheck, check_file, points_of, write_checks
from grader.author.importing.clients import CLIENTS, without_clients
from grader.author.importing.graded_by_hand import (
    answers_of,
    finding_on,
    parts_of,
    places_of,
    together,
)
from grader.author.importing.naming import Names, bound, loaded, names_of
from grader.author.importing.timing import in_time, with_marks
from grader.course.by_hand import Part
from grader.course.stubs import BEGIN
from grader.language import gettext_lazy as _
from grader.language import translated
from grader.notebooks.syntax import to_python
from grader.quick_dataclass import dataclass

_IN_NOTEBOOKS: Final = {"nose", "IPython", "google"}
WORST: Final[tuple[Level, ...]] = ("cannot", "look")
_DRAWS: Final = {"plot", "hist", "boxplot"}


@dataclass(frozen=True, slots=True)
class Converted:
    """An exercise, and what became of its notebook.

    Attributes
    ----------
    tests : tuple of ImportPlace
        Where its tests stand: cells, or cases in a file of tests.
    head, checks
        What stands above the checks, and these.
    aside : mapping
        For each check that is set aside: why.
    released : bool
        Whether the notebook came without its solution.
    packages : tuple of str
        What its code imports from beyond the standard library.
    texts : tuple of str
        The texts in its code, of which some may name data files.
    by_hand : str
        The author's answers to what is graded by hand, in Markdown.
    parts : tuple of Part
        What is graded by hand.
    """

    name: str
    title: str
    notebook: str
    task: str
    reference: str
    head: str
    checks: tuple[ImportedCheck, ...]
    by_hand: str
    packages: tuple[str, ...]
    texts: tuple[str, ...]
    tests: tuple[ImportPlace, ...]
    findings: tuple[ImportFinding, ...]
    released: bool
    aside: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def points(self) -> dict[str, float]:
        """The points of what the student writes."""
        return points_of(check for check in self.checks if check.name not in self.aside)

    @property
    def check_file(self) -> str:
        """The text of its check file."""
        return check_file(self.head, self.checks, self.aside)

    def became(self) -> dict[ImportPlace, str]:
        """Return for each test "whole", or the worst level of what was found there."""
        found: dict[ImportPlace, str] = {}
        for place in self.tests:
            levels = {each.level for each in self.findings if _is_at(each.place, place)}
            found[place] = next((level for level in WORST if level in levels), "whole")
        return found


def _is_at(place: ImportPlace, test: ImportPlace) -> bool:
    """Return whether a finding's place is in a test's cell; without cells, at its line."""
    same = (place.file, place.cell) == (test.file, test.cell)
    return same and bool(test.cell or place.line == test.line)


@dataclass(slots=True)
class _Parts:
    """An assignment's parts by kind, its code as plain Python."""

    texts: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    trees: list[tuple[ast.Module, bool]] = field(default_factory=list)
    places: list[ImportPlace] = field(default_factory=list)
    tests: list[AuthorsTest] = field(default_factory=list)
    by_hand: dict[str, ByHand] = field(default_factory=dict)
    findings: list[ImportFinding] = field(default_factory=list)
    clients: set[str] = field(default_factory=set)


def convert(assignment: Assignment, name: str) -> Converted:
    """Return an assignment as the exercise `name`; one that cannot be graded has no points."""
    parts = _sorted(assignment)
    notebook = next(
        (p.place.file for p in assignment.parts if isinstance(p, Code | AuthorsTest | ByHand)),
        assignment.name,
    )
    tests = list(_plain_tests(parts))
    _leave_out_what_follows_tests(parts, tests)
    tests = in_time(tests, parts.places, parts.trees)
    named = {test.after for test in tests if test.after}
    written = write_checks(list(_with_names(parts, tests)))
    packages, modules = _packages(parts.trees)
    texts = dict.fromkeys((*modules, *(t for test in tests for t in _texts_in(test.source))))
    by_hand = list(parts.by_hand.values())
    findings = [*assignment.findings, *parts.findings, *written.findings]
    findings += [finding_on(part, name) for part in by_hand]
    findings += list(_pictures(parts, notebook))
    title = assignment.title.replace("\n", " ").strip() or name
    heading = f'"""{title}. The task is in {name}.md."""'
    taken = {*points_of(written.checks), *(n for tree, _own in parts.trees for n in _bound(tree))}
    graded = parts_of(by_hand, taken)
    code = [*with_marks(parts.code, parts.places, named), *places_of(graded)]
    return Converted(
        name=name,
        title=title,
        notebook=notebook,
        task=_task(title, parts),
        reference="\n\n\n".join([heading, *code]).rstrip() + "\n",
        head=f'"""Checks of {name}: {title}."""\n\n{written.head}',
        checks=written.checks,
        by_hand=answers_of(by_hand),
        parts=tuple(part for part, _answer in graded),
        packages=packages,
        texts=tuple(texts),
        tests=tuple(dict.fromkeys(test.place for test in parts.tests)),
        findings=tuple(dict.fromkeys(findings)),
        released=assignment.released,
    )


def _sorted(assignment: Assignment) -> _Parts:
    parts = _Parts()
    for part in assignment.parts:
        if isinstance(part, TaskText):
            parts.texts.append(part.markdown.strip())
        elif isinstance(part, AuthorsTest):
            parts.tests.append(part)
        elif isinstance(part, ByHand):
            _add_by_hand(parts.by_hand, part)
        else:
            _add_code(parts, part)
    return parts


def _add_by_hand(found: dict[str, ByHand], part: ByHand) -> None:
    known = found.get(part.title)
    if known is None:
        found[part.title] = part
    else:
        found[part.title] = together(known, part)


def _add_code(parts: _Parts, part: Code) -> None:
    plain = to_python(part.source)
    try:
        tree = ast.parse(plain.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        place = part.place.at(getattr(error, "lineno", None) or 1)
        parts.findings.append(
            ImportFinding("cannot", place, _("the cell is no valid Python: {reason}", reason=error))
        )
        return
    solution = BEGIN in plain.source
    source, tree = without_clients(plain.source, tree, parts.clients)
    shown = all(isinstance(node, ast.Expr) for node in tree.body)
    if shown and not solution:
        if tree.body:  # it only shows something: that belongs to what students read
            parts.texts.append(f"```python\n{source.strip()}\n```")
        return
    parts.code.append(source.strip("\n"))
    parts.trees.append((tree, solution))
    parts.places.append(part.place)


def _leave_out_what_follows_tests(parts: _Parts, tests: list[AuthorsTest]) -> None:
    """Make a text of each given cell that needs what only a test defines: here it is not there."""
    own = {name for tree, _own in parts.trees for node in tree.body for name in bound(node)}
    theirs = {
        name for test in tests for node in ast.parse(test.source).body for name in bound(node)
    } - own
    for number in reversed(range(len(parts.trees))):
        tree, solution = parts.trees[number]
        needed = sorted(loaded(ast.unparse(tree)) & theirs)
        if needed and not solution:
            place = parts.places[number]
            text = _(
                "it needs {name}, which a test defines: made part of the task text", name=needed[0]
            )
            parts.findings.append(ImportFinding("look", place, text))
            parts.texts.append(f"```python\n{parts.code[number].strip()}\n```")
            imports: list[ast.stmt] = [
                n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)
            ]
            parts.code[number] = "\n".join(ast.unparse(node) for node in imports)
            parts.trees[number] = (ast.Module(imports, []), False)


def _with_names(parts: _Parts, tests: list[AuthorsTest]) -> Iterator[tuple[AuthorsTest, Names]]:
    """Yield each test with the names that there are where it stands."""
    for number, test in enumerate(tests):
        above = [
            tree
            for place, tree in zip(parts.places, parts.trees, strict=True)
            if place < test.place or place.file != test.place.file
        ]
        yield test, names_of(above, [ast.parse(one.source) for one in tests[: number + 1]])


def _plain_tests(parts: _Parts) -> Iterator[AuthorsTest]:
    for test in parts.tests:
        plain = to_python(test.source)
        place = test.place
        try:
            ast.parse(plain.source)
            ast.parse(test.public_source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            at = place.at(getattr(error, "lineno", None) or 1)
            parts.findings.append(
                ImportFinding(
                    "cannot", at, _("the test is no valid Python: {reason}", reason=error)
                )
            )
            continue
        for line, text in plain.left_out:
            why = _("`{text}` is no Python, and left out", text=text)
            parts.findings.append(ImportFinding("look", place.at(line), why))
        yield replace(test, source=plain.source)


def _packages(trees: list[tuple[ast.Module, bool]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the code imports from beyond the standard library, and the texts in it."""
    packages: dict[str, None] = {}
    texts: dict[str, None] = {}
    skipped, draws = CLIENTS | _IN_NOTEBOOKS, False
    for tree, _own in trees:
        for node in ast.walk(tree):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts[node.value] = None
            for module in modules:
                top = module.partition(".")[0]
                if top and top not in sys.stdlib_module_names and top not in skipped:
                    packages[top] = None
            draws |= isinstance(node, ast.Attribute) and node.attr in _DRAWS
    if draws and "pandas" in packages:  # pandas imports it only to draw
        packages["matplotlib"] = None
    return tuple(packages), tuple(texts)


def _texts_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _bound(tree: ast.Module) -> Iterator[str]:
    return (name for node in tree.body for name in bound(node))


def _pictures(parts: _Parts, notebook: str) -> Iterator[ImportFinding]:
    for text in parts.texts:
        for target in re.findall(r"!\[[^\]]*\]\(([^)\s]+)", text):
            if not target.startswith(("http://", "https://", "data:")):
                why = _(
                    "the picture {name} is not carried over: put it where students find it",
                    name=target,
                )
                yield ImportFinding("look", ImportPlace(notebook), why)


def _task(title: str, parts: _Parts) -> str:
    texts = [text for text in parts.texts if text]
    if not any(text.startswith("# ") for text in texts[:1]):
        texts.insert(0, f"# {title}")
    if parts.by_hand:
        rows = [f"| {part.title} | {part.points:g} |" for part in parts.by_hand.values()]
        titles = translated(_("| part | points |"))
        table = "\n".join([titles, "| --- | --- |", *rows])
        heading = translated(_("Graded by hand"))
        told = translated(_("A person grades these parts:"))
        texts.append(f"## {heading}\n\n{told}\n\n{table}")
    return "\n\n".join(texts) + "\n"
