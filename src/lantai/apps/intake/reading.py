"""A transfer as it was sent: items, files and what the reader of its format found; nothing is judged yet.

The package is unpacked and read in the sandbox. What comes back is lines in files, written by a process that
saw foreign bytes: every line is held against its form, and every path must stay inside the package.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, TypeVar

from pydantic import TypeAdapter, ValidationError

from lantai.apps.custody.types import FileRole
from lantai.kit.crypto.signatures import SignatureFound
from lantai.kit.errors import N_, Refusal, plain
from lantai.kit.fourprops.facts import PackageFacts, PackageProblem
from lantai.kit.packages import names
from lantai.kit.packages.reading import (
    ABOUT,
    ITEMS,
    LONGEST_LINE_BYTES,
    LOOSE,
    MOST_OF_PACKAGE_BYTES,
    REFUSALS,
)
from lantai.kit.packages.sent import Declared, SentFile, SentItem, SentPackage
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.types import Killed, ParseKilled, ParseRefused

T = TypeVar("T")

# What unpacking or reading one package may take; the time grows with the size.
LEAST_SECONDS = 600.0
BYTES_A_SECOND = 1024 * 1024
MEMORY_MB = 1024
FACTS_MB = 1024

KILLED: Mapping[Killed, str] = {
    Killed.TIMEOUT: N_(
        "读取信息包超过 %(limit)s 秒，已中止，没有接收任何内容。原件已保留，请检查后重新打包提交。"
    ),
    Killed.MEMORY: N_(
        "读取信息包需要的内存超过 %(limit)s MB，已中止，没有接收任何内容。"
        "原件已保留，请检查后重新打包，或分成几个包提交。"
    ),
    Killed.OUTPUT: N_(
        "信息包展开的内容超过 %(limit)s MB，已中止，没有接收任何内容。原件已保留，请分成几个包提交。"
    ),
    Killed.CRASH: N_("读取信息包时解析程序崩溃，没有接收任何内容。原件已保留，请检查后重新打包提交。"),
    Killed.GARBLED: N_("解析程序对信息包的回答不合规定，没有接收任何内容。原件已保留，请管理员人工检查。"),
}
_HEX = re.compile("(?:[0-9a-f]{2})+")
_ATTACHMENT = re.compile(r"附件|附表|附图")
_HANDLING = re.compile(r"处理单|发文稿纸|阅办单|审批单")

_ROLES = {
    "main": FileRole.MAIN,
    "attachment": FileRole.ATTACHMENT,
    "handling": FileRole.HANDLING,
    "draft": FileRole.OTHER,
}

_NO_TRUST: Mapping[str, Path] = MappingProxyType({})

_FILE, _ITEM, _PACKAGE = TypeAdapter(SentFile), TypeAdapter(SentItem), TypeAdapter(SentPackage)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file; ``declared`` holds what the sender stated of it: name, size_bytes, format, digests by algorithm."""

    path: str
    name: str
    size_bytes: int
    role: str
    declared: Mapping[str, object] = field(default_factory=dict)
    is_missing: bool = False
    raw_name_hex: str = ""


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item as sent; ``kind`` is a record kind's id where it is known."""

    key: str
    reference_code: str
    title: str
    files: tuple[ReadFile, ...]
    metadata: Mapping[str, object]
    row: Mapping[str, str] = field(default_factory=dict)
    events: tuple[tuple[str, str, str], ...] = ()
    kind_id: int | None = None
    attachments: tuple[str, ...] | None = None
    signatures: tuple[SignatureFound, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReadPackage:
    """Everything that was read; ``of_item`` leads from a problem's place to the key of its item.

    Items and loose files of a big package are read from disk as they are taken, and can be taken once.
    """

    facts: PackageFacts
    items: Iterable[ReadItem] = ()
    loose_files: Iterable[ReadFile] = ()
    of_item: Mapping[str, str] = field(default_factory=dict)


def speaks_of_package(refusal: ParseRefused | ParseKilled) -> bool:
    """Whether a refusal is a finding about the package, and not trouble of the machine."""
    return isinstance(refusal, ParseKilled) or refusal.kind in REFUSALS


def refused(refusal: Refusal) -> ReadPackage:
    """A package that could not be read at all: one problem of its structure, and nothing in it."""
    message = KILLED[refusal.reason] if isinstance(refusal, ParseKilled) else refusal.message
    problem = PackageProblem(message, plain(refusal.params))
    return ReadPackage(PackageFacts(kind="unknown", structure_problems=(problem,), extra_files=()))


def patience(size_bytes: int) -> float:
    """Seconds after which unpacking or reading that many bytes is ended."""
    return LEAST_SECONDS + size_bytes / BYTES_A_SECOND


def read_package(
    folder: Path, out: Path, trust: Mapping[str, Path] = _NO_TRUST, *, names: Path | None = None
) -> ReadPackage:
    """Read the package unpacked in ``folder`` in the sandbox; its facts lie in ``out``, which is made anew.

    ``trust`` names the folder of certificates for the signatures that a layout carries, ``names`` is what
    unpacking kept of names that were not in UTF-8.

    Raises `ParseRefused`, `ParseKilled` (also while items are taken) and `SandboxUnavailable`.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(mode=0o700)
    sandbox.call(
        "lantai.kit.packages.reading:read_unpacked",
        path=folder,
        out=out,
        timeout_s=patience(_size_of(folder)),
        memory_mb=MEMORY_MB,
        output_mb=FACTS_MB,
        **trust,
        **({"names_path": names} if names else {}),
    )
    about = _package(out / ABOUT)
    return ReadPackage(about.facts, _items(out / ITEMS), _loose(out / LOOSE), about.of_item)


def _size_of(folder: Path) -> int:
    return sum(
        Path(parent, name).lstat().st_size for parent, _folders, files in os.walk(folder) for name in files
    )


def _package(path: Path) -> SentPackage:
    with _opened(path) as stream:
        raw = stream.read(MOST_OF_PACKAGE_BYTES + 1)
    if len(raw) > MOST_OF_PACKAGE_BYTES:
        raise ParseKilled(Killed.GARBLED)
    return _held_against(_PACKAGE, raw)


def _items(path: Path) -> Iterator[ReadItem]:
    """Each item with the lines of its files, which come after its own."""
    lines = _lines(path)
    for line in lines:
        sent = _held_against(_ITEM, line)
        files = tuple(_file(_held_against(_FILE, one)) for one in islice(lines, max(0, sent.file_count)))
        if len(files) != sent.file_count:
            raise ParseKilled(Killed.GARBLED)
        yield ReadItem(
            sent.key,
            sent.reference_code,
            sent.title,
            files,
            sent.metadata,
            sent.row,
            sent.events,
            attachments=sent.attachments,
            signatures=sent.signatures,
        )


def _loose(path: Path) -> Iterator[ReadFile]:
    for line in _lines(path):
        yield _file(_held_against(_FILE, line), role=FileRole.METADATA)


def _lines(path: Path) -> Iterator[bytes]:
    with _opened(path) as stream:
        while line := stream.readline(LONGEST_LINE_BYTES + 1):
            if len(line) > LONGEST_LINE_BYTES:
                raise ParseKilled(Killed.GARBLED)
            yield line


def _opened(path: Path) -> BinaryIO:
    try:
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
    except OSError as unwritten:
        raise ParseKilled(Killed.GARBLED) from unwritten


def _held_against(form: TypeAdapter[T], raw: bytes) -> T:
    try:
        return form.validate_json(raw, strict=True)
    except ValidationError as other:
        raise ParseKilled(Killed.GARBLED) from other


def _file(sent: SentFile, *, role: str = "") -> ReadFile:
    # A path that is opened later is one that unpacking let pass; one that was only declared is never opened.
    is_odd = bool(sent.raw_name_hex) and not _HEX.fullmatch(sent.raw_name_hex)
    if is_odd or (not sent.is_missing and names.trouble_with(sent.path)):
        raise ParseKilled(Killed.GARBLED)
    return ReadFile(
        sent.path,
        sent.name,
        sent.size_bytes,
        role or _ROLES.get(sent.role) or role_of(sent.name),
        _declared(sent.declared),
        is_missing=sent.is_missing,
        raw_name_hex=sent.raw_name_hex,
    )


def _declared(sent: Declared) -> dict[str, object]:
    """What was stated, without what was not."""
    stated = {"name": sent.name, "size_bytes": sent.size_bytes, "format": sent.format}
    return {"digests": sent.digests, **{key: value for key, value in stated.items() if value is not None}}


def role_of(name: str) -> str:
    """What a file is within its item, by the words that agencies put into names; 正文 otherwise."""
    if _ATTACHMENT.search(name):
        return FileRole.ATTACHMENT
    return FileRole.HANDLING if _HANDLING.search(name) else FileRole.MAIN
