"""Pages as IIIF pictures: what is shown to whom, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from lantai.apps.catalogue.models import Description
from lantai.apps.custody.models import ContentFile
from lantai.apps.pictures.models import FormerNumbers, PageSizes
from lantai.apps.pictures.services import cache
from lantai.kit.numbering.permanent import permanent_id
from tests.apps.catalogue.conftest import Shelf, at, home, made_home, own_index, shelf

__all__ = ["at", "home", "made_home", "own_index", "shelf"]


@pytest.fixture
def row(shelf: Shelf) -> Description:
    """An open record with a PDF of two pages."""
    (row,) = shelf.put(shelf.item(openness="open"))
    return row


def page_of(row: Description, page: int = 1) -> str:
    file = ContentFile.objects.get(package_id=row.package_id, item_key=row.item_key)
    return f"/iiif/3/{permanent_id(row.permanent)}-{file.sha512[:32]}-{page}"


def manifest_of(row: Description) -> str:
    return f"/iiif/presentation/3/{row.fonds.archives.code}/{permanent_id(row.permanent)}/manifest.json"


def former(row: Description, page: int = 1) -> str:
    """How a page was called when its name had numbers of rows in it."""
    file = ContentFile.objects.get(package_id=row.package_id, item_key=row.item_key)
    return f"/iiif/3/{row.pk}-{file.pk}-{page}"


def named_by_rows_up_to(**last: int) -> None:
    """As the migration notes them; a test that empties the database takes the note away."""
    FormerNumbers.objects.all().delete()
    FormerNumbers.objects.create(**last)


def test_an_open_record_shows_its_pages_to_everybody(row: Description, client: Client) -> None:
    address = page_of(row, 2)
    bare = client.get(address)
    assert (bare.status_code, bare["Location"]) == (303, f"{address}/info.json")
    info = client.get(f"{address}/info.json")
    assert info["Access-Control-Allow-Origin"] == "*"
    said = info.json()
    assert (said["type"], said["profile"]) == ("ImageService3", "level2")
    assert 2480 <= said["width"] <= 2481
    assert said["tiles"][0]["scaleFactors"] == [1, 2, 4, 8]
    tile = client.get(f"{address}/0,0,512,512/512,/0/default.jpg")
    assert (tile["Content-Type"], Image.open(BytesIO(tile.content)).size) == ("image/jpeg", (512, 512))
    again = client.get(f"{address}/0,0,512,512/512,/0/default.jpg", headers={"If-None-Match": tile["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    drawn = client.get(f"{address}/full/100,/90/gray.png")
    assert Image.open(BytesIO(drawn.content)).width == round(100 * said["height"] / said["width"])
    assert client.get(f"{address}/full/9999,/0/default.jpg").status_code == 400
    assert client.get(page_of(row, 9) + "/info.json").status_code == 404
    assert len(list(cache.folder().glob("*/*.tiles"))) == 1


def test_what_was_withdrawn_shows_no_tile_any_more(row: Description, client: Client) -> None:
    tile = f"{page_of(row)}/0,0,512,512/512,/0/default.jpg"
    assert client.get(tile).status_code == 200
    Description.objects.filter(pk=row.pk).update(openness="controlled")
    addresses = [
        tile,
        f"{page_of(row)}/info.json",
        manifest_of(row),
        former(row),
        f"/iiif/presentation/3/{row.pk}/manifest.json",
        f"/pictures/{row.pk}/",
    ]
    named_by_rows_up_to(last_item=row.pk, last_file=row.pk + 10**6)
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
    Description.objects.filter(pk=row.pk).update(openness="open")
    row.kind.__class__.objects.filter(pk=row.kind_id).update(is_personal=True)
    assert [client.get(address).status_code for address in addresses[:4]] == [401] * 4


def test_a_manifest_has_a_canvas_for_every_page_and_a_collection_its_records(
    row: Description, client: Client
) -> None:
    said = client.get(manifest_of(row)).json()
    assert client.get(said["id"].removeprefix("http://127.0.0.1:8000")).json() == said
    assert client.get(manifest_of(row).replace("manifest", "collection")).json()["type"] == "Collection"
    assert (said["type"], len(said["items"])) == ("Manifest", 2)
    body = said["items"][1]["items"][0]["items"][0]["body"]
    info = client.get(page_of(row, 2) + "/info.json").json()
    assert body["service"][0]["id"] == info["id"]
    assert (body["width"], body["height"]) == (info["width"], info["height"])
    small = client.get(said["items"][0]["thumbnail"][0]["id"].replace("http://127.0.0.1:8000", ""))
    assert max(Image.open(BytesIO(small.content)).size) == 240
    address = f"/iiif/presentation/3/fonds/{row.fonds.archives.code}/{row.fonds.code}/collection.json"
    fonds = client.get(address).json()
    assert fonds["id"].endswith(address)
    assert [one["type"] for one in fonds["items"]] == ["Manifest"]
    assert fonds["items"][0]["id"] == said["id"]
    assert PageSizes.objects.count() == 1
    page = client.get(f"/pictures/{row.pk}/").content.decode()
    assert page.count("data-info=") == 2


def test_an_address_of_old_leads_to_the_same_or_nowhere(row: Description, client: Client) -> None:
    whole = f"/iiif/presentation/3/{row.pk}/manifest.json"
    fonds = f"/iiif/presentation/3/fonds/{row.fonds_id}/collection.json"
    tile = f"{former(row, 2)}/0,0,512,512/512,/0/default.jpg"
    # given out after the names had no numbers any more, as in a database that was made again: it may be any record
    assert [client.get(address).status_code for address in (whole, fonds, tile, former(row))] == [404] * 4
    file = ContentFile.objects.get(package_id=row.package_id, item_key=row.item_key)
    named_by_rows_up_to(last_item=row.pk, last_file=file.pk, last_fonds=row.fonds_id)
    led = {address: client.get(address) for address in (whole, fonds, tile, former(row))}
    assert {answer.status_code for answer in led.values()} == {301}
    assert {answer["Access-Control-Allow-Origin"] for answer in led.values()} == {"*"}
    assert led[whole]["Location"] == manifest_of(row)
    assert client.get(led[fonds]["Location"]).json()["items"][0]["id"].endswith(manifest_of(row))
    assert led[tile]["Location"] == tile.replace(former(row, 2), page_of(row, 2))
    assert client.get(led[tile]["Location"]).status_code == 200
    assert client.get(former(row, 10**6)).status_code == 404  # a page that no name has room for
    FormerNumbers.objects.update(last_file=file.pk - 1)
    assert client.get(tile).status_code == 404


def test_a_name_shows_its_own_bytes_whatever_rows_they_stand_in(row: Description, client: Client) -> None:
    address = f"{page_of(row)}/info.json"
    said, manifest = client.get(address).json(), client.get(manifest_of(row)).json()
    files = ContentFile.objects.filter(package_id=row.package_id, item_key=row.item_key)
    files.update(id=files.get().pk + 1_000)
    assert client.get(address).json() == said
    assert client.get(manifest_of(row)).json() == manifest
    files.update(sha512="0" * 128)  # another content at the same place
    assert client.get(address).status_code == 404


def test_a_row_of_a_stranger_is_not_there(row: Description, at: Callable[..., Client]) -> None:
    Description.objects.filter(pk=row.pk).update(openness="unreviewed")
    assert at("archivist").get(f"/pictures/{row.pk}/").status_code == 200


def test_the_cache_keeps_what_was_looked_at_last(settings: Any, tmp_path: Path) -> None:
    import os

    settings.LANTAI_STORE = tmp_path
    for number in range(10):
        path = cache.folder() / "ab" / f"{number}.tiles"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 100)
        os.utime(path, (number, number))
    assert cache.trim(1_000) == 0
    assert cache.trim(500) == 6
    assert sorted(path.stem for path in cache.folder().glob("*/*.tiles")) == ["6", "7", "8", "9"]
