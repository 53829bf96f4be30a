"""seccomp: the system calls that a submission's process may make.

The list was measured with strace over right submissions and a wide use of NumPy and the
standard library, then read through: what reaches another process, another file's rights,
a network, a new program or rarely used parts of the kernel is not on it.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import tempfile
from typing import Any, Final

PROCESS_MARK: Final = 0x7E5D3C1B  # in the filter, stands for the number of the process

_ALLOWED: Final = """\
    read write readv writev pread64 pwrite64 preadv pwritev lseek _llseek close close_range
    open openat creat access faccessat faccessat2 stat lstat fstat fstatat64 newfstatat statx
    statfs fstatfs readlink readlinkat getdents getdents64 getcwd chdir fchdir umask
    mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
    ftruncate fallocate fsync fdatasync fadvise64 flock sendfile copy_file_range
    dup dup2 dup3 pipe pipe2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl
    epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 timerfd_create timerfd_settime
    timerfd_gettime
    mmap mmap2 munmap mremap mprotect madvise brk msync mincore mbind get_mempolicy
    membarrier futex futex_waitv get_robust_list set_robust_list set_tid_address rseq
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait
    sigaltstack sigreturn restart_syscall pause alarm setitimer getitimer
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times
    getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgid
    getpgrp getsid getpriority getrusage getrlimit getcpu uname sysinfo sched_yield
    sched_getaffinity sched_getscheduler sched_getparam sched_get_priority_max
    sched_get_priority_min getrandom capget
    wait4 waitid exit exit_group
"""

_FCNTL: Final = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1031, 1032)
"""F_DUPFD to F_SETLKW, locks of open files, F_DUPFD_CLOEXEC, a pipe's size; not F_SETOWN."""
_IOCTL: Final = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIONCLEX, FIOCLEX."""
_PRCTL: Final = (3, 15, 16, 0x53564D41)
"""PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_SET_VMA."""
_THREAD: Final = 0x3D0F00
"""What threads are made with: CLONE_THREAD and what belongs to it, and no new namespace."""
_IGNORED_FLAGS: Final = 0x00400000  # CLONE_DETACHED, which some libraries set and no kernel reads
_INT: Final = 0xFFFFFFFF
_OPTIMIZE, _BY_TREE = 8, 2


@functools.cache
def program() -> bytes:
    """Return the filter's instructions, for this machine's architecture.

    Raises
    ------
    RuntimeError
        The library libseccomp is not installed.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    with contextlib.suppress(OSError, ValueError):  # libseccomp before 2.5: only slower
        rules.set_attr(_OPTIMIZE, _BY_TREE)
    for name in _ALLOWED.split():
        _add(rules, name, seccomp.ALLOW)
    for name, position, values in (
        ("fcntl", 1, _FCNTL),
        ("fcntl64", 1, _FCNTL),
        ("ioctl", 1, _IOCTL),
        ("prctl", 0, _PRCTL),
        ("kill", 0, (PROCESS_MARK,)),
        ("tgkill", 0, (PROCESS_MARK,)),
    ):
        for value in values:
            equal = seccomp.Arg(position, seccomp.MASKED_EQ, _INT, value)
            _add(rules, name, seccomp.ALLOW, equal)
    thread = seccomp.Arg(0, seccomp.MASKED_EQ, _INT & ~_IGNORED_FLAGS, _THREAD)
    _add(rules, "clone", seccomp.ALLOW, thread)
    _add(rules, "clone3", seccomp.ERRNO(errno.ENOSYS))  # the caller then takes to clone
    own, reading = seccomp.Arg(0, seccomp.EQ, 0), seccomp.Arg(2, seccomp.EQ, 0)
    _add(rules, "prlimit64", seccomp.ALLOW, own, reading)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(rules: Any, name: str, action: int, *arguments: Any) -> None:
    with contextlib.suppress(ValueError, OSError):  # this libseccomp does not know it: refused
        rules.add_rule(action, name, *arguments)
