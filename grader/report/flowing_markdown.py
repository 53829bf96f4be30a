"""Markdown on a console, whose paragraphs are wrapped at any character where they are Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.markdown import Markdown, MarkdownElement, Paragraph

from grader.report.flowing import Flowing

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


class _FlowingParagraph(Paragraph):
    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        text = self.text
        yield Flowing(text.plain, text.style, justify=self.justify, end=text.end, spans=text.spans)


class FlowingMarkdown(Markdown):
    """Markdown with such paragraphs."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "paragraph_open": _FlowingParagraph,
    }
