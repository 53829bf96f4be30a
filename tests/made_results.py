"""Result documents made for tests: hypothesis strategies and hand-written samples."""

from __future__ import annotations

from hypothesis import strategies as st

from grader.result import (
    CheckResult,
    Diagnosis,
    Listing,
    Outcome,
    PartResult,
    Result,
    RubricItemResult,
    SubmissionInfo,
)

AMOUNTS = st.floats(min_value=0, allow_nan=False, allow_infinity=False)


def results(texts: st.SearchStrategy[str], amounts: st.SearchStrategy[float] = AMOUNTS):
    """Any Result, with texts and amounts of points drawn from the given strategies."""
    diagnoses = st.builds(
        Diagnosis,
        id=texts,
        title=texts,
        message=texts,
        certainty=st.sampled_from(["exact", "likely"]),
        line=st.none() | st.integers(1, 9999),
    )
    checks = st.builds(
        CheckResult,
        id=texts,
        title=texts,
        function=st.sampled_from(["forward", "gradient"]) | texts,
        outcome=st.sampled_from(Outcome),
        points=amounts,
        max_points=amounts,
        visible=st.booleans(),
        feedback=texts,
        hint=texts,
        wrong=st.lists(texts, max_size=2).map(tuple),
        diagnosis=st.lists(diagnoses, max_size=2).map(tuple),
        seconds=amounts,
    )
    listings = st.builds(
        Listing, function=texts, place=texts, first_line=st.integers(1, 9999), text=texts
    )
    items = st.builds(RubricItemResult, id=texts, text=texts, points=amounts, taken=st.booleans())
    parts = st.builds(
        PartResult,
        id=texts,
        title=texts,
        points=st.none() | amounts,
        max_points=amounts,
        answer=texts,
        note=texts,
        rubric=st.lists(items, max_size=2).map(tuple),
        remark=texts,
    )
    some_texts = st.lists(texts, max_size=3).map(tuple)
    return st.builds(
        Result,
        submission=st.builds(SubmissionInfo, name=texts, sha256=texts, size=st.integers(0)),
        course=texts,
        exercise=texts,
        seed=st.integers(),
        status=st.sampled_from(["graded", "ungraded"]),
        score=amounts,
        max_score=amounts,
        isolation=some_texts,
        output=texts,
        checks=st.lists(checks, max_size=6).map(tuple),
        warnings=some_texts,
        not_run=some_texts,
        listings=st.lists(listings, max_size=2).map(tuple),
        by_hand=st.lists(parts, max_size=2).map(tuple),
        seconds=amounts,
    )


def check(function: str, title: str, outcome: Outcome = Outcome.PASSED, points: float = 2, **more):
    """One check worth `points`, which are reached only when it passed."""
    reached = points if outcome is Outcome.PASSED else 0.0
    return CheckResult(
        id=f"{function}:{title}",
        title=title,
        function=function,
        outcome=outcome,
        points=reached,
        max_points=points,
        visible=False,
        **more,
    )


def result(*checks: CheckResult, **more) -> Result:
    """A result of exercise3.py whose score is the sum of its checks' points."""
    fields = {
        "submission": SubmissionInfo(name="exercise3.py", sha256="0" * 64, size=1234),
        "course": "backpropagation",
        "exercise": "exercise3",
        "seed": 4711,
        "status": "graded",
        "score": float(sum(one.points for one in checks)),
        "max_score": float(sum(one.max_points for one in checks)),
        "isolation": ("process", "resource limits", "wall clock"),
        "output": "",
        "checks": checks,
    }
    return Result(**{**fields, **more})


SWAPPED = Diagnosis(
    id="swapped-index",
    title="Index swapped",
    message="gradient_1[0, 0] uses weight_2[1, 0]; "
    "the path from hidden 0 to output 1 is weight_2[0, 1]",
    certainty="exact",
    line=31,
)
TRANSPOSED = Diagnosis(
    id="transposed-update",
    title="The update reads the transposed entry",
    message="weight_1[0, 1] is made from weight_1[1, 0], and weight_1[1, 0] from weight_1[0, 1]; "
    "each weight is updated from itself",
    certainty="exact",
    line=52,
)

BLOG = result(
    check("forward", "The hidden units are right"),
    check("forward", "The outputs are right"),
    check("gradient", "The gradient of the output weights is right", points=3),
    check(
        "gradient",
        "The gradient of the hidden weights is right",
        Outcome.FAILED,
        points=3,
        feedback="gradient_1: 4 of 4 entries differ.\n"
        "gradient_1[0, 0] (w1) is off by 14 %, gradient_1[1, 0] (w2) by 14 %.",
        hint="Which two paths lead from hidden unit 0 to the loss?",
        diagnosis=(SWAPPED,),
    ),
    check(
        "gradient",
        "The gradient agrees with finite differences of the loss",
        Outcome.FAILED,
        feedback="gradient_1[0, 1] (w3): relative error 0.11.",
        diagnosis=(SWAPPED,),
    ),
    check("update", "Both layers take one step downhill", Outcome.FAILED, diagnosis=(TRANSPOSED,)),
    check("update", "The arguments are left as they were"),
    check("train", "Ten steps give the weights of ten updates"),
    check("train", "The losses are those before each update"),
    output="[0.8621494899284341, 0.8692662146932715]\nloss 0.29065086742565893\n",
)
