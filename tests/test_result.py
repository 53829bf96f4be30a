"""The result document: its JSON, its schema, and what is refused."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from made_results import BLOG, check, result, results

from grader.language import recorded, translated
from grader.result import SCHEMA, Outcome, Result

SCHEMA_FILE = Path(__file__).parent.parent / "docs" / "result.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))

# Any character, lone surrogates too; `joined` is how JSON reads surrogates that stand side by side.
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def joined(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def objects(node: object):
    """Yield every object in a JSON tree."""
    if isinstance(node, dict):
        yield node
    for child in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from objects(child)


def test_the_schema_itself_is_valid_closed_and_described():
    Draft202012Validator.check_schema(VALIDATOR.schema)
    nodes = [node for node in objects(VALIDATOR.schema) if node.get("type") == "object"]
    maps = [node for node in nodes if isinstance(node["additionalProperties"], dict)]
    assert len(maps) == 2  # the translations: by language, then by text
    records = [node for node in nodes if node not in maps]
    assert len(records) == 9
    for record in records:
        assert record["additionalProperties"] is False
        assert sorted(record["required"]) == sorted(record["properties"])
        for key, described in record["properties"].items():
            assert described.get("description") or described.get("$ref"), key


@given(results(ANY_TEXT))
@settings(deadline=None)
def test_any_result_is_one_ascii_line_of_the_schema(made: Result):
    text = made.to_json()
    assert text.isascii()
    assert "\n" not in text
    VALIDATOR.validate(json.loads(text))
    assert Result.from_json(text).to_json() == text


@given(results(ANY_TEXT.map(joined)))
@settings(deadline=None)
def test_any_result_survives_json(made: Result):
    assert Result.from_json(made.to_json()) == made


@given(
    results(ANY_TEXT.map(joined)),
    st.dictionaries(st.sampled_from(["zh_CN", "fr"]), ANY_TEXT.map(joined), max_size=2),
)
@settings(deadline=None)
def test_texts_are_read_back_in_every_language(made: Result, said: dict[str, str]):
    title = recorded("A title of its own", said)
    told = replace(made, languages=tuple(said), warnings=(title,))
    read = Result.from_json(told.to_json())
    assert read == told
    for language in ("zh_CN", "fr", "de"):
        assert translated(read.warnings[0], language) == said.get(language, str(title))
    assert read.to_json() == told.to_json()


def test_the_names_that_programs_rely_on():
    document = json.loads(BLOG.to_json())
    assert document["schema"] == SCHEMA == "bpgrade-result/1"
    assert set(document) >= {
        "submission", "course", "exercise", "seed", "status", "score", "max_score", "isolation",
        "output", "checks",
    }  # fmt: skip
    assert set(document["checks"][3]) >= {
        "id", "title", "function", "outcome", "points", "max_points", "visible", "feedback",
        "diagnosis", "seconds",
    }  # fmt: skip
    assert document["checks"][3]["outcome"] == "failed"
    assert set(document["checks"][3]["diagnosis"][0]) >= {"id", "title", "message", "certainty"}


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_score_that_is_no_number_is_never_written(number: float):
    with pytest.raises(ValueError, match="JSON compliant"):
        replace(BLOG, score=number).to_json()


def test_full_marks_only_where_all_was_run_graded_and_right():
    right = result(check("forward", "The outputs are right"))
    assert right.full_marks
    assert not replace(right, status="ungraded").full_marks
    assert not replace(right, not_run=("hidden checks",)).full_marks
    assert not BLOG.full_marks


def changed(*path: str | int, to: object) -> str:
    """The blog's document with the value at `path` replaced, or taken away where it is `...`."""
    document = json.loads(BLOG.to_json())
    node = document
    for key in path[:-1]:
        node = node[key]
    if to is ...:
        del node[path[-1]]
    else:
        node[path[-1]] = to
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value"),
        ("nonsense", "Expecting value"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "not a bpgrade-result/1 document"),
        ("{}", "not a bpgrade-result/1 document"),
        (changed("schema", to="bpgrade-result/2"), "not a bpgrade-result/1 document"),
        (changed("schema", to=["bpgrade-result/1"]), "not a bpgrade-result/1 document"),
        (changed("checks", to=...), "result lacks checks"),
        (changed("grade", to=5), "result has unknown keys: 'grade'"),
        (changed("\x1b[2J", to=5), r"unknown keys: '\x1b[2J'"),
        (changed("checks", to={}), "result.checks must be a list"),
        (changed("checks", 0, to=[]), "result.checks[0] must be an object"),
        (changed("checks", 0, "hint", to=...), "result.checks[0] lacks hint"),
        (changed("checks", 0, "outcome", to="fine"), "checks[0].outcome must be one of passed,"),
        (changed("checks", 0, "outcome", to=[]), "checks[0].outcome must be one of passed,"),
        (changed("checks", 0, "visible", to=1), "checks[0].visible must be a boolean"),
        (
            changed("checks", 3, "diagnosis", 0, "certainty", to=None),
            "must be one of exact, likely",
        ),
        (changed("checks", 3, "diagnosis", 0, "line", to="7"), "line must be an integer"),
        (changed("submission", to="exercise3.py"), "result.submission must be an object"),
        (changed("submission", "name", to=None), "result.submission.name must be a text"),
        (changed("status", to="done"), "result.status must be one of graded, ungraded"),
        (changed("seed", to=True), "result.seed must be an integer"),
        (changed("seed", to=1.0), "result.seed must be an integer"),
        (changed("isolation", to="process"), "result.isolation must be a list"),
        (changed("isolation", to=[1]), "result.isolation[0] must be a text"),
        (changed("score", to="20"), "result.score must be a number"),
        (changed("score", to=True), "result.score must be a number"),
        (changed("score", to=-1), "result.score must be a finite number that is not negative"),
        (changed("score", to=math.nan), "result.score must be a finite number"),
        (changed("score", to=math.inf), "result.score must be a finite number"),
        (changed("score", to=10**400), "result.score must be a finite number"),
    ],
)
def test_a_document_that_is_not_ours_is_refused_in_words(text: str, message: str):
    with pytest.raises(ValueError, match=re.escape(message)):
        Result.from_json(text)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
@settings(deadline=None)
def test_garbled_documents_are_read_right_or_refused(data: st.DataObject):
    document = json.loads(BLOG.to_json())
    node = data.draw(st.sampled_from([node for node in objects(document) if node]))
    key = data.draw(st.sampled_from(sorted(node)))
    node[key] = data.draw(JSON_VALUES | st.sampled_from([1, 0.5, "passed", [], "graded", None]))
    try:
        read = Result.from_json(json.dumps(document))
    except ValueError:
        return
    VALIDATOR.validate(document)
    assert Result.from_json(read.to_json()) == read


@given(st.text() | JSON_VALUES.map(json.dumps))
@settings(deadline=None)
def test_foreign_text_is_refused(text: str):
    with pytest.raises(ValueError, match=r"\S"):
        Result.from_json(text)


def test_every_outcome_is_in_the_schema():
    assert VALIDATOR.schema["$defs"]["check"]["properties"]["outcome"]["enum"] == list(Outcome)
