"""Cases of the corpus: a submission, and what `bpgrade check --json` must make of it."""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
from command import run_command

ROOT = Path(__file__).parent.parent
CORPUS = Path(__file__).parent / "corpus"
SEED = 7
LONGEST_TEXT = 100_000
REPAIR_SECONDS = 0.0
"""For nothing here: what repairs tell is for tests/test_repair.py to say."""


@dataclass(frozen=True)
class CorpusCase:
    """A submission's file and its expected outcome; the keys of corpus/expected.toml."""

    file: str
    exercise: str
    lost: Sequence[str] = ()
    outcomes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    every: str = ""
    feedback: Sequence[str] = ()
    said: Sequence[str] | None = None
    output: str = ""
    alone: bool = False

    @property
    def exit_code(self) -> int:
        return 1 if self.lost or self.every else 0


@dataclass(frozen=True)
class CommandRun:
    """How one command ended."""

    exit_code: int
    lines: list[str]
    errors: str


def read_cases() -> list[CorpusCase]:
    with (CORPUS / "expected.toml").open("rb") as file:
        return [CorpusCase(**entry) for entry in tomllib.load(file)["case"]]


def run_bpgrade(*arguments: str | Path, folder: Path = ROOT, warm: bool = True) -> CommandRun:
    """Run the command in `folder`; it ends by itself, whatever it is given."""
    done = run_command(
        *arguments, folder=folder, seconds=600, warm=warm, repair_seconds=REPAIR_SECONDS
    )
    return CommandRun(done.returncode, done.stdout.splitlines(), done.stderr)


def run_json(paths: Iterable[Path], exercise: str, *, warm: bool = True) -> CommandRun:
    words = ("check", "--json", f"--seed={SEED}", f"--exercise={exercise}", *paths)
    return run_bpgrade(*words, warm=warm)


def read_documents(run: CommandRun, count: int) -> list[dict[str, Any]]:
    """Return the valid document of each of `count` files, in their order."""
    assert run.errors == ""
    assert len(run.lines) == count, "one line a file"
    documents = [json.loads(line) for line in run.lines]
    for document in documents:
        schema().validate(document)
    return documents


def check_json(path: Path, exercise: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the document of one file, by a host of its own."""
    run = run_json([path], exercise, warm=False)
    [document] = read_documents(run, 1)
    return run.exit_code, document


@functools.cache
def schema() -> jsonschema.Draft202012Validator:
    text = (ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def judge(case: CorpusCase, document: dict[str, Any]) -> None:
    """Assert that a document says of the case what it must say."""
    assert document["status"] == "graded"
    assert document["exercise"] == case.exercise
    checks = document["checks"]
    judge_texts(document)
    if case.every:
        assert document["score"] == 0
        for check in checks:
            assert check["outcome"] in case.every.split("|"), describe(check)
    else:
        judge_points(case, checks)
        judge_outcomes(case, checks)
    judge_feedback(case, checks)
    if case.said is not None:
        warnings = "\n".join(document["warnings"])
        assert bool(warnings) == bool(case.said), warnings
        for pattern in case.said:
            assert re.search(pattern, warnings), f"no {pattern!r} in {warnings}"
    if case.output:
        assert re.search(case.output, document["output"])


def judge_points(case: CorpusCase, checks: list[dict[str, Any]]) -> None:
    for function in sorted({check["function"] for check in checks}):
        missed = [
            describe(check)
            for check in checks
            if check["function"] == function and check["points"] < check["max_points"]
        ]
        assert bool(missed) == (function in case.lost), f"{function} loses {missed}"
    assert set(case.lost) <= {check["function"] for check in checks}


def judge_outcomes(case: CorpusCase, checks: list[dict[str, Any]]) -> None:
    assert set(case.outcomes) == set(case.lost), "a case that does not say why"
    for function, expected in case.outcomes.items():
        found = {check["outcome"] for check in checks if check["function"] == function}
        for alternatives in expected:
            assert found & set(alternatives.split("|")), f"{function}: {found}"


def judge_feedback(case: CorpusCase, checks: list[dict[str, Any]]) -> None:
    texts = [
        "\n".join((check["feedback"], check["hint"], *map(str, check["diagnosis"])))
        for check in checks
        if case.every or check["function"] in case.lost
    ]
    for pattern in case.feedback:
        assert re.search(pattern, "\n".join(texts)), f"no {pattern!r} in {sorted(set(texts))}"


def judge_texts(document: dict[str, Any]) -> None:
    """Each lost point has a reason, of a length that can be read, without the grader's paths."""
    assert len(document["output"]) < LONGEST_TEXT
    for check in document["checks"]:
        if check["outcome"] != "passed":
            assert check["feedback"].strip(), describe(check)
        assert len(check["feedback"]) < LONGEST_TEXT
        for private in ("site-packages", str(ROOT / "solutions"), str(ROOT / "grader")):
            assert private not in check["feedback"]


def describe(check: dict[str, Any]) -> str:
    return f"{check['id']}: {check['outcome']}: {check['feedback'][:1000]}"
