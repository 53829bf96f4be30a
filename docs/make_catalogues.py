"""Bring the catalogues of messages up to date: Chinese for the engine and the shipped course.

    python docs/make_catalogues.py

New messages are added to the .po files without a translation, those that are gone are taken out,
and the .mo files, which the package reads, are compiled. Exits with 1 where a translation is
missing, or does not fill in what the message fills in.
"""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from grader.course import load_course
from grader.diagnosis.bug_library import authored_texts
from grader.diagnosis.catalogue import COURSE_DOMAIN, DOMAIN, LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
HEADER = b"""msgid ""
msgstr ""
"Language: zh_CN\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

"""
DATE = datetime(2026, 1, 1, tzinfo=UTC)  # the same files each time
ENDING = "s"  # the ending of an English verb, which other languages do without


def engine_messages() -> list[str]:
    """Return the messages that the engine marks, or looks up where it uses them."""
    found: dict[str, None] = {}
    for path in sorted((ROOT / "grader" / "diagnosis").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name, first = ast.unparse(node.func), node.args[0]
            if name in ("_", "self") and isinstance(first, ast.Constant):
                found[first.value] = None
    return list(found)


def catalogues() -> Iterator[tuple[Path, list[str]]]:
    """Yield each .po file, and the messages that it should hold."""
    language = LANGUAGES["zh"]
    for folder, domain, messages in (
        (ROOT / "grader" / "locale", DOMAIN, engine_messages()),
        (ROOT / "solutions" / "locale", COURSE_DOMAIN, authored_texts(load_course(ROOT))),
    ):
        yield folder / str(language) / "LC_MESSAGES" / f"{domain}.po", messages


def updated(path: Path, messages: list[str]) -> Catalog:
    """Return the catalogue with these messages and the translations that it has."""
    old = read_po(BytesIO(path.read_bytes())) if path.is_file() else Catalog()
    new = Catalog(locale=LANGUAGES["zh"], creation_date=DATE, revision_date=DATE, fuzzy=False)
    for message in messages:
        known = old.get(message)
        new.add(message, known.string if known else "")
    return new


def problems(catalogue: Catalog) -> Iterator[str]:
    """Yield what is missing in a catalogue, or filled in otherwise."""
    for message in catalogue:
        if not message.id:
            continue
        if not message.string:
            yield f"no translation: {message.id}"
        elif fields(message.id) - {ENDING} != fields(message.string):
            yield f"other fields: {message.string}"


def fields(text: str) -> set[str]:
    """Return the names of what is filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def as_po(catalogue: Catalog) -> bytes:
    """Return a catalogue as the text that translators edit."""
    stream = BytesIO()
    write_po(stream, catalogue, width=0, omit_header=True)
    return HEADER + stream.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    stream = BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def main() -> int:
    """Write the catalogues and return the exit code."""
    found = []
    for path, messages in catalogues():
        catalogue = updated(path, messages)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalogue))
        path.with_suffix(".mo").write_bytes(as_mo(catalogue))
        found += [f"{path.relative_to(ROOT)}: {problem}" for problem in problems(catalogue)]
    sys.stdout.write("\n".join([*found, "" if found else "all messages are translated\n"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
