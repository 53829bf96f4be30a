"""Packages that a course names work in each combination of layers, with what they require."""

from __future__ import annotations

from pathlib import Path

import pytest
from sandboxes import WITHOUT, SandboxSessions, isolation
from thoroughness import thorough

from grader.course import Limits, load_course
from grader.course.stub_imports import imported_by_stubs
from grader.errors import CourseError
from grader.sandbox import packages
from grader.sandbox.host import SandboxHost

PACKAGES = ["pandas", "polars", "matplotlib", "sklearn"]
SOURCE = """
import importlib.metadata
import os
import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import polars as pl
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression

def with_pandas():
    table = pd.DataFrame({"name": ["x", "y", "y"], "value": [1, 2, 3]})
    table.to_csv("table.csv", index=False)
    days = pd.date_range("2020-01-01", periods=2, tz="Europe/Berlin")
    sums = pd.read_csv("table.csv").groupby("name").value.sum()
    return [int(sums["y"]), str(days[1]), importlib.metadata.version("pandas") == pd.__version__]

def with_polars():
    table = pl.DataFrame({"name": ["x", "y"] * 5000, "value": [1, 2] * 5000})
    table.write_csv("table.csv")
    found = pl.scan_csv("table.csv").group_by("name").agg(pl.col("value").sum()).sort("name")
    return found.collect()["value"].to_list()

def with_matplotlib():
    figure, axes = plt.subplots()
    axes.plot([1, 2], label="α")
    axes.set_title("$x^2$")
    axes.legend()
    figure.savefig("figure.png")
    return [os.path.getsize("figure.png") > 1000, matplotlib.get_backend().lower()]

def with_sklearn():
    x, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    centres = KMeans(2, n_init=1).fit(x).cluster_centers_
    return [round(float(LinearRegression().fit(x, y).coef_[0]), 6), len(centres)]
"""
LIMITS = Limits(call_seconds=30.0, load_seconds=30.0)


@pytest.mark.parametrize("name", thorough(["basic", "single", *WITHOUT], but=["strict"]))
def test_packages_work_behind_every_wall(name: str) -> None:
    with SandboxHost(isolation(name), PACKAGES) as host:
        session = SandboxSessions(host).session(SOURCE, LIMITS)
        try:
            loaded = session.load()
            answers = {package: session.call(f"with_{package}", ()).value for package in PACKAGES}
        finally:
            session.close()
        assert not loaded.problems
        assert not session.output()
    assert answers == {
        "pandas": [5, "2020-01-02 00:00:00+01:00", True],
        "polars": [5000, 10_000],
        "matplotlib": [True, "agg"],
        "sklearn": [2.0, 2],
    }


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(CourseError) as raised:
        packages.locate(["numpy", "absent_one", "absent_two"])
    assert "needs absent_one and absent_two, which are not installed" in raised.value.message
    assert raised.value.remedy.endswith("pip install absent_one absent_two")


def test_what_a_package_requires_comes_with_it_and_no_neighbour_does() -> None:
    found = packages.locate(["matplotlib"])
    assert {"numpy", "PIL", "dateutil", "pylab", "mpl_toolkits", "cycler"} <= found.modules.keys()
    assert not {"pytest", "grader", "pandas"} & found.modules.keys()
    folders = {path.name for path in found.libraries}
    assert {"numpy.libs", "pillow.libs"} <= folders
    assert all(path.exists() for path in found.paths)


def test_an_import_that_the_course_does_not_offer_is_told_what_it_does() -> None:
    with SandboxHost(isolation("basic"), ["numpy", "pandas"]) as host:
        session = SandboxSessions(host).session("import pandas\nimport polars\nx = 1\n")
        [problem] = session.load().problems
        session.close()
    assert "this course offers numpy and pandas" in problem.failure.feedback


IMPORTED = """
import sys
from sklearn import linear_model
from numpy import array, linalg
import numpy.fft, pandas
from . import mine
"""


def test_what_stubs_import_is_imported_once_for_all(tmp_path: Path) -> None:
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises/course.toml").write_text(
        'name = "x"\ntitle = "X"\npackages = ["numpy", "sklearn"]\n'
        '[exercises.one]\ntitle = "One"\n[exercises.one.points]\nf = 1\n'
    )
    (tmp_path / "exercises/one.py").write_text(IMPORTED)
    usual = imported_by_stubs(load_course(tmp_path))
    assert usual == ("sklearn.linear_model", "numpy.array", "numpy.linalg", "numpy.fft")
    source = "import sys\nfound = 'sklearn.linear_model' in sys.modules\ndef run(): return found"
    with SandboxHost(isolation("basic"), ["numpy", "sklearn"], usual=usual) as host:
        assert SandboxSessions(host).call(source, limits=LIMITS)


def test_distributions_without_a_record_are_read_by_their_top_level(tmp_path: Path) -> None:
    from importlib.metadata import PathDistribution

    from grader.sandbox import distributions

    described = tmp_path / "Odd_One-1.0.egg-info"
    described.mkdir()
    (described / "top_level.txt").write_text("odd\nsingle\nabsent\n")
    (tmp_path / "odd").mkdir()
    (tmp_path / "single.py").write_text("")
    found = {
        entry.name: entry.path.name for entry in distributions.entries(PathDistribution(described))
    }
    assert found == {"odd": "odd", "single": "single.py"}
