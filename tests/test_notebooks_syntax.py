"""IPython's syntax is taken out of a cell, and plain Python stays as it is."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.notebooks.syntax import PlainCell, to_python

LIBRARY = [path for path in Path(os.__file__).parent.glob("*.py") if path.stat().st_size < 60_000]


@pytest.mark.parametrize(
    ("cell", "plain", "left_out"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1", [1]),
        ("x = 1\n!ls 'unclosed (\ny = 2", "x = 1\npass\ny = 2", [2]),
        ("if x:\n    %cd /tmp\n    !pwd\ny", "if x:\n    pass\n    pass\ny", [2, 3]),
        ("!pip install \\\n   numpy \\\n   scipy\nx", "pass\n\n\nx", [1]),
        ("pip install numpy", "pass", [1]),
        ("ls in x; cd = 3; rm - 1", "ls in x; cd = 3; rm - 1", []),
        ("files = !ls *.py\nx", "files = []\nx", [1]),
        ("t = %timeit -o f(')')", "t = None", [1]),
        ("x.y[0] = !ls", "x.y[0] = []", [1]),
        ("%time x = f(1)", "x = f(1)", []),
        ("%timeit f(1)", "pass", [1]),
        ("plt.plot?\n?plt\nplt??  ;\nf(x)?", "pass\npass\npass\npass", [1, 2, 3, 4]),
        ("x = 1  # why?", "x = 1  # why?", []),
        (
            "print('why?')\n'%d' % 3\nx = '%s' \\\n  % 3",
            "print('why?')\n'%d' % 3\nx = '%s' \\\n  % 3",
            [],
        ),
        ('"""\n%time\n!ls\nwhat?\n"""', '"""\n%time\n!ls\nwhat?\n"""', []),
        ("f(a,\n  %b)", "f(a,\n  %b)", []),
        ("x = (a\n%b)", "x = (a\n%b)", []),
        ("x = a \\\n%b", "x = a \\\n%b", []),
        ("x %= 3; y != 2; x = not y", "x %= 3; y != 2; x = not y", []),
        ("f'{x!r} {y=!s}'", "f'{x!r} {y=!s}'", []),
        ("s = 'a\\\n%b ('\n%cd x", "s = 'a\\\n%b ('\npass", [3]),
        ("%%time\nx = 1", "\nx = 1", []),
        ("\n%%capture out\n%%time\nx = 1", "\n\n\nx = 1", []),
        ("%%bash\necho (\n", "\n\n", [1]),
        (
            "%%writefile x.py\ndef f(): pass",
            "get_ipython().run_cell_magic('writefile', 'x.py', 'def f(): pass')\n",
            [],
        ),
        ("%%html\n<b>", "\n", [1]),
        ("%%unknown 3\nx = 1", "\n", [1]),
        ("  x = 1\n  %cd y\n  if x:\n    y = 2", "x = 1\npass\nif x:\n  y = 2", [2]),
        (">>> x = 1\n>>> def f():\n...     pass", "x = 1\ndef f():\n    pass", []),
        ("%load_ext grader\n%bpgrade exercise3", "pass\npass", []),
        ("plt.plot(x);", "plt.plot(x);", []),
        ("  # why\n  \nx = 1", "  # why\n  \nx = 1", []),
        ("", "", []),
    ],
)
def test_a_cell(cell: str, plain: str, left_out: list[int]) -> None:
    found = to_python(cell)
    assert found.source == plain
    assert [line for line, _ in found.left_out] == left_out


@pytest.mark.parametrize("path", LIBRARY[:60], ids=lambda path: path.name)
def test_pythons_own_library_stays_as_it_is(path: Path) -> None:
    source = path.read_text("utf-8")
    assert to_python(source) == PlainCell(source, ())


@given(st.lists(st.sampled_from(list("%!?'\"\\()[]#=;: \nax")), max_size=60).map("".join))
def test_any_text_keeps_its_lines(cell: str) -> None:
    assert to_python(cell).source.count("\n") == cell.count("\n")


@given(st.lists(st.sampled_from(list("%!'\"\\()#=;: \nax1,")), max_size=30).map("".join))
def test_valid_python_is_never_touched(cell: str) -> None:
    if cell.startswith(">>>"):
        return
    try:
        ast.parse(cell)
    except (SyntaxError, ValueError):
        return
    except Warning:  # such as an invalid escape sequence
        return
    assert to_python(cell).source == cell
