"""Building a package folder that appears whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lantai.kit.digests import Digests, Hasher, Source, tee
from lantai.kit.errors import N_, Invalid, Refusal
from lantai.kit.packages import durable


class TargetExists(Refusal):
    """A package is never written over something."""

    message = N_("“%(name)s”已经存在，没有改动；请换一个位置。")


class NameInvalid(Invalid):
    """A name that would not survive on every system."""

    message = N_("文件名“%(path)s”不能写入包中：%(reason)s。")


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to fill, which becomes ``target`` when the block ends well and is removed otherwise.

    Everything in it is on disk before it gets its name. Raises `TargetExists` and `StoreFull`.
    """
    if target.exists():
        raise TargetExists(name=target.name)
    building = target.with_name(f".{target.name}.part")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    sync = durable.TreeSync(building)
    try:
        with durable.refusing_when_full():
            yield building
        sync.flush()
        building.rename(target)
        durable.sync_folder(target.parent)
    except BaseException:  # boundary: whatever happens, nothing half is left
        shutil.rmtree(building, ignore_errors=True)
        raise
    finally:
        sync.close()


def copy_hashed(source: Path | Source, target: Path) -> tuple[Digests, int]:
    """Copy a file or a stream to the new file ``target``, making its folders."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(source, Path):
        with source.open("rb", buffering=0) as stream:
            return copy_hashed(stream, target)
    hasher = Hasher()
    with target.open("xb") as out:
        for data in tee(source, hasher):
            out.write(data)
    return hasher.digests(), hasher.size_bytes
