"""The words for formats that senders use, against what a file is."""

from __future__ import annotations

import pytest

from lantai.kit.fourprops.facts import FileFacts
from lantai.kit.fourprops.formats_told import differs

PDF = FileFacts("正文.pdf", puid="fmt/276", mime="application/pdf", extension_ok=True)
JPEG = FileFacts("照片.JPG", puid="fmt/43", mime="image/jpeg", extension_ok=True)
MP4 = FileFacts("录像.mp4", puid="fmt/199", mime="application/mp4, video/mp4", extension_ok=True)
OURS = FileFacts("正文.ofd", puid="lantai-fmt/1", mime="application/ofd", extension_ok=True)
UNKNOWN = FileFacts("文件.wps")


@pytest.mark.parametrize(
    ("told", "file"),
    [
        ("fmt/276", PDF), ("PDF", PDF), (".pdf", PDF), ("PDF 1.7", PDF), ("pdf/a-1b", PDF), ("application/pdf", PDF),
        ("版式文件", PDF), ("Foxit Reader", PDF), ("application/octet-stream", PDF), ("jpeg", JPEG),
        ("image/jpg", JPEG), ("video/mp4", MP4), ("fmt/1234", OURS), ("application/vnd.ofd", OURS),
        ("WPS文字", UNKNOWN), ("application/msword", UNKNOWN), ("fmt/40", UNKNOWN), ("", PDF),
    ],
)  # fmt: skip
def test_a_word_that_fits_or_says_nothing_is_no_difference(told: str, file: FileFacts) -> None:
    assert not differs(told, file)


@pytest.mark.parametrize(
    ("told", "file"),
    [
        ("fmt/18", PDF),
        ("ofd", PDF),
        ("TIFF", JPEG),
        ("image/tiff", JPEG),
        ("audio/mp4", MP4),
        ("PDF", UNKNOWN),
    ],
)
def test_another_format_is_a_difference(told: str, file: FileFacts) -> None:
    assert differs(told, file)
