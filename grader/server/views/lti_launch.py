"""Launches: a learning platform sends somebody here, and they are where they wanted to be.

It takes two steps. The platform asks us to begin (`begin`), and we send the browser back to it with
a state; then it posts the launch (`launch`). The state belongs to the browser that it was given to,
by a cookie; where a frame keeps none, by what the platform stores for us; where there is neither, a
new window is opened.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import login as log_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from grader.language import find_language
from grader.language import gettext_lazy as _
from grader.lti.claims import Launch, MessageKind, read_launch
from grader.lti.errors import LaunchError, LtiError
from grader.lti.keys import key_set
from grader.lti.login import LoginRequest, login_address, read_login
from grader.lti.tokens import read_token
from grader.server import access, limits, names
from grader.server.courses import course_of
from grader.server.digests import digest
from grader.server.lti import logins, windows
from grader.server.lti.arrivals import Arrival, arrive
from grader.server.lti.framing import frame_by, is_framed, keep_framed, origin_of
from grader.server.lti.models import LtiCourse, LtiLogin, LtiPlatform
from grader.server.lti.origins import all_origins, origins_of
from grader.server.lti.speaking import listed_keys, platform_keys
from grader.server.lti.stays import Stay, remember
from grader.server.models import Person
from grader.server.rendering import failure_page, page

_COOKIE: Final = "bpgrade-launch-{}"
_COOKIE_SECONDS: Final = 600
_SESSION_LASTS: Final = timedelta(hours=12)
_LONGEST: Final = 200_000


@csrf_exempt
@access.public
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a launch that a platform asks for."""
    fields = request.POST if request.method == "POST" else request.GET
    try:
        asked = read_login(fields.dict())
        if not asked.target.startswith(_launch_address()):
            raise LaunchError(
                _("the platform started a launch at an address that is not on this server"),
                _("set the tool's address on the platform to {address}", address=_launch_address()),
            )
        if limits.too_many("launch", asked.login_hint, request):
            return failure_page(request, "rate", 429)
        return _begun(request, logins.platform_of(asked), asked)
    except LtiError as error:
        return failed(request, error)


@access.public
def go_on(request: HttpRequest) -> HttpResponse:
    """Go on with a launch that has begun in a frame: to the platform, or in a new window."""
    state = request.GET.get("state", "")
    try:
        login = logins.open_login(state)
        asked = logins.request_of(login)
        if request.GET.get("window") == "new":
            return _begun(request, login.platform, asked, login)
        frame_by(request, origins_of(login.platform))
        if not logins.is_from_there(login, request.COOKIES.get(_cookie_name(state), "")):
            return page(request, "lti_window.html", state=state, entrance="")
        return HttpResponseRedirect(_platform_address(login.platform, asked, state, login.nonce))
    except LtiError as error:
        return failed(request, error)


@csrf_exempt
@access.public
def launch(request: HttpRequest) -> HttpResponse:
    """Take in who is sent here by a platform."""
    try:
        return _launched(request)
    except LtiError as error:
        return failed(request, error)


@access.public
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Go on with a launch in a new window, where the frame keeps no cookies."""
    try:
        arrival = json.loads(windows.enter(token))
    except LtiError as error:
        return failed(request, error)
    person = Person.objects.get(pk=arrival.pop("person"))
    language = arrival.pop("language")
    return _entered(request, person, Stay(**arrival), language)


@access.public
def keys(request: HttpRequest) -> HttpResponse:
    """Give our public keys, by which platforms see that a message is ours."""
    return JsonResponse(key_set(listed_keys()))


def failed(request: HttpRequest, error: LtiError) -> HttpResponse:
    """Return the page that says why a launch is not accepted."""
    if not hasattr(request, "framed_by"):
        frame_by(request, all_origins())
    return page(request, "lti_failure.html", 403, error=error)


def _begun(
    request: HttpRequest, platform: LtiPlatform, asked: LoginRequest, frame: LtiLogin | None = None
) -> HttpResponse:
    """Send the browser to the platform; a frame by a page or a step that tries its storage."""
    made = logins.begin(platform, asked, frame)
    framed = is_framed(request) and settings.BPGRADE.is_secure
    there = _platform_address(platform, asked, made.state, made.nonce)
    if framed and asked.storage_target:
        frame_by(request, origins_of(platform))
        answer = page(
            request,
            "lti_storage.html",
            frame=asked.storage_target,
            origin=origin_of(platform.login_address),
            key=_cookie_name(made.state),
            value=made.browser,
            next=there,
            again=made.state,
        )
    elif framed:
        answer = HttpResponseRedirect(f"{reverse('lti_go_on')}?state={made.state}")
    else:
        answer = HttpResponseRedirect(there)
    secure = settings.BPGRADE.is_secure
    answer.set_cookie(
        _cookie_name(made.state),
        made.browser,
        max_age=_COOKIE_SECONDS,
        path="/lti/",
        secure=secure,
        httponly=True,
        samesite="None" if secure else "Lax",
    )
    return answer


def _launched(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        raise LaunchError(
            _("there is nothing to see here"), _("start by clicking the exercise on the platform")
        )
    state = request.POST.get("state", "")
    login = logins.open_login(state)
    platform = login.platform
    frame_by(request, origins_of(platform))
    if problem := request.POST.get("error", ""):
        words = request.POST.get("error_description", "") or problem
        raise LaunchError(
            _("the platform ended the launch: {words}", words=words[:200]),
            _("go back to the platform and click the exercise again"),
        )
    token = request.POST.get("id_token", "")
    if not logins.is_from_there(login, request.COOKIES.get(_cookie_name(state), "")):
        if not logins.is_from_there(login, request.POST.get("browser", "")):
            return _ask_storage(request, login, state, token)
        return _verified(request, login, token, keeps_cookies=False)
    return _verified(request, login, token, keeps_cookies=True)


def _ask_storage(request: HttpRequest, login: LtiLogin, state: str, token: str) -> HttpResponse:
    """Ask the platform's frame for what it keeps of this launch, where it keeps such things."""
    asked = logins.request_of(login)
    if not asked.storage_target or "browser" in request.POST or len(token) > _LONGEST:
        raise LaunchError(
            _("your browser did not keep what this launch started with"),
            _("allow cookies for this page, or open the exercise in a new window"),
        )
    return page(
        request,
        "lti_stored.html",
        frame=asked.storage_target,
        origin=origin_of(login.platform.login_address),
        key=_cookie_name(state),
        state=state,
        token=token,
    )


def _verified(
    request: HttpRequest, login: LtiLogin, token: str, *, keeps_cookies: bool
) -> HttpResponse:
    logins.use_up(login)
    platform = login.platform
    claims = read_token(
        token,
        platform.facts,
        lambda kid: platform_keys().find(platform.keys_address, kid),
        nonce=login.nonce,
        target=logins.request_of(login).target,
        now=timezone.now().timestamp(),
    )
    said = read_launch(claims)
    arrival = arrive(platform, said)
    names.learn(arrival.person.pk, said.name)
    frame = (login.frame_id or 0) if keeps_cookies else login.pk
    stay = _stay(platform, arrival, said, frame)
    if keeps_cookies:
        return _entered(request, arrival.person, stay, said.locale)
    known = {**asdict(stay), "person": arrival.person.pk, "language": said.locale}
    entrance = windows.entrance(login, json.dumps(known))
    return page(request, "lti_window.html", state=request.POST.get("state", ""), entrance=entrance)


def _stay(platform: LtiPlatform, arrival: Arrival, said: Launch, frame: int) -> Stay:
    """Return what the session is to remember, where this launch may lead anywhere."""
    deep_linking = None
    if said.kind is MessageKind.DEEP_LINKING and said.deep_linking is not None:
        if not arrival.teaches:
            raise LaunchError(
                _("only the teachers of a course can choose its exercises"),
                _("ask your instructor"),
            )
        deep_linking = asdict(said.deep_linking)
    course, named = arrival.course.course, said.custom.get("course", "")
    if course is None and not arrival.teaches:
        raise LaunchError(
            _("this course is not connected yet"), _("your instructor has to open it first")
        )
    if course is not None and named not in ("", course.name):
        raise LaunchError(
            _("the exercise belongs to another course: {name}", name=named[:100]),
            _("your instructor has to choose the exercise on the platform again"),
        )
    return Stay(
        platform.pk,
        arrival.course.pk,
        said.deployment,
        arrival.teaches,
        said.custom.get("exercise", "")[:100],
        said.return_address,
        deep_linking,
        frame,
    )


def _entered(request: HttpRequest, person: Person, stay: Stay, locale: str) -> HttpResponse:
    """Begin a session, and go to what the launch was for."""
    onward = where_to(stay)
    if stay.frame:
        windows.wait_on(stay.frame, comes=stay.deep_linking is not None)
    log_in(request, person)
    request.session.set_expiry(_SESSION_LASTS)
    remember(request.session, stay)
    if "language" not in request.session and (found := find_language(locale)):
        request.session["language"] = found
    if is_framed(request):
        keep_framed(request, origins_of(LtiPlatform.objects.get(pk=stay.platform)))
    return HttpResponseRedirect(onward)


def where_to(stay: Stay) -> str:
    """Return the page that a launch leads to: an exercise is known by its name alone.

    Raises
    ------
    LaunchError
        The course has no such exercise.
    """
    course = LtiCourse.objects.select_related("course").get(pk=stay.course).course
    if course is None:
        return reverse("lti_connect")
    if stay.deep_linking is not None:
        return reverse("lti_deep_link")
    if not stay.exercise:
        return reverse("course", args=[course.name])
    if stay.exercise not in {one.name for one in course_of(course).exercises}:
        raise LaunchError(
            _("the course has no exercise {name}", name=stay.exercise),
            _("your instructor has to choose the exercise on the platform again"),
        )
    return reverse("exercise", args=[course.name, stay.exercise])


def _platform_address(platform: LtiPlatform, asked: LoginRequest, state: str, nonce: str) -> str:
    return login_address(asked, platform.facts, launch=_launch_address(), state=state, nonce=nonce)


def _launch_address() -> str:
    return f"{settings.BPGRADE.address}/lti/launch/"


def _cookie_name(state: str) -> str:
    return _COOKIE.format(digest(state)[:12])
