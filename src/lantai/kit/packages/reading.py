"""A package from outside unpacked and read, as facts in files: what may run in a confined process.

Whoever calls it there trusts nothing that it writes: `SentItem`, `SentFile` and `SentPackage` say how the
lines look, and the caller holds them against that again. No list of a package goes through memory at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages.registry import UnknownPackage, find_package, warm
from lantai.kit.packages.sent import LeavesDigests, SentFile, SentItem, SentPackage, item_of
from lantai.kit.packages.unpack import Limits, UnpackRefused, unpack_any
from lantai.kit.packages.unpack.expanding import expand

__all__ = [
    "ABOUT",
    "ITEMS",
    "LONGEST_LINE_BYTES",
    "LOOSE",
    "MOST_OF_PACKAGE_BYTES",
    "NAMES",
    "PACKAGE",
    "REFUSALS",
    "FactsTooLarge",
    "as_json",
    "item_of",
    "read_folder",
    "read_unpacked",
    "unpack_into",
    "warm",
]

LONGEST_LINE_BYTES = 8 * 1024 * 1024
MOST_OF_PACKAGE_BYTES = 64 * 1024 * 1024

PACKAGE = "package"  # the folder that `unpack_into` makes
NAMES = "names.jsonl"  # beside it, where a name in the archive was not in UTF-8
ITEMS, LOOSE, ABOUT = "items.jsonl", "loose.jsonl", "package.json"  # the files that `read_unpacked` makes


class FactsTooLarge(Invalid):
    """One item's description, or all that is wrong with the package, is more than is kept."""

    message = N_(
        "“%(place)s”的元数据或问题清单超过 %(most)d 字节，没有读取；请检查后重新打包，或分成几个包提交。"
    )


# Names of the refusals that speak of the package itself, not of the machine it is read on.
_OF_PACKAGE: tuple[type[Invalid], ...] = (
    UnknownPackage,
    FactsTooLarge,
    UnpackRefused,
    *UnpackRefused.__subclasses__(),
)
REFUSALS = frozenset(kind.__name__ for kind in _OF_PACKAGE)


def unpack_into(path: str, out: str, limits: Mapping[str, int]) -> int:
    """Unpack the archive ``path`` into the new folder `PACKAGE` below ``out``; how many files came out.

    A single catalogue or package of DA/T 48 needs no archive around it. Content that a layout embeds (DA/T 48)
    is laid out as plain files under the same limits. The bytes of names that were not in UTF-8 are kept in
    `NAMES`. Raises what `lantai.kit.packages.unpack.unpack` raises; the folder is gone then.
    """
    folder, most = Path(out, PACKAGE), Limits(**limits)
    with Path(path).open("rb") as archive:
        unpacked = unpack_any(archive, folder, most)
    if odd := {file.path: file.raw_name_hex for file in unpacked.files if file.raw_name_hex}:
        lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in odd.items())
        Path(out, NAMES).write_text("".join(lines), encoding="utf-8")
    return len(unpacked.files) + expand(folder, most, spent_bytes=unpacked.byte_count)


def read_unpacked(path: str, out: str, trust_path: str = "", names_path: str = "") -> int:
    """`read_folder` for a caller who hands on names only: whom to trust lies in the folder ``trust_path``."""
    trust = CertificateTrust.load(Path(trust_path)) if trust_path else NO_TRUST
    return read_folder(Path(path), Path(out), trust, names=Path(names_path) if names_path else None)


def read_folder(
    folder: Path,
    out: Path,
    trust: CertificateTrust = NO_TRUST,
    *,
    names: Path | None = None,
    may_leave_digests: bool = False,
) -> int:
    """Read the unpacked ``folder`` and write its facts into ``out``; how many items there are.

    Signatures that the layout carries are judged by ``trust``; ``names`` is what `unpack_into` wrote as
    `NAMES`. ``may_leave_digests`` is for a caller that compares them itself where the package says so.
    Raises `UnknownPackage` and `FactsTooLarge`. All else that is wrong is told among the facts.
    """
    raw_names = _raw_names(names)
    found = find_package(folder)
    inside = found.folder.relative_to(folder).as_posix()
    reader = found.layout.open(found.folder, "" if inside == "." else inside, trust)
    if may_leave_digests and isinstance(reader, LeavesDigests):
        reader.leave_digests()
    with ExitStack() as stack:
        items, loose = (stack.enter_context(Path(out, name).open("xb")) for name in (ITEMS, LOOSE))
        count = 0
        for item, files in reader.items():
            count += 1
            _write(items, item, item.key)
            for file in files:
                _write_file(items, file, raw_names)
        for file in reader.loose():
            _write_file(loose, file, raw_names)
    about = _encoded(reader.package())
    if len(about) > MOST_OF_PACKAGE_BYTES:
        raise FactsTooLarge(place=found.folder.name, most=MOST_OF_PACKAGE_BYTES)
    Path(out, ABOUT).write_bytes(about)
    return count


def _raw_names(path: Path | None) -> dict[str, str]:
    """Path → the bytes of its name in hexadecimal."""
    if path is None:
        return {}
    with path.open("rb") as lines:
        return dict(json.loads(line) for line in lines)


def _write_file(stream: BinaryIO, file: SentFile, raw_names: Mapping[str, str]) -> None:
    raw_name = raw_names.get(file.path)
    _write(stream, replace(file, raw_name_hex=raw_name) if raw_name else file, file.path)


def _write(stream: BinaryIO, value: SentItem | SentFile, place: str) -> None:
    line = _encoded(value)
    if len(line) > LONGEST_LINE_BYTES:
        raise FactsTooLarge(place=place, most=LONGEST_LINE_BYTES)
    stream.write(line)


def _encoded(value: SentItem | SentFile | SentPackage) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=as_json)
    return text.encode("utf-8", "replace") + b"\n"


def as_json(value: object) -> object:
    """What `json.dumps` cannot write by itself: facts as objects, moments as ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):  # the fields as they are: `asdict` would copy everything below them
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(type(value).__name__)
