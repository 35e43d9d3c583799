"""A person's number in the one box."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lantai.apps.catalogue.services.writing import Frame, write_description
from lantai.apps.holdings import queries as holdings
from lantai.kit.text.personal import check_character

NUMBER = "64010219850307123" + check_character("64010219850307123")
MASKED = "640***********" + NUMBER[-4:]


def body(answer):
    return answer.content.decode()


def url(name):
    return reverse(f"catalogue:{name}")


@pytest.fixture
def row(home, settings, tmp_path):
    """A made-up couple with the number of one of them, sealed with keys of its own."""
    settings.LANTAI_KEYS = tmp_path / "keys"
    frame = Frame(
        fonds_id=home.fonds("J201").pk, kind_id=holdings.kind("marriage").pk, level="item",
        reference_code="J201-HY-1985-0001", year=1985, retention="Y",
    )  # fmt: skip
    said = {
        "title": "样例结婚登记", "registrationType": "结婚", "husbandName": "样例甲", "wifeName": "样例乙",
        "registeredOn": "1985年3月7日", "registrationOffice": "样例公社", "husbandIdentity": NUMBER,
    }  # fmt: skip
    return write_description(home.ctx("cataloguer"), frame=frame, values=said)


def test_a_number_finds_its_holder_and_is_never_shown_whole(row, shelf, at, indexed):
    indexed()
    client = at("archivist")
    page = body(client.get(url("search"), {"q": f"证件号:{NUMBER}"}))
    assert "共 1 件" in page and row.title in page and MASKED in page
    assert f"证件号：{NUMBER}" not in page
    assert "共 0 件" in body(client.get(url("search"), {"q": "证件号:11010119900101001X"}))
    refused = client.post(url("save_search"), {"name": "样例", "query": f"q=证件号:{NUMBER}"}, follow=True)
    assert "证件号不留存" in body(refused)
