"""From what was sent and what opening it showed to the plain facts of the four-property test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from lantai.kit.digests import Digests
from lantai.kit.errors import N_
from lantai.kit.formats.remarks import Remark
from lantai.kit.formats.survey import Survey
from lantai.kit.fourprops.facts import EventFacts, FileFacts, FileRemark, FileState, ItemFacts, Stopped
from lantai.kit.metadata import ElementScheme, Part
from lantai.kit.metadata.checking import parse_date
from lantai.kit.packages.sent import SentFile, SentItem
from lantai.kit.selfcheck.envelopes import with_contents

UNREADABLE = FileRemark("unreadable", N_("文件不能读取，可能没有权限或载体有坏区。"))
_SEVERAL = "；"


@dataclass(frozen=True, slots=True)
class Looked:
    """What looking at one file brought; without ``survey`` the examiner did not come to an end."""

    digests: Digests | None = None
    size_bytes: int = 0
    survey: Survey | None = None
    stopped: Stopped | None = None


def file_facts(sent: SentFile, looked: Looked | None = None, *, held_as: str = "") -> FileFacts:
    """One file: what was declared of it and what looking at it brought; None where nobody looked.

    ``held_as`` is the 档号 under which the archives keeps the same content already.
    """
    declared = {
        "path": sent.path,
        "name": sent.name,
        "declared_size": sent.declared.size_bytes,
        "declared_name": sent.declared.name,
        "declared_format": sent.declared.format or None,
        "declared_digests": sent.declared.digests,
        "role": sent.role,
        "held_as": held_as,
    }
    if sent.is_missing:
        return FileFacts(**declared, state=FileState.MISSING)  # type: ignore[arg-type]
    if looked is None:
        return FileFacts(**declared, size=sent.size_bytes)  # type: ignore[arg-type]
    return FileFacts(**declared, **_looked(looked))  # type: ignore[arg-type]


def _looked(looked: Looked) -> dict[str, object]:
    found: dict[str, object] = {"size": looked.size_bytes, "stopped": looked.stopped}
    if looked.digests is not None:
        digests = looked.digests
        found["digests"] = {"sha256": digests.sha256, "sha512": digests.sha512, "sm3": digests.sm3}
    if looked.survey is None:
        remarks = (UNREADABLE,) if looked.stopped is None else ()
        return {**found, "state": FileState.BROKEN, "remarks": remarks}
    survey = looked.survey
    return {
        **found,
        "puid": survey.puid,
        "mime": survey.mime,
        "state": FileState(survey.state),
        "extension_ok": survey.extension_ok,
        "pages": survey.pages,
        "signatures": survey.signatures,
        "facts": survey.facts,
        "second_opinion": survey.second_opinion,
        "remarks": tuple(map(_remark, survey.problems)),
    }


def _remark(remark: Remark) -> FileRemark:
    params = {
        name: value if isinstance(value, int) and not isinstance(value, bool) else str(value)
        for name, value in remark.params.items()
    }
    return FileRemark(remark.code, remark.message, params)


def item_facts(sent: SentItem, files: Iterable[FileFacts], elements: ElementScheme) -> ItemFacts:
    """One item with the facts of its files; its description in one text an element."""
    return ItemFacts(
        key=sent.key,
        reference_code=sent.reference_code,
        metadata=flat(sent.metadata, elements),
        files=tuple(with_contents(files, is_signed_outside=sent.signatures is not None)),
        events=tuple(EventFacts(action, moment(at), agent) for action, at, agent in sent.events),
        declared_attachments=sent.attachments,
        signatures=sent.signatures,
        row=sent.row,
    )


def flat(metadata: Mapping[str, object], elements: ElementScheme) -> dict[str, str]:
    """One text an element; of what belongs to single files the first: other checks look at the files."""
    found: dict[str, str] = {}
    for name, value in metadata.items():
        values = [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
        element = elements.find(name)
        is_of_record = element is None or element.part is Part.RECORD
        found[name] = _SEVERAL.join(values) if is_of_record else next(iter(values), "")
    return found


def moment(text: str) -> datetime | None:
    """A time as the metadata of a record gives it, a day or a moment; None where it is none."""
    day = parse_date(text.strip())
    if day is not None:
        return datetime.combine(day[0], time.min, tzinfo=UTC)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
