"""Stubs made from reference solutions, and that those which ship are up to date."""

from __future__ import annotations

import subprocess
from pathlib import Path
from textwrap import dedent, indent

import pytest
from command import run_command
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course import find_course, load_course, make_stub, write_stubs
from grader.course.notebook import make_notebook
from grader.errors import CourseError


def stub(source: str) -> str:
    return make_stub(dedent(source), "solutions/exercise1.py")


def mistake(source: str) -> str:
    with pytest.raises(CourseError) as caught:
        stub(source)
    assert caught.value.remedy
    return caught.value.message.removeprefix("solutions/exercise1.py: ")


def test_the_shipped_stubs_agree_with_the_references() -> None:
    course = find_course(None, Path(__file__).parent)
    assert course.exercises
    drifted = []
    for exercise in course.exercises:
        source = course.reference(exercise).read_text("utf-8")
        stub = make_stub(source, course.reference(exercise))
        notebook = make_notebook(stub, exercise, course.task(exercise).read_text("utf-8"))
        for path, text in ((course.stub(exercise), stub), (course.notebook(exercise), notebook)):
            if path.read_bytes().decode() != text:
                drifted.append(path.name)
    assert drifted == [], "run bpgrade author stubs"


def test_the_shipped_stubs_hold_no_marker_and_define_every_function() -> None:
    course = find_course(None, Path(__file__).parent)
    for exercise in course.exercises:
        text = course.stub(exercise).read_text("utf-8")
        assert "SOLUTION" not in text
        assert "STUB" not in text
        assert all(f"def {function}(" in text for function in exercise.functions)


def test_a_block_becomes_a_line_that_asks_for_code() -> None:
    assert stub(
        '''\
        """Exercise."""
        import numpy as np

        def forward(x):
            """Return the output.

            # BEGIN SOLUTION
            """
            n = len(x)
            # BEGIN SOLUTION
            total = 0
            for value in x:
                total += value
            # END SOLUTION
            return total / n  # kept

        class Layer:
            async def run(self):
                # BEGIN SOLUTION
                def inner():
                    return 1
                # END SOLUTION
        '''
    ) == dedent(
        '''\
        """Exercise."""
        import numpy as np

        def forward(x):
            """Return the output.

            # BEGIN SOLUTION
            """
            n = len(x)
            raise NotImplementedError("forward: put your own code here")
            return total / n  # kept

        class Layer:
            async def run(self):
                raise NotImplementedError("run: put your own code here")
        '''
    )


def test_the_function_is_the_innermost_around_the_block() -> None:
    assert stub(
        """\
        def outer():
            def inner():
                if True:
                    pass
                else:
                    # BEGIN SOLUTION
                    return 1
                    # END SOLUTION
            # BEGIN SOLUTION
            # nothing but a comment
            # END SOLUTION
        if outer:
            # BEGIN SOLUTION
            SECRET = 1
            # END SOLUTION
            OPEN = 2
        """
    ) == dedent(
        """\
        def outer():
            def inner():
                if True:
                    pass
                else:
                    raise NotImplementedError("inner: put your own code here")
            raise NotImplementedError("outer: put your own code here")
        if outer:
            OPEN = 2
        """
    )


def test_stub_comments_take_the_place_of_the_block() -> None:
    assert stub(
        """\
        def step(w):
            # BEGIN SOLUTION
            # STUB: for i in range(2):
            # STUB:     w[i] = w[1 - i]  # not "right"
            # STUB:
            # STUB: return w
            # a remark that goes
            return w.T
            # END SOLUTION
        # BEGIN SOLUTION
        # STUB: LIMIT = None
        LIMIT = 3
        # END SOLUTION
        """
    ) == dedent(
        """\
        def step(w):
            for i in range(2):
                w[i] = w[1 - i]  # not "right"

            return w
        LIMIT = None
        """
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = 1\n\n# BEGIN SOLUTION\nb = 2\n# END SOLUTION\n\n\nc = 3\n", "a = 1\n\n\nc = 3\n"),
        ("a = 1\n\n\n# BEGIN SOLUTION\nb = 2\n# END SOLUTION\n\nc = 3\n", "a = 1\n\n\nc = 3\n"),
        ("# BEGIN SOLUTION\nb = 2\n# END SOLUTION\n\n\nc = 3\n", "c = 3\n"),
        ("a = 1\n\n\n# BEGIN SOLUTION\nb = 2\n# END SOLUTION\n", "a = 1\n"),
        ("a = 1\n# BEGIN SOLUTION\nb = 2\n# END SOLUTION", "a = 1\n"),
        ("# BEGIN SOLUTION\nb = 2\n# END SOLUTION\n", ""),
    ],
)
def test_a_block_outside_functions_vanishes_with_its_gap(source: str, expected: str) -> None:
    assert stub(source).rstrip("\n") == expected.rstrip("\n")
    assert not stub(source).endswith("\n\n")


def test_line_ends_and_the_byte_order_mark_are_made_plain() -> None:
    assert stub("\ufeffx = 1\r\ny = 2\r") == "x = 1\ny = 2\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# BEGIN SOLUTION\nx = 1\n", "line 1: # BEGIN SOLUTION is never closed."),
        ("x = 1\n# END SOLUTION\n", "line 2: # END SOLUTION outside a block."),
        ("x = 1\n# STUB: x = 2\n", "line 2: # STUB: x = 2 outside a block."),
        (
            "# BEGIN SOLUTION\n# BEGIN SOLUTION\n# END SOLUTION\n# END SOLUTION\n",
            "line 2: # BEGIN SOLUTION inside the block that begins on line 1.",
        ),
        ("x = 1  # BEGIN SOLUTION\n", "line 1: # BEGIN SOLUTION comes after code."),
        (
            "# BEGIN SOLUTION\nx = 1  # STUB: x = 2\n# END SOLUTION\n",
            "line 2: # STUB: x = 2 comes after code.",
        ),
        ("x = 1\nif x\n", "line 2: expected ':'."),
        (
            "def f():\n    # BEGIN SOLUTION\n    x = 1\n# END SOLUTION\n",
            "line 4: # END SOLUTION is not indented like # BEGIN SOLUTION on line 2.",
        ),
        (
            "def f():\n# BEGIN SOLUTION\n    return 1\n# END SOLUTION\n",
            "line 2: # BEGIN SOLUTION is not indented like the code up to # END SOLUTION.",
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    x = 1\ndef g():\n    y = 1\n    # END SOLUTION\n",
            "line 2: # BEGIN SOLUTION is not indented like the code up to # END SOLUTION.",
        ),
        (
            "def f():\n    # BEGIN SOLUTION\n    if 1:\n        x = 1\n    # END SOLUTION\n"
            "    else:\n        x = 2\n",
            "without its solution blocks it is not valid Python (invalid syntax).",
        ),
        (
            "class A:\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION\n",
            "without its solution blocks it is not valid Python (",
        ),
    ],
)
def test_a_misplaced_marker_is_named_with_its_line(source: str, expected: str) -> None:
    assert mistake(source).startswith(expected)


@pytest.mark.parametrize(
    "marker",
    [
        "#BEGIN SOLUTION",
        "### BEGIN SOLUTION",
        "# begin solution",
        "# BEGIN_SOLUTION",
        "# BEGIN SOLUTION:",
        "# Begin Solutions",
        "# END  SOLUTION",
        "#STUB: x",
        "# stub : x",
    ],
)
def test_a_marker_that_would_give_the_solution_away_is_refused(marker: str) -> None:
    assert mistake(f"x = 1\n{marker}\n") == f"line 2: found {marker}, which is almost a marker."


@pytest.mark.parametrize(
    "comment", ["# Begin the solution here", "# the solution ends", "# a stub", "# STUBBORN: x"]
)
def test_prose_is_no_marker(comment: str) -> None:
    assert stub(f"x = 1  {comment}\n") == f"x = 1  {comment}\n"


@pytest.mark.parametrize("source", ["x = \0", "x = " + "(" * 5000 + ")" * 5000, "x = '\udc80'"])
def test_what_python_cannot_read_is_a_course_error(source: str) -> None:
    assert mistake(source)


# Sources that are put together from what a solution may hold.

SECRETS = st.integers(0, 9).map(lambda n: f"secret_{n} = {n}")
OPEN = st.integers(0, 9).map(lambda n: f"open_{n} = {n}") | st.sampled_from(
    ['"""\n# BEGIN SOLUTION\n"""', "# a remark", "pass"]
)


def block(inside: list[str]) -> str:
    return "\n".join(["# BEGIN SOLUTION", *inside, "# END SOLUTION"])


def function(parts: tuple[int, list[str]]) -> str:
    number, body = parts
    lines = "\n".join(['"""Do it."""', *body])
    return f"def function_{number}(x):\n{indent(lines, '    ')}"


BLOCKS = st.lists(SECRETS, max_size=3).map(block)
FUNCTIONS = st.recursive(
    st.tuples(st.integers(0, 9), st.lists(OPEN | BLOCKS, max_size=4)).map(function),
    lambda inner: st.tuples(
        st.integers(10, 19), st.lists(OPEN | BLOCKS | inner, min_size=1, max_size=3)
    ).map(function),
    max_leaves=4,
)
SOURCES = st.lists(OPEN | BLOCKS | FUNCTIONS, max_size=6).map(lambda parts: "\n\n".join(parts))


def named(text: str, word: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith(word)]


@settings(deadline=None)
@given(source=SOURCES)
def test_no_solution_is_left_and_nothing_else_is_lost(source: str) -> None:
    made = make_stub(source, "solution.py")
    compile(made, "stub.py", "exec")
    assert "secret" not in made
    assert named(made, "open_") == named(source, "open_")
    assert named(made, "def ") == named(source, "def ")
    assert make_stub(made, "stub.py") == made


@settings(deadline=None)
@given(
    name=st.sampled_from(["forward", "σ"]),
    secrets=st.lists(SECRETS, min_size=1),
    depth=st.integers(0, 5),
)
def test_a_stub_raises_with_the_name_of_its_function(
    name: str, secrets: list[str], depth: int
) -> None:
    body = block(secrets)
    for _ in range(depth):
        body = f"if True:\n{indent(body, '    ')}"
    namespace: dict[str, object] = {}
    exec(make_stub(f"def {name}():\n{indent(body, '  ')}\n", "solution.py"), namespace)
    called = namespace[name]
    assert callable(called)
    with pytest.raises(NotImplementedError, match=f"^{name}: put your own code here$"):
        called()


MARKERS = st.sampled_from(["# BEGIN SOLUTION", "# END SOLUTION", "# STUB: x"])
LINES = MARKERS | st.sampled_from(
    ["def f():", "class A:", "@f", "if x: pass", "else:", "x = (1,", "2)", "'''", "\\", "\x0c", ""]
)
INDENTED = st.tuples(st.sampled_from(["", " ", "    ", "\t"]), LINES | st.text(max_size=6))


@settings(deadline=None, max_examples=300)
@given(lines=st.lists(INDENTED.map("".join), max_size=8))
@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_any_text_is_a_stub_or_a_course_error(lines: list[str]) -> None:
    try:
        made = make_stub("\n".join(lines), "solution.py")
    except CourseError:
        return
    compile(made, "stub.py", "exec", dont_inherit=True, flags=0x400)  # parse only


# Writing the stubs of a course


def write_course(folder: Path, *solutions: str) -> Path:
    exercises = "".join(
        f'[exercises.e{i}]\ntitle = "t"\npoints = {{ f = 1 }}\n' for i in range(len(solutions))
    )
    for name in ("exercises", "solutions"):
        (folder / name).mkdir(parents=True)
    toml = f'name = "demo"\ntitle = "t"\n{exercises}'
    (folder / "exercises" / "course.toml").write_text(toml, encoding="utf-8")
    for i, solution in enumerate(solutions):
        (folder / "solutions" / f"e{i}.py").write_bytes(solution.encode())
    return folder


SOLUTION = "def f():  # σ\r\n    # BEGIN SOLUTION\r\n    return 1\r\n    # END SOLUTION\r\n"
MADE = 'def f():  # σ\n    raise NotImplementedError("f: put your own code here")\n'


def test_write_stubs_replaces_every_stub(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path, SOLUTION, "x = 1\n"))
    (tmp_path / "exercises" / "e0.py").write_text("old")
    paths = write_stubs(course)
    names = ["e0.py", "e0.ipynb", "e1.py", "e1.ipynb"]
    assert paths == [tmp_path / "exercises" / name for name in names]
    assert paths[0].read_bytes() == MADE.encode()
    assert {path.name for path in paths[0].parent.iterdir()} == {"course.toml", *names}


@pytest.mark.parametrize("second", ["# END SOLUTION\n", "x = (", "\udcff"])
def test_write_stubs_writes_none_where_one_is_wrong(tmp_path: Path, second: str) -> None:
    write_course(tmp_path, SOLUTION, "")
    wrong = tmp_path / "solutions" / "e1.py"
    wrong.write_bytes(second.encode("utf-8", "surrogateescape"))
    with pytest.raises(CourseError) as caught:
        write_stubs(load_course(tmp_path))
    assert str(wrong) in caught.value.message
    assert [path.name for path in (tmp_path / "exercises").iterdir()] == ["course.toml"]


def test_write_stubs_needs_the_references(tmp_path: Path) -> None:
    write_course(tmp_path, SOLUTION)
    (tmp_path / "solutions" / "e0.py").unlink()
    with pytest.raises(CourseError, match="no such file") as caught:
        write_stubs(load_course(tmp_path))
    assert "reference solution of e0" in caught.value.remedy


def test_write_stubs_says_where_it_cannot_write(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path, SOLUTION))
    (tmp_path / "exercises" / "e0.py").mkdir()
    with pytest.raises(CourseError, match="cannot be written"):
        write_stubs(course)


def run(*arguments: str | Path, where: Path) -> subprocess.CompletedProcess[str]:
    return run_command("author", "stubs", *arguments, folder=where, seconds=30)


def test_the_command_writes_the_stubs_of_a_course(tmp_path: Path) -> None:
    course = write_course(tmp_path / "course", SOLUTION)
    made = course / "exercises" / "e0.py"
    done = run("--course", course, where=tmp_path)
    paths = f"{made}\n{made.with_suffix('.ipynb')}\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, paths, "")
    assert made.read_bytes() == MADE.encode()


def test_the_command_answers_mistakes_with_a_sentence_and_an_exit_code(tmp_path: Path) -> None:
    course = write_course(tmp_path / "course", "# END SOLUTION\n")
    wrong = run("--course", course, where=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (3, "")
    assert "line 1: # END SOLUTION outside a block." in wrong.stderr
    missing = run("--course", tmp_path, where=tmp_path)
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "is not a course" in missing.stderr
