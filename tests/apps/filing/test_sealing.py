from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.apps.catalogue.models import Description
from lantai.apps.custody import queries as custody
from lantai.apps.custody.events import ContentDestroyed
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.filing import facts, services, subscribers
from lantai.apps.filing.models import Batch, Document, DocumentFile
from lantai.apps.filing.services import sealing
from lantai.apps.filing.types import SealBatch
from lantai.kit.digests import digest_file
from lantai.kit.errors import Missing
from lantai.kit.packages import names
from lantai.kit.packages.ocfl.logical import is_sound
from lantai.kit.packages.ocfl.reader import open_object
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.models import Blob
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.types import RunState
from lantai.platform.workflow.types import MoveNotPermitted, NotFromHere
from tests.apps.filing.desk import pdf


def test_a_sealed_batch_is_one_object_with_its_catalogue(desk):
    batch = desk.sealed(2)
    assert (batch.state, batch.package.item_count, batch.package.custodian) == (
        "sealed",
        2,
        desk.region.agency,
    )
    assert set(Document.objects.values_list("state", flat=True)) == {"sealed"}
    found = Description.objects.filter(package=batch.package).values_list("reference_code", flat=True)
    assert sorted(found) == ["H109-WS·2026-Y-BGS-0001", "H109-WS·2026-Y-BGS-0002"]


def test_the_object_alone_says_what_is_in_it(desk):
    batch = desk.sealed(1)
    stored = open_object(custody.object_folder(batch.package.object_id))
    said = json.loads(stored.file("metadata/items.json").path.read_bytes())
    (item,) = said["items"]
    assert item["elements"]["title"] == Document.objects.get().title
    (file,) = item["files"]
    assert digest_file(stored.file(file["path"]).path)[0].sha512 == file["sha512"]


def test_the_one_who_composed_does_not_seal(desk):
    batch = desk.tested(1)
    with pytest.raises(MoveNotPermitted):
        services.start_sealing(desk.clerk, batch_id=batch.pk)


def test_what_has_not_passed_is_not_sealed(desk):
    batch = desk.batch(1)
    with pytest.raises(NotFromHere):
        services.start_sealing(desk.lead, batch_id=batch.pk)


def test_what_the_desk_read_in_files_whose_content_is_destroyed_is_forgotten(desk):
    batch = desk.sealed(2)
    DocumentFile.objects.update(text="识别的文字")
    first, second = Document.objects.order_by("reference_code")
    ContentFile.objects.filter(package=batch.package, item_key=first.reference_code).delete()
    event = ContentDestroyed(batch.package_id, 2)
    subscribers.on_content_destroyed(desk.lead, event)
    assert {file.text for file in first.files.all()} == {""}
    assert {file.text for file in second.files.all()} == {"识别的文字"}


class Killed(BaseException):
    pass


@pytest.mark.parametrize(
    ("module", "function"), [("catalogue", "register"), ("workflow", "move_many"), ("events", "publish")]
)
def test_sealing_goes_on_where_it_was_killed(desk, monkeypatch, module, function):
    batch = desk.tested(2)
    services.start_sealing(desk.lead, batch_id=batch.pk)

    def kill(*_args, **_kwargs):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(sealing, module, SimpleNamespace(**{function: kill}, **_others(module, function)))
        with pytest.raises(Killed):
            services.seal_batch(desk.lead, batch_id=batch.pk)
    assert Package.objects.count() == 1 and Batch.objects.get().state == "sealing"
    assert not Description.objects.exists()
    services.seal_batch(desk.lead, batch_id=batch.pk)
    services.seal_batch(desk.lead, batch_id=batch.pk)
    assert Package.objects.count() == 1 and Batch.objects.get().state == "sealed"
    assert Description.objects.filter(level="item").count() == 2


def _others(module: str, function: str) -> dict[str, object]:
    return {name: found for name, found in vars(getattr(sealing, module)).items() if name != function}


def test_once_the_object_is_on_disk_sealing_is_not_given_up(desk, monkeypatch):
    batch = desk.tested(1)
    services.start_sealing(desk.lead, batch_id=batch.pk)
    Description.objects.create(**_taken(desk))
    run = jobs.run_now(desk.lead, SealBatch(batch.pk))
    assert run.state == RunState.FAILED and "H109-WS·2026-Y-BGS-0001" in str(run.lines.last().params)
    assert Batch.objects.get().state == "sealing"
    Description.objects.all().delete()
    assert jobs.run_now(desk.lead, SealBatch(batch.pk)).state == RunState.SUCCEEDED
    assert Batch.objects.get().state == "sealed"


def _taken(desk) -> dict[str, object]:
    row = Document.objects.get()
    return {
        "level": "item", "fonds": desk.fonds, "custodian": desk.region.agency, "kind": row.kind,
        "reference_code": row.reference_code, "title": "样例旧件", "created_at": row.captured_at,
        "updated_at": row.captured_at,
    }  # fmt: skip


def test_the_desk_lets_go_of_the_content_and_the_object_keeps_it(desk, django_capture_on_commit_callbacks):
    shared = pdf("shared")
    kept = desk.capture(files=(("同.pdf", shared),))
    sealed = desk.capture(files=(("同.pdf", shared), ("独.pdf", pdf("alone"))))
    desk.arrange([sealed])
    batch = desk.compose([sealed.pk])
    desk.read()
    services.test_batch(desk.clerk, batch_id=batch.pk)
    services.start_sealing(desk.lead, batch_id=batch.pk)
    with django_capture_on_commit_callbacks(execute=True):
        services.seal_batch(desk.lead, batch_id=batch.pk)
    (left,) = Blob.objects.all()
    assert left.key == DocumentFile.objects.get(document=kept).blob_key and left.holds == 1
    assert blobs.exists(left.key)
    for file in ContentFile.objects.select_related("package"):
        assert digest_file(custody.path_of(file))[0].sm3 == file.sm3


def test_a_sealed_document_is_still_handed_out(desk, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        desk.sealed(1)
    row = Document.objects.get()
    file = row.files.get()
    with services.open_file(desk.clerk, document_id=row.pk, file_id=file.pk).stream as stream:
        assert len(stream.read()) == file.size_bytes
    picture = services.page_image(desk.clerk, document_id=row.pk, file_id=file.pk, page=1, width=900)
    assert picture.startswith(b"\x89PNG")


def test_names_from_outside_stay_inside_and_the_originals_are_kept(desk):
    wild = ("../../etc/passwd", "a/b.pdf", "A.pdf", "a.pdf", "CON.pdf", "exe.\u202efdp", "0004-a.pdf", "..")
    row = desk.capture(files=tuple((name, pdf(name)) for name in wild))
    desk.arrange([row])
    batch = desk.compose([row.pk])
    desk.read()
    Batch.objects.filter(pk=batch.pk).update(state="sealing")
    services.seal_batch(desk.lead, batch_id=batch.pk)
    rows = list(ContentFile.objects.order_by("order").values_list("original_name", "logical_path"))
    assert [name for name, _path in rows] == list(wild)
    assert all(
        path.startswith("content/H109-WS·2026-Y-BGS-0001/") and path.count("/") == 2 for _n, path in rows
    )


@given(st.lists(st.text(min_size=1, max_size=255).filter(lambda t: "\x00" not in t), max_size=8))
def test_any_names_give_sound_paths_that_no_system_confuses(found):
    files = [DocumentFile(order=order, name=name, size_bytes=0) for order, name in enumerate(found, 1)]
    document = Document(pk=1, reference_code="H109-WS·2026-Y-BGS-0001")
    document._prefetched_objects_cache = {"files": files}
    paths = [file.logical_path for file in facts.new_files(document, set())]
    assert len({names.key_of(path) for path in paths}) == len(found)
    assert all(is_sound(path) and not names.trouble_with(path) for path in paths)


def test_a_lead_of_elsewhere_seals_nothing(desk, abroad):
    batch = desk.tested(1)
    with pytest.raises(Missing):
        services.start_sealing(abroad.lead, batch_id=batch.pk)
