"""Rewriting a test: bare names of the student's become `student.name`, all else stays."""

from __future__ import annotations

import ast
import builtins
from dataclasses import field
from typing import Final

from grader.author.importing.expectations import asks_for_exception, assertion
from grader.author.importing.naming import Names, bound, library_class
from grader.author.importing.source_edits import SourceEdits, end_of, start
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_BUILTINS: Final = frozenset(dir(builtins)) | {"__name__"}
_PATCHES: Final = {"patch", "patch.object", "mock.patch", "mock.patch.object"}
_BINDING: Final = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.FunctionDef, ast.ClassDef)
_FRAMES: Final = {"globals", "locals", "vars", "exec", "eval", "get_ipython"}


_SETS: Final = _("it sets {name} in the student's own module, where their functions read it")
_PATCHED: Final = _("it patches names, which the student's process does not see")
_SEES: Final = _("it uses {name}(), which sees the check and not the student")
_DELETES: Final = _("it deletes {name} in the student's own module")
_IMPORTED: Final = _("it imports {name}, which there is not beside a check")
_REPLACES: Final = _("it replaces {name}, which the student's process does not see: left out")
_CHANGES: Final = _("it changes {name} in the student's own module")
_CATCHES: Final = _("it catches what the student's code raises; say student.raises")
_INHERITS: Final = _("it inherits from the student's class {name}")
_GLOBAL: Final = _("it sets names of the notebook by `global`")
_LOOKS: Final = _("it looks at {name} of what the student wrote")


@dataclass(slots=True)
class Translation:
    """A test as the body of a check.

    Attributes
    ----------
    code : str
        The body, not indented.
    names : dict
        The student's names in it, in the order of their use.
    outside : dict
        Further names that it reads: imports, given functions, or what earlier tests define.
    problems : list of (line, text)
        Why it needs a look.
    impossible : list of (line, text)
        Why it cannot be carried over.
    """

    code: str = ""
    names: dict[str, None] = field(default_factory=dict)
    outside: dict[str, None] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)
    impossible: list[tuple[int, str]] = field(default_factory=list)
    reference: bool = False


def translate(source: str, names: Names) -> Translation:
    """Return a test as the body of a check.

    Parameters
    ----------
    source : str
        Its code, which is plain Python.
    names : Names
        Those of the assignment.

    Raises
    ------
    SyntaxError
        It is no Python.
    """
    rewriting = _Rewriting(source, names)
    rewriting.run(ast.parse(source))
    return rewriting.found


class _Rewriting(ast.NodeVisitor):
    """Visits in the order in which code runs, and notes what to replace where."""

    def __init__(self, source: str, names: Names) -> None:
        self.found = Translation()
        self._names = names
        self._edits = SourceEdits(source)
        self._scopes: list[set[str]] = [set()]
        self._prefix = "student"
        self._above = 0
        self._asked = 0
        self._set: list[str] = []  # names that a statement sets and students' functions read

    def run(self, tree: ast.Module) -> None:
        """Rewrite the whole test."""
        for number, node in enumerate(tree.body):
            if number == 0 and isinstance(node, ast.Expr) and _is_text(node.value):
                self._edits.replace(node, "")  # it is the check's title
            else:
                self.visit(node)
        self.found.code = self._edits.text().strip("\n")

    # What is replaced as a whole.

    def visit(self, node: ast.AST) -> None:
        """Visit a node; what has another form in a check is replaced by that."""
        other: ast.stmt | None = None
        if isinstance(node, ast.Try | ast.With):
            other = asks_for_exception(node)
        elif isinstance(node, ast.Expr):
            other = assertion(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node)
            return
        if other is not None and isinstance(node, ast.stmt):
            self._edits.replace(node, self._rewritten(ast.unparse(other), node.lineno))
            return
        if not isinstance(node, ast.stmt):
            super().visit(node)
            return
        outside, self._set = self._set, []
        super().visit(node)
        if self._set:
            self._have_read(node, self._set)
        self._set = outside

    def _have_read(self, node: ast.stmt, names: list[str]) -> None:
        """Have the student's functions read what a statement sets."""
        given = ", ".join(f"{name}={name}" for name in dict.fromkeys(names))
        line = f"student = student.replaced({given})"
        if isinstance(node, ast.For | ast.With):
            self._edits.insert_before(node.body[0], line)
        elif isinstance(node, _BINDING):
            self._edits.insert_after(node, line)
        else:
            self._impossible(node, _SETS.format(name=names[0]))

    def _rewritten(self, source: str, line: int) -> str:
        """Return a statement that stands for another, rewritten like it."""
        inner = _Rewriting(source, self._names)
        inner._scopes, inner.found, inner._prefix = self._scopes, self.found, self._prefix
        inner._above = self._above + line - 1
        for node in ast.parse(source).body:
            inner.visit(node)
        self._asked += inner._asked
        return inner._edits.text()

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Replace a whole f-string: Python 3.11 does not say where the names in it are."""
        before = self._edits.count
        self.generic_visit(node)
        if self._edits.count > before:
            self._edits.undo(before)
            self._edits.replace(node, ast.unparse(_Whole(self).visit(node)))

    def visit_Call(self, node: ast.Call) -> None:
        """Note calls of what only a notebook has."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "__reference__":
            self.found.reference, self._prefix = True, "reference"
            self.visit(node.args[0])
            self._prefix = "student"
            self._edits.span(start(node), start(node.args[0]), "(")
            return
        kind = library_class(node, self._names)
        if kind:
            self._edits.span(start(node), start(node.args[0]), f"({kind!r} in student.kind(")
            self.visit(node.args[0])
            self._edits.span(end_of(node.args[0]), end_of(node), "))")
            return
        if ast.unparse(node.func) in _PATCHES:
            self._impossible(node, _PATCHED)
        if name in _FRAMES:
            self._impossible(node, _SEES.format(name=name))
        self.generic_visit(node)

    # Names.

    def visit_Name(self, node: ast.Name) -> None:
        """Make a name of the student's theirs, and note all others from outside."""
        if isinstance(node.ctx, ast.Store):
            self._bind(node.id)
        elif isinstance(node.ctx, ast.Del):
            if node.id in self._names.student and not self._is_local(node.id):
                self._impossible(node, _DELETES.format(name=node.id))
            self._scopes[-1].discard(node.id)
        elif text := self.told(node):
            self._edits.replace(node, text)

    def told(self, node: ast.Name) -> str | None:
        """Return what stands for a name that is read; None where it stays."""
        name = node.id
        if self._is_local(name):
            return None
        if name in self._names.student:
            self.found.names[name] = None
            self._asked += 1
            return f"{self._prefix}.{name}"
        if name == "__raises__":
            return "student.raises"
        if name == "__printed__":
            return "student.printed"
        if name == "__escape__":
            self.found.outside["re"] = None
            return "re.escape"
        if name not in _BUILTINS:
            self.found.outside[name] = None
        return None

    def _is_local(self, name: str) -> bool:
        return any(name in scope for scope in self._scopes)

    def _bind(self, name: str) -> None:
        if len(self._scopes) == 1 and name in self._names.read:
            self._set.append(name)
        self._scopes[-1].add(name)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Leave out imports: those that are used stand above the checks."""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if name in self._names.imports:
                self.found.outside[name] = None
        module = (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) or ""
        alone = len(self._scopes) == 1 and not self._edits.is_followed(node)
        self._edits.replace(node, "" if alone else "pass")
        if module.partition(".")[0] in {"otter", "nbgrader", "okpy", "client"}:
            self._problem(node, _IMPORTED.format(name=module))

    # The order in which code runs.

    def visit_Assign(self, node: ast.Assign) -> None:
        """Visit the value before the names that it goes to; replace nothing in a module."""
        patched = [each for each in node.targets if self._is_of_import(each)]
        if patched and len(node.targets) == 1:
            name = ast.unparse(patched[0])
            begin, end = start(node), end_of(node.value)
            self._edits.span(begin, start(node.value), f"student = student.replaced(**{{{name!r}: ")
            self._edits.span(end, end, "})")
            self.visit(node.value)
            return
        if patched:
            self._problem(node, _REPLACES.format(name=ast.unparse(patched[0])))
            self._edits.replace(node, "pass")
            return
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def _is_of_import(self, target: ast.expr) -> bool:
        """Return whether a target is an attribute of an imported module."""
        root = target
        while isinstance(root, ast.Attribute):
            root = root.value
        imported = isinstance(root, ast.Name) and root.id in self._names.imports
        return isinstance(target, ast.Attribute) and imported

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Note where a name of the student's is changed."""
        target = node.target
        if isinstance(target, ast.Name) and not self._is_local(target.id):
            text = self.told(ast.Name(target.id, ast.Load()))
            if text is not None and len(self._scopes) == 1:
                self._edits.insert_before(node, f"{target.id} = {text}")
            elif text is not None:
                self._impossible(node, _CHANGES.format(name=target.id))
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        """Hide the names of the student's that are deleted."""
        names = [each.id for each in node.targets if isinstance(each, ast.Name)]
        theirs = [
            name for name in names if name in self._names.student and not self._is_local(name)
        ]
        if len(theirs) == len(node.targets) and len(self._scopes) == 1:
            hidden = ", ".join(map(repr, theirs))
            self._edits.replace(node, f"student = student.without({hidden})")
            self._asked += 1
            return
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Visit the value before the name that it goes to."""
        if node.value is not None:
            self.visit(node.value)
        self.visit(node.annotation)
        self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        """Visit what is gone through before the names that it goes to."""
        self.visit(node.iter)
        self.visit(node.target)
        for each in (*node.body, *node.orelse):
            self.visit(each)

    def visit_Try(self, node: ast.Try) -> None:
        """Note where a test catches what a student's code may raise."""
        before = self._asked
        for each in node.body:
            self.visit(each)
        asked = self._asked > before
        for handler in node.handlers:
            if handler.name:
                self._scopes[-1].add(handler.name)
            if asked:
                self._problem(handler, _CATCHES)
            self.visit(handler)
        for each in (*node.orelse, *node.finalbody):
            self.visit(each)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        self._scopes.append(set())
        for each in node.generators:
            self.visit(each.iter)
            self.visit(each.target)
            for condition in each.ifs:
                self.visit(condition)
        for part in ("key", "value", "elt"):
            if hasattr(node, part):
                self.visit(getattr(node, part))
        self._scopes.pop()

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        arguments = node.args
        for default in (*arguments.defaults, *(d for d in arguments.kw_defaults if d)):
            self.visit(default)
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        if not isinstance(node, ast.Lambda):
            for decorator in node.decorator_list:
                self.visit(decorator)
            self._bind(node.name)
        own = {each.arg for each in ast.walk(arguments) if isinstance(each, ast.arg)}
        for each in body:
            if isinstance(each, ast.stmt) and not isinstance(each, ast.Import | ast.ImportFrom):
                own |= set(bound(each))
        self._scopes.append(own)
        for each in body:
            self.visit(each)
        self._scopes.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Visit a class, whose body is a scope; the student's own cannot be inherited from."""
        for base in node.bases:
            if isinstance(base, ast.Name) and base.id in self._names.student:
                self._impossible(node, _INHERITS.format(name=base.id))
            self.visit(base)
        self._bind(node.name)
        self._scopes.append(set())
        for each in node.body:
            self.visit(each)
        self._scopes.pop()

    def visit_Global(self, node: ast.Global) -> None:
        """Note that a check has no such globals."""
        self._impossible(node, _GLOBAL)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note where a test looks into the code of a student's function."""
        if node.attr.startswith("__") and node.attr not in {"__doc__", "__name__"}:
            roots = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            if roots & set(self._names.student):
                self._problem(node, _LOOKS.format(name=node.attr))
        self.generic_visit(node)

    # Edits.

    def _problem(self, node: ast.AST, text: str) -> None:
        self.found.problems.append((self._above + getattr(node, "lineno", 1), text))

    def _impossible(self, node: ast.AST, text: str) -> None:
        self.found.impossible.append((self._above + getattr(node, "lineno", 1), text))


class _Whole(ast.NodeTransformer):
    """Rewrites names in an f-string, which is written anew."""

    def __init__(self, rewriting: _Rewriting) -> None:
        self._rewriting = rewriting

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return what stands for a name."""
        if isinstance(node.ctx, ast.Load) and (text := self._rewriting.told(node)):
            return ast.parse(text, mode="eval").body
        if isinstance(node.ctx, ast.Store):
            self._rewriting._bind(node.id)
        return node


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
