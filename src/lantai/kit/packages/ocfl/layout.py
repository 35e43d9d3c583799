"""Where an object lies: the storage root and extension 0003 (hash and id n-tuple)."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lantai.kit.errors import N_, Invalid, Refusal
from lantai.kit.packages import durable

ROOT_DECLARATION = "0=ocfl_1.1"
OBJECT_DECLARATION = "0=ocfl_object_1.1"
LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
_TUPLES = 3
_TUPLE_LENGTH = 3
_LONGEST_NAME = 100
_PLAIN = re.compile(r"[A-Za-z0-9_-]")

_CONFIG = {
    "extensionName": LAYOUT,
    "digestAlgorithm": "sha256",
    "tupleSize": _TUPLE_LENGTH,
    "numberOfTuples": _TUPLES,
}
_LAYOUT_FILE = {
    "extension": LAYOUT,
    "description": "Hashed truncated n-tuple trees with the object id as encapsulating directory.",
}


class NotAStorageRoot(Refusal):
    """The folder is in use for something else, or was laid out in another way."""

    message = N_("文件夹“%(folder)s”不是本系统布局的 OCFL 存储根；请改用空文件夹或原来的存储根。")


class ObjectIdInvalid(Invalid):
    """An OCFL object id must be a text that a file system can carry."""

    message = N_("OCFL 对象标识“%(found)s”不能使用：不能为空，也不能含控制字符。")


def object_path(object_id: str) -> Path:
    """The folder of an object, relative to the storage root (extension 0003 with its defaults)."""
    if not object_id or not object_id.isprintable():
        raise ObjectIdInvalid(found=object_id, field="object_id")
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    tuples = [digest[i * _TUPLE_LENGTH : (i + 1) * _TUPLE_LENGTH] for i in range(_TUPLES)]
    return Path(*tuples, _folder_name(object_id, digest))


def _folder_name(object_id: str, digest: str) -> str:
    name = "".join(c if _PLAIN.match(c) else _percent(c) for c in object_id)
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}-{digest}"


def _percent(character: str) -> str:
    return "".join(f"%{byte:02x}" for byte in character.encode())


def ensure_root(root: Path) -> None:
    """Create the storage root, or check that it is one of ours; safe to call at every start.

    Raises `NotAStorageRoot` when the folder holds anything else.
    """
    if not (root / ROOT_DECLARATION).is_file():
        root.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(root.parent):
            if not (root / ROOT_DECLARATION).is_file():
                _create_root(root)
    _require_our_layout(root)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Of several that make their first object at once, one makes the root; the lock dies with its process."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _create_root(root: Path) -> None:
    if root.exists() and any(root.iterdir()):
        raise NotAStorageRoot(folder=root.name)
    fresh = root.with_name(f"{root.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    extension = fresh / "extensions" / LAYOUT
    extension.mkdir(parents=True)
    durable.write_durably(extension / "config.json", _json(_CONFIG))
    durable.sync_folder(extension.parent)
    durable.write_durably(fresh / "ocfl_layout.json", _json(_LAYOUT_FILE))
    durable.write_durably(fresh / ROOT_DECLARATION, b"ocfl_1.1\n")
    fresh.rename(root)
    durable.sync_folder(root.parent)


def _require_our_layout(root: Path) -> None:
    try:
        config = json.loads((root / "extensions" / LAYOUT / "config.json").read_bytes())
    except (OSError, ValueError) as error:
        raise NotAStorageRoot(folder=root.name) from error
    if config != _CONFIG:
        raise NotAStorageRoot(folder=root.name)


def _json(value: dict[str, object] | dict[str, str]) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
