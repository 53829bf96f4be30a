"""`bpgrade package PLATFORM -o OUT`: make what an instructor uploads to a platform."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.course_option import COURSE, chosen_course
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import joined
from grader.platforms.assessment import HIDDEN, Hidden
from grader.platforms.registry import NAMES


@click.command("package", epilog="Example: bpgrade package gradescope -o autograder.zip")
@click.argument("name", metavar="PLATFORM", type=click.Choice(NAMES))
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="OUT",
    type=click.Path(path_type=Path),
    help="Where to write it: a .zip file, else a new folder.",
)
@COURSE
@click.option(
    "--exercise",
    metavar="NAME",
    help="The exercise that it grades; else the assignment's title or the file says which.",
)
@click.option(
    "--hidden-checks",
    "hidden",
    type=click.Choice(HIDDEN),
    help="When students see hidden checks.  [default: as usual on the platform]",
)
@click.option("--leaderboard", is_flag=True, help="Put scores on the platform's leaderboard.")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed for the random inputs.")
@click.option("--bundle", is_flag=True, help="Put all wheels in, so that none is downloaded there.")
@click.option(
    "--python",
    metavar="VERSION",
    default=f"{sys.version_info.major}.{sys.version_info.minor}",
    show_default=True,
    help="The Python there; bundled wheels are for it.",
)
def command(
    name: str,
    output: Path,
    course_folder: Path | None,
    exercise: str | None,
    hidden: Hidden | None,
    leaderboard: bool,
    seed: int,
    bundle: bool,
    python: str,
) -> None:
    """Make an autograder's package for a platform; docs/platforms/ says how to install it.

    PLATFORM is one of: {names}
    """
    from grader.errors import UsageError
    from grader.platforms.packaging.build import PackageOptions, build, write
    from grader.platforms.registry import platform

    _check_python(python)
    course = chosen_course(course_folder, otherwise="error")
    found = platform(name)
    if exercise is None and len(course.exercises) == 1:
        exercise = course.exercises[0].name
    if exercise is None and found.one_exercise:
        names = joined(*(one.name for one in course.exercises), separator=lazy(", "))
        raise UsageError(
            lazy("a package for {platform} grades one exercise", platform=found.title),
            lazy("name it with --exercise; there are: {names}", names=names),
        )
    choice = PackageOptions(
        exercise=course.exercise(exercise) if exercise else None,
        hidden=hidden,
        leaderboard=leaderboard,
        seed=seed,
        bundle=bundle,
        python=python,
    )
    files = build(found, course, choice)
    write(files, output)
    megabytes = sum(map(len, files.values())) / 1e6
    path, size = click.format_filename(output), f"{megabytes:.1f}"
    click.echo(_("Wrote {path}: {count} files, {size} MB.", path=path, count=len(files), size=size))
    click.echo(_("Try it here: {command}", command=f"bpgrade selftest {name} {path}"))


def _check_python(version: str) -> None:
    from grader.errors import UsageError

    parts = version.split(".")
    if (
        len(parts) != 2
        or not all(map(str.isdigit, parts))
        or (int(parts[0]), int(parts[1])) < (3, 11)
    ):
        raise UsageError(
            lazy("{version} is no Python that bpgrade runs on", version=repr(version)),
            lazy("write it as 3.11, 3.12 or later"),
        )


command.help = (command.help or "").format(names=", ".join(NAMES))
