"""Bring the catalogues of messages up to date: the product's, and those of the shipped course.

    python docs/make_catalogues.py [LANGUAGE]

The product has a .po file for each folder of grader/, so that translators can share the work. New
messages are added to the .po files without a translation, those that are gone are taken out, and
the .mo files, which the package reads, are compiled. A LANGUAGE that is not there yet begins. Exits
with 1 where a translation is missing, or does not fill in what the message fills in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file

from grader.author.course_catalogues import catalogue_path, course_messages
from grader.author.translation import Text, as_mo, as_po, problems, updated
from grader.cli.group import bpgrade
from grader.cli.language_option import help_texts
from grader.course import load_course
from grader.language.catalogue import DOMAIN

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "grader" / "locale"
KEYWORDS = {"_": None, "lazy": None, "gettext": None, "gettext_lazy": None}
KEYWORDS |= {"ngettext": (1, 2), "ngettext_lazy": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext.babel_extract")]


def product_messages() -> dict[str, list[Text]]:
    """Return the product's messages by the folder, or the module, of grader/ that shows them."""
    found: dict[str, dict[Text, None]] = {}
    for name, _, text, _, _ in extract_from_dir(
        ROOT / "grader", METHODS, keywords=KEYWORDS, options_map={"**.html": {"trimmed": "true"}}
    ):
        found.setdefault(Path(name).parts[0].removesuffix(".py"), {})[text] = None
    found.setdefault("cli", {}).update(dict.fromkeys(_help()))
    found["click"] = dict.fromkeys(_clicks_messages())
    return {folder: list(texts) for folder, texts in sorted(found.items())}


def _help() -> list[str]:
    context = click.Context(bpgrade)
    texts = help_texts(bpgrade)
    for name in bpgrade.list_commands(context):
        command = bpgrade.get_command(context, name)
        assert command is not None
        texts += help_texts(command)
    return texts


def _clicks_messages() -> Iterator[Text]:
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        for _, text, _, _ in extract_from_file("python", path):
            yield text
    yield "required"  # which click looks up by a name that is no literal


def catalogues(language: str) -> Iterator[tuple[Path, dict[Path, Catalog]]]:
    """Yield each .mo file, with the catalogues that it is made of by their .po files."""
    messages = product_messages()
    click_texts = messages.pop("click", [])
    folder = LOCALE / language
    yield (
        folder / "LC_MESSAGES" / f"{DOMAIN}.mo",
        {
            path: updated(path, language, texts)
            for name, texts in messages.items()
            for path in [folder / f"{name}.po"]
        },
    )
    path = folder / "click.po"
    yield folder / "LC_MESSAGES" / "click.mo", {path: updated(path, language, click_texts)}
    yield from course_catalogues(language)


def course_catalogues(language: str) -> Iterator[tuple[Path, dict[Path, Catalog]]]:
    """Yield the same of the shipped course."""
    path = catalogue_path(course := load_course(ROOT), language)
    if path.is_file():  # `bpgrade author translate` begins one
        yield path.with_suffix(".mo"), {path: updated(path, language, course_messages(course))}


def main() -> int:
    """Write the catalogues and return the exit code."""
    there = {path.name for path in LOCALE.iterdir() if path.is_dir()}
    found = []
    for language in sorted(there | set(sys.argv[1:])):
        for compiled, sources in catalogues(language):
            compiled.parent.mkdir(parents=True, exist_ok=True)
            compiled.write_bytes(as_mo(sources.values()))
            for path, catalogue in sources.items():
                path.write_bytes(as_po(catalogue))
                found += [f"{path.relative_to(ROOT)}: {each}" for each in problems(catalogue)]
    sys.stdout.write("\n".join([*found, "" if found else "all messages are translated\n"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
