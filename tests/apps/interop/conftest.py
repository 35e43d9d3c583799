"""An archives with a few hundred made-up rows, some of them open."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.utils import timezone

from lantai.apps.catalogue.models import Description
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.models import Fonds
from lantai.apps.interop.services import stamping
from tests.apps.holdings.region import COMMAND, Region, make_region


@dataclass
class Shelf:
    """Makes described rows without content and stamps them."""

    region: Region
    fonds: Fonds

    def rows(
        self, count: int, *, start: int = 1, openness: str = "open", kind: str = "document"
    ) -> list[Description]:
        now = timezone.now()
        made = Description.objects.bulk_create(
            Description(
                level="item",
                fonds=self.fonds,
                custodian=self.region.archives,
                creator=self.region.agency,
                kind=holdings.kind(kind),
                reference_code=f"{self.fonds.code}-WS·2003-D30-{number:04d}",
                title=f"关于样例事项第{number}号的通知𠮷",
                author="样例办公室",
                year=2003,
                retention="D30",
                openness=openness,
                created_at=now,
                updated_at=now,
            )
            for number in range(start, start + count)
        )
        stamping.stamp([row.pk for row in made])
        return made

    def change(self, row: Description, **values: object) -> None:
        Description.objects.filter(pk=row.pk).update(**values)
        stamping.stamp([row.pk])


@pytest.fixture
def shelf(db: None) -> Shelf:
    holdings_services.install_rules(COMMAND)
    region = make_region("甲")
    return Shelf(region, region.fonds())
