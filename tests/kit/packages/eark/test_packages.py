"""E-ARK packages of our own: written, read back, damaged, and hostile."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lantai.kit.packages import building, eark
from lantai.kit.packages.eark.messages import MESSAGES
from lantai.kit.packages.eark.sent import open_sent
from lantai.kit.packages.reading import read_unpacked
from lantai.kit.packages.registry import PackageKind, find_package
from lantai.kit.packages.transfer import CatalogueRow, OutgoingDescription, OutgoingItem
from lantai.kit.packages.xml import XmlUnsayable
from tests.conftest import SAMPLES, needs_samples

CODE = "J109-WS·2019·Y·BGS-0001"
METS, CSIP = "{http://www.loc.gov/METS/}", "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
AT = datetime(2024, 5, 1, tzinfo=UTC)
ABOUT = OutgoingDescription("样例办公室", "样例 <2019> & 其他", "任意环境")


def outgoing(code=CODE, metadata=None, files=None):
    metadata = {"题名": ["样例通知"], "责任者": ["样例办公室"]} if metadata is None else metadata
    files = [("正文 100%.ofd", [b"one"]), ("附件/表#1.xlsx", [b"two"])] if files is None else files
    return OutgoingItem(CatalogueRow(reference_code=code, title="样例通知"), "J109", (), metadata, files)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    target = tmp_path_factory.mktemp("eark") / "包-1"
    events = {"业务行为": ["发文", "归档"], "行为时间": ["2019-01-01"], "机构人员名称": ["样例办公室"]}
    eark.write_eark(target, ABOUT, [outgoing(metadata=events), outgoing("J109-WS·2019·Y·BGS-0002")], at=AT)
    return target


@pytest.fixture
def package(written, tmp_path):
    return shutil.copytree(written, tmp_path / written.name)


def read(folder):
    reader = open_sent(folder, folder.name)
    items = list(reader.items())
    return items, list(reader.loose()), reader.package()


def broken_rules(folder):
    return {problem.code for problem in eark.validate_eark(folder).problems if problem.severity == "error"}


def change(folder, *pairs):
    path = folder / "METS.xml"
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)
    return folder


def test_the_time_of_making_and_the_types_of_files_are_told(written):
    items, _loose, package = read(written)
    assert package.facts.made_at == AT
    formats = {file.name: file.declared.format for _item, files in items[:1] for file in files}
    assert formats["表#1.xlsx"] == "application/octet-stream"


def test_what_is_written_is_valid_and_read_back(written):
    verdict = eark.validate_eark(written, at=AT)
    assert verdict.is_valid
    assert not [str(problem) for problem in verdict.problems if problem.severity == "warning"]
    items, loose, package = read(written)
    (first, files), (second, _files) = items
    assert first.events == (("发文", "2019-01-01", "样例办公室"), ("归档", "", "样例办公室"))
    assert [file.name for file in files] == ["正文 100%.ofd", "表#1.xlsx"]
    assert all(set(file.declared.digests) == {"sha512", "sm3"} for file in files)
    assert second.metadata == {"档号": second.key, "题名": "样例通知", "责任者": "样例办公室"}
    assert {file.path for file in loose} >= {"包-1/METS.xml", "包-1/documentation/说明文件.TXT"}
    assert package.facts.extra_files == package.facts.unlinked_files == package.facts.manifest_problems == ()


@needs_samples
def test_what_is_written_is_valid_by_the_schemas_of_mets_ead_and_premis(written):
    schemas = next((SAMPLES / "eark").rglob("premis-v3-0.xsd")).parent

    class Local(etree.Resolver):
        def resolve(self, url, _public_id, context):
            return self.resolve_filename(str(schemas / url.rpartition("/")[2]), context)

    for document, schema in (
        ("METS.xml", "mets.xsd"),
        ("metadata/preservation/premis.xml", "premis-v3-0.xsd"),
        ("metadata/descriptive/ead.xml", "ead2002.xsd"),
    ):
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(Local())
        etree.XMLSchema(etree.parse(str(schemas / schema), parser)).assertValid(
            etree.parse(str(written / document))
        )


def test_a_bare_information_package_is_no_submission(tmp_path):
    eark.write_eark(tmp_path / "a", ABOUT, [outgoing()], at=AT, is_submission=False)
    verdict = eark.validate_eark(tmp_path / "a")
    assert verdict.is_valid and not any(problem.code.startswith("SIP") for problem in verdict.problems)


def agents(folder):
    root = etree.parse(str(folder / "METS.xml"))
    return [(one.get("ROLE"), one.get("TYPE")) for one in root.iterfind(f".//{METS}agent")]


def test_only_the_software_made_a_bare_package_and_who_submits_one_is_a_creator_too(written, tmp_path):
    eark.write_eark(tmp_path / "a", ABOUT, [outgoing()], at=AT, is_submission=False)
    assert agents(tmp_path / "a") == [("CREATOR", "OTHER"), ("ARCHIVIST", "ORGANIZATION")]
    assert agents(written) == [("CREATOR", "OTHER"), ("CREATOR", "ORGANIZATION")]


def test_each_group_of_files_has_its_division_and_says_what_its_content_follows(written):
    root = etree.parse(str(written / "METS.xml"))
    groups = {one.get("ID"): one for one in root.iterfind(f".//{METS}fileGrp")}
    assert [one.get("FILEID") for one in root.iterfind(f".//{METS}fptr")] == list(groups)
    assert {one.get(f"{CSIP}CONTENTINFORMATIONTYPE") for one in groups.values()} == {"OTHER"}
    assert all(one.get(f"{CSIP}OTHERCONTENTINFORMATIONTYPE") for one in groups.values())
    assert (written / "schemas/mets.xsd").is_file()


def test_the_registry_knows_it_and_the_sandboxed_reader_reads_it(written, tmp_path):
    assert find_package(written).kind is PackageKind.EARK
    assert read_unpacked(str(written.parent), str(tmp_path)) == 2


def test_a_changed_file_is_named_with_its_item(package):
    place = f"representations/rep1/data/{CODE}/正文 100%.ofd"
    (package / place).write_bytes(b"onf")
    (package / f"representations/rep1/data/{CODE}/附件/表#1.xlsx").unlink()
    assert broken_rules(package) == {"CSIP71", "CSIP79"}
    _items, _loose, told = read(package)
    assert told.of_item[place] == CODE and len(told.facts.manifest_problems) == 2


def test_a_file_that_no_mets_lists_is_told(package):
    (package / "representations/rep1/data/多.txt").write_bytes(b"")
    _items, _loose, told = read(package)
    assert told.facts.extra_files == told.facts.unlinked_files == ("representations/rep1/data/多.txt",)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('OBJID="包-1"', 'OBJID=""', "CSIP1"),
        ('TYPE="Mixed"', 'TYPE="随便"', "CSIP2"),
        ('<metsHdr CREATEDATE="2024-05-01T00:00:00+00:00"', "<metsHdr", "CSIP7"),
        ('LASTMODDATE="2024', 'LASTMODDATE="9024', "CSIP8"),
        ('OAISPACKAGETYPE="SIP"', 'OAISPACKAGETYPE="AIP"', "SIP4"),
        ("E-ARK-SIP.xml", "另一种SIP", "SIP2"),
        ('OTHERTYPE="SOFTWARE"', "", "CSIP13"),
        ("<name>Lantai</name>", "<name/>", "CSIP14"),
        ('LOCTYPE="URL"', 'LOCTYPE="DOI"', "CSIP22"),
        ('MDTYPE="EAD"', 'MDTYPE="什么"', "CSIP25"),
        ('STATUS="CURRENT"', 'STATUS="current"', "CSIP20"),
        ('CHECKSUMTYPE="SHA-512"', 'CHECKSUMTYPE="SM3"', "CSIP30"),
        ("metadata/descriptive/ead.xml", "../../../etc/passwd", "CSIP24"),
        ("metadata/descriptive/ead.xml", "/etc/passwd", "CSIP24"),
        ('ID="file-1"', 'ID="file-2"', "CSIP67"),
        ('USE="Documentation"', 'USE="文档"', "CSIP64"),
        ('LABEL="Metadata"', 'LABEL="metadatum"', "CSIP88"),
        ('ADMID="digiprov-1" DMDID="dmd-1"', 'DMDID="dmd-1"', "CSIP91"),
        ('FILEID="group-rep1"', 'FILEID="group-rep2"', "CSIP104"),
        ('LABEL="CSIP"', 'LABEL="csip"', "CSIP80"),
        ("</mets>", "", "CSIPSTR4"),
        ('<?xml version="1.0" encoding="UTF-8"?>', '<!DOCTYPE mets [<!ENTITY a "b">]>', "CSIPSTR4"),
    ],
)
def test_each_defect_is_found_under_its_requirement(package, old, new, rule):
    assert rule in broken_rules(change(package, (old, new)))


def test_a_path_in_other_letter_case_is_told_and_its_file_judged_on(package):
    ead = package / "metadata/descriptive/ead.xml"
    ead.rename(ead.with_name("EAD.xml"))
    assert broken_rules(package) == {"CSIP24"}
    (package / "metadata/descriptive/EAD.xml").write_text("<ead/>")
    assert broken_rules(package) == {"CSIP24", "CSIP27", "CSIP29"}


def test_a_file_copied_as_text_is_told_from_one_that_was_altered(package):
    premis = package / "metadata/preservation/premis.xml"
    content = premis.read_bytes()
    premis.write_bytes(content.replace(b"\n", b"\r\n"))
    texts = {problem.message for problem in eark.validate_eark(package).problems if problem.code == "CSIP43"}
    premis.write_bytes(content.replace(b"premis", b"PREMIS"))
    others = {problem.message for problem in eark.validate_eark(package).problems if problem.code == "CSIP43"}
    assert (texts, others) == ({MESSAGES["line-ends"]}, {MESSAGES["digest"]})


def test_a_link_out_of_the_package_is_found_and_not_followed(package, tmp_path):
    (tmp_path / "outside").write_bytes(b"secret")
    place = package / "documentation/说明文件.TXT"
    place.unlink()
    place.symlink_to(tmp_path / "outside")
    assert "CSIP79" in broken_rules(package)


def test_a_broken_finding_aid_leaves_one_item_and_is_told(package):
    (package / "metadata/descriptive/ead.xml").write_text("<ead><archdesc>")
    items, _loose, told = read(package)
    assert [item.file_count for item, _files in items] == [4]
    assert told.facts.readable_metadata is False and told.facts.metadata_problems


def test_dublin_core_describes_the_one_item(package):
    path = package / "metadata/descriptive/ead.xml"
    path.write_text(
        f'<dc xmlns="http://purl.org/dc/elements/1.1/"><title>样例</title><identifier>{CODE}</identifier></dc>'
    )
    ((item, _files),), _loose, _told = read(change(package, ('MDTYPE="EAD"', 'MDTYPE="DC"')))
    assert (item.reference_code, item.title, item.file_count) == (CODE, "样例", 4)


@pytest.mark.parametrize(
    ("items", "refusal"),
    [
        ([], eark.NothingToPack),
        ([outgoing(), outgoing()], eark.ItemInvalid),
        ([outgoing("a/b")], eark.ItemInvalid),
        ([outgoing(files=[])], eark.ItemInvalid),
        ([outgoing(files=[("../a", [b""])])], building.NameInvalid),
        ([outgoing(files=[("a", [b""]), ("A", [b""])])], building.NameInvalid),
        ([outgoing(metadata={"题名": ["\x00"]})], XmlUnsayable),
    ],
)
def test_what_cannot_be_packed_leaves_nothing(tmp_path, items, refusal):
    with pytest.raises(refusal):
        eark.write_eark(tmp_path / "a", ABOUT, items, at=AT)
    assert list(tmp_path.iterdir()) == []


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn"]), min_size=1, max_size=8
)


@settings(max_examples=20)
@given(
    metadata=st.dictionaries(
        st.sampled_from(["题名", "责任者", "日期", "摘要", "自定义"]), st.lists(WORDS, min_size=1, max_size=3)
    ),
    content=st.binary(max_size=40),
)
def test_metadata_and_content_come_back_as_they_went(tmp_path_factory, metadata, content):
    folder = tmp_path_factory.mktemp("eark") / "a"
    eark.write_eark(folder, ABOUT, [outgoing(metadata=metadata, files=[("a.txt", [content])])], at=AT)
    ((item, (file,)),), _loose, told = read(folder)
    back = {name: [value] if isinstance(value, str) else value for name, value in item.metadata.items()}
    assert back == {"档号": [CODE], "题名": ["样例通知"], **metadata}
    assert (folder.parent / file.path).read_bytes() == content and not told.facts.manifest_problems
