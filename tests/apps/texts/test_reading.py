"""Which files are read for their words, and what is found in them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lantai.apps.custody import queries as custody
from lantai.apps.custody.models import ContentFile
from lantai.apps.custody.types import FileState
from lantai.apps.texts.services.reading import read_files
from tests.kit.formats.test_old_office import DATA


def test_old_documents_are_read_though_nobody_can_say_that_they_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "content"
    path.write_bytes(gzip.decompress((DATA / "words.doc.gz").read_bytes()))
    monkeypatch.setattr(custody, "path_of", lambda file: path)
    states = (FileState.UNSUPPORTED, FileState.OK, FileState.BROKEN)
    files = [ContentFile(original_name="通知.DOC", state=state) for state in states]
    others = [
        ContentFile(original_name=name, state=FileState.UNSUPPORTED) for name in ("图.dwg", "目录.xlsx")
    ]
    pages, unread = read_files([*files, *others])
    assert unread == 0
    assert [(page.file.state, page.number) for page in pages] == [("unsupported", 1), ("ok", 1)]
    assert all("关于样例事项的通知" in page.text for page in pages)
