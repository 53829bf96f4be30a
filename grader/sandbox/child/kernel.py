"""Calls of the Linux kernel that Python has no functions for; elsewhere they do nothing."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from typing import Final

_SET_PARENT_DEATH_SIGNAL: Final = 1
_SET_DUMPABLE: Final = 4
_SET_SECCOMP: Final = 22
_SET_CHILD_SUBREAPER: Final = 36
_SET_NO_NEW_PRIVILEGES: Final = 38
_FILTER_MODE: Final = 2
_LANDLOCK_RESTRICT_SELF: Final = 446
_KEYCTL: Final = {"x86_64": 250, "aarch64": 219}
_JOIN_SESSION_KEYRING: Final = 1
_CAPABILITY_VERSION: Final = 0x20080522
_QUERY_PERSONALITY: Final = 0xFFFFFFFF
_INSTRUCTION_BYTES: Final = 8

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
if _libc is not None:
    _libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


# made here, since each process for a submission would have to make the types anew
_OWN_CAPABILITIES: Final = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
_NO_CAPABILITIES: Final = (ctypes.c_uint32 * 6)()


def _check(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def _prctl(option: int, value: int, pointer: int = 0) -> None:
    if _libc is not None:
        _check(_libc.prctl(option, value, pointer, 0, 0), "prctl")


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send this process a signal when its parent ends."""
    _prctl(_SET_PARENT_DEATH_SIGNAL, signal_number)


def adopt_orphans() -> None:
    """Become the parent of all processes whose own parents below this one have ended."""
    _prctl(_SET_CHILD_SUBREAPER, 1)


def close_memory() -> None:
    """Keep processes of the same user from tracing this one or reading its memory."""
    _prctl(_SET_DUMPABLE, 0)


def leave_keys() -> None:
    """Take a new session keyring: the caller's, with what it holds, would be inherited."""
    number = _KEYCTL.get(platform.machine())
    if _libc is not None and number is not None:  # where it is refused, nobody reads keys either
        _libc.syscall(ctypes.c_long(number), ctypes.c_long(_JOIN_SESSION_KEYRING), None)


def drop_privileges() -> None:
    """Give up all capabilities, and the way to gain any by running a program."""
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)
    if _libc is not None:
        _check(_libc.capset(_OWN_CAPABILITIES, _NO_CAPABILITIES), "capset")


def restrict_files(ruleset: int) -> None:
    """Put this process under a Landlock ruleset, by its descriptor."""
    if _libc is not None:
        call = ctypes.c_long(_LANDLOCK_RESTRICT_SELF)
        result = _libc.syscall(call, ctypes.c_long(ruleset), ctypes.c_long(0))
        _check(result, "landlock_restrict_self")


def filter_system_calls(program: bytes) -> None:
    """Put this process under a seccomp filter, given as its instructions."""
    described = _Program(len(program) // _INSTRUCTION_BYTES, program)
    _prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(described))


def may_ask_personality() -> bool:
    """Return whether a harmless call, which our seccomp filter refuses, is let through."""
    return _libc is not None and _libc.personality(ctypes.c_ulong(_QUERY_PERSONALITY)) != -1
