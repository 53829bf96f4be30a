"""A text that is run as one piece of code defines what its tree says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.sandbox.child.source.source_text import SourceText

CORPUS = Path(__file__).parent / "corpus"
PLAIN = {
    "functions": "import math\n\ndef f(x):\n    def g(): ...\n\nclass A:\n    def f(self): ...\n",
    "twice": "def f(): return 1\nf()\ndef f(): return 2\n",
    "under a condition": "if True:\n    def f(): ...\nelse:\n    @staticmethod\n    def g(): ...\n",
    "nameless": "f = lambda x: x\ny = [i for i in (1, 2)]\n",
    "awaits": "async def f(): ...\nawait f()\n",
    "with a docstring": '"""About it."""\ndef f():\n    """It."""\n',
}
ASKED = {
    "in a string": 'text = """\ndef f(x):\n"""\n',
    "decorated": "@staticmethod\ndef f(): ...\n",
    "goes on": "def \\\nf(): ...\n",
    "form feed": "\fdef f(): ...\n",
    "other ends of lines": "def f(): ...\rdef g(): ...\r\n",
    "in a package": "from .a import b\n",
    "odd letters": "def \ufb01(): ...\n",
    "warns": "x = 1 is 1\n",
    "escapes": "x = '\\d'\n",
    "broken": "def f(\n",
    "broken later": "return 1\n",
}


GUARD = "if __name__ == '__main__':\n    print(1)\n"
GUARDED = {
    "in the middle": f"{GUARD}def f(): ...\n",
    "twice": f"{GUARD}{GUARD}",
    "in a string": f'text = """\n{GUARD}"""\n',
    "in another way": "if '__main__' == __name__:\n    print(1)\n",
    "broken": f"{GUARD}    print(\n",
}


def whole(source: str) -> list[tuple[str, int]] | None:
    found = SourceText(source, "a.py").whole(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return None if found is None else found.functions


def test_a_main_guard_at_the_end_is_set_apart() -> None:
    text = SourceText(f"def f(): ...\n\n\n{GUARD}", "a.py")
    found = text.whole(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, main=False)
    assert found is not None
    assert found.guard is not None
    assert ast.dump(found.guard, include_attributes=True) == ast.dump(
        text.tree.body[-1], include_attributes=True
    )
    assert "print" not in found.code.co_names


@pytest.mark.parametrize("name", GUARDED)
def test_another_main_guard_is_read_as_a_tree(name: str) -> None:
    found = SourceText(GUARDED[name], "a.py").whole(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, main=False)
    assert found is None


@pytest.mark.parametrize("source", PLAIN.values(), ids=PLAIN)
def test_what_is_plain_needs_no_tree(source: str) -> None:
    assert whole(source) == SourceText(source, "a.py").functions()


@pytest.mark.parametrize("source", ASKED.values(), ids=ASKED)
def test_what_is_written_in_a_rare_way_is_read_as_a_tree(source: str) -> None:
    assert whole(source) is None


def test_the_corpus_defines_the_same() -> None:
    sources = [path.read_text("utf-8", "replace") for path in CORPUS.rglob("*.py")]
    found = [(whole(source), source) for source in sources]
    plain = [(functions, source) for functions, source in found if functions is not None]
    assert len(plain) > len(sources) / 2
    for functions, source in plain:
        assert functions == SourceText(source, "a.py").functions()
