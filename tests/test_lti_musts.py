"""What the specifications of LTI say that a tool must do, case by case, each with its section.

Launches that must be refused are in `lti_forgeries`; here they are sent, and what is to work works.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from lti_forgeries import FORGERIES, Forgery
from lti_records import Course
from lti_site import ADA, Site, registered

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with registered(tmp_path_factory.mktemp("musts"), "--workers", "0") as found:
        yield found


@pytest.fixture(scope="module")
def course(site: Site) -> Course:
    made = site.course()
    site.connect(made)
    return made


@pytest.fixture(autouse=True)
def good_again(site: Site) -> Iterator[None]:
    yield
    site.behave()


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_a_bad_launch_is_refused(site: Site, course: Course, forgery: Forgery):
    visitor = site.visitor()
    site.platform.misdeeds = forgery.misdeeds(site.platform)
    answer = site.click(course, ADA, course.activities[0], visitor)
    assert answer.status == 403
    assert "This launch was not accepted" in answer.text
    assert visitor.get("/c/course/").address.endswith("/login/?next=/c/course/")
