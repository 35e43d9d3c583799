"""A transfer's rows as facts for the four-property test, and as what is sealed and described."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from pathlib import Path

from lantai.apps.carriers import queries as carriers
from lantai.apps.catalogue.types import NewDescription
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import NewFile
from lantai.apps.holdings.types import Classification, Openness
from lantai.apps.intake import queries
from lantai.apps.intake.models import Submission, SubmissionFile, SubmissionItem
from lantai.apps.intake.queries import PROBLEM_AREAS
from lantai.apps.intake.reading import ReadItem, ReadPackage
from lantai.apps.intake.types import Mode
from lantai.kit.digests import Digests
from lantai.kit.fourprops.facts import (
    FileFacts,
    ItemFacts,
    PackageFacts,
    PackageProblem,
    Subject,
)
from lantai.kit.fourprops.vocabulary import Stage
from lantai.kit.handover import opinions
from lantai.kit.handover.opinions import Opening, Opinion
from lantai.kit.metadata import crosswalk, load
from lantai.kit.metadata.checking import parse_date
from lantai.kit.numbering import Level, ReferenceCode, ReferenceCodeInvalid, Retention, parse
from lantai.kit.packages.ocfl.reader import OcflObject
from lantai.kit.packages.reading import item_of
from lantai.kit.packages.sent import Declared, SentFile, SentItem
from lantai.kit.selfcheck import facts as assembling
from lantai.platform.context import Ctx


def findings_of(read: ReadPackage) -> dict[str, object]:
    """The package around the items as JSON; each problem names the item that it belongs to."""
    kept = asdict(read.facts)
    for area in PROBLEM_AREAS:
        for problem in kept[area] or ():
            problem["item"] = item_of(problem["path"], read.of_item)
    return storable(kept)


def storable(value: Mapping[str, object]) -> dict[str, object]:
    """A mapping from outside as a JSON column keeps it."""
    return custody.storable(value)  # type: ignore[no-any-return]


def carried(item: ReadItem) -> dict[str, object] | None:
    """What the layout says of an item besides its metadata, as a column keeps it; None where it says nothing."""
    if item.attachments is None and item.signatures is None:
        return None
    signed = None if item.signatures is None else [asdict(one) for one in item.signatures]
    return storable({"attachments": item.attachments, "signatures": signed})


def package_facts(findings: Mapping[str, object]) -> PackageFacts:
    """The inverse of `findings_of`."""
    values = {field.name: findings.get(field.name) for field in fields(PackageFacts)}
    for area in PROBLEM_AREAS:
        told = findings.get(area)
        values[area] = None if told is None else tuple(map(_problem, told))  # type: ignore[arg-type]
    for listed in ("extra_files", "unlinked_files"):
        values[listed] = None if values[listed] is None else tuple(values[listed])  # type: ignore[arg-type]
    signatures = custody.signatures_of(findings.get("signatures"))
    made_at = datetime.fromisoformat(str(values["made_at"])) if values["made_at"] else None
    plain = {"kind": values["kind"] or "", "signatures": signatures, "made_at": made_at}
    return PackageFacts(**{**values, **plain})  # type: ignore[arg-type]


def as_part(package: PackageFacts, count: int) -> PackageFacts:
    """The package as if it held only the items of one kind; bytes and files are those of the whole."""
    return replace(package, declared_item_count=count, item_count=count)


def _problem(told: Mapping[str, object]) -> PackageProblem:
    return PackageProblem(told["message"], told["params"], told["path"], told["is_error"])  # type: ignore[arg-type]


def subject_of(
    ctx: Ctx, submission: Submission, package: PackageFacts, items: Iterable[ItemFacts]
) -> Subject:
    """The transfer as the engine sees it; a carrier is asked for where it came on one."""
    environment = replace(
        custody.surroundings(ctx, org_id=submission.archives_id),
        is_online=submission.mode != Mode.FOLDER and submission.carrier_id is None,
        antivirus=custody.antivirus_of(queries.scans_of(submission.pk).iterator()),
        carrier=carriers.carrier_facts(submission.carrier_id) if submission.carrier_id else None,
        sent_at=package.made_at,
        received_at=submission.submitted_at,
    )
    return Subject(Stage.TRANSFER, package, items, environment)


def item_facts(item: SubmissionItem) -> ItemFacts:
    """One item with its files, which the caller has prefetched."""
    files = [file_facts(file) for file in item.files.all()]
    carried = item.carried or {}
    named = carried.get("attachments")
    sent = SentItem(
        key=item.item_key,
        reference_code=item.reference_code,
        title=item.title,
        file_count=len(files),
        metadata=item.metadata,
        row=item.row,
        events=tuple((action, at, agent) for action, at, agent in item.events),
        attachments=None if named is None else tuple(named),
        signatures=custody.signatures_of(carried.get("signatures")),
    )
    return assembling.item_facts(sent, files, load(item.kind.element_scheme))


def file_facts(file: SubmissionFile) -> FileFacts:
    """One file: what was declared, and what reading, opening and scanning it has shown."""
    said = file.declared
    declared = Declared(said.get("name"), said.get("size_bytes"), said.get("digests", {}), said.get("format"))
    is_missing = file.state == "missing"
    sent = SentFile(file.path, file.name, file.size_bytes, declared, is_missing, file.role)
    found = (Digests(file.sha256, file.sha512, file.sm3), file.size_bytes) if file.sha512 else None
    return custody.file_facts(file, sent, found)


def new_files(files: Iterable[SubmissionFile], root: Path) -> Iterator[NewFile]:
    """The package as it is sealed: every file under ``content/`` at the place it was sent at."""
    return (_new_file(file, f"content/{file.path}", root / file.path) for file in files)


def sealed_files(files: Iterable[SubmissionFile], stored: OcflObject) -> Iterator[NewFile]:
    """Files of an object as they are sealed in another: under the paths that they have there."""
    return (_new_file(file, file.path, stored.file(file.path).path) for file in files)


def _new_file(file: SubmissionFile, logical_path: str, source: Path) -> NewFile:
    return NewFile(
        item_key=file.item.item_key if file.item else "",
        order=file.order,
        logical_path=logical_path,
        original_name=file.name,
        role=file.role,
        digests=Digests(file.sha256, file.sha512, file.sm3),
        size_bytes=file.size_bytes,
        source=source,
        puid=file.puid,
        mime=file.mime,
        state=file.state,
        page_count=file.page_count,
        text=file.text,
        extension_ok=file.extension_ok,
        examination=file.examination,
        scan=file.scan,
    )


def new_description(item: SubmissionItem, creator_id: int) -> NewDescription:
    """The item's catalogue row: its metadata first, then its line in the catalogue file, then its 档号."""
    values = fields_of(item)
    opinion, _wrong = opinions.read(item.opinion)
    code = _code(item.reference_code)
    pages = values.get("page_count", "")
    return NewDescription(
        item_key=item.item_key,
        reference_code=item.reference_code,
        title=item.title,
        kind_id=item.kind_id,
        creator_id=creator_id,
        author=values.get("author", "")[:300],
        document_number=values.get("document_number", "")[:120],
        dated_on=_day(values.get("dated_on", "")),
        year=code.year if code and code.year else _whole(values.get("year", "")),
        retention=_retention(values.get("retention", ""), code),
        class_code=(code.class_code if code else "")[:40],
        classification=_classification(values.get("classification", "")),
        persons=tuple(part[:64] for part in _names(values.get("persons", ""))),
        page_count=_whole(pages),
        note=item.row.get("note", ""),
        metadata={**item.metadata, **opinions.as_row(opinion)},
        openness=openness_of(opinion) or Openness.UNREVIEWED,
    )


# Only what restricts is taken over at once: the opening review, not the agency, opens a record.
_OPENNESS = {Opening.DELAY.value: Openness.DELAYED, Opening.CONTROL.value: Openness.CONTROLLED}


def openness_of(opinion: Opinion) -> str:
    """What a record's 开放标识 becomes at acceptance; "" where the opinion does not restrict it."""
    return _OPENNESS.get(opinion.opening, "")


def fields_of(item: SubmissionItem) -> dict[str, str]:
    """Description fields by our names."""
    scheme = load(item.kind.element_scheme)
    by_identifier = {
        name: values[0]
        for name, values in scheme.by_identifier(assembling.flat(item.metadata, scheme)).items()
    }
    found = crosswalk(item.kind.element_scheme).to_fields(by_identifier)
    return {**item.row, **{name: value for name, value in found.items() if value}}


def _code(text: str) -> ReferenceCode | None:
    for level in (Level.ITEM, Level.FILE_ITEM):
        try:
            return parse(text, level)
        except ReferenceCodeInvalid:
            continue
    return None


def fonds_code_of(text: str) -> str:
    """The 全宗号 in a 档号; "" where it cannot be read, which check 1-7 tells."""
    code = _code(text)
    return code.fonds if code else ""


def _retention(text: str, code: ReferenceCode | None) -> str:
    if code and code.retention:
        return code.retention.code
    try:
        return Retention.parse(text).code
    except ReferenceCodeInvalid:
        return ""


def _day(text: str) -> date | None:
    found = parse_date(text.strip())
    return found[0] if found and found[0] == found[1] else None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _classification(text: str) -> str:
    """密级 by its first word; what is not known as open is never taken for open."""
    word = text.partition("★")[0].strip()
    if word in ("", "公开", "国内"):
        return Classification.PUBLIC
    return Classification.INTERNAL if word in ("内部", "限制") else Classification.SECRET


def _names(text: str) -> Iterator[str]:
    for mark in ("；", ";", "、", "，", ","):
        text = text.replace(mark, "\n")
    return (part.strip() for part in text.split("\n") if part.strip())
