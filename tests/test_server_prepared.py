"""Prepared queries give what Django's own query sets give, for every kind of field."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from served_class import HALF, ServedClass, a_class
from serving import RIGHT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")

DESCRIPTION = """name = "prepared"
title = "Prepared"
packages = []
[exercises.exercise1]
title = "Mean and spread"
points = { mean = 4, spread = 6 }
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> ServedClass:
    made = a_class(
        tmp_path_factory.mktemp("prepared"),
        "prepared",
        DESCRIPTION,
        (("exercise1", HALF), ("exercise1", RIGHT)),
    )
    made.add("ada")
    made.add("tess", "instructor")
    for code in (HALF, RIGHT):
        made.graded("ada", code)
    made.decide("ada", kind="comment", value="well done")
    return made


def fields(rows: list[Any]) -> list[dict[str, Any]]:
    """Return what rows hold, as far as it has been read."""
    return [{name: value for name, value in vars(row).items() if name != "_state"} for row in rows]


def test_rows_are_those_of_a_query_set(served: ServedClass):
    from django.apps import apps
    from django.contrib.sessions.models import Session

    from grader.server.prepared import PreparedQuery

    filled = 0
    for model in (*apps.get_app_config("server").get_models(), Session):
        some = list(model.objects.all()[:20])
        own = PreparedQuery(lambda model=model: model.objects.filter(pk="-1"))
        for row in some:
            [found] = own.rows(row.pk)
            assert fields([found]) == fields([row]), model
            assert (found._state.db, found._state.adding) == ("default", False)
        filled += bool(some)
    assert filled >= 8, "the tables are empty: nothing was compared"


def test_what_is_left_unread_constants_order_and_joins(served: ServedClass):
    from grader.server.models import Attempt, GradedResult
    from grader.server.prepared import PreparedQuery

    ada = served.people["ada"]
    latest = PreparedQuery(
        lambda: (
            Attempt.objects.filter(person=-1, course=-2, exercise="exercise1")
            .order_by("-number")
            .defer("content")
        )
    )
    wanted = Attempt.objects.filter(person=ada, course=served.course)
    wanted = wanted.order_by("-number").defer("content")
    assert fields(latest.rows(ada.pk, served.course.pk)) == fields(list(wanted))
    first = latest.first(ada.pk, served.course.pk)
    assert first is not None
    assert first.get_deferred_fields() == {"content"}
    assert bytes(first.content).decode() == RIGHT
    assert latest.count(ada.pk, served.course.pk) == 2
    assert (latest.first(0, 0), latest.rows(0, 0), latest.count(0, 0)) == (None, [], 0)

    scores = PreparedQuery(
        lambda: GradedResult.objects.filter(
            attempt__person=-1, attempt__course=-2, counts=True
        ).only("score")
    )
    assert sorted(one.score for one in scores.rows(ada.pk, served.course.pk)) == [4, 10]
