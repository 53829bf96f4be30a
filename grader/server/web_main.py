"""The web server as a process: python -m grader.server.web_main PARENT, then granian's words.

Whoever opens connections and sends nothing has each for some seconds only. There is room for more
of them than one visitor opens in that time, so that others still get through.
"""

from __future__ import annotations

import resource
import sys
from typing import Final

from granian.cli import cli

from grader.batch.parent_death import end_with
from grader.server.addresses import TAKEN, is_taken

_MOST_CONNECTIONS: Final = 8192
_OTHER_FILES: Final = 256
_IDLE_MILLISECONDS: Final = 10_000


def _most_connections() -> int:
    """Return how many connections there may be, once as many files may be open as they need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + _OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(min(soft, wanted) - _OTHER_FILES, 1)


if __name__ == "__main__":
    end_with(int(sys.argv.pop(1)))
    host, port = (sys.argv[sys.argv.index(name) + 1] for name in ("--host", "--port"))
    if is_taken(host, int(port)):  # of which granian would tell how its own code has got there
        sys.exit(TAKEN)
    sys.argv += ["--backpressure", str(_most_connections())]
    sys.argv += ["--http1-header-read-timeout", str(_IDLE_MILLISECONDS)]
    sys.exit(cli())
