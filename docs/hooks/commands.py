"""Writes the reference of commands from click, when the site is built."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import click

from grader.cli.group import bpgrade

_PLACE = "<!-- commands -->"


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """Put every command and option where the page says so."""
    if page.file.src_uri != "commands.md":
        return markdown
    return markdown.replace(_PLACE, "\n".join(_group(bpgrade, _context(bpgrade, "bpgrade"))))


def _context(command: click.Command, name: str, parent: click.Context | None = None) -> Any:
    return command.context_class(command, info_name=name, parent=parent, **command.context_settings)


def _group(group: click.Group, context: click.Context) -> Iterator[str]:
    """Yield the lines of each command, in the order of the group's own help."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if command.hidden:
            continue
        inner = _context(command, name, context)
        yield from _command(command, inner)
        if isinstance(command, click.Group):
            yield from _group(command, inner)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    depth = context.command_path.count(" ") + 1
    anchor = context.command_path.replace(" ", "-")
    yield f"{'#' * depth} `{context.command_path}` {{ #{anchor} }}"
    yield ""
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from ("```text", usage, "```", "")
    yield from _text(command.help or "")
    yield from _options(command, context)
    yield from _text(command.epilog or "")


def _text(text: str) -> Iterator[str]:
    """Yield a help text as Markdown: what click leaves as it is stays so here."""
    for paragraph in cleandoc(text).split("\n\n"):
        first, _, rest = paragraph.partition("\n")
        kept = first.strip() == "\b"
        title, _, lines = rest.partition("\n") if kept else ("", "", "")
        if kept and lines.lstrip().startswith("- "):
            yield from (title, "", cleandoc(lines), "")
        elif lines:
            yield from (title, "", "```sh", cleandoc(lines), "```", "")
        elif kept:
            yield from (title, "")
        elif paragraph.startswith("Example: "):
            yield from ("Example:", "", "```sh", paragraph.removeprefix("Example: "), "```", "")
        else:
            yield from (paragraph, "")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = [
        record
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts
        if (record := parameter.get_help_record(context)) is not None
    ]
    if records:
        yield from ("| option | |", "| --- | --- |")
    for names, text in records:
        yield f"| `{names}` | {text.replace('  [', ' [')} |"
    yield ""
