"""Digests that the reader left to whoever opens the files: no file of a package goes uncompared."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.kit.digests import digest_file
from lantai.kit.fourprops import EnvironmentFacts, Outcome, Stage, scheme_for
from lantai.kit.fourprops.facts import Stopped
from lantai.kit.packages.reading import read_folder
from lantai.kit.packages.transfer import CatalogueRow, OutgoingDescription, OutgoingItem, write_transfer
from lantai.kit.selfcheck import Looked
from lantai.kit.selfcheck.run import ReadPackage, check_read
from lantai.kit.selfcheck.sentlines import SentLines

CODES = ("J109-WS·2019·Y·BGS-0001", "J109-WS·2019·Y·BGS-0002")


@pytest.fixture
def home(tmp_path):
    """An unpacked folder with a transfer of two items inside one folder."""
    home = tmp_path / "package"
    home.mkdir()
    sender = OutgoingDescription("样例办公室", "样例", "任意环境")
    write_transfer(home / "包", sender, map(_item, CODES))
    return home


def _item(code):
    row = CatalogueRow(reference_code=code, title="样例", page_count="1")
    metadata = {"题名": ["样例"], "档号": [code]}
    return OutgoingItem(row, "J109", ("2019",), metadata, [("a.txt", [code.encode()])])


def place(code, name="a.txt"):
    return f"J109/2019/{code}/{name}"


def digested(files):
    """Opens nothing, but reads all."""
    for path, _name in files:
        digests, size = digest_file(path)
        yield Looked(digests, size)


def stopped(files):
    """Every file kills its worker."""
    for path, _name in files:
        yield Looked(size_bytes=path.stat().st_size, stopped=Stopped.CRASH)


def manifest_problems(home, out, look_at=digested, *, may_leave_digests=True):
    out.mkdir()
    read_folder(home, out, may_leave_digests=may_leave_digests)
    read, environment = ReadPackage(home, SentLines(out)), EnvironmentFacts(date(2024, 6, 3))
    report = check_read(read, environment, Stage.TRANSFER, scheme_for("document"), look_at)
    (sameness,) = (result for result in report.results if result.code.endswith("-1-14"))
    return [(one.place.path, dict(one.params)) for one in sameness.findings if one.outcome is Outcome.FAIL]


@pytest.mark.parametrize("look_at", [digested, stopped])
def test_a_file_that_is_not_as_listed_is_told_as_if_the_reader_had_compared_it(home, tmp_path, look_at):
    (home / "包" / place(CODES[1])).write_bytes(b"another")
    found = manifest_problems(home, tmp_path / "left", look_at)
    assert {path for path, _params in found} == {place(CODES[1])}
    assert found == manifest_problems(home, tmp_path / "whole", may_leave_digests=False)


def test_files_that_nobody_opens_are_compared_by_the_reader(home, tmp_path):
    name = f"{CODES[0]}元数据.XML"
    metadata = home / "包" / place(CODES[0], name)
    metadata.write_bytes(metadata.read_bytes().replace("样例".encode(), "别的".encode()))
    assert {path for path, _ in manifest_problems(home, tmp_path / "left")} == {place(CODES[0], name)}


@pytest.mark.parametrize("look_at", [digested, stopped])
def test_a_package_as_listed_has_no_problem(home, tmp_path, look_at):
    assert manifest_problems(home, tmp_path / "left", look_at) == []
