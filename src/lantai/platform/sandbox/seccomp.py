"""System call filters, written as classic BPF: a list of what is allowed, and no to everything else.

A call that is not on the list fails with EPERM. Numbers from 424 on are newer than the oldest kernel we run
on, so those fail with ENOSYS instead: the C library then takes its older way (clone3 to clone, openat2 to
openat) and io_uring, which would pass around any filter, looks absent.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from lantai.platform.sandbox.syscalls import AUDIT_ARCH, FIRST_UNIFIED, number

_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NR, _ARCH = 0, 4
_CLONE_THREAD = 0x00010000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

# fmt: off
READING = frozenset(
    {
        "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "close",
        "close_range", "lseek", "fstat", "stat", "lstat", "newfstatat", "statx", "access", "faccessat",
        "faccessat2", "open", "openat", "getdents64", "readlink", "readlinkat", "getcwd", "chdir", "fchdir",
        "dup", "dup2", "dup3", "fcntl", "flock", "fsync", "fdatasync", "fadvise64", "mmap", "munmap",
        "mremap", "mprotect", "madvise", "brk", "mincore", "msync", "rt_sigaction", "rt_sigprocmask",
        "rt_sigreturn", "sigaltstack", "futex", "set_robust_list", "get_robust_list", "rseq",
        "set_tid_address", "arch_prctl", "sched_yield", "sched_getaffinity", "getpid", "gettid", "getppid",
        "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups", "uname", "sysinfo",
        "getrandom", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday",
        "time", "times", "getrusage", "getrlimit", "poll", "ppoll", "select", "pselect6", "epoll_create1",
        "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2", "pipe", "pipe2", "exit", "exit_group",
        "restart_syscall", "umask", "memfd_create", "sendfile", "copy_file_range", "ioctl", "membarrier",
        "getcpu", "fstatfs", "statfs",
    }
)
# Never: fchmod, fchown, utimensat, setxattr. They work on a file that was opened for reading only.
WRITING = frozenset(
    {
        "ftruncate", "fallocate", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlink",
        "unlinkat", "rmdir",
    }
)
NURSING = frozenset(
    {
        "clone", "fork", "vfork", "kill", "wait4", "waitid", "recvmsg", "sendmsg", "sendto", "recvfrom",
        "prctl", "seccomp", "prlimit64", "setrlimit", "capset", "symlink", "symlinkat",
        "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self",
    }
)
# libgcrypt, which many programs load, complains where it cannot lock the page for its keys; bubblewrap's own
# first process waits for the program behind the same filter.
STARTING = frozenset({"execve", "mlock", "munlock", "wait4"})
FORKING = frozenset({"clone", "fork", "vfork", "waitid"})
PIPING = frozenset(
    {
        "bind", "listen", "accept", "accept4", "connect", "getsockname", "getpeername", "setsockopt", "getsockopt",
        "sendmsg", "recvmsg", "sendto", "recvfrom", "shutdown",
    }
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Condition:
    """Allow ``call`` only when no bit of ``mask`` is set in argument ``argument`` (or any is: ``wanted``)."""

    call: str
    argument: int
    mask: int
    wanted: bool = False


THREADS_ONLY = (Condition("clone", 0, _CLONE_THREAD, wanted=True),)
READ_OWN_LIMITS = (Condition("prlimit64", 2, 0xFFFFFFFF),)
LOCAL_SOCKETS = (  # AF_UNIX is 1
    Condition("socket", 0, 0xFFFFFFFE),
    Condition("socketpair", 0, 0xFFFFFFFE),
)
OPEN_FOR_READING = (Condition("open", 1, _WRITING), Condition("openat", 2, _WRITING))


def nursery_filter() -> bytes:
    """For the process that forks the children: it may fork and talk to us, not connect or execute."""
    return program(READING | WRITING | NURSING, ())


def child_filter(*, may_write: bool) -> bytes:
    """For the process that parses: threads but no processes, no sockets, no signals to others."""
    conditions = THREADS_ONLY + READ_OWN_LIMITS
    if may_write:
        return program(READING | WRITING, conditions)
    return program(READING - {"open", "openat"}, conditions + OPEN_FOR_READING)


def program_filter(*, may_fork: bool, may_write: bool, may_pipe: bool = False) -> bytes:
    """For an external program: it may start what the other walls let it see; no sockets, no new sessions.

    One that ``may_fork`` stays in its process group, so that nothing of it outlives the group. One that ``may_pipe``
    has local sockets: only for one in namespaces of its own, where nobody else listens.
    """
    allowed = READING | STARTING | (FORKING if may_fork else frozenset())
    conditions = READ_OWN_LIMITS if may_fork else THREADS_ONLY + READ_OWN_LIMITS
    if may_pipe:
        allowed, conditions = allowed | PIPING, conditions + LOCAL_SOCKETS
    if may_write:
        return program(allowed | WRITING, conditions)
    return program(allowed - {"open", "openat"}, conditions + OPEN_FOR_READING)


def program(allowed: Iterable[str], conditions: Iterable[Condition]) -> bytes:
    """The instructions of a filter that allows ``allowed`` and, with their conditions, ``conditions``."""
    code = [_step(_LOAD, _ARCH), _step(_JEQ, AUDIT_ARCH[platform.machine()], 1, 0), _step(_RETURN, _KILL)]
    code.append(_step(_LOAD, _NR))
    for name in sorted(allowed):
        nr = number(name)
        if nr is not None:
            code += [_step(_JEQ, nr, 0, 1), _step(_RETURN, _ALLOW)]
    for condition in conditions:
        code += _conditional(condition)
    code += [_step(_JGE, FIRST_UNIFIED, 0, 1), _step(_RETURN, _ERRNO | errno.ENOSYS)]
    code.append(_step(_RETURN, _ERRNO | errno.EPERM))
    return b"".join(code)


def install(instructions: bytes) -> None:
    """Put the filter on this thread for good; needs no-new-privileges. Raises OSError."""

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    described = Program(len(instructions) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(described), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def _conditional(condition: Condition) -> list[bytes]:
    nr = number(condition.call)
    if nr is None:
        return []
    low = 16 + 8 * condition.argument  # both processors are little-endian
    refused, granted = _step(_RETURN, _ERRNO | errno.EPERM), _step(_RETURN, _ALLOW)
    if condition.wanted:
        test = [_step(_LOAD, low), _step(_JSET, condition.mask, 0, 1), granted, refused]
    elif condition.mask == 0xFFFFFFFF:  # a pointer: its upper half must be empty as well
        test = [_step(_LOAD, low), _step(_JSET, condition.mask, 2, 0), _step(_LOAD, low + 4)]
        test += [_step(_JSET, condition.mask, 0, 1), refused, granted]
    else:
        test = [_step(_LOAD, low), _step(_JSET, condition.mask, 0, 1), refused, granted]
    return [_step(_JEQ, nr, 0, len(test)), *test]


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, value)
