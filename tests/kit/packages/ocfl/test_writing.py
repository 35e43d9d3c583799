"""Writing objects: what is kept, what is refused, and what a stranger's validator says of it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ocfl.storage_root import StorageRoot
from ocfl.validator import Validator

from lantai.kit.digests import Digests, digest_bytes
from lantai.kit.packages import ocfl

WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
SAID = {
    "created": WHEN,
    "message": "样例：接收",
    "user_name": "样例系统",
    "user_address": "urn:lantai:example",
}
OBJECT_ID = "urn:lantai:accession:样例-2024-001"


@pytest.fixture
def root(tmp_path):
    return tmp_path / "store" / "ocfl"


@pytest.fixture(autouse=True)
def store(root):
    root.parent.mkdir()


def seal(root, files, object_id=OBJECT_ID):
    with ocfl.ObjectWriter(root, object_id) as writer:
        for path, data in files.items():
            writer.add_bytes(path, data)
        return writer.finish(**SAID)


def errors(path):
    return [problem for problem in ocfl.validate_object(path) if problem.severity == "error"]


def a_stranger_agrees(root):
    for folder in ocfl.object_folders(root):
        validator = Validator(log_warnings=True)
        assert validator.validate_object(str(folder)), str(validator)
    assert StorageRoot(root=str(root)).validate(log_warnings=True)
    return True


def test_a_sealed_object_is_valid_for_us_and_for_ocfl_py(root):
    sealed = seal(root, {"a/通知.pdf": b"%PDF", "b/~$锁.tmp": b"x", "空.txt": b""})
    assert errors(sealed.path) == []
    assert all(not findings for _folder, findings in ocfl.validate_root(root))
    assert a_stranger_agrees(root)


def test_names_are_kept_byte_for_byte_and_content_is_named_by_digest(root):
    name = "J019-ZY·2019/名 称%0A\n'“.wps"
    seal(root, {name: b"content"})
    (stored,) = [f for f in ocfl.find_object(root, OBJECT_ID).files() if f.logical_path != ocfl.SM3_MANIFEST]
    assert stored.logical_path == name
    assert stored.path.name == digest_bytes(b"content").sha512
    assert stored.digests == digest_bytes(b"content")
    assert stored.path.read_bytes() == b"content"


def test_the_same_content_under_two_names_is_stored_once(root):
    sealed = seal(root, {"一.txt": b"same", "二.txt": b"same"})
    assert sealed.new_content_count == 2  # the content and the SM3 manifest
    assert len(list(ocfl.find_object(root, OBJECT_ID).files())) == 3


def test_a_new_version_adds_only_what_changed(root):
    seal(root, {"甲.txt": b"1", "乙.txt": b"2", "丙.txt": b"3"})
    with ocfl.ObjectWriter.new_version(root, OBJECT_ID) as writer:
        added = writer.add_bytes("甲.txt", b"1 new")
        again = writer.add_bytes("副本.txt", b"2")
        writer.remove("丙.txt")
        sealed = writer.finish(**SAID)
    assert (added.was_stored, again.was_stored, sealed.version, sealed.new_content_count) == (
        True,
        False,
        "v2",
        2,
    )
    opened = ocfl.open_object(sealed.path)
    assert {f.logical_path for f in opened.files()} == {"甲.txt", "乙.txt", "副本.txt", ocfl.SM3_MANIFEST}
    assert opened.open("丙.txt", "v1").read() == b"3"
    assert opened.open("甲.txt").read() == b"1 new"
    assert again.content_path.startswith("v1/")
    assert errors(sealed.path) == []
    assert a_stranger_agrees(root)


def test_a_version_without_change_is_refused(root):
    seal(root, {"甲.txt": b"1"})
    with ocfl.ObjectWriter.new_version(root, OBJECT_ID) as writer:
        writer.add_bytes("甲.txt", b"1")
        with pytest.raises(ocfl.NothingChanged):
            writer.finish(**SAID)
    assert ocfl.find_object(root, OBJECT_ID).head == "v1"


def test_a_file_replaced_before_the_end_leaves_no_orphan(root):
    with ocfl.ObjectWriter(root, OBJECT_ID) as writer:
        writer.add_bytes("甲.txt", b"first")
        writer.add_bytes("甲.txt", b"second")
        sealed = writer.finish(**SAID)
    assert errors(sealed.path) == []
    assert ocfl.open_object(sealed.path).open("甲.txt").read() == b"second"


def test_files_are_taken_by_copy_or_by_hard_link(root, tmp_path):
    source = tmp_path / "store" / "扫描件.tif"
    source.write_bytes(b"II*\0")
    with ocfl.ObjectWriter(root, OBJECT_ID) as writer:
        writer.add("copy.tif", source)
        writer.finish(**SAID)
    with ocfl.ObjectWriter(root, "urn:b") as writer:
        writer.add("link.tif", source, link=True)
        writer.finish(**SAID)
    copied = ocfl.find_object(root, OBJECT_ID).file("copy.tif").path
    linked = ocfl.find_object(root, "urn:b").file("link.tif").path
    assert not copied.samefile(source)
    assert linked.samefile(source)


def test_an_object_is_never_written_twice(root):
    seal(root, {"甲.txt": b"1"})
    with pytest.raises(ocfl.ObjectExists):
        ocfl.ObjectWriter(root, OBJECT_ID)
    assert list(ocfl.staging_of(root).iterdir()) == []


def test_two_writers_of_one_object_do_not_meet(root):
    with ocfl.ObjectWriter(root, OBJECT_ID), pytest.raises(ocfl.ObjectBusy):
        ocfl.ObjectWriter(root, OBJECT_ID)


def test_content_that_is_not_what_was_registered_is_refused(root):
    with ocfl.ObjectWriter(root, OBJECT_ID) as writer, pytest.raises(ocfl.SourceDiffers):
        writer.add("甲.txt", [b"x"], expected=digest_bytes(b"y"))
    assert not any(ocfl.object_folders(root))


@pytest.mark.parametrize("path", ["", "/a", "a/", "a//b", "../a", "a/./b", "a\0b", "\udcff"])
def test_a_path_that_ocfl_would_not_carry_is_refused(root, path):
    with ocfl.ObjectWriter(root, OBJECT_ID) as writer, pytest.raises(ocfl.LogicalPathInvalid):
        writer.add_bytes(path, b"")


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a"), ("a", ocfl.SM3_MANIFEST)])
def test_a_name_is_not_both_file_and_folder(root, first, second):
    with ocfl.ObjectWriter(root, OBJECT_ID) as writer:
        writer.add_bytes(first, b"")
        with pytest.raises(ocfl.LogicalPathTaken):
            writer.add_bytes(second, b"")


def test_a_link_or_a_folder_is_no_content(root, tmp_path):
    link = tmp_path / "link"
    link.symlink_to("/etc/hostname")
    with ocfl.ObjectWriter(root, OBJECT_ID) as writer:
        for source in (link, tmp_path):
            with pytest.raises(ocfl.NotARegularFile):
                writer.add("甲", source)


def test_a_folder_in_use_does_not_become_a_storage_root(root):
    root.mkdir()
    (root / "别的.txt").write_text("")
    with pytest.raises(ocfl.NotAStorageRoot):
        ocfl.ensure_root(root)


def test_a_changed_byte_is_found_by_every_digest(root):
    sealed = seal(root, {"甲.txt": b"1234"})
    path = ocfl.open_object(sealed.path).file("甲.txt").path
    path.chmod(0o644)
    path.write_bytes(b"1235")
    assert {problem.code for problem in errors(sealed.path)} == {"E092", "E093", "SM3"}


def test_a_changed_inventory_is_found(root):
    sealed = seal(root, {"甲.txt": b"1234"})
    inventory = sealed.path / "inventory.json"
    inventory.write_bytes(inventory.read_bytes().replace("接收".encode(), "篡改".encode()))
    assert {"E060", "E064"} == {problem.code for problem in errors(sealed.path)}


def test_the_layout_of_a_long_foreign_id_is_that_of_ocfl_py(root):
    ocfl.ensure_root(root)
    theirs = StorageRoot(root=str(root), layout_name="0003-hash-and-id-n-tuple-storage-layout")
    for object_id in ("urn:a", "档案/2024:1", "x" * 300, "é" * 60):
        assert str(ocfl.object_path(object_id)) == theirs.layout.identifier_to_path(object_id)


NAMES = st.text(
    st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=8
)


@settings(max_examples=25)
@given(
    st.dictionaries(
        NAMES.filter(lambda n: n not in (".", "..", "lantai")), st.binary(max_size=40), max_size=5
    )
)
def test_what_was_sealed_is_what_is_read(root, files):
    object_id = "urn:" + os.urandom(8).hex()
    sealed = seal(root, files, object_id)
    opened = ocfl.open_object(sealed.path)
    read = {f.logical_path: (f.path.read_bytes(), f.digests) for f in opened.files()}
    del read[ocfl.SM3_MANIFEST]
    assert read == {path: (data, digest_bytes(data)) for path, data in files.items()}
    assert errors(sealed.path) == []


def test_what_is_not_there_is_said_to_be_missing(root):
    sealed = seal(root, {"甲.txt": b"1"})
    for version in ("", "v1", "v9"):
        with pytest.raises(ocfl.NoSuchContent):
            ocfl.open_object(sealed.path).file("乙.txt", version)
    with pytest.raises(ocfl.NoSuchObject):
        ocfl.find_object(root, "urn:nothing")


def test_an_object_with_a_spoilt_inventory_is_not_read(root):
    sealed = seal(root, {"甲.txt": b"1"})
    (sealed.path / "inventory.json").write_text('{"id": "urn:a", "id": "urn:b"}')
    with pytest.raises(ocfl.ObjectUnreadable):
        ocfl.open_object(sealed.path)


def test_no_version_is_added_to_an_object_of_others(root):
    sealed = seal(root, {"甲.txt": b"1"})
    for name in ("inventory.json", "v1/inventory.json"):
        path = sealed.path / name
        path.write_bytes(path.read_bytes().replace(ocfl.SM3_MANIFEST.encode(), b"other.txt"))
    with pytest.raises(ocfl.WrittenElsewhere):
        ocfl.ObjectWriter.new_version(root, OBJECT_ID)
    assert list(ocfl.staging_of(root).iterdir()) == []


def test_digests_of_a_file_are_complete_after_reading(root):
    sealed = seal(root, {"甲.txt": b"1234"})
    assert isinstance(ocfl.open_object(sealed.path).file("甲.txt").digests, Digests)


def test_of_many_who_need_the_root_at_once_each_finds_one_whole_root(tmp_path):
    for attempt in range(20):
        root = tmp_path / str(attempt) / "ocfl"
        with ThreadPoolExecutor(8) as many:
            for done in [many.submit(ocfl.ensure_root, root) for _ in range(8)]:
                done.result()
        assert not [problem for _folder, problems in ocfl.validate_root(root) for problem in problems]
        assert [path.name for path in root.parent.iterdir()] == ["ocfl"]


def test_an_object_that_is_taken_away_leaves_no_folder_and_its_neighbour(root):
    gone, kept = (seal(root, {"a": name.encode()}, name).path for name in ("urn:样例:1", "urn:样例:2"))
    assert ocfl.take_away(root, "urn:样例:1") and not ocfl.take_away(root, "urn:样例:1")
    assert not gone.exists() and list(ocfl.object_folders(root)) == [kept]
    assert a_stranger_agrees(root) and not list(ocfl.staging_of(root).iterdir())
    neighbour = next(name for name in map("urn:样例:{}".format, range(3, 99_999)) if
                     ocfl.object_path(name).parts[0] == ocfl.object_path("urn:样例:2").parts[0])  # fmt: skip
    other = seal(root, {"a": b"b"}, neighbour).path
    assert ocfl.take_away(root, neighbour) and not other.parent.exists() and kept.is_dir()
    assert seal(root, {"a": b"c"}, neighbour).path == other
