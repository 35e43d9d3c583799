from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from lantai.apps.catalogue import queries, sealing, services
from lantai.apps.catalogue.editing import ReasonTooShort, ValueRefused
from lantai.apps.catalogue.models import Description, Draft, NumberRing, SealedNumber
from lantai.apps.catalogue.queries.numbers import holders_of_number
from lantai.apps.catalogue.services.drafts import next_code
from lantai.apps.catalogue.services.writing import Frame, write_description
from lantai.apps.catalogue.types import NewRow
from lantai.apps.holdings import queries as holdings
from lantai.apps.kinds import services as kinds
from lantai.kit.crypto.envelopes import WrongKey
from lantai.kit.text.personal import check_character
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger.models import Entry
from tests.apps.holdings.region import COMMAND

BODY = "64010219850307123"
NUMBER = BODY + check_character(BODY)
OTHER = "640102198503071" + "99" + check_character("64010219850307199")
MASKED = "640***********" + NUMBER[-4:]


@pytest.fixture
def vault(home, monkeypatch, tmp_path):
    """A key folder of its own, and a fonds in which couples are described."""
    monkeypatch.setattr(settings, "LANTAI_KEYS", tmp_path / "keys")
    return home.fonds("J201")


def couple(home, fonds, **values):
    frame = Frame(
        fonds_id=fonds.pk,
        kind_id=holdings.kind("marriage").pk,
        level="item",
        reference_code=f"J201-HY-1985-{Description.objects.count() + 1:04d}",
        year=1985,
        retention="Y",
    )
    said = {"title": "样例结婚登记", "registrationType": "结婚", "husbandName": "样例甲", "wifeName": "样例乙",
            "registeredOn": "1985年3月7日", "registrationOffice": "样例公社", "husbandIdentity": NUMBER}  # fmt: skip
    return write_description(home.ctx("cataloguer"), frame=frame, values=said | values)


def everything_written() -> str:
    """All text of every table, as a dump of the database has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        texts = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t')
            texts.append(cursor.fetchone()[0] or "")
    return "\n".join(texts)


def test_paper_is_described_without_a_package_and_a_person_is_controlled_from_the_start(home, vault):
    kinds.install_shipped(COMMAND)
    row = couple(home, vault)
    assert (row.openness, row.classification) == ("controlled", "internal")
    assert row.metadata["registeredOn"] == "1985-03-07" and row.package_id is None
    assert row.kind_version.kind.slug == "marriage"
    with pytest.raises(ValueRefused, match="校验位"):
        couple(home, vault, wifeIdentity=NUMBER[:-1] + "0" if NUMBER[-1] != "0" else NUMBER[:-1] + "1")


def test_a_number_is_nowhere_in_the_database_and_found_all_the_same(home, vault):
    row = couple(home, vault)
    assert row.metadata["husbandIdentity"] == MASKED
    assert NUMBER not in everything_written()
    old_form = NUMBER[:6] + NUMBER[8:17]
    for text in (NUMBER, f" {NUMBER.lower()} ", old_form):
        assert holders_of_number(home.ctx("cataloguer"), text) == [row.pk]
    assert holders_of_number(home.ctx("cataloguer"), OTHER) == []
    assert holders_of_number(home.ctx("agency_clerk"), NUMBER) == []


def test_a_number_that_comes_with_a_package_or_a_sheet_is_sealed_as_well(home, shelf, vault):
    kind_id = holdings.kind("marriage").pk
    (packed,) = shelf.put(
        shelf.item(kind_id=kind_id, metadata={"wifeIdentity": NUMBER, "wifeName": "样例乙"})
    )
    line = {"fonds_id": vault.pk, "custodian_id": home.archives.pk, "kind_id": kind_id, "title": "样例"}
    entered = NewRow(reference_code="J201-HY-1986-0001", metadata={"husbandIdentity": NUMBER}, **line)
    services.enter(home.ctx("cataloguer"), rows=[entered])
    row = Description.objects.get(reference_code="J201-HY-1986-0001")
    assert packed.metadata["wifeIdentity"] == row.metadata["husbandIdentity"] == MASKED
    assert set(holders_of_number(home.ctx("cataloguer"), NUMBER)) >= {row.pk}


def test_every_reveal_asks_for_the_right_and_a_reason_and_leaves_a_line(home, vault):
    row = couple(home, vault)
    asked = {"description_id": row.pk, "field": "husbandIdentity"}
    with pytest.raises(ReasonTooShort):
        services.reveal_number(home.ctx("cataloguer"), reason="查", **asked)
    with pytest.raises(NotPermitted):
        services.reveal_number(home.ctx("archivist"), reason="核对申请人身份", **asked)
    assert services.reveal_number(home.ctx("cataloguer"), reason=f"核对 {NUMBER} 的身份", **asked) == NUMBER
    entry = Entry.objects.filter(act="catalogue:number:revealed").get()
    assert entry.object_id == str(row.pk) and NUMBER not in str(entry.detail)


def test_saving_a_form_keeps_the_number_that_nobody_saw_and_history_never_shows_one(home, vault):
    ctx, row = home.ctx("cataloguer"), couple(home, vault)
    row = services.describe(
        ctx, description_id=row.pk, revision=1, changes={"husbandIdentity": MASKED, "husbandName": "样例丙"}
    )
    assert holders_of_number(ctx, NUMBER) == [row.pk]
    row = services.describe(ctx, description_id=row.pk, revision=2, changes={"husbandIdentity": OTHER})
    assert holders_of_number(ctx, NUMBER) == [] and holders_of_number(ctx, OTHER) == [row.pk]
    row = services.restore(ctx, description_id=row.pk, revision=3, undone=3, only="husbandIdentity")
    assert holders_of_number(ctx, NUMBER) == [row.pk] and row.metadata["husbandName"] == "样例丙"
    written = everything_written()
    assert NUMBER not in written and OTHER not in written
    with pytest.raises(ValueRefused, match="星号"):
        services.describe(ctx, description_id=row.pk, revision=4, changes={"husbandIdentity": "64****1234"})


def test_keys_are_changed_and_what_was_sealed_opens_under_the_new_one_alone(home, vault):
    row = couple(home, vault)
    services.reveal_number(
        home.ctx("cataloguer"), description_id=row.pk, field="husbandIdentity", reason="核对身份"
    )
    former_key, former_ring = sealing.key_path().read_bytes(), bytes(NumberRing.objects.get().document)
    sealed = bytes(SealedNumber.objects.get(description=row).sealed)
    assert services.rotate_keys(COMMAND) == 1
    kept = SealedNumber.objects.get(description=row)
    assert bytes(kept.sealed) != sealed and kept.key_number == 2 and sealing.opened(kept) == NUMBER
    assert holders_of_number(home.ctx("cataloguer"), NUMBER) == [row.pk]
    assert sealing.key_path().read_bytes() != former_key
    NumberRing.objects.update(document=former_ring)
    with pytest.raises(WrongKey):
        sealing.ring()


def test_numbers_that_an_older_release_left_open_are_sealed_once(home, shelf, vault):
    (row,) = shelf.put(shelf.item(kind_id=holdings.kind("marriage").pk))
    Description.objects.filter(pk=row.pk).update(
        metadata={"husbandIdentity": NUMBER, "husbandName": "样例甲"}
    )
    assert services.seal_plain_first() == 1 and services.seal_plain_first() == 0
    assert NUMBER not in everything_written() and holders_of_number(home.ctx("cataloguer"), NUMBER) == [
        row.pk
    ]


def test_a_form_keeps_itself_encrypted_and_comes_back_after_a_lost_session(home, vault, client):
    row = couple(home, vault)
    client.force_login(
        home.people["cataloguer"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = reverse("catalogue:describe", args=[row.pk])
    said = {"revision": "1", "title": "还没有写完的题名", "wifeIdentity": NUMBER}
    assert client.post(reverse("catalogue:draft", args=[row.pk]), said).json()["saved_at"]
    assert NUMBER not in everything_written() and "没有写完" not in everything_written()
    client.logout()
    client.force_login(
        home.people["cataloguer"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    shown = client.get(page).content.decode()
    assert "还没有写完的题名" in shown and "已恢复" in shown and 'aria-required="true"' in shown
    assert "婚姻登记机关准予登记的日期" in shown and NUMBER not in shown.replace(f'value="{NUMBER}"', "")
    assert client.post(reverse("catalogue:draft", args=[row.pk]), {"forget": "1"}).status_code == 303
    assert not Draft.objects.exists() and "还没有写完" not in client.get(page).content.decode()


def test_of_two_who_change_the_same_field_the_second_sees_both_wordings_and_chooses(home, vault, client):
    row = couple(home, vault)
    first = {"title": "别人改的题名", "registrationOffice": "别人改的机关"}
    services.describe(home.ctx("cataloguer"), description_id=row.pk, revision=1, changes=first)
    client.force_login(
        home.people["cataloguer"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = reverse("catalogue:describe", args=[row.pk])
    mine = {"revision": "1", "title": "我改的题名", "registrationType": "结婚", "husbandName": "样例甲",
            "note": "我的附注",
            "wifeName": "样例乙", "registeredOn": "1985-03-07", "registrationOffice": "样例公社",
            "husbandIdentity": MASKED}  # fmt: skip
    answer = client.post(page, mine)
    shown = answer.content.decode()
    assert answer.status_code == 409 and "别人改的题名" in shown and "我改的题名" in shown
    assert shown.count('value="theirs"') == 1 and 'value="别人改的机关"' in shown
    settled = mine | {"revision": "2", "registrationOffice": "别人改的机关", "keep_title": "theirs"}
    assert client.post(page, settled).status_code == 303
    row.refresh_from_db()
    assert (row.title, row.note) == ("别人改的题名", "我的附注")
    assert row.metadata["registrationOffice"] == "别人改的机关"
    history = client.get(reverse("catalogue:history", args=[row.pk]) + "?field=title").content.decode()
    assert "<ins>别人改的题名</ins>" in re.sub(r"</ins><ins>", "", history) or "<ins>别人改的" in history
    assert "我的附注" not in history


def test_the_next_description_begins_with_what_is_carried_over(home, vault, client):
    client.force_login(
        home.people["cataloguer"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = f"{reverse('catalogue:new')}?kind={holdings.kind('marriage').pk}"
    said = {"fonds": vault.pk, "level": "item", "reference_code": "J201-HY-1985-0099", "year": "1985",
            "retention": "Y", "title": "样例登记", "registrationType": "离婚", "husbandName": "样例甲",
            "wifeName": "样例乙", "registeredOn": "1985-03-07", "registrationOffice": "样例公社",
            "husbandIdentity": NUMBER, "next": "1",
            "carry": ["reference_code", "registrationOffice", "year"]}  # fmt: skip
    refused = client.post(page, said | {"registeredOn": "三月"})
    assert refused.status_code == 422 and "不是日期" in refused.content.decode()
    assert client.post(page, said)["Location"] == page
    shown = client.get(page).content.decode()
    assert 'value="J201-HY-1985-0100"' in shown and 'value="样例公社"' in shown
    assert 'value="样例甲"' not in shown and NUMBER not in shown


@pytest.mark.parametrize(("code", "after"), [("A-1-009", "A-1-010"), ("X", "X"), ("A·99(2)", "A·99(3)")])
def test_codes_go_on_by_one_as_wide_as_before(code, after):
    assert next_code(code) == after


def test_pages_exports_and_the_api_show_the_number_masked(home, vault, client):
    row = couple(home, vault)
    client.force_login(
        home.people["cataloguer"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = client.get(row.get_absolute_url()).content.decode()
    number = reverse("catalogue:number", args=[row.pk, "husbandIdentity"])
    assert MASKED in page and number in page and NUMBER not in page
    assert queries.get(home.ctx("cataloguer"), row.pk).metadata["husbandIdentity"] == MASKED
    assert NUMBER not in client.get(number).content.decode()
    told = client.post(number, {"reason": "核对查档申请人身份"})
    assert NUMBER in told.content.decode() and told["Cache-Control"] == "no-store"


def test_the_persons_and_words_of_a_kinds_own_fields_are_found_and_its_numbers_are_not(home, vault):
    row = couple(home, vault, persons="样例丁")
    (document,) = queries.search_documents([row.pk])
    assert set(document.persons) == {"样例丁", "样例甲", "样例乙"} and "样例公社" in document.body
    assert MASKED not in document.body and NUMBER not in str(document)
