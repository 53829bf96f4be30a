"""The packages that bpgrade and a course need, pinned to those that are installed here."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.errors import UsageError
from grader.interpreter import variables
from grader.language import gettext_lazy as _
from grader.platforms.packaging.wheel import NAME
from grader.sandbox import distributions, packages

_LINUX: Final = {
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
}
_MANYLINUX: Final = ("2_28", "2_27", "2_24", "2_17", "2_12", "2_5")


def pins(course_packages: Sequence[str], python: str) -> list[str]:
    """Return a requirement for each package, as `name==version`.

    Parameters
    ----------
    course_packages : sequence of str
        The names under which students import packages.
    python : str
        The Python that they are for, as `3.12`. They are for Linux; what this machine has not
        got, since it is another system, is left to be found there.

    Raises
    ------
    CourseError
        A package of the course is not installed.
    """
    environment = _environment(python)
    packages.locate(course_packages)  # tells of those that are missing
    found: dict[str, str] = {}
    named = filter(None, map(distributions.providing, course_packages))
    open_ones = [Requirement(name) for name in named]
    open_ones += distributions.requirements(NAME, environment, ())
    while open_ones:
        one = open_ones.pop()
        name = canonicalize_name(one.name)
        if name in found:
            continue
        try:
            found[name] = f"{name}=={distribution(name).version}"
        except PackageNotFoundError:
            found[name] = f"{name}{one.specifier}"
            continue
        open_ones += distributions.requirements(name, environment, one.extras)
    return [found[name] for name in sorted(found)]


def _environment(python: str) -> dict[str, str]:
    here = {name: str(value) for name, value in default_environment().items()}
    return {**here, **_LINUX, "python_version": python, "python_full_version": f"{python}.0"}


def download(requirements: Iterable[str], python: str) -> dict[str, bytes]:
    """Return the wheels of pinned requirements for Linux on x86_64, by their file names.

    pip finds them, by its own settings.

    Raises
    ------
    UsageError
        pip cannot: there is no network, or no such wheel.
    """
    with tempfile.TemporaryDirectory(prefix="bpgrade-wheels-") as folder:
        platforms = [f"--platform=manylinux_{version}_x86_64" for version in _MANYLINUX]
        done = subprocess.run(
            [
                *(sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--disable-pip-version-check", "--only-binary=:all:", f"--dest={folder}"),
                *(f"--python-version={python}", "--implementation=cp", *platforms),
                *("--platform=manylinux2014_x86_64", "--platform=any"),
                *requirements,
            ],
            env=variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reasons = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
            raise UsageError(
                _("pip could not download the wheels: {reason}", reason=" ".join(reasons)[:400]),
                _(
                    "check the network connection, or leave out --bundle: then they are installed"
                    " where the package is set up"
                ),
            )
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
