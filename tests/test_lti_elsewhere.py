"""LTI as somebody else reads it: our server against the platform side of lti1p3platform.

The package is installed for this alone, by .ci/run; where it is missing, the test is skipped.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from lti_site import ADA, TEACHER, registered
from serving import PASSWORD, RIGHT
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")


def test_choose_launch_hand_in_and_read_the_roster(tmp_path: Path):
    pytest.importorskip("lti1p3platform", reason="there is no lti1p3platform here")
    from lti_other_platform import OtherPlatform

    with registered(tmp_path, "--workers", "1", kind=OtherPlatform) as site:
        course = site.course()
        course.activities.clear()
        course.columns.clear()
        teacher = site.visitor()
        assert site.click(course, TEACHER, None, teacher).address.endswith("/lti/connect/")
        teacher.post("/lti/connect/", username="instructor", password=PASSWORD)
        page = teacher.post("/lti/connect/", course="course")
        assert page.address.endswith("/lti/deep-link/"), page.text
        chosen = teacher.post("/lti/deep-link/", exercise="exercise1", **{"points-exercise1": "10"})
        token = re.search(r'name="JWT" value="([^"]+)"', chosen.text)
        where = re.search(r'action="([^"]+)" data-send', chosen.text)
        assert token
        assert where
        teacher.send(where[1].replace("&amp;", "&"), {"JWT": token[1]})
        assert [one.custom["exercise"] for one in course.activities] == ["exercise1"]

        ada = site.student(course, ADA)
        place = "/c/course/e/exercise1/"
        ada.post(f"{place}submit/", page=place, code=RIGHT)
        column = course.column_of(course.activities[0])
        wait_for(lambda: column.cell(ADA).score == 10.0, "the grade is there")
        told = teacher.post("/lti/check/course/", what="roster").text
        assert "4 people are in the roster" in told
        assert site.platform.tokens.count >= 2
