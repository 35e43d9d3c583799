"""Writing an OCFL object so that after any crash there is nothing, or the whole of it.

Content is hashed while it is written, made durable, read back from the device and compared, and
only then given its place by one rename. A new version is built beside the old object out of hard
links and swapped with it in one instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from lantai.kit.digests import Digests, Source, digest_bytes
from lantai.kit.errors import N_, Fault, Invalid, Refusal
from lantai.kit.packages import durable
from lantai.kit.packages.manifests import manifest_line
from lantai.kit.packages.ocfl import logical, taking
from lantai.kit.packages.ocfl.inventory import (
    INVENTORY,
    SIDECAR,
    SM3_MANIFEST,
    Inventory,
    Paths,
    Version,
    sidecar,
)
from lantai.kit.packages.ocfl.layout import OBJECT_DECLARATION, ensure_root, object_path
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.kit.packages.ocfl.staging import Stage

_READ_ONLY = 0o444


class ObjectExists(Refusal):
    """There is already an object of this id; what was meant is a new version."""

    message = N_("对象“%(object_id)s”已经存在，没有改动；如要增补内容，请建立新版本。")


class NothingChanged(Refusal):
    """A version that equals the one before it."""

    message = N_("对象“%(object_id)s”没有任何变化，不需要建立新版本。")


class SourceDiffers(Refusal):
    """What was read is not what the caller had been told."""

    message = N_("文件“%(path)s”的内容与登记的摘要不一致，没有写入；请核对来源后重试。")


class NotARegularFile(Invalid):
    """A link, folder or device cannot be content."""

    message = N_("“%(path)s”不是普通文件，不能作为档案内容。")


class ReadBackDiffers(Fault):
    """The disk gave back other bytes than it was given."""

    message = N_("写入后回读“%(path)s”与原内容不一致，对象没有建立；请检查存储设备。")


class WrittenElsewhere(Refusal):
    """We add versions only to objects that carry our SM3 manifest."""

    message = N_("对象“%(object_id)s”不是本系统建立的，不能增补版本；请把它的内容作为新对象接收。")


class NoSuchFile(Refusal):
    """A removal of something that is not there."""

    message = N_("对象里没有“%(path)s”，不能移除。")


@dataclass(frozen=True, slots=True)
class AddedFile:
    """One file of the version being written; ``content_path`` is relative to the object."""

    logical_path: str
    content_path: str
    size_bytes: int
    digests: Digests
    was_stored: bool  # False where the same content was already there


@dataclass(frozen=True, slots=True)
class NewContent:
    """A file to be taken in; what the fields mean stands with `ObjectWriter.add`."""

    logical_path: str
    source: Path | Source
    link: bool = False
    expected: Digests | None = None


@dataclass(frozen=True, slots=True)
class _Taken:
    new: NewContent
    incoming: Path
    digests: Digests
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SealedObject:
    """A version that is on disk, whole."""

    object_id: str
    path: Path
    version: str
    file_count: int
    new_content_count: int


class ObjectWriter:
    """Builds one version of one object; use it as a context manager and call `finish` at the end.

    Leaving the block without `finish` leaves the storage root as it was. Raises `ObjectExists`
    (or, for `new_version`, `Missing` from the reader) and `ObjectBusy`.
    """

    def __init__(self, root: Path, object_id: str, *, prior: OcflObject | None = None) -> None:
        self._place = object_path(object_id)
        self._object_id = object_id
        self._prior = prior
        ensure_root(root)
        self._stage = Stage(root, object_id)
        try:
            if prior is None and (root / self._place).exists():
                raise ObjectExists(object_id=object_id)
            self._start(root)
        except BaseException:  # boundary: whatever happens, nothing half is left
            self._stage.discard()
            raise

    @classmethod
    def new_version(cls, root: Path, object_id: str) -> Self:
        """A writer that starts from the files of the head version."""
        return cls(root, object_id, prior=open_object(root / object_path(object_id)))

    def _start(self, root: Path) -> None:
        if self._prior is not None:  # read again, now that nobody else can write
            self._prior = open_object(root / self._place)
            if not self._prior.has_sm3_manifest:
                raise WrittenElsewhere(object_id=self._object_id)
        number = 1 if self._prior is None else self._prior.number + 1
        self._version = f"v{number}"
        self._built = self._stage.folder / "tree" / self._place
        self._content = self._built / self._version / "content"
        self._content.mkdir(parents=True)
        self._sync = durable.TreeSync(self._stage.folder)
        files = () if self._prior is None else self._prior.files()
        self._state = {file.logical_path: file.digests for file in files if file.logical_path != SM3_MANIFEST}
        self._paths = logical.LogicalPaths(self._state)
        self._new: dict[str, AddedFile] = {}
        self._folders: set[str] = set()  # made below the content
        self._incoming = count()  # next() of it is one step: threads never get the same number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()

    def add(
        self,
        logical_path: str,
        source: Path | Source,
        *,
        link: bool = False,
        expected: Digests | None = None,
    ) -> AddedFile:
        """Take ``source`` in as ``logical_path``, replacing what stood there.

        ``link`` takes a file by hard link instead of copying it (the source must never be written
        again). Raises `SourceDiffers` when the content is not what ``expected`` says,
        `NotARegularFile`, `LogicalPathInvalid` and `StoreFull`.
        """
        self._paths.require_free(logical_path)
        return self._enter(self._taken(NewContent(logical_path, source, link, expected)))

    def add_files(self, files: Iterable[NewContent]) -> list[AddedFile]:
        """`add` for many files, which several threads copy and hash; refuses as `add` does."""
        added: list[AddedFile] = []
        for taken in taking.side_by_side(self._taken, files):
            self._paths.require_free(taken.new.logical_path)
            added.append(self._enter(taken))
        return added

    def _taken(self, new: NewContent) -> _Taken:
        incoming = self._built / f"incoming-{next(self._incoming)}"
        with durable.refusing_when_full():
            digests, size = self._take_in(new.source, incoming, link=new.link)
        return _Taken(new, incoming, digests, size)

    def _enter(self, taken: _Taken) -> AddedFile:
        logical_path, expected = taken.new.logical_path, taken.new.expected
        if expected is not None and taken.digests != expected:
            taken.incoming.unlink()
            raise SourceDiffers(path=logical_path)
        added = self._store(logical_path, taken.incoming, taken.digests, taken.size_bytes)
        self._paths.add(logical_path)
        self._state[logical_path] = taken.digests
        return added

    def add_bytes(self, logical_path: str, data: bytes) -> AddedFile:
        """Take ``data`` in as ``logical_path``."""
        return self.add(logical_path, [data], expected=digest_bytes(data))

    def remove(self, logical_path: str) -> None:
        """Leave the file out of the new version; earlier versions keep it. Raises `NoSuchFile`."""
        if logical_path not in self._state:
            raise NoSuchFile(path=logical_path)
        del self._state[logical_path]
        self._paths.remove(logical_path)

    def finish(
        self, *, created: datetime, message: str, user_name: str, user_address: str = ""
    ) -> SealedObject:
        """Give the version its place; when this returns it is on disk and was read back.

        ``created`` must be aware. Raises `NothingChanged`, `ReadBackDiffers`, `StoreFull`.
        """
        if created.tzinfo is None:
            raise Invalid(N_("版本的建立时间必须带时区。"), field="created")
        self._refuse_no_change()
        manifest = self._add_sm3_manifest()
        inventory = self._inventory(
            Version(
                created=created.isoformat(timespec="seconds"),
                message=message,
                user_name=user_name,
                user_address=user_address,
                state=_by_digest({**self._state, SM3_MANIFEST: manifest}),
            )
        )
        data = inventory.to_json()
        with durable.refusing_when_full():
            self._write_inventories(data)
            self._link_earlier_versions()
        self._sync.flush()
        self._read_back(data)
        self._put_in_place()
        return self._sealed()

    def abandon(self) -> None:
        """Drop everything not finished; the storage root is as it was before."""
        self._sync.close()
        self._stage.discard()

    def _take_in(self, source: Path | Source, incoming: Path, *, link: bool) -> tuple[Digests, int]:
        if not isinstance(source, Path):
            return taking.copy_stream(source, incoming)
        if source.is_symlink() or not source.is_file():
            raise NotARegularFile(path=source.name)
        if link and taking.link_file(source, incoming):
            return taking.hash_file(incoming)
        return taking.copy_file(source, incoming)

    def _store(self, logical_path: str, incoming: Path, digests: Digests, size: int) -> AddedFile:
        name = digests.sha512
        path = f"{self._version}/content/{name[:2]}/{name}"
        known = self._prior.content_path(name) if self._prior else ""
        known = known or (self._new[name].content_path if name in self._new else "")
        if known:
            incoming.unlink()
            return AddedFile(logical_path, known, size, digests, was_stored=False)
        target = self._built / path
        if name[:2] not in self._folders:
            target.parent.mkdir()
            self._folders.add(name[:2])
        incoming.rename(target)
        self._new[name] = AddedFile(logical_path, path, size, digests, was_stored=True)
        return self._new[name]

    def _refuse_no_change(self) -> None:
        if self._prior is None:
            return
        before = {f.logical_path: f.digests for f in self._prior.files() if f.logical_path != SM3_MANIFEST}
        if before == self._state:
            raise NothingChanged(object_id=self._object_id)

    def _add_sm3_manifest(self) -> Digests:
        """The SM3 of every file of this version, as content: OCFL forbids it in the fixity block."""
        lines = (manifest_line(self._state[path].sm3, path).encode() for path in sorted(self._state))
        incoming = self._built / "incoming-manifest"
        digests, size = taking.copy_stream(lines, incoming)
        self._store(SM3_MANIFEST, incoming, digests, size)
        self._drop_unused()
        return digests

    def _drop_unused(self) -> None:
        """Content of a file that was added and then replaced or removed before the end (OCFL E107)."""
        used = {digests.sha512 for digests in self._state.values()}
        for name in [n for n, added in self._new.items() if n not in used]:
            if self._new[name].logical_path == SM3_MANIFEST:
                continue
            path = self._built / self._new.pop(name).content_path
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
                self._folders.discard(path.parent.name)

    def _inventory(self, version: Version) -> Inventory:
        prior = self._prior.inventory if self._prior else None
        new = sorted(self._new.values(), key=lambda added: added.content_path)
        manifest: Paths = {added.digests.sha512: (added.content_path,) for added in new}
        fixity: Paths = {added.digests.sha256: (added.content_path,) for added in new}
        if prior is not None:
            manifest = {**prior.manifest, **manifest}
            fixity = {**prior.fixity.get("sha256", {}), **fixity}
        return Inventory(
            object_id=self._object_id,
            digest_algorithm="sha512",
            content_directory="content",
            manifest=manifest,
            versions={**(prior.versions if prior else {}), self._version: version},
            fixity={**(prior.fixity if prior else {}), "sha256": fixity},
        )

    def _write_inventories(self, data: bytes) -> None:
        for folder in (self._built, self._built / self._version):
            (folder / INVENTORY).write_bytes(data)
            (folder / SIDECAR).write_bytes(sidecar(data))
        (self._built / OBJECT_DECLARATION).write_bytes(b"ocfl_object_1.1\n")
        if not any(self._content.iterdir()):
            self._content.rmdir()
        for added in self._new.values():
            (self._built / added.content_path).chmod(_READ_ONLY)

    def _link_earlier_versions(self) -> None:
        for name in self._prior.inventory.versions if self._prior else ():
            taking.link_tree(self._prior_path / name, self._built / name)

    @property
    def _prior_path(self) -> Path:
        return self._stage.root / self._place

    def _read_back(self, inventory: bytes) -> None:
        for wrong in taking.side_by_side(self._wrong_path, self._new.values()):
            if wrong:
                raise ReadBackDiffers(path=wrong)
        for folder in (self._built, self._built / self._version):
            durable.forget_cached(folder / INVENTORY)
            if (folder / INVENTORY).read_bytes() != inventory:
                raise ReadBackDiffers(path=INVENTORY)

    def _wrong_path(self, added: AddedFile) -> str:
        """The path of a file of which the device gave back other bytes."""
        found = taking.read_back(self._built / added.content_path)
        return "" if found == (added.digests.sha256, added.size_bytes) else added.logical_path

    def _put_in_place(self) -> None:
        tree = self._stage.folder / "tree"
        if self._prior is not None:
            self._stage.put_over(self._built, self._place)
        elif not self._stage.put_new(tree, self._place):
            raise ObjectExists(object_id=self._object_id)

    def _sealed(self) -> SealedObject:
        return SealedObject(
            object_id=self._object_id,
            path=self._stage.root / self._place,
            version=self._version,
            file_count=len(self._state),
            new_content_count=len(self._new),
        )


def _by_digest(state: Mapping[str, Digests]) -> dict[str, tuple[str, ...]]:
    paths: dict[str, list[str]] = {}
    for path in sorted(state):
        paths.setdefault(state[path].sha512, []).append(path)
    return {digest: tuple(found) for digest, found in sorted(paths.items())}
