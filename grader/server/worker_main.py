"""A worker as a process: python -m grader.server.worker_main PARENT DATA THREADS [SCHEDULER]."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.batch.parent_death import end_with
from grader.errors import BpgradeError
from grader.server.configuration import read
from grader.server.serving import work


def main() -> int:
    """Work until stopped; return the exit code."""
    try:
        end_with(int(sys.argv[1]))
        work(read(Path(sys.argv[2])), int(sys.argv[3]), _say, "".join(sys.argv[4:]))
    except BpgradeError as error:
        _say(str(error))
        return error.exit_code
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"bpgrade worker: {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
