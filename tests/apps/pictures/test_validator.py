"""The validator of the IIIF consortium against a running server, where it is installed beside this checkout.

``LANTAI_IIIF_VALIDATOR`` names its program, ``LANTAI_IIIF_IMAGE`` its test image of 100 coloured squares.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.models import Description
from lantai.apps.custody import services as custody
from lantai.apps.custody.models import ContentFile
from lantai.apps.custody.types import FileRole, NewFile
from lantai.apps.holdings import services as holdings
from lantai.kit.digests.hashing import digest_file
from lantai.kit.numbering.permanent import permanent_id
from tests.apps.catalogue.conftest import Shelf
from tests.apps.holdings.region import COMMAND, make_region

PROGRAM, IMAGE = os.environ.get("LANTAI_IIIF_VALIDATOR", ""), os.environ.get("LANTAI_IIIF_IMAGE", "")
pytestmark = [
    pytest.mark.large,
    pytest.mark.skipif(not PROGRAM, reason="the validator is not installed here"),
]


@pytest.mark.django_db(transaction=True)
def test_113_every_test_of_the_validator_passes_at_level_2(
    live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.LANTAI_STORE = tmp_path / "store"
    settings.LANTAI_PUBLIC_URL = live_server.url
    holdings.install_rules(COMMAND)
    region = make_region("H")
    shelf = Shelf(region, region.fonds(), tmp_path)
    digests, size = digest_file(Path(IMAGE))
    new = NewFile(
        item_key="item-1", order=1, logical_path="item-1/squares.png", original_name="squares.png",
        role=FileRole.MAIN, digests=digests, size_bytes=size, source=Path(IMAGE), mime="image/png",
        page_count=1, text="",
    )  # fmt: skip
    package = custody.seal(
        COMMAND, object_id="urn:sample:squares", title="样例", custodian_id=region.archives.pk,
        origin_id=region.agency.pk, fonds_id=shelf.fonds.pk, source=("sample", "squares"), item_count=1,
        files=[new], documents={},
    )  # fmt: skip
    catalogue.register(COMMAND, package=package, items=[shelf.item(openness="open")])
    row, file = Description.objects.get(), ContentFile.objects.get()
    identifier = f"{permanent_id(row.permanent)}-{file.sha512[:32]}-1"
    host = live_server.url.removeprefix("http://")
    said = subprocess.run(
        [PROGRAM, "-s", host, "-p", "iiif/3", "-i", identifier, "--version=3.0", "--level=2", "-v"],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    print(said.stdout[-6000:], said.stderr[-6000:])
    assert said.returncode == 0
