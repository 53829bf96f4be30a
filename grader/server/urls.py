"""The addresses of the server, each with its view; `access` says who may see which."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import IntConverter, StringConverter

from grader.server.views import (
    accounts,
    api,
    desk,
    devices,
    files,
    following,
    gradebook,
    grading,
    lti_check,
    lti_connect,
    lti_launch,
    lti_platforms,
    overview,
    people,
    regrading,
    several,
    student,
)


class Number(IntConverter):
    """A number that the database has a place for; anything longer is no address."""

    regex = "[0-9]{1,18}"


class OverviewKind(StringConverter):
    """What of the whole class a page shows."""

    regex = "class|similar"


register_converter(Number, "number")
register_converter(OverviewKind, "overview")

urlpatterns = [
    path("", student.home, name="home"),
    path("login/", accounts.log_in, name="login"),
    path("logout/", accounts.log_out, name="logout"),
    path("language/", accounts.choose_language, name="language"),
    path("link/<str:token>/", accounts.accept, name="accept"),
    path("device/", devices.computers, name="computers"),
    path("api/1/openapi.json", api.description, name="api_description"),
    path("api/1/device/", api.ask, name="api_ask"),
    path("api/1/token/", api.token, name="api_token"),
    path("api/1/me/", api.me, name="api_me"),
    path("api/1/courses/<str:course>/", api.course, name="api_course"),
    path("api/1/courses/<str:course>/exercises/<str:exercise>/", api.hand_in, name="api_hand_in"),
    path("api/1/courses/<str:course>/attempts/<number:number>/", api.attempt, name="api_attempt"),
    path(
        "api/1/courses/<str:course>/attempts/<number:number>/result/",
        api.result,
        name="api_result",
    ),
    path("c/<str:course>/", student.course, name="course"),
    path("c/<str:course>/desk/", desk.desk, name="desk"),
    path("c/<str:course>/desk/regrade/<str:exercise>/", regrading.regrade, name="regrade"),
    path(
        "c/<str:course>/desk/regrade/<str:exercise>/state/",
        regrading.regrade_state,
        name="regrade_state",
    ),
    path("c/<str:course>/desk/<overview:kind>/", overview.overview, name="overview"),
    path("c/<str:course>/desk/<overview:kind>/page/", overview.overview_page, name="overview_page"),
    path(
        "c/<str:course>/desk/<overview:kind>/state/", overview.overview_state, name="overview_state"
    ),
    path("c/<str:course>/desk/people/", people.people, name="people"),
    path("c/<str:course>/desk/audit/", desk.audit, name="audit"),
    path("c/<str:course>/desk/grades.csv", grading.grades_table, name="grades"),
    path("c/<str:course>/desk/gradebook/", gradebook.gradebook, name="gradebook"),
    path("c/<str:course>/desk/feedback.zip", grading.feedback, name="feedback"),
    path("c/<str:course>/desk/decisions/", grading.decisions, name="decisions"),
    path("c/<str:course>/desk/grade/<number:number>/<str:exercise>/", grading.grade, name="grade"),
    path("c/<str:course>/own.zip", files.everything, name="everything"),
    path("c/<str:course>/attempt/<number:number>/", student.attempt, name="attempt"),
    path("c/<str:course>/attempt/<number:number>/state/", following.state, name="state"),
    path("c/<str:course>/attempt/<number:number>/report/", files.report, name="report"),
    path("c/<str:course>/attempt/<number:number>/file/", files.download, name="download"),
    path("c/<str:course>/attempt/<number:number>/source/", desk.source, name="source"),
    path("c/<str:course>/handed-in/", several.several, name="several"),
    path("c/<str:course>/handed-in/state/", following.state_of_several, name="several_state"),
    path("c/<str:course>/e/<str:exercise>/", student.exercise, name="exercise"),
    path("c/<str:course>/e/<str:exercise>/submit/", student.submit, name="submit"),
    path("lti/login/", lti_launch.begin, name="lti_begin"),
    path("lti/login/on/", lti_launch.go_on, name="lti_go_on"),
    path("lti/launch/", lti_launch.launch, name="lti_launch"),
    path("lti/enter/<str:token>/", lti_launch.enter, name="lti_enter"),
    path("lti/keys/", lti_launch.keys, name="lti_keys"),
    path("lti/connect/", lti_connect.connect, name="lti_connect"),
    path("lti/deep-link/", lti_connect.deep_link, name="lti_deep_link"),
    path("lti/chosen/", lti_connect.chosen, name="lti_chosen"),
    path("lti/check/<str:course>/", lti_check.check, name="lti_check"),
    path("lti/platforms/", lti_platforms.platforms, name="lti_platforms"),
    path("lti/register/<str:token>/", lti_platforms.registration, name="lti_register"),
]

handler404 = "grader.server.views.error_pages.not_found"
handler500 = "grader.server.views.error_pages.broken"
handler400 = "grader.server.views.error_pages.bad_request"
