"""Figures: they cross as facts, no bytes do harm, and what a figure lacks is told in words."""

from __future__ import annotations

import base64
import dataclasses
import functools
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checking.compare import Compare
from grader.comparison.check_failure import CheckFailure
from grader.course import load_course
from grader.grading.grade import Grader
from grader.grading.submission import read_submission
from grader.report.pages.student_page import Work, student_page
from grader.result import Result
from grader.sandbox.child.closed_set import FIGURE
from grader.sandbox.child.codec import ForbiddenValueError, decode, encode
from grader.sandbox.child.figures import drawing, figure_wire, png
from grader.sandbox.child.figures.figure import Axes, Figure, Line
from grader.sandbox.child.framing import WireError
from grader.sandbox.isolation import resolve

ROOM = 1 << 23
COURSE = load_course(Path(__file__).parent / "courses" / "tables")
EXERCISE = COURSE.exercise("plots")
RIGHT = COURSE.reference(EXERCISE).read_text()
XS = np.arange(1.0, 6.0)


def powers(xs: Any) -> None:
    """Draw the squares and the line."""
    plt.plot(xs, np.square(xs), "r--o", label="square")
    plt.plot(xs, xs, label="line")
    plt.title("Powers of x")
    plt.xlabel("x")
    plt.ylabel("y")
    plt.yscale("log")
    plt.legend()
    plt.grid()
    plt.axhline(2.0)


def everything() -> Any:
    figure, (left, right) = plt.subplots(1, 2)
    figure.suptitle("All")
    left.bar(["a", "b"], [1, 2], label="bars")
    left.barh([1, 2], [3, 4])
    left.hist([1, 1, 2], bins=2)
    left.scatter([1, 2], [3, 4], c=["r", "b"], s=9)
    left.annotate("here", xy=(1, 2), xytext=(0, 0))
    figure.colorbar(right.imshow(np.zeros((2, 3))), label="scale")
    return [left, right]


def crossed(value: Any) -> Any:
    return decode(encode(value, max_bytes=ROOM))


def drawn(function: Any, *arguments: Any) -> Figure:
    figure: Figure = crossed(drawing.figures(function, *arguments)[-1])
    return figure


def test_a_figure_crosses_as_facts_and_a_picture() -> None:
    figure = drawn(powers, XS)
    square, line = figure.lines
    np.testing.assert_array_equal(square.y, XS**2)
    assert (square.label, square.colour, square.style, square.marker) == (
        "square",
        "#ff0000",
        "--",
        "o",
    )
    assert (line.marker, line.colour, figure.legend) == ("", "#1f77b4", ("square", "line"))
    assert (figure.title, figure.xlabel, figure.ylabel) == ("Powers of x", "x", "y")
    assert (figure.xscale, figure.yscale, figure.grid, figure.levels) == (
        "linear",
        "log",
        True,
        (("y", 2.0),),
    )
    assert png.size_of(png.checked(figure.picture)) == (640, 480)
    assert plt.get_fignums() == []

    figure = drawn(everything)
    left, right = figure.axes
    assert (figure.suptitle, figure.bars_of_colours, right.images[0].shape) == (
        "All",
        ("scale",),
        (2, 3),
    )
    assert left.bars[1].horizontal
    assert left.bars[2].heights.tolist() == [2.0, 1.0]
    assert left.bars[2].edges.tolist() == [1.0, 1.5, 2.0]
    assert left.points[0].colours == ("#ff0000", "#0000ff")
    assert (left.texts[0].text, left.xtick_labels[:2]) == ("here", ("a", "b"))
    with pytest.raises(AttributeError, match=r"2 charts; ask one of them: figure.axes\[0\].xlabel"):
        _ = figure.xlabel


def test_figures_come_in_the_order_in_which_they_were_drawn() -> None:
    def several() -> Any:
        plt.plot([1])
        plt.show()
        plt.plot([1, 2])
        plt.close()
        plt.figure()
        own = plt.figure()
        own.gca().plot([1, 2, 3])
        plt.figure().gca().plot([1, 2, 3, 4])
        return own.gca().get_lines()

    before = plt.figure()
    lengths = [len(figure.axes[0].lines[0].get_xdata()) for figure in drawing.figures(several)]
    assert lengths == [1, 2, 4, 3]
    assert plt.get_fignums() == [before.number]
    plt.close(before)
    assert drawing.figures(lambda: 3) == []


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: plt.plot(np.zeros(300_000)), "300,000 points in a line; at most 250,000"),
        (
            lambda: [plt.gca().text(0, 0, "a") for _ in range(2_001)],
            "things drawn in it; at most 2,000",
        ),
        (
            lambda: [plt.figure(1).add_axes((0, 0, 1, 1)) for _ in range(65)],
            "a figure of 65 charts",
        ),
    ],
)
def test_a_figure_with_too_much_in_it_is_refused_in_words(draw: Any, said: str) -> None:
    figure = drawing.figures(draw)[-1]
    with pytest.raises(ForbiddenValueError, match=said):
        encode(figure, max_bytes=ROOM)


def test_what_cannot_be_drawn_is_read_off_all_the_same() -> None:
    figure = drawn(lambda: plt.title("$\\nothing{$").axes.plot([1.0]))
    assert (figure.title, figure.picture, len(figure.lines)) == ("$\\nothing{$", b"", 1)
    assert len(drawn(lambda: plt.figtext(0, 0, "x") and plt.title("é" * 10_000)).title) == 1_000


# drawn when they are asked for: this file is read by processes that run none of its tests
PICTURE = functools.cache(lambda: drawn(lambda: plt.plot([1, 2])).picture)


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def picture(width: int, height: int, pixels: bytes, kind: bytes = b"\x08\x06\x00\x00\x00") -> bytes:
    header = width.to_bytes(4) + height.to_bytes(4) + kind
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(pixels)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


BAD_PICTURES = {
    "nothing of a picture": lambda: b"GIF89a",
    "half of one": lambda: PICTURE()[: len(PICTURE()) // 2],
    "one that is broken": lambda: PICTURE()[:200] + bytes([PICTURE()[200] ^ 255]) + PICTURE()[201:],
    "one too wide": lambda: picture(1201, 1, b"\x00" * 4805),
    "one of a million pixels each way": lambda: picture(10**6, 10**6, b"\x00"),
    "more pixels than it says": lambda: picture(1, 1, b"\x00" * 10**7),
    "fewer pixels than it says": lambda: picture(100, 100, b"\x00"),
    "sixteen bits": lambda: picture(1, 1, b"\x00" * 9, b"\x10\x06\x00\x00\x00"),
    "interlaced": lambda: picture(1, 1, b"\x00" * 5, b"\x08\x06\x00\x00\x01"),
    "a header of its own length": lambda: (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\x00" * 8) + chunk(b"IEND", b"")
    ),
    "a megabyte": lambda: PICTURE() + chunk(b"tEXt", b"x" * 10**6),
}


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_pictures_that_are_none_are_refused(name: str) -> None:
    bad = BAD_PICTURES[name]()
    with pytest.raises(WireError):
        png.checked(bad)
    message = encode(dataclasses.replace(Figure(axes=(Axes(),)), picture=bad), max_bytes=ROOM)
    with pytest.raises(WireError):
        decode(message)


def test_a_picture_is_kept_without_what_is_beside_it() -> None:
    plain = PICTURE()
    hidden = plain[:8] + plain[8:33] + chunk(b"tEXt", b"secret") + plain[33:]
    assert png.checked(hidden) == png.checked(plain)


def test_figures_that_lie_are_refused() -> None:
    line = Line(XS, XS)
    for changed in (
        Figure(axes=(Axes(lines=(Line(XS, XS[:2]),)),)),
        Figure(axes=(Axes(title="x" * 1_001),)),
        Figure(axes=(Axes(lines=(dataclasses.replace(line, colour="url(#a)"),)),)),
        Figure(axes=(Axes(lines=(dataclasses.replace(line, x=XS.astype("i8")),)),)),
        Figure(axes=(Axes(),) * 65),
        Figure(axes=(Axes(xlim=(1.0,)),)),  # type: ignore[arg-type]
        Figure(axes=(Axes(lines=(line,) * 2_001),)),
    ):
        with pytest.raises(WireError):
            crossed(changed)
    with pytest.raises(WireError):
        decode(msgpack.packb([msgpack.ExtType(FIGURE, b""), "x"]))


MESSAGE = encode(Figure(axes=(Axes(lines=(Line(XS, XS, "a", "#ff0000"),)),)), max_bytes=ROOM)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_figure_changed_anywhere_is_one_or_refused(data: st.DataObject) -> None:
    message = bytearray(MESSAGE)
    for _ in range(data.draw(st.integers(1, 3))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = decode(bytes(message))
    except WireError:
        return
    if isinstance(found, Figure):
        assert figure_wire.unpacked(figure_wire.packed(found)).axes is not None
        told(found, lines=[(XS, XS)], title=True)


def told(actual: Any, expected: Any = None, visible: bool = False, **wanted: Any) -> str:
    try:
        Compare(visible).figure(actual, expected, **wanted)
    except CheckFailure as failure:
        return str(failure)
    return ""


POWERS = functools.cache(lambda: drawn(powers, XS))
BARS = functools.cache(lambda: drawn(lambda: plt.bar(["a", "b", "c"], [1, 2, 3])))
EYE = functools.cache(lambda: drawn(lambda: plt.imshow(np.eye(3))))
POINTS = functools.cache(lambda: drawn(lambda: plt.plot(XS, XS**2, "o")))


@pytest.mark.parametrize(
    ("figure", "wanted", "said"),
    [
        (POINTS, {"lines": [XS]}, "The chart has no lines; points are drawn. Expected: 1."),
        (BARS, {"lines": [XS]}, "The chart has no lines; bars are drawn."),
        (POWERS, {"bars": XS}, "The chart has no sets of bars; a line is drawn."),
        (POWERS, {"lines": [(XS, XS)]}, "The chart has 2 lines; expected 1."),
        (
            POWERS,
            {"lines": {"cube": (XS, XS)}},
            "The line for 'cube' is called 'line' (`label='cube'`).",
        ),
        (
            POWERS,
            {"lines": {"square": (XS, XS**3)}},
            "The line 'square': 4 of 5 values are wrong.\n  point 1 is",
        ),
        (
            POWERS,
            {"lines": [(XS**2, XS), XS]},
            "The line 'square' has x and y the wrong way round.",
        ),
        (
            POWERS,
            {"lines": [(XS[::-1], XS[::-1]), (XS, XS**2)]},
            "has the right points in another order.",
        ),
        (POWERS, {"lines": [XS[:2], XS]}, "has 5 values; expected 2."),
        (
            lambda: drawn(lambda: plt.plot(XS**2)),
            {"lines": [(XS, XS**2)]},
            "were x values handed over?",
        ),
        (
            BARS,
            {"bars": {"a": 1, "b": 3, "c": 3}},
            "The set of bars: 1 of 3 values are wrong.\n  'b' is off by",
        ),
        (BARS, {"bars": {"a": 1, "b": 2, "d": 3}}, "The set of bars: there is none for 'd'."),
        (BARS, {"shares": [1, 2]}, "The chart is no pie."),
        (BARS, {"images": [(2, 2)]}, "The chart has no images; expected 1."),
        (EYE, {"images": [(2, 2)]}, "The image has shape (3, 3); expected shape (2, 2)."),
        (EYE, {"images": [np.ones((3, 3))]}, "The image: 6 of 9 values are wrong."),
        (
            BARS,
            {"title": True, "xlabel": True},
            "The chart has no title.\nThe x axis has no label.",
        ),
        (
            POWERS,
            {"title": "cubes"},
            "'Powers of x' is written at the title; 'cubes' should be in it.",
        ),
        (
            POWERS,
            {"yscale": "linear"},
            "The y axis is log; linear is needed (`plt.yscale('linear')`).",
        ),
        (BARS, {"legend": True}, "There is no legend (`plt.legend()`)."),
        (POWERS, {"legend": ["line", "cube"]}, "'cube' is not in the legend."),
        (lambda: drawn(everything), {"expected": POWERS}, "The figure has 2 charts; expected 1."),
        (POINTS, {"expected": POWERS}, "The chart has 1 scatter plot; expected 0."),
    ],
)
def test_what_a_figure_lacks_is_told(
    figure: Callable[[], Figure], wanted: dict[str, Any], said: str
) -> None:
    given = {name: value() if callable(value) else value for name, value in wanted.items()}
    assert said in told(figure(), **given)


def test_what_a_figure_shows_passes() -> None:
    both = {"line": (XS, XS), "square": (XS, XS**2)}
    assert (
        told(POWERS(), lines=both, title="powers", xlabel=True, yscale="log", legend=["line"]) == ""
    )
    assert told(POWERS(), Compare(False).drawn(powers, XS)) == ""
    assert told(BARS(), bars={"c": 3, "a": 1, "b": 2}) == ""
    assert told(BARS(), bars=[1, 2, 3]) == ""
    assert told(BARS(), drawn(lambda: plt.barh(["c", "b", "a"], [3, 2, 1]))) == ""
    assert told(POINTS(), points=[(XS, XS**2)]) == ""
    assert told(drawn(lambda: plt.pie([1, 3])), shares=[1, 3]) == ""
    days = np.array(["2024-01-01", "2024-01-03"], dtype="datetime64[D]")
    assert told(drawn(lambda: plt.plot(days, [1, 2])), lines=[(days, [1, 2])]) == ""
    assert "is 4, expected 8" in told(POWERS(), visible=True, lines={"square": (XS, XS**3)})
    assert "expected 8" not in told(POWERS(), lines={"square": (XS, XS**3)})


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(COURSE, resolve("basic")) as opened:
        yield opened


def graded(grader: Grader, folder: Path, text: str, name: str = "plots.py") -> Result:
    path = folder / name
    path.write_text(text)
    return grader.grade(read_submission(path), EXERCISE, 0)


OTHER_STYLE = """
import matplotlib
matplotlib.use("TkAgg")
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
import numpy as np
plt.figure(figsize=(3, 2))
plt.plot(range(5), [x * x for x in range(5)])
plt.close()

def plot_losses(steps, training, test):
    figure, axes = plt.subplots()
    for losses, name in ((test, "Test loss"), (training, "Training loss")):
        axes.semilogy(steps, losses, label=name)
    axes.set(title="The losses", xlabel="steps", ylabel="loss")
    axes.legend()
    plt.savefig("losses.png")
    plt.close(figure)

def plot_people(people):
    return people.plot.barh(x="city", y="people")

def plot_grades(points, grades):
    figure = Figure()
    figure.subplots().plot(points, grades, "x")
    return figure

def show_zeros(rows, columns):
    plt.matshow(np.zeros((rows, columns)))
    plt.show()

def at_the_top():
    return 0
"""

WRONG = """
import matplotlib.pyplot as plt
import numpy as np

def plot_losses(steps, training, test):
    plt.plot(training)
    plt.plot(steps, test * 2, label="test")

def plot_people(people):
    people["people"] = people["people"] / 10
    plt.bar(people["city"], people["people"])

def plot_grades(points, grades):
    return 3

def show_zeros(rows, columns):
    while True:
        plt.pause(0.1)

def at_the_top():
    return 0
"""


def test_right_figures_get_full_marks_in_each_way_of_drawing(
    grader: Grader, tmp_path: Path
) -> None:
    right = graded(grader, tmp_path, RIGHT)
    assert right.full_marks
    assert Result.from_json(right.to_json()) == right
    pictures = [picture for check in right.checks for picture in check.pictures]
    assert len({picture.png for picture in pictures}) == len(pictures) == 6
    assert pictures[0].text == "Losses, a chart with 2 lines, x: step, y: loss"
    assert png.checked(base64.b64decode(pictures[0].png))
    page = student_page([Work("plots", right)], name="Ada")
    assert page.count('<img src="data:image/png;base64,iVBORw0KGgo') == 6
    other = graded(grader, tmp_path, OTHER_STYLE)
    assert [check.feedback for check in other.checks if check.feedback] == []
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": text, "id": f"c{number}"}
        for number, text in enumerate(
            [RIGHT, "plt.plot(range(5), [0, 1, 4, 9, 16])", "plt.figure()"]
        )
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    assert graded(grader, tmp_path, json.dumps(notebook), "plots.ipynb").full_marks


def test_wrong_figures_are_told_of(grader: Grader, tmp_path: Path) -> None:
    result = graded(grader, tmp_path, WRONG)
    told_of = {check.id: f"{check.outcome} {check.feedback}" for check in result.checks}
    assert "has the x values 0, 1, 2, ...: were x values handed over?" in told_of["test_losses"]
    assert "The y axis is linear; log is needed" in told_of["test_losses_written"]
    assert "'Bonn' is off by 90 %" in told_of["test_people"]
    assert "draws no figure." in told_of["test_grades"]
    assert told_of["test_zeros"].startswith("timeout")
    assert "the program draws no figure." in told_of["test_top"]
    assert result.score == 0.0
