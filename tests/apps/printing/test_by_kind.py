"""A list of one kind has the columns and widths that the archives laid down for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from lantai.apps.catalogue.models import Description
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.models import KindVersion
from lantai.apps.printing import by_kind
from lantai.apps.printing.types import Chosen, NothingToPrint
from lantai.kit.errors import Missing
from lantai.kit.metadata import kinds as kit
from tests.apps.holdings.region import COMMAND, make_region


@pytest.fixture
def fonds(db):
    holdings_services.install_rules(COMMAND)
    region = make_region("P")
    row, now = region.fonds("J201"), timezone.now()
    row.region = region
    said = {"husbandName": "样例甲", "wifeName": "样例乙", "husbandIdentity": "640***********1234"}
    said |= {"registrationType": "结婚", "registeredOn": "1985-03-07"}
    base = {"fonds": row, "custodian": region.archives, "created_at": now, "updated_at": now, "level": "item"}
    for number, kind in enumerate(("marriage", "marriage", "document"), 1):
        Description.objects.create(
            **base, kind=holdings.kind(kind), reference_code=f"J201-{number:04}", title="样例登记",
            dated_on=date(1985, 3, 7), metadata=said if kind == "marriage" else {},
        )  # fmt: skip
    return row


def said(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def columns(fonds) -> dict[str, str]:
    scheme = kinds.scheme_of(holdings.kind("marriage").pk, fonds.archives_id)
    rows = Description.objects.filter(kind__slug="marriage").select_related("kind")
    drawn = by_kind.table(fonds.region.ctx("archivist"), scheme, rows, 1)
    return dict(zip(drawn["head"], drawn["widths"], strict=True))


def test_each_kind_is_printed_in_its_own_columns_with_numbers_masked(fonds, client):
    ctx = fonds.region.ctx("archivist")
    assert [(one.slug, one.count) for one in by_kind.kinds_in(ctx, fonds.pk)] == [
        ("marriage", 2),
        ("document", 1),
    ]
    text = said(by_kind.list_pdf(ctx, fonds, "marriage", Chosen(fonds_id=fonds.pk), 1))
    for word in ("婚姻登记档案目录", "男方姓名", "样例甲", "样例乙", "J201-0002", "1985-03-07"):
        assert word in text, word
    assert "640*" not in text and "J201-0003" not in text
    with pytest.raises(NothingToPrint):
        by_kind.list_pdf(ctx, fonds, "photo", Chosen(fonds_id=fonds.pk), 1)
    with pytest.raises(Missing):
        by_kind.list_pdf(ctx, fonds, "no-such-kind", Chosen(fonds_id=fonds.pk), 1)
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(fonds.region.people["archivist"], backend=backend)
    address = reverse("printing:kind_pdf", args=[fonds.pk, "marriage"])
    assert address in client.get(reverse("printing:fonds", args=[fonds.pk])).content.decode()
    assert client.get(address).content[:5] == b"%PDF-"


def test_what_an_archives_changes_in_the_designer_changes_its_paper(fonds):
    assert columns(fonds)["男方姓名"] == "10fr" and "登记机关" in columns(fonds)
    fields = [
        replace(
            field, print_width={"husbandName": 25, "registrationOffice": 0}.get(field.name, field.print_width)
        )
        for field in kit.fields_of("marriage")
    ]
    row = KindVersion(
        kind=holdings.kind("marriage"), archives_id=fonds.archives_id, number=1, state="published"
    )
    row.body, row.drafted_at = kit.to_data(fields), timezone.now()
    row.save()
    assert columns(fonds)["男方姓名"] == "25fr" and "登记机关" not in columns(fonds)
