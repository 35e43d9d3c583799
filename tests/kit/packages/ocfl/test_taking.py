"""Many files are taken in by several threads: the same object, the same refusals, in the order given."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lantai.kit.digests import digest_bytes
from lantai.kit.packages import ocfl
from lantai.kit.packages.ocfl import taking
from lantai.kit.packages.ocfl.writer import NewContent, SourceDiffers

COUNT = 5 * 4 * taking.THREADS


@pytest.fixture
def files(tmp_path):
    made = []
    for number in range(COUNT):
        path = tmp_path / f"{number:03d}.txt"
        path.write_bytes(f"made-up content {number % (COUNT - 3)}".encode() * 500)
        made.append(path)
    return made


def test_many_files_taken_in_at_once_make_the_object_that_one_by_one_makes(tmp_path, files):
    for name in ("one", "many"):
        with ocfl.ObjectWriter(tmp_path / name / "ocfl", "urn:lantai:test") as writer:
            new = [NewContent(f"content/{path.name}", path, link=name == "many") for path in files]
            if name == "many":
                added = writer.add_files(iter(new))
                assert [one.logical_path for one in added] == [one.logical_path for one in new]
            else:
                for one in new:
                    writer.add(one.logical_path, one.source)
            when = datetime(2026, 5, 6, tzinfo=UTC)
            writer.finish(created=when, message="样例", user_name="样例", user_address="mailto:a@example.org")
    one, many = (tmp_path / name / "ocfl" / ocfl.object_path("urn:lantai:test") for name in ("one", "many"))
    assert (one / "inventory.json").read_bytes() == (many / "inventory.json").read_bytes()
    assert [found for _folder, found in ocfl.validate_root(tmp_path / "many" / "ocfl") if found] == []


def test_one_file_among_many_that_is_not_what_was_said_leaves_nothing(tmp_path, files):
    root = tmp_path / "ocfl"
    wrong = digest_bytes(b"other")
    with (
        pytest.raises(SourceDiffers, match=r"017\.txt"),
        ocfl.ObjectWriter(root, "urn:lantai:test") as writer,
    ):
        writer.add_files(
            NewContent(f"content/{path.name}", path, expected=wrong if path.stem == "017" else None)
            for path in files
        )
    assert list(ocfl.object_folders(root)) == []
    assert list(ocfl.staging_of(root).iterdir()) == []


def test_a_list_that_fails_in_the_middle_stops_the_threads(tmp_path, files):
    def broken():
        yield from (NewContent(f"content/{path.name}", path) for path in files)
        raise KeyboardInterrupt

    root = tmp_path / "ocfl"
    with pytest.raises(KeyboardInterrupt), ocfl.ObjectWriter(root, "urn:lantai:test") as writer:
        writer.add_files(broken())
    assert list(ocfl.staging_of(root).iterdir()) == []
