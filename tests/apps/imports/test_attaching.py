"""Scans that find their records by name: tried, sealed as one package, refused where they could harm."""

from __future__ import annotations

import io

import pytest

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue import services as catalogue_services
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import RowsChanged
from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.imports import queries, services
from lantai.apps.imports.models import AttachedFile, Attachment
from lantai.apps.imports.types import (
    AttachmentState,
    NameUnsafe,
    NothingToAttach,
    NotYet,
    ReadAttachment,
    SealAttachment,
)
from lantai.apps.quality import queries as quality
from lantai.apps.quality import services as quality_services
from lantai.apps.quality.types import CountQuality, Lacking
from lantai.kit.errors import Missing
from lantai.kit.packages.catalogue.naming import PatternInvalid
from lantai.platform.blobs.models import Blob
from lantai.platform.ledger.models import Entry
from lantai.platform.workflow.types import NotFromHere
from tests.apps.imports.scans import picture, verdicts, zipped
from tests.apps.imports.sheets import code


def tried(desk, files: dict[str, bytes], *, pattern: str = "", as_zip: bool = True) -> Attachment:
    row = services.open_attachment(desk.ctx, fonds_id=desk.fonds.pk, title="试挂", pattern=pattern)
    parts = [("原文.zip", zipped(files))] if as_zip else list(files.items())
    opened = [(name, io.BytesIO(data)) for name, data in parts]
    services.take_files(desk.ctx, attachment_id=row.pk, parts=opened)
    desk.work(ReadAttachment(row.pk))
    row.refresh_from_db()
    return row


def sealed(desk, row: Attachment) -> Attachment:
    services.ask_to_seal(desk.ctx, attachment_id=row.pk)
    desk.work(SealAttachment(row.pk))
    row.refresh_from_db()
    return row


def test_scans_find_their_records_and_what_cannot_go_in_says_why(described):
    desk = described
    good = picture()
    row = tried(
        desk,
        {
            f"{code(1)}.pdf": picture(form="PDF"),
            f"甲/{code(2)}/0002.png": picture(10),
            f"甲/{code(2)}/0001.png": picture(20),
            f"{code(3)}-001.png": good,
            f"{code(3)}-002.png": good[:40],  # cut off: the whole record waits
            f"{code(4)}.txt": "不是图像".encode(),
            f"{code(5)}-001.png": picture(1),
            f"乙/{code(5)}-1.png": picture(2),  # one number twice
            f"{code(1)} (1).pdf": b"",
            "无主.png": picture(3),
            "Thumbs.db": b"left behind",
        },
    )
    assert verdicts(row) == {
        f"{code(1)}.pdf": "held_back",
        f"{code(1)} (1).pdf": "broken",
        f"甲/{code(2)}/0001.png": "matched",
        f"甲/{code(2)}/0002.png": "matched",
        f"{code(3)}-001.png": "held_back",
        f"{code(3)}-002.png": "broken",
        f"{code(4)}.txt": "unfit",
        f"{code(5)}-001.png": "conflict",
        f"乙/{code(5)}-1.png": "conflict",
        "无主.png": "no_record",
    }
    assert (row.state, row.file_count, row.matched_count, row.item_count) == (
        AttachmentState.TESTED,
        10,
        2,
        1,
    )
    assert row.scope == code(1).rpartition("-")[0] + "-"
    assert row.unfilled_count == 0


def test_what_matches_is_sealed_as_one_package_and_opens_from_its_record(described):
    desk = described
    row = tried(
        desk, {f"甲/{code(2)}/0002.png": picture(10), f"甲/{code(2)}/0001.png": picture(20), "x.png": b"x"}
    )
    row = sealed(desk, row)
    assert (row.state, Package.objects.count()) == (AttachmentState.SEALED, 1)
    gone_in = {f"甲/{code(2)}/0001.png": "attached", f"甲/{code(2)}/0002.png": "attached"}
    assert verdicts(row) == {**gone_in, "x.png": "no_record"}
    record = Description.objects.get(reference_code=code(2))
    names = [one.name for one in custody.files_of(record.package_id, record.item_key)]
    assert names == ["0001.png", "0002.png"]
    opened = catalogue_services.open_content(
        desk.ctx,
        description_id=record.pk,
        file_id=ContentFile.objects.get(item_key=code(2), order=1).pk,
    )
    assert opened.size_bytes == len(picture(20))
    assert Description.objects.exclude(package=None).count() == 1
    acts = set(Entry.objects.values_list("act", flat=True))
    assert {"imports:attachment:sealed", "catalogue:items:attached", "custody:package:sealed"} <= acts
    assert not AttachedFile.objects.filter(attachment=row).exclude(blob_key="").exists()


def test_the_rate_of_records_with_files_rises_by_exactly_those_that_got_one(described):
    desk = described

    def rate():
        row = quality_services.count(desk.ctx, fonds_id=desk.fonds.pk)
        desk.work(CountQuality(row.pk))
        row.refresh_from_db()
        figure = quality.figures_of(row)[3]
        return row.linked_count, figure.percent

    assert rate() == (0, 0.0)
    names = (f"{code(1)}.png", f"{code(4)}-1.png", f"{code(4)}-2.png", "无主.png")
    files = {name: picture(shade) for shade, name in enumerate(names)}
    files[f"{code(5)}.txt"] = "不是图像".encode()
    sealed(desk, tried(desk, files, as_zip=False))
    assert rate() == (2, 40.0)
    waiting = quality.lacking(desk.ctx, desk.fonds.pk, Lacking.CONTENT)
    assert {one.reference_code for one in waiting} == {code(2), code(3), code(5)}


def test_the_same_scans_again_bring_nothing_and_others_do_not_replace_what_is_sealed(described):
    desk = described
    first = sealed(desk, tried(desk, {f"{code(1)}.png": picture()}))
    assert catalogue.standing().filter(package=first.package).count() == 1
    again = tried(desk, {f"{code(1)}.png": picture(), f"{code(1)}-002.png": picture(9)}, as_zip=False)
    assert verdicts(again) == {f"{code(1)}.png": "same", f"{code(1)}-002.png": "taken"}
    assert {one.reference_code for one in queries.unfilled(again)} == {code(n) for n in range(2, 6)}
    with pytest.raises(NothingToAttach):
        services.ask_to_seal(desk.ctx, attachment_id=again.pk)
    with pytest.raises(NotFromHere):
        services.give_up_attachment(desk.ctx, attachment_id=first.pk)
    with pytest.raises(RowsChanged):
        catalogue_services.withdraw(desk.ctx, ids=[Description.objects.get(reference_code=code(1)).pk])


def test_what_changed_between_check_and_seal_is_told_and_nothing_is_sealed(described):
    desk = described
    row = tried(desk, {f"{code(1)}.png": picture(), f"{code(2)}.png": picture(7)})
    other = sealed(desk, tried(desk, {f"{code(2)}.png": picture(8)}))
    row = sealed(desk, row)
    assert (row.state, row.why_params) == (AttachmentState.TESTED, {"count": 1, "code": code(2)})
    assert list(Package.objects.all()) == [other.package]
    services.check_again(desk.ctx, attachment_id=row.pk)
    desk.work(ReadAttachment(row.pk))
    row.refresh_from_db()
    assert verdicts(row) == {f"{code(1)}.png": "matched", f"{code(2)}.png": "taken"}
    assert sealed(desk, row).state == AttachmentState.SEALED


def test_hostile_archives_and_names_are_refused_whole(described):
    desk = described
    out = tried(desk, {f"../{code(1)}.png": picture()})
    assert (out.state, out.file_count) == (AttachmentState.REFUSED, 0)
    assert out.why
    assert (
        tried(desk, {f"{code(1)}.png": bytes(3 << 20)}).state == AttachmentState.REFUSED
    )  # shrinks too well
    bomb = tried(desk, {f"{code(1)}.png": bytes(3 << 20)}, as_zip=False)
    assert verdicts(bomb) == {f"{code(1)}.png": "unfit"}
    row = services.open_attachment(desk.ctx, fonds_id=desk.fonds.pk, title="坏名")
    with pytest.raises(NameUnsafe):
        services.take_files(desk.ctx, attachment_id=row.pk, parts=[("a\u202egnp.png", io.BytesIO(picture()))])
    services.give_up_attachment(desk.ctx, attachment_id=bomb.pk)
    assert Blob.objects.filter(size_bytes=3 << 20, holds__gt=0).count() == 0
    with pytest.raises(PatternInvalid):
        services.open_attachment(desk.ctx, fonds_id=desk.fonds.pk, title="x", pattern="<序号>")
    with pytest.raises(NotYet):
        services.take_files(desk.ctx, attachment_id=bomb.pk, parts=[("a.png", io.BytesIO(b"x"))])


def test_files_named_by_a_pattern_of_one_s_own_are_matched(described):
    row = tried(described, {f"第3盒/p07__{code(4)}.png": picture()}, pattern="p<序号>__<档号>")
    file = AttachedFile.objects.get(attachment=row)
    assert (file.verdict, file.code, file.order) == ("matched", code(4), 7)


def test_only_who_may_attach_there_sees_and_does_it(described):
    desk = described
    row = tried(desk, {f"{code(1)}.png": picture()})
    for role in ("agency_clerk", "reading_clerk"):
        stranger = desk.region.ctx(role)
        assert not queries.visible_attachments(stranger).exists()
        with pytest.raises(Missing):
            services.ask_to_seal(stranger, attachment_id=row.pk)


def test_pages_show_what_was_found_and_what_can_be_done(described, client):
    desk = described
    user = desk.region.people["cataloguer"]
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "这里会出现挂接批次" in client.get("/imports/files/").content.decode()
    begun = client.post("/imports/files/new/", {"fonds": desk.fonds.pk, "title": "扫描件"})
    row = Attachment.objects.get()
    assert (begun.status_code, begun["Location"]) == (303, f"/imports/files/{row.pk}/upload/")
    assert "data-upload" in client.get(begun["Location"]).content.decode()
    sent = {"files": [io.BytesIO(zipped({f"{code(1)}.png": picture(), "无主.png": picture(5)}))]}
    sent["files"][0].name = "原文.zip"
    assert client.post(f"/imports/files/{row.pk}/take/", sent).status_code == 303
    desk.work(ReadAttachment(row.pk))
    page = client.get(f"/imports/files/{row.pk}/").content.decode()
    assert "可挂接" in page and "4 件没有文件" in page and f"/imports/files/{row.pk}/move/seal/" in page
    assert "无主.png" in client.get(f"/imports/files/{row.pk}/list/?verdict=no_record").content.decode()
    assert code(3) in client.get(f"/imports/files/{row.pk}/unfilled/").content.decode()
    assert client.post(f"/imports/files/{row.pk}/move/cancel/").status_code == 303
    assert client.post(f"/imports/files/{row.pk}/move/seal/").status_code == 409
