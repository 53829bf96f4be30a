"""Draw the report of real submissions as a picture of a terminal.

Example
-------
    python docs/make_terminal_svg.py exercise3.py --seed 1 -o docs/check.svg
    python docs/make_terminal_svg.py exercise3.py --lang zh -o docs/check.zh.svg
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

import grader
from grader.language import find_language, reading
from grader.report.terminal import render
from grader.result import Result


def picture(results: Sequence[Result], width: int = 84, language: str = "") -> str:
    """Return an SVG picture of `bpgrade check` and its reports.

    The picture names fonts but loads none, so that it looks at no other server.
    """
    option = f"--lang {language} " if language else ""
    command = f"bpgrade {option}check " + " ".join(result.submission.name for result in results)
    console = Console(
        file=StringIO(),
        record=True,
        width=width,
        force_terminal=True,
        force_jupyter=False,
        color_system="truecolor",
        no_color=False,
        legacy_windows=False,
    )
    console.print(Text.assemble(("$ ", "bold green"), command))
    for result in results:
        render(result, console)
    svg = console.export_svg(title="bpgrade", unique_id="bpgrade", font_aspect_ratio=0.61)
    return re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg)


def main() -> None:
    """Grade the files named on the command line and write the picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT.svg")
    parser.add_argument("--width", type=int, default=84, help="columns of the terminal")
    parser.add_argument("--course", type=Path, help="the course's folder")
    parser.add_argument("--exercise", help="the exercise, where the file's name doesn't say it")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same picture")
    parser.add_argument("--lang", metavar="TAG", default="en", help="language of the report")
    options = parser.parse_args()
    language = find_language(options.lang)
    if language is None:
        raise SystemExit(f"there is no language {options.lang}")
    with reading(language):
        results = [
            grader.grade(file, course=options.course, exercise=options.exercise, seed=options.seed)
            for file in options.files
        ]
        svg = picture(results, options.width, "" if language == "en" else options.lang)
    options.output.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
