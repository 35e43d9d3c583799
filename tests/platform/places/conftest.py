"""A folder that is a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantai.platform.places.stores.folder import FolderPlace, check_address
from lantai.platform.places.types import Site


@pytest.fixture
def source(tmp_path):
    """Makes a file to put."""

    def make(data: bytes, name: str = "source") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return make


@pytest.fixture
def folder(tmp_path):
    check_address(str(tmp_path / "copies"))
    return FolderPlace(Site("second", "第二套", str(tmp_path / "copies"), tmp_path / "scratch"))
