"""Witnessing across an air gap: files go out and come back, late, twice, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from lantai.kit.errors import Missing
from lantai.kit.evidence import witnessing
from lantai.kit.evidence.checkpoints import parse_checkpoint
from lantai.kit.evidence.notes import verifier_key, witness_key
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.messages import (
    BadParcel,
    Gap,
    Message,
    Parcel,
    UnknownSender,
    new_messages,
    open_parcel,
    seal_parcel,
)
from lantai.platform.context import Channel, Ctx
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.models import Entry
from lantai.platform.witness import queries, services
from lantai.platform.witness.models import Cosignature, Peer, SeenCheckpoint
from lantai.platform.witness.types import Way
from tests.platform.ledger.acts import act_and_log
from tests.platform.witness.conftest import enter
from tests.platform.witness.neighbours import Log, Witness

pytestmark = pytest.mark.django_db
OURS = "ours.example/log"


@dataclass
class Beyond:
    """The node behind the gap, made of the kit alone: a log that asks, a witness that answers."""

    log: Log
    witness: Witness
    taken: int = 0
    sent: tuple[Message, ...] = ()

    def send(self, kind: str, body: dict[str, Any]) -> None:
        self.sent = (*self.sent, Message(len(self.sent) + 1, kind, body))

    def parcel(self, since: int = 0) -> bytes:
        return seal_parcel(Parcel(self.log.origin, OURS, self.taken, self.sent[since:]), self.log.keys)

    def take(self, data: bytes) -> list[Message]:
        ours = [key for key in services.own_keys().keys if not key.is_witness]
        found = open_parcel(data, recipient=self.log.origin, trusted={OURS: ours})
        fresh = new_messages(found, taken=self.taken)
        for message in fresh:
            self.taken = message.sequence
            if message.kind == "witness/request":
                status, kind, body = self.witness.answer(str(message.body["text"]).encode())
                told = {"size": message.body["size"], "status": status, "type": kind, "text": body.decode()}
                self.send("witness/answer", told)
        return list(fresh)


@pytest.fixture
def command(officer: Ctx) -> Ctx:
    return replace(officer, channel=Channel.COMMAND)


@pytest.fixture
def beyond(officer: Ctx) -> Beyond:
    log, witness = Log("beyond.example/log"), Witness("beyond.example/witness")
    ours = services.own_keys().keys
    witness.trust = TrustStore(tuple(key for key in ours if not key.is_witness))
    keys = [verifier_key(log.origin, key.public) for key in log.keys]
    keys += [witness_key(witness.name, key.public) for key in witness.keys]
    text = "".join(f"{key.render()}\n" for key in keys)
    enter(officer, name="对岸", role="both", way=Way.FERRY, keys=text, log_origin=log.origin)
    return Beyond(log, witness)


def test_both_sides_witness_each_other_by_files(command: Ctx, beyond: Beyond) -> None:
    act_and_log(3)
    size = ledger.newest_checkpoint().size
    beyond.log.grow(7)
    beyond.send("witness/request", {"size": 7, "text": beyond.log.request(0).decode()})
    beyond.take(services.export_parcel(command, name="对岸"))
    assert services.import_parcel(command, data=beyond.parcel()) == 2
    assert SeenCheckpoint.objects.get().size == 7
    assert Cosignature.objects.filter(size=size).count() == 2
    assert queries.newest_witnessed() == size
    answer = beyond.take(services.export_parcel(command, name="对岸"))[0]
    lines = witnessing.cosignatures_of(str(answer.body["text"]), beyond.log.head(), services.own_keys().keys)
    assert (answer.body["status"], len(lines)) == (200, 2)
    acts = list(Entry.objects.filter(act__startswith="witness:ferry").values_list("act", flat=True))
    assert acts == ["witness:ferry:exported", "witness:ferry:imported", "witness:ferry:exported"]


def test_a_file_taken_twice_changes_nothing_and_one_that_was_lost_is_made_good(
    command: Ctx, beyond: Beyond
) -> None:
    act_and_log(3)
    lost = services.export_parcel(command, name="对岸")
    again = services.export_parcel(command, name="对岸")
    assert [m.kind for m in beyond.take(again)] == ["witness/request"]
    assert beyond.take(again) == []
    assert beyond.take(lost) == []
    back = beyond.parcel()
    assert [services.import_parcel(command, data=back) for _ in range(3)] == [1, 0, 0]
    assert Cosignature.objects.count() == 2
    assert beyond.witness.asked == 1


def test_what_comes_before_its_turn_waits_for_what_is_missing(command: Ctx, beyond: Beyond) -> None:
    for size in (2, 4):
        beyond.log.grow(2)
        text = beyond.log.request(size - 2).decode()
        beyond.send("witness/request", {"size": size, "text": text})
    with pytest.raises(Gap, match="第 1 至 1 号"):
        services.import_parcel(command, data=beyond.parcel(since=1))
    assert not SeenCheckpoint.objects.exists()
    assert services.import_parcel(command, data=beyond.parcel()) == 2
    assert [row.size for row in SeenCheckpoint.objects.order_by("size")] == [2, 4]
    assert Peer.objects.get().ferried_in == 2


def test_a_broken_message_leaves_nothing_of_its_file(command: Ctx, beyond: Beyond) -> None:
    beyond.log.grow(2)
    beyond.send("witness/request", {"size": 2, "text": beyond.log.request(0).decode()})
    beyond.send("witness/answer", {"size": 99, "status": 200, "type": "text/plain", "text": ""})
    with pytest.raises(BadParcel):
        services.import_parcel(command, data=beyond.parcel())
    assert (SeenCheckpoint.objects.count(), Peer.objects.get().ferried_in) == (0, 0)


def test_a_stranger_a_changed_file_and_a_paused_peer_are_refused(command: Ctx, beyond: Beyond) -> None:
    beyond.log.grow(2)
    beyond.send("witness/request", {"size": 2, "text": beyond.log.request(0).decode()})
    good = beyond.parcel()
    thief = Log(beyond.log.origin)
    forged = seal_parcel(Parcel(thief.origin, OURS, 0, beyond.sent), thief.keys)
    with pytest.raises(UnknownSender):
        services.import_parcel(command, data=forged)
    with pytest.raises(UnknownSender):
        services.import_parcel(command, data=good.replace(b'"size":2', b'"size":3'))
    services.move_peer(command, peer_id=Peer.objects.get().pk, name="pause", reason="样例")
    with pytest.raises(UnknownSender):
        services.import_parcel(command, data=good)


def test_files_are_carried_by_who_stands_at_the_machine(officer: Ctx, beyond: Beyond) -> None:
    with pytest.raises(Missing):
        services.export_parcel(officer, name="对岸")
    with pytest.raises(Missing):
        services.import_parcel(officer, data=b"")


def test_a_checkpoint_beyond_is_asked_for_with_the_proof_from_the_last_one(
    command: Ctx, beyond: Beyond
) -> None:
    for count in (3, 300):
        act_and_log(count)
        beyond.take(services.export_parcel(command, name="对岸"))
        services.import_parcel(command, data=beyond.parcel())
    newest = ledger.newest_checkpoint()
    held = parse_checkpoint(beyond.witness.seen[OURS][1].partition("\n\n")[0] + "\n")
    assert held.size <= newest.size
    assert Peer.objects.get().cosigned_size == held.size > 300
