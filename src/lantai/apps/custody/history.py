"""What was done to a package: the lines of the ledger as a life to read, and as events of PREMIS 3."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.root import object_folder
from lantai.kit.digests import chunks
from lantai.kit.packages import premis
from lantai.kit.packages.ocfl.inventory import Inventory
from lantai.kit.packages.ocfl.reader import NoSuchObject, OcflObject, open_object
from lantai.kit.packages.xml import UNSAYABLE
from lantai.platform.context import Ctx
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Entry

SUBJECT = "custody:package"
PREMIS = "metadata/premis.xml"
# The words of the PREMIS vocabulary (id.loc.gov/vocabulary/preservation/eventType); others keep our own.
KINDS = {
    "custody:package:sealed": "ingestion",
    "custody:package:version_added": "metadata modification",
    "custody:package:files_added": "migration",
    "custody:package:files_left_out": "deaccession",
    "custody:package:handed_over": "transfer",
    "custody:check:recorded": "validation",
    "custody:bundle:made": "dissemination",
    "custody:content:destroyed": "deletion",
    "copies:copy:made": "replication",
    "copies:copy:cleared": "deletion of copy",
    "copies:damage:found": "fixity check",
    "copies:damage:repaired": "replication",
}
FAILED = frozenset({"copies:damage:found", "copies:damage:lost"})
DESTROYED = "custody:content:destroyed"
OURS = "metadata/"  # documents of ours beside the content
_READ = "fixity check"
_IN_MEMORY = 1024 * 1024


def entries_of(package_id: int) -> list[Entry]:
    """The acts upon a package, oldest first; the caller has checked that it may be seen."""
    return list(ledger.entries_about(SUBJECT, package_id))


def events_of(
    package: Package, *, until: datetime | None = None, name: Callable[[str], str | None] = str
) -> Iterator[premis.Event]:
    """What was done to a package, as events about its object, oldest first; up to a moment where one is given.

    An act that speaks for some of the files is one event with the list of them; ``name`` says what a file is
    called where the events go, and None of one that is not named there.
    """
    stored = _stored(package)
    for row in entries_of(package.pk):
        if until is not None and row.at > until:
            continue
        named = filter(None, map(name, _spoken_of(stored, row)))
        yield premis.Event(
            identifier=f"ledger-{row.pk}",
            kind=KINDS.get(row.act, row.act),
            at=_told(row.at),
            detail=row.act,
            outcome="fail" if row.act in FAILED else "success",
            agents=tuple(_agents_of(row)),
            objects=(package.object_id, *map(_plain, named)),
        )


def _stored(package: Package) -> OcflObject | None:
    try:
        return open_object(object_folder(package.object_id))
    except NoSuchObject:  # lost: what was done to it is told all the same
        return None


def _spoken_of(stored: OcflObject | None, row: Entry) -> list[str]:
    """The files of which an act speaks, as the object itself tells: those that its version brought or took out."""
    number = row.detail.get("version")
    if stored is None or not isinstance(number, int) or f"v{number}" not in stored.versions or number < 2:
        return []
    if row.act == DESTROYED:
        return _destroyed(stored, str(row.detail.get("list", "")), f"v{number}")
    before, after = (_content(stored.inventory, f"v{n}") for n in (number - 1, number))
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _destroyed(stored: OcflObject, key: str, version: str) -> list[str]:
    """What the inventories that were kept have, and the version that destroyed has no more."""
    folder = f"{OURS}destroyed/{key}/inventory-"
    kept = [file for file in stored.files(version) if file.logical_path.startswith(folder)]
    had: set[str] = set()
    for file in kept:
        old = Inventory.from_json(json.loads(file.path.read_bytes()))
        had |= _content(old, old.head).keys()
    return sorted(had - _content(stored.inventory, version).keys())


def destroyed_digests(package: Package) -> set[str]:
    """SHA-512 of content that the object had, and has in none of its versions any more."""
    stored = _stored(package)
    if stored is None:
        return set()
    had: set[str] = set()
    for file in stored.files():
        if file.logical_path.startswith(f"{OURS}destroyed/") and "/inventory-" in file.logical_path:
            old = Inventory.from_json(json.loads(file.path.read_bytes()))
            had |= {digest for version in old.versions for digest in _content(old, version).values()}
    return had - stored.inventory.manifest.keys()


def _content(inventory: Inventory, version: str) -> dict[str, str]:
    state = inventory.versions[version].state
    return {path: digest for digest, paths in state.items() for path in paths if not path.startswith(OURS)}


def readings_of(files: Iterable[ContentFile], paths: Mapping[int, str]) -> Iterator[premis.Event]:
    """The last reading of files: one event for all that were read at one moment with one outcome."""
    read: dict[tuple[datetime, bool], list[str]] = {}
    for file in files:
        if file.read_at is not None:
            read.setdefault((file.read_at, file.is_intact), []).append(_plain(paths[file.pk]))
    for number, ((at, is_intact), named) in enumerate(sorted(read.items()), 1):
        yield premis.Event(
            identifier=f"reading-{number}",
            kind=_READ,
            at=_told(at),
            outcome="success" if is_intact else "fail",
            agents=("software",),
            objects=named,
        )


def agents_of(package_id: int) -> list[premis.Agent]:
    """Everybody who did something to a package, and the program that did it for them."""
    found: dict[str, premis.Agent] = {}
    for row in entries_of(package_id):
        if row.actor_name:
            found[f"actor-{row.actor_id or 0}"] = premis.Agent(
                f"actor-{row.actor_id or 0}", _plain(row.actor_name), "person" if row.actor_id else "software"
            )
        if row.org_id:
            found[f"org-{row.org_id}"] = premis.Agent(
                f"org-{row.org_id}", _plain(row.org_name), "organization"
            )
    return [*found.values(), *_program()]


def _agents_of(row: Entry) -> Iterator[str]:
    if row.actor_name:
        yield f"actor-{row.actor_id or 0}"
    if row.org_id:
        yield f"org-{row.org_id}"


def kept_whole(package: Package) -> premis.Kept:
    """The package as one object of PREMIS."""
    return premis.Kept(
        package.object_id, premis.Category.REPRESENTATION, "OCFL", original_name=_plain(package.title)
    )


def kept_file(file: ContentFile, path: str) -> premis.Kept:
    """One file as an object of PREMIS, with the digests that it was sealed with."""
    return premis.Kept(
        identifier=_plain(path),
        size_bytes=file.size_bytes,
        digests={"SHA-256": file.sha256, "SHA-512": file.sha512, "SM3": file.sm3},
        format_name=file.mime,
        puid=file.puid,
        original_name=_plain(file.original_name),
    )


def record_of(ctx: Ctx, package: Package, act: str, paths: Sequence[str] = ()) -> Iterator[bytes]:
    """The PREMIS document of the version that `act` makes: what was done to the object so far, and this.

    ``paths`` are the files that the act speaks for, where that is not the whole. Who does it now is told by the
    version itself and by the ledger; a package that is being sealed has no past.
    """
    is_new = package.pk is None
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as stream:
        with premis.Writer(stream) as writer:  # type: ignore[arg-type]
            writer.kept(kept_whole(package))
            for event in () if is_new else events_of(package):
                writer.event(event)
            writer.event(act_of(ctx, act, package, paths))
            for agent in _program() if is_new else agents_of(package.pk):
                writer.agent(agent)
        stream.seek(0)
        yield from chunks(stream)  # type: ignore[arg-type]


def _program() -> list[premis.Agent]:
    return [premis.Agent("software", f"Lantai {settings.LANTAI_PUBLIC_URL}".strip(), "software")]


def act_of(ctx: Ctx, act: str, package: Package, paths: Sequence[str] = ()) -> premis.Event:
    """The act under way, as an event of the document that lies in the version which it makes."""
    return premis.Event(
        identifier=f"{KINDS.get(act, act)}-{package.version}",
        kind=KINDS.get(act, act),
        at=_told(ctx.now),
        detail=act,
        outcome="success",
        agents=("software",),
        objects=(package.object_id, *map(_plain, paths)),
    )


def _plain(text: str) -> str:
    """The text as XML can carry it: names of files may hold anything."""
    return UNSAYABLE.sub("\ufffd", text)


def _told(at: datetime) -> str:
    return timezone.localtime(at, timezone.get_fixed_timezone(0)).strftime("%Y-%m-%dT%H:%M:%SZ")
