"""Reading a submission, a .py or an .ipynb: bytes in, source or the reason why not out."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import tokenize
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from grader.course import Course, Exercise
from grader.course.syntax_tree import syntax_tree
from grader.errors import SubmissionError, UsageError
from grader.grading import imported_files
from grader.grading.file_names import names_in
from grader.grading.imported_files import Read
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import SubmissionInfo
from grader.sandbox.replies import CodeBlock, Module, SubmissionSource

MAX_SOURCE_BYTES: Final = 1_000_000  # less than the longest text that crosses into the sandbox
MAX_NOTEBOOK_BYTES: Final = 200_000_000  # pictures and all; its code is held to the line above
_ENCODINGS: Final = re.compile(
    r"(utf-8|utf-8-sig|ascii|iso-8859-\d+|latin-?1|cp\d+|windows-\d+|gbk|gb2312|gb18030|big5"
    r"|euc-[a-z]+|shift[-_]jis|koi8-[a-z])",
    re.IGNORECASE,
)
_MAGIC: Final = re.compile(
    r"^[ \t]*(?:[%!?]|(?:pip3?|conda|ls|cd) )|=[ \t]*[%!](?!=)|\?[ \t]*$", re.MULTILINE
)
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_CELL_MARK: Final = re.compile(r"\n(?=# (?:In\[|%%))")
_OTHER_KINDS: Final = {
    b"{\\rtf": _("a rich text document (RTF)"),
    b"pk\x03\x04": _("a zip or a Word document (.docx)"),
    b"\xd0\xcf\x11\xe0": _("an old Word document (.doc)"),
    b"%pdf": _("a PDF"),
    b"<!doctype": _("a web page"),
    b"<html": _("a web page"),
    b"<?xml": _("an XML document"),
    b"\x89png": _("a picture"),
    b"\xff\xd8\xff": _("a picture"),
}


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission's bytes and, where they are Python text, its source.

    Attributes
    ----------
    source : str
        All of its code.
    problem : str
        Why there is no source; then the source is empty.
    cells : tuple of CodeBlock
        The code again, cell by cell, where it is a notebook.
    remarks : tuple of str
        What the student should know of how it was read.
    session : bool
        Whether the cells are the history of a running notebook, failed attempts included.
    modules : tuple of Module
        What it imports of the files that were handed in with it.
    answers : tuple of (str, str)
        What is written in a notebook's marked Markdown cells, with the names in their marks.
    """

    info: SubmissionInfo
    source: str
    problem: str = ""
    cells: tuple[CodeBlock, ...] = ()
    remarks: tuple[str, ...] = ()
    session: bool = False
    modules: tuple[Module, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def to_load(self) -> SubmissionSource:
        """What is run in the sandbox; the cells of a notebook one by one."""
        # a file's name may hold bytes that are no Unicode; those do not cross into the sandbox
        name = self.info.name.encode("utf-8", "backslashreplace").decode()
        if self.cells:
            return SubmissionSource(self.cells, True, name, self.modules)
        return SubmissionSource((CodeBlock(name, self.source),), modules=self.modules)


def read_submission(path: Path) -> Submission:
    """Read the file at `path`.

    Raises
    ------
    SubmissionError
        There is no such file, or it is none that can be read.
    UsageError
        It is no .py or .ipynb file, by its name.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise SubmissionError(
            _("no such file: {path}", path=path),
            _nearby(path) or _("check the spelling and the folder"),
        ) from None
    except (OSError, ValueError) as error:
        raise SubmissionError(
            _("{path} cannot be read: {reason}", path=path, reason=_reason(error)),
            _("check the path and its permissions"),
        ) from None
    if stat.S_ISDIR(mode):
        raise SubmissionError(_("{path} is a folder", path=path), _inside(path))
    if not stat.S_ISREG(mode):
        raise SubmissionError(
            _("{path} is not a regular file", path=path), _("give a .py or .ipynb file")
        )
    if path.suffix and not is_submission(path.name):  # platforms leave the suffix out, too
        raise UsageError(
            _("{path} is not a Python file or a notebook", path=path), _python_beside(path)
        )
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes(path.name))
    except OSError as error:
        raise SubmissionError(
            _("{path} cannot be read: {reason}", path=path, reason=_reason(error)),
            _("check its permissions"),
        ) from None
    return submission_from_bytes(path.name, data, imported_files.in_folder(path.parent))


def submission_from_bytes(name: str, data: bytes, read: Read | None = None) -> Submission:
    """Return the submission that the bytes of a .py or .ipynb file hold; never raises.

    `read` gives the files that were handed in with it, where it imports any.
    """
    submission = _alone(name, data)
    if read is None or submission.problem:
        return submission
    return replace(submission, modules=modules_of(submission, read))


def text_of(data: bytes) -> str:
    """Return the text of a .py file as it is graded; what can't be read is marked in it."""
    try:
        return _decode(data)[0]
    except (SyntaxError, UnicodeError, LookupError):
        return data.decode("utf-8", "replace")


def typed(text: str) -> bytes:
    """Return what an editor would save: in the encoding that the text itself names, or UTF-8."""
    data = text.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    try:
        return data.decode().encode(_named_encoding(data))
    except (SyntaxError, UnicodeError, LookupError):
        return data


def modules_of(submission: Submission, read: Read) -> tuple[Module, ...]:
    """Return what a submission imports of the files that were handed in with it."""
    sources = [cell.source for cell in submission.cells] or [submission.source]
    return imported_files.modules(sources, read, _source_of)


def _source_of(name: str, data: bytes) -> str:
    submission = _alone(name, data)
    if submission.problem:
        raise ValueError(submission.problem)
    return submission.source


def _alone(name: str, data: bytes) -> Submission:
    info = SubmissionInfo(name, hashlib.sha256(data).hexdigest(), len(data))
    if is_notebook(name):
        return _from_notebook(info, data)
    if len(data) > MAX_SOURCE_BYTES:
        size = _("{name} is larger than {limit:,} bytes.", name=name, limit=MAX_SOURCE_BYTES)
        return Submission(info, "", size)
    if problem := not_python(name, data):
        return Submission(info, "", problem)
    if b"\0" in data and not data.startswith(_UTF_16):
        return Submission(
            info,
            "",
            _("{name} is not Python text: it contains NUL bytes. Is it a binary file?", name=name),
        )
    try:
        text, encoding = _decode(data)
    except (SyntaxError, UnicodeError, LookupError) as error:
        reason = error.args[0] if isinstance(error, LookupError) else error
        problem = _("{name} is not Python text: {reason}. Save it as UTF-8.")
        return Submission(info, "", problem.format(name=name, reason=reason))
    submission = _plain(info, text.replace("\r\n", "\n").replace("\r", "\n"))
    if not encoding:
        return submission
    remark = _("it is saved in {encoding}, which Python itself does not read: save it as UTF-8")
    return replace(submission, remarks=(remark.format(encoding=encoding), *submission.remarks))


def _plain(info: SubmissionInfo, text: str) -> Submission:
    """Return a file of Python, without what IPython alone understands where that stands in it."""
    if not _MAGIC.search(text) or _parses(text):
        return Submission(info, text)
    from grader.notebooks.code_cells import left_out_remark
    from grader.notebooks.syntax import to_python

    pieces = []
    left_out: list[str] = []
    line = 0
    for piece in _CELL_MARK.split(text):  # as nbconvert and editors mark them
        plain = to_python(piece)
        pieces.append(plain.source)
        left_out += [
            _("line {line} `{code}`", line=line + number, code=shown)
            for number, shown in plain.left_out
        ]
        line += piece.count("\n") + 1
    remarks = (left_out_remark(left_out),) if left_out else ()
    source = "\n".join(pieces)
    return Submission(info, source, remarks=remarks) if _parses(source) else Submission(info, text)


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            syntax_tree(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def not_python(name: str, data: bytes) -> str:
    """Return what a file is that has been named .py but is something else; empty for Python."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:4000]
    stem = name.rpartition(".")[0] or name
    if start.startswith(b"{") and b'"cells"' in data and b'"nbformat"' in data:
        text = _("{name} is a notebook that was saved as .py. Rename it to {stem}.ipynb.")
        return text.format(name=name, stem=stem)
    for beginning, kind in _OTHER_KINDS.items():
        if start.lower().startswith(beginning):
            text = _("{name} is {kind}, as its line 1 shows. Save the code itself, as plain text.")
            return text.format(name=name, kind=kind)
    return ""


def most_bytes(name: str) -> int:
    """Return how much of a file need be read: one byte more than it may have."""
    return (MAX_NOTEBOOK_BYTES if is_notebook(name) else MAX_SOURCE_BYTES) + 1


def is_submission(name: str) -> bool:
    """Return whether a file may be graded, by its name; browsers put an ending after its own."""
    return re.search(r"\.(py(\.txt)?|ipynb(\.(txt|json))?)$", name, re.IGNORECASE) is not None


def is_notebook(name: str) -> bool:
    """Return whether a file is a notebook; browsers may have put another ending after its own."""
    return re.search(r"\.ipynb(\.(txt|json))?$", name, re.IGNORECASE) is not None


def _from_notebook(info: SubmissionInfo, data: bytes) -> Submission:
    # imported here, since a .py is graded without them
    from grader.notebooks.code_cells import read_notebook
    from grader.notebooks.notebook_file import NotebookError

    if len(data) > MAX_NOTEBOOK_BYTES:
        problem = _("{name} is larger than {limit:,} bytes. Clear its outputs.")
        return Submission(info, "", problem.format(name=info.name, limit=MAX_NOTEBOOK_BYTES))
    try:
        notebook = read_notebook(info.name, data)
    except NotebookError as error:
        return Submission(info, "", error.text)
    source = "\n\n".join(cell.source for cell in notebook.cells)
    if len(source.encode()) > MAX_SOURCE_BYTES:
        problem = _("{name} has more than {limit:,} bytes of code.")
        return Submission(info, "", problem.format(name=info.name, limit=MAX_SOURCE_BYTES))
    return Submission(
        info, source, cells=notebook.cells, remarks=notebook.remarks, answers=notebook.answers
    )


def _decode(data: bytes) -> tuple[str, str]:
    """Return the text and, where Python itself would not read it, the encoding that was found."""
    encoding = "utf-8" if data.startswith(_UTF_16) else _named_encoding(data)
    try:
        return data.decode(encoding), ""
    except UnicodeDecodeError as error:
        from grader.text.encoding import decoded  # seldom needed

        if found := decoded(data):
            return found.text, found.encoding
        line = data.count(b"\n", 0, error.start) + 1
        text = _("line {line} is not {encoding}", line=line, encoding=error.encoding)
        raise LookupError(text) from None


def _named_encoding(data: bytes) -> str:
    """Return the encoding that a text itself names, as Python reads it; otherwise UTF-8."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        if "invalid or missing" not in str(error):
            raise
        return "utf-8"
    if not _ENCODINGS.fullmatch(encoding):
        text = _("the encoding {encoding} is not one for source files", encoding=encoding)
        raise LookupError(text)
    return encoding


def exercise_of(course: Course, path: Path, name: str | None) -> Exercise:
    """Return which exercise a file is for: `name` where it is given, else by the file's name.

    Raises
    ------
    UsageError
        The name fits no exercise of the course, or several.
    """
    if name is not None:
        return course.exercise(name)
    return course.exercise(name_of_exercise([each.name for each in course.exercises], path))


def name_of_exercise(names: Sequence[str], path: Path) -> str:
    """Return which one of the exercises of these names a file is for, by its own name.

    Raises
    ------
    UsageError
        The name fits none of them, or several.
    """
    fitting = names_in(names, path.stem)
    if len(fitting) == 1:
        return fitting[0]
    raise UsageError(
        _("the name {name} does not say which exercise it is", name=path.name)
        if not fitting
        else _("the name {name} fits several exercises", name=path.name),
        _("use --exercise NAME with one of: {names}", names=enumerated(names)),
    )


def _reason(error: Exception) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else str(error)


def _python_beside(path: Path) -> str:
    if path.suffix.lower() == ".zip":
        return _("unpack it and name the .py or .ipynb file in it")
    own = _with_endings(path)
    if beside := [each for each in own if each.is_file()]:
        return _("did you mean {name}?", name=beside[0])
    if path.suffix.lower() in (".txt", ".md"):
        return _("is it Python code alone? Then rename it to {name}", name=own[0].name)
    return _("name a file that ends in .py or .ipynb")


def _with_endings(path: Path) -> list[Path]:
    return [path.with_suffix(ending) for ending in (".py", ".ipynb")]


def _inside(folder: Path) -> str:
    """Return which file of a folder may have been meant."""
    try:
        found = sorted(each for each in folder.iterdir() if is_submission(each.name))
    except OSError:
        found = []
    if len(found) == 1:
        return _("did you mean {name}?", name=found[0])
    if found:
        return _("give the files in it that you mean, as in {path}", path=found[0])
    return _("give a .py or .ipynb file")


def _nearby(path: Path) -> str:
    if path.name and not path.suffix:
        for whole in _with_endings(path):
            if whole.is_file():
                return _("did you mean {name}?", name=whole)
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix == path.suffix]
    except OSError:
        return _("no such folder: {path}", path=path.parent)
    import difflib

    near = difflib.get_close_matches(path.name, names, 1)
    return _("did you mean {name}?", name=path.with_name(near[0])) if near else ""
