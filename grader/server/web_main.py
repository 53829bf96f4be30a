"""The web server as a process: python -m grader.server.web_main PARENT, then granian's words."""

from __future__ import annotations

import sys

from granian.cli import cli

from grader.batch.parent_death import end_with

if __name__ == "__main__":
    end_with(int(sys.argv.pop(1)))
    sys.exit(cli())
