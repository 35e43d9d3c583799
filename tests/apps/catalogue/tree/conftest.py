"""A fonds of made-up rows without content, in a region that is built once a module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from lantai.apps.catalogue.models import Description
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.platform.context import Ctx
from tests.apps.holdings.region import COMMAND, Region, make_region


@dataclass
class Rows:
    """Makes rows of one fonds, kept by the archives and made by the agency."""

    region: Region
    fonds: Fonds
    abroad: Region
    kind_id: int

    @property
    def ctx(self) -> Ctx:
        """Who arranges here."""
        return self.region.ctx("cataloguer")

    def row(self, level: str, code: str, parent: Description | None = None, **more: Any) -> Description:
        """One row, as it stands in the database."""
        values: dict[str, Any] = {
            "level": level,
            "reference_code": code,
            "title": f"样例{code}",
            "parent": parent,
            "fonds": self.fonds,
            "custodian": self.region.archives,
            "creator": self.region.agency,
            "kind_id": self.kind_id,
            "year": 2011,
            "retention": "D30",
            "class_code": "BGS",
            "created_at": COMMAND.now,
            "updated_at": COMMAND.now,
        }
        return Description.objects.create(**(values | more))

    def file(
        self, number: int, items: int = 0, parent: Description | None = None, **more: Any
    ) -> Description:
        """A file of the old form with so many items."""
        file = self.row("file", f"J109-001-{number:03}", parent, **more)
        for one in range(1, items + 1):
            self.row("item", f"J109-001-{number:03}-{one:03}", file, inherits=["retention"], **more)
        return file

    def items(self, parent: Description) -> list[Description]:
        """What lies under a unit, by code."""
        return list(Description.objects.filter(parent=parent, merged_into=None).order_by("reference_code"))


def told() -> set[int]:
    """The rows that search has been told of; forgotten by asking."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_change WHERE source = 'catalogue' RETURNING row_id")
        return {pk for (pk,) in cursor.fetchall()}


@pytest.fixture(scope="module")
def regions(kept: None) -> tuple[Region, Region, Fonds]:
    holdings_services.install_rules(COMMAND)
    region = make_region("T")
    return region, make_region("U"), region.fonds()


@pytest.fixture
def rows(regions: tuple[Region, Region, Fonds], db: None) -> Rows:
    region, abroad, fonds = regions
    return Rows(region, fonds, abroad, holdings.kind("document").pk)


@pytest.fixture
def at(client: Any, rows: Rows) -> Any:
    def sign_in(role: str, region: Region | None = None) -> Any:
        user = (region or rows.region).people[role]
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
