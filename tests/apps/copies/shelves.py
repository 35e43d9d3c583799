"""An archives with sealed packages and two folders beside its storage root, all made up."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from lantai.apps.copies import services
from lantai.apps.copies.models import Copy, CopyPolicy
from lantai.apps.copies.services.shelf import Shelf
from lantai.apps.copies.types import FillPlace
from lantai.apps.custody import queries as custody
from lantai.apps.custody import services as custody_services
from lantai.apps.custody.models import Package
from lantai.apps.custody.types import NewFile
from lantai.apps.holdings.models import Fonds
from lantai.kit.digests import digest_bytes
from lantai.kit.packages.ocfl import ObjectWriter, object_path, open_object
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.places import services as places
from lantai.platform.places.models import Place
from tests.region import World


@dataclass
class Shelves:
    """The archives, its fonds, its places by slug, and what is sealed."""

    world: World
    fonds: Fonds
    folder: Path
    places: dict[str, Place] = field(default_factory=dict)
    packages: list[Package] = field(default_factory=list)

    @property
    def keeper(self) -> Ctx:
        return self.world.ctx("archivist")

    @property
    def head(self) -> Ctx:
        return self.world.ctx("archives_head")

    @property
    def primary(self) -> Place:
        return places.ensure_primary()

    def add_place(
        self, slug: str, *, site: str = "", medium: str = "disk", order: int = 50, is_sealed: bool = False
    ) -> Place:
        """A folder of its own."""
        self.places[slug] = places.add_place(
            self.world.ctx("system_officer"),
            org_id=self.world.archives.pk,
            slug=slug,
            title=f"样例位置{slug}",
            kind="folder",
            address=str(self.folder / slug),
            site=site,
            medium=medium,
            read_order=order,
            is_sealed=is_sealed,
        )
        return self.places[slug]

    def policy(self, *slugs: str, copies: int | None = None, **more: object):
        """All copies of this archives in these places."""
        said = {"title": "样例策略", "cycle_days": 30, "rate_mb_s": 0, **more}
        return services.add_policy(
            self.head,
            org_id=self.world.archives.pk,
            place_ids=[self.places[slug].pk for slug in slugs],
            copy_count=len(slugs) + 1 if copies is None else copies,
            **said,
        )

    def ask_for(self, copies: int, *slugs: str) -> None:
        """The one policy wants so many copies, in the first of these places that are enough."""
        row = CopyPolicy.objects.get(org=self.world.archives)
        services.change_policy(
            self.head, policy_id=row.pk, title=row.title, copy_count=copies, site_count=1, medium_count=1,
            place_ids=[self.places[slug].pk for slug in slugs], cycle_days=30, rate_mb_s=0,
        )  # fmt: skip
        services.sync_all(self.keeper)

    def seal(self, count: int = 1, *, files: int = 2, size: int = 300) -> list[Package]:
        """So many packages of so many files of random bytes."""
        new = [self._seal(len(self.packages) + number, files, size) for number in range(count)]
        self.packages += new
        return new

    def _seal(self, number: int, files: int, size: int) -> Package:
        random = Random(number)
        made = [self._file(number, index, random.randbytes(size)) for index in range(files)]
        return custody_services.seal(
            self.keeper,
            object_id=f"urn:lantai:copies:{number}",
            title=f"样例包{number}",
            custodian_id=self.world.archives.pk,
            origin_id=self.world.agency.pk,
            fonds_id=self.fonds.pk,
            source=("test:package", number),
            item_count=files,
            files=made,
            documents={"metadata/items.json": b"{}"},
        )

    def _file(self, number: int, index: int, data: bytes) -> NewFile:
        path = self.folder / f"source-{number}-{index}"
        path.write_bytes(data)
        return NewFile(
            item_key=f"K{index}", order=1, logical_path=f"content/{index}.bin", original_name=f"{index}.bin",
            role="main", digests=digest_bytes(data), size_bytes=len(data), source=path,
        )  # fmt: skip

    def lay_down(self, count: int, slug: str) -> list[Package]:
        """So many small packages in the storage root and in a place, as sealing and replication would leave them."""
        rows = [self._object(number) for number in range(count)]
        self.packages = Package.objects.bulk_create(rows)
        shutil.copytree(self.root("primary"), self.root(slug), dirs_exist_ok=True)
        services.sync(self.keeper)
        Copy.objects.bulk_create(
            Copy(
                package=package, place=self.places[slug], state="whole", version=1, is_due=False,
                inventory_sha512=package.inventory_sha512, verified_at=package.stored_at,
            )
            for package in self.packages
        )  # fmt: skip
        return self.packages

    def _object(self, number: int) -> Package:
        object_id, now = f"urn:lantai:copies:{number}", self.keeper.now
        with ObjectWriter(custody.storage_root(), object_id) as writer:
            writer.add_bytes("content/a.bin", Random(number).randbytes(64))
            writer.finish(created=now, message="样例", user_name="样例", user_address="urn:lantai:sample")
        stored = open_object(custody.object_folder(object_id))
        return Package(
            object_id=object_id, title=f"样例包{number}", custodian=self.world.archives, origin=self.world.agency,
            fonds=self.fonds, item_count=1, file_count=1, byte_count=64, source_type="test:package",
            source_id=str(number), stored_at=now, inventory_sha512=custody.inventory_digest(stored),
        )  # fmt: skip

    def add_version(self, package: Package, text: str) -> Package:
        """A document of ours as the next version."""
        return custody_services.add_documents(
            self.keeper, package_id=package.pk, documents={"metadata/more.txt": text.encode()}, message="样例"
        )

    def fill(self, *slugs: str) -> list[Run]:
        """What the worker would do: sync, then fill the places."""
        services.sync_all(self.keeper)
        return [jobs.run_now(self.keeper, FillPlace(self.places[slug].pk)) for slug in slugs]

    def root(self, slug: str) -> Path:
        return custody.storage_root() if slug == "primary" else Path(self.places[slug].address)

    def object(self, slug: str, package: Package) -> Path:
        return self.root(slug) / object_path(package.object_id)

    def copy(self, slug: str, package: Package) -> Copy:
        place = self.primary if slug == "primary" else self.places[slug]
        return Copy.objects.select_related("place", "package").get(place=place, package=package)

    def shelf(self, slug: str, package: Package) -> Shelf:
        return Shelf(self.copy(slug, package).place, package.object_id)

    def content(self, slug: str, package: Package) -> list[Path]:
        """The content files of an object."""
        return sorted(path for path in self.object(slug, package).glob("v*/content/*/*") if path.is_file())


def flip(path: Path, bit: int = 0) -> None:
    """One bit of a file is not what it was; the time of the file is."""
    about = path.stat()
    data = bytearray(path.read_bytes())
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    overwrite(path, bytes(data))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def overwrite(path: Path, data: bytes) -> None:
    """Other bytes under the same name, whoever may write there."""
    path.parent.chmod(0o755)
    path.chmod(0o644)
    path.write_bytes(data)
