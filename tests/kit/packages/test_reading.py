from __future__ import annotations

import json
import tarfile

import pytest

from lantai.kit.packages import reading
from lantai.kit.packages.reading import FactsTooLarge, read_unpacked, unpack_into
from lantai.kit.packages.registry import UnknownPackage
from lantai.kit.packages.transfer import CatalogueRow, OutgoingDescription, OutgoingItem, write_transfer
from lantai.kit.packages.unpack import TooManyEntries
from lantai.kit.packages.unpack import limits as unpack_limits

CODE = "J109-WS·2019·Y·BGS-0001"


@pytest.fixture
def package(tmp_path):
    """An unpacked folder with a transfer of one item inside one folder."""
    row = CatalogueRow(reference_code=CODE, title="样例", page_count="1")
    item = OutgoingItem(row, "J109", ("2019",), {"题名": ["样例"], "档号": [CODE]}, [("a.txt", [b"sample"])])
    home = tmp_path / "package"
    home.mkdir()
    write_transfer(home / "包", OutgoingDescription("样例办公室", "样例", "任意环境"), [item])
    return home


@pytest.fixture
def out(tmp_path):
    made = tmp_path / "facts"
    made.mkdir()
    return made


def lines(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_an_item_is_followed_by_its_files_and_all_else_is_loose(package, out):
    assert read_unpacked(str(package), str(out)) == 1
    item, file = lines(out / reading.ITEMS)
    assert (item["key"], item["file_count"], item["title"]) == (CODE, 1, "样例")
    assert file["path"] == f"包/J109/2019/{CODE}/a.txt" and file["size_bytes"] == 6
    assert file["declared"]["digests"].keys() == {"sha512", "sm3"}
    loose = {one["path"].rpartition("/")[2] for one in lines(out / reading.LOOSE)}
    assert {"说明文件.TXT", "目录文件.XML", f"{CODE}元数据.XML"} <= loose and "a.txt" not in loose


def test_a_problem_leads_to_its_item(package, out):
    (package / "包" / "J109" / "2019" / CODE / "a.txt").write_bytes(b"other!")
    read_unpacked(str(package), str(out))
    (about,) = lines(out / reading.ABOUT)
    assert about["facts"]["kind"] == "transfer" and about["facts"]["item_count"] == 1
    assert set(about["of_item"].values()) == {CODE}
    assert set(about["of_item"]) == {p["path"] for p in about["facts"]["manifest_problems"]}


def test_a_folder_of_no_known_kind_is_refused_and_nothing_is_written(tmp_path, out):
    (tmp_path / "package").mkdir()
    with pytest.raises(UnknownPackage):
        read_unpacked(str(tmp_path / "package"), str(out))
    assert not list(out.iterdir())


@pytest.mark.parametrize("cap", ["LONGEST_LINE_BYTES", "MOST_OF_PACKAGE_BYTES"])
def test_facts_over_their_cap_are_refused(package, out, monkeypatch, cap):
    monkeypatch.setattr(reading, cap, 64)
    with pytest.raises(FactsTooLarge):
        read_unpacked(str(package), str(out))


def test_an_archive_is_unpacked_below_the_folder_within_its_limits(package, tmp_path, out):
    import zipfile

    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", b"a")
        archive.writestr("b.txt", b"b")
    with pytest.raises(TooManyEntries):
        unpack_into(str(path), str(out), {"entries": 1})
    assert not list(out.iterdir())
    assert unpack_into(str(path), str(out), {"entries": 2}) == 2
    assert sorted(p.name for p in (out / reading.PACKAGE).iterdir()) == ["a.txt", "b.txt"]


def test_a_name_that_was_not_in_utf8_comes_with_its_bytes(package, tmp_path, out):
    path, facts = tmp_path / "a.tar", tmp_path / "read"
    facts.mkdir()
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT, encoding="gb18030") as archive:
        archive.add(package / "包", "./包")
    unpack_into(str(path), str(out), {})
    read_unpacked(str(out / reading.PACKAGE), str(facts), names_path=str(out / reading.NAMES))
    files = [one for one in lines(facts / reading.ITEMS) + lines(facts / reading.LOOSE) if "path" in one]
    assert len(files) > 3
    for file in files:
        assert bytes.fromhex(file["raw_name_hex"]).decode("gb18030") == f"./{file['path']}"


def test_names_in_utf8_need_no_bytes(package, tmp_path, out):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(package / "包", "./包")
    unpack_into(str(path), str(out), {})
    assert [one.name for one in out.iterdir()] == [reading.PACKAGE]


def test_every_refusal_of_an_archive_speaks_of_the_package():
    kinds = [one for one in vars(unpack_limits).values() if isinstance(one, type)]
    named = {one.__name__ for one in kinds if issubclass(one, unpack_limits.UnpackRefused)}
    assert named <= reading.REFUSALS and "StoreFull" not in reading.REFUSALS
