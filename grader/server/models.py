"""What a server keeps: people, courses, attempts, jobs, results, and who did what."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from grader.server.names import name_of
from grader.server.prepared import PreparedQuery


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the words of an enumeration as a field takes them."""
    return [(word.value, word.value) for word in words]


class People(BaseUserManager["Person"]):
    """Finds people by the name that they log in with."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Return the person who logs in with a name."""
        found: Person = self.get(username=username)
        return found


class Person(AbstractBaseUser):
    """Somebody who can log in. An administrator may see everything."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    is_active = models.BooleanField(default=True)
    is_administrator = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []
    objects = People()

    def __str__(self) -> str:
        return self.name or name_of(self.pk) or self.username


class ServedCourse(models.Model):
    """A course on the server, by the name in its course.toml, and the folder that it is in."""

    name = models.CharField(max_length=100, unique=True)
    folder = models.TextField()
    people = models.ManyToManyField(Person, through="Membership")

    def __str__(self) -> str:
        return self.name


class Role(StrEnum):
    """What somebody is in a course."""

    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"


class Membership(models.Model):
    """Somebody in a course. An assistant sees the students of the own section."""

    person = models.ForeignKey(Person, models.CASCADE)
    course = models.ForeignKey(ServedCourse, models.CASCADE)
    role = models.CharField(max_length=10, choices=choices(Role), default=Role.STUDENT)
    section = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "course"], name="one_role_in_a_course")
        ]


class Attempt(models.Model):
    """A file that was handed in; it never changes.

    `beside_sha256` tells the files that came with it from others; empty where there are none.
    """

    person = models.ForeignKey(Person, models.CASCADE)
    course = models.ForeignKey(ServedCourse, models.PROTECT)
    exercise = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    beside_sha256 = models.CharField(max_length=64, blank=True, default="")
    handed_in = models.DateTimeField(auto_now_add=True)
    key = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course", "exercise", "number"], name="numbered_attempts"
            ),
            models.UniqueConstraint(
                fields=["person", "key"], condition=~models.Q(key=""), name="one_attempt_a_key"
            ),
        ]

    @property
    def digests(self) -> tuple[str, str]:
        """What tells all that was handed in with it, and itself, from other files."""
        return self.sha256, self.beside_sha256

    @property
    def files_beside(self) -> tuple[tuple[str, bytes], ...]:
        """The files that were handed in with it, by the paths that it would import them by."""
        if not self.beside_sha256:
            return ()
        rows = self.beside.order_by("pk").values_list("path", "content")
        return tuple((path, bytes(content)) for path, content in rows)

    @property
    def result(self) -> GradedResult | None:
        """The result that counts."""
        return self.results.filter(counts=True).first()

    @property
    def job(self) -> Job:
        """The job that grades it first."""
        return _FIRST_JOB.rows(self.pk)[0]


class FileBeside(models.Model):
    """A file that was handed in with an attempt, by the path that this would import it by."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="beside")
    path = models.CharField(max_length=255)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "path"], name="one_file_a_path")]


class RegradeState(StrEnum):
    """What has become of a regrade."""

    OPEN = "open"
    USED = "used"
    DROPPED = "dropped"


class Regrade(models.Model):
    """Attempts at an exercise that are graded once more, of one person or of all.

    Its results count only when an instructor uses them, and then all at once. `version` is that of
    the course, for this exercise: no other version's results are among them.
    """

    course = models.ForeignKey(ServedCourse, models.PROTECT)
    exercise = models.CharField(max_length=100)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="regrades")
    version = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10, choices=choices(RegradeState), default=RegradeState.OPEN
    )
    begun_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="begun_regrades")
    begun = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "exercise"],
                condition=models.Q(state="open"),
                name="one_open_regrade",
            )
        ]


class JobState(StrEnum):
    """How far a job is; `later` is for when nothing else waits."""

    WAITING = "waiting"
    LATER = "later"
    LEASED = "leased"
    GRADED = "graded"
    GIVEN_UP = "given_up"


class Job(models.Model):
    """The grading of an attempt: waiting, leased to a worker, or ended.

    A worker that dies lets its lease run out. After two deaths the attempt is given up. Where a job
    that nobody is at is put off, `leased_until` says until when.
    """

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="jobs")
    regrade = models.ForeignKey(Regrade, models.CASCADE, null=True, related_name="jobs")
    state = models.CharField(max_length=10, choices=choices(JobState), default=JobState.WAITING)
    worker = models.CharField(max_length=100, blank=True)
    leased_until = models.DateTimeField(null=True)
    deaths = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["state", "id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=models.Q(regrade=None), name="one_first_job"
            ),
            models.UniqueConstraint(
                fields=["attempt", "regrade"],
                condition=models.Q(regrade__isnull=False),
                name="one_job_a_regrade",
            ),
        ]


_FIRST_JOB: Final[PreparedQuery[Job]] = PreparedQuery(
    lambda: Job.objects.filter(attempt=-1, regrade=None)
)


class GradedResult(models.Model):
    """A result document, written once for each job.

    `version` is that of the attempt and the course, `course_version` that of the course alone, for
    the attempt's exercise; empty where an earlier bpgrade has written it. A regrade's result does
    not count before it is used.
    """

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="results")
    regrade = models.ForeignKey(Regrade, models.CASCADE, null=True, related_name="results")
    counts = models.BooleanField(default=True)
    version = models.CharField(max_length=64)
    course_version = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10)
    score = models.FloatField()
    max_score = models.FloatField()
    document = models.TextField()
    graded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "version"],
                condition=models.Q(regrade=None),
                name="one_result_a_version",
            ),
            models.UniqueConstraint(
                fields=["attempt", "regrade"],
                condition=models.Q(regrade__isnull=False),
                name="one_result_a_regrade",
            ),
            models.UniqueConstraint(
                fields=["attempt"], condition=models.Q(counts=True), name="one_result_counts"
            ),
        ]


class RecordedDecision(models.Model):
    """A decision on grades, with the row that decisions.jsonl would have; only ever added."""

    course = models.ForeignKey(ServedCourse, models.PROTECT)
    number = models.PositiveIntegerField()
    student = models.CharField(max_length=150)
    row = models.TextField()

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["course", "student"])]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="numbered_decisions")
        ]


class Invitation(models.Model):
    """A link that can be used once: it logs somebody in, and makes a password."""

    token_digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.CASCADE)
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class AskingComputer(models.Model):
    """A computer that asks to hand in for whoever types its code; used up by its answer."""

    device_digest = models.CharField(max_length=64, unique=True)
    user_code = models.CharField(max_length=9, unique=True)
    name = models.CharField(max_length=100, blank=True)
    expires = models.DateTimeField()
    person = models.ForeignKey(Person, models.CASCADE, null=True)
    refused = models.BooleanField(default=False)


class Computer(models.Model):
    """A computer that may hand in for somebody, by a token, until that expires or is ended."""

    token_digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.CASCADE)
    name = models.CharField(max_length=100, blank=True)
    allowed_at = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)


class AuditEntry(models.Model):
    """What somebody did, when, and to what; never changed and never deleted."""

    at = models.DateTimeField(auto_now_add=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True)
    course = models.ForeignKey(ServedCourse, models.SET_NULL, null=True)
    action = models.CharField(max_length=50)
    about = models.TextField(blank=True)


def noted(
    person: Person | None, course: ServedCourse | None, action: str, about: str = "", **_: Any
) -> datetime:
    """Write down what somebody has done, and return when."""
    entry = AuditEntry.objects.create(person=person, course=course, action=action, about=about)
    at: datetime = entry.at
    return at
