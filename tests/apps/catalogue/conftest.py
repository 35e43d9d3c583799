"""A shelf of sealed records in one region, and a region that has no business with them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lantai.apps.catalogue import services
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import NewDescription
from lantai.apps.custody import services as custody
from lantai.apps.custody.models import Package
from lantai.apps.custody.types import FileRole, NewFile
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.kit.digests.hashing import digest_file
from lantai.platform.orgs.models import Org
from tests.apps.holdings.region import COMMAND, Region, make_region

_numbers = itertools.count(1)


@dataclass
class Shelf:
    """Seals records of a region and registers them."""

    region: Region
    fonds: Fonds
    folder: Path

    def file(self, item_key: str, text: str, *, name: str = "正文.pdf") -> NewFile:
        """A two-page PDF (or an image, by its name) of an item."""
        path = self.folder / f"{next(_numbers)}{Path(name).suffix}"
        sheet = Image.new("RGB", (300, 400), "white")
        if path.suffix == ".pdf":
            sheet.save(path, save_all=True, append_images=[sheet])
        else:
            sheet.save(path)
        digests, size_bytes = digest_file(path)
        return NewFile(
            item_key=item_key,
            order=1,
            logical_path=f"{item_key}/{name}",
            original_name=name,
            role=FileRole.MAIN,
            digests=digests,
            size_bytes=size_bytes,
            source=path,
            mime="application/pdf" if path.suffix == ".pdf" else "image/png",
            page_count=2 if path.suffix == ".pdf" else 1,
            text=text,
        )

    def package(self, keys: list[str], *, text: str = "", custodian: Org | None = None) -> Package:
        """A sealed package with one PDF for each key."""
        number = next(_numbers)
        return custody.seal(
            COMMAND,
            object_id=f"urn:sample:{self.fonds.pk}:{number}",
            title=f"样例包{number}",
            custodian_id=(custodian or self.region.archives).pk,
            origin_id=self.region.agency.pk,
            fonds_id=self.fonds.pk,
            source=("sample", f"{self.fonds.pk}-{number}"),
            item_count=len(keys),
            files=[self.file(key, text) for key in keys],
            documents={},
        )

    def put(self, *items: NewDescription, text: str = "", custodian: Org | None = None) -> list[Description]:
        """Seal and register; the rows in the order of the items."""
        package = self.package([item.item_key for item in items], text=text, custodian=custodian)
        services.register(COMMAND, package=package, items=items)
        rows = {row.item_key: row for row in Description.objects.filter(package=package)}
        return [rows[item.item_key] for item in items]

    def item(self, number: int = 1, **more: Any) -> NewDescription:
        """An item as it would come from filing."""
        values: dict[str, Any] = {
            "item_key": f"item-{number}",
            "reference_code": f"{self.fonds.code}-WS·2011-Y-BGS-{number:04}",
            "title": "关于加强样例管理的通知",
            "kind_id": holdings.kind("document").pk,
            "author": "样例办公室",
            "document_number": f"样办〔2011〕{number}号",
            "dated_on": date(2011, 3, 5),
            "year": 2011,
            "retention": "Y",
            "class_code": "BGS",
        }
        return NewDescription(**(values | more))


@pytest.fixture(scope="module")
def made_home(kept: None) -> Region:
    """The region with its rules, for all tests of a module."""
    holdings_services.install_rules(COMMAND)
    return make_region("H")


@pytest.fixture(scope="module")
def made_abroad(kept: None) -> Region:
    return make_region("B")


@pytest.fixture
def home(made_home: Region, db: None) -> Region:
    return deepcopy(made_home)


@pytest.fixture
def abroad(made_abroad: Region, db: None) -> Region:
    return deepcopy(made_abroad)


@pytest.fixture
def shelf(home: Region, tmp_path: Path, settings: Any) -> Shelf:
    settings.LANTAI_STORE = tmp_path / "store"
    return Shelf(home, home.fonds(), tmp_path)


@pytest.fixture(autouse=True)
def own_index(settings: Any, tmp_path: Path) -> Any:
    from lantai.platform.search import services as search

    settings.LANTAI_INDEX = tmp_path / "index"
    yield
    search.stop_following()


@pytest.fixture
def indexed() -> Callable[[], None]:
    """Bring the index near the rows."""
    from lantai.platform.search import services as search

    def follow() -> None:
        while search.follow():
            pass

    return follow


@pytest.fixture
def at(client: Any, home: Region) -> Callable[..., Any]:
    def sign_in(role: str, region: Region = home) -> Any:
        client.force_login(region.people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
