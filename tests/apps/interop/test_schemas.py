"""Every verb and every error against the schemas of those who wrote the formats.

EAD3's schema is in the public domain and lies with the tests of the kit, that of the directory is ours. The schemas
of the protocol and of oai_dc say of no licence that would let them lie here: ``LANTAI_OAI_SCHEMAS`` names a folder
with OAI-PMH.xsd, oai_dc.xsd, oai-identifier.xsd and simpledc20021212.xsd.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from lxml import etree

from lantai.apps.catalogue.models import Description
from lantai.apps.interop.queries import identifiers
from lantai.apps.interop.services import stamping
from lantai.kit.metadata.exchange.dc import OAI_DC
from lantai.kit.metadata.exchange.ead import EAD
from tests.apps.interop.conftest import Shelf
from tests.apps.interop.test_provider import NS, WRONG
from tests.conftest import ROOT

OFFICIAL = os.environ.get("LANTAI_OAI_SCHEMAS", "")
EAD3 = ROOT / "tests/kit/metadata/data/ead3.xsd"
DIRECTORY = ROOT / "src/lantai/apps/interop/static/interop/directory.xsd"
_ALL = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>"""

_XML = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
<xs:attribute name="lang" type="xs:language"/></xs:schema>"""


def answers(shelf: Shelf, client: Client) -> Iterator[etree._Element]:
    """What the provider says to each verb, with two pages, tombstones and every error."""
    rows = shelf.rows(120)
    shelf.change(
        rows[0], title="题名 <与> &记号\x0b", note="第一行\n第二行", persons=["样例甲"], page_count=3
    )
    shelf.change(rows[1], document_number="样例〔2003〕1号", author="", dated_on="2003-05-06", level="file")
    shelf.change(rows[2], openness="controlled")
    Description.objects.filter(pk=rows[3].pk).delete()
    stamping.stamp([rows[3].pk])
    name = identifiers.oai_of(shelf.region.archives.code, rows[0].permanent)
    asked: list[dict[str, object]] = [
        {"verb": verb} for verb in ("Identify", "ListSets", "ListMetadataFormats")
    ]
    asked += [{"verb": "ListMetadataFormats", "identifier": name}]
    for prefix in ("oai_dc", "ead", "dat"):
        asked += [{"verb": verb, "metadataPrefix": prefix} for verb in ("ListRecords", "ListIdentifiers")]
        asked += [{"verb": "GetRecord", "metadataPrefix": prefix, "identifier": name}]
    for arguments in (*asked, *(wrong for wrong, _code in WRONG)):
        answer = etree.fromstring(client.get("/oai", arguments).content)
        yield answer
        token = answer.findtext(f"*/{NS}resumptionToken")
        if token:
            following = {"verb": arguments["verb"], "resumptionToken": token}
            yield etree.fromstring(client.get("/oai", following).content)


def test_metadata_of_every_record_is_valid_in_its_format(shelf: Shelf, client: Client) -> None:
    schemas = {
        EAD: etree.XMLSchema(file=str(EAD3)),
        "urn:lantai:directory:1": etree.XMLSchema(file=str(DIRECTORY)),
    }
    found = dict.fromkeys((*schemas, OAI_DC), 0)
    for answer in answers(shelf, client):
        for place in answer.iter(f"{NS}metadata"):
            (said,) = place
            space = etree.QName(said).namespace
            found[space] += 1
            if space in schemas:
                schemas[space].assertValid(etree.ElementTree(said))
    assert {found[space] for space in schemas} == {119} and found[OAI_DC] > 119  # a list and one alone


@pytest.mark.skipif(
    not OFFICIAL, reason="the schemas of the protocol are not here: their licence is not stated"
)
def test_every_answer_is_valid_by_the_schemas_of_the_protocol(
    shelf: Shelf, client: Client, tmp_path: Path
) -> None:
    for path in (*Path(OFFICIAL).glob("*.xsd"), EAD3, DIRECTORY):
        said = re.sub(r'schemaLocation="[^"]*/([^"/]+)"', r'schemaLocation="\1"', path.read_text())
        (tmp_path / path.name).write_text(said)
    spaces = {
        path.name: etree.parse(path).getroot().get("targetNamespace") for path in tmp_path.glob("*.xsd")
    }
    imports = "".join(
        f'<xs:import namespace="{spaces[name]}" schemaLocation="{name}"/>' for name in sorted(spaces)
    )
    (tmp_path / "xml.xsd").write_text(_XML)
    (tmp_path / "all.xsd").write_text(_ALL.format(imports=imports))
    schema = etree.XMLSchema(file=str(tmp_path / "all.xsd"))
    count = 0
    for answer in answers(shelf, client):
        schema.assertValid(etree.ElementTree(answer))
        count += 1
    assert count > 30
