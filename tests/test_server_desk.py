"""What counts on the server: decisions at the desk, what students see, what a course allows."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from served_class import HALF, ServedClass, a_class
from serving import RIGHT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")

WHY = 'why = "Every value counts."\n'
YESTERDAY = datetime.now(UTC) - timedelta(hours=30)
DESCRIPTION = f"""name = "desks"
title = "Desks"
packages = []
time_zone = "Asia/Shanghai"
[late]
penalty_per_day = 10
[server]
attempts_per_hour = 4
[exercises.exercise1]
title = "Mean and spread"
points = {{ mean = 4, spread = 6 }}
[exercises.late]
title = "Long ago"
deadline = {YESTERDAY:%Y-%m-%dT%H:%M:%SZ}
points = {{ mean = 4, spread = 6 }}
[exercises.essay]
title = "In words"
server.attempts = 3
points = {{ mean = 4, spread = 6 }}
[exercises.essay.by_hand.why]
title = "Why does one value move the mean?"
points = 3
[exercises.essay.by_hand.why.rubric]
every_value = {{ points = 2, text = "Says that every value counts" }}
example = {{ points = 1, text = "Gives an example" }}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> ServedClass:
    made = a_class(
        tmp_path_factory.mktemp("desk"),
        "desks",
        DESCRIPTION,
        (("exercise1", RIGHT), ("exercise1", HALF), ("late", RIGHT), ("essay", RIGHT + WHY)),
    )
    made.add("tess", "instructor")
    made.add("assist", "assistant", "A")
    return made


def test_a_student_sees_what_changed_since_the_last_attempt(served: ServedClass):
    served.add("ada")
    first = served.graded("ada", HALF)
    assert "Since attempt" not in served.page("ada", f"attempt/{first}/")
    second = served.graded("ada", RIGHT)
    shown = served.page("ada", f"attempt/{second}/")
    assert "Since attempt 1 (" in shown
    assert "Now right: " in shown
    assert "No longer right" not in shown
    assert "-    return math.sqrt(sum((each - 2 * middle)" in shown
    third = served.graded("ada", RIGHT)
    assert "The same file." in served.page("ada", f"attempt/{third}/")
    assert "10 / 10" in served.page("ada", "")


def test_everything_own_is_taken_along(served: ServedClass):
    served.add("grace")
    served.graded("grace", HALF)
    served.hand_in("grace", RIGHT)
    answer = served.clients["grace"].get("/c/desks/own.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {
            "exercise1/1.py", "exercise1/1.py.html", "exercise1/2.py", "attempts.csv",
        }  # fmt: skip
        assert archive.read("exercise1/1.py").decode() == HALF
        assert b"<!doctype html>" in archive.read("exercise1/1.py.html")[:100]
        assert archive.read("attempts.csv").count(b"waiting") == 1


def test_the_deadline_is_told_by_the_courses_clock_and_so_is_lateness(served: ServedClass):
    served.add("kurt")
    shown = served.page("kurt", "e/late/")
    due = (YESTERDAY + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M")
    assert f">{due}</time> (Asia/<wbr>Shanghai)" in shown
    assert "what you hand in now is late" in shown
    number = served.graded("kurt", RIGHT, "late")
    assert "Handed in 2 days late: 20 % off." in served.page("kurt", f"attempt/{number}/")
    assert "8 / 10" in served.page("kurt", "")
    served.decide("kurt", "late", kind="extension", value="+9", reason="ill")
    assert "is late" not in served.page("kurt", "e/late/")
    assert "days late" not in served.page("kurt", f"attempt/{number}/")
    assert "10 / 10" in served.page("kurt", "")
    assert served.grades()["kurt", "late"]["final_score"] == "10"
    assert "ill" not in served.page("kurt", f"attempt/{number}/").split("<main")[1]


def test_the_course_says_how_often_one_may_hand_in(served: ServedClass):
    from grader.server.models import Attempt

    served.add("alan")
    assert "3 attempts are left" in served.page("alan", "e/essay/")
    numbers = [served.hand_in("alan", RIGHT + WHY, "essay") for _ in range(3)]
    assert "No attempts are left." in served.page("alan", "e/essay/")
    typed = {"code": RIGHT + "# typed"}
    refused = served.clients["alan"].post("/c/desks/e/essay/submit/", typed)
    assert refused.status_code == 400
    assert "you have no attempts left for now" in refused.content.decode()
    assert "# typed" in refused.content.decode()  # what was typed is not lost
    assert "<textarea" not in served.page("alan", "e/essay/")
    served.grade(numbers[0], ungraded=True)  # what the grader failed at uses nothing up
    assert "1 attempt is left" in served.page("alan", "e/essay/")
    for _ in range(4):
        served.hand_in("alan", RIGHT)
    assert "You can hand in again at" in served.page("alan", "e/exercise1/")
    assert served.clients["alan"].post("/c/desks/e/exercise1/submit/", typed).status_code == 400
    own = Attempt.objects.filter(person=served.people["alan"], exercise="exercise1")
    own.update(handed_in=datetime.now(UTC) - timedelta(hours=2))
    served.hand_in("alan", RIGHT)
    served.add("tutor", "assistant")
    for _ in range(6):  # who teaches tries as often as they like
        served.hand_in("tutor", RIGHT)


def test_a_decided_score_counts_until_it_is_taken_back(served: ServedClass):
    served.add("edsger")
    served.graded("edsger", HALF)
    before = served.grades()["edsger", "exercise1"]["final_score"]
    refused = served.decide("edsger", kind="score", value="9")
    assert refused.status_code == 400
    assert "needs a reason" in refused.content.decode()
    too_many = served.decide("edsger", kind="score", value="11", reason="generous")
    assert "more than" in too_many.content.decode()
    assert served.decide("edsger", kind="score", value="9", reason="my mistake").status_code == 302
    assert "9 / 10" in served.page("edsger", "")
    line = served.grades()["edsger", "exercise1"]
    assert (line["final_score"], line["decided_score"]) == ("9", "9")
    assert line["reason"] == "my mistake"
    assert "my mistake" in served.page("tess", "desk/decisions/")
    audit = served.page("tess", "desk/audit/")
    assert "score 9, because: my mistake" in audit
    [number] = re.findall(
        r'name="number" value="(\d+)"', served.page("tess", _grade(served, "edsger"))
    )
    assert served.decide("edsger", kind="undo", number=number).status_code == 302
    assert served.grades()["edsger", "exercise1"]["final_score"] == before


def test_a_withheld_grade_is_nowhere_to_be_seen(served: ServedClass):
    served.add("mallory")
    number = served.graded("mallory", RIGHT)
    served.decide("mallory", kind="withheld", reason="to be talked about")
    client = served.clients["mallory"]
    assert client.get(f"/c/desks/attempt/{number}/report/").status_code == 404
    for path in ("", "e/exercise1/", f"attempt/{number}/"):
        shown = served.page("mallory", path)
        assert "10 / 10" not in shown
        assert "to be talked about" not in shown
    assert "withheld" in served.page("mallory", "")
    answer = client.get("/c/desks/own.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {"exercise1/1.py", "attempts.csv"}
        assert b"10" not in archive.read("attempts.csv").split(b",withheld,")[1]
    assert "10 / 10" in served.page("tess", f"attempt/{number}/")
    assert served.clients["tess"].get(f"/c/desks/attempt/{number}/report/").status_code == 200
    assert served.grades()["mallory", "exercise1"]["final_score"] == ""
    assert "Your grade is withheld for now." in served.page("mallory", "e/exercise1/")


def test_points_for_a_check_and_a_comment_are_on_the_students_page(served: ServedClass):
    served.add("barbara")
    number = served.graded("barbara", HALF)
    shown = served.page("tess", _grade(served, "barbara"))
    checks = re.findall(r'<option value="([^"]+)">[^<]+\(0 / ', shown)
    assert served.decide("barbara", kind="points", check=checks[0], value="1", reason="close")
    served.decide("barbara", kind="comment", value="Nearly <b>there</b>")
    page = served.page("barbara", f"attempt/{number}/")
    assert "Your instructor gave 1 points for" in page
    assert "Your instructor: Nearly &lt;b&gt;there&lt;/b&gt;" in page
    line = served.grades()["barbara", "exercise1"]
    assert float(line["final_score"]) == float(line["automatic_score"]) + 1
    answer = served.clients["tess"].get("/c/desks/desk/feedback.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        [name] = [each for each in archive.namelist() if each.startswith("barbara-")]
        assert "Nearly" in archive.read(name).decode()


def test_what_a_person_grades_is_graded_by_an_assistant_on_the_answer_that_was_read(
    served: ServedClass,
):
    served.add("dorothy", section="A")
    served.graded("dorothy", RIGHT + WHY, "essay")
    shown = served.page("assist", _grade(served, "dorothy", "essay"))
    assert "Every value counts." in shown
    assert "10 so far" in served.page("dorothy", "")
    [answer] = re.findall(r'name="answer_id" value="(a\w+)"', shown)
    words = {"kind": "graded", "check": "why", "value": "none", "item": ["every_value"]}
    stale = served.decide("dorothy", "essay", by="assist", **words, answer_id="a0123456789ab")
    assert "another answer" in stale.content.decode()
    done = served.decide("dorothy", "essay", by="assist", **words, answer_id=answer)
    assert done.status_code == 302
    assert "12 / 13" in served.page("dorothy", "")
    assert (
        served.decide("dorothy", "essay", by="assist", kind="score", value="13").status_code == 404
    )
    assert served.decide("edsger", by="assist", kind="comment", value="x").status_code == 404


def test_many_are_decided_on_at_once(served: ServedClass):
    served.add("linus")
    address = "/c/desks/desk/decisions/"
    form = {"student": "all", "exercise": "late", "kind": "excused", "reason": "a strike"}
    assert served.clients["tess"].post(address, form).status_code == 302
    assert "excused" in served.page("linus", "")
    assert served.grades()["linus", "late"]["decision"] == "excused"
    unknown = served.clients["tess"].post(address, {**form, "student": "nobody"})
    assert "nobody in this class is called nobody" in unknown.content.decode()
    last = re.findall(r'name="number" value="(\d+)"', served.page("tess", "desk/decisions/"))[0]
    undone = {"kind": "undo", "number": last, "student": "all", "exercise": "late"}
    assert served.clients["tess"].post(address, undone).status_code == 302
    assert served.grades()["linus", "late"]["decision"] == ""


def test_another_submission_under_a_decision_is_pointed_out(served: ServedClass):
    served.add("margaret")
    served.graded("margaret", HALF)
    served.decide("margaret", kind="score", value="9", reason="by hand")
    served.graded("margaret", RIGHT)
    assert "would now get 10" in served.page("tess", _grade(served, "margaret"))
    assert "would now get 10" in served.page("tess", "desk/decisions/")
    assert "9 / 10" in served.page("margaret", "")
    served.decide("margaret", kind="confirmed")
    assert "would now get" not in served.page("tess", _grade(served, "margaret"))


def test_a_roster_is_of_a_section_and_nobody_is_called_all(served: ServedClass):
    from grader.server.models import Membership, Person

    def upload(text: str, **form: str) -> str:
        return _people(served, "tess", roster=text, **form)

    assert "/link/" in upload("id,name\nsofia,Sofia\n", role="student", section="A")
    assert Membership.objects.get(person__username="sofia").section == "A"
    sofia = Person.objects.get(username="sofia")
    address = f"/c/desks/desk/grade/{sofia.pk}/exercise1/"
    assert served.clients["assist"].get(address).status_code == 200
    upload("id,name\nsofia,Sofia\n", role="student", section="B")
    assert served.clients["assist"].get(address).status_code == 404
    upload("id,name\nsofia,Sofia\nlate,Late\n", role="student")  # no section, so it stays
    assert Membership.objects.get(person__username="sofia").section == "B"
    assert "nobody can have the id all" in upload("id,name\nall,Al L.\n", role="student")
    unlike = upload("who\nsofia\n", role="student")
    assert "the roster people.csv has no column of ids" in unlike  # and not a path of the server's
    assert not Person.objects.filter(username="all").exists()


def test_a_roster_that_cannot_be_right_adds_nobody(served: ServedClass):
    from grader.server.models import Membership

    before = Membership.objects.filter(course=served.course).count()
    for text, problem in (
        ("id,name\nd1,Dup One\nD1,Another\n", "several people have the same id: D1 ("),
        (f"id,name\n{'x' * 151},Long\n", "these can&#39;t be the id and the name of a person: x"),
        ('id,name\n"a\x1bb",Escape\n', "of a person: a\\x1bb ("),
        ("id,name\n2.02612E+11,Ada\n2.02612E+11,Bo\n", "these ids are not whole: 2.02612E+11"),
        ("id,name\nall,Al\n", "it stands for everybody (choose another id)"),
        ("who\nsofia\n", "its columns are who (give it a header with a column `id`"),
        ("", "people.csv is empty (name a CSV file"),
    ):
        shown = _people(served, "tess", roster=text, role="student")
        assert problem in shown, (text, shown)
    assert Membership.objects.filter(course=served.course).count() == before


def test_a_roster_takes_nobody_the_own_role_and_tells_whose_it_changes(served: ServedClass):
    from grader.server.models import Membership, Person

    served.add("theresa", "instructor")
    shown = _people(served, "tess", roster="id,name\ntess,T\nTheresa,T\nnina,N\n", role="student")
    assert "No roster changes your own role, nor that of an administrator: Tess N.<" in shown
    assert "Theresa N. (theresa): instructor → student" in shown
    assert not Person.objects.filter(username="Theresa").exists()  # the same person
    roles = dict(
        Membership.objects.filter(course=served.course).values_list("person__username", "role")
    )
    assert (roles["tess"], roles["theresa"]) == ("instructor", "student")
    audit = served.page("tess", "desk/audit/")
    assert "theresa: instructor -&gt; student" in audit


def test_who_has_lost_a_link_gets_another_and_who_has_left_is_removed(served: ServedClass):
    from django.test import Client

    def link(page: str) -> str:
        [found] = re.findall(r"<code>http://testserver(/link/\S+)</code>", page)
        return str(found)

    password = {"password": "a long enough password"}
    old = link(_people(served, "tess", roster="id,name\nolga,Olga\n", role="student"))
    olga = {"person": str(_person(served, "olga"))}
    new = link(_people(served, "tess", do="link", **olga))
    assert Client().post(old, password).status_code == 404
    client = Client()
    assert client.post(new, password).status_code == 302
    assert client.get("/c/desks/").status_code == 200
    last = link(_people(served, "tess", do="link", **olga))  # the password is forgotten
    assert client.get("/c/desks/").status_code == 200  # until another one is chosen
    assert Client().post(last, {"password": "quite another password"}).status_code == 302
    assert client.get("/c/desks/").status_code == 302
    assert "Olga is not in the course any more" in _people(served, "tess", do="remove", **olga)
    assert "olga" not in served.page("tess", "desk/grades.csv")
    for form in ({"do": "remove", **olga}, {"do": "link", **olga}, {"do": "x", **olga}):
        assert served.clients["tess"].post("/c/desks/desk/people/", form).status_code == 404
    own = {"do": "remove", "person": str(served.people["tess"].pk)}
    assert "you can&#39;t remove yourself" in _people(served, "tess", **own)
    audit = served.page("tess", "desk/audit/")
    assert "link olga" in audit
    assert "removed olga: student" in audit


WRONG = (
    ({"kind": "score", "value": "9"}, "a score needs a reason (write the reason)"),
    ({"kind": "score", "value": "99", "reason": "x"}, "(write a number from 0 to 10)"),
    ({"kind": "points", "value": "1", "reason": "x"}, "has no check without a name (it has: "),
    ({"kind": "undo", "number": "999"}, "no decision 999 (see the numbers in the table)"),
    ({"kind": "confirmed"}, "(see what has under Decisions)"),
    ({"kind": "extension", "value": "+1", "reason": "x"}, "(set one in course.toml)"),
)


def test_what_to_do_about_a_decision_that_cannot_be_is_said_for_the_page(served: ServedClass):
    served.add("wanda")
    served.graded("wanda", HALF)
    for form, problem in WRONG:
        shown = served.decide("wanda", **form).content.decode()
        [alert] = re.findall(r'role="alert">([^<]*)<', shown)
        assert problem in alert, alert
        assert "--" not in alert  # as options of the command begin
    answered = served.decide("wanda", kind="score", value="99", reason="10 hours late")
    kept = answered.content.decode()  # nothing has to be written twice
    assert ">99</textarea>" in kept
    assert 'value="10 hours late"' in kept
    address = "/c/desks/desk/decisions/"
    form = {"student": "wandaa", "exercise": "late", "kind": "waiver", "reason": "x"}
    shown = served.clients["tess"].post(address, form).content.decode()
    assert "did you mean wanda? give the id of a student as under People" in shown


def test_how_late_an_attempt_is_and_where_its_source_is_stands_with_the_grade(served: ServedClass):
    served.add("lara")
    number = served.graded("lara", RIGHT, "late")
    shown = served.page("tess", _grade(served, "lara", "late"))
    assert "Handed in 2 days late: 20 % off." in shown
    assert f'/attempt/{number}/source/">Source</a>' in shown
    shown = served.page("tess", f"attempt/{number}/")
    assert "<h1>Lara N.: Long ago</h1>" in shown
    assert '/desk/?who=lara">Lara N.</a>' in shown
    assert "Continue with this exercise" not in shown  # that would be the teacher's own
    own = served.page("lara", f"attempt/{number}/")
    assert "<h1>Long ago</h1>" in own
    assert "Continue with this exercise" in own


def _person(served: ServedClass, name: str) -> int:
    from grader.server.models import Person

    return int(Person.objects.get(username=name).pk)


def _people(served: ServedClass, by: str, roster: str | None = None, **form: str) -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent: dict[str, object] = dict(form)
    if roster is not None:
        sent["roster"] = SimpleUploadedFile("people.csv", roster.encode(), "text/csv")
    return str(served.clients[by].post("/c/desks/desk/people/", sent).content.decode())


def _grade(served: ServedClass, name: str, exercise: str = "exercise1") -> str:
    return f"desk/grade/{served.people[name].pk}/{exercise}/"
