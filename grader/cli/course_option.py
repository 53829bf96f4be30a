"""The option that names the course, as every command takes it that looks for one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

COURSE: Final = click.option(
    "--course",
    "course_folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The course's folder; else the nearest one, else the one that comes with bpgrade.",
)
