"""Starting a course: one exercise that works, with comments on what to change."""

from __future__ import annotations

import contextlib
from pathlib import Path

from grader.course import Course, load_course, make_stub, trust
from grader.course.files import read_text, write_texts
from grader.course.naming import LONGEST, is_file_name
from grader.errors import UsageError, reason_of
from grader.language import current_language
from grader.language import gettext_lazy as _
from grader.language.catalogue import SOURCE

_TEMPLATE = Path(__file__).parent / "template"
_PLACEHOLDER = "COURSE_NAME"


def new_course(folder: Path) -> Course:
    """Write a course into `folder`, whose name becomes the course's, and return it.

    Raises
    ------
    UsageError
        The name cannot be a course's, or there is something in the folder already, or it cannot
        be written to.
    """
    name = folder.resolve().name
    if not is_file_name(name):
        raise UsageError(
            _("A course cannot be named {name}.", name=repr(name)),
            _(
                "Use ASCII letters, digits and underscores, no leading digit, {most} at most.",
                most=LONGEST,
            ),
        )
    template = _template(current_language())
    texts = {folder / path: text.replace(_PLACEHOLDER, name) for path, text in template.items()}
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(
                _("{folder} already exists and is not empty.", folder=folder),
                _("Choose a new folder: nothing is overwritten."),
            )
        for path in texts:
            path.parent.mkdir(parents=True, exist_ok=True)
        write_texts(texts)
    except (OSError, ValueError) as error:
        reason = reason_of(error)
        raise UsageError(
            _("The course cannot be written to {folder}: {reason}.", folder=folder, reason=reason),
            _("Choose a folder you can write to."),
        ) from error
    with contextlib.suppress(UsageError):  # each command then says how to use the course
        trust.remember(folder, True)
    return load_course(folder)


def _template(language: str) -> dict[Path, str]:
    """Return the files of the course in a language, in English where it isn't written in that."""
    folder = _TEMPLATE / language
    if not folder.is_dir():
        language, folder = SOURCE, _TEMPLATE / SOURCE
    texts = {}
    for path in sorted(folder.rglob("*.*")):
        # Kept under another name, so that no tool takes the template for code of this package.
        target = path.relative_to(folder)
        texts[target.with_suffix("") if path.suffix == ".txt" else target] = read_text(path, "")
    for path, text in list(texts.items()):
        if path.parent.name == "solutions" and not path.name.startswith(("check_", "misc")):
            texts[Path("exercises") / path.name] = make_stub(text, path, language=language)
    return texts
