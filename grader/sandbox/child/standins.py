"""Stand-ins for packages that plot, show or download: whatever is done with them is harmless.

They take the place of what is not there, so that a picture costs no function its grade.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import opcode
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any, Final

PACKAGES: Final = frozenset(
    (
        *("IPython", "PIL", "altair", "bokeh", "gdown", "google", "graphviz", "ipywidgets"),
        *("matplotlib", "mpl_toolkits", "pandas", "plotly", "pylab", "requests", "seaborn"),
        *("tqdm", "wget"),
    )
)
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
        if self.__name__.partition(".")[0] == "tqdm" and name in _PROGRESS:
            return _PROGRESS[name]
        return StandIn()


_PROGRESS: Final[dict[str, Callable[..., Progress]]] = {
    "tqdm": Progress,
    "tqdm_notebook": Progress,
    "tnrange": _trange,
    "trange": _trange,
}


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
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
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

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


def furnish(stand_ins: StandIns, namespace: dict[str, Any]) -> None:
    """Give `namespace` what a notebook takes for granted, and `input` somebody who answers."""
    stand_ins.names |= {"grader"}
    for name in ("In", "Out", "display", "get_ipython", "exit", "quit"):
        namespace[name] = StandIn()
    builtins.input = _answer


def _answer(prompt: object = "", /) -> str:
    sys.stdout.write(f"{prompt}\n")
    return "1"


def _unpacked(code: bytes, place: int) -> int:
    """Return how many values the instruction at `place` unpacks; 0 where it is another one."""
    if code[place] == _UNPACK:
        return code[place + 1]
    if code[place] == _UNPACK_STARRED:  # those after the star are counted by the one before it
        after = code[place - 1] if place >= 2 and code[place - 2] == opcode.EXTENDED_ARG else 0
        return code[place + 1] + after
    return 0
