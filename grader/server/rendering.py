"""Pages: templates that escape, in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.backends.utils import csrf_input
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from grader.course import Course
from grader.language import current_language, gettext, html_tag, languages, ngettext, translated
from grader.report.arrangement import amount, score_text
from grader.report.pages.texts import name_shown
from grader.server.grades import grade_text
from grader.server.lti.news import come_from, grade_news, platform_news
from grader.server.queue import NO_WORKER

API: Final = "/api/"
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
_SCROLLED: Final = '<pre tabindex="0">'  # so that whoever has only keys can read it to its end


def environment(**options: Any) -> Environment:
    """Return the environment of the server's templates; Django calls this."""
    made = Environment(
        **{
            **options,
            "undefined": StrictUndefined,
            "finalize": translated_or_plain,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "extensions": ["jinja2.ext.i18n"],
        }
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=False
    )
    made.globals.update(
        _=gettext,
        ngettext=ngettext,
        static=static,
        ace_version=version("django-ace"),  # in addresses of files that browsers keep for good
        url=reverse,
        score_text=score_text,
        grade_text=grade_text,
        moment=moment,
        zone=zone,
        colon=colon,
        amount=amount,
        platform_news=platform_news,
        grade_news=grade_news,
        come_from=come_from,
        no_worker=NO_WORKER,
        languages=languages,
        html_tag=html_tag,
        current_language=current_language,
    )
    made.filters["said"] = translated
    made.filters["name"] = lambda person: name_shown(str(person))
    return made


def translated_or_plain(value: Any) -> Any:
    """Return a message in the reader's language; Jinja escapes it afterwards."""
    return translated(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def moment(when: datetime, course: Course, *, seconds: bool = False) -> Markup:
    """Return a time by the clock of the course; `zone` says which one that is."""
    shown = when.astimezone(course.time_zone or UTC)
    text = shown.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
    return Markup('<time datetime="{}">{}</time>').format(shown.isoformat(), text)


def zone(course: Course) -> Markup:
    """Return the time zone in which a course's times are shown; a long name may be broken."""
    parts = course.time_zone.key.split("/") if course.time_zone else ["UTC"]
    return Markup("/<wbr>").join(parts)


def colon(what: object, text: object) -> Markup:
    """Return what a text is about, and the text, with a colon as the reader's language has it."""
    both = Markup(escape(gettext("{what}: {text}")))
    return both.format(what=translated_or_plain(what), text=translated_or_plain(text))


@lru_cache(maxsize=500)
def markdown(text: str) -> Markup:
    """Return Markdown as HTML; HTML in it is shown as text."""
    return Markup(_MARKDOWN.render(text).replace("<pre>", _SCROLLED))


def page(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    """Return a page of the server."""
    # all its forms have the same token: Django's own way would draw one for each
    context = {**values, "request": request, "csrf_input": csrf_input(request)}
    made = get_template(template).template.render(context)
    return HttpResponse(made, status=status)


def refusal(cause: str, status: int, message: str = "", **more: str) -> JsonResponse:
    """Return what a program gets that is refused: the cause by its name, and more of it."""
    if message:
        more["error_description"] = translated(message)
    answer = JsonResponse({"error": cause, **more}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def failure_page(request: HttpRequest, cause: str, status: int, message: str = "") -> HttpResponse:
    """Return the page that says what has gone wrong, and what to do; a program gets the cause."""
    if request.path.startswith(API):
        return refusal(cause, status, message)
    if not hasattr(request, "user"):  # it failed before anybody asked who it is
        request.user = AnonymousUser()
    return page(request, "failure.html", status, cause=cause, message=message)
