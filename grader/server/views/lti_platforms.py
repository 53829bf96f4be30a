"""An administrator's part: which learning platforms there are, and which course is whose."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from grader.language import gettext_lazy as _
from grader.lti.errors import LtiError
from grader.lti.platform import PlatformFacts
from grader.lti.registration import product, read_configuration, register, tool_configuration
from grader.lti.transport import check_address
from grader.server import access
from grader.server.digests import digest
from grader.server.form_fields import number_in
from grader.server.lti.arrivals import connect
from grader.server.lti.framing import frame_by, origin_of
from grader.server.lti.models import LtiCourse, LtiPlatform, LtiRegistration
from grader.server.lti.speaking import transport
from grader.server.models import Person, ServedCourse, noted
from grader.server.rendering import page
from grader.server.views.lti_launch import failed

_LASTS: Final = timedelta(days=2)
_NEEDED: Final = ("issuer", "client_id", "keys_address", "token_address", "login_address")


@access.administrator
def platforms(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the platforms; register one, by an address or by hand; connect courses."""
    problem: LtiError | None = None
    address = ""
    if request.method == "POST":
        what = request.POST.get("what", "")
        try:
            if what == "address":
                address = _new_address(person)
            elif what == "register":
                _add(person, _facts(request.POST), request.POST.get("name", "")[:255])
            elif what == "deployments":
                _set_deployments(person, request.POST)
            elif what == "connect":
                _connect(person, request.POST)
            elif what == "remove":
                _remove(person, request.POST)
        except LtiError as error:
            problem = error
    return page(
        request,
        "lti_platforms.html",
        400 if problem else 200,
        platforms=LtiPlatform.objects.order_by("id"),
        courses=LtiCourse.objects.select_related("platform", "course").order_by("-id")[:500],
        ours=ServedCourse.objects.order_by("name"),
        own=settings.BPGRADE.address,
        is_secure=settings.BPGRADE.is_secure,
        address=address,
        problem=problem,
        written=request.POST if problem else {},
    )


@access.public
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Register with the platform that opens this address, once."""
    known = LtiRegistration.objects.filter(
        token_digest=digest(token), used_at=None, expires__gt=timezone.now()
    )
    invitation = known.select_related("made_by").first()
    try:
        if invitation is None:
            raise LtiError(
                _("this address has been used or is too old"),
                _("make another one at /lti/platforms/"),
            )
        address = request.GET.get("openid_configuration", "")
        private = settings.BPGRADE.private_platforms
        check_address(address, private=private)
        frame_by(request, [origin_of(address)])
        if not known.update(used_at=timezone.now()):
            raise LtiError(_("this address has been used or is too old"))
        token = request.GET.get("registration_token", "")
        try:
            _register(invitation.made_by, address, token, private=private)
        except LtiError:  # it can be tried again
            LtiRegistration.objects.filter(pk=invitation.pk).update(used_at=None)
            raise
    except LtiError as error:
        return failed(request, error)
    return page(request, "lti_registered.html")


def _register(by: Person, address: str, token: str, *, private: bool) -> None:
    configuration = read_configuration(transport(), address, private=private)
    description = str(_("Exercises that are graded at once"))
    tool = tool_configuration(settings.BPGRADE.address, description)
    _add(by, register(transport(), configuration, tool, token), product(configuration))


def _new_address(person: Person) -> str:
    """Return an address that one platform can register by, once."""
    token = secrets.token_urlsafe(32)
    LtiRegistration.objects.create(
        token_digest=digest(token), made_by=person, expires=timezone.now() + _LASTS
    )
    noted(person, None, "registration address")
    return f"{settings.BPGRADE.address}{reverse('lti_register', args=[token])}"


def _add(person: Person, facts: PlatformFacts, name: str) -> None:
    try:
        with transaction.atomic():
            LtiPlatform.objects.create(
                name=name,
                issuer=facts.issuer,
                client_id=facts.client_id,
                keys_address=facts.keys_address,
                token_address=facts.token_address,
                login_address=facts.login_address,
                audience=facts.audience,
                deployments="\n".join(facts.deployments),
            )
    except IntegrityError:
        raise LtiError(
            _("{issuer} has registered this client already", issuer=facts.issuer),
            _("remove the other registration first"),
        ) from None
    noted(person, None, "platform", facts.issuer)


def _facts(fields: Mapping[str, str]) -> PlatformFacts:
    """Return the facts of a platform as somebody has written them."""
    issuer, client_id, *addresses = (fields.get(name, "").strip() for name in _NEEDED)
    keys_address, token_address, login_address = addresses
    facts = PlatformFacts(issuer, client_id, keys_address, token_address, login_address)
    if not facts.client_id or not facts.issuer or len(facts.issuer + facts.client_id) > 255:
        raise LtiError(
            _("issuer and client id are needed"), _("the platform shows them when it adds a tool")
        )
    for address in (facts.keys_address, facts.token_address, facts.login_address):
        check_address(address, private=settings.BPGRADE.private_platforms)
    audience = fields.get("audience", "").strip()[:2000]
    return replace(facts, audience=audience, deployments=_lines(fields.get("deployments", "")))


def _set_deployments(person: Person, fields: Mapping[str, str]) -> None:
    """Say which deployments of a platform launches may come from."""
    known = LtiPlatform.objects.filter(pk=number_in(fields.get("platform", "")))
    known.update(deployments="\n".join(_lines(fields.get("deployments", ""))))
    noted(person, None, "deployments")


def _connect(person: Person, fields: Mapping[str, str]) -> None:
    there = LtiCourse.objects.filter(pk=number_in(fields.get("there", ""))).first()
    ours = ServedCourse.objects.filter(name=fields.get("course", "")).first()
    if there is not None and ours is not None:
        connect(there, ours, person)


def _remove(person: Person, fields: Mapping[str, str]) -> None:
    """Forget a platform; what its people have handed in stays."""
    found = LtiPlatform.objects.filter(pk=number_in(fields.get("platform", ""))).first()
    if found is not None:
        noted(person, None, "platform removed", found.issuer)
        found.delete()


def _lines(text: str) -> tuple[str, ...]:
    return tuple(each.strip()[:255] for each in text.splitlines() if each.strip())[:100]
