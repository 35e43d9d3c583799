"""Landlock rules for one call: read libraries and the files handed over, write one folder, nothing else.

An external program may also start itself and its loader.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TREE = sum(1 << bit for bit in (4, 5, 7, 8))  # remove folder and file, make folder and regular file
_REFER, _TRUNCATE = 1 << 13, 1 << 14
# What each version of the interface can forbid; we forbid all of it.
_HANDLED = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_SINCE, _SCOPE_SINCE = 4, 6


def version() -> int:
    """Version of the kernel's Landlock interface; 0 where it is missing or switched off."""
    return max(0, _libc().syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG)))


def restrict(readable: Iterable[int], writable: Iterable[int], executable: Iterable[int] = ()) -> None:
    """Confine this thread: only what lies under these open files and folders remains. Raises OSError."""
    abi = version()
    handled = _HANDLED[max(v for v in _HANDLED if v <= abi)]
    ruleset = _create(abi, handled)
    try:
        for fd in readable:
            _allow(ruleset, fd, _READ_FILE | _READ_DIR, handled)
        for fd in executable:
            _allow(ruleset, fd, _EXECUTE | _READ_FILE, handled)
        for fd in writable:
            rights = _READ_FILE | _READ_DIR | _WRITE_FILE | _TREE | _REFER | _TRUNCATE
            _allow(ruleset, fd, rights, handled)
        _check(_libc().syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)))
    finally:
        os.close(ruleset)


def _create(abi: int, handled: int) -> int:
    attributes = struct.pack("=Q", handled)
    if abi >= _NET_SINCE:
        attributes += struct.pack("=Q", 0b11)  # bind and connect over TCP
    if abi >= _SCOPE_SINCE:
        attributes += struct.pack("=Q", 0b11)  # abstract UNIX sockets and signals to outside
    return _check(_libc().syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)))


def _allow(ruleset: int, fd: int, rights: int, handled: int) -> None:
    if not stat.S_ISDIR(os.fstat(fd).st_mode):  # the kernel refuses a folder's right on a file
        rights &= _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE
    rule = struct.pack("=Qi", rights & handled, fd)
    _check(
        _libc().syscall(_ADD, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    )


def _check(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "landlock")
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
