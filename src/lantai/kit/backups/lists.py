"""Lists of entries as JSON lines, read and written one line at a time."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lantai.kit.backups.types import Entry, Located, SetUnreadable, safe


def line_of(entry: Entry) -> str:
    """One line, ASCII: names that are not UTF-8 survive as escapes."""
    form: dict[str, object] = {"path": entry.path}
    if entry.located is None:
        return json.dumps(form | {"folder": True}) + "\n"
    found = entry.located
    form |= {"size": entry.size, "sha256": entry.sha256, "modified_ns": entry.modified_ns}
    form |= {"pack": found.pack, "at": found.at, "stored": found.stored}
    if found.is_compressed:
        form["how"] = "gzip"
    return json.dumps(form) + "\n"


def entry_of(line: str) -> Entry:
    """The entry of a line; raises `ValueError`, `KeyError` or `TypeError` for anything else."""
    form = json.loads(line)
    if form.get("folder"):
        return Entry(safe(form["path"]))
    located = Located(safe(form["pack"]), int(form["at"]), int(form["stored"]), form.get("how") == "gzip")
    digest = str(form["sha256"])
    return Entry(safe(form["path"]), int(form["size"]), digest, int(form["modified_ns"]), located)


def read_list(stream: BinaryIO, *, set_id: str) -> Iterator[Entry]:
    """The entries of a gzipped list in a set; raises `SetUnreadable`."""
    try:
        with gzip.open(stream, "rt", encoding="ascii") as lines:
            for line in lines:
                yield entry_of(line)
    except (ValueError, KeyError, TypeError, EOFError, OSError) as why:
        raise SetUnreadable(set=set_id, what="清单", why=str(why)[:200]) from why


def read_lines(path: Path) -> Iterator[Entry]:
    """The entries of an unfinished list on this machine; a torn last line ends it."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                return
            yield entry_of(line.decode("ascii"))


def pack_list(path: Path, target: Path) -> None:
    """The list as it is kept: gzipped without a date, so that the same list gives the same bytes."""
    with (
        path.open("rb") as source,
        target.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="", compresslevel=6) as packed,
    ):
        shutil.copyfileobj(source, packed, 1 << 20)
