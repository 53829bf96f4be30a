"""What all pages share: templates that escape, a style, a script, and a policy that allows both.

Whatever a template writes has first been made visible: control characters, marks that reorder
text and lone surrogates show as escapes, and endless texts are cut. Then it is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from grader.language import current_language, gettext_lazy, html_tag
from grader.report.arrangement import amount, points_text, score_text, sentence
from grader.report.pages import words
from grader.report.pages.drawing import by_language
from grader.report.pages.texts import last, name_shown
from grader.result import Picture

if TYPE_CHECKING:
    from jinja2 import Environment

_BASE64: Final = re.compile(r"iVBORw0KGgo[A-Za-z0-9+/]{0,300000}={0,2}")


def picture_data(picture: Picture) -> Markup:
    """Return a picture as the address of an image; an empty one where it is no PNG in base64."""
    if not _BASE64.fullmatch(picture.png):
        return Markup("data:,")
    return Markup(f"data:image/png;base64,{picture.png}")


def render(template: str, languages: Sequence[str] = (), **values: Any) -> str:
    """Return a page, with its words in these languages; in the reader's where none are given."""
    chosen = tuple(languages) or (current_language(),)
    with words.written_in(chosen):
        page = _environment().get_template(template).render(**values, **_frame(chosen))
    return page + "\n"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from grader.report.pages.code import part

    environment = Environment(
        loader=PackageLoader("grader.report.pages"),
        autoescape=True,
        finalize=words.finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "name": name_shown,
        "place": lambda text: words.changed(text, name_shown),
        "last": lambda text: words.changed(text, last),
        "part": part,
        "amount": amount,
        "points": points_text,
        "picture": picture_data,
        "drawing": by_language,
        "quiet": words.quiet,
        "first": words.first,
        "beginning": words.beginning,
        "sentence": lambda cause, *names: words.Words(lambda: sentence(cause, *names)),
        "capitalised": lambda text: words.changed(text, lambda said: said[:1].upper() + said[1:]),
        "number": "{:,}".format,
        "isolated": lambda text: Markup("<bdi>{}</bdi>").format(name_shown(text)),
        "code": lambda text: Markup("<code>{}</code>").format(name_shown(text)),
    }
    environment.globals |= {
        "_": words.message,
        "ngettext": words.message_by_count,
        "lazy": gettext_lazy,
        "link": words.link,
        "switched": words.switched,
        "own_name": words.own_name,
        "score_text": score_text,
    }
    return environment


@cache
def _frame(languages: tuple[str, ...]) -> dict[str, object]:
    """Return the languages, the style, the script and the policy that names both by their digests.

    The style hides the words of all languages but the one that is chosen.
    """
    folder = resources.files("grader.report.pages") / "templates"
    style = (folder / "page.css").read_text(encoding="utf-8") + words.language_style(languages)
    script = (folder / "page.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    return {
        "languages": [(language, html_tag(language)) for language in languages],
        "style": Markup(style),  # the package's own files
        "script": Markup(script),
        "policy": Markup(policy),
    }


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
