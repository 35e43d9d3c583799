from __future__ import annotations

import hashlib

import pytest

from lantai.apps.filing import queries, services
from lantai.apps.filing.models import Document, DocumentFile
from lantai.apps.filing.types import (
    Arrival,
    DeclaredFile,
    Defaults,
    DigestNotAsSaid,
    KeyUsedForOther,
    NoFiles,
    NotOfAgency,
    Part,
    PartMissing,
    PartNotDeclared,
    PlacedFile,
    SizeNotAsSaid,
    TextUnfit,
    TooMany,
    ValueUnknown,
)
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.models import Blob
from lantai.platform.jobs.models import Run
from lantai.platform.ledger.models import Entry
from tests.apps.filing.desk import pdf


def test_the_same_document_sent_again_is_the_document_that_is_here(desk):
    first, second = desk.capture("OA-7"), desk.capture("OA-7")
    assert first.pk == second.pk and Document.objects.count() == 1
    assert Blob.objects.get().holds == 1  # the second staging was given up
    assert Entry.objects.filter(act="filing:document:captured").count() == 1


def test_another_content_under_the_same_number_is_refused(desk):
    desk.capture("OA-7")
    with pytest.raises(KeyUsedForOther):
        desk.capture("OA-7", files=(("别的.pdf", pdf("other")),))
    with pytest.raises(KeyUsedForOther):
        desk.capture("OA-7", persons=("样例甲",))


def test_a_later_arrangement_does_not_make_a_sent_document_another_one(desk):
    first = desk.capture("OA-7", retention="30年")
    assert desk.capture("OA-7", retention="永久").pk == first.pk
    assert first.retention == "D30"


def test_many_documents_queue_one_reading(desk):
    for _ in range(5):
        desk.capture()
    assert Run.objects.filter(about_type="filing:survey").count() == 1


def test_what_is_read_stands_with_the_file(desk):
    document = desk.capture(files=(("通知.pdf", pdf(pages=3)), ("坏.pdf", b"%PDF-1.7 broken")))
    desk.read()
    document.refresh_from_db()
    good, bad = queries.files_of(document.pk)
    assert (good.state, good.page_count, good.mime) == ("ok", 3, "application/pdf")
    assert bad.state in ("broken", "truncated") and document.page_count == 3
    assert not DocumentFile.objects.filter(state="").exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"files": ()}, NoFiles),
        ({"title": " "}, TextUnfit),
        ({"title": "含\x00零"}, TextUnfit),
        ({"author": "责" * 301}, TextUnfit),
        ({"persons": tuple(f"样例{n}" for n in range(501))}, TooMany),
        ({"persons": ("样" * 65,)}, TextUnfit),
        ({"metadata": {"keyword": "\ud800"}}, TextUnfit),
        ({"kind": "nothing"}, ValueUnknown),
        ({"classification": "topsecret"}, ValueUnknown),
        ({"class_code": "无此类"}, NotOfAgency),
        ({"files": (("长" * 256, b"x"),)}, TextUnfit),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(desk, changes, refusal):
    with pytest.raises(refusal):
        desk.capture(**changes)
    assert not Document.objects.exists()


def test_an_empty_description_is_no_obstacle(desk):
    document = desk.capture(author="", document_number="", dated_on=None, metadata={"keyword": " "})
    assert document.metadata == {} and document.year is None


def test_nobody_hands_documents_to_another_agency(desk, abroad):
    with pytest.raises(NotPermitted):
        services.capture_files(
            abroad.clerk, Defaults(desk.region.agency.pk, desk.fonds.pk, "document"), [placed("a.pdf")]
        )
    with pytest.raises(NotOfAgency):
        services.capture_files(
            desk.clerk, Defaults(desk.region.agency.pk, abroad.fonds.pk, "document"), [placed("a.pdf")]
        )


def placed(path: str, data: bytes = b"") -> PlacedFile:
    return PlacedFile(path, blobs.stage([data or path.encode()]))


def test_a_folder_is_one_document_and_a_file_alone_another(desk):
    files = [
        placed("会议/2 附表.xlsx"),
        placed("会议/1 纪要.pdf"),
        placed("会议/图/照片.jpg"),
        placed("通知.pdf"),
    ]
    defaults = Defaults(desk.region.agency.pk, desk.fonds.pk, "document", "BGS", 2026, "永久")
    captured = services.capture_files(desk.clerk, defaults, files)
    meeting, notice = [Document.objects.get(pk=one.document_id) for one in captured]
    assert (meeting.title, notice.title) == ("会议", "通知")
    names = [(file.name, file.role) for file in queries.files_of(meeting.pk)]
    assert names == [("1 纪要.pdf", "main"), ("2 附表.xlsx", "attachment"), ("照片.jpg", "attachment")]
    assert (notice.year, notice.retention, notice.scheme_class.code) == (2026, "Y", "BGS")


def test_the_same_folder_uploaded_twice_makes_nothing_new(desk):
    defaults = Defaults(desk.region.agency.pk, desk.fonds.pk, "document")
    first = services.capture_files(desk.clerk, defaults, [placed("会议/a.pdf"), placed("b.pdf")])
    later = Defaults(desk.region.agency.pk, desk.fonds.pk, "document", year=2025)
    again = services.capture_files(desk.clerk, later, [placed("会议/a.pdf"), placed("b.pdf")])
    assert [one.is_new for one in first + again] == [True, True, False, False]
    assert [one.document_id for one in first] == [one.document_id for one in again]


def arrival(desk, *files: DeclaredFile, **changes) -> Arrival:
    values = {"external_key": "OA-1", "fonds_code": desk.fonds.code, "kind": "document", "title": "样例"}
    return Arrival(**(values | changes), files=files)


def declared(name: str, data: bytes, **changes) -> DeclaredFile:
    said = {"size": len(data), "digests": {"sha256": hashlib.sha256(data).hexdigest()}} | changes
    return DeclaredFile(name=name, role="main", **said)


def test_a_system_hands_over_files_with_their_digests(desk):
    data, ctx = pdf("a"), desk.region.ctx("oa_connector")
    captured = services.receive_document(ctx, arrival(desk, declared("a.pdf", data)), [Part("a.pdf", [data])])
    assert captured.is_new
    again = services.receive_document(ctx, arrival(desk, declared("a.pdf", data)), [Part("a.pdf", [data])])
    assert not again.is_new and again.document_id == captured.document_id


@pytest.mark.parametrize(
    ("said", "sent", "refusal"),
    [
        (
            [declared("a.pdf", b"a"), declared("b.pdf", b"b", digests={"sm3": "0" * 64})],
            "ab",
            DigestNotAsSaid,
        ),
        ([declared("a.pdf", b"a"), declared("b.pdf", b"b", size=9)], "ab", SizeNotAsSaid),
        ([declared("a.pdf", b"a"), declared("b.pdf", b"b")], "a", PartMissing),
        ([declared("a.pdf", b"a")], "ab", PartNotDeclared),
    ],
)
def test_nothing_is_kept_when_one_part_is_wrong(
    desk, said, sent, refusal, django_capture_on_commit_callbacks
):
    parts = [Part(f"{letter}.pdf", [letter.encode()]) for letter in sent]
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(refusal) as refused:
        services.receive_document(desk.region.ctx("oa_connector"), arrival(desk, *said), parts)
    assert "b.pdf" in str(refused.value)
    assert not Document.objects.exists() and not Blob.objects.exists()


def test_a_name_with_a_path_is_matched_by_its_end_and_kept_whole(desk):
    said = declared("C:\\文件\\..\\a.pdf", b"a")
    captured = services.receive_document(
        desk.region.ctx("oa_connector"), arrival(desk, said), [Part("a.pdf", [b"a"])]
    )
    assert queries.files_of(captured.document_id).get().name == "C:\\文件\\..\\a.pdf"
