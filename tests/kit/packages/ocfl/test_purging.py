"""Content taken out for good leaves a valid object that says what was taken out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from ocfl.validator import Validator

from lantai.kit.packages.ocfl.layout import object_path
from lantai.kit.packages.ocfl.purging import PurgingWriter
from lantai.kit.packages.ocfl.reader import find_object
from lantai.kit.packages.ocfl.validate import validate_object
from lantai.kit.packages.ocfl.writer import ObjectWriter

WHEN = datetime(2026, 11, 22, tzinfo=UTC)
OBJECT = "urn:sample:1"


@pytest.fixture
def root(tmp_path):
    """An object of two versions; `secret` and `twin` have the same bytes, `shared` and `other` too."""
    root = tmp_path / "ocfl"
    with ObjectWriter(root, OBJECT) as writer:
        for path, data in {
            "a/secret": b"secret",
            "a/shared": b"shared",
            "b/other": b"shared",
            "c": b"stays",
        }.items():
            writer.add_bytes(path, data)
        writer.finish(created=WHEN, message="one", user_name="sample")
    with ObjectWriter.new_version(root, OBJECT) as writer:
        writer.add_bytes("a/twin", b"secret")
        writer.add_bytes("d", b"later")
        writer.finish(created=WHEN, message="two", user_name="sample")
    return root


def purge(root, paths, *, fails=False):
    with PurgingWriter.of(root, OBJECT, paths) as writer:
        writer.keep_inventories("lantai/destroyed/1")
        writer.add_bytes("lantai/destroyed/1/list.json", b"{}")
        if fails:
            raise RuntimeError
        writer.finish(created=WHEN, message="destroyed", user_name="sample")


def bytes_below(root):
    return [path.read_bytes() for path in root.rglob("*") if path.is_file()]


def assert_valid(root):
    path = root / object_path(OBJECT)
    assert [problem.code for problem in validate_object(path) if problem.code.startswith("E")] == []
    validator = Validator()
    assert validator.validate_object(str(path)), validator.status_str()


def test_what_is_taken_out_is_in_no_version_and_the_object_is_valid(root):
    assert b"secret" in bytes_below(root)
    purge(root, {"a/secret", "a/twin", "a/shared"})
    assert b"secret" not in bytes_below(root)
    assert_valid(root)
    stored = find_object(root, OBJECT)
    assert stored.number == 3
    names = {file.logical_path for file in stored.files()}
    assert {
        "b/other",
        "c",
        "d",
        "lantai/destroyed/1/list.json",
        "lantai/destroyed/1/inventory-v1.json",
    } <= names
    assert not names & {"a/secret", "a/twin", "a/shared"}
    with stored.open("b/other") as file:
        assert file.read() == b"shared"
    with stored.open("c", "v1") as file:
        assert file.read() == b"stays"
    with stored.open("lantai/destroyed/1/inventory-v2.json") as file:
        assert b"a/secret" in file.read()


def test_a_purge_that_is_given_up_changes_nothing(root):
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(RuntimeError):
        purge(root, {"a/secret"}, fails=True)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert list((root.parent / "staging").iterdir()) == []


def test_all_content_may_go_and_a_later_purge_goes_on(root):
    purge(root, {"a/secret", "a/twin", "a/shared", "b/other", "c"})
    assert_valid(root)
    with PurgingWriter.of(root, OBJECT, {"d"}) as writer:
        writer.keep_inventories("lantai/destroyed/2")
        writer.finish(created=WHEN, message="destroyed", user_name="sample")
    assert_valid(root)
    assert b"later" not in bytes_below(root)
