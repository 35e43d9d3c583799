"""What a sender says of its documents, read into our own words and checked before anything is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lantai.apps.connectors.types import (
    RECORD_FIELDS,
    Declared,
    MappingUnfit,
    MetadataNotJson,
    MetadataUnfit,
    SentDocument,
)
from lantai.apps.custody.types import FileRole
from lantai.apps.holdings.types import Classification
from lantai.kit.compositions import ELEMENT as PARTS
from lantai.kit.compositions import Placed, write_lines
from lantai.kit.errors import N_

MOST_ELEMENTS = 200
_WORDS = {
    "missing": N_("没有填写"),
    "extra_forbidden": N_("不在接口说明中"),
    "string_too_short": N_("是空的"),
    "string_too_long": N_("太长"),
    "too_short": N_("至少要有一项"),
    "too_long": N_("项数太多"),
    "string_pattern_mismatch": N_("格式不对"),
}
_OTHERWISE = N_("的值不合要求")
_COMPACT_DAY = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?$")


def _day(value: object) -> object:
    """Days as office systems write them: 2026-03-05, 20260305, 2026/3/5, 2026年3月5日."""
    found = _COMPACT_DAY.match(value.strip()) if isinstance(value, str) else None
    if found:
        return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    return None if value == "" else value


def _names(value: object) -> object:
    """Names as a list, or as one text with ; or 、 between them."""
    return [one for one in re.split(r"[;；、,，]", value) if one.strip()] if isinstance(value, str) else value


class FileIn(BaseModel):
    """A file: the name of its part, or a finished resumable upload, and what the sender says of it.

    ``part`` is the part of a composed record that it is (a voucher's invoice), ``elements`` what is noted of it.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    name: str = Field(min_length=1, max_length=255)
    role: FileRole | None = None
    size: int | None = Field(None, ge=0)
    sha256: str = Field("", pattern=r"^([0-9A-Fa-f]{64})?$")
    sha512: str = Field("", pattern=r"^([0-9A-Fa-f]{128})?$")
    sm3: str = Field("", pattern=r"^([0-9A-Fa-f]{64})?$")
    upload: str = Field("", max_length=200)
    part: str = Field("", max_length=40)
    elements: dict[str, str] = Field({}, max_length=40)

    def declared(self, place: int) -> Declared:
        """As the service takes it; the first file is the main one unless said otherwise."""
        role = self.role or (FileRole.MAIN if place == 0 else FileRole.ATTACHMENT)
        digests = {"sha256": self.sha256.lower(), "sha512": self.sha512.lower(), "sm3": self.sm3.lower()}
        token = self.upload.rstrip("/").rpartition("/")[2]
        return Declared(name=self.name, role=role.value, size=self.size, digests=digests, upload=token)


class DocumentIn(BaseModel):
    """A document; ``fonds_code`` and ``kind`` are the connector's unless given."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    external_key: str = Field(min_length=1, max_length=100)
    fonds_code: str = Field("", max_length=16)
    kind: str = Field("", max_length=40)
    title: str = Field(min_length=1, max_length=2000)
    author: str = Field("", max_length=300)
    document_number: str = Field("", max_length=120)
    dated_on: Annotated[date | None, BeforeValidator(_day)] = None
    year: int | None = Field(None, ge=1000, le=2999)
    class_code: str = Field("", max_length=16)
    retention: str = Field("", max_length=8)
    classification: Classification = Classification.PUBLIC
    persons: Annotated[list[str], BeforeValidator(_names), Field(max_length=500)] = []
    elements: dict[str, str] = Field({}, max_length=MOST_ELEMENTS)
    files: list[FileIn] = Field(min_length=1, max_length=2000)

    def sent(self) -> SentDocument:
        """As the service takes it."""
        files = tuple(file.declared(place) for place, file in enumerate(self.files))
        said = self.model_dump(mode="json", exclude={"files"})
        placed = [Placed(file.part, file.name, file.elements) for file in self.files if file.part]
        if placed:  # the composition travels as an element of the description, as in every package
            said["elements"] = {**self.elements, PARTS: write_lines(None, placed)}
        return SentDocument(self.external_key, self.title, said, files)


class DeliveryIn(BaseModel):
    """A batch of documents."""

    model_config = ConfigDict(extra="forbid")

    documents: list[DocumentIn] = Field(min_length=1, max_length=2000)


class PackageIn(BaseModel):
    """A whole transfer package, in one archive file."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field("", max_length=40)
    title: str = Field("", max_length=200)
    note: str = Field("", max_length=2000)
    file: FileIn

    def sent(self, key: str) -> SentDocument:
        """As the service takes it: the package is the one item of its delivery."""
        said = self.model_dump(mode="json", exclude={"file"})
        return SentDocument(key, self.title or self.file.name, said, (self.file.declared(0),))


def read_documents(text: str | bytes, mapping: Mapping[str, str]) -> tuple[SentDocument, ...]:
    """The documents of a delivery, their fields by our names; raises ``MetadataNotJson``, ``MetadataUnfit``."""
    raw = _json(text)
    documents = raw.get("documents")
    if mapping and isinstance(documents, list):
        raw = raw | {"documents": [_mapped(one, mapping) for one in documents]}
    try:
        found = [one.sent() for one in DeliveryIn.model_validate(raw).documents]
    except ValidationError as wrong:
        raise _unfit(wrong) from wrong
    keys = [one.external_key for one in found]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise MetadataUnfit(
            place=twice, why=N_("作为 external_key 出现了不止一次"), count=1, field="metadata"
        )
    return tuple(found)


def read_package(text: str | bytes, key: str) -> SentDocument:
    """The one item of a package delivery; raises ``MetadataNotJson``, ``MetadataUnfit``."""
    try:
        return PackageIn.model_validate(_json(text)).sent(key)
    except ValidationError as wrong:
        raise _unfit(wrong) from wrong


def _json(text: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
        is_fit = isinstance(found, dict) and _is_storable(found)
    except (ValueError, RecursionError) as wrong:
        raise MetadataNotJson(field="metadata") from wrong
    if not is_fit:
        raise MetadataNotJson(field="metadata")
    return found  # type: ignore[no-any-return]


def _is_storable(value: object) -> bool:
    """PostgreSQL keeps no NUL, UTF-8 no half characters."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, dict):
        return all(_is_storable(part) for pair in value.items() for part in pair)
    return all(map(_is_storable, value)) if isinstance(value, list) else True


def _mapped(raw: object, mapping: Mapping[str, str]) -> object:
    """A document with the sender's fields under our names; what no line maps is kept as an element."""
    if not isinstance(raw, dict):
        return raw
    theirs = {their: our for our, their in mapping.items()}
    found: dict[str, object] = {"files": raw.get("files", [])}
    elements: dict[str, object] = dict(raw["elements"]) if isinstance(raw.get("elements"), dict) else {}
    for name, value in raw.items():
        if name in {"files", "elements"} or value is None:
            continue
        our = theirs.get(name, name)
        if our in RECORD_FIELDS:
            found[our] = value
        else:
            elements[our.removeprefix("elements.")] = (
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            )
    return found | {"elements": elements}


def _unfit(wrong: ValidationError) -> MetadataUnfit:
    errors = wrong.errors(include_url=False, include_context=False, include_input=False)
    place = "/".join(str(part) for part in errors[0]["loc"])[:200]
    why = _WORDS.get(errors[0]["type"], _OTHERWISE)
    return MetadataUnfit(place=place, why=why, count=len(errors), field="metadata")


def read_mapping(text: str) -> dict[str, str]:
    """Lines ``our field = their field``; raises ``MappingUnfit``. `elements.x` names an element of ours."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        our, _equals, their = (part.strip() for part in line.partition("="))
        is_known = our in RECORD_FIELDS or (our.startswith("elements.") and len(our) > 9)
        if not (is_known and their) or our in found or their in found.values():
            raise MappingUnfit(line=number, text=line.strip()[:80], field="mapping")
        found[our] = their
    return found


def mapping_text(mapping: Mapping[str, str]) -> str:
    """The mapping as lines to edit."""
    return "\n".join(f"{our} = {their}" for our, their in mapping.items())
