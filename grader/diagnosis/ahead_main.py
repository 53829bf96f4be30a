"""The process that makes a course's tables in idle time: ahead_main COURSE MARK.

The mark is a file that says that this has been begun, so that it is not begun again and again
where it does not come to its end. One such process runs at a time for each user.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Final

from grader.course import file_lock
from grader.course.load import load_course
from grader.diagnosis.making_tables import make_lacking
from grader.errors import BpgradeError

_LOCK: Final = "begun.lock"
_MOST_SECONDS: Final = 600
"""Of processor time, after which the system ends it: a course's own code may go on for ever."""


def main() -> int:
    """Make what is lacking, and return the exit code."""
    mark = Path(sys.argv[2])
    _stand_back()
    try:
        lock = file_lock.opened(mark.with_name(_LOCK))
        if not file_lock.take(lock):
            return 0  # for another course: this one's turn comes with its next check
        mark.touch()
        make_lacking(load_course(Path(sys.argv[1])))
    except (BpgradeError, OSError):
        return 1  # whoever needs a table is told what is wrong with the course
    return 0


def _stand_back() -> None:
    """Let all other processes go first, and end some time."""
    if sys.platform == "win32":
        return  # whoever starts this process has seen to its priority
    import resource

    os.nice(19)
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a container may not allow it
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


if __name__ == "__main__":
    sys.exit(main())
