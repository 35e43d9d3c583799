"""Writing an E-ARK SIP (or bare CSIP) 2.x package: METS, EAD and PREMIS grow while files are copied."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from lantai.kit.digests import Digests, Source, digest_file
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import names
from lantai.kit.packages.building import NameInvalid, copy_hashed, new_folder
from lantai.kit.packages.eark.finding_aid import FindingAid
from lantai.kit.packages.eark.mets_writer import SCHEMA, FileLine, MetsParts, Package
from lantai.kit.packages.eark.preservation import PreservationRecord
from lantai.kit.packages.listed import DESCRIPTION_FILE
from lantai.kit.packages.transfer.types import OutgoingDescription, OutgoingItem

REPRESENTATION = "representations/rep1"
EAD = "metadata/descriptive/ead.xml"
PREMIS = "metadata/preservation/premis.xml"
DOCUMENT = f"documentation/{DESCRIPTION_FILE}"
_OWN_TYPES = {".ofd": "application/ofd", ".xsd": "application/xml"}


class NothingToPack(Invalid):
    """A package without a single item."""

    message = N_("信息包里一件档案也没有，没有生成。")


class ItemInvalid(Invalid):
    """A 档号 that cannot be a folder or stands twice, or an item without files."""

    message = N_("档号“%(code)s”不能写入信息包：为空、重复、不能用作文件夹名，或没有文件。")


@dataclass(frozen=True, slots=True)
class WrittenEark:
    """What was written; sizes in bytes, of the items' files only."""

    folder: Path
    item_count: int
    file_count: int
    byte_count: int


def write_eark(
    target: Path,
    description: OutgoingDescription,
    items: Iterable[OutgoingItem],
    *,
    at: datetime,
    is_submission: bool = True,
) -> WrittenEark:
    """Write ``items``, taken one after the other, as a package at ``target``, which must not exist.

    The name of ``target`` becomes the package's OBJID; ``at`` (aware) is the time of making. Raises
    `TargetExists`, `NothingToPack`, `ItemInvalid`, `NameInvalid`, `XmlUnsayable` and `StoreFull`.
    """
    package = Package(target.name, description.content, description.sender, at, is_submission=is_submission)
    with new_folder(target) as folder, _Writing(folder, package) as writing:
        for item in items:
            writing.item(item)
        writing.finish(description)
    return WrittenEark(target, len(writing.codes), writing.file_count, writing.byte_count)


class _Writing:
    def __init__(self, folder: Path, package: Package) -> None:
        self._folder = folder
        self._package = package
        for path in (EAD, PREMIS):
            (folder / path).parent.mkdir(parents=True)
        self._aid = FindingAid(folder / EAD, package.objid, package.label)
        self._record = PreservationRecord(folder / PREMIS, package.at)
        self._mets = MetsParts(folder, package)
        self.codes: set[str] = set()
        self.file_count = 0
        self.byte_count = 0

    def __enter__(self) -> _Writing:
        return self

    def __exit__(self, *_error: object) -> None:
        for part in (self._aid, self._record, self._mets):
            part.close()

    def item(self, item: OutgoingItem) -> None:
        code = item.row.reference_code
        if (
            not code
            or "/" in code
            or names.trouble_with(code)
            or names.key_of(code) in self.codes
            or not item.files
        ):
            raise ItemInvalid(code=code, field="reference_code")
        self.codes.add(names.key_of(code))
        metadata = {"档号": [code], "题名": [item.row.title], **item.metadata}
        keys: set[str] = set()
        paths = [self._file(code, name, source, keys) for name, source in item.files]
        self._aid.component(code, metadata, [quote(path) for path in paths])
        self._record.item(code, metadata)

    def _file(self, code: str, name: str, source: Path | Source, keys: set[str]) -> str:
        path = f"{REPRESENTATION}/data/{code}/{name}"
        reason = names.trouble_with(path)
        if reason or names.key_of(name) in keys:
            raise NameInvalid(path=path, reason=reason or N_("与另一个文件同名"), field="path")
        keys.add(names.key_of(name))
        digests, size = copy_hashed(source, self._folder / path)
        self._mets.content(_line(path, digests, size))
        self._record.file(path, code, digests, size, media_type_of(path))
        self.file_count += 1
        self.byte_count += size
        return path

    def finish(self, description: OutgoingDescription) -> None:
        if not self.codes:
            raise NothingToPack
        self._aid.close()
        self._record.close()
        digests, size = copy_hashed([_text(description).encode()], self._folder / DOCUMENT)
        document = _line(DOCUMENT, digests, size)
        digests, size = copy_hashed([files(__package__).joinpath(SCHEMA).read_bytes()], self._folder / SCHEMA)
        schema = _line(SCHEMA, digests, size)
        ead, premis = (_line(path, *digest_file(self._folder / path)) for path in (EAD, PREMIS))
        self._mets.finish(ead=ead, premis=premis, document=document, schema=schema)


def _line(path: str, digests: Digests, size: int) -> FileLine:
    return FileLine(path, size, digests.sha512, media_type_of(path))


def media_type_of(path: str) -> str:
    """The media type that the extension of ``path`` stands for; bytes where it stands for none."""
    own = _OWN_TYPES.get(Path(path).suffix.casefold())
    return own or _types().guess_type(path, strict=True)[0] or "application/octet-stream"


@cache
def _types() -> mimetypes.MimeTypes:
    """Made when first needed: it looks for the machine's tables, which a confined reader may not."""
    return mimetypes.MimeTypes()


def _text(description: OutgoingDescription) -> str:
    values = {
        "移交单位": description.sender,
        "内容描述": description.content,
        "软硬件环境": description.environment,
        **description.carrier,
    }
    return "".join(f"{key}: {' '.join(value.split())}\r\n" for key, value in values.items())
