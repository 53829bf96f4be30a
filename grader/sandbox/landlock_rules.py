"""Landlock: a ruleset of the files that a submission's process may open."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from grader.sandbox.read_allow_list import DEVICES, MACHINE

_TCP: Final = 0b11  # bind, connect
_SCOPES: Final = 0b11  # abstract unix sockets, signals
_TCP_VERSION: Final = 4
_SCOPES_VERSION: Final = 6


@functools.cache
def version() -> int:
    """Return the version of this kernel's Landlock; 0 where there is none."""
    from landlock import SyscallError, landlock_abi_version

    try:
        return int(landlock_abi_version())
    except SyscallError as error:
        if error.errno not in (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
            raise
        return 0


def create(readable: Iterable[Path], scratch: Path) -> int:
    """Return the descriptor of a ruleset: read these, write to the scratch folder, no more.

    Where the kernel knows them, TCP, abstract sockets and signals to processes outside are
    denied as well, which the package has no words for.
    """
    from landlock import FSAccess
    from landlock.plumbing import RulesetAttr, get_create_ruleset

    class Attributes(RulesetAttr):  # type: ignore[misc]
        _fields_ = (("handled_access_net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))

    known = version()
    attributes = Attributes(
        FSAccess.all(),
        _TCP if known >= _TCP_VERSION else 0,
        _SCOPES if known >= _SCOPES_VERSION else 0,
    )
    ctypes.set_errno(0)  # the package takes an older error for its own
    size = ctypes.sizeof(attributes)
    ruleset: int = get_create_ruleset()(ctypes.byref(attributes), size, 0)
    for path in readable:
        rights = FSAccess.READ_FILE
        if path.is_dir():
            rights |= FSAccess.READ_DIR
        _allow(ruleset, path, rights)
    for device in DEVICES:
        _allow(ruleset, Path(device), FSAccess.READ_FILE | FSAccess.WRITE_FILE)
    _allow(ruleset, Path(MACHINE), FSAccess.READ_FILE)
    _allow(ruleset, scratch, _writable(FSAccess))
    return ruleset


def _writable(access: Any) -> Any:
    rights = (
        access.READ_FILE
        | access.READ_DIR
        | access.WRITE_FILE
        | access.MAKE_REG
        | access.MAKE_DIR
        | access.MAKE_SYM
        | access.REMOVE_FILE
        | access.REMOVE_DIR
    )
    return rights | (access.all() & (access.TRUNCATE | access.REFER))


def _allow(ruleset: int, path: Path, rights: int) -> None:
    from landlock.plumbing import PathBeneathAttr, get_add_rule

    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        get_add_rule()(ruleset, 1, ctypes.byref(PathBeneathAttr(rights, descriptor)), 0)
    finally:
        os.close(descriptor)
