"""Grading again: the difference before it counts, all at once or not at all, whatever dies."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from typing import Any

import pytest
from served_class import HALF, ServedClass, a_class
from serving import RIGHT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")

EXERCISES = ("one", "two", "three", "four", "five", "six", "words")
DESCRIPTION = """name = "again"
title = "Again"
packages = []
""" + "".join(
    f"""
[exercises.{name}]
title = "Mean and spread, {name}"
points = {{ mean = 4, spread = 6 }}
"""
    for name in EXERCISES
)
DESCRIPTION += """
[exercises.words.by_hand.why]
title = "Why?"
points = 3
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> ServedClass:
    made = a_class(
        tmp_path_factory.mktemp("again"),
        "again",
        DESCRIPTION,
        (("one", RIGHT), ("one", HALF)),
    )
    for exercise in EXERCISES[1:]:
        for code in (RIGHT, HALF):
            document = made.documents["one", code].replace('"one"', f'"{exercise}"')
            made.documents[exercise, code] = document
    made.add("tess", "instructor")
    made.add("ada")
    made.add("bob")
    return made


def change(served: ServedClass, exercise: str) -> None:
    """Change an exercise's checks, and have the server notice."""
    from grader.server import courses

    course = courses.course_of(served.course)
    path = course.checks(course.exercise(exercise))
    path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
    courses._looked_at[served.course.name] = 0.0


def graded_again(
    served: ServedClass, code: str = "", *, ungraded: tuple[int, ...] = ()
) -> list[int]:
    """Do what a worker would with all that waits; return the numbers of the attempts in turn."""
    from grader.server import queue

    done = []
    while jobs := queue.lease("here", 50):
        for job in jobs:
            fails = job.attempt_id in ungraded
            result = served.result(job.attempt, code if job.regrade else "", ungraded=fails)
            assert queue.end(job, f"v2 of {job.attempt_id}", result)
            done.append(job.attempt_id)
    return done


def ask(served: ServedClass, exercise: str, **form: Any) -> str:
    """Send the page's form; return the page."""
    address = f"/c/again/desk/regrade/{exercise}/"
    if form:
        number = re.findall(r'name="regrade" value="(\d+)"', ask(served, exercise))
        form = {"regrade": number[0] if number else "", **form}
        assert served.clients["tess"].post(address, form).status_code == 302
    return served.page("tess", f"desk/regrade/{exercise}/")


def score(served: ServedClass, name: str, exercise: str) -> str:
    return served.grades()[name, exercise]["final_score"]


def test_new_results_count_when_they_are_used_and_are_shown_before(served: ServedClass):
    half, right = served.graded("ada", HALF, "one"), served.graded("bob", RIGHT, "one")
    before = score(served, "ada", "one")
    served.decide("ada", "one", kind="score", value="7", reason="a word with her")
    change(served, "one")
    assert "2 results that count are from other checks than the course has now" in ask(
        served, "one"
    )
    assert "0 of 2 attempts have been graded again" in ask(served, "one", do="begin")
    assert f"{before} / 10" in served.page("ada", f"attempt/{half}/")  # nobody waits for it
    assert "0 of 2 attempts" in ask(served, "one", do="use")  # it is not complete
    assert graded_again(served, RIGHT) == [half, right]
    shown = ask(served, "one")
    assert "2 grades compared, no grade changed." in shown  # what was decided holds
    assert "decided at 7 of 10" in shown
    assert f"would now get 10 ({before} when it was decided)" not in served.page(
        "tess", f"desk/grade/{served.people['ada'].pk}/one/"
    )
    [last] = re.findall(r'name="number" value="(\d+)"', served.page("tess", "desk/decisions/"))[:1]
    served.decide("ada", "one", kind="undo", number=last)
    shown = ask(served, "one")
    assert "2 grades compared, 1 different: 1 up, 0 down." in shown
    assert f"{before} -&gt; 10 (+{10 - float(before):g})" in shown
    assert "failed -&gt; passed: spread:" in shown
    assert score(served, "ada", "one") == before
    assert f"{before} / 10" in served.page("ada", f"attempt/{half}/")
    begin = ask(served, "one", do="use")
    assert "Grade this exercise again" in begin
    assert "result that counts" not in begin
    assert score(served, "ada", "one") == score(served, "bob", "one") == "10"
    assert "10 / 10" in served.page("ada", f"attempt/{half}/")
    audit = served.page("tess", "desk/audit/")
    assert "regrade one: 2 attempts" in audit
    assert "regrade used one: 2 results count" in audit


def test_the_old_results_are_kept_where_nobody_wants_the_new_ones(served: ServedClass):
    from grader.server.models import GradedResult, Job

    number = served.graded("ada", HALF, "two")
    before = score(served, "ada", "two")
    ask(served, "two", do="begin")
    graded_again(served, RIGHT)
    assert "1 different: 1 up" in ask(served, "two")
    assert "Grade this exercise again" in ask(served, "two", do="drop")
    assert score(served, "ada", "two") == before
    assert GradedResult.objects.filter(attempt=number).count() == 1
    assert not Job.objects.filter(attempt=number).exclude(regrade=None).exists()
    assert "regrade dropped two: 1 results" in served.page("tess", "desk/audit/")


def test_a_grade_that_waits_for_a_person_is_told_as_far_as_it_goes(served: ServedClass):
    number = served.graded("ada", HALF, "words")
    before = float(served.grades()["ada", "words"]["score"])
    ask(served, "words", do="begin")
    assert graded_again(served, RIGHT) == [number]
    shown = ask(served, "words")
    assert "1 grade compared, 1 different: 1 up, 0 down." in shown
    assert f"{before:g} so far -&gt; 10 so far (+{10 - before:g})" in shown
    ask(served, "words", do="use")
    assert "10 so far" in served.page("tess", f"desk/grade/{served.people['ada'].pk}/words/")


def test_what_cannot_be_graded_again_keeps_its_grade_and_is_told(served: ServedClass):
    lost, found = served.hand_in("ada", RIGHT, "three"), served.graded("bob", HALF, "three")
    served.grade(lost, ungraded=True)
    assert score(served, "ada", "three") == ""
    ask(served, "three", do="begin")
    graded_again(served, RIGHT, ungraded=(found,))
    shown = ask(served, "three")
    assert "1 attempt could not be graded again: it keeps the result that it has." in shown
    assert "<li>the grader failed (1)</li>" in shown
    assert "1 different: 0 up, 0 down, 1 new, gone or ungraded" in shown
    assert "ungraded -&gt; 10" in shown
    before = score(served, "bob", "three")
    ask(served, "three", do="use")
    assert score(served, "bob", "three") == before
    assert score(served, "ada", "three") == "10"


def test_who_hands_in_meanwhile_comes_first_and_counts_at_once(served: ServedClass):
    from grader.server import queue

    first = served.graded("ada", HALF, "four")
    older = served.hand_in("bob", HALF, "four")
    [job] = queue.lease("a worker with the old course", 5)
    result = served.result(job.attempt)
    change(served, "four")
    ask(served, "four", do="begin")
    late = served.hand_in("bob", RIGHT, "four")
    assert [one.attempt_id for one in queue.lease("another", 1)] == [late]
    served.grade(late)
    assert score(served, "bob", "four") == "10"
    graded_again(served, RIGHT)
    assert "1 of 2 attempts have been graded again" in ask(
        served, "four"
    )  # bob's first: not yet at all
    assert queue.end(job, "v1", result)
    straggler = served.hand_in("ada", HALF, "four")
    [job] = queue.lease("a worker with the old course", 5)
    result = served.result(job.attempt)
    result.course_version = "old"
    assert queue.end(job, "v1", result)
    assert "2 of 3 attempts have been graded again" in ask(served, "four")
    assert graded_again(served, RIGHT) == [straggler]
    assert "2 grades compared, 1 different: 1 up" in ask(served, "four")
    ask(served, "four", do="use")
    assert "result that counts" not in ask(served, "four")
    shown = served.page("tess", f"desk/grade/{served.people['ada'].pk}/four/")
    assert shown.count("10 / 10") == 3  # both attempts, and what counts
    assert {first, older, late, straggler} == set(
        map(int, re.findall(r"/attempt/(\d+)/\"", served.page("ada", "e/four/")))
    ) | {older, late}


def test_a_regrade_is_of_one_version_and_ends_once_whatever_dies(served: ServedClass):
    from django.utils import timezone

    from grader.server import queue, regrades
    from grader.server.models import GradedResult, Job, Regrade

    numbers = [served.graded("ada", HALF, "five"), served.graded("ada", RIGHT, "five")]
    ask(served, "five", do="begin")
    [held] = Regrade.objects.filter(course=served.course, exercise="five", state="open")
    assert regrades.begin(served.course, served.people["tess"], "five") == held
    [job] = queue.lease("first", 1)
    queue.put_off("first", held.pk)  # its course is another one
    assert queue.lease("first", 5) == []
    Job.objects.filter(regrade=held).update(leased_until=timezone.now() - timedelta(seconds=1))
    [job, other] = queue.lease("first", 5)
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    [taken] = queue.lease("second", 5)
    assert (taken.pk, taken.deaths) == (job.pk, 1)
    result = served.result(job.attempt, RIGHT)
    assert queue.end(taken, "v2", result)
    assert not queue.end(job, "v2", result)  # the first comes back, too late
    change(served, "five")
    shown = ask(served, "five")
    assert "The course has changed since." in shown
    assert "1 of 2 attempts" in shown
    assert not regrades.use(held, served.people["tess"])
    ask(served, "five", do="drop")
    assert not queue.end(other, "v2", result)  # nobody wants it any more
    assert not regrades.drop(held, served.people["tess"])
    assert GradedResult.objects.filter(attempt__in=numbers).count() == 2


def test_one_student_is_graded_again_alone(served: ServedClass):
    mine, others = served.graded("ada", HALF, "six"), served.graded("bob", HALF, "six")
    page = served.page("tess", f"desk/grade/{served.people['ada'].pk}/six/")
    assert "Grade these attempts again" in page
    shown = ask(served, "six", do="begin", person=str(served.people["ada"].pk))
    assert "Attempts of Ada N." in shown
    assert "0 of 1 attempts" in shown
    assert graded_again(served, RIGHT) == [mine]
    ask(served, "six", do="use")
    assert score(served, "ada", "six") == "10"
    assert score(served, "bob", "six") != "10"
    stale = {"do": "use", "regrade": "1"}
    assert served.clients["tess"].post("/c/again/desk/regrade/six/", stale).status_code == 404
    state = served.clients["tess"].get("/c/again/desk/regrade/six/state/").json()
    assert state["is_new"]
    assert others


def test_an_attempt_at_an_exercise_that_is_gone_waits_until_it_is_back_and_so_does_the_database(
    served: ServedClass, monkeypatch: pytest.MonkeyPatch
):
    from django.db import OperationalError

    from grader.server import queue
    from grader.server import worker as workers
    from grader.server.models import Attempt, Job
    from grader.server.worker import Worker

    number = served.graded("ada", HALF, "two")
    ask(served, "two", do="begin")
    Attempt.objects.filter(pk=number).update(exercise="seven")
    jobs = Job.objects.filter(attempt=number).exclude(regrade=None)
    told: list[str] = []
    worker = Worker(1, told.append)
    leased = {job.attempt_id: job for job in queue.lease(worker.name, 50)}
    wait, away = queue.wait_for_course, [OperationalError(f"gone\n{each}") for each in range(3)]

    def wait_at_last(*what: Any) -> None:
        if away:
            raise away.pop()
        wait(*what)

    with monkeypatch.context() as patch:
        patch.setattr(workers, "_AWAY_SECONDS", 0.0)
        patch.setattr(queue, "wait_for_course", wait_at_last)
        worker._grade_at_last(leased.pop(number))
    assert not away
    queue.hand_back(worker.name, [job.pk for job in leased.values()])
    mistake, database = told  # each said once
    assert "seven" in mistake
    assert database == "the database cannot be used: gone"
    assert (jobs.get().state, jobs.get().deaths) == ("later", 0)
    Attempt.objects.filter(pk=number).update(exercise="two")
    jobs.update(leased_until=None)  # as if some seconds had passed
    assert number in graded_again(served, RIGHT)


def test_what_waits_for_a_course_to_be_mended_keeps_no_other_waiting(served: ServedClass):
    from grader.server import queue
    from grader.server.models import Attempt, Job
    from grader.server.worker import Worker

    graded_again(served)
    stuck = [served.hand_in("ada", RIGHT, "two") for _ in range(3)]
    free = served.hand_in("bob", RIGHT, "one")
    Attempt.objects.filter(pk__in=stuck).update(exercise="seven")
    worker = Worker(1, lambda _told: None)
    [first] = queue.lease(worker.name, 1)
    assert first.attempt_id == stuck[0]
    worker._grade(first)
    waits = Job.objects.filter(attempt__in=stuck)
    assert {(job.state, job.deaths) for job in waits} == {("waiting", 0)}
    assert graded_again(served) == [free]
    Attempt.objects.filter(pk__in=stuck).update(exercise="two")
    waits.update(leased_until=None)  # as if some seconds had passed
    assert graded_again(served) == stuck
