"""What a server keeps of platforms: registrations, courses and people there, grades on their way.

Names of people are not kept: a platform's own number for somebody is all that is needed.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from grader.lti.platform import PlatformFacts
from grader.server.models import Role, choices

_LONGEST = 255
_LONGEST_ADDRESS = 2000


class LtiPlatform(models.Model):
    """A registration with a platform.

    `deployments` and `origins` are a line each: where launches may come from, and whose pages may
    have ours in a frame. `paused_until`, `failures` and `trouble` say when it is asked again.
    One sender at a time has a platform, until `leased_until`.
    """

    name = models.CharField(max_length=_LONGEST, blank=True)
    issuer = models.CharField(max_length=_LONGEST)
    client_id = models.CharField(max_length=_LONGEST)
    keys_address = models.CharField(max_length=_LONGEST_ADDRESS)
    token_address = models.CharField(max_length=_LONGEST_ADDRESS)
    login_address = models.CharField(max_length=_LONGEST_ADDRESS)
    audience = models.CharField(max_length=_LONGEST_ADDRESS, blank=True)
    deployments = models.TextField(blank=True)
    origins = models.TextField(blank=True)
    registered_at = models.DateTimeField(auto_now_add=True)
    paused_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)
    sender = models.CharField(max_length=100, blank=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "client_id"], name="one_registration")
        ]

    def __str__(self) -> str:
        return self.name or self.issuer

    @property
    def facts(self) -> PlatformFacts:
        """What messages and services need of it."""
        return PlatformFacts(
            self.issuer,
            self.client_id,
            self.keys_address,
            self.token_address,
            self.login_address,
            self.audience,
            tuple(self.deployments.split("\n")) if self.deployments else (),
        )


class LtiKey(models.Model):
    """A key of ours: listed as long as something that it signed may be looked at."""

    kid = models.CharField(max_length=100, unique=True)
    pem = models.TextField()
    made_at = models.DateTimeField()


class LtiRegistration(models.Model):
    """An address that an administrator makes, by which one platform can register, once."""

    token_digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey("server.Person", models.CASCADE)
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class LtiLogin(models.Model):
    """A launch that has begun: what it must come back with, and the browser that it began in.

    `request` is what the platform has asked with; `arrival` is what it became, for a browser that
    goes on in a new window. `frame` is the launch in whose frame that window was opened, where it
    began anew; `choice` is what was chosen in the window, for the frame to send.
    """

    state_digest = models.CharField(max_length=64, unique=True)
    browser_digest = models.CharField(max_length=64)
    nonce = models.CharField(max_length=64)
    platform = models.ForeignKey(LtiPlatform, models.CASCADE)
    request = models.TextField()
    expires = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    arrival = models.TextField(blank=True)
    entered_at = models.DateTimeField(null=True)
    frame = models.ForeignKey("self", models.SET_NULL, null=True)
    choice = models.TextField(blank=True)


class LtiCourse(models.Model):
    """A course on a platform; `course` is ours, once somebody who may has connected the two."""

    platform = models.ForeignKey(LtiPlatform, models.CASCADE)
    deployment = models.CharField(max_length=_LONGEST)
    number = models.CharField(max_length=_LONGEST)
    title = models.CharField(max_length=_LONGEST, blank=True)
    course = models.ForeignKey("server.ServedCourse", models.SET_NULL, null=True)
    roster = models.CharField(max_length=_LONGEST_ADDRESS, blank=True)
    groups = models.CharField(max_length=_LONGEST_ADDRESS, blank=True)
    line_items = models.CharField(max_length=_LONGEST_ADDRESS, blank=True)
    scopes = models.TextField(blank=True)
    roster_read_at = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "deployment", "number"], name="one_course_on_a_platform"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.number

    @property
    def allowed(self) -> frozenset[str]:
        """The scopes that the platform allows us, by its last launch."""
        return frozenset(self.scopes.split("\n"))

    @property
    def students(self) -> models.QuerySet[LtiEnrolment]:
        """The students who are in it now."""
        return LtiEnrolment.objects.filter(course=self, role=Role.STUDENT, is_active=True)


class LtiIdentity(models.Model):
    """Somebody on a platform, by the platform's number for them, and who that is here."""

    platform = models.ForeignKey(LtiPlatform, models.CASCADE)
    subject = models.CharField(max_length=_LONGEST)
    person = models.ForeignKey("server.Person", models.CASCADE, related_name="identities")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "subject"], name="one_person_a_number")
        ]


class LtiEnrolment(models.Model):
    """Somebody in a course on a platform; `launched_at` is empty until they have come from it."""

    course = models.ForeignKey(LtiCourse, models.CASCADE)
    identity = models.ForeignKey(LtiIdentity, models.CASCADE)
    role = models.CharField(max_length=10, choices=choices(Role))
    section = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    launched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "identity"], name="enrolled_once")]


class LtiColumn(models.Model):
    """A column of a platform's gradebook that has the grades of an exercise."""

    course = models.ForeignKey(LtiCourse, models.CASCADE)
    address = models.CharField(max_length=_LONGEST_ADDRESS)
    exercise = models.CharField(max_length=100)
    compared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "address"], name="one_column_an_address")
        ]


class GradeState(StrEnum):
    """How far a grade is on its way to a platform."""

    WAITING = "waiting"
    SENT = "sent"
    HELD = "held"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


class LtiGrade(models.Model):
    """A grade for a column: the outbox. One row for each student and column, marked when to send.

    What is sent is worked out when it is sent, from what counts then. `revision` grows with each
    mark, so that one that comes while a grade is on its way is not lost; `stamped` is the time of
    the last one that may have arrived.
    """

    column = models.ForeignKey(LtiColumn, models.CASCADE)
    identity = models.ForeignKey(LtiIdentity, models.CASCADE)
    state = models.CharField(max_length=10, choices=choices(GradeState), default=GradeState.WAITING)
    revision = models.PositiveIntegerField(default=1)
    due = models.DateTimeField()
    waits_since = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    stamped = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    score = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    comment_digest = models.CharField(max_length=64, blank=True)
    words = models.TextField(blank=True)
    has_other = models.BooleanField(default=False)
    other = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due"])]
        constraints = [
            models.UniqueConstraint(fields=["column", "identity"], name="one_grade_on_its_way")
        ]
