"""Where faults are to be found, a student from a platform isn't told of them for the stub."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from lti_records import Activity
from lti_site import ADA, registered
from serving import Visitor
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
ROOT = Path(__file__).parent.parent
PAGE = "/c/backpropagation/e/exercise4/"


def report_of(visitor: Visitor, code: str) -> str:
    """Hand code in; return its report once there is one."""
    handed_in = visitor.post(f"{PAGE}submit/", page=PAGE, code=code)
    [number] = re.findall(r"/attempt/(\d+)/", handed_in.address)
    attempt = f"/c/backpropagation/attempt/{number}/"
    wait_for(lambda: '"ended": true' in visitor.get(f"{attempt}state/").text, "it is graded")
    return visitor.get(f"{attempt}report/").text


@pytest.mark.thorough  # tests/test_server_showing.py shows it to who logs in
def test_the_stub_names_no_fault_to_who_comes_from_a_platform(tmp_path: Path):
    stub = (ROOT / "exercises" / "exercise4.py").read_text("utf-8")
    with registered(tmp_path, "--workers", "1", "--course", str(ROOT)) as site:
        course = site.course("Backpropagation")
        assert site.platform.tool is not None
        faults = Activity("Faults", site.platform.tool.redirects[0], {"exercise": "exercise4"})
        course.add_activity(faults, 12.0)
        site.connect(course, "backpropagation")
        visitor = site.visitor()
        assert site.click(course, ADA, faults, visitor).address.endswith(PAGE)
        report = report_of(visitor, stub)
        assert "mistakes are named once something in the code has changed" in report
        assert 'class="named"' not in report
        assert 'class="hint"' not in report
        cell = course.column_of(faults).cell(ADA)
        wait_for(lambda: cell.score is not None, "the grade is there")
        assert (cell.score, cell.comment) == (0.0, "")
        changed = report_of(visitor, stub.replace("rate * back_0", "rate * 2 * back_0"))
        assert 'class="named"' in changed
