"""The process that makes overviews: python -m grader.server.overview_main DATA.

A line of JSON on stdin says which, a line of JSON on stdout has the page. It ends when stdin does,
and when nobody has asked for a while, for what it keeps of a large class is large.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
from pathlib import Path
from typing import Final, TextIO

from grader.errors import BpgradeError
from grader.language import reading, translated
from grader.server.configuration import read, set_up

_BEHIND_THE_PAGES: Final = 5
_IDLE_SECONDS: Final = 600.0


def main() -> None:
    """Answer until nobody asks any more."""
    with (
        contextlib.suppress(BrokenPipeError),  # whoever has asked is gone
        os.fdopen(os.dup(1), "w", encoding="utf-8") as answers,
    ):
        os.dup2(2, 1)  # whatever a course prints is no answer
        os.nice(_BEHIND_THE_PAGES)
        set_up(read(Path(sys.argv[1])))
        while select.select([sys.stdin], [], [], _IDLE_SECONDS)[0]:
            line = sys.stdin.readline()
            if not line:
                return
            _answer(line, answers)


def _answer(line: str, answers: TextIO) -> None:
    from django.db import close_old_connections

    from grader.server import names
    from grader.server.models import ServedCourse
    from grader.server.overview_pages import page_of

    kind, number, section, language, known = json.loads(line)
    for person, name in known.items():
        names.learn(int(person), name)
    text = problem = ""
    with reading(language):
        try:
            text = page_of(kind, ServedCourse.objects.get(pk=number), section)
        except BpgradeError as error:
            problem = translated(error.on_page)
    close_old_connections()
    answers.write(json.dumps({"text": text, "problem": problem}) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
