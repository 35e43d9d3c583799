"""Where the versions of this machine's index lie, and which one is read.

``<LANTAI_INDEX>/node`` names the machine, ``current`` the version that is read, ``<version>/`` holds each.
The version before the current one stays until the next rebuild, for processes that are just opening it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from lantai.platform.search import registry
from lantai.platform.search.engine import SearchEngine
from lantai.platform.search.types import RebuildUnderWay


def engine_name() -> str:
    """The engine this machine uses."""
    return str(getattr(settings, "LANTAI_SEARCH_ENGINE", "tantivy"))


def root() -> Path:
    """The folder of this machine's index."""
    return Path(settings.LANTAI_INDEX)


def node() -> str:
    """The name of this machine's index folder in `IndexState`; another folder is another node."""
    path = root() / "node"
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        root().mkdir(parents=True, exist_ok=True)
    own = root() / f"node-{uuid.uuid4().hex}"
    own.write_text(uuid.uuid4().hex, "ascii")
    try:
        os.link(own, path)
    except FileExistsError:  # another process was first
        pass
    finally:
        own.unlink()
    return path.read_text("ascii")


def current_version() -> str | None:
    """The version to read; None before the first build, and when it was built by another engine or layout."""
    try:
        version = (root() / "current").read_text("ascii")
    except FileNotFoundError:
        return None
    return version if version.startswith(_kind()) and (root() / version).is_dir() else None


def _kind() -> str:
    return f"{engine_name()}{registry.engine(engine_name()).layout}-"


def new_version(now: datetime) -> str:
    """A name for the version built now."""
    return f"{_kind()}{now:%Y%m%d%H%M%S}-{uuid.uuid4().hex[:8]}"


def open_engine(version: str) -> SearchEngine:
    """The engine over that version; one a process, shared by its threads."""
    return _opened(engine_name(), root() / version)


@lru_cache(maxsize=4)
def _opened(name: str, folder: Path) -> SearchEngine:
    return registry.engine(name)(folder)


def make_current(version: str) -> None:
    """From now on `version` is read; older ones than the last are removed."""
    last = current_version()
    fresh = root() / f"current-{version}"
    fresh.write_text(version, "ascii")
    fresh.replace(root() / "current")
    for folder in root().iterdir():
        if folder.is_dir() and folder.name not in {version, last}:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def rebuilding() -> Iterator[None]:
    """Only one process of this machine rebuilds at a time; raises `RebuildUnderWay`."""
    root().mkdir(parents=True, exist_ok=True)
    with (root() / "rebuild.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as why:
            raise RebuildUnderWay from why
        yield
