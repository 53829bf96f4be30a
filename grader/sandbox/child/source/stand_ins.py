"""Stand-ins for packages that plot, show or download: whatever is done with them is harmless.

They take the place of what is not there, so that a picture costs no function its grade.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.machinery
import opcode
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, Final

PACKAGES: Final = frozenset(
    (
        *("IPython", "PIL", "altair", "bokeh", "celluloid", "colorama", "cv2", "gdown", "google"),
        *("graphviz", "imageio", "ipywidgets", "livelossplot", "matplotlib", "mpl_toolkits"),
        *("pandas", "plotly", "prettytable", "pydot", "pygame", "pylab", "requests", "seaborn"),
        *("streamlit", "tabulate", "tensorboardX", "termcolor", "torchviz", "tqdm", "wandb"),
        "wget",
    )
)
RUN_BODY: Final = frozenset(("capture", "memit", "prun", "time", "timeit"))
_MAX_ANSWERS: Final = 100
_UNPACK: Final = opcode.opmap["UNPACK_SEQUENCE"]
_UNPACK_STARRED: Final = opcode.opmap["UNPACK_EX"]


class StandIn:
    """An object that allows everything: attributes, calls, indices, `with`, loops, unpacking."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        return

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn()

    def __call__(self, *arguments: Any, **_options: Any) -> Any:
        """Return a stand-in; as a decorator, the function that it decorates."""
        if len(arguments) == 1 and isinstance(arguments[0], (type, type(_unpacked))):
            return arguments[0]
        return StandIn()

    def __iter__(self) -> Iterator[StandIn]:
        """Loop over nothing; where it is unpacked, give as many values as are asked for."""
        frame = sys._getframe(1)
        return iter([StandIn() for _ in range(_unpacked(frame.f_code.co_code, frame.f_lasti))])

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_exception: object) -> None:
        return

    def __getitem__(self, _key: Any) -> StandIn:
        return StandIn()

    def __setitem__(self, _key: Any, _value: Any) -> None:
        return

    def __delitem__(self, _key: Any) -> None:
        return

    def __contains__(self, _item: Any) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "<a stand-in for what is not there while grading>"


def _operator(_self: StandIn, *_others: Any) -> StandIn:
    return StandIn()


for _name in ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or"):
    for _form in (f"__{_name}__", f"__r{_name}__"):
        setattr(StandIn, _form, _operator)
for _name in ("lt", "le", "gt", "ge", "neg", "invert", "abs"):
    setattr(StandIn, f"__{_name}__", _operator)


class Progress:
    """A progress bar that shows nothing: it gives what it was wrapped around."""

    def __init__(self, iterable: Iterable[Any] = (), *_arguments: Any, **_options: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)  # type: ignore[arg-type]

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_exception: object) -> None:
        return

    def __getattr__(self, name: str) -> StandIn:
        return StandIn().__getattr__(name)


def _trange(*arguments: Any, **_options: Any) -> Progress:
    return Progress(range(*arguments))


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        package = self.__name__.partition(".")[0]
        if package == "tqdm" and name in _PROGRESS:
            return _PROGRESS[name]
        if package == "IPython" and name == "get_ipython":
            return vars(builtins).get(name, StandIn())
        return StandIn()


_PROGRESS: Final[dict[str, Callable[..., Progress]]] = {
    "tqdm": Progress,
    "tqdm_notebook": Progress,
    "tnrange": _trange,
    "trange": _trange,
}


class StandIns:
    """Finds a stand-in for those of `names` that nothing else finds."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self.used: list[str] = []

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the finder's protocol
        target: ModuleType | None = None,  # noqa: ARG002 - the finder's protocol
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a stand-in for one of the packages, or for a module in it."""
        package = fullname.partition(".")[0]
        if package not in self.names:
            return None
        if package not in self.used:
            self.used.append(package)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the stand-in."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: the module makes up what it is asked for."""


def offer() -> StandIns:
    """Have imports of missing packages that plot answered by stand-ins, in this process."""
    found = StandIns(PACKAGES)
    sys.meta_path.append(found)
    return found


class Shell(StandIn):
    """What `get_ipython()` gives: `%run`, `%%writefile` and cells that are timed do what they say.

    `run` takes a file's path, `write` a path and its text, `execute` a magic's name and code.
    """

    def __init__(
        self,
        run: Callable[[str], None],
        write: Callable[[str, str], None],
        execute: Callable[[str, str], None],
    ) -> None:
        self._run = run
        self._write = write
        self._execute = execute

    def run_line_magic(self, name: str, line: str = "", *_others: Any) -> Any:
        """Carry out `%name line`."""
        words = [word for word in _words(line) if not word.startswith("-")]
        if name == "run" and words:
            self._run(words[0] if "." in words[0] else f"{words[0]}.py")
            return None
        return StandIn()

    def magic(self, line: str) -> Any:
        """Carry out `%line`."""
        name, _, rest = line.removeprefix("%").partition(" ")
        return self.run_line_magic(name, rest)

    def run_cell_magic(self, name: str, line: str, body: str) -> Any:
        """Carry out `%%name line` above a body."""
        words = [word for word in _words(line) if not word.startswith("-")]
        if name in ("writefile", "file") and words:
            self._write(words[-1], body)
        elif name in RUN_BODY:
            self._execute(name, body)
        return StandIn()


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a quote that is not closed
        return line.split()


class _Loading:
    """What is being loaded: by which process, with which shell, and how often it has asked."""

    process = 0
    shell: StandIn = StandIn()
    answers = 0


def provide_builtins() -> None:
    """Give what a notebook takes for granted, and an `exit` that site-packages would bring.

    Done once before processes are forked: Python would have to look its built-in names up anew in
    each that changes them. While something is loaded, `input` is answered, and the ways to end the
    process end only what runs.
    """
    ask, end, abort = builtins.input, os._exit, os.abort

    def answered(prompt: object = "", /) -> str:
        _Loading.answers += 1
        if not _is_loading() or _Loading.answers > _MAX_ANSWERS:
            try:
                return ask(prompt)
            except EOFError:
                raise EOFError("input() is not answered here") from None
        sys.stdout.write(f"{prompt}\n")
        return "1"

    def ended(code: int) -> None:
        if _is_loading():
            raise SystemExit(f"it exited with code {code}, as os._exit() does")
        end(code)

    def aborted() -> None:
        if _is_loading():
            raise SystemExit("the program aborted itself")
        abort()

    os._exit, os.abort = ended, aborted  # type: ignore[assignment]
    vars(builtins).update(
        In=StandIn(),
        Out=StandIn(),
        display=StandIn(),
        get_ipython=lambda: _Loading.shell,
        input=answered,
        exit=_exit,
        quit=_exit,
    )


def _exit(code: object = None) -> None:
    raise SystemExit(code)


def _is_loading() -> bool:
    return _Loading.process == os.getpid()


@contextlib.contextmanager
def loading(stand_ins: StandIns, shell: Shell) -> Iterator[None]:
    """Have what `provide_builtins` has given serve what is loaded meanwhile."""
    stand_ins.names |= {"grader"}
    _Loading.process, _Loading.shell, _Loading.answers = os.getpid(), shell, 0
    try:
        yield
    finally:
        _Loading.process = 0


def _unpacked(code: bytes, place: int) -> int:
    """Return how many values the instruction at `place` unpacks; 0 where it is another one."""
    if code[place] == _UNPACK:
        return code[place + 1]
    if code[place] == _UNPACK_STARRED:  # those after the star are counted by the one before it
        after = code[place - 1] if place >= 2 and code[place - 2] == opcode.EXTENDED_ARG else 0
        return code[place + 1] + after
    return 0
