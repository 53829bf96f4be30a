"""Clicking an activity of the stand-in platform, without a browser: forms are sent as they come."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from lti_platform import StandInPlatform
from lti_records import Activity, StandInCourse
from serving import ServerResponse, Visitor

_FORM = re.compile(r'<form[^>]*\bmethod="post"[^>]*\baction="([^"]+)"[^>]*>(.*?)</form>', re.S)
_FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


@dataclass(frozen=True)
class Form:
    """A form that sends itself: where to, with what."""

    address: str
    fields: dict[str, str]


def read_form(page: str) -> Form:
    """Return the first form of a page."""
    found = _FORM.search(page)
    assert found, page
    fields = {name: html.unescape(value) for name, value in _FIELD.findall(found[2])}
    return Form(html.unescape(found[1]), fields)


def up_to_the_token(
    visitor: Visitor,
    platform: StandInPlatform,
    course: StandInCourse,
    person: str,
    activity: Activity | None,
) -> Form:
    """Click, and return the form that the platform would have the browser send to the tool."""
    address, fields = platform.begin(course, person, activity)
    answer = visitor.send(address, fields)
    assert answer.status == 200, answer.text
    return read_form(answer.text)


def click(
    visitor: Visitor,
    platform: StandInPlatform,
    course: StandInCourse,
    person: str,
    activity: Activity | None = None,
) -> ServerResponse:
    """Click an activity, or on choosing some; return the tool's page."""
    form = up_to_the_token(visitor, platform, course, person, activity)
    return visitor.send(form.address, form.fields)
