"""Folders of packages as the intake sees them: unpacked, expanded, read item by item."""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest

from lantai.kit.packages.eep import Signer, expand, write_original
from lantai.kit.packages.eep.sent import open_sent
from lantai.kit.packages.reading import ITEMS, PACKAGE, read_unpacked, unpack_into
from lantai.kit.packages.registry import PackageKind, find_package
from lantai.kit.packages.unpack import Limits, NamesCollide, TooLarge, TooManyEntries
from tests.kit.packages.eep.making import AT, CREATOR, content, key, two_documents


@pytest.fixture
def folder(tmp_path):
    """Two packages of one record each, one of them by another suffix, and a note beside them."""
    sources, packages = tmp_path / "sources", tmp_path / "packages"
    sources.mkdir()
    packages.mkdir()
    record = two_documents(sources)
    write_original(
        packages / "0001.eep", record, creator=CREATOR, created_at=AT, signers=(Signer(key("sm2-sm3")),)
    )
    other = content(*record.documents, 档号=("X001-WS·2026-Y-BGS-0002",), 题名=("第二件样例",))
    write_original(packages / "0002.XML", other, creator=CREATOR, created_at=AT)
    (packages / "其他.xml").write_text("<别的/>")
    return packages


def read(folder):
    reader = open_sent(folder, "内")
    items = [(item, files) for item, files in reader.items()]
    return items, list(reader.loose()), reader.package()


def test_packages_are_found_by_their_content(folder, tmp_path):
    assert find_package(folder).kind is PackageKind.EEP
    assert find_package(tmp_path / "packages").folder == folder


def test_each_package_is_an_item_with_its_files_beside_it(folder):
    assert expand(folder, Limits()) == 4
    items, loose, package = read(folder)
    (item, files), (second, _files) = items
    assert (item.key, second.title) == ("X001-WS·2026-Y-BGS-0001", "第二件样例")
    assert [(file.path, file.role, file.declared.size_bytes == file.size_bytes) for file in files] == [
        ("内/0001.eep.展开/通知.txt", "main", True),
        ("内/0001.eep.展开/附表.csv", "attachment", True),
        ("内/0001.eep", "", False),
    ]
    assert item.file_count == 3
    assert item.metadata["责任者"] == CREATOR
    assert item.metadata["计算机文件名"] == ["通知.txt", "附表.csv"]
    assert item.row["title"] == item.title
    assert item.events == (("签发", "2026-03-01T09:00:00", CREATOR),)
    assert item.attachments == ("附表.csv",)
    assert [found.name for found in item.signatures] == ["修改0-签名1"]
    assert second.signatures == ()
    assert [file.path for file in loose] == ["内/其他.xml"]
    facts = package.facts
    assert (facts.kind, facts.item_count, facts.file_count) == ("eep", 2, 7)
    assert facts.made_at == AT
    assert (facts.structure_problems, facts.metadata_problems) == ((), ())


def test_a_zip_of_packages_is_expanded_when_it_is_unpacked(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(folder / "0001.eep", "0001.eep")
    assert unpack_into(str(tmp_path / "a.zip"), str(tmp_path), {}) == 3
    assert (tmp_path / PACKAGE / "0001.eep.展开" / "通知.txt").is_file()


def test_a_problem_leads_to_its_item(folder):
    path = folder / "0002.XML"
    path.write_text(path.read_text().replace("<密级>公开</密级>", ""))
    expand(folder, Limits())
    _items, _loose, package = read(folder)
    (problem,) = package.facts.metadata_problems
    assert problem.params["name"] == "密级"
    assert package.of_item == {problem.path: "X001-WS·2026-Y-BGS-0002"}


def test_a_package_that_cannot_be_read_is_an_item_that_says_so(folder):
    path = folder / "0002.XML"
    path.write_bytes(path.read_bytes()[:-500])
    expand(folder, Limits())
    assert not (folder / "0002.XML.展开").exists()
    items, _loose, package = read(folder)
    assert [(item.key, item.title) for item, _files in items][1] == ("#2", "0002.XML")
    assert package.facts.readable_metadata is False
    assert package.of_item["0002.XML"] == "#2"


def test_a_file_that_was_not_laid_out_is_missing(folder):
    items, _loose, package = read(folder)
    assert [file.is_missing for file in items[0][1]] == [True, True, False]
    assert all(problem.is_error for problem in package.facts.structure_problems)
    assert len(package.facts.structure_problems) == 4


def test_expanding_keeps_to_the_limits(folder):
    with pytest.raises(TooLarge):
        expand(folder, Limits(file_bytes=1000))
    shutil.rmtree(folder / "0001.eep.展开")
    with pytest.raises(TooManyEntries):
        expand(folder, Limits(entries=3))


def test_a_folder_sent_in_place_of_the_expanded_one_is_refused(folder):
    (folder / "0001.eep.展开").mkdir()
    with pytest.raises(NamesCollide):
        expand(folder, Limits())


def test_packages_inside_another_layout_are_left_alone(folder):
    (folder / "说明文件.TXT").write_text("移交单位: 样例")
    assert expand(folder, Limits()) == 0


def test_the_facts_of_packages_are_plain_lines(folder, tmp_path):
    expand(folder, Limits())
    (tmp_path / "facts").mkdir()
    assert read_unpacked(str(folder), str(tmp_path / "facts")) == 2
    first = json.loads((tmp_path / "facts" / ITEMS).read_text().splitlines()[0])
    assert first["signatures"][0]["state"] == "unverified"
    assert first["signatures"][0]["signed_at"] == AT.isoformat()
