"""A hit in a file leads to its page, and shows the words on it; destroyed content is gone from there too."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.queries import asking, leaves
from lantai.apps.catalogue.services import feeding
from lantai.apps.catalogue.types import Asked
from lantai.apps.custody import services as custody
from lantai.apps.custody.models import ContentFile
from lantai.apps.custody.types import FileRole, NewFile
from lantai.apps.texts.models import PageText, ReadPackage
from lantai.apps.texts.types import ReadTexts
from lantai.kit.digests.hashing import digest_file
from lantai.kit.formats.ofd.blocks import DocumentInfo, Paragraph
from lantai.kit.formats.ofd.writer import write_document
from lantai.platform.context import ANONYMOUS, Channel, Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.registry import beats
from lantai.platform.search import services as search
from tests.apps.holdings.region import COMMAND

pytestmark = pytest.mark.django_db
FONT = Path(str(files("lantai.platform.documents").joinpath("fonts", "LantaiSans-Regular.ttf")))
SEEN = {"pages": [{"width": 300, "height": 400, "words": [{"text": "渡口合影", "box": [30, 40, 120, 30]}]}]}


def sealed(shelf, item_key: str, paths: list[Path]):
    """A package with these files as one item, and its row."""
    found = []
    for order, path in enumerate(paths, 1):
        digests, size = digest_file(path)
        mime = {".ofd": "application/ofd", ".png": "image/png"}.get(path.suffix, "application/json")
        found.append(
            NewFile(
                item_key=item_key, order=order, logical_path=f"{item_key}/{path.name}", original_name=path.name,
                role=FileRole.MAIN, digests=digests, size_bytes=size, source=path, mime=mime,
                page_count=2 if path.suffix == ".ofd" else 1, text="水库移民" if path.suffix == ".ofd" else "",
            )
        )  # fmt: skip
    package = custody.seal(
        COMMAND, object_id=f"urn:sample:{item_key}", title="样例包", custodian_id=shelf.region.archives.pk,
        origin_id=shelf.region.agency.pk, fonds_id=shelf.fonds.pk, source=("sample", item_key), item_count=1,
        files=found, documents={},
    )  # fmt: skip
    number = len(ReadPackage.objects.all()) + package.pk
    services.register(
        COMMAND,
        package=package,
        items=[shelf.item(number, item_key=item_key, title="样例题名", document_number="")],
    )
    return package


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A made-up OFD of two pages with the words on the second."""
    words = [Paragraph(f"第{n}段样例") for n in range(42)]
    words[40] = Paragraph("附：水库移民名册")
    path = tmp_path_factory.mktemp("made") / "正文.ofd"
    write_document(path, words, info=DocumentInfo(title="样例"), fonts=[FONT])
    return path


@pytest.fixture
def shelf_read(shelf, tmp_path, made):
    """The OFD, and a picture with what recognition said of it."""
    picture = tmp_path / "照片.png"
    picture.write_bytes(shelf.file("x", "", name="照片.png").source.read_bytes())
    (tmp_path / "照片.ocr.json").write_text(json.dumps(SEEN), encoding="utf-8")
    letter = sealed(shelf, "letter", [made])
    photo = sealed(shelf, "photo", [picture, tmp_path / "照片.ocr.json"])
    jobs.run_now(system_ctx(), ReadTexts())
    for package in (letter, photo):
        feeding.feed_package(COMMAND, package_id=package.pk)
    return letter, photo


def asked(shelf, text, role="archivist"):
    return queries.find(shelf.region.ctx(role), Asked(text=text))


def test_a_hit_leads_to_the_page_where_the_words_stand(shelf_read, shelf, indexed, at):
    indexed()
    (hit,) = asked(shelf, "水库移民").hits
    assert hit.page == 2 and hit.snippet and ("水库移民", True) in hit.snippet
    page = at("archivist").get("/catalogue/search", {"q": "水库移民"}).content.decode()
    assert f"file={hit.file_id}&amp;page=2&amp;q=" in page
    shown = at("archivist").get(
        f"/catalogue/items/{hit.id}/", {"file": hit.file_id, "page": 2, "q": "水庫移民"}
    )
    (marks,) = re.findall(r'src="([^"]+/2\.svg[^"]*)"', shown.content.decode())
    drawn = at("archivist").get(marks.replace("&amp;", "&"))
    assert drawn["Content-Type"] == "image/svg+xml" and drawn.content.decode().count("<rect") == 1
    first = drawn.wsgi_request.path.replace("/2.svg", "/1.svg")
    assert "<rect" not in at("archivist").get(first, {"q": "水库移民"}).content.decode()
    assert "<rect" not in at("archivist").get(first, {"q": "年度:"}).content.decode()


def test_what_recognition_said_is_found_on_its_picture(shelf_read, shelf, indexed, at):
    indexed()
    (hit,) = asked(shelf, "渡口").hits
    assert ContentFile.objects.get(pk=hit.file_id).original_name == "照片.png" and hit.page == 1
    marks = f"/catalogue/items/{hit.id}/files/{hit.file_id}/pages/1.svg"
    found = re.search(
        r'<rect x="([\d.]+)" y="([\d.]+)"', at("archivist").get(marks, {"q": "合影"}).content.decode()
    )
    assert found and [round(float(side)) for side in found.groups()] == [300, 100]


def test_who_may_not_read_the_content_is_shown_neither_page_nor_words(shelf_read, shelf, indexed, at, abroad):
    indexed()
    (hit,) = asked(shelf, "水库移民").hits
    marks = f"/catalogue/items/{hit.id}/files/{hit.file_id}/pages/2.svg?q=水库"
    assert at("archivist", abroad).get(marks).status_code == 404
    reader = asked(shelf, "样例题名", role="reading_clerk").hits
    assert all(not one.page for one in reader)


def test_reading_again_changes_nothing_and_a_run_goes_on_where_it_was(shelf_read):
    before = sorted(PageText.objects.values_list("file_id", "number", "text"))
    assert ReadPackage.objects.filter(unread=0).count() == 2
    ReadPackage.objects.all().delete()
    jobs.run_now(system_ctx(), ReadTexts())
    assert sorted(PageText.objects.values_list("file_id", "number", "text")) == before
    assert ReadPackage.objects.count() == 2


def keep_up():
    """What the worker does every second."""
    (beat,) = [one for one in beats() if one.function.endswith("search.services.keep_up")]
    assert beat.seconds <= 1
    import_string(beat.function)()


def surfaces(client, stranger, hit, text):
    """What a stranger is told of a record, by every way there is."""
    found = queries.find(stranger, Asked(text=text))
    pages = search.find(
        asking.content_scope_of(stranger), text, source=leaves.SOURCE, facets=(), has_leaves=True
    )
    paths = {
        "page": f"/catalogue/items/{hit.id}/files/{hit.file_id}/pages/1.png",
        "marks": f"/catalogue/items/{hit.id}/files/{hit.file_id}/pages/2.svg?q={text}",
        "original": f"/catalogue/items/{hit.id}/files/{hit.file_id}/original",
        "api": f"/api/catalogue/open/items/{hit.id}",
        "api original": f"/api/catalogue/open/items/{hit.id}/files/{hit.file_id}",
    }
    answers = {name: client.get(path).status_code for name, path in paths.items()}
    return found.total, len(found.hits), pages.total, queries.exportable(stranger).count(), answers


def test_withdrawn_a_record_is_gone_from_every_way_at_once_and_from_the_figures_with_the_next_beat(
    shelf_read, shelf, indexed, client
):
    letter, _photo = shelf_read
    stranger = Ctx(ANONYMOUS, None, "", timezone.now(), "test", Channel.WEB)
    services.enter_opinions(COMMAND, package_id=letter.pk, opinions={"letter": ("open", {})})
    indexed()
    (hit,) = queries.find(stranger, Asked(text="水库移民")).hits
    open_to_all = surfaces(client, stranger, hit, "水库移民")
    assert open_to_all[:4] == (1, 1, 1, 1) and set(open_to_all[4].values()) == {200}
    services.enter_opinions(COMMAND, package_id=letter.pk, opinions={"letter": ("controlled", {})})
    at_once = surfaces(client, stranger, hit, "水库移民")
    assert at_once[1] == at_once[3] == 0 and not {200} & set(at_once[4].values())
    keep_up()
    assert surfaces(client, stranger, hit, "水库移民")[:4] == (0, 0, 0, 0)
    assert asked(shelf, "水库移民").total == 1, "its custodian still finds it"


def test_destroyed_content_leaves_no_text_behind(shelf_read, shelf, indexed):
    letter, _photo = shelf_read
    indexed()
    assert asked(shelf, "水库移民").total == 1
    custody.destroy_content(
        COMMAND, package_id=letter.pk, item_keys=["letter"], key="L1", stub=b"{}", message="按清册销毁"
    )
    services.mark_destroyed(COMMAND, package_id=letter.pk, item_keys=["letter"], list_number="L1")
    keep_up()
    assert asked(shelf, "水库移民").total == 0
    reader = shelf.region.ctx("archivist")
    assert search.find(asking.content_scope_of(reader), "样例", source=leaves.SOURCE, facets=()).total == 0
    assert not PageText.objects.filter(text__contains="水库移民").exists()
    assert asked(shelf, "样例题名").total == 2, "the descriptions stay"
