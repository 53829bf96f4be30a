"""A small seccomp filter for what namespaces leave open, where the large one is missing.

In namespaces, a process whose caller is root still owns root's devices and may change their
modes for the whole machine; and some families of sockets, such as those between virtual machines
and their hosts, belong to no network namespace.
"""

from __future__ import annotations

import errno
import platform
import struct
from typing import Final

_X86_64: Final = (
    0xC000003E,
    (
        *(90, 91, 268, 452),  # chmod, fchmod, fchmodat, fchmodat2
        *(92, 93, 94, 260),  # chown, fchown, lchown, fchownat
        *(132, 235, 261, 280),  # utime, utimes, futimesat, utimensat
        *(188, 189, 190, 197, 198, 199),  # setxattr, removexattr and their kin
        *(41, 425),  # socket, io_uring_setup, which can make sockets as well
    ),
)
_ARM_64: Final = (
    0xC00000B7,
    (52, 53, 452, 54, 55, 88, 5, 6, 7, 14, 15, 16, 198, 425),  # the same, in the same order
)
_MACHINES: Final = {"x86_64": _X86_64, "aarch64": _ARM_64}

_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_NOT_LESS, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4  # in the kernel's struct seccomp_data
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_OTHER_NUMBERING: Final = 0x40000000  # the x32 calls, which repeat all others
_AS_BYTES: Final = struct.Struct("=HBBI")


def program() -> bytes:
    """Return the filter's instructions; none on a machine whose calls are not known here."""
    if platform.machine() not in _MACHINES:
        return b""
    architecture, refused = _MACHINES[platform.machine()]
    instructions = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_JUMP_IF_NOT_LESS, 0, 1, _OTHER_NUMBERING),
        (_RETURN, 0, 0, _KILL),
    ]
    for number in refused:
        instructions += [(_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    instructions.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(_AS_BYTES.pack(*each) for each in instructions)
