"""An evidence bundle leaves the house and is checked by a stranger."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from lantai.apps.custody import evidence, history, proofs, services
from lantai.apps.custody.jobs import make_bundle
from lantai.apps.custody.models import ContentFile, EvidenceBundle
from lantai.apps.custody.services import bundling
from lantai.apps.custody.types import BundleNotThere, NothingToBundle
from lantai.kit import crypto
from lantai.kit.crypto.issuing import make_authority, make_certified
from lantai.kit.crypto.timestamps import request_for
from lantai.kit.crypto.tsa import Stamper
from lantai.kit.errors import Denied, Missing
from lantai.kit.evidence import Note, cosign, parse_note, witness_key
from lantai.kit.evidence.anchors import judge_anchor
from lantai.kit.evidence.standalone import verify as standalone
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verify import verify_bytes
from lantai.kit.packages import premis
from lantai.platform.blobs import services as blobs
from lantai.platform.jobs import execution
from lantai.platform.jobs.types import RunState
from lantai.platform.ledger import queries as ledger_queries
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Checkpoint, Entry
from lantai.platform.ui.types import Tone
from lantai.platform.witness.models import Anchor, Chain, Cosignature, Peer, Stamp, Witnessing
from tests.apps.custody.test_sealing import fonds, new_files, seal, world  # noqa: F401  fixtures
from tests.kit.chains.blocks import CHAIN, anchor_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.LANTAI_KEYS = tmp_path / "keys"
    settings.LANTAI_HOME = tmp_path


@pytest.fixture
def package(world, fonds, tmp_path):  # noqa: F811
    return seal(world, fonds, new_files(tmp_path))


def made(world, package, item_key="", by="archivist"):  # noqa: F811
    row = services.ask_for_bundle(world.ctx(by), package_id=package.pk, item_key=item_key)
    row.refresh_from_db()
    execution.execute(row.run_id)
    row.refresh_from_db()
    assert row.run.state == RunState.SUCCEEDED
    return row


def content_of(row):
    with blobs.open_blob(row.blob_key) as stream:
        return stream.read()


def test_evi_62_a_bundle_of_a_package_is_true_for_a_stranger_and_every_member_counts(world, package):  # noqa: F811
    row = made(world, package)
    data, trust = content_of(row), ledger_queries.trust_text()
    verdict = verify_bytes(data, TrustStore.parse(trust))
    assert verdict.ok, [str(check) for check in verdict.checks if not check.ok]
    assert verdict.facts["statement.object"] == package.object_id
    standalone.check_bundle(io.BytesIO(data), standalone.trusted(trust))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        events = [
            one
            for one in premis.read(io.BytesIO(archive.read("premis.xml")))
            if isinstance(one, premis.Event)
        ]
        assert archive.read("content/K1/第1份.txt") == "第1份".encode() * 100
    assert {"premis.xml", "README.txt", "trust.txt", "metadata/items.json"} <= set(names)
    assert [one.kind for one in events[:1]] == ["ingestion"]
    (reading,) = [one for one in events if one.kind == "fixity check"]
    assert len(tuple(reading.objects)) == 3  # one event with a list
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for one in archive.infolist():
            changed = bytearray(data)
            changed[one.header_offset + 30 + len(one.filename.encode()) + one.file_size // 2] ^= 1
            assert not verify_bytes(bytes(changed), TrustStore.parse(trust)).ok, one.filename


def test_a_bundle_of_one_item_holds_nothing_of_the_others(world, package):  # noqa: F811
    row = made(world, package, "K2")
    with zipfile.ZipFile(io.BytesIO(content_of(row))) as archive:
        names = archive.namelist()
        assert b"K1" not in b"".join(archive.read(name) for name in names if name != "premis.xml")
    assert [name for name in names if name.startswith("content/")] == ["content/K2/第2份.txt"]
    assert "metadata/items.json" not in names


@pytest.mark.parametrize("name", ["a\\b.txt", "长" * 400 + ".txt"])
def test_a_name_that_not_every_program_can_read_stands_in_the_events(world, package, name):  # noqa: F811
    ContentFile.objects.filter(package=package, item_key="K2").update(original_name=name[:255])
    file = ContentFile.objects.get(package=package, item_key="K2")
    file.logical_path = f"content/K2/{name}"
    path = bundling.path_in_bundle(file)
    assert path == f"content/unnamed/{file.pk}"
    assert history.kept_file(file, path).original_name == name[:255]


def test_a_bundle_that_was_killed_between_its_steps_goes_on_and_is_recorded_once(world, package):  # noqa: F811
    row = services.ask_for_bundle(world.ctx("archivist"), package_id=package.pk)
    bundling.record_bundle(world.ctx("archivist"), bundle_id=row.pk)  # killed here
    row.refresh_from_db()
    execution.execute(row.run_id)
    row.refresh_from_db()
    assert row.is_kept
    assert Entry.objects.filter(act="custody:bundle:made").count() == 1
    make = Entry.objects.filter(object_type=history.SUBJECT, act__startswith="custody:bundle").order_by("id")
    assert [entry.act for entry in make] == ["custody:bundle:asked", "custody:bundle:made"]
    assert make_bundle is not None


def test_who_may_not_make_bundles_neither_makes_nor_takes_nor_sees_one(world, package):  # noqa: F811
    row = made(world, package)
    for name in ("agency_clerk", "reading_clerk"):
        ctx = world.ctx(name)
        assert not evidence.visible_bundles(ctx).exists()
        with pytest.raises((Denied, Missing)):
            services.ask_for_bundle(ctx, package_id=package.pk)
        with pytest.raises((Denied, Missing)):
            services.fetch_bundle(ctx, bundle_id=row.pk)
    with pytest.raises(NothingToBundle):
        services.ask_for_bundle(world.ctx("archivist"), package_id=package.pk, item_key="none")


def test_a_bundle_goes_after_its_days_and_its_line_stays(world, package):  # noqa: F811
    row = made(world, package)
    services.fetch_bundle(world.ctx("archivist"), bundle_id=row.pk)
    EvidenceBundle.objects.update(expires_at=timezone.now() - timedelta(days=1))
    key = row.blob_key
    assert evidence.keys_in_use([key]) == {key}
    services.expire_bundles()
    row.refresh_from_db()
    assert (row.standing, row.is_kept) == ("expired", False)
    assert evidence.keys_in_use([key]) == set()
    with pytest.raises(BundleNotThere):
        services.fetch_bundle(world.ctx("archivist"), bundle_id=row.pk)
    assert Entry.objects.filter(act="custody:bundle:fetched").count() == 1


def test_the_picture_of_a_proof_goes_from_the_leaf_to_the_chain(world, package):  # noqa: F811
    entry = evidence.entry_of(package)
    (waiting,) = proofs.picture_of(entry)
    assert (waiting.name, waiting.tone) == ("leaf", Tone.BUSY)
    while ledger.sequence(timezone.now()):
        continue
    links = proofs.picture_of(entry)
    assert [link.name for link in links] == [
        "leaf",
        "path",
        "root",
        "signatures",
        "witnesses",
        "stamps",
        "chain",
    ]
    assert [link.tone for link in links[:4]] == [Tone.GOOD] * 4
    assert {link.tone for link in links[4:]} == {Tone.PLAIN}


def test_evi_51_the_picture_shows_a_line_that_was_changed_behind_our_back(world, package):  # noqa: F811
    while ledger.sequence(timezone.now()):
        continue
    entry = evidence.entry_of(package)
    entry.object_name = "改过的名称"
    leaf, *others = proofs.picture_of(entry)
    assert (leaf.name, leaf.tone) == ("leaf", Tone.BAD)
    assert others[0].tone == Tone.GOOD


def test_evi_66_what_is_public_of_a_bundle_holds_no_name_and_no_title(world, package):  # noqa: F811
    row = made(world, package, "K2")
    leaves = b"".join(bytes(data) for data in _leaves())
    for told in (row.title, "K2", row.asked_by, package.object_id, world.archives.name):
        assert told.encode() not in leaves and json.dumps(told).encode() not in leaves


def _leaves():
    from lantai.platform.ledger.models import Leaf

    return Leaf.objects.values_list("data", flat=True)


def test_evi_62_what_witnesses_signed_and_services_stamped_goes_with_the_bundle(world, package):  # noqa: F811
    row = services.ask_for_bundle(world.ctx("archivist"), package_id=package.pk)
    bundling.record_bundle(world.ctx("archivist"), bundle_id=row.pk)
    while ledger.sequence(timezone.now()):
        continue
    size = ledger_queries.newest_checkpoint().size
    cosigned_and_stamped(world, size)
    anchored(size)
    row.refresh_from_db()
    execution.execute(row.run_id)
    row.refresh_from_db()
    data, trust = content_of(row), ledger_queries.trust_text()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {"cosignatures", "stamps/1.tsr"} <= set(archive.namelist())
    verdict = verify_bytes(data, TrustStore.parse(trust))
    assert verdict.ok, [str(check) for check in verdict.checks if not check.ok]
    assert (verdict.facts["cosignatures"], verdict.facts["log_size"]) == (1, size)
    assert verdict.facts["stamps/1.tsr"].startswith("2026-03-01T08:00:00Z")
    standalone.check_bundle(io.BytesIO(data), standalone.trusted(trust))
    links = {link.name: link.tone for link in proofs.picture_of(Entry.objects.get(pk=row.entry_id))}
    assert (links["witnesses"], links["stamps"], links["chain"]) == (Tone.GOOD, Tone.GOOD, Tone.GOOD)
    (anchor,) = (name for name in verdict.facts if name.startswith("anchors/"))
    assert verdict.facts[anchor].startswith("2026-02-25T")
    Anchor.objects.update(record=Anchor.objects.get().record.replace('"index":2', '"index":1'))
    assert proofs.picture_of(Entry.objects.get(pk=row.entry_id))[-1].tone == Tone.BAD


def anchored(size):
    """What a chain would have confirmed for the checkpoint of that size."""
    now, file = timezone.now(), anchor_of(parse_note(Checkpoint.objects.get(size=size).note).text)
    found = judge_anchor(file.render())
    Anchor.objects.create(
        size=size, chain=Chain.objects.create(name="样例链", chain_id=CHAIN, known_since=now), state="confirmed",
        sender=found.sender, nonce=3, transaction=found.transaction, raw=file.raw, made_at=now,
        block_number=found.block_number, block_hash=found.block_hash, block_at=found.block_at,
        confirmed_at=now, record=file.render().decode(),
    )  # fmt: skip


def cosigned_and_stamped(world, size):  # noqa: F811
    """What the rounds of the witness app would have brought for the checkpoint of that size."""
    now, key = timezone.now(), crypto.generate("ed25519")
    note = parse_note(Checkpoint.objects.get(size=size).note)
    line = cosign(Note(note.text, ()), "witness.example/w1", key, posix_seconds=1_772_352_000).signatures[0]
    peer = Peer.objects.create(
        org=world.archives, name="样例见证馆", role="asked", added_at=now,
        keys=witness_key("witness.example/w1", key.public).render() + "\n",
    )  # fmt: skip
    Cosignature.objects.create(
        size=size, peer=peer, key_name=line.name, key_id=line.key_id.hex(), line=line.line(),
        cosigned_at=now, received_at=now,
    )  # fmt: skip
    Witnessing.objects.create(size=size, met_at=now)
    imprint = hashlib.sha256(note.text.encode()).digest()
    stamped_at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    dates = {"not_before": datetime(2026, 1, 1, tzinfo=UTC), "not_after": datetime(2036, 1, 1, tzinfo=UTC)}
    root = make_authority("样例时间戳根", algorithm="ecdsa-sha256", **dates)
    key = make_certified("样例时间戳", issuer=root, purposes=["time_stamping"], **dates)
    answer = Stamper(key, "1.3.6.1.4.1.99999.1").answer(request_for(imprint), serial=1, at=stamped_at)
    Stamp.objects.create(
        size=size, service="样例", algorithm="sha256", token=answer.token,
        stamped_at=stamped_at, expires_at=now, kept_at=now,
    )  # fmt: skip
