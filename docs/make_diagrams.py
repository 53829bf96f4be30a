"""Draw the diagrams of these pages: the sandbox, the life of a submission, the network.

Each is drawn twice, for light and for dark pages.

Example
-------
    python docs/make_diagrams.py docs
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Final

_FONT: Final = "ui-sans-serif, system-ui, sans-serif"
_MONO: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"


@dataclass(frozen=True)
class Palette:
    """Colours of one theme."""

    text: str
    faint: str
    line: str
    trusted: str
    untrusted: str
    right: str
    wrong: str


LIGHT: Final = Palette("#1c2b2a", "#5b6b6a", "#7c8b8a", "#d9f0ec", "#fbe3d6", "#00796b", "#c4441c")
DARK: Final = Palette("#e4eeec", "#a3b3b1", "#7f908e", "#17403b", "#54301f", "#5fd0bd", "#ff9a76")


@dataclass
class Drawing:
    """An SVG picture that grows by boxes, arrows and words."""

    width: int
    height: int
    title: str
    colours: Palette
    parts: list[str] = field(default_factory=list)

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """Draw a rounded box; "none" leaves it open."""
        dash = ' stroke-dasharray="5 4"' if fill == "none" else ""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8" '
            f'fill="{fill}" stroke="{self.colours.line}"{dash}/>'
        )

    def words(
        self,
        x: float,
        y: float,
        *lines: str,
        size: int = 13,
        bold: bool = False,
        mono: bool = False,
        colour: str = "",
        anchor: str = "middle",
    ) -> None:
        """Write lines below each other, the first with its middle at `y`."""
        for number, line in enumerate(lines):
            self.parts.append(
                f'<text x="{x:g}" y="{y + number * size * 1.35:g}" font-size="{size}" '
                f'text-anchor="{anchor}" dominant-baseline="central" '
                f'font-family="{_MONO if mono else _FONT}" '
                f'font-weight="{600 if bold else 400}" '
                f'fill="{colour or self.colours.text}">{escape(line)}</text>'
            )

    def arrow(self, *points: tuple[float, float], colour: str = "", width: float = 1.6) -> None:
        """Draw an arrow along `points`."""
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour or self.colours.line}" '
            f'stroke-width="{width:g}" marker-end="url(#head)"/>'
        )

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """Draw a straight line."""
        self.parts.append(
            f'<line x1="{start[0]:g}" y1="{start[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}" '
            f'stroke="{colour}" stroke-width="1.8"/>'
        )

    def circle(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draw a unit of a network."""
        self.parts.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}" '
            f'stroke="{self.colours.line}"/>'
        )

    def svg(self) -> str:
        """Return the picture's text."""
        head = (
            '<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
            'markerHeight="7" orient="auto-start-reverse">'
            '<path d="M0 0L10 5L0 10z" fill="context-stroke"/></marker>'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'role="img">\n<title>{escape(self.title)}</title>\n<defs>{head}</defs>\n'
            + "\n".join(self.parts)
            + "\n</svg>\n"
        )


def sandbox(colours: Palette) -> Drawing:
    """Draw the two processes, and what crosses between them."""
    drawing = Drawing(760, 330, "The sandbox: two processes, and only data between them", colours)
    drawing.box(10, 10, 290, 310, colours.trusted)
    drawing.words(155, 34, "grader process", size=15, bold=True)
    drawing.words(155, 54, "trusted", size=12, colour=colours.faint)
    inner = (
        ("checks", "solutions/check_*.py, run by pytest"),
        ("reference", "the right functions"),
        ("comparison", "every entry, on this side"),
        ("diagnosis", "which wrong program was written?"),
    )
    for number, (name, what) in enumerate(inner):
        y = 74 + number * 59
        drawing.box(26, y, 258, 48, "none")
        drawing.words(155, y + 16, name, bold=True)
        drawing.words(155, y + 34, what, size=12, colour=colours.faint)
    drawing.box(470, 10, 280, 310, "none")
    drawing.words(610, 30, "bubblewrap: nothing else is even there", size=12, colour=colours.faint)
    drawing.box(484, 46, 252, 68, colours.untrusted)
    drawing.words(610, 66, "warm host", size=15, bold=True)
    drawing.words(610, 86, "NumPy imported once; forks", size=12, colour=colours.faint)
    drawing.words(610, 102, "one process a submission", size=12, colour=colours.faint)
    drawing.arrow((610, 114), (610, 146), colour=colours.text)
    drawing.box(484, 148, 252, 160, colours.untrusted)
    drawing.words(610, 168, "submission", size=15, bold=True)
    drawing.words(610, 194, "the student's file, and nothing else", size=12, colour=colours.faint)
    drawing.words(
        610,
        222,
        "Landlock: no files but Python's",
        "seccomp: no network, no programs",
        "rlimits: memory, processor, files",
        "wall clock: kept by the grader",
        size=12,
    )
    drawing.arrow((300, 186), (482, 186), colour=colours.right, width=2.2)
    drawing.words(385, 160, "calls, with arguments", size=12)
    drawing.words(385, 174, "f(x, ...)", size=12, mono=True)
    drawing.arrow((484, 232), (302, 232), colour=colours.wrong, width=2.2)
    drawing.words(385, 250, "values, as bytes that are", "checked before use", size=12)
    drawing.words(385, 290, "a closed set of types,", "never pickle", size=12, colour=colours.faint)
    return drawing


def life(colours: Palette) -> Drawing:
    """Draw the way of a submission from a file to everything that is made of its result."""
    drawing = Drawing(760, 300, "The life of a submission", colours)
    stages = (
        ("read", ".py or .ipynb", "bytes to source", colours.trusted),
        ("fork", "a fresh process", "from the warm host", colours.untrusted),
        ("load", "the file is run,", "in the sandbox", colours.untrusted),
        ("check", "calls, values,", "comparisons", colours.trusted),
        ("diagnose", "what failed:", "name the mistake", colours.trusted),
    )
    for number, (name, first, second, fill) in enumerate(stages):
        x = 10 + number * 151
        drawing.box(x, 14, 126, 84, fill)
        drawing.words(x + 63, 36, name, size=15, bold=True)
        drawing.words(x + 63, 60, first, second, size=12, colour=colours.faint)
        if number:
            drawing.arrow((x - 25, 56), (x - 2, 56), colour=colours.text)
    drawing.arrow((677, 98), (677, 127), (380, 127), (380, 148), colour=colours.text)
    drawing.box(250, 150, 260, 58, colours.trusted)
    drawing.words(380, 170, "one result document", size=15, bold=True)
    drawing.words(380, 191, "bpgrade-result/1, JSON", size=12, mono=True, colour=colours.faint)
    outputs = ("terminal", "notebook", "pages", "CSV", "gradebooks", "platforms")
    for number, name in enumerate(outputs):
        x = 10 + number * 125
        drawing.box(x, 250, 112, 36, "none")
        drawing.words(x + 56, 268, name)
        middle = 280 + number * 40
        drawing.arrow((middle, 208), (x + 56, 248))
    return drawing


# where a weight's name stands, from the unit that it comes from
_BESIDE: Final = ((52, -12), (92, 32), (92, -32), (52, 13))


def network(colours: Palette) -> Drawing:
    """Draw the network, the paths of w1 in colour."""
    drawing = Drawing(760, 290, "Two inputs, two hidden units, two outputs; w1 to w8", colours)
    columns, rows = (110, 370, 630), (80, 210)
    names = (("x[0]", "x[1]"), ("hidden[0]", "hidden[1]"), ("output[0]", "output[1]"))
    paths = {"w1", "w5", "w7"}
    for layer, weights in enumerate((("w1", "w3", "w2", "w4"), ("w5", "w7", "w6", "w8"))):
        for number, name in enumerate(weights):
            start = (columns[layer], rows[number // 2])
            end = (columns[layer + 1], rows[number % 2])
            on_path = name in paths
            drawing.line(start, end, colours.right if on_path else colours.line)
            colour = colours.right if on_path else colours.text
            right, down = _BESIDE[number]
            drawing.words(
                start[0] + right,
                start[1] + down,
                f"{name} [{number // 2}, {number % 2}]",
                size=12,
                colour=colour,
                bold=on_path,
                anchor="start",
            )
    for layer, pair in enumerate(names):
        for row, name in zip(rows, pair, strict=True):
            drawing.circle(columns[layer], row, 42, colours.trusted)
            drawing.words(columns[layer], row, name, size=13, bold=True)
    for layer, words in ((1, "+ bias[0], sigmoid"), (2, "+ bias[1], sigmoid")):
        drawing.words(columns[layer], 20, words, size=12, colour=colours.faint)
    drawing.words(240, 20, "weight_1", size=13, mono=True, colour=colours.faint)
    drawing.words(500, 20, "weight_2", size=13, mono=True, colour=colours.faint)
    drawing.words(
        370,
        274,
        "w1 acts on the loss by two paths: through w5, and through w7, which is weight_2[0, 1]",
        size=13,
        colour=colours.right,
    )
    return drawing


DIAGRAMS: Final = {"sandbox": sandbox, "life": life, "network": network}


def texts() -> dict[str, str]:
    """Return every diagram by the name of its file."""
    return {
        f"{name}-{theme}.svg": draw(colours).svg()
        for name, draw in DIAGRAMS.items()
        for theme, colours in (("light", LIGHT), ("dark", DARK))
    }


def main() -> None:
    """Write the diagrams into the folder named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
