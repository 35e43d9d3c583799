"""Peers are entered with keys that were compared over another channel, and called only where they were entered."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.test import Client

from lantai.kit.evidence.trust import TrustStore
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import Actor, Ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.witness import queries, services, wire
from lantai.platform.witness.models import Peer
from lantai.platform.witness.types import (
    BadAddress,
    KeyMissing,
    KeyNotAsTold,
    NameTaken,
    OriginTaken,
    OwnKey,
    PeerSilent,
    Way,
)
from tests.platform.witness.conftest import enter, enter_log
from tests.platform.witness.neighbours import Log, Witness

HTTPS = "https://archives.example/witness"


@pytest.mark.django_db
def test_keys_that_are_not_those_read_out_are_refused(officer: Ctx) -> None:
    witness, thief = Witness(), Witness()
    told = services.check_number(TrustStore.parse(witness.verifier_keys()).keys)
    asked = {"org_id": officer.org_id, "name": "样例", "role": "asked", "address": HTTPS}
    with pytest.raises(KeyNotAsTold):
        services.add_peer(officer, keys=thief.verifier_keys(), check=told, **asked)
    row = services.add_peer(officer, keys=witness.verifier_keys(), check=services.grouped(told), **asked)
    assert (row.state, row.keys) == ("active", witness.verifier_keys())
    line = Entry.objects.get(act="witness:peer:added")
    assert line.detail["keys"] == witness.verifier_keys().split()


@pytest.mark.django_db
def test_a_peer_needs_the_keys_of_what_it_is_to_do(officer: Ctx) -> None:
    log, witness = Log(), Witness()
    wrong = [
        {"role": "asked", "keys": log.trust(), "log_origin": log.origin, "address": HTTPS},
        {"role": "asks", "keys": witness.verifier_keys()},
        {"role": "asks", "keys": log.trust(), "log_origin": "another.example/log"},
        {"role": "both", "keys": log.trust(), "log_origin": log.origin, "address": HTTPS},
        {"role": "asked", "keys": witness.verifier_keys(), "way": Way.FERRY},
        {"role": "asked", "keys": "", "address": HTTPS},
    ]
    for told in wrong:
        with pytest.raises(KeyMissing):
            enter(officer, name="样例", **told)
    with pytest.raises(OwnKey):
        ours = services.own_keys()
        enter(officer, name="样例", role="asked", keys=ours.render(), address=HTTPS)


@pytest.mark.django_db
def test_one_name_and_one_log_each_until_the_former_is_retired(officer: Ctx) -> None:
    log, other = Log(), Log("third.example/log")
    first = enter_log(officer, log)
    with pytest.raises(NameTaken):
        enter(officer, name=first.name, role="asks", keys=other.trust(), log_origin=other.origin)
    with pytest.raises(OriginTaken):
        enter(officer, name="另一个", role="asks", keys=log.trust(), log_origin=log.origin)
    services.move_peer(officer, peer_id=first.pk, name="retire", reason="更换密钥")
    again = enter_log(officer, log)
    assert Peer.objects.filter(log_origin=log.origin).count() == 2
    assert again.state == "active"


@pytest.mark.django_db
def test_who_does_not_keep_peers_enters_none(officer: Ctx) -> None:
    from dataclasses import replace

    stranger = replace(officer, actor=Actor(9, "旁人样例"))
    with pytest.raises(NotPermitted):
        services.add_peer(stranger, org_id=officer.org_id, name="样例", role="asked", keys="", check="")
    with pytest.raises(NotPermitted):
        services.set_policy(stranger, text="quorum none\n")


BAD = [
    "ftp://archives.example/",
    "archives.example",
    "https://",
    "https://user:secret@archives.example/",
    "https://archives.example/?to=x",
    "https://archives.example/#x",
    "https://archives.example:0/",
    "https://archives.example:99999/",
    "https://archives.example/ x",
    "https://档案.example/",
    "http://archives.example/",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("address", BAD)
def test_an_address_that_may_not_be_called_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        wire.check_address(address)


def test_plain_http_is_for_this_machine_or_a_network_said_to_be_closed(settings: Any) -> None:
    wire.check_address("http://127.0.0.1:8000/witness")
    settings.LANTAI_PEER_HTTP = True
    wire.check_address("http://archives.example/witness")


@pytest.mark.parametrize(
    "place", ["169.254.169.254", "127.0.0.1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.1.1", "fe80::1"]
)
def test_a_name_that_leads_to_a_place_of_this_machine_is_not_called(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lead(*args: object, **kwargs: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", lead)
    with pytest.raises(BadAddress):
        wire.get("https://archives.example/")


def test_a_silent_peer_is_told_as_such() -> None:
    with pytest.raises(PeerSilent):
        wire.get("http://127.0.0.1:9/")


@pytest.mark.django_db
def test_a_stranger_is_told_how_to_follow_the_log(client: Client) -> None:
    page = client.get("/log/").content.decode()
    assert "ours.example/log" in page
    assert "/log/trust.txt" in page
    assert client.get("/log/policy.txt").content == b"quorum none\n"
    assert client.get("/log/witnessed").status_code == 404


@pytest.mark.django_db
def test_odd_names_and_a_witness_entered_twice_still_make_a_policy(officer: Ctx) -> None:
    one, two = Witness("one.example/w"), Witness("two.example/w")
    for name, witness in (("a b", one), ("a_b", one), ("#\t\x01", two)):
        told = {"role": "asked", "keys": witness.verifier_keys(), "address": HTTPS, "group": "x y"}
        enter(officer, name=name, **told)
    found = queries.policy()
    assert (len(found.witnesses), len(found.groups)) == (4, 2)
    assert not found.is_met_by(set())
    assert found.is_met_by({found.witnesses[0].name})
