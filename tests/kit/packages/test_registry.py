"""Which kind of package a folder is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lantai.kit.packages import bagit, ocfl
from lantai.kit.packages.registry import LAYOUTS, PackageKind, UnknownPackage, find_package


def test_each_kind_is_known_by_what_lies_in_it(tmp_path):
    bagit.write_bag(tmp_path / "bag", [("说明文件.TXT", [b"x"])])
    with ocfl.ObjectWriter(tmp_path / "ocfl", "urn:a") as writer:
        writer.add_bytes("bagit.txt", b"")
        sealed = writer.finish(created=datetime(2024, 1, 1, tzinfo=UTC), message="样例", user_name="样例")
    (tmp_path / "t").mkdir()
    (tmp_path / "t/目录文件.xml").touch()
    assert find_package(tmp_path / "bag").kind is PackageKind.BAGIT
    assert find_package(sealed.path).kind is PackageKind.OCFL_OBJECT
    assert find_package(tmp_path / "t").kind is PackageKind.TRANSFER


def test_one_folder_too_many_is_looked_through(tmp_path):
    made = bagit.write_bag(tmp_path / "outer" / "bag", [("a", [b"x"])])
    (tmp_path / "outer" / ".DS_Store").touch()
    assert find_package(tmp_path / "outer").folder == made


def test_an_unknown_folder_is_refused_with_what_was_looked_for(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(UnknownPackage) as refused:
        find_package(tmp_path)
    assert "说明文件.TXT" in str(refused.value) and "bagit.txt" in str(refused.value)


def test_every_layout_has_its_reader_and_is_named_when_nothing_is_found(tmp_path):
    assert {layout.kind for layout in LAYOUTS} == set(PackageKind)
    assert not any(layout.is_here(tmp_path, frozenset()) for layout in LAYOUTS)
    with pytest.raises(UnknownPackage) as refused:
        find_package(tmp_path)
    assert all(layout.looked_for in str(refused.value) for layout in LAYOUTS)
