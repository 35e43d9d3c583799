"""A newer release of PRONOM in its folder reaches the readers behind the walls."""

from __future__ import annotations

from lantai.apps.custody.services.examination import survey_files

FORMATS = (
    r"<formats><format><puid>test/120</puid><name>样例格式</name><extension>smp</extension><signature><pattern>"
    r"<position>BOF</position><regex>(?s)\ASAMPLE</regex></pattern></signature></format></formats>"
)


def test_formats_are_told_by_the_release_in_the_folder_of_the_installation(tmp_path, settings):
    sample, folder = tmp_path / "a.smp", tmp_path / "pronom"
    sample.write_bytes(b"SAMPLE 1")
    settings.LANTAI_PRONOM = folder
    assert [found.puid for found in survey_files([(sample, sample.name)])] != ["test/120"]
    folder.mkdir()
    (folder / "formats-v120.xml").write_text(FORMATS)
    assert [found.puid for found in survey_files([(sample, sample.name)])] == ["test/120"]
