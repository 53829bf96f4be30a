"""The guides as a newcomer reads them: what they show is what happens."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import click
import guides
import pytest
from thoroughness import thorough

import grader
from grader.cli.group import bpgrade
from grader.course import find_course
from grader.result import Outcome

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", *sorted(DOCS.rglob("*.md"))]
RUN = [page for page in PAGES if list(guides.steps(page.read_text("utf-8")))]
LONG = {"author", "diagnoses", "grade-by-hand", "grade-changes", "instructor", "whose-file"}
LONG |= {f"{name}.zh" for name in (*LONG, "README", "install")}
"""Guides that take their time: the README shows the same commands, and the shorter ones Chinese."""
PLAIN_EXITS = {0, 1}  # 1: points lost, which what is shown says


def loaded(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    specification.loader.exec_module(module)
    return module


def written_by(hook: str, page: str) -> str:
    """Return a page as the site's hook leaves it."""
    module = loaded(DOCS / "hooks" / hook)
    text = (DOCS / page).read_text("utf-8")
    place = SimpleNamespace(file=SimpleNamespace(src_uri=page))
    return module.on_page_markdown(text, page=place)


@pytest.mark.skipif(sys.platform != "linux", reason="the guides are typed into bash")
@pytest.mark.parametrize(
    "page",
    thorough(RUN, but=lambda page: page.stem not in LONG),
    ids=lambda page: page.stem,
)
def test_what_a_guide_shows_is_what_happens(page: Path, tmp_path: Path):
    every = list(guides.steps(page.read_text("utf-8")))
    commands = [step for step in every if isinstance(step, guides.Command)]
    for command, outcome in zip(
        commands, guides.run(every, tmp_path, guides.language_of(page)), strict=True
    ):
        remedy = f"look at it, then run: python tests/guides.py {page.relative_to(ROOT)}"
        told = "\n".join((f"line {command.line}: {command.text}", *outcome.printed, remedy))
        assert outcome.code in PLAIN_EXITS, told
        assert guides.agrees(command.shown, outcome.printed), told


def test_courses_that_pages_begin_can_have_their_names():
    names = [
        name
        for page in PAGES
        for name in re.findall(r"^\$?\s*bpgrade author new (\w\S*)", page.read_text("utf-8"), re.M)
    ]
    assert len(names) >= 6
    assert [name for name in names if not (name.isascii() and name.isidentifier())] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_installs_from_the_clone_that_it_is_in(name: str):
    installed = re.findall(r"pip install (?:-[qe] )*(\S+)", (ROOT / name).read_text("utf-8"))
    assert len(installed) > 3
    assert [each for each in installed if not each.strip("`'").startswith(".")] == []


def test_the_guides_are_among_the_pages_that_are_run():
    assert {page.stem for page in RUN} >= {"README", "student", "author", "instructor", "result"}


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (("a", "..."), ("a", "b", "c")),
        (("...", "c"), ("c",)),
        (("done (3.2 s)",), ("done (11 s)",)),
        (("20 seeds   15 ms a run",), ("20 seeds  1500 ms a run",)),
    ],
)
def test_dots_stand_for_lines_and_timings_may_differ(shown: tuple[str], printed: tuple[str]):
    assert guides.agrees(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ((), ("a",)),
        (("a",), ()),
        (("a", "..."), ("b", "a")),
        (("3 / 10",), ("4 / 10",)),
        (("20 seeds",), ("21 seeds",)),
    ],
)
def test_what_is_not_shown_is_noticed(shown: tuple[str], printed: tuple[str]):
    assert not guides.agrees(shown, printed)


def command_lines(markdown: str) -> Iterator[list[str]]:
    """Yield the words of every call of bpgrade in a page's code, be it in a line of text."""
    code = [block.text for block in guides.blocks(markdown) if block.language in ("sh", "bash")]
    outside = re.sub(r"^```.*?^```$", "", markdown, flags=re.MULTILINE | re.DOTALL)
    code += [found[1].replace("\n", " ") for found in re.finditer(r"`(bpgrade [^`]+)`", outside)]
    for line in "\n".join(code).replace("\\\n", " ").splitlines():
        for part in re.split(r"&&|\|\||[|;]", line.removeprefix("$ ")):
            words = shlex.split(part, comments=True) if part.count('"') % 2 == 0 else []
            if words and Path(words[0]).name == "bpgrade":
                yield words[1:]


def parse(words: list[str]) -> None:
    """Raise what click raises where a command or an option does not exist."""
    command: click.Command = bpgrade
    context = click.Context(bpgrade, info_name="bpgrade")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(context, words[0])
        if inner is None:
            raise click.UsageError(f"no command {words[0]}")
        command, words = inner, words[1:]
        context = click.Context(command, parent=context, info_name=command.name)
    command.make_parser(context).parse_args(list(words))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_and_option_that_a_page_names_exists(page: Path):
    for words in command_lines(page.read_text("utf-8")):
        if words and not words[0].isupper():
            try:
                parse(words)
            except click.ClickException as error:
                pytest.fail(f"bpgrade {' '.join(words)}: {error.message}")


def test_a_command_or_an_option_that_does_not_exist_is_noticed():
    [first, second] = command_lines("```sh\nbpgrade chekc x.py\n```\nand `bpgrade check --no`.")
    for words in (first, second):
        with pytest.raises(click.ClickException):
            parse(words)


def modules_with_examples() -> list[str]:
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((ROOT / "grader").rglob("*.py"))
        if ">>> " in path.read_text("utf-8")
    ]


@pytest.mark.parametrize("name", modules_with_examples())
def test_the_examples_of_docstrings_run(name: str):
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted > 0
    assert results.failed == 0


def test_the_diagrams_are_what_their_command_draws():
    for name, text in loaded(DOCS / "make_diagrams.py").texts().items():
        assert (DOCS / name).read_text("utf-8") == text, "run: python docs/make_diagrams.py docs"


def test_the_api_page_has_every_public_name():
    page = (DOCS / "api.md").read_text("utf-8")
    named = set(re.findall(r"^::: grader\.(\w+)$", page, re.MULTILINE))
    assert named == {*grader.__all__, "authoring"} - {"load_ipython_extension"}
    assert "%load_ext grader" in page


def test_the_reference_has_every_command_and_option():
    page = written_by("commands.py", "commands.md")
    for path, command in all_commands(bpgrade, ("bpgrade",)):
        section = page.partition(f"`{' '.join(path)}` {{ #")[2].partition("\n#")[0]
        assert section, f"{path} is missing"
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert max(parameter.opts, key=len) in section, (path, parameter.opts)


def all_commands(
    group: click.Group, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*above, name), command
        if isinstance(command, click.Group):
            yield from all_commands(command, (*above, name))


def test_the_page_on_results_has_every_field_and_outcome():
    page = written_by("result_document.py", "result.md")
    schema = json.loads((DOCS / "result.schema.json").read_text("utf-8"))
    for part in (schema, *schema["$defs"].values()):
        for name in part.get("properties", ()):
            assert f"| `{name}` |" in page
    outcomes = page.partition("{ #outcome }")[2].partition("\n#")[0]
    assert re.findall(r"^\| `(\w+)` \|", outcomes, re.MULTILINE) == [each.value for each in Outcome]


def test_what_a_copy_button_copies_is_what_is_typed():
    page = written_by("sessions.py", "author.md")
    assert "```console" not in page
    assert "\n$ bpgrade" not in page
    assert "```{ .sh }\nbpgrade author new statistics\n```" in page
    assert "```{ .text .no-copy }\nWrote the course statistics to statistics:" in page
    before = "\n".join(
        line.removeprefix("$ ")
        for block in guides.blocks((DOCS / "author.md").read_text("utf-8"))
        if block.language == "console"
        for line in block.text.splitlines()
    )
    blocks = re.findall(r"^```{ .(?:sh|text .no-copy) }\n(.*?)^```$", page, re.M | re.S)
    assert "".join(blocks).split() == before.split()  # nothing is lost or added


def test_python_sessions_are_taken_apart_too():
    hook = loaded(DOCS / "hooks" / "sessions.py")
    text = "    ```python\n    >>> 1 + 1\n    2\n    >>> for x in ():\n    ...     x\n    ```\n"
    assert hook.on_page_markdown(text) == (
        "    ```{ .python }\n    1 + 1\n    ```\n\n    ```{ .text .no-copy }\n    2\n    ```\n\n"
        "    ```{ .python }\n    for x in ():\n        x\n    ```\n"
    )
    assert hook.on_page_markdown("```python\nx = 1\n```\n") == "```python\nx = 1\n```\n"


SHELLS = {
    "bash": """
        eval "$(_BPGRADE_COMPLETE=bash_source bpgrade)"
        COMP_WORDS=(bpgrade show exercise) COMP_CWORD=2
        _bpgrade_completion bpgrade
        printf '%s\\n' "${COMPREPLY[@]}"
    """,
    "fish": """
        _BPGRADE_COMPLETE=fish_source bpgrade | source
        complete -C 'bpgrade show exercise'
    """,
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_completes_the_names_of_exercises(shell: str, tmp_path: Path):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        [program, "-c", SHELLS[shell]],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    names = [exercise.name for exercise in find_course(None, tmp_path).exercises]
    assert ended.stdout.split() == names


@pytest.mark.parametrize(
    ("shell", "words", "current"),
    [("zsh", "bpgrade show exercise", "2"), ("fish", "bpgrade show exercise", "exercise")],
)
def test_what_completion_scripts_ask_for_is_answered(
    shell: str, words: str, current: str, tmp_path: Path
):
    asked = {"_BPGRADE_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": current}
    ended = subprocess.run(
        [sys.executable, "-m", "grader"],
        cwd=tmp_path,
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    for exercise in find_course(None, tmp_path).exercises:
        assert exercise.name in ended.stdout
