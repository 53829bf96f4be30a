"""A matplotlib figure as a part of a page: SVG in the page's own colours and fonts.

The page's policy allows no style attributes, so each becomes the attributes of the same names;
colours that have a meaning follow the page's theme.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from markupsafe import Markup, escape

from grader.language import Message
from grader.quick_dataclass import dataclass
from grader.report.pages.words import beside

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# what a figure is drawn in, and what that is on the page, light or dark
INK, PAPER, PLAIN = "#000000", "#ffffff", "#666666"
RIGHT, WRONG = "#0072b2", "#d55e00"
_THEME: Final = {
    INK: "currentColor",
    PAPER: "var(--paper)",
    PLAIN: "var(--muted)",
    RIGHT: "var(--accent)",
    WRONG: "var(--wrong)",
}
_SETTINGS: Final = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bpgrade",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 10.0,
}
_SVG: Final = "{http://www.w3.org/2000/svg}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"
_TEXT: Final = re.compile(r"<text( [^>]*)?>([^<]*)</text>")
_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure, and a sentence that says all that it shows.

    `labels` are those of its texts that are messages: `svg` has them in English.
    """

    svg: Markup
    told: str
    labels: tuple[Message, ...] = ()


def by_language(drawing: Drawing) -> Markup:
    """Return a figure with its labels in each of the page's languages."""
    labels = {escape(label): label for label in drawing.labels}

    def said(found: re.Match[str]) -> str:
        label = labels.get(Markup(found[2]))
        if label is None:
            return found[0]
        return beside(label, "text", Markup(found[1] or ""))

    # nothing in it but the figure's own texts and attributes, and words that were escaped
    return Markup(_TEXT.sub(said, drawing.svg))


def texts_of(drawing: Drawing) -> list[str]:
    """Return the texts in a figure."""
    return [Markup(text).unescape() for _, text in _TEXT.findall(drawing.svg)]


def drawn(draw: Callable[[Figure], str], name: str, labels: Sequence[Message] = ()) -> Drawing:
    """Return as SVG what `draw` puts into an empty figure.

    Parameters
    ----------
    draw : callable
        Draws, and returns the sentence.
    name : str
        Letters that tell this drawing's parts from those of others in the same page.
    labels : sequence of Message
        Texts of the figure that are said in the page's languages.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    file = io.StringIO()
    with rc_context(_SETTINGS):  # type: ignore[arg-type]
        figure = Figure(layout="constrained")
        canvas = FigureCanvasSVG(figure)
        told = draw(figure)
        figure.set_facecolor("none")
        for axes in figure.axes:
            axes.set_facecolor("none")
        # `savefig` would draw all of it twice, to lay it out
        canvas.print_svg(file, metadata={"Date": None})  # type: ignore[no-untyped-call]
    return Drawing(_inline(file.getvalue(), name), told, tuple(labels))


def _inline(text: str, name: str) -> Markup:
    root = ElementTree.fromstring(text)
    used = set(re.findall(r"(?:url\(#|href=\"#)([\w-]+)", text))
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}metadata", f"{_SVG}style"):
                parent.remove(child)
    for node in root.iter():
        node.tag = str(node.tag).removeprefix(_SVG)
        node.attrib = dict(_attributes(node.attrib, used, name))
        node.text = node.text.strip() if node.text else None
        node.tail = None
    root.attrib = {
        "class": "figure",
        "viewBox": root.attrib["viewBox"],
        "aria-hidden": "true",
        "fill": "currentColor",
        "stroke-linejoin": "round",
    }
    # nothing in it but text and attributes that the serializer has escaped
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _attributes(found: dict[str, str], used: set[str], name: str) -> list[tuple[str, str]]:
    result = []
    for key, value in found.items():
        if key == "id":
            if value in used:
                result.append((key, f"{name}-{value}"))
        elif key == _LINK:
            result.append(("href", f"#{name}-{value.removeprefix('#')}"))
        elif key == "style":
            result += _styles(value)
        else:
            short = _NUMBER.sub(lambda number: f"{float(number[0]):.2f}", value)
            short = " ".join(short.split())
            result.append((key, short.replace("url(#", f"url(#{name}-")))
    return result


def _styles(text: str) -> list[tuple[str, str]]:
    result = []
    for declaration in text.split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font":  # matplotlib before 3.10 writes all of it in one
            size = re.search(r"[\d.]+px", value)
            result.append(("font-size", size[0] if size else "10px"))
            if "bold" in value or "700" in value:
                result.append(("font-weight", "bold"))
        elif key and key != "font-family":
            result.append((key, _THEME.get(value.lower(), value)))
    return result


def bar(share: float, kind: str) -> Markup:
    """Return a bar that is filled by a share from 0 to 1; `kind` is a class of the style sheet."""
    share = min(max(share, 0.0), 1.0)
    return Markup(
        '<svg class="bar {kind}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="rest" width="100" height="6" rx="0"/>'
        '<rect class="part" width="{width:.1f}" height="6" rx="0"/></svg>'
    ).format(kind=escape(kind), width=100 * share)
