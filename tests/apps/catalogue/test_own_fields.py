"""A kind's own fields: to whom they are told, and how much they weigh."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries import publishing
from lantai.apps.catalogue.queries.indexing import search_documents
from lantai.apps.catalogue.subscribers import on_searched_fields_changed
from lantai.apps.catalogue.types import Asked
from lantai.apps.catalogue.views.facts import facts_of
from lantai.apps.holdings import queries as holdings
from lantai.apps.imports.services import export
from lantai.apps.kinds import services as kinds
from lantai.apps.kinds.events import SearchedFieldsChanged
from lantai.apps.kinds.models import KindVersion
from lantai.apps.kinds.types import FieldType, KindField
from lantai.apps.printing import by_kind
from lantai.kit.metadata import kinds as kit
from lantai.platform.accounts.roles import roles
from lantai.platform.context import ANONYMOUS, Actor, Channel, Ctx
from lantai.platform.jobs.models import Run
from lantai.platform.search import services as search
from tests.apps.holdings.region import COMMAND

FIELDS = (
    KindField(name="reporter", label="举报人", type=FieldType.PERSON, is_personal=True),
    KindField(name="hint", label="线索"),
    KindField(name="remark", label="要点", weight=9),
)


@pytest.fixture
def designed(home):
    """The archives asks more of its documents than the product does: an informant, a hint, a remark."""
    kinds.install_shipped(COMMAND)
    fields = (*kit.fields_of("document"), *FIELDS)
    row = KindVersion(kind=holdings.kind("document"), archives=home.archives, number=1, state="published")
    row.body, row.drafted_at = kit.to_data(fields), timezone.now()
    row.save()
    return home.fonds("J301")


@pytest.fixture
def guarded(home):
    """The archives calls columns of its documents personal that the product calls public."""
    kinds.install_shipped(COMMAND)
    hidden = {"author", "persons", "note"}
    fields = [replace(one, is_personal=one.column in hidden) for one in kit.fields_of("document")]
    row = KindVersion(kind=holdings.kind("document"), archives=home.archives, number=1, state="published")
    row.body, row.drafted_at = kit.to_data(fields), timezone.now()
    row.save()
    return home.fonds("J301")


def opened(fonds, number: int, **metadata: str) -> Description:
    now = timezone.now()
    return Description.objects.create(
        level="item", fonds=fonds, custodian=fonds.archives, kind=holdings.kind("document"),
        reference_code=f"J301-WS·1962-Y-{number:04}", title="关于来信来访的登记", openness="open",
        classification="public", metadata=metadata, created_at=now, updated_at=now,
    )  # fmt: skip


def stranger() -> Ctx:
    return Ctx(ANONYMOUS, None, "", timezone.now(), "test", Channel.WEB)


def head_of(home) -> Ctx:
    here = frozenset({home.archives.pk})
    actor = Actor(
        home.people["supervisor"].pk,
        "样例馆长",
        here,
        dict.fromkeys(roles()["archives_head"].permissions, here),
    )
    return Ctx(actor, home.archives.pk, "", timezone.now(), "test", Channel.WEB)


def body(answer) -> str:
    return str(answer.json()) if "json" in answer["Content-Type"] else answer.content.decode()


def in_csv(ctx: Ctx, row: Description) -> str:
    return b"".join(export(ctx, asked=[row.pk], format="csv", title="样例")).decode()


def test_what_an_archives_calls_personal_is_told_to_its_own_readers_alone(
    designed, home, abroad, indexed, client
):
    row = opened(designed, 1, reporter="样例举报人", hint="抗旱")
    mine = {fact.label: fact.value for fact in facts_of(home.ctx("archivist"), row)}
    theirs = {fact.label: fact.value for fact in facts_of(stranger(), row)}
    assert mine["举报人"] == "样例举报人" and mine["线索"] == theirs["线索"] == "抗旱"
    assert "举报人" not in theirs
    answer = client.get(f"/api/catalogue/open/items/{row.pk}")
    assert answer.status_code == 200 and answer.json()["metadata"] == {"hint": "抗旱"}
    assert "样例举报人" in in_csv(home.ctx("archivist"), row)
    assert "样例举报人" not in in_csv(abroad.ctx("archivist"), row)
    search.changed(None, "catalogue", [row.pk])
    indexed()
    assert queries.find(home.ctx("archivist"), Asked(text="举报人")).total == 1
    for reader in (stranger(), abroad.ctx("archivist")):
        assert queries.find(reader, Asked(text="样例举报人")).total == 0


def test_a_column_that_an_archives_calls_personal_is_told_to_its_own_readers_alone(
    guarded, home, abroad, indexed, client, at
):
    row = opened(guarded, 1)
    secrets = ("样例来信人", "样例举报人", "样例附注")
    Description.objects.filter(pk=row.pk).update(author=secrets[0], persons=[secrets[1]], note=secrets[2])
    row = queries.get(stranger(), row.pk)
    mine, foreign = home.ctx("archivist"), abroad.ctx("archivist")
    public = publishing.permanent_path(guarded.archives.code, row.permanent)
    api = "/api/catalogue/open/items"
    told = [
        str(facts_of(foreign, row)),
        in_csv(foreign, row),
        str(by_kind.table(foreign, queries.Schemes().of(row), [row], 1)),
        *(body(client.get(address)) for address in (public, api, f"{api}/{row.pk}")),
        *(body(at("archivist", abroad).get(f"/catalogue/{address}")) for address in ("", f"items/{row.pk}/")),
    ]
    assert [[one for one in secrets if one in text] for text in told] == [[]] * len(told)
    assert [row.reference_code in text for text in told] == [True] * len(told)
    for text in (str(facts_of(mine, row)), in_csv(mine, row)):
        assert all(one in text for one in secrets)
    assert secrets[0] in body(at("archivist").get("/catalogue/"))
    search.changed(None, "catalogue", [row.pk])
    indexed()
    asked = [queries.find(ctx, Asked(text="来信来访")).total for ctx in (mine, foreign, stranger())]
    assert asked == [1, 0, 0]
    KindVersion.objects.filter(archives=home.archives).update(state="draft")
    search.changed(None, "catalogue", [row.pk])
    indexed()
    KindVersion.objects.filter(archives=home.archives).update(state="published")
    authors = [queries.find(ctx, Asked(text="来信来访")).hits[0].author for ctx in (mine, stranger())]
    assert authors == [secrets[0], ""]  # also while the index does not know of it yet


def test_a_title_is_never_called_personal(guarded, home):
    ctx = home.ctx("archivist")
    draft = kinds.begin_draft(ctx, archives_id=home.archives.pk, kind_id=holdings.kind("document").pk)
    title = next(one for one in draft.fields() if one.column == "title")
    with pytest.raises(kit.KindMalformed, match="题名总是公开"):
        kinds.change_field(ctx, version_id=draft.pk, name=title.name, field=replace(title, is_personal=True))


def test_what_weighs_more_is_found_first_and_what_weighs_nothing_not_at_all(designed, home, indexed):
    lighter, heavier = opened(designed, 1, hint="抗旱"), opened(designed, 2, remark="抗旱")
    search.changed(None, "catalogue", [lighter.pk, heavier.pk])
    indexed()
    found = queries.find(home.ctx("archivist"), Asked(text="抗旱")).hits
    assert [hit.id for hit in found] == [heavier.pk, lighter.pk]
    version = KindVersion.objects.get(kind__slug="document", archives=home.archives)
    body = kit.to_data(
        (*kit.fields_of("document"), *FIELDS[:2], KindField(name="remark", label="要点", weight=0))
    )
    version.pk, version.number, version.state, version.body = None, 2, "submitted", body
    version.save()
    kinds.publish(head_of(home), version_id=version.pk)
    event = SearchedFieldsChanged(version.kind_id, home.archives.pk)
    assert Run.objects.filter(args__contains={"values": {"kind_id": version.kind_id}}).exists()
    on_searched_fields_changed(COMMAND, event)
    indexed()
    assert [hit.id for hit in queries.find(home.ctx("archivist"), Asked(text="抗旱")).hits] == [lighter.pk]


def test_where_the_originals_stand_is_found_by_nobody_whatever_weight_it_was_given(home):
    kinds.install_shipped(COMMAND)
    fields = [replace(one, weight=9) if not one.column else one for one in kit.fields_of("document")]
    row = KindVersion(kind=holdings.kind("document"), archives=home.archives, number=1, state="published")
    row.body, row.drafted_at = kit.to_data(fields), timezone.now()
    row.save()
    kept = opened(home.fonds("J301"), 1, storage_location="三号库房乙架", originalLocation="样例市档案馆")
    (document,) = search_documents([kept.pk])
    assert "样例市档案馆" in document.body and "三号库房" not in document.body
