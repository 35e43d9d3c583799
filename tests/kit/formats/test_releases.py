"""Another release of PRONOM is a folder of files, read once however it is reached."""

from __future__ import annotations

import pytest

from lantai.kit.formats import pronom
from lantai.kit.formats.identify import identify
from lantai.kit.formats.survey import survey

FORMATS = (
    r"<formats><format><puid>test/%s</puid><name>样例格式</name><extension>smp</extension><signature><pattern>"
    r"<position>BOF</position><regex>(?s)\ASAMPLE</regex></pattern></signature></format></formats>"
)


@pytest.fixture
def releases(tmp_path):
    """A folder with two releases, of which the number tells which is newer."""
    folder = tmp_path / "pronom"
    folder.mkdir()
    for number in (99, 120):
        (folder / f"formats-v{number}.xml").write_text(FORMATS % number)
    return folder


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / "a.smp"
    path.write_bytes(b"SAMPLE 1")
    return path


def test_the_newest_release_of_a_folder_counts(releases, sample):
    assert identify(sample, signature_file=releases).puid == "test/120"
    assert survey(sample, pronom_path=releases).puid == "test/120"
    assert identify(sample).puid != "test/120"


def test_a_release_is_loaded_once_by_whatever_path_it_is_reached(releases, tmp_path):
    other = tmp_path / "other"
    other.symlink_to(releases)
    assert pronom.registry(pronom.release(releases)) is pronom.registry(pronom.release(other))


def test_a_release_that_was_replaced_is_loaded_anew(releases, sample):
    assert identify(sample, signature_file=releases).puid == "test/120"
    newer = releases / "new"
    newer.write_text(FORMATS % 121)
    newer.replace(releases / "formats-v120.xml")
    assert identify(sample, signature_file=releases).puid == "test/121"


def test_container_signatures_alone_leave_the_installed_formats(tmp_path):
    folder = tmp_path / "pronom"
    folder.mkdir()
    (folder / "container-signature-20990101.xml").write_text("<ContainerSignatureMapping/>")
    found = pronom.release(folder)
    assert found.containers.name == "container-signature-20990101.xml"
    assert pronom.registry(found).release == pronom.registry(None).release


@pytest.mark.parametrize("content", [None, "<formats><broken>"])
def test_a_folder_without_a_release_that_can_be_read_is_refused(tmp_path, content):
    folder = tmp_path / "pronom"
    folder.mkdir()
    if content:
        (folder / "formats-v120.xml").write_text(content)
    with pytest.raises(pronom.NotARelease):
        pronom.checked(folder)
