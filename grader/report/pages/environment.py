"""What all pages share: templates that escape, a style, a script, and a policy that allows both.

Whatever a template writes has first been made visible: control characters, marks that reorder
text and lone surrogates show as escapes, and endless texts are cut. Then it is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from grader.language import translated
from grader.report.arrangement import amount, points_text, score_text, sentence
from grader.report.safe_text import visible
from grader.result import Picture

if TYPE_CHECKING:
    from jinja2 import Environment

MAX_CHARACTERS: Final = 20_000
_LONGEST_LINE: Final = 2_000
_BASE64: Final = re.compile(r"iVBORw0KGgo[A-Za-z0-9+/]{0,300000}={0,2}")
_NON_JOINER: Final = "\u200c"  # the spelling of Persian names needs it; it reorders nothing


def shown(text: str, most: int = MAX_CHARACTERS, *, lines: bool = True) -> str:
    """Return `text` as people may read it: nothing acts on the page, and its length is bounded."""
    text = translated(text)
    cut = len(text) - most
    if cut > 0:
        text = text[:most]
    plain = "\n".join(map(_short, visible(text, lines=lines).split("\n")))
    return f"{plain} … ({cut:,} more characters)" if cut > 0 else plain


def last(text: str, most: int = MAX_CHARACTERS) -> Markup:
    """Return the end of a text, with a word on what was before it."""
    text = text.strip("\r\n")
    cut = len(text) - most
    before = f"({cut:,} characters before this) …" if cut > 0 else ""
    return Markup.escape(before + shown(text[-most:]))


def name_shown(name: str) -> Markup:
    """Return a person's or a file's name in one short line."""
    parts = [shown(part, 200, lines=False) for part in name[:400].split(_NON_JOINER)]
    return Markup.escape(_NON_JOINER.join(parts))


def picture_data(picture: Picture) -> Markup:
    """Return a picture as the address of an image; an empty one where it is no PNG in base64."""
    if not _BASE64.fullmatch(picture.png):
        return Markup("data:,")
    return Markup(f"data:image/png;base64,{picture.png}")


def render(template: str, **values: Any) -> str:
    """Return a page."""
    return _environment().get_template(template).render(**values, **_frame()) + "\n"


def _short(line: str) -> str:
    rest = len(line) - _LONGEST_LINE
    return f"{line[:_LONGEST_LINE]} … ({rest:,} more characters)" if rest > 0 else line


def _finalized(value: Any) -> Any:
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from grader.report.pages.code import part  # which itself needs this module

    environment = Environment(
        loader=PackageLoader("grader.report.pages"),
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "name": name_shown,
        "last": last,
        "part": part,
        "amount": amount,
        "points": points_text,
        "picture": picture_data,
        "sentence": sentence,
    }
    environment.globals["score_text"] = score_text
    return environment


@cache
def _frame() -> dict[str, Markup]:
    """Return the style, the script and the policy that names both by their digests."""
    folder = resources.files("grader.report.pages") / "templates"
    style = (folder / "page.css").read_text(encoding="utf-8")
    script = (folder / "page.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    # the package's own files
    return {"style": Markup(style), "script": Markup(script), "policy": Markup(policy)}


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
