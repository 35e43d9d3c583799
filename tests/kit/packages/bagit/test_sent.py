"""What a bag brings: another package, or plain files."""

from __future__ import annotations

import pytest

from lantai.kit.packages import bagit
from lantai.kit.packages.bagit.sent import open_sent
from lantai.kit.packages.transfer import CatalogueRow, OutgoingDescription, OutgoingItem, write_transfer

CODE = "J109-WS·2019·Y·BGS-0001"


def read(folder, inside=""):
    reader = open_sent(folder, inside)
    items = list(reader.items())
    return items, list(reader.loose()), reader.package()


@pytest.fixture
def transfer(tmp_path):
    row = CatalogueRow(reference_code=CODE, title="样例", page_count="1")
    item = OutgoingItem(row, "J109", ("2019",), {"题名": ["样例"]}, [("a.txt", [b"sample"])])
    made = write_transfer(
        tmp_path / "t", OutgoingDescription("样例办公室", "样例", "任意环境"), [item]
    ).folder
    return [(path.relative_to(made).as_posix(), path) for path in sorted(made.rglob("*")) if path.is_file()]


@pytest.mark.parametrize("above", ["", "包/"])
def test_a_transfer_in_a_bag_is_read_and_the_bag_answers_for_its_bytes(tmp_path, transfer, above):
    made = bagit.write_bag(tmp_path / "bag", [(f"{above}{path}", source) for path, source in transfer])
    items, loose, package = read(made, "上层")
    ((item, (file,)),) = items
    assert item.key == CODE and file.path == f"上层/data/{above}J109/2019/{CODE}/a.txt"
    assert set(file.declared.digests) == {"sha256", "sha512", "sm3"}
    assert {"上层/bagit.txt", "上层/manifest-sm3.txt"} <= {one.path for one in loose}
    assert package.facts.kind == "bagit" and package.facts.manifest_problems == ()
    assert package.facts.declared_file_count == package.facts.file_count == len(transfer)


def test_a_changed_byte_leads_to_its_item(tmp_path, transfer):
    made = bagit.write_bag(tmp_path / "bag", transfer)
    (made / f"data/J109/2019/{CODE}/a.txt").write_bytes(b"other!")
    _items, _loose, package = read(made)
    assert package.of_item[f"J109/2019/{CODE}/a.txt"] == CODE


def test_plain_files_are_items_by_folder_and_by_file(tmp_path):
    files = [(f"{CODE}/正文.txt", [b"1"]), (f"{CODE}/附件/表.txt", [b"22"]), ("通知.txt", [b"3"])]
    items, loose, package = read(bagit.write_bag(tmp_path / "bag", files))
    assert [(item.reference_code, item.title, item.file_count) for item, _files in items] == [
        (CODE, CODE, 2),
        ("", "通知", 1),
    ]
    assert all(set(f.declared.digests) == {"sha256", "sha512", "sm3"} for _item, held in items for f in held)
    assert not any(one.path.startswith("data/") for one in loose)
    assert (package.facts.item_count, package.facts.bytes) == (2, 4)


def test_a_bag_in_a_bag_is_plain_files(tmp_path):
    inner = bagit.write_bag(tmp_path / "inner", [("a", [b"1"])])
    files = [
        (f"包/{path.relative_to(inner).as_posix()}", path) for path in inner.rglob("*") if path.is_file()
    ]
    items, _loose, _package = read(bagit.write_bag(tmp_path / "outer", files))
    assert [item.title for item, _files in items] == ["包"]


def test_a_bag_without_payload_says_so(tmp_path):
    made = bagit.write_bag(tmp_path / "bag", [("a", [b"1"])])
    (made / "data/a").unlink()
    (made / "data").rmdir()
    items, _loose, package = read(made)
    assert items == [] and package.facts.structure_problems and package.facts.manifest_problems


def test_a_payload_folder_that_is_a_link_is_not_followed(tmp_path):
    made = bagit.write_bag(tmp_path / "bag", [("a", [b"1"])])
    (made / "data").rename(tmp_path / "elsewhere")
    (made / "data").symlink_to(tmp_path / "elsewhere")
    items, loose, package = read(made)
    assert items == [] and not any("data" in file.path for file in loose)
    assert [problem.path for problem in package.facts.structure_problems] == ["data"]
