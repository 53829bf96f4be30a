"""Packages: what is in them, from where they are made, and what a careless user is told."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from command import run_command
from platform_cases import EXERCISE

from grader.course import load_course
from grader.platforms.packaging import build as building
from grader.platforms.packaging import wheel as wheels
from grader.platforms.packaging.build import MANIFEST, PackageOptions, build
from grader.platforms.packaging.requirements import pins
from grader.platforms.registry import NAMES, platform

ROOT = Path(__file__).parent.parent
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def bpgrade(*words: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return run_command(*words, folder=folder, variables={**os.environ, **variables}, seconds=600)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def own_wheel() -> tuple[str, bytes]:
    return wheels.wheel()


def test_the_wheel_is_whole_and_always_the_same(own_wheel: tuple[str, bytes]) -> None:
    name, data = own_wheel
    assert wheels.wheel() == own_wheel
    files = members(data)
    folder = name.removesuffix("-py3-none-any.whl") + ".dist-info"
    for needed in ("METADATA", "WHEEL", "RECORD", "entry_points.txt"):
        assert f"{folder}/{needed}" in files
    for needed in (
        "grader/cli/group.py",
        "grader/py.typed",
        "grader/platforms/templates/gradescope/run_autograder",
        "grader/backpropagation/exercises/course.toml",
        "grader/backpropagation/solutions/exercise3.py",
    ):
        assert needed in files
    assert not [one for one in files if "__pycache__" in one or one.endswith(".pyc")]
    recorded = {
        line.split(",")[0]: line.split(",")[1]
        for line in files[f"{folder}/RECORD"].decode().splitlines()
    }
    assert set(recorded) == set(files)
    for one, digest in recorded.items():
        if digest:
            found = base64.urlsafe_b64encode(hashlib.sha256(files[one]).digest()).rstrip(b"=")
            assert digest == f"sha256={found.decode()}", one


def test_the_wheel_of_an_installed_wheel_is_the_same(
    own_wheel: tuple[str, bytes], tmp_path: Path
) -> None:
    """Installed by unpacking, as pip does, it makes the wheel that it was installed from."""
    _, data = own_wheel
    site = tmp_path / "site"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(site)
    [metadata] = site.glob("*.dist-info")
    (metadata / "INSTALLER").write_text("pip\n", "utf-8")
    (metadata / "RECORD").write_text(
        (metadata / "RECORD").read_text("utf-8") + f"{metadata.name}/INSTALLER,,\n", "utf-8"
    )
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import grader; assert grader.__file__.startswith(sys.argv[1]), grader.__file__\n"
        "from grader.platforms.packaging.wheel import wheel\n"
        "sys.stdout.buffer.write(wheel()[1])\n"
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, str(site)], cwd=empty, capture_output=True, check=True
    )
    assert members(done.stdout) == members(data)


def test_the_pins_are_a_closed_set_of_what_is_installed() -> None:
    found = pins(["numpy"], HERE)
    names = [line.split("==")[0] for line in found]
    assert names == sorted(set(names))
    assert {"numpy", "pytest", "click", "pluggy", "pyseccomp", "landlock"} <= set(names)
    assert "hypothesis" not in names
    assert all("==" in line for line in found)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_in_a_package(
    name: str, own_wheel: tuple[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "wheel", lambda: own_wheel)
    one = platform(name)
    course = load_course(ROOT)
    files = build(one, course, PackageOptions(course.exercise(EXERCISE), python=HERE, seed=7))
    manifest = json.loads(files[MANIFEST])
    assert manifest["platform"] == name
    assert list(manifest["exercises"]) == [EXERCISE]
    assert [file for file in files if file.endswith("install.sh")]
    assert [file for file in files if "/wheels/bpgrade-" in f"/{file}"]
    for file, data in files.items():
        if "course/" in file or "wheels/" in file:
            continue
        if file.endswith(".tar"):
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                assert "autograde/course/solutions/exercise3.py" in archive.getnames()
            continue
        text = data.decode()
        for blank in ("@OPTIONS@", "@EXERCISE@", "@TITLE@", "@PYTHON@", "@COURSE_BASE64@"):
            assert blank not in text, f"{file} has a blank that is not filled"
        if file.endswith(".json"):
            json.loads(text)
    everything = b"\n".join(files.values())
    assert b"--seed=7" in everything
    assert f"--exercise={EXERCISE}".encode() in everything
    assert str(ROOT).encode() not in everything


def make_wheel(folder: Path, requirement: str, python: str) -> None:
    """Write a wheel that holds nothing but its name and version."""
    name, _, version = requirement.partition("==")
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    tag = f"cp{python.replace('.', '')}-cp{python.replace('.', '')}-manylinux_2_17_x86_64"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{stem}-{tag}.whl", "w") as archive:
        for file, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(file, text)


def index(folder: Path, requirements: Iterable[str], python: str) -> dict[str, str]:
    """Make a folder that pip takes for all there is; return the variables that say so."""
    folder.mkdir()
    for requirement in requirements:
        make_wheel(folder, requirement, python)
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_CONFIG_FILE": os.devnull}


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="the bundled wheels are for Linux")
def test_a_bundle_sets_itself_up_without_a_package_index(tmp_path: Path) -> None:
    needed = pins(["numpy"], HERE)
    variables = index(tmp_path / "index", needed, HERE)
    made = bpgrade(
        *("package", "gradescope", "--bundle", "--python", HERE, "-o", "folder"),
        folder=tmp_path,
        **variables,
    )
    assert made.returncode == 0, made.stderr
    package = tmp_path / "folder"
    assert len(list((package / "wheels").iterdir())) == len(needed) + 1
    install = package / "install.sh"
    assert 'offline="--no-index"' in install.read_text("utf-8")
    # that what was installed runs is not asked for: but for bpgrade, these wheels are empty
    text = install.read_text("utf-8").replace('"$here/venv/bin/bpgrade" --version\n', "")
    install.write_text(text, "utf-8")
    gone = {"PIP_INDEX_URL": "http://127.0.0.1:9/none", "PIP_CONFIG_FILE": os.devnull}
    gone["PIP_COMPILE"] = "no"
    done = subprocess.run(
        ["bash", "folder/setup.sh"],
        cwd=tmp_path,
        env={**os.environ, **gone, "PATH": f"{sys.base_prefix}/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    [site] = (package / "venv" / "lib").glob("python*/site-packages")
    assert (site / "grader" / "platforms" / "engine.py").is_file()
    assert (package / "venv" / "bin" / "bpgrade").is_file()
    assert len(list(site.glob("*.dist-info"))) >= len(needed)


def test_a_bundle_that_cannot_be_had_is_one_clear_line(tmp_path: Path) -> None:
    variables = index(tmp_path / "index", [], HERE)
    made = bpgrade("package", "gradescope", "--bundle", "-o", "a.zip", folder=tmp_path, **variables)
    assert made.returncode == 2
    assert "pip could not download the wheels" in made.stderr
    assert "Traceback" not in made.stderr
    assert not (tmp_path / "a.zip").exists()


CARELESS = [
    (("package", "gradscope", "-o", "a.zip"), "gradescope"),
    (("package", "gradescope"), "--output"),
    (("package", "gradescope", "-o", "nowhere/a.zip"), "cannot be written"),
    (("package", "gradescope", "-o", "."), "already exists"),
    (("package", "vpl", "-o", "a.zip"), "--exercise"),
    (("package", "vpl", "--exercise", "exercise33", "-o", "a.zip"), "Did you mean"),
    (("package", "gradescope", "--python", "2.7", "-o", "a.zip"), "no Python"),
    (("package", "gradescope", "--course", "nowhere", "-o", "a.zip"), "is not a course"),
    (("selftest", "gradescope", "nothing.zip"), "no such package"),
    (("selftest", "gradescope", "text.zip"), "cannot be read as a package"),
    (("selftest", "gradescope", "empty"), "not a bpgrade package"),
    (("autograde", "--platform", "nothing"), "gradescope"),
    (("autograde", "--platform", "junit", "--submitted", "today"), "--submitted"),
    (("autograde", "--platform", "junit", "-o", "text.zip"), "cannot be written"),
]


@pytest.mark.parametrize(("words", "told"), CARELESS)
def test_a_careless_user_gets_one_clear_line(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    (tmp_path / "text.zip").write_text("no zip", "utf-8")
    (tmp_path / "empty").mkdir()
    done = bpgrade(*words, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_handout_without_solutions_is_no_package(tmp_path: Path) -> None:
    exercises = tmp_path / "exercises"
    exercises.mkdir()
    for path in (ROOT / "exercises").glob("*.*"):
        (exercises / path.name).write_bytes(path.read_bytes())
    done = bpgrade("package", "gradescope", "-o", "a.zip", "--course", ".", folder=tmp_path)
    assert done.returncode == 2
    assert "has no checks" in done.stderr


def test_selftest_tries_a_package(tmp_path: Path) -> None:
    words = ["--exercise", EXERCISE, "-o", "a.zip"]
    assert bpgrade("package", "junit", *words, folder=tmp_path).returncode == 0
    done = bpgrade("selftest", "junit", "a.zip", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    trials = [json.loads(line) for line in done.stdout.splitlines()]
    shares = {trial["case"]: trial["share"] for trial in trials}
    assert shares == {"reference": 1.0, "stub": 0.0, "hostile": 0.0, "nothing submitted": None}
    other = bpgrade("selftest", "vpl", "a.zip", folder=tmp_path)
    assert other.returncode == 2
    assert "is a package for junit" in other.stderr


def test_selftest_finds_a_package_that_gives_points_away(tmp_path: Path) -> None:
    assert bpgrade("package", "junit", "--exercise", EXERCISE, "-o", "p", folder=tmp_path)
    package = tmp_path / "p"
    (package / "selftest" / EXERCISE / "stub.py").write_bytes(
        (package / "selftest" / EXERCISE / "reference.py").read_bytes()
    )
    (package / "grader" / "course" / "exercises" / "course.toml").write_text("name =", "utf-8")
    done = bpgrade("selftest", "junit", "p", folder=tmp_path)
    assert done.returncode == 1
    assert "no" in done.stdout
