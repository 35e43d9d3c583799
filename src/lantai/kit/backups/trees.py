"""Folders as sources of a set, in order of path."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from lantai.kit.backups.types import Source


def walk(
    folder: Path, prefix: str, *, compress: bool = False, leave_out: Collection[str] = ()
) -> Iterator[Source]:
    """Every file below `folder` as `prefix/…`, and every folder with nothing in it; links are not followed.

    In order of the whole path as text, so that two walks can be laid side by side. `leave_out` names paths
    relative to `folder`.
    """
    yield from _walk(folder, prefix, "", compress, frozenset(leave_out))


def _walk(folder: Path, prefix: str, inner: str, compress: bool, left: frozenset[str]) -> Iterator[Source]:
    try:
        with os.scandir(folder) as found:
            # "a-b" comes before "a/b" as text: a folder is sorted by its name with the stroke behind it
            here = sorted(found, key=lambda e: e.name + "/" if e.is_dir(follow_symlinks=False) else e.name)
    except FileNotFoundError:
        return
    if not here and inner:
        yield Source(f"{prefix}/{inner}".rstrip("/"), 0, 0, _nothing, is_folder=True)
    for item in here:
        path = f"{inner}{item.name}"
        if path in left:
            continue
        if item.is_dir(follow_symlinks=False):
            yield from _walk(Path(item.path), prefix, f"{path}/", compress, left)
        elif item.is_file(follow_symlinks=False):
            try:
                stat = item.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            opener: partial[BinaryIO] = partial(_open, item.path)
            yield Source(f"{prefix}/{path}", stat.st_size, stat.st_mtime_ns, opener, compress)


def _open(path: str) -> BinaryIO:
    return Path(path).open("rb")


def _nothing() -> BinaryIO:
    raise FileNotFoundError
