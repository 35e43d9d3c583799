"""What an OFD says about its signatures (GB/T 33190 §18): read, not yet believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from lantai.kit.formats.ofd.container import Container, child, children, numbers, text_of

_CHINA = timezone(timedelta(hours=8))
_TIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[T ]?(\d\d):?(\d\d):?(\d\d)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?")
MAX_SIGNATURES = 1000
MAX_STAMPS = 2000


@dataclass(frozen=True, slots=True)
class Reference:
    """A protected file and the digest that it had, in Base64."""

    file: str
    check_value: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a seal is seen: page id, box in millimetres, and the part of the picture that is shown."""

    page_id: str
    box: tuple[float, float, float, float]
    clip: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class SignatureEntry:
    """A signature or seal that the document lists; ``part`` is empty when its description is not there."""

    id: str
    kind: str
    location: str
    part: str = ""
    provider: str = ""
    method: str = ""
    signed_at: str = ""
    check_method: str = ""
    references: tuple[Reference, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    seal: str | None = None
    value: str | None = None

    @property
    def is_seal(self) -> bool:
        """``Seal`` is the default of the standard."""
        return self.kind != "Sign"


def read_signatures(container: Container, body: Any) -> tuple[str, list[SignatureEntry]]:
    """The part that lists the signatures of a DocBody, and what it lists."""
    location = text_of(body, "Signatures")
    found = container.xml(location) if location else None
    if not found:
        return "", []
    name, root = found
    listed = [e for _, e in zip(range(MAX_SIGNATURES), children(root, "Signature"), strict=False)]
    return name, [_entry(container, element, name) for element in listed]


def _entry(container: Container, element: Any, near: str) -> SignatureEntry:
    identity, kind = element.get("ID") or "", element.get("Type") or "Seal"
    location = element.get("BaseLoc") or ""
    found = container.xml(location, near=near)
    if found is None:
        return SignatureEntry(identity, kind, location)
    part, root = found
    info = child(root, "SignedInfo")
    value = _located(container, text_of(root, "SignedValue"), part)
    if info is None:
        return SignatureEntry(identity, kind, location, part, value=value)
    listed, seal = child(info, "References"), child(info, "Seal")
    return SignatureEntry(
        id=identity,
        kind=kind,
        location=location,
        part=part,
        provider=_provider(info),
        method=text_of(info, "SignatureMethod"),
        signed_at=text_of(info, "SignatureDateTime"),
        check_method=(listed.get("CheckMethod") or "") if listed is not None else "",
        references=_references(listed),
        stamps=tuple(s for e in children(info, "StampAnnot") if (s := _stamp(e)) is not None)[:MAX_STAMPS],
        seal=_located(container, text_of(seal, "BaseLoc"), part) if seal is not None else None,
        value=value,
    )


def _located(container: Container, location: str, near: str) -> str | None:
    """The part at ``location``; the location itself, which no part has, when it is not there."""
    if not location:
        return None
    part = container.locate(location, near=near)
    if part is None:
        container.say_missing(location)
    return part or location


def _provider(info: Any) -> str:
    provider = child(info, "Provider")
    if provider is None:
        return ""
    return (provider.get("ProviderName") or text_of(provider, "ProviderName")).strip()


def _references(listed: Any | None) -> tuple[Reference, ...]:
    if listed is None:
        return ()
    return tuple(
        Reference((one.get("FileRef") or "").strip(), "".join(text_of(one, "CheckValue").split()))
        for one in children(listed, "Reference")
    )


def _stamp(element: Any) -> Stamp | None:
    box, clip = numbers(element.get("Boundary")), numbers(element.get("Clip"))
    if len(box) != 4:
        return None
    shown = (clip[0], clip[1], clip[2], clip[3]) if len(clip) == 4 else None
    return Stamp(element.get("PageRef") or "", (box[0], box[1], box[2], box[3]), shown)


def time_of(text: str) -> datetime | None:
    """The instant that a producer wrote in one of a dozen ways; without a zone it is China's time."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    try:
        at = datetime(*(int(match[n]) for n in range(1, 7)))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    if match[7] in (None, "Z"):
        return at.replace(tzinfo=UTC if match[7] else _CHINA)
    hours, minutes = int(match[7][1:3]), int(match[7][-2:])
    shift = timedelta(hours=hours, minutes=minutes) * (-1 if match[7][0] == "-" else 1)
    try:
        return (at - shift).replace(tzinfo=UTC)
    except OverflowError:
        return None
