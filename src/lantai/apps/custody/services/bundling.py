"""Evidence bundles: asked for by a person, made by a run, fetched, and given up after their days."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from importlib import resources
from itertools import chain

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lantai.apps.custody import evidence, history, proofs, queries
from lantai.apps.custody.models import ContentFile, EvidenceBundle, Package
from lantai.apps.custody.permissions import P
from lantai.apps.custody.types import (
    BUNDLE_DAYS,
    BundleNotThere,
    BundleTooLarge,
    MakeBundle,
    NothingToBundle,
)
from lantai.kit.digests import chunks
from lantai.kit.evidence import Note, NoteSignature, TrustStore, build_receipt, parse_note, statement_digest
from lantai.kit.evidence.bundles import (
    COSIGNATURES,
    HISTORY,
    MAX_FILES,
    MAX_TOTAL_BYTES,
    TRUST,
    BundleFile,
    anchor_path,
    bundle_manifest,
    bundle_statement,
    describe,
    is_bundle_path,
    write_bundle,
)
from lantai.kit.evidence.stamps import response_of
from lantai.kit.packages import premis
from lantai.kit.packages.ocfl.reader import NoSuchContent, OcflObject, open_object
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.registry import spool
from lantai.platform.blobs.types import Staged
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import queries as ledger_queries
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Entry
from lantai.platform.ledger.types import NotYetLogged
from lantai.platform.witness import queries as witness

SUBJECT = "custody:bundle"
ITEMS = "metadata/items.json"
ITEM, EVENTS, README = "metadata/item.json", "premis.xml", "README.txt"
_DOCUMENTS = "metadata/"
_OURS = 8  # documents of ours beside the content, at most, but for those of the object


def ask_for_bundle(ctx: Ctx, *, package_id: int, item_key: str = "") -> EvidenceBundle:
    """Queue the making of a bundle of a package in the actor's custody, or of one item of it.

    Raises ``NothingToBundle`` and ``BundleTooLarge``.
    """
    package = queries.get(ctx, package_id)
    policy.require(ctx, P.BUNDLE_MAKE, package.custodian_id)
    sizes = list(_files(package.pk, item_key).values_list("size_bytes", flat=True))
    title = f"{package.title} {item_key}".strip()
    if not sizes:
        raise NothingToBundle
    if len(sizes) > MAX_FILES - _OURS or sum(sizes) > MAX_TOTAL_BYTES:
        raise BundleTooLarge(files=MAX_FILES - _OURS, gib=MAX_TOTAL_BYTES >> 30, title=title)
    with transaction.atomic():
        row = EvidenceBundle.objects.create(
            package=package,
            version=package.version,
            item_key=item_key,
            title=title,
            org_id=package.custodian_id,
            asked_by=ctx.actor.name,
            asked_at=ctx.now,
            expires_at=ctx.now + timedelta(days=BUNDLE_DAYS),
        )
        _record(ctx, row, "custody:bundle:asked")
        run = jobs.start(ctx, MakeBundle(row.pk), org_id=row.org_id, about=(SUBJECT, row.pk))
        EvidenceBundle.objects.filter(pk=row.pk).update(run=run)
    return row


def being_made(bundle_id: int) -> EvidenceBundle | None:
    """The row of a bundle that is not made yet."""
    rows = EvidenceBundle.objects.select_related("package", "org")
    return rows.filter(pk=bundle_id, made_at=None, destroyed_at=None).first()


@transaction.atomic
def record_bundle(ctx: Ctx, *, bundle_id: int) -> EvidenceBundle:
    """Write our documents, list everything, and record what is listed; in the run's own step."""
    row = (
        EvidenceBundle.objects.select_related("package", "org")
        .select_for_update(of=("self",))
        .get(pk=bundle_id)
    )
    files = list(_files(row.package_id, row.item_key))
    row.parts = _documents(row, files)
    manifest = _manifest(row, files)
    facts = {
        "title": row.title,
        "archives": row.org.name,
        "object": row.package.object_id,
        "version": row.version,
        "item": row.item_key,
        "files": len(files),
    }
    row.statement = bundle_statement(manifest, dict(facts))
    detail = {"statement_sha256": statement_digest(row.statement), "package": row.package_id}
    row.entry_id = _record(ctx, row, "custody:bundle:made", **detail).pk
    row.file_count = len(files)
    row.save(update_fields=["parts", "statement", "entry_id", "file_count"])
    return row


def standing_in_log(entry_id: int) -> tuple[bool, bool]:
    """Whether the entry is in the log, and whether its checkpoint has what can be had from witnesses."""
    try:
        _proof, size = proofs.proof_under(entry_id)
    except NotYetLogged:
        return False, False
    return True, size <= witness.newest_witnessed() or not witness.active_witnesses().exists()


def write(row: EvidenceBundle) -> Staged:
    """Write the bundle into the store; nothing else is written. Raises ``NotYetLogged``, BadBundle."""
    files = list(_files(row.package_id, row.item_key))
    manifest = _manifest(row, files)
    proof, size = proofs.proof_under(int(row.entry_id or 0))
    receipt = build_receipt(row.statement, Entry.objects.get(pk=row.entry_id).form, proof)
    stored = _object(row.package)
    sources: dict[str, Iterable[bytes]] = {path: [text.encode()] for path, text in row.parts.items()}
    sources |= {path: _pieces(stored, path, row.version) for path in _kept_documents(row, stored, files)}
    sources |= {path_in_bundle(file): _pieces(stored, file.logical_path, row.version) for file in files}
    spool().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=spool()) as stream:
        write_bundle(stream, manifest, receipt, sources, added=_added(size))
        stream.seek(0)
        return blobs.stage(stream)


def keep_bundle(ctx: Ctx, *, bundle_id: int, written: Staged) -> None:
    """Enter the bundle that was written; in the run's own step. One whose content was destroyed meanwhile goes."""
    is_wanted = EvidenceBundle.objects.filter(pk=bundle_id, destroyed_at=None).update(
        blob_key=written.key,
        size_bytes=written.size,
        sha256=written.digests.sha256,
        made_at=timezone.now(),
        expires_at=ctx.now + timedelta(days=BUNDLE_DAYS),
        parts={},
    )
    if not is_wanted:
        blobs.discard(written.key)


@transaction.atomic
def destroy_bundles(ctx: Ctx, *, package_id: int, item_keys: Collection[str]) -> int:
    """Drop the bundles that hold content of these items, in the transaction that destroys it; how many.

    What the log says of them stays. One that is being made is not finished.
    """
    held = Q(item_key="") | Q(item_key__in=list(item_keys))
    rows = EvidenceBundle.objects.select_for_update().filter(held, package_id=package_id, destroyed_at=None)
    keys = list(rows.filter(Q(made_at=None) | ~Q(blob_key="")).values_list("pk", "blob_key"))
    gone = EvidenceBundle.objects.filter(pk__in=[number for number, _key in keys])
    gone.update(blob_key="", parts={}, destroyed_at=ctx.now)
    blobs.discard(*(key for _number, key in keys if key))
    return len(keys)


@transaction.atomic
def fetch_bundle(ctx: Ctx, *, bundle_id: int) -> EvidenceBundle:
    """Note that the actor takes a bundle with it; raises ``Missing`` and ``BundleNotThere``."""
    row = evidence.get_bundle(ctx, bundle_id)
    policy.require(ctx, P.BUNDLE_MAKE, row.org_id)
    if not row.is_kept:
        raise BundleNotThere
    _record(ctx, row, "custody:bundle:fetched", sha256=row.sha256)
    return row


def expire_bundles() -> None:
    """Give up the content of bundles whose days are over; the beat of the worker."""
    for row in EvidenceBundle.objects.filter(expires_at__lt=timezone.now()).exclude(blob_key=""):
        with transaction.atomic():
            if EvidenceBundle.objects.filter(pk=row.pk, blob_key=row.blob_key).update(blob_key=""):
                blobs.discard(row.blob_key)


def path_in_bundle(file: ContentFile) -> str:
    """Where a file of a package stands in a bundle: under its own path, where every program can read that.

    The name that it had is among the events (PREMIS originalName) in any case.
    """
    path = file.logical_path
    path = path if path.startswith("content/") else f"content/{path}"
    return path if is_bundle_path(path) else f"content/unnamed/{file.pk}"


def _files(package_id: int, item_key: str) -> Iterable[ContentFile]:
    rows = queries.content_files(package_id)
    return rows.filter(item_key=item_key) if item_key else rows


def _object(package: Package) -> OcflObject:
    return open_object(queries.object_folder(package.object_id))


def _pieces(stored: OcflObject, path: str, version: int) -> Iterator[bytes]:
    """Opened when it is its turn, so that thousands of files are not open at once."""
    with stored.open(path, f"v{version}") as stream:
        yield from chunks(stream)


def _kept_documents(row: EvidenceBundle, stored: OcflObject, files: list[ContentFile]) -> list[str]:
    """The documents of the object that go with a whole package; an item has its own."""
    if row.item_key:
        return []
    content = {file.logical_path for file in files}
    held = (one.logical_path for one in stored.files(f"v{row.version}"))
    return sorted(path for path in held if path.startswith(_DOCUMENTS) and path not in content)


def _manifest(row: EvidenceBundle, files: list[ContentFile]) -> bytes:
    stored = _object(row.package)
    listed = [describe(path, [text.encode()]) for path, text in row.parts.items()]
    listed += [
        describe(path, _pieces(stored, path, row.version)) for path in _kept_documents(row, stored, files)
    ]
    listed += [
        BundleFile(path_in_bundle(file), file.size_bytes, file.sha256, file.sha512, file.sm3)
        for file in files
    ]
    return bundle_manifest(listed)


def _documents(row: EvidenceBundle, files: list[ContentFile]) -> dict[str, str]:
    """Our own documents of a bundle: how to check it, what happened, the item, and the keys for information."""
    paths = {file.pk: path_in_bundle(file) for file in files}
    events = premis.document(
        [history.kept_whole(row.package), *(history.kept_file(file, paths[file.pk]) for file in files)],
        chain(_events(row, files, paths), history.readings_of(files, paths)),
        history.agents_of(row.package_id),
    )
    made = {
        EVENTS: events.decode(),
        TRUST: ledger_queries.trust_text(),
        README: (resources.files("lantai.kit.evidence.standalone") / "README.txt").read_text("utf-8"),
    }
    item = _item(row) if row.item_key else None
    return made | ({} if item is None else {ITEM: item})


def _events(row: EvidenceBundle, files: list[ContentFile], paths: dict[int, str]) -> Iterable[premis.Event]:
    """A bundle of one item names no file of another; that of a whole package also what was destroyed since."""
    named = {file.logical_path: paths[file.pk] for file in files}
    name = named.get if row.item_key else lambda path: named.get(path, path)
    return history.events_of(row.package, until=row.asked_at, name=name)


def _item(row: EvidenceBundle) -> str | None:
    """The description of the item as the package holds it."""
    with suppress(NoSuchContent), _object(row.package).open(ITEMS, f"v{row.version}") as stream:
        for one in json.load(stream).get("items", ()):
            if one.get("item_key") == row.item_key:
                return json.dumps(one, ensure_ascii=False, sort_keys=True, indent=1)
    return None


def _added(size: int) -> dict[str, bytes]:
    """What others signed over the checkpoint of that size, as far as our trust file lets a stranger check it."""
    added: dict[str, bytes] = {}
    trust = ledger_queries.trust_store()
    if note := _cosigned(size, trust):
        added[COSIGNATURES] = note.render().encode()
    for number, stamp in enumerate(witness.stamps_of(size), 1):
        added[f"stamps/{number}.tsr"] = response_of(bytes(stamp.token))
    for anchor in witness.anchors_with(size):
        data = anchor.render()
        added[anchor_path(data)] = data
    told = "\n".join(one.render() for one in trust.histories)
    return added | ({HISTORY: told.encode()} if told else {})


def _cosigned(size: int, trust: TrustStore) -> Note | None:
    lines = witness.lines_of(size)
    if not lines:
        return None
    note = parse_note(witness.cosigned_note(size))

    def is_known(line: NoteSignature) -> bool:
        key = trust.key_of(line)
        return key is not None and key.is_witness and key.verify(note.text, line.blob)

    known = tuple(line for line in note.signatures if is_known(line))
    return Note(note.text, known) if known else None


def _record(ctx: Ctx, row: EvidenceBundle, act: str, **detail: str | int) -> Entry:
    """One line about the package, so that its life tells of it."""
    return ledger.record(
        ctx,
        act,
        object_type=history.SUBJECT,
        object_id=row.package_id,
        object_name=row.title,
        detail={"bundle": row.pk, "item": row.item_key, **detail},
    )
