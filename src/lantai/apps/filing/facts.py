"""A batch as facts for the four-property test, and as what is sealed and described."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import TypeAlias

from lantai.apps.catalogue.types import NewDescription
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import NewFile
from lantai.apps.filing import composition, queries
from lantai.apps.filing.elements import values_by_identifier
from lantai.apps.filing.models import Document, DocumentFile
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import Classification
from lantai.kit.compositions import ELEMENT as PARTS
from lantai.kit.digests import Digests, digest_stream
from lantai.kit.errors import Missing
from lantai.kit.fourprops.facts import (
    AntivirusFacts,
    EventFacts,
    FileFacts,
    ItemFacts,
    PackageFacts,
    Subject,
)
from lantai.kit.fourprops.vocabulary import Stage
from lantai.kit.metadata import crosswalk
from lantai.kit.packages import names
from lantai.kit.packages.sent import Declared, SentFile
from lantai.kit.selfcheck import facts as assembling
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx

# The words of the element scheme (DA/T 46 M38, M41) in whatever language the page is.
CLASSIFICATION_WORDS = {
    Classification.PUBLIC.value: "公开",
    Classification.INTERNAL.value: "内部",
    Classification.SECRET.value: "秘密",
}
# The five stages of a service matter by the elements that hold their days (DA/T 85—2019).
MATTER_STAGES = {
    "appliedOn": "申请",
    "acceptedOn": "受理",
    "examinedOn": "审查",
    "decidedOn": "决定",
    "servedOn": "送达",
}
Held: TypeAlias = Mapping[int, Mapping[str, str]]
SINGLE, COMBINED = "单件", "组合文件"
CAPTURED, NUMBERED = "收录", "编号"  # M81 lists no names of acts: these are ours


def subject_of(ctx: Ctx, documents: Iterable[Document], *, item_count: int | None) -> Subject:
    """Documents of one kind as the engine sees them at the filing stage; ``item_count`` are said to be there."""
    documents = list(documents)
    house = documents[0].agency_id if documents else ctx.org_id
    environment = replace(
        custody.surroundings(ctx, org_id=house),
        is_online=True,
        antivirus=antivirus_of(documents),
    )
    package = PackageFacts(declared_item_count=item_count)
    held = held_values(documents)
    items = (item_facts(document, held) for document in documents)
    return Subject(Stage.FILING, package, items, environment)


def antivirus_of(documents: Iterable[Document]) -> AntivirusFacts | None:
    """What the scanner has said of all files of these documents; each is named with its document."""
    return custody.antivirus_of(
        (f"{document.reference_code or document.external_key}/{file.name}", file.scan)
        for document in documents
        for file in document.files.all()
    )


def held_values(documents: Iterable[Document]) -> Held:
    """Who else in the fonds has a number that one paper alone should have: file id → element → where it stands."""
    numbers: defaultdict[int, dict[int, dict[str, str]]] = defaultdict(dict)
    own = set()
    for document in documents:
        numbers[document.fonds_id] |= composition.unique_numbers(document, document.files.all())
        own.add(document.pk)
    found: dict[int, dict[str, str]] = {}
    for fonds_id, of_files in numbers.items():
        wanted = {value for values in of_files.values() for value in values.values()}
        elsewhere = queries.invoices_elsewhere(fonds_id, wanted, own) if wanted else {}
        for file_id, values in of_files.items():
            found[file_id] = {name: elsewhere[value] for name, value in values.items() if value in elsewhere}
    return found


def item_facts(document: Document, held: Held) -> ItemFacts:
    """One document with its description in the words of its element scheme."""
    files = tuple(
        replace(file_facts(file), held_values=held.get(file.pk, {})) for file in document.files.all()
    )
    return ItemFacts(
        key=document.reference_code or document.external_key,
        reference_code=document.reference_code,
        metadata=elements_of(document),
        files=files,
        events=tuple(_events(document)),
        declared_attachments=None,
    )


def events_of(document: Document) -> list[tuple[str, str, str]]:
    """The acts in a document's life as they are sealed with it: name, moment, who."""
    return [(one.action, one.at.isoformat() if one.at else "", one.agent) for one in _events(document)]


def _events(document: Document) -> Iterator[EventFacts]:
    """What is known of a document's life until it is tested."""
    agent = document.agency.name
    known = values_by_identifier(document.kind.element_scheme, document.metadata)
    for identifier, action in MATTER_STAGES.items():
        if at := assembling.moment(known.get(identifier, "")):
            yield EventFacts(action, at, known.get("acceptingAgency", agent))
    yield EventFacts(CAPTURED, document.captured_at, agent)
    if document.batch is not None:
        yield EventFacts(NUMBERED, document.batch.created_at, agent)


def file_facts(file: DocumentFile) -> FileFacts:
    """One file: what was noted when it came, what opening it has shown, and what it holds now."""
    declared = {"sha256": file.sha256, "sha512": file.sha512, "sm3": file.sm3}
    sent = SentFile(
        path=file.name,
        name=file.name,
        size_bytes=file.size_bytes,
        declared=Declared(file.name, file.size_bytes, declared),
        role=file.role,
    )
    try:
        with blobs.open_blob(file.blob_key) as stream:
            found = digest_stream(stream)
    except Missing:
        return custody.file_facts(file, replace(sent, is_missing=True), None)
    return custody.file_facts(file, sent, found)


def elements_of(document: Document) -> dict[str, str]:
    """The description under the identifiers of the kind's element scheme; what came with it wins nothing.

    Our own columns are the truth; the sender's other elements are kept beside them. Whether a document is of
    one file or several is counted where the sender has not said it.
    """
    table = crosswalk(document.kind.element_scheme)
    fields = {
        "level": "item",
        "archives_name": document.fonds.archives.name,
        "archives_code": document.fonds.archives.code,
        "fonds_name": document.fonds.name,
        "fonds_code": document.fonds.code,
        "creator": document.agency.name,
        "record_identifier": document.external_key,
        "reference_code": document.reference_code,
        "year": str(document.year or ""),
        "retention": holdings.retention_label(document.retention) if document.retention else "",
        "function": document.scheme_class.name if document.scheme_class else "",
        "class_code": document.scheme_class.code if document.scheme_class else "",
        "item_number": document.reference_code.rpartition("-")[2],
        "title": document.title,
        "author": document.author,
        "document_number": document.document_number,
        "dated_on": f"{document.dated_on:%Y%m%d}" if document.dated_on else "",
        "classification": CLASSIFICATION_WORDS[document.classification],
        "persons": ";".join(document.persons),
        "page_count": str(document.page_count or ""),
    }
    ours = {name: value for name, value in table.to_elements(fields).items() if value}
    counted = {"grouping": SINGLE if len(document.files.all()) == 1 else COMBINED}
    parts = composition.lines_of(document, document.files.all())
    return {**table.to_elements(counted), **document.metadata, **ours, **({PARTS: parts} if parts else {})}


def new_files(document: Document, taken: set[str]) -> Iterator[NewFile]:
    """The files of a document as they are sealed: ``content/<档号>/<name>``.

    ``taken`` holds the keys of paths given so far: two paths of one key are one file on some systems.
    """
    for file in document.files.all():
        path = next(one for one in _paths(document, file) if names.key_of(one) not in taken)
        taken.add(names.key_of(path))
        yield NewFile(
            item_key=document.reference_code,
            order=file.order,
            logical_path=path,
            original_name=file.name,
            role=file.role,
            digests=Digests(file.sha256, file.sha512, file.sm3),
            size_bytes=file.size_bytes,
            blob_key=file.blob_key,
            puid=file.puid,
            mime=file.mime,
            state=file.state,
            page_count=file.page_count,
            text=file.text,
            extension_ok=file.extension_ok,
            examination=file.examination,
            scan=file.scan,
        )


def _paths(document: Document, file: DocumentFile) -> Iterator[str]:
    """Paths for a file, the best first.

    Names come from outside: one with a folder, a drive or a sign that turns the direction of writing becomes
    a number; the original name stays in the row and in the metadata.
    """
    folder = f"content/{document.reference_code}"
    for name in (file.name, f"{file.order:04d}-{file.name}"):
        if "/" not in name and not names.trouble_with(name):
            yield f"{folder}/{name}"
    suffix = file.name.rpartition(".")[2].lower()
    ending = f".{suffix}" if suffix.isascii() and suffix.isalnum() and len(suffix) < 9 else ""
    yield f"{folder}/{file.order:04d}{ending}"
    yield from (f"{folder}/{file.order:04d}-{number}{ending}" for number in count(1))


def new_description(document: Document) -> NewDescription:
    """The document as a row of the catalogue."""
    return NewDescription(
        item_key=document.reference_code,
        reference_code=document.reference_code,
        title=document.title,
        kind_id=document.kind_id,
        creator_id=document.agency_id,
        author=document.author,
        document_number=document.document_number,
        dated_on=document.dated_on,
        year=document.year,
        retention=document.retention,
        class_code=document.scheme_class.code if document.scheme_class else "",
        classification=document.classification,
        persons=tuple(document.persons),
        page_count=document.page_count,
        metadata=elements_of(document),
    )
