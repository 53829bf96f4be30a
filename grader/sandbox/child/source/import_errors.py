"""Saying what to do about an import that has failed."""

from __future__ import annotations

import ast
import sys
from typing import Final

from .cells import Failure
from .imports import AllowedPackages

_PACKAGES: Final = frozenset(
    (
        *("autograd", "bs4", "cupy", "cvxpy", "dask", "datasets", "django", "duckdb", "flask"),
        *("gensim", "geopandas", "gym", "gymnasium", "h5py", "jax", "joblib", "keras", "lightgbm"),
        *("lxml", "mnist", "networkx", "nltk", "numba", "numpy", "openpyxl", "polars", "psutil"),
        *("pyarrow", "pytest", "pytorch_lightning", "scipy", "selenium", "skimage", "sklearn"),
        *("spacy", "sqlalchemy", "statsmodels", "sympy", "tensorflow", "theano", "torch"),
        *("torchvision", "transformers", "xarray", "xgboost", "yaml"),
    )
)


def explain(failure: Failure, file: str, others: bool) -> None:
    """Add to an import's error what the student can do, where that is known.

    Parameters
    ----------
    failure : Failure
    file : str
        What was handed in.
    others : bool
        Whether other files were handed in with it.
    """
    error = failure.error
    if not isinstance(error, ImportError) or not isinstance(error.name, str):
        return
    root = error.name.partition(".")[0]
    if root in sys.stdlib_module_names:
        advice = f"Python {sys.version_info[0]}.{sys.version_info[1]} graded this"
    elif isinstance(error, ModuleNotFoundError) and root in _PACKAGES:
        advice = f"this course offers {_offered()}"
    elif isinstance(error, ModuleNotFoundError):
        wanted = _wanted(failure.statement, error.name)
        if others:
            advice = f"it was not handed in with {file}; hand it in too, or copy {wanted} into it"
        else:
            advice = f"only {file} is here; copy {wanted} into it"
    else:
        return
    error.msg = f"{error.msg}: {advice}"


def _offered() -> str:
    for finder in sys.meta_path:
        if isinstance(finder, AllowedPackages) and finder.offered:
            names = sorted(finder.offered)
            return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return "the standard library only"


def _wanted(statement: ast.stmt, module: str) -> str:
    names = [
        alias.name
        for node in ast.walk(statement)
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
        if alias.name != "*"
    ]
    return ", ".join(names) or f"what you use of {module}"
