"""The stand-in platform with somebody else's messages: those of lti1p3platform.

Its login, its launch's token, its reading of a choice and of an assertion, its access tokens; pages
and gradebook are the stand-in's.
"""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti_platform import Claims, StandInPlatform
from lti_records import Activity, StandInCourse
from lti_services import Asked
from lti_tokens import DEEP_LINKING, SCOPES, AccessTokens


class OtherConfiguration(LTI1P3PlatformConfAbstract):
    """What the library knows of our tool, once it has registered."""

    def init_platform_config(self, platform: StandInPlatform) -> None:
        tool = platform.tool
        assert tool is not None
        with urllib.request.urlopen(tool.keys, timeout=30) as answer:
            keys = json.load(answer)
        self._registration = (
            Registration()
            .set_iss(platform.address)
            .set_client_id(tool.client)
            .set_deployment_id(tool.deployment)
            .set_launch_url(tool.redirects[0])
            .set_deeplink_launch_url(tool.redirects[0])
            .set_oidc_login_url(tool.login)
            .set_tool_key_set(keys)
            .set_platform_public_key(platform.key.as_pem(private=False).decode())
            .set_platform_private_key(platform.key.as_pem(private=True).decode())
        )

    def get_registration_by_params(self, **_parameters: Any) -> Registration:
        return self._registration


class Fields(Request):
    """A request of our tool's, as the library reads one."""

    def build_metadata(self, request: Mapping[str, str]) -> Any:
        return {"method": "POST", "form_data": dict(request), "get_data": {}, "headers": {}}


class Login(OIDCLoginAbstract):
    def set_lti_message_hint(self, hint: str) -> None:
        self._lti_message_hint = hint

    def get_redirect(self, url: str) -> str:
        return url


class OtherLaunch(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data: Claims, **_more: Any) -> Claims:
        return launch_data


class OtherTokens(AccessTokens):
    """Access tokens of the library's making."""

    def __init__(self, platform: OtherPlatform) -> None:
        super().__init__(platform.tool_keys)
        self._platform = platform

    def give(self, form: dict[str, str], *_known: Any) -> Claims:
        self.count += 1
        return self._platform.configuration.get_access_token(form)

    def scopes_of(self, authorization: str) -> frozenset[str]:
        token = authorization.removeprefix("Bearer ")
        if token.count(".") != 2:  # none of these, such as that of a registration
            return frozenset()
        valid = self._platform.configuration.validate_token
        return frozenset(scope for scope in SCOPES if valid(token, [scope]))


class OtherPlatform(StandInPlatform):
    """The platform by the library's reading of LTI."""

    def __init__(self, made: Any) -> None:
        super().__init__(made)
        self.tokens = OtherTokens(self)
        self._configuration: OtherConfiguration | None = None
        self.misdeeds.keys = lambda: self.configuration.get_jwks()

    @property
    def configuration(self) -> OtherConfiguration:
        self._configuration = self._configuration or OtherConfiguration(platform=self)
        return self._configuration

    def begin(
        self, course: StandInCourse, person: str, activity: Activity | None = None
    ) -> tuple[str, dict[str, str]]:
        _address, fields = super().begin(course, person, activity)
        login = Login(None, self.configuration)
        login.set_lti_message_hint(fields["lti_message_hint"])
        address, _, query = login.initiate_login(person).partition("?")
        return address, dict(urllib.parse.parse_qsl(query))

    def authorize(self, asked: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        launching = self.launching(asked)
        course, activity, person = launching.course, launching.activity, launching.person
        book = self.gradebook(course)
        launch = OtherLaunch(Fields(asked), self.configuration)
        launch.set_user_data(person.number, person.roles, f"{person.given} {person.family}")
        launch.set_launch_context_claim(str(course.number), ["CourseSection"], course.title)
        launch.set_nrps(book.roster_address())
        if activity is None:
            launch.set_dl(f"{self.address}/chosen/?course={course.number}&secret=1")
            launch.set_ags(book.lines_address())
        else:
            launch.set_resource_link_claim(str(activity.number), title=activity.title)
            launch.set_custom_parameters_claim(activity.custom)
            column = book.line_address(course.column_of(activity))
            launch.set_ags(book.lines_address(), column)
        told = launch.lti_launch()
        return told["launch_url"], {"id_token": told["id_token"], "state": told["state"]}

    def read_chosen(self, asked: Asked) -> Claims:
        items = self.configuration.validate_deeplinking_resp({"JWT": asked.form["JWT"]})
        return {f"{DEEP_LINKING}content_items": items}
