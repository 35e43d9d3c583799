"""Pages about one thing ask the database as often for one row below it as for thirty, and as often as written here."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lantai.apps.authorities import services as authorities
from lantai.apps.authorities.types import Said
from lantai.apps.catalogue.models import AccessPoint, Description, DescriptionVersion
from lantai.apps.holdings import queries as holdings
from lantai.apps.kinds import services as kinds
from lantai.apps.topics import services as topics
from tests.apps.holdings.region import COMMAND

PINNED = {
    "item": 27,
    "file": 25,
    "form": 12,
    "history": 12,
    "tree": 14,
    "branch": 9,
    "authority": 20,
    "topic": 18,
    "quality of a fonds": 14,
    "papers of a fonds": 12,
    "kind": 13,
}


@pytest.fixture
def shelf_of(home):
    """A fonds with a file, a topic and an authority; what it returns puts items below all three."""
    kinds.install_shipped(COMMAND)
    fonds, ctx, now = home.fonds("J401"), home.ctx("cataloguer"), timezone.now()
    base = {"fonds": fonds, "custodian": home.archives, "kind": holdings.kind("document")}
    base |= {"created_at": now, "updated_at": now, "year": 1962, "retention": "Y"}
    file = Description.objects.create(**base, level="file", reference_code="J401-1", title="样例案卷")
    topic = topics.make(ctx, org_id=home.archives.pk, title="抗旱", kind="red")
    topics.add_section(ctx, topic_id=topic.pk, title="文件")
    about = authorities.enter(ctx, org_id=home.archives.pk, said=Said(name="样例局", kind="creator"))

    def put(count: int) -> dict[str, str]:
        start = Description.objects.filter(parent=file).count()
        rows = Description.objects.bulk_create(
            Description(
                **base, level="item", parent=file, reference_code=f"J401-1-{start + n:04}",
                title="关于抗旱的通知", metadata={"keyword": "抗旱"}, revision=2,
            )
            for n in range(count)
        )  # fmt: skip
        DescriptionVersion.objects.bulk_create(
            DescriptionVersion(
                description=rows[0], revision=start + n + 2, before={"title": "甲"}, after={"title": "乙"},
                changed_at=now, editor_name="样例",
            )
            for n in range(count)
        )  # fmt: skip
        AccessPoint.objects.bulk_create(
            AccessPoint(description=row, chosen=about, authority=about, role="about") for row in rows
        )
        topics.pick(ctx, topic_id=topic.pk, ids=[row.pk for row in rows])
        pages = {
            "item": ("catalogue:item", rows[0].pk),
            "file": ("catalogue:item", file.pk),
            "form": ("catalogue:describe", rows[0].pk),
            "history": ("catalogue:history", rows[0].pk),
            "tree": ("catalogue:tree", fonds.pk),
            "branch": ("catalogue:branch", file.pk),
            "authority": ("authorities:authority", about.pk),
            "topic": ("topics:topic", topic.pk),
            "quality of a fonds": ("quality:fonds", fonds.pk),
            "papers of a fonds": ("printing:fonds", fonds.pk),
            "kind": ("kinds:kind", "document"),
        }
        return {name: reverse(route, args=[key]) for name, (route, key) in pages.items()}

    return put


def asked(client, addresses: dict[str, str]) -> dict[str, int]:
    counts = {}
    for name, address in addresses.items():
        client.get(address)  # what is kept for good is kept by now
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, name
        counts[name] = len(queries)
    return counts


def test_pages_cost_the_same_number_of_queries_whatever_lies_below_them(shelf_of, at):
    client = at("cataloguer")
    few = asked(client, shelf_of(1))
    many = asked(client, shelf_of(30))
    assert few == many
    assert many == PINNED
