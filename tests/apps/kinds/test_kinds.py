from __future__ import annotations

from copy import deepcopy

import pytest
from django.urls import reverse

from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as holdings_services
from lantai.apps.holdings.types import KindTaken
from lantai.apps.kinds import queries, services, usage
from lantai.apps.kinds.models import KindVersion
from lantai.apps.kinds.types import (
    DraftExists,
    EditorPublishes,
    FieldHasValues,
    FieldNameTaken,
    FieldType,
    KindField,
    KindMalformed,
    NotADraft,
    NothingChanged,
    TypeHasValues,
)
from lantai.kit.errors import Missing
from lantai.kit.metadata import kinds as kit
from lantai.platform.accounts import services as accounts
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger import queries as ledger
from tests.apps.holdings.region import COMMAND, Region, make_region

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEW = KindField(name="matchmaker", label="介绍人", type=FieldType.PERSON, is_personal=True)


@pytest.fixture(scope="module")
def made(kept: None) -> Region:
    holdings_services.install_rules(COMMAND)
    region = make_region("K")
    head = {"username": "head.k", "name": "样例馆长", "org": region.archives, "role": "archives_head"}
    region.people["archives_head"] = accounts.set_up_account(
        COMMAND, password="sample-only-Pass-2026", **head
    )
    return region


@pytest.fixture
def home(made: Region, db) -> Region:
    return deepcopy(made)


def drafted(home: Region, slug: str = "marriage") -> KindVersion:
    kind_id = holdings.kind(slug).pk
    return services.begin_draft(home.ctx("archivist"), archives_id=home.archives.pk, kind_id=kind_id)


def published(home: Region, row: KindVersion) -> KindVersion:
    services.submit(home.ctx("archivist"), version_id=row.pk)
    return services.publish(home.ctx("archives_head"), version_id=row.pk)


def test_every_shipped_kind_has_fields_and_every_livelihood_kind_its_persons(home):
    schemes = queries.schemes_of(holdings.kinds().values_list("pk", flat=True))
    assert len(schemes) == 38
    personal = holdings.kinds().filter(is_personal=True, category_code="ZY")
    assert personal.count() == 27  # the 26 people's-livelihood kinds, and service matters
    for kind in personal:
        assert any(field.type is FieldType.PERSON for field in schemes[kind.pk].own), kind.slug


def test_a_published_version_holds_for_its_archives_alone_and_old_versions_stay_readable(home):
    ctx, marriage = home.ctx("archivist"), holdings.kind("marriage").pk
    services.install_shipped(COMMAND)
    shipped = queries.scheme_of(marriage)
    row = services.add_field(ctx, version_id=drafted(home).pk, field=NEW, after="wifeName")
    assert queries.scheme_of(marriage, home.archives.pk) == shipped
    published(home, row)
    held = queries.scheme_of(marriage, home.archives.pk)
    names = [field.name for field in held.fields]
    assert names[names.index("wifeName") + 1] == "matchmaker" and held.version_id == row.pk
    assert queries.scheme_of(marriage) == shipped == queries.scheme_at(shipped.version_id)


def test_what_is_shipped_is_kept_once_and_again_only_when_it_says_something_new(home):
    assert services.install_shipped(COMMAND) == 38
    assert services.install_shipped(COMMAND) == 0
    KindVersion.objects.filter(kind__slug="photo").update(body=kit.to_data(kit.fields_of("audio")))
    assert services.install_shipped(COMMAND) == 1
    numbers = KindVersion.objects.filter(kind__slug="photo").order_by("number")
    assert list(numbers.values_list("number", "state")) == [(1, "superseded"), (2, "published")]


def test_who_edited_a_version_does_not_publish_it(home):
    row = services.add_field(home.ctx("archivist"), version_id=drafted(home).pk, field=NEW)
    services.submit(home.ctx("archivist"), version_id=row.pk)
    KindVersion.objects.update(editor_id=home.ctx("archives_head").actor.id)
    with pytest.raises(EditorPublishes):
        services.publish(home.ctx("archives_head"), version_id=row.pk)
    with pytest.raises(NotADraft):
        services.add_field(home.ctx("archivist"), version_id=row.pk, field=NEW)


def test_a_draft_is_one_at_a_time_and_must_say_something_new(home):
    row = drafted(home)
    with pytest.raises(DraftExists):
        drafted(home)
    with pytest.raises(NothingChanged):
        services.submit(home.ctx("archivist"), version_id=published_number_two(home, row).pk)


def published_number_two(home: Region, row: KindVersion) -> KindVersion:
    services.add_field(home.ctx("archivist"), version_id=row.pk, field=NEW)
    published(home, row)
    return drafted(home)


def test_a_field_with_values_is_retired_not_removed_and_keeps_its_type(home, monkeypatch):
    ctx, row = home.ctx("archivist"), drafted(home)
    monkeypatch.setattr(usage, "_counters", [lambda kind, archives, field: 3 * (field.name == "husbandName")])
    with pytest.raises(FieldHasValues, match="3 条"):
        services.remove_field(ctx, version_id=row.pk, name="husbandName")
    other = KindField(name="husbandName", label="丈夫", type=FieldType.NUMBER)
    with pytest.raises(TypeHasValues):
        services.change_field(ctx, version_id=row.pk, name="husbandName", field=other)
    services.retire_field(ctx, version_id=row.pk, name="husbandName", is_retired=True)
    row = services.remove_field(ctx, version_id=row.pk, name="certificateNumber")
    scheme = queries.read(row)
    assert "husbandName" in scheme.by_name and "certificateNumber" not in scheme.by_name
    assert "husbandName" not in {field.name for field in scheme.asked}


def test_fields_are_put_in_order_and_told_apart(home):
    ctx, row = home.ctx("archivist"), drafted(home)
    before = [field.name for field in row.fields()]
    row = services.move_field(ctx, version_id=row.pk, name=before[3], steps=-2)
    assert [field.name for field in row.fields()][:4] == [before[0], before[3], before[1], before[2]]
    with pytest.raises(FieldNameTaken):
        services.add_field(ctx, version_id=row.pk, field=KindField(name="title", label="又一个题名"))
    with pytest.raises(KindMalformed):
        services.remove_field(ctx, version_id=row.pk, name="title")
    assert ledger.entries_about("kinds:version", row.pk).count() == 2


def test_a_kind_of_ones_own_is_nobody_elses(home):
    row = services.design_kind(
        home.ctx("archivist"), archives_id=home.archives.pk, slug="folk-song", name="花儿录音档案",
        category_code="LY", like="audio", is_personal=False,
    )  # fmt: skip
    other = make_region("L")
    assert row.kind_id in queries.kinds_at(home.archives.pk)
    assert row.kind_id not in queries.kinds_at(other.archives.pk)
    with pytest.raises(Missing):
        queries.get(other.ctx("archivist"), row.pk)
    with pytest.raises(NotPermitted):
        services.add_field(home.ctx("archives_head"), version_id=row.pk, field=NEW)
    with pytest.raises(KindTaken):
        services.import_kind(
            other.ctx("archivist"),
            archives_id=other.archives.pk,
            content=services.export(home.ctx("archivist"), version_id=row.pk).encode(),
        )
    published(home, row)
    assert queries.scheme_of(row.kind_id).version == 1


def test_a_kind_goes_out_as_a_file_and_comes_in_as_a_draft_of_the_same_fields(home):
    row = services.add_field(home.ctx("archivist"), version_id=drafted(home).pk, field=NEW)
    content = services.export(home.ctx("archivist"), version_id=row.pk).encode()
    services.move(home.ctx("archivist"), version_id=row.pk, name="discard", reason="样例")
    again = services.import_kind(home.ctx("archivist"), archives_id=home.archives.pk, content=content)
    assert again.fields() == row.fields() and again.number == 2


@pytest.mark.parametrize(
    "content",
    [b"\xff", b"slug = 'x'", b"slug = 'good-one'\nname = 'x'\nfields = [{name='a', label='b', type='no'}]",
     b"slug = 'good-one'\nname = 'x'\nfields = [{name='title', label='b', column='custodian'}]",
     b"slug = 'good-one'\nname = 'x'\nfields = " + b"[" * 3000],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_words(home, content):
    with pytest.raises(KindMalformed, match="无法使用"):
        services.import_kind(home.ctx("archivist"), archives_id=home.archives.pk, content=content)


def test_the_designer_works_in_the_browser(home, client):
    client.force_login(home.people["archivist"], backend=BACKEND)
    found = client.post(
        reverse("kinds:draft", args=["marriage"]), {"archives": home.archives.pk}, follow=True
    )
    page = found.content.decode()
    row = KindVersion.objects.get(archives=home.archives)
    assert "男方证件号" in page and "证件号（加密保存）" in page
    said = {"name": "matchmaker", "label": "介绍人", "type": "choice", "weight": 1, "print_width": 0}
    add = reverse("kinds:add_field", args=[row.pk])
    refused = client.post(add, said)
    assert refused.status_code == 422 and "请写出可选的值" in refused.content.decode()
    more = client.post(add, said | {"choices": "媒人\n亲友", "one_more": "1"})
    assert more["Location"] == f"{add}?after=matchmaker"
    assert "字段“介绍人”连同它的设置一并删除，不能撤销" in client.get(row.get_absolute_url()).content.decode()
    field = reverse("kinds:place_field", args=[row.pk, "matchmaker"])
    assert client.post(field, {"act": "top"})["Location"].endswith("#f-matchmaker")
    row.refresh_from_db()
    assert row.fields()[0].name == "matchmaker"
    client.post(field, {"act": "bottom"})
    assert client.post(field, {"act": "retire"}).status_code == 303
    row.refresh_from_db()
    assert row.fields()[-1].choices == ("媒人", "亲友") and row.fields()[-1].is_retired
    tried = client.post(
        reverse("kinds:try", args=[row.pk]), {"title": "样例", "husbandIdentity": "123456789012345"}
    )
    assert tried.status_code == 422 and "出生日期不对" in tried.content.decode()
    assert client.get(reverse("kinds:kinds")).content.decode().count("<tr") > 30
    services.submit(home.ctx("archivist"), version_id=row.pk)
    head = home.people["archives_head"]
    waiting = client.get(row.get_absolute_url()).content.decode()
    assert f"等待办理：发布这一版（{head.name}）" in waiting
    client.force_login(head, backend=BACKEND)
    assert "等待办理" not in client.get(row.get_absolute_url()).content.decode(), "his own button says so"
