"""Why a call failed, in a line that is the same for every call that failed for the same reason."""

from __future__ import annotations

import re
import sys
from typing import Final

from grader.language import gettext_lazy as _
from grader.result.places import place_in_words
from grader.sandbox.child_words import error_in_words

_UNDEFINED: Final = re.compile(r"name '(\w+)' is not defined")
_USUAL: Final = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "plt": "import matplotlib.pyplot as plt",
    "matplotlib": "import matplotlib",
    "pd": "import pandas as pd",
    "pandas": "import pandas",
    "sp": "import scipy as sp",
    "scipy": "import scipy",
}
_BY_MESSAGE: Final = ("AttributeError", "ImportError", "ModuleNotFoundError", "NameError")
_LONGEST: Final = 200
_PUT_AT_THE_TOP: Final = _("`{name}` is not defined: put `{code}` at the top")


def cause_of(kind: str, message: str, place: str, line: int, function: str) -> str:
    """Return the cause of an exception.

    A name, an attribute or a module that is missing is one cause wherever it is met; any other
    exception is one for the line that raised it, whatever the values were.

    Parameters
    ----------
    kind, message : str
        The exception's class and text.
    place, line : str, int
        The student's file or cell, and their own line in it; empty and 0 where none is known.
    function : str
        What the grader had called.

    Examples
    --------
    >>> cause_of("NameError", "name 'np' is not defined", "exercise1.py", 12, "sigmoid")
    '`np` is not defined: put `import numpy as np` at the top'
    >>> cause_of("IndexError", "index 2 is out of bounds", "cell 5", 3, "forward")
    'IndexError in cell 5, line 3'
    """
    found = _UNDEFINED.match(message) if kind == "NameError" else None
    if found:
        return undefined_name(found[1])
    kind = kind[:60]
    if kind in _BY_MESSAGE:
        return f"{kind}: " + error_in_words(_in_a_line(message))
    if kind == "RecursionError":
        return _("{function} calls itself without end", function=function)
    if line and place:
        where = place_in_words(_in_a_line(place))
        return _("{kind} in {place}, line {line}", kind=kind, place=where, line=line)
    text = _("{kind} in the call of {function}: {message}")
    return text.format(kind=kind, function=function, message=error_in_words(_in_a_line(message)))


def undefined_name(name: str) -> str:
    """Return the cause of a NameError, with the import that is missing where that is known."""
    if name in _USUAL:
        return _PUT_AT_THE_TOP.format(name=name, code=_USUAL[name])
    if name in sys.stdlib_module_names:
        return _PUT_AT_THE_TOP.format(name=name, code=f"import {name}")
    # imported here, since autograde reads this module and has to do with little memory
    import numpy as np

    if callable(getattr(np, name, None)) and not name.startswith("_"):
        text = _("`{name}` is not defined: NumPy's is `np.{name}`, after `import numpy as np`")
        return text.format(name=name)
    return _("`{name}` is not defined: define it, or correct its spelling", name=name)


def misspelt(function: str, found: str) -> str:
    """Return the cause where a function is there under a name that is nearly the right one."""
    text = _("your file defines `{found}`: rename it to `{function}`")
    return text.format(found=found, function=function)


def _in_a_line(text: str) -> str:
    """Return text on one line, cut."""
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
